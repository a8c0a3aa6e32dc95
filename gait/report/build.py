"""From an analysis to what its report says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import chain
from typing import Final

from gait.analysis.grading import grade
from gait.analysis.interpret.questionnaire import unsettled
from gait.analysis.results import Analysis, Finding, Summary
from gait.knowledge import decimals_of, knowledge
from gait.present import complaint, table, wording
from gait.present.blocks import blocks
from gait.present.ranges import about, speed_words, usual
from gait.report import videos
from gait.report.content import (
    Advice,
    Details,
    ForComplaint,
    Link,
    Mark,
    Number,
    Point,
    Reader,
    Reason,
    Report,
)
from gait.report.method import log, method
from gait.report.pictures import Added, Letterhead
from gait.report.references import References
from gait.sanitize.text import one_line
from gait.types import Outcome

_EDGE_SD: Final = 5.0
"""Values further from the mean of healthy runners than this are drawn at the edge."""
_LONGEST: Final = 400
"""Characters of a sentence with the name of a video in it."""
_NOBODY: Final = "Anonymous runner"


def build(
    analysis: Analysis,
    shown_videos: Sequence[videos.ShownVideo],
    filmed: datetime | None,
    reader: Reader,
    added: Added,
) -> Report:
    """What a report says.

    The same words as on the page and in the terminal. With an emergency or a reason to stop it says
    that and nothing about the running.

    Parameters
    ----------
    analysis : Analysis
        What was found.
    shown_videos : sequence of videos.ShownVideo
        The video, or the videos whose views were merged.
    filmed : datetime or None
        When it was first analysed; None leaves it out.
    reader : {"runner", "clinician"}
        The runner gets the first page only.
    added : Added
        What people added.
    """
    references = References(reader == "clinician", analysis.settings.height_m)
    if unsettled(analysis) is not None:
        return _advice_only(analysis, filmed, references, added.letterhead)
    found = wording.overview(analysis)
    given = grade(analysis)
    main_video = videos.main_video(analysis, shown_videos)
    side = videos.side_shown(main_video, found) if main_video else None
    details = None
    advice = _advice(analysis.outcome, references)
    points = tuple(_point(f, analysis, references) for f in (found.top if found else ()))
    more = tuple(_point(f, analysis, references) for f in (found.rest if found else ()))
    numbers = tuple(_number(row, references) for row in table.rows(analysis))
    if reader == "clinician":
        details = Details(
            evidence=(*points, *more),
            tables=blocks(analysis),
            videos=tuple(
                videos.video(shown, i, len(shown_videos)) for i, shown in enumerate(shown_videos)
            ),
            method=tuple(method(analysis)),
            log=tuple(log(analysis)),
            limits=wording.LIMITS,
            sources=references.listed(),
        )
    return Report(
        title=_title(analysis),
        facts=tuple(_facts(analysis, filmed)),
        video=wording.video_words(analysis),
        video_level=given.level,
        video_reasons=tuple(one_line(reason, _LONGEST) for reason in given.reasons),
        warning=wording.activity_warning(analysis) or "",
        advice=advice,
        points=points,
        more=more,
        answer=f"{found.answer} {found.undecided}".strip() if found else "",
        hint=wording.NO_SPEED
        if found and analysis.settings.speed_mps is None and not found.undecided
        else "",
        stop=() if advice or details else wording.STOP,
        numbers=numbers,
        number_notes=tuple(_number_notes(analysis)),
        typical_title="Typical",
        pictures=videos.pictures(main_video, 0, side) if main_video else (),
        picture_note=videos.picture_note(main_video) if main_video else "",
        missing=tuple(
            (", ".join(names), why) for why, names in table.unmeasured(analysis.summaries).items()
        ),
        complaints=tuple(_complaint(place, analysis) for place in complaint.places(analysis)),
        reasons=tuple(_reasons(analysis.outcome)),
        tips=tuple(_tips(analysis.outcome)),
        footer=tuple(_footer(analysis)),
        details=details,
        added=added,
    )


def _advice_only(
    analysis: Analysis, filmed: datetime | None, references: References, letterhead: Letterhead
) -> Report:
    """What has to be done before anything about the running is read."""
    return Report(
        title=_title(analysis),
        facts=tuple(_date(filmed)),
        video="",
        video_level="",
        video_reasons=(),
        warning="",
        advice=_advice(analysis.outcome, references),
        points=(),
        more=(),
        answer="",
        hint="",
        stop=(),
        numbers=(),
        number_notes=(),
        typical_title="",
        pictures=(),
        picture_note="",
        missing=(),
        complaints=(),
        reasons=(),
        tips=(),
        footer=tuple(_footer(analysis)),
        details=None,
        added=Added(letterhead=letterhead),
    )


def anonymous(analysis: Analysis) -> Analysis:
    """The same analysis without the names of runner and videos, and without the videos' hashes."""
    known = [a.video.name for a in analysis.videos if a.video]
    names = {name: f"video {i + 1}" if len(known) > 1 else "video" for i, name in enumerate(known)}
    return _renamed(analysis, names)


