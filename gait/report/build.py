"""From an analysis to what its report says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any, Final

from gait import table, wording
from gait.curves import ANGLES, average
from gait.grading import grade
from gait.knowledge import load_texts
from gait.metrics.base import Clip
from gait.render import charts
from gait.render.key_frames import KeyFrame
from gait.report.content import (
    Advice,
    Chart,
    Details,
    Film,
    Link,
    Mark,
    Number,
    Picture,
    Point,
    Reader,
    Report,
)
from gait.report.figures import svg
from gait.report.references import References
from gait.settings import Settings
from gait.types import Analysis, Finding, Outcome, Summary
from gait.untrusted import one_line

_EDGE_SD: Final = 5.0
"""Values further from the mean of healthy runners than this are drawn at the edge."""
_NARROW_PX: Final = (210, 140)
_WIDE_PX: Final = (700, 58)
_NOBODY: Final = "Anonymous runner"


@dataclass(frozen=True, slots=True)
class Shot:
    """One film as it was measured.

    Parameters
    ----------
    analysis : Analysis
        Of this film alone.
    clip : Clip
        Its cleaned track.
    pictures : tuple of KeyFrame
        Its key frames.
    from_film : bool
        Whether they show the film, not lines alone.
    """

    analysis: Analysis
    clip: Clip
    pictures: tuple[KeyFrame, ...]
    from_film: bool


def build(
    analysis: Analysis, shots: Sequence[Shot], filmed: datetime | None, reader: Reader
) -> Report:
    """What a report says.

    Parameters
    ----------
    analysis : Analysis
        What was found.
    shots : sequence of Shot
        The film, or the films that were put together.
    filmed : datetime or None
        When it was first analysed; None leaves it out.
    reader : {"runner", "clinician"}
        The runner gets the first page only.

    Returns
    -------
    Report
        The same words as on the page and in the terminal.
    """
    references = References(reader == "clinician")
    found = wording.overview(analysis)
    given = grade(analysis)
    speed_mps = analysis.settings.get("speed_mps")
    main_shot = _main_shot(analysis, shots)
    details = None
    advice = _advice(analysis.outcome, references)
    points = tuple(_point(f, analysis, references) for f in (found.top if found else ()))
    more = tuple(_point(f, analysis, references) for f in (found.rest if found else ()))
    numbers = tuple(_number(row, references) for row in table.rows(analysis))
    if reader == "clinician":
        details = Details(
            evidence=(*points, *more),
            films=tuple(_film(shot, i, len(shots)) for i, shot in enumerate(shots)),
            method=tuple(_method(analysis)),
            limits=wording.LIMITS,
            sources=references.listed(),
        )
    return Report(
        title=_title(analysis),
        facts=tuple(_facts(analysis, filmed)),
        film=wording.film_words(analysis),
        film_level=given.level,
        film_reasons=given.reasons,
        warning=wording.activity_warning(analysis) or "",
        advice=advice,
        points=points,
        more=more,
        verdict=found.verdict if found else "",
        hint=wording.NO_SPEED if found and speed_mps is None else "",
        numbers=numbers,
        number_notes=tuple(_number_notes(analysis)),
        typical_title=f"Typical at {speed_mps * 3.6:.1f} km/h" if speed_mps else "Typical",
        pictures=_pictures(main_shot, 0, _side_shown(main_shot, found)) if main_shot else (),
        picture_note=_picture_note(main_shot) if main_shot else "",
        missing=tuple(
            (", ".join(names), why) for why, names in table.unmeasured(analysis.summaries).items()
        ),
        footer=tuple(_footer(analysis)),
        details=details,
    )


def anonymous(analysis: Analysis) -> Analysis:
    """The same analysis without the names of runner and films, and without the films' hashes."""
    films = [a.video.name for a in (analysis.parts or (analysis,)) if a.video]
    names = {name: f"film {i + 1}" if len(films) > 1 else "film" for i, name in enumerate(films)}
    return _renamed(analysis, names)


