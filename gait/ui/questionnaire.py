"""The questionnaire on the page, what it leads to, and the guide on aching legs."""

from __future__ import annotations

from typing import Final

import streamlit as st

from gait.analysis.interpret.questionnaire import Answers
from gait.io.run_folder import RunFolder
from gait.knowledge import knowledge
from gait.knowledge.questionnaire import Question, Section
from gait.present.wording import also_title
from gait.types import Contributor, GaitError, Outcome
from gait.ui.inputs import change
from gait.ui.site import complain, opened, plain

_PLACE: Final = "where"
_NO_PAIN: Final = "no_pain"

Given = dict[str, str | tuple[str, ...]]


def questionnaire(known: Answers, key: str = "") -> Given:
    """All questions; the first alone until something hurts.

    Parameters
    ----------
    known : mapping of str to str or sequence of str
        Answers that were given before.
    key : str
        Tells several questionnaires apart.

    Returns
    -------
    dict
        Answers by question, without those left open.
    """
    given: Given = {}
    for question in knowledge().intake.question:
        answer = _ask(question, known.get(question.id, ()), key)
        if answer:
            given[question.id] = answer
        if question.id == _PLACE and not set(answer) - {_NO_PAIN}:
            break
    return given


def show(run: RunFolder) -> None:
    """The questionnaire of a finished run, and the guide.

    Parameters
    ----------
    run : RunFolder
        A finished run.
    """
    analysis, _ = opened(run)
    st.markdown("Pain has many reasons, and running form is seldom the first.")
    given = questionnaire(analysis.intake or {}, f"{run.path.name}-")
    if st.button("Use these answers", type="primary", disabled=not given and not analysis.intake):
        try:
            change(run, analysis, answers=given)
        except GaitError as e:
            complain(e)
        else:
            st.rerun()
    with st.expander(knowledge().guide.title, icon=":material/menu_book:"):
        guide(analysis.outcome)


def outcome(found: Outcome) -> None:
    """What the answers lead to, the most urgent first.

    Parameters
    ----------
    found : Outcome
        From the questionnaire.
    """
    say = "  \n".join(plain(text) for text in (found.action, found.why) if text)
    if found.action is None:
        st.info(say, icon=":material/healing:")
    elif found.gait_advice_withheld:
        st.error(f"**{found.level.capitalize()}.** {say}", icon=":material/emergency_home:")
    else:
        st.warning(f"**{found.level.capitalize()}.** {say}", icon=":material/healing:")
    also = [c for c in found.contributors if c.wording not in (found.why or "")]
    if also:
        with st.expander(
            also_title(found), icon=":material/healing:", expanded=found.gait_advice_withheld
        ):
            st.markdown("\n".join(f"- {_contributor(c)}" for c in also))


def guide(found: Outcome | None) -> None:
    """Why legs ache; a runner's own points come first.

    Parameters
    ----------
    found : Outcome or None
        From the questionnaire, if it was answered.
    """
    st.markdown(knowledge().guide.preface.strip())
    for section in knowledge().guide.sections_for(found):
        st.markdown(f"**{section.title}**  \n{section.text}")
        st.caption(_support(section))


def _ask(question: Question, known: str | object, key: str) -> str | tuple[str, ...]:
    before = (known,) if isinstance(known, str) else tuple(known)  # type: ignore[arg-type]
    texts = {answer.id: plain(answer.text) for answer in question.answers}
    if question.several:
        st.markdown(f"**{plain(question.text)}**")
        return tuple(
            name
            for name, text in texts.items()
            if st.checkbox(text, name in before, key=f"{key}{question.id}.{name}")
        )
    position = list(texts).index(before[0]) if before else None
    chosen = st.radio(
        f"**{plain(question.text)}**",
        list(texts),
        position,
        format_func=texts.__getitem__,
        key=f"{key}{question.id}",
        horizontal=len(texts) == 2,
    )
    return chosen or ""


def _contributor(c: Contributor) -> str:
    return f"{plain(c.wording)} *({c.kind}; evidence: {c.grade})*"


def _support(section: Section) -> str:
    cited = "; ".join(knowledge().sources[i].citation for i in section.sources)
    return (
        f"Often said: “{section.often_said}” Support for that: {section.support}. "
        f"Evidence: {section.grade} ({plain(cited)})"
    )
