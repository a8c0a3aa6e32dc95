"""From answers to what they call for: warning signs first, gait last."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from gait.analysis.results import Analysis, Finding
from gait.knowledge import knowledge
from gait.knowledge.questionnaire import NOTHING, URGENT, Answer, Conclusion, Question, Rule
from gait.sanitize.files import read_toml
from gait.types import Contributor, Evidence, Injury, Outcome, UsageError

Answers = Mapping[str, str | Sequence[str]]
"""Ids of answers by id of the question; a question may be left out."""

Given = dict[str, str | tuple[str, ...]]
"""The same once checked: a tuple where a question takes several answers, else one id."""

WIDTH: Final = 78
"""Columns of the form: what a terminal shows without wrapping, less the comment sign."""

PLACE: Final = "where"
NO_PAIN: Final = "no_pain"
"""The question on the place that hurts, and its answer after which none needs to be put."""

OF_THE_PAIN: Final = ("onset", "easing")
"""Questions that have no answer where nothing hurts."""

CHECKED: Final = "checked"
"""The question that is put only after an answer that forbids running: has a clinician seen it?"""


def evaluate(answers: Answers, findings: Sequence[Finding] = ()) -> Outcome:
    """What a runner's answers lead to.

    Parameters
    ----------
    answers : mapping of str to str or sequence of str
        Answers by question, as in ``gait/knowledge/intake.toml``.
    findings : sequence of Finding
        What the video shows; a finding counts only if a study has linked it with an injury of the
        place that hurts.

    Returns
    -------
    Outcome
        The most urgent action and why; then what else goes with the pain, in the order training,
        previous injury, recovery, fatigue, gait. With an emergency or a reason to stop, only what
        concerns health is left, until a clinician has looked at it (`CHECKED`): what needs a
        clinician, and what one has to know of.

    Raises
    ------
    UsageError
        If a question or an answer does not exist.
    """
    given = check(answers)
    found = reached(given)
    signs = [c for c in found if c.level in URGENT]
    settled = signs if given.get(CHECKED) == "yes" else []
    urgent = bool(signs) and not settled
    left = [c for c in found if c not in settled]
    top = min(left, key=knowledge().intake.conclusion.index, default=None)
    if top is not None and top.action is None:
        top = None
    injuries = _injuries(given)
    also = [c for c in left if not urgent or _for_a_clinician(c, signs)]
    contributors = [_contributor(c, top) for c in also if c is not top or c.kind != "health"]
    if urgent:
        contributors = [c.model_copy(update={"kind": "health"}) for c in contributors]
    else:
        contributors += _from_gait(findings, injuries)
    return Outcome(
        level="advice" if top is None else top.level,
        action=None if top is None else top.action,
        why=_why(top, given, urgent, settled),
        gait_advice_withheld=urgent,
        injuries=injuries,
        contributors=tuple(contributors),
    )


def reached(given: Answers) -> list[Conclusion]:
    """All conclusions of the answers, as a runner should read them, whoever has looked at them.

    Answers lead to some alone, to others together.
    """
    targets = {answer.leads_to for _, answer in _pairs(given)} - {NOTHING}
    targets |= {rule.leads_to for rule in knowledge().intake.rule if _holds(rule, given)}
    return [c for c in knowledge().intake.in_order() if c.id in targets]


def unsettled(analysis: Analysis) -> Outcome | None:
    """What a runner has to deal with before anything about the running is shown.

    An emergency or a reason to stop; None if nothing stands in the way.
    """
    outcome = analysis.outcome
    return outcome if outcome is not None and outcome.gait_advice_withheld else None


def check(answers: Answers) -> dict[str, str | tuple[str, ...]]:
    """The answers in the order of the questions, without those left empty.

    A tuple where a question takes several answers, else one id.

    Raises
    ------
    UsageError
        If a question or an answer does not exist, or answers exclude each other.
    """
    questions = {question.id: question for question in knowledge().intake.question}
    for name in answers:
        if name not in questions:
            raise UsageError(f"There is no question {name!r}.", f"Questions: {_list(questions)}.")
    checked = {name: _check(q, answers[name]) for name, q in questions.items() if name in answers}
    return {name: given for name, given in checked.items() if given}


def read_answers(path: Path) -> dict[str, str | tuple[str, ...]]:
    """Answers from a TOML file made with `write_answers`; UsageError if it cannot be used."""
    read = read_toml(path)
    try:
        answers = check(read)
    except UsageError as e:
        raise UsageError(f"{path}: {e.problem}", e.hint) from e
    if not answers:
        raise UsageError(f"{path} holds no answer.", "Put answers between the quotes or brackets.")
    return answers


def write_answers(answers: Answers) -> str:
    """Answers as TOML below their questions; without answers it is a form to fill in."""
    given = check(answers)
    parts = ["# Put the words on the left between the quotes or brackets; leave empty to skip."]
    for number, question in enumerate(knowledge().intake.question, 1):
        several = " (one or more)" if question.several else ""
        lines = textwrap.wrap(f"{number}. {question.text}{several}", WIDTH)
        width = max(len(answer.id) for answer in question.answers)
        for answer in question.answers:
            line = f"  {answer.id:{width}}  {answer.text}"
            lines += textwrap.wrap(line, WIDTH, subsequent_indent=" " * (width + 4))
        chosen = _chosen(given, question.id)
        value = f"[{_quoted(chosen)}]" if question.several else _quoted(chosen) or '""'
        parts.append("\n".join([*(f"# {line}" for line in lines), f"{question.id} = {value}"]))
    return "\n\n".join(parts) + "\n"


def _check(question: Question, given: object) -> str | tuple[str, ...]:
    chosen = given if isinstance(given, list | tuple) else (given,) if given != "" else ()
    known = {answer.id: answer for answer in question.answers}
    for name in chosen:
        if str(name) not in known:
            raise UsageError(f"{question.id}: there is no answer {name!r}.", _valid(question))
    if len(chosen) > 1 and not question.several:
        raise UsageError(f"{question.id}: takes one answer only.", _valid(question))
    if alone := [name for name in chosen if known[name].alone and len(set(chosen)) > 1]:
        raise UsageError(
            f"{question.id}: {alone[0]!r} contradicts the other answers.", "Keep one or the others."
        )
    if not question.several:
        return str(chosen[0]) if chosen else ""
    return tuple(name for name in known if name in chosen)


def _valid(question: Question) -> str:
    return f"Answers to choose from: {_list(answer.id for answer in question.answers)}."


def _for_a_clinician(conclusion: Conclusion, signs: Iterable[Conclusion]) -> bool:
    """Whether it is told beside these warning signs."""
    of_health = conclusion.kind == "health" or conclusion.level == "see a clinician"
    return of_health or any(sign.id in conclusion.beside for sign in signs)


def _holds(rule: Rule, given: Answers) -> bool:
    names = {_name(question, answer) for question, answer in _pairs(given)}
    return names >= set(rule.answers) and rule.while_open not in given


def _name(question: Question, answer: Answer) -> str:
    return f"{question.id}.{answer.id}"


def _pairs(given: Answers) -> Iterator[tuple[Question, Answer]]:
    for question in knowledge().intake.question:
        for answer in question.answers:
            if answer.id in _chosen(given, question.id):
                yield question, answer


def _chosen(given: Answers, question: str) -> tuple[str, ...]:
    chosen = given.get(question, ())
    return (chosen,) if isinstance(chosen, str) else tuple(chosen)


def painless(given: Answers) -> bool:
    """Whether nothing hurts: then questions on the pain have no answer."""
    return NO_PAIN in _chosen(given, PLACE)


def _injuries(given: Answers) -> tuple[Injury, ...]:
    return tuple(injury for _, answer in _pairs(given) for injury in answer.injuries)


def _contributor(conclusion: Conclusion, top: Conclusion | None) -> Contributor:
    """What a conclusion goes with; its action too, unless that is shown already."""
    action = "" if conclusion is top or conclusion.action is None else f" {conclusion.action}"
    return Contributor(
        id=conclusion.id,
        kind=conclusion.kind,
        wording=conclusion.text + action,
        grade=conclusion.grade,
        sources=conclusion.sources,
        guide=conclusion.guide,
    )


def _from_gait(findings: Iterable[Finding], injuries: tuple[Injury, ...]) -> list[Contributor]:
    linked = []
    for finding in findings:
        link = _link(finding, injuries)
        if link is not None:
            studies = (*link.studies, *link.counter)
            linked.append(
                Contributor(
                    id=finding.id,
                    kind="gait",
                    wording=link.wording,
                    grade=link.grade,
                    sources=tuple(dict.fromkeys(study.source for study in studies)),
                    guide="gait",
                )
            )
    return linked


def _link(finding: Finding, injuries: tuple[Injury, ...]) -> Evidence | None:
    """The first link of a deviation with the place that hurts."""
    if finding.kind != "linked":
        return None
    fitting = (e for e in finding.links if e.grade != "none" and set(e.injuries) & set(injuries))
    return next(fitting, None)


def _why(
    top: Conclusion | None, given: Answers, urgent: bool, settled: Iterable[Conclusion]
) -> str:
    wording = knowledge().intake.wording
    looked_at = dict.fromkeys(reason for c in settled for reason in _reasons(c, given))
    sentences = [wording.settled, *map(_because, looked_at)] if looked_at else []
    if top is not None:
        sentences += [top.text, *map(_because, _reasons(top, given))]
    unanswered = open_signs(given)
    if urgent:
        sentences.append(wording.withheld)
    elif unanswered:
        n = len(unanswered)
        questions = f"{n} question{'s' if n > 1 else ''}"
        sentences.append(wording.open.format(questions=questions))
    elif top is None and not looked_at:
        sentences.append(wording.painless if painless(given) else wording.clear)
    return " ".join(sentences)


def open_signs(given: Answers) -> list[str]:
    """Ids of the questions about warning signs that have no answer yet, though they have one."""
    signs = [q.id for q in knowledge().intake.warning_signs() if q.id not in given]
    return [name for name in signs if not (painless(given) and name in OF_THE_PAIN)]


def may_suggest(outcome: Outcome | None, answers: Answers | None) -> bool:
    """Whether something to try may be suggested: no warning sign, and no question about one open.

    Without a questionnaire nothing is known to stand against it; not answered is not "no".
    """
    unwarned = outcome is None or outcome.level == "advice"
    return unwarned and not (answers and open_signs(answers))


def _because(reason: tuple[str, str]) -> str:
    """A question and what was answered, as a sentence."""
    question, answer = reason
    return knowledge().intake.wording.because.format(question=question, answer=answer)


def _reasons(conclusion: Conclusion, given: Answers) -> Iterator[tuple[str, str]]:
    """Texts of the questions and answers that lead to a conclusion, alone or together."""
    rules = [r for r in knowledge().intake.rule if r.leads_to == conclusion.id and _holds(r, given)]
    together = {name for rule in rules for name in rule.answers}
    for question, answer in _pairs(given):
        if answer.leads_to == conclusion.id or _name(question, answer) in together:
            yield question.text, answer.text


def _list(names: Iterable[str]) -> str:
    return ", ".join(names)


def _quoted(names: Iterable[str]) -> str:
    return _list(f'"{name}"' for name in names)
