"""The questionnaire on the page, one question at a time, and what it leads to."""

from __future__ import annotations

from typing import Final

import streamlit as st

from gait.analysis.interpret.asking import Asking
from gait.analysis.interpret.questionnaire import (
    CHECKED,
    Answers,
    Given,
    check,
    evaluate,
    unsettled,
)
from gait.analysis.results import Analysis
from gait.io.run_folder import RunFolder
from gait.knowledge import knowledge
from gait.knowledge.questionnaire import Question
from gait.present.wording import also_title
from gait.types import Contributor, GaitError, Outcome
from gait.ui.intake import complaint
from gait.ui.intake.inputs import change
from gait.ui.site import analysis_of, complain, link, plain

_ASKING: Final = "asking-"


def questionnaire(known: Answers, key: str = "") -> Given:
    """The questions one at a time, warning signs first; what is urgent is said at once.

    `known` are shown until the questions are asked again. Returns the answers so far.
    """
    state = f"{_ASKING}{key}"
    if state not in st.session_state:
        before = check(known)
        st.session_state[state] = Asking(before, tuple(q.id for q in knowledge().intake.question))
        if not before:
            st.session_state[state] = Asking()
    asking: Asking = st.session_state[state]
    found = evaluate(asking.given)
    if found.gait_advice_withheld:
        outcome(found)
    question = asking.next()
    if question is not None:
        _step(question, asking, state)
    elif asking.given:
        _given(asking.given)
    if asking.put and question is None:
        st.button("Start again", key=f"{state}-again", on_click=_restart, args=(state,))
    return asking.given


def kept(key: str) -> Given:
    """The answers so far of a questionnaire, whether it is shown now or not."""
    asking = st.session_state.get(f"{_ASKING}{key}")
    return asking.given if isinstance(asking, Asking) else {}


def _step(question: Question, asking: Asking, state: str) -> None:
    """One question, and the way to the next and back."""
    number = len(asking.put) + 1
    st.caption(
        f"Question {number}. Warning signs come first." if number == 1 else f"Question {number}"
    )
    chosen = _ask(question, asking.given.get(question.id, ()), f"{state}-")
    if wrong := st.session_state.pop(f"{state}-wrong", ""):
        st.warning(plain(wrong))
    row = st.container(horizontal=True)
    row.button(
        "Next" if chosen else "Skip",
        key=f"{state}-next",
        type="primary" if chosen else "secondary",
        on_click=_put,
        args=(state, question, chosen),
    )
    if asking.put:
        row.button("Back", key=f"{state}-back", on_click=_back, args=(state,))


def _put(state: str, question: Question, chosen: str | tuple[str, ...]) -> None:
    try:
        st.session_state[state] = st.session_state[state].answered(question.id, chosen)
    except GaitError as e:
        st.session_state[f"{state}-wrong"] = f"{e.problem} {e.hint}"


def _back(state: str) -> None:
    st.session_state[state] = st.session_state[state].back()


def _restart(state: str) -> None:
    for name in [name for name in st.session_state if str(name).startswith(state)]:
        del st.session_state[name]
    st.session_state[state] = Asking()


def _given(given: Answers) -> None:
    """What was answered, to be read over."""
    lines = []
    for question in knowledge().intake.question:
        answer = given.get(question.id, ())
        ids = (answer,) if isinstance(answer, str) else answer
        said = "; ".join(plain(a.text) for a in question.answers if a.id in ids)
        if said:
            lines.append(f"- {plain(question.text)} **{said}**")
    with st.expander(f"Your answers ({len(lines)})"):
        st.markdown("\n".join(lines))


def show(run: RunFolder) -> None:
    """The questionnaire of a finished run."""
    analysis = analysis_of(run)
    st.markdown("Pain has many reasons, and running form is seldom the first.")
    given = questionnaire(analysis.intake or {}, f"{run.path.name}-")
    unchanged = given == check(analysis.intake or {})
    if not unchanged and st.button("Use these answers", type="primary"):
        _use(run, given)
    if unsettled(analysis) is None:
        complaint.show(analysis, f"{run.path.name}-")
    link("legs", knowledge().guide.title)


def first(analysis: Analysis) -> bool:
    """Whether something has to be dealt with before the running; if so, it is said here."""
    found = unsettled(analysis)
    if found is not None:
        outcome(found)
    return found is not None


def urgent(run: RunFolder) -> bool:
    """Whether something has to be dealt with before anything about the running is shown.

    It is then on the page, with the question whether a clinician has looked at it: only a yes shows
    the rest.
    """
    analysis = analysis_of(run)
    found = unsettled(analysis)
    if found is None:
        return False
    outcome(found)
    question = next(q for q in knowledge().intake.question if q.id == CHECKED)
    chosen = _ask(question, (), f"{run.path.name}-{CHECKED}-")
    if st.button("Go on to the video", type="primary", disabled=chosen != "yes"):
        _use(run, dict(analysis.intake or {}) | {CHECKED: "yes"})
    with st.expander("Answer the questions again"):
        show(run)
    return True


def _use(run: RunFolder, given: Given) -> None:
    analysis = analysis_of(run)
    try:
        change(run, analysis, answers=given)
    except GaitError as e:
        complain(e)
    else:
        _restart(f"{_ASKING}{run.path.name}-")
        del st.session_state[f"{_ASKING}{run.path.name}-"]
        st.rerun()


def outcome(found: Outcome) -> None:
    """What the answers lead to, the most urgent first."""
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