def _renamed(analysis: Analysis, names: dict[str, str]) -> Analysis:
    def clean(text: str) -> str:
        for name, alias in names.items():
            text = text.replace(name, alias)
        return re.sub(r"^read from .*?: ", "read from a file: ", text)  # imported keypoints

    video, quality = analysis.video, analysis.quality
    return analysis.model_copy(
        update={
            "video": video and video.model_copy(update={"name": names[video.name], "sha256": ""}),
            "settings": analysis.settings.model_copy(update={"runner": _NOBODY}),
            "quality": quality.model_copy(
                update={
                    "notes": tuple(map(clean, quality.notes)),
                    "steps": tuple(map(clean, quality.steps)),
                }
            ),
            "versions": {name: clean(version) for name, version in analysis.versions.items()},
            "summaries": tuple(
                s.model_copy(update={"source": names[s.source]}) if s.source else s
                for s in analysis.summaries
            ),
            "parts": tuple(_renamed(part, names) for part in analysis.parts),
        }
    )


def _title(analysis: Analysis) -> str:
    """The runner, or else the videos without their endings."""
    names = [part.video.name for part in analysis.videos if part.video]
    stems = (one_line(name.rpartition(".")[0] or name) for name in names)
    return one_line(analysis.settings.runner or "") or " and ".join(stems) or "Running"


def _facts(analysis: Analysis, filmed: datetime | None) -> Iterable[str]:
    yield from _date(filmed)
    yield from dict.fromkeys(chain.from_iterable(map(wording.filmed, analysis.videos)))
    yield f"{sum(len(part.strides) for part in analysis.videos)} strides"


def _complaint(place: str, analysis: Analysis) -> ForComplaint:
    """What was studied for the pain at a place, beside what this video shows."""
    found = complaint.complaint(place, analysis)
    return ForComplaint(
        title=found.title,
        first=found.first,
        measures=tuple(
            (f"{m.name}, {m.unit}", m.graded, m.own, m.says, m.studied[0].found)
            for m in found.measures
        ),
        tried=tuple(
            (t.name, f"{t.text} {t.dose} {t.caution} {t.condition}") for t in found.tried or ()
        ),
    )


def _reasons(outcome: Outcome | None) -> Iterable[Reason]:
    """The sections of the guide that a runner's answers point to."""
    if outcome is None:
        return
    own = {c.guide for c in outcome.contributors} | ({"health"} if outcome.action else set())
    for section in knowledge().guide.sections_for(outcome):
        if section.id in own:
            points = tuple((p.name, f"{p.text} ({p.grade})") for p in section.point)
            yield Reason(section.title, section.text, points)


def _tips(outcome: Outcome | None) -> Iterable[tuple[str, str]]:
    if outcome is not None:
        yield from ((tip.name, tip.text) for tip in knowledge().guide.tip)


