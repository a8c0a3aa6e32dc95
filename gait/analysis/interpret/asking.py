"""The questionnaire step by step: one question at a time, warning signs first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

from gait.analysis.interpret.questionnaire import (
    CHECKED,
    PLACE,
    Answers,
    Given,
    check,
    evaluate,
    painless,
)
from gait.knowledge import knowledge
from gait.knowledge.questionnaire import URGENT, Question


@dataclass(frozen=True, slots=True)
class Asking:
    """How far the questions have come."""

    given: Given = field(default_factory=dict)
    """Answers by question."""
    put: tuple[str, ...] = ()
    """Questions that were put, with or without an answer, in that order."""

    def next(self) -> Question | None:
        """What to ask now.

        After an emergency only whether a clinician has seen it; after a reason to stop the
        other warning signs first. None if nothing is left to ask.
        """
        wanted = [q for q in knowledge().intake.question if q.id != CHECKED]
        checked = [q for q in knowledge().intake.question if q.id == CHECKED]
        if painless(self.given):
            wanted = wanted[: 1 + [q.id for q in wanted].index(PLACE)]
        level = evaluate(self.given).level
        if level in URGENT:
            signs = knowledge().intake.warning_signs() if level == "stop" else ()
            wanted = [q for q in wanted if q in signs] + checked
        return next((q for q in wanted if q.id not in self.put), None)

    def answered(self, question: str, chosen: str | Sequence[str]) -> Self:
        """The same with one more question put.

        Parameters
        ----------
        question : str
            Which.
        chosen : str or sequence of str
            The answer; empty if it was skipped. A new warning sign takes back that a clinician has
            seen those before it.

        Raises
        ------
        UsageError
            If there is no such answer.
        """
        others = {name: answer for name, answer in self.given.items() if name != question}
        given = check(others | {question: chosen})
        put = (*(name for name in self.put if name != question), question)
        if question != CHECKED and CHECKED in given and _warned(given) != _warned(self.given):
            del given[CHECKED]
            put = tuple(name for name in put if name != CHECKED)
        return type(self)(given, put)

    def back(self) -> Self:
        """The same before the last question was put, its answer taken back."""
        last = self.put[-1:]
        given = {name: answer for name, answer in self.given.items() if name not in last}
        return type(self)(given, self.put[:-1])


def _warned(given: Answers) -> object:
    """What the warning signs among the answers lead to, whoever has seen them."""
    found = evaluate({name: answer for name, answer in given.items() if name != CHECKED})
    return found.action, [c.id for c in found.contributors if c.kind == "health"]