def _renamed(analysis: Analysis, names: dict[str, str]) -> Analysis:
    def clean(text: str) -> str:
        for name, alias in names.items():
            text = text.replace(name, alias)
        return text

    video, quality = analysis.video, analysis.quality
    return analysis.model_copy(
        update={
            "video": video and video.model_copy(update={"name": names[video.name], "sha256": ""}),
            "settings": analysis.settings | {"runner": _NOBODY},
            "quality": quality.model_copy(update={"notes": tuple(map(clean, quality.notes))}),
            "summaries": tuple(
                s.model_copy(update={"source": names[s.source]}) if s.source else s
                for s in analysis.summaries
            ),
            "parts": tuple(_renamed(part, names) for part in analysis.parts),
        }
    )


def _title(analysis: Analysis) -> str:
    """The runner, or else the films without their endings."""
    films = [part.video.name for part in (analysis.parts or (analysis,)) if part.video]
    stems = (one_line(name.rpartition(".")[0] or name) for name in films)
    return one_line(analysis.settings.get("runner") or "") or " and ".join(stems) or "Running"


def _facts(analysis: Analysis, filmed: datetime | None) -> Iterable[str]:
    if filmed is not None:
        yield f"{filmed:%d %B %Y}".lstrip("0")
    parts = analysis.parts or (analysis,)
    yield from dict.fromkeys(chain.from_iterable(wording.filmed(part) for part in parts))
    strides = sum(len(part.strides) for part in parts)
    yield f"{strides} strides"


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
    say = load_texts().overview
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
    typical = next((f"{row.typical} {references.typical(s)}" for s in row.sides if s.typical), "")
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
        drawing="; ".join(_in_words(s) for s in row.sides if s.typical),
        strides=" / ".join(str(s.n) for s in by_side.values()),
        between=" / ".join(_between(s) for s in by_side.values()),
        remarks="; ".join(filter(None, (row.film, row.remarks))),
        main=row.metric in wording.MAIN,
    )


def _between(summary: Summary) -> str:
    decimals = table.DECIMALS.get(summary.unit, 1)
    return "" if summary.sd is None else f"{summary.sd:.{decimals}f}"


def _mark(summary: Summary) -> Mark | None:
    standing = wording.standing_sd(summary)
    if standing is None:
        return None
    low, value, high = (50 + 50 * min(max(z / _EDGE_SD, -1), 1) for z in standing)
    return Mark(summary.side, round(low, 1), round(value, 1), round(high, 1))


def _in_words(summary: Summary) -> str:
    standing = wording.standing_sd(summary)
    if standing is None:
        return ""
    value = standing[1]
    where = "within" if abs(value) <= 2 else "above" if value > 0 else "below"
    return f"{summary.side}: {where} the typical range"


def _number_notes(analysis: Analysis) -> Iterable[str]:
    shown = [s for s in analysis.summaries if s.value is not None]
    yield wording.BAND
    if any(s.typical for s in shown):
        yield wording.GREY
    if any(s.far_side for s in shown):
        yield wording.FAR


def _main_shot(analysis: Analysis, shots: Sequence[Shot]) -> Shot | None:
    """The film that the first page shows: that of the first finding, if one stands out."""
    sources = {s.metric: s.source for s in analysis.summaries if s.source}
    wanted = sources.get(analysis.findings[0].metric) if analysis.findings else None
    with_pictures = [shot for shot in shots if shot.pictures]
    named = (s for s in with_pictures if s.analysis.video and s.analysis.video.name == wanted)
    return next(named, with_pictures[0] if with_pictures else None)


def _side_shown(shot: Shot, found: wording.Overview | None) -> str:
    """The leg of the first finding; else the near one; else any of which there are pictures."""
    first = next((f.side for f in (found.top if found else ()) if f.side != "both"), None)
    sides = [picture.side for picture in shot.pictures]
    return next(
        side for side in (first, shot.analysis.view.near_side, *sides) if side in sides
    ) or str(sides[0])


def _pictures(shot: Shot, film: int, side: str | None = None) -> tuple[Picture, ...]:
    view = shot.analysis.view
    return tuple(
        Picture(
            file=f"frame-{film}-{i}.jpg",
            jpeg=p.jpeg,
            side=p.side,
            title=f"{p.side.capitalize()} {p.moment}",
            caption=", ".join(_angle(name, *value) for name, value in p.angles.items())
            + ("*" if p.angles and view.near_side not in (None, p.side) else ""),
            alt=f"The runner {wording.view_words(view)} at {p.moment} of the {p.side} foot, "
            f"{p.time_s:.2f} s into the film"
            + (", with the angles of the caption drawn." if p.angles else "."),
        )
        for i, p in enumerate(shot.pictures)
        if side in (None, p.side)
    )