def _date(filmed: datetime | None) -> Iterable[str]:
    if filmed is not None:
        yield f"{filmed:%d %B %Y}".lstrip("0")


def _advice(outcome: Outcome | None, references: References) -> Advice | None:
    if outcome is None:
        return None
    also = [c for c in outcome.contributors if c.wording not in (outcome.why or "")]
    return Advice(
        title=outcome.level.capitalize() if outcome.action else "Your answers",
        urgent=outcome.gait_advice_withheld,
        action=outcome.action or "",
        why=outcome.why or "",
        also_title=wording.also_title(outcome),
        also=tuple(
            (c.wording, f"{c.kind}; evidence: {c.grade} {references.number(*c.sources)}".rstrip())
            for c in also
        ),
    )


def _point(finding: Finding, analysis: Analysis, references: References) -> Point:
    say = knowledge().texts.overview
    cue = ""
    if finding.cue is not None:
        words = say["cue"].format(**finding.cue.model_dump())
        cue = f"{words} {references.number(*finding.cue.sources)}".rstrip()
    return Point(
        title=wording.title(finding, analysis),
        tag="" if finding.kind == "note" else say[finding.kind],
        linked=finding.kind == "linked",
        measured=finding.measured,
        typical=finding.typical,
        wording=finding.wording,
        cue=cue,
        links=tuple(
            Link(
                injury=f"{link.injury[:1].upper()}{link.injury[1:]}",
                grade=link.grade,
                wording=link.wording,
                population=link.population,
                studies=tuple(map(references.study, link.studies)),
                counter=tuple(map(references.study, link.counter)),
            )
            for link in finding.links
        ),
    )


def _number(row: table.Row, references: References) -> Number:
    by_side = {s.side: s for s in row.sides}
    known = next((s for s in row.sides if usual(s) is not None), None)
    typical = f"{row.typical} {references.typical(known)}" if known is not None else ""
    marks = tuple(m for s in row.sides if (m := _mark(s)) is not None)
    return Number(
        group=row.group,
        name=row.name,
        unit=row.unit,
        left=row.values.get("left", ""),
        right=row.values.get("right", ""),
        pooled=row.values.get("both", ""),
        typical=typical.strip(),
        marks=marks,
        drawing="; ".join(filter(None, map(_in_words, row.sides))),
        strides=" / ".join(str(s.n) for s in by_side.values()),
        between=" / ".join(_between(s) for s in by_side.values()),
        remarks="; ".join(filter(None, (one_line(row.video), row.remarks))),
        main=row.metric in wording.MAIN,
    )


def _between(summary: Summary) -> str:
    decimals = decimals_of(summary.unit).table
    return "" if summary.sd is None else f"{summary.sd:.{decimals}f}"


def _mark(summary: Summary) -> Mark | None:
    standing = wording.standing_sd(summary)
    if standing is None:
        return None
    low, value, high = (50 + 50 * min(max(z / _EDGE_SD, -1), 1) for z in standing)
    return Mark(summary.side, round(low, 1), round(value, 1), round(high, 1))


def _in_words(summary: Summary) -> str:
    ends = usual(summary)
    if ends is None or summary.value is None:
        return ""
    low, high = ends
    below = low is not None and summary.value < low
    above = high is not None and summary.value > high
    where = "below" if below else "above" if above else "within"
    return f"{summary.side}: {where} the typical range"


def _number_notes(analysis: Analysis) -> Iterable[str]:
    shown = [s for s in analysis.summaries if s.value is not None]
    yield wording.BAND
    if any(s.typical for s in shown):
        yield wording.GREY
    if at := speed_words(analysis, shown):
        yield f"Typical: usual among healthy runners{at}."
    yield from about(analysis)
    if any(s.far_side for s in shown):
        yield wording.FAR


def _footer(analysis: Analysis) -> Iterable[str]:
    yield " ".join(wording.LIMITS[0])
    yield f"gaitlens {analysis.versions.get('gaitlens', '')}".strip()
