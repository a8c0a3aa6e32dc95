"""Why legs ache: a page of its own, with the questions, the reasons one by one, and tips."""

from __future__ import annotations

from typing import Final

import streamlit as st

from gait.analysis.interpret.questionnaire import evaluate
from gait.knowledge import knowledge
from gait.knowledge.questionnaire import Point, Section
from gait.types import Outcome
from gait.ui.intake import questionnaire
from gait.ui.site import plain

_ABOUT: Final = {"contributor": "What goes with aching legs", "question": "What runners ask"}
_KEY: Final = "legs-"


def page() -> None:
    """Show the questions, then the guide in the order of the answers, then the tips."""
    guide = knowledge().guide
    st.title(guide.title)
    st.markdown(guide.preface.strip())
    with st.container(border=True):
        given = questionnaire.questionnaire({}, _KEY)
    found = evaluate(given) if given else None
    if found is not None and found.gait_advice_withheld:
        return  # the rest would distract from what has to be done
    if found is not None and (found.action or found.contributors):
        questionnaire.outcome(found)
    st.caption(guide.legend.partition(" Sources marked")[0])
    _sections(found)
    st.header("In short")
    st.markdown("\n".join(_point(tip) for tip in guide.tip))


def _sections(found: Outcome | None) -> None:
    """Every reason with its parts; those of the runner's own answers first, and open."""
    own = {c.guide for c in found.contributors} if found else set()
    ordered = knowledge().guide.sections_for(found)
    for about, heading in _ABOUT.items():
        st.header(heading)
        for section in ordered:
            if section.about == about:
                _section(section, opened=section.id in own)


def _section(section: Section, *, opened: bool) -> None:
    st.markdown(f"**{section.title}**  \n{section.text}")
    if not section.point:
        st.caption(_support(section))
        return
    with st.expander(f"One by one: {', '.join(p.name for p in section.point)}", expanded=opened):
        st.markdown("\n".join(_point(point) for point in section.point))
        st.caption(_support(section))


def _point(point: Point) -> str:
    return f"- **{plain(point.name)}.** {plain(point.text)} *(evidence: {point.grade})*"


def _support(section: Section) -> str:
    cited = "; ".join(knowledge().sources[i].citation for i in section.sources)
    return (
        f"Often said: “{section.often_said}” Support for that: {section.support}. "
        f"Evidence: {section.grade} ({plain(cited)})"
    )
