"""The answer: one sentence, at most three things to look at, and the picture of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import streamlit as st

from gait.analysis.grading import grade
from gait.analysis.results import Analysis, Finding, Summary
from gait.io.run_folder import RunFolder
from gait.knowledge import decimals_of, knowledge
from gait.present import wording
from gait.present.ranges import near_limit, usual_words
from gait.present.table import Row, rows, unmeasured, with_half
from gait.render.measure_frame import MeasureFrame, measure_frame
from gait.types import Evidence, GaitError, Study
from gait.ui.intake import questionnaire
from gait.ui.site import complain, opened, plain

_GRADES: Final = {
    "good": ("green", ":material/check_circle:", "Good video"),
    "usable": ("orange", ":material/info:", "Usable video"),
    "poor": ("red", ":material/error:", "Poor video"),
}
_OTHER: Final = "another"
_NO_BREAK: Final = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class Look:
    """Something to look at."""

    title: str
    """What it is about."""
    summary: Summary
    """The measure, of the leg that is to be shown."""
    finding: Finding | None = None
    """What is known about it."""


def warnings(analysis: Analysis) -> None:
    """What comes before everything else: red flags, and why a video is not what it seems."""
    if analysis.outcome is not None:  # it may be urgent
        questionnaire.outcome(analysis.outcome)
    else:
        st.caption(" ".join(wording.STOP))
    if analysis.view.time_base == "unknown":
        st.warning(plain(analysis.view.limits[0]))
    elif analysis.view.time_scale != 1:
        st.info(plain(wording.video_speed(analysis.view).capitalize()))
    told = {note for part in analysis.parts for note in part.quality.notes}
    for note in analysis.quality.notes if analysis.parts else ():
        if note not in told:  # what the videos of a visit say against each other
            st.warning(plain(note))
    warning = wording.activity_warning(analysis)
    if warning is not None:
        st.warning(warning)


def show(analysis: Analysis, videos: Sequence[RunFolder]) -> None:
    """Show the answer beside its picture."""
    found = wording.overview(analysis)
    # On a phone one below the other; else the picture stands beside both (see `page`).
    place = st.container(key="answer")
    choice, picture, about = place.container(), place.container(key="picture"), place.container()
    with choice:
        if found is not None:
            _sentence(found)
        chosen = _choose(analysis, found, "Shown in the picture" if videos else "Main numbers")
    if chosen is not None and videos:
        with picture:
            _picture(analysis, videos, chosen)
    with about:
        if chosen is not None and chosen.finding is not None:
            _about(chosen.finding)
        if found is not None and not found.top and found.undecided:
            st.markdown(found.undecided)


def caveats(analysis: Analysis) -> None:
    """What belongs to findings and numbers: what they mean, and what could not be decided."""
    found = wording.overview(analysis)
    if found is not None and found.top:
        st.markdown(f"{found.answer} {found.undecided}".strip())


def _sentence(found: wording.Overview) -> None:
    """A tick only if most of what matters was compared and is clear of its limits."""
    if found.clear:
        st.success(found.sentence, icon=":material/check_circle:")
    elif found.top:
        st.header(found.sentence, anchor=False)
    else:
        st.info(found.sentence, icon=":material/help:")


def looks(analysis: Analysis, found: wording.Overview | None) -> tuple[Look, ...]:
    """Three things at most: what stands out, else what is near a limit, then the main numbers."""
    measured = [s for s in analysis.summaries if s.value is not None]
    if found is not None and found.top:
        chosen = [
            Look(wording.title(f, analysis), own, f)
            for f in found.top
            if (own := _shown_for(f, measured, analysis)) is not None
        ]
    else:
        near = [s for s in measured if near_limit(s)]
        main = sorted(
            (s for s in measured if s.metric in wording.MAIN),
            key=lambda s: (s.far_side, wording.MAIN.index(s.metric)),
        )
        one_each: dict[str, Summary] = {}
        for s in (*near, *main):
            one_each.setdefault(s.metric, s)
        chosen = [Look(_title(s), s) for s in one_each.values()]
    return tuple(chosen[: wording.ON_TOP])


def _shown_for(finding: Finding, measured: list[Summary], analysis: Analysis) -> Summary | None:
    """The leg of a finding to be shown: the one towards the camera, else the one further off."""
    own = [s for s in measured if s.metric == finding.metric]
    own = [s for s in own if finding.side in ("both", s.side)] or own
    near = [s for s in own if s.side == analysis.view.near_side]
    sign = -1 if finding.flag == "low" else 1
    return max(near or own, key=lambda s: sign * (s.value or 0.0), default=None)


def _title(summary: Summary) -> str:
    leg = f", {knowledge().texts.side[summary.side]}" if summary.side != "both" else ""
    return f"{summary.name}{leg}"


def _choose(analysis: Analysis, found: wording.Overview | None, title: str) -> Look | None:
    """One of the first things to look at, or any other measure."""
    first = looks(analysis, found)
    others = [Look(_title(s), s) for row in rows(analysis) for s in row.sides]
    if not others:
        return None
    titles = [f"**{look.title}**: {_value(look.summary)}" for look in first]
    option = st.radio(
        title,
        [*range(len(first)), _OTHER],
        format_func=lambda i: titles[i] if isinstance(i, int) else "Another measure",
        key="look",
    )
    if isinstance(option, int) and option < len(first):
        return first[option]
    number = st.selectbox(
        "Measure", range(len(others)), format_func=lambda i: others[i].title, key="other-measure"
    )
    other = others[number or 0]
    st.caption(_value(other.summary))
    return other


def _value(summary: Summary) -> str:
    unit = knowledge().texts.unit[summary.unit]
    text = with_half(summary, decimals_of(summary.unit).sentence)
    words = usual_words(summary)
    usual = f", usual {words}" if words else ""
    near = ": this video cannot decide" if near_limit(summary) and summary.flag is None else ""
    return plain(f"{text}{unit.words}{usual}{near}")


def _about(finding: Finding) -> None:
    texts = knowledge().texts
    if finding.kind != "note":
        linked = finding.kind == "linked"
        st.badge(texts.overview[finding.kind].capitalize(), color="orange" if linked else "gray")
    st.markdown(f"{finding.measured} {finding.typical} {finding.wording}")
    if finding.cue is not None:
        cue = texts.overview["cue"].format(**finding.cue.model_dump())
        st.info(cue, icon=":material/lightbulb:")
    if finding.links:
        with st.expander("What research says", icon=":material/menu_book:"):
            for link in finding.links:
                _evidence(link)


def _picture(analysis: Analysis, videos: Sequence[RunFolder], look: Look) -> None:
    names = [part.video.name if part.video else "" for part in analysis.parts]
    source_name = look.summary.source
    run = videos[names.index(source_name) if source_name in names else 0]
    blur, overlay = bool(analysis.settings.blur_face), run.drawn
    source = overlay if blur and overlay is not None else run.video or overlay
    try:
        shown = _frame(run.path, run.analysis.stat().st_mtime_ns, source, look.summary, blur)
    except GaitError as e:
        complain(e)
        return
    if shown is None:
        st.info("This video has no whole stride to show it in.")
        return
    words = f"{shown.moment.capitalize()}, {shown.side} foot, at {shown.time_s:.2f} s"
    zero = "where the angle counts from" if look.summary.unit == "deg" else "straight below the hip"
    drawn = f"Dashed: {zero}. " if shown.drawn else ""
    usual = "Green: what is usual." if shown.ranged else ""
    st.image(
        shown.jpeg,
        caption=f"{look.title}. {words}. {drawn}{usual}".strip(),
        alt=f"{look.title}. {words}.",
        width="stretch",
    )


@st.cache_data(show_spinner=False, max_entries=64)
def _frame(
    path: Path, changed_ns: int, source: Path | None, summary: Summary, blur: bool
) -> MeasureFrame | None:
    analysis, trial = opened(RunFolder(path))
    return measure_frame(analysis, trial, source, summary, blur_face=blur)


def behind(analysis: Analysis) -> None:
    """How good the video is, what was not measured, and more that is known."""
    _limits(analysis)
    found = wording.overview(analysis)
    if found is not None and found.rest:
        with st.expander("Also worth knowing", icon=":material/menu_book:"):
            for finding in found.rest:
                st.markdown(f"**{wording.title(finding, analysis)}**")
                _about(finding)


def video_grade(analysis: Analysis) -> None:
    """How good the video is, in two words."""
    colour, icon, words = _GRADES[grade(analysis).level]
    st.badge(words, icon=icon, color=colour)  # type: ignore[arg-type]


def _limits(analysis: Analysis) -> None:
    given, say = grade(analysis), knowledge().texts.video
    if given.next_time:
        changes = "\n".join(f"{i}. {plain(c)}" for i, c in enumerate(given.next_time, 1))
        st.markdown(f"{say['next_time']}\n{changes}")
    missing = unmeasured(analysis.summaries)
    if given.reasons:
        with st.expander("What limits this video", icon=":material/videocam:"):
            st.markdown("\n".join(f"- {plain(reason)}" for reason in given.reasons))
    if missing:
        n = sum(len(names) for names in missing.values())
        with st.expander(f"{n} measures this video cannot show, and why", icon=":material/info:"):
            lines = (f"- {plain(why)}  \n{', '.join(names)}" for why, names in missing.items())
            st.markdown("\n".join(lines))


def _evidence(link: Evidence) -> None:
    if link.grade != "none":  # else its wording says that nothing is known
        st.markdown(f"**{link.injury[:1].upper()}{link.injury[1:]}**: {link.grade} evidence")
    st.markdown(f"{link.wording}  \nIn: {link.population}")
    for title, studies in (("Studies", link.studies), ("What speaks against it", link.counter)):
        if studies:
            st.markdown(f"{title}:\n" + "\n".join(f"- {_study(study)}" for study in studies))


def _study(study: Study) -> str:
    seen = wording.doi(study)
    link = f" [doi:{seen}](https://doi.org/{seen})" if seen else ""
    return f"{wording.cited(study)}{link}: {wording.told(study)}"


def cells(row: Row) -> dict[str, str]:
    """One measure as cells of a table by title of the column, left beside right."""
    pooled = row.values.get("both")
    values = {
        "Measure": f"{row.name}, {row.unit}",
        "Left": pooled or row.values.get("left", wording.NONE),
        "Right": "both" if pooled else row.values.get("right", wording.NONE),
        "Usual": row.typical or wording.NONE,
    }
    # On a phone a value must not be torn from its interval; for ranges there is no room.
    whole = ("Left", "Right")
    return values | {title: values[title].replace(" ", _NO_BREAK) for title in whole}
