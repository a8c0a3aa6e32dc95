"""The answer: how good the video is, what stands out, and the main numbers."""

from __future__ import annotations

from typing import Final

import streamlit as st

from gait.analysis.grading import grade
from gait.analysis.results import Analysis, Finding
from gait.knowledge import knowledge
from gait.present import wording
from gait.present.table import Row, rows, unmeasured
from gait.render import charts
from gait.types import Evidence, Study
from gait.ui import questionnaire
from gait.ui.site import plain

_GRADES: Final = {
    "good": ("green", ":material/check_circle:", "Good video"),
    "usable": ("orange", ":material/info:", "Usable video"),
    "poor": ("red", ":material/error:", "Poor video"),
}

_NONE: Final = "\N{EN DASH}"
"""Stands where there is nothing; a hyphen would begin a list."""
_NO_BREAK: Final = "\N{NO-BREAK SPACE}"


def show(analysis: Analysis) -> None:
    """Show the answer.

    Parameters
    ----------
    analysis : Analysis
        What was found.
    """
    outcome = analysis.outcome
    if outcome is not None:  # before everything else: it may be urgent
        questionnaire.outcome(outcome)
    _video_grade(analysis)
    if analysis.view.time_base == "unknown":
        st.warning(plain(analysis.view.limits[0]))
    elif analysis.view.time_scale != 1:
        st.info(plain(wording.video_speed(analysis.view).capitalize()))
    warning, found = wording.activity_warning(analysis), wording.overview(analysis)
    if warning is not None:
        st.warning(warning)
    if found is not None:
        _findings(found, analysis)
    _numbers(analysis)


def _video_grade(analysis: Analysis) -> None:
    given, say = grade(analysis), knowledge().texts.video
    colour, icon, words = _GRADES[given.level]
    st.badge(words, icon=icon, color=colour)  # type: ignore[arg-type]
    if given.next_time:
        changes = "\n".join(f"{i}. {plain(c)}" for i, c in enumerate(given.next_time, 1))
        st.markdown(f"{say['next_time']}\n{changes}")
    missing = unmeasured(analysis.summaries)
    if not given.reasons and not missing:
        return
    n = sum(len(names) for names in missing.values())
    titles = ("Why" if given.reasons else "", f"{n} not measured" if n else "")
    with st.expander(", ".join(t for t in titles if t), icon=":material/videocam:"):
        st.markdown("\n".join(f"- {plain(reason)}" for reason in given.reasons))
        if missing:
            st.markdown("**Not measured, and why**")
            lines = (f"- {plain(why)}  \n{', '.join(names)}" for why, names in missing.items())
            st.markdown("\n".join(lines))


def _findings(found: wording.Overview, analysis: Analysis) -> None:
    st.subheader(knowledge().texts.overview["title"], anchor=False)
    for finding in found.top:
        _card(finding, analysis)
    if found.top:
        st.markdown(found.answer)
    elif found.clear:
        st.success(found.answer, icon=":material/check_circle:")
    else:
        reasons = " ".join(plain(reason) for reason in grade(analysis).reasons[:1])
        st.info(f"{found.answer} {reasons}", icon=":material/info:")
    if analysis.settings.speed_mps is None:
        st.caption(
            "What is typical depends on speed: give it under Settings below, and more measures can "
            "be compared."
        )
    if found.rest:
        with st.expander("Also worth knowing", icon=":material/menu_book:"):
            for finding in found.rest:
                _card(finding, analysis)


def _card(finding: Finding, analysis: Analysis) -> None:
    texts = knowledge().texts
    with st.container(border=True):
        title = st.container(horizontal=True, vertical_alignment="center")
        title.markdown(f"**{wording.title(finding, analysis)}**", width="content")
        if finding.kind != "note":
            linked = finding.kind == "linked"
            title.badge(
                texts.overview[finding.kind].capitalize(),
                color="orange" if linked else "gray",
            )
        st.markdown(f"{finding.measured} {finding.typical}")
        st.markdown(finding.wording)
        if finding.cue is not None:
            cue = texts.overview["cue"].format(**finding.cue.model_dump())
            st.info(cue, icon=":material/lightbulb:")
        if finding.links:
            with st.expander("What research says", icon=":material/menu_book:"):
                for link in finding.links:
                    _evidence(link)


def _evidence(link: Evidence) -> None:
    st.markdown(f"**{link.injury[:1].upper()}{link.injury[1:]}**: {link.grade} evidence")
    st.markdown(f"{link.wording}  \nIn: {link.population}")
    for title, studies in (("Studies", link.studies), ("What speaks against it", link.counter)):
        if studies:
            st.markdown(f"{title}:\n" + "\n".join(f"- {_study(study)}" for study in studies))


def _study(study: Study) -> str:
    seen = wording.doi(study)
    link = f" [doi:{seen}](https://doi.org/{seen})" if seen else ""
    return f"{wording.cited(study)}{link}: {wording.told(study)}"


def cells(row: Row, typical: str = "Typical") -> dict[str, str]:
    """One measure as cells of a table, left beside right.

    Parameters
    ----------
    row : Row
        The measure.
    typical : str
        Title of the column of reference values.

    Returns
    -------
    dict
        By title of the column.
    """
    pooled = row.values.get("both")
    values = {
        "Measure": f"{row.name}, {row.unit}",
        "Left": pooled or row.values.get("left", _NONE),
        "Right": "both" if pooled else row.values.get("right", _NONE),
        typical: row.typical or _NONE,
    }
    # On a phone a value must not be torn from its interval.
    whole = ("Left", "Right", typical)
    return values | {title: values[title].replace(" ", _NO_BREAK) for title in whole}


def _numbers(analysis: Analysis) -> None:
    main = [row for row in rows(analysis) if row.metric in wording.MAIN]
    if not main:
        return
    st.subheader("The main numbers", anchor=False)
    speed = analysis.settings.speed_mps
    typical = f"Typical at {speed * 3.6:.1f} km/h" if speed else "Typical"
    table = [cells(row, typical) for row in main]
    st.table(table, border="horizontal", hide_index=True, alt="Main numbers, left beside right")
    far = any("*" in value for row in main for value in row.values.values())
    st.caption(wording.BAND + (f" {plain(wording.FAR)}" if far else ""))
    chart = charts.overview(analysis.summaries) if analysis.activity == "running" else None
    if chart is not None:
        with st.expander("Where you stand among healthy runners", icon=":material/bar_chart:"):
            st.altair_chart(
                chart, alt="Every measure with its interval against the typical range, both sides."
            )
            st.caption(wording.GREY)