def _angle(name: str, degrees: float, half: float) -> str:
    """Not torn apart at the end of a line."""
    return f"{name} {round(degrees)}° ± {half:.0f}".replace(" ", "\N{NO-BREAK SPACE}")


def _picture_note(shot: Shot) -> str:
    lines = "White lines: zero of each angle, ± is its 95 % interval. " if shot.pictures else ""
    return lines + (
        "One stride, the one nearest to the mean of all."
        if shot.from_film
        else "One stride, the one nearest to the mean of all, drawn without the film."
    )


def _film(shot: Shot, index: int, n_films: int) -> Film:
    analysis = shot.analysis
    title = next(iter(wording.filmed(analysis)))
    curves = average(shot.clip, analysis.strides)
    drawn = []
    for angle, info in ANGLES.items():
        own = [curve for curve in curves if curve.angle == angle]
        if own:
            drawn.append(
                Chart(
                    f"curve-{index}-{angle}.svg",
                    svg(charts.stride_curve(own, analysis), *_NARROW_PX),
                    info.name,
                    f"{info.name} over the average stride, left and right.",
                )
            )
    if any(analysis.events):
        drawn.append(
            Chart(
                f"contacts-{index}.svg",
                svg(charts.contact_timeline(analysis), *_WIDE_PX),
                "Feet on the ground",
                "Contacts of the left and right foot over time.",
                wide=True,
            )
        )
    strides = ", ".join(f"{c.n} {c.side}" for c in curves if c.angle == curves[0].angle)
    notes = [wording.CURVES.format(strides=strides)] if curves else []
    return Film(
        title=f" {title}" if n_films > 1 else "",
        pictures=_pictures(shot, index),
        charts=tuple(drawn),
        notes=(
            _picture_note(shot) if shot.pictures else "",
            " ".join([*notes, wording.CONTACTS] if drawn else notes),
        ),
    )


def _method(analysis: Analysis) -> Iterable[tuple[str, tuple[str, ...]]]:
    parts = analysis.parts or (analysis,)
    films = []
    for part in parts:
        films += [one_line(line, 200) for line in table.header(part)]
        films += [*part.view.limits, *_camera(part)]
        if part.video and part.video.sha256:
            films.append(f"SHA-256 of the film: {part.video.sha256}")
    yield "Film and camera", tuple(dict.fromkeys(films))
    yield "Steps", tuple(dict.fromkeys(step for part in parts for step in part.quality.steps))
    yield "Interval", (wording.INTERVAL,)
    yield "Settings", tuple(_settings(analysis.settings))
    yield "Versions", tuple(f"{name}: {v}" for name, v in analysis.versions.items())


def _camera(analysis: Analysis) -> Iterable[str]:
    view = analysis.view
    for name, angle in (("roll", view.camera_roll_deg), ("yaw", view.camera_yaw_deg)):
        if angle is not None:
            yield f"Camera {name} {angle[0]:.1f} ± {1.96 * angle[1]:.1f}°"
    if view.ground_tilt_deg:
        yield f"Ground tilted by {view.ground_tilt_deg:.1f}° in the picture"
    if view.scale_m_per_px is not None:
        yield f"1 px is {1000 * view.scale_m_per_px:.2f} mm in the plane of running"


def _settings(settings: dict[str, Any]) -> Iterable[str]:
    """What differs from the defaults; all corrections by hand in one line."""
    usual = Settings().model_dump(mode="json")
    for name, value in settings.items():
        if name == "edits" and value:
            yield f"edits: {len(value)} contact event(s) corrected by hand"
        elif name != "runner" and value != usual.get(name):
            yield one_line(f"{name}: {value}", 120)
    pose = settings.get("pose")
    if isinstance(pose, dict):
        yield one_line("pose: " + " ".join(str(value) for value in pose.values()))


def _footer(analysis: Analysis) -> Iterable[str]:
    yield " ".join(wording.LIMITS[0])
    yield f"gaitlens {analysis.versions.get('gaitlens', '')}".strip()
