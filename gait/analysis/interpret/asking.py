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
    painless,
    reached,
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
        other warning signs first, then what a clinician needs to know with it. None if nothing
        is left to ask.
        """
        intake = knowledge().intake
        wanted = [q for q in intake.question if q.id != CHECKED]
        checked = [q for q in intake.question if q.id == CHECKED]
        if painless(self.given):
            wanted = wanted[: 1 + [q.id for q in wanted].index(PLACE)]
        found = {c.id: c.level for c in reached(self.given)}
        if "emergency" in found.values() and not self._seen():
            wanted = checked
        elif "stop" in found.values() and not self._seen():
            signs = [q for q in wanted if q in intake.warning_signs()]
            wanted = [*signs, *intake.beside(found), *checked]
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

    def _seen(self) -> bool:
        """Whether somebody who may say so has allowed to run."""
        return self.given.get(CHECKED) == "yes"

    def back(self) -> Self:
        """The same before the last question was put, its answer taken back."""
        last = self.put[-1:]
        given = {name: answer for name, answer in self.given.items() if name not in last}
        return type(self)(given, self.put[:-1])


def _warned(given: Answers) -> list[str]:
    """What the warning signs among the answers lead to, whoever has seen them."""
    return [c.id for c in reached(given) if c.level in URGENT]
