"""The questionnaire and the guide "Why do my legs ache when I run?" as data."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from typing import Final, Literal, Self

from pydantic import Field, model_validator

from gait.knowledge.claims import Claim, Model, Sourced
from gait.types import Injury, Outcome

NOTHING: Final = "nothing"
"""Where an answer leads that calls for nothing."""


URGENT: Final = ("emergency", "stop")
"""Levels at which gait advice would distract from what has to be done."""


_LEVELS: Final = (*URGENT, "see a clinician", "advice")


_KINDS: Final = ("health", "training", "previous injury", "recovery", "fatigue", "other")


class Answer(Model):
    """One answer that can be given; `alone` if it excludes the others."""

    id: str
    text: str
    leads_to: str
    injuries: tuple[Injury, ...] = ()
    alone: bool = False


class Question(Sourced):
    """One question; `several` answers may be given or one only."""

    id: str
    several: bool = False
    answers: tuple[Answer, ...] = Field(min_length=2)

    def shown(self) -> tuple[str, ...]:
        """The question and its answers."""
        return (self.text, *(answer.text for answer in self.answers))


class Conclusion(Claim):
    """Where answers lead: what to do, if anything, and what the answers go with.

    `beside` names reasons to stop with which it is asked for and told all the same.
    """

    id: str
    level: Literal["emergency", "stop", "see a clinician", "advice"]
    kind: Literal["health", "training", "previous injury", "recovery", "fatigue", "other"]
    action: str | None = None
    guide: str
    beside: tuple[str, ...] = ()

    def shown(self) -> tuple[str, ...]:
        """Action, if any, and text."""
        return (self.text,) if self.action is None else (self.action, self.text)

    @model_validator(mode="after")
    def _urgency_needs_an_action(self) -> Self:
        if (self.action is None) != (self.level == "advice"):
            raise ValueError(f"{self.id}: an action, unless it is advice")
        return self


class Rule(Model):
    """Answers ("question.answer") that together lead to more than each alone.

    With `while_open` the rule holds only as long as that question has no answer.
    """

    answers: tuple[str, ...] = Field(min_length=1)
    leads_to: str
    while_open: str | None = None


class Wording(Model):
    """Sentences around the conclusions."""

    withheld: str
    settled: str
    clear: str
    painless: str
    open: str
    because: str


class Intake(Model):
    """The whole questionnaire; conclusions are in order of urgency."""

    wording: Wording
    question: tuple[Question, ...]
    rule: tuple[Rule, ...]
    conclusion: tuple[Conclusion, ...]

    @model_validator(mode="after")
    def _everything_leads_somewhere(self) -> Self:
        ids = [c.id for c in self.conclusion]
        given = [f"{q.id}.{a.id}" for q in self.question for a in q.answers]
        targets = {a.leads_to for q in self.question for a in q.answers}
        targets |= {rule.leads_to for rule in self.rule}
        named = {name for rule in self.rule for name in rule.answers}
        waited_for = {rule.while_open for rule in self.rule if rule.while_open}
        for what, wrong in {
            "ids that repeat": _repeated(ids) | _repeated(given),
            "answers that lead nowhere": targets - {*ids, NOTHING},
            "conclusions nothing leads to": set(ids) - targets,
            "rules on unknown answers": named - set(given),
            "rules on unknown questions": waited_for - {q.id for q in self.question},
            "unknown conclusions": {name for c in self.conclusion for name in c.beside} - set(ids),
        }.items():
            if wrong:
                raise ValueError(f"{what}: {', '.join(sorted(wrong))}")
        order = [_LEVELS.index(c.level) for c in self.conclusion]
        if order != sorted(order):
            raise ValueError("conclusions must be in order of urgency")
        return self

    def in_order(self) -> Iterator[Conclusion]:
        """Conclusions by kind as a runner should read them, the most urgent of each kind first."""
        yield from sorted(self.conclusion, key=lambda c: _KINDS.index(c.kind))

    def warning_signs(self) -> tuple[Question, ...]:
        """The questions with an answer that forbids running."""
        urgent = {c.id for c in self.conclusion if c.level in URGENT}
        return tuple(q for q in self.question if any(a.leads_to in urgent for a in q.answers))

    def beside(self, stops: Container[str]) -> tuple[Question, ...]:
        """The questions whose answers a clinician needs to know with one of these conclusions."""
        told = {c.id for c in self.conclusion if any(name in stops for name in c.beside)}
        return tuple(q for q in self.question if any(a.leads_to in told for a in q.answers))


def _repeated(ids: list[str]) -> set[str]:
    return {i for i in ids if ids.count(i) > 1}


HEALTH: Final = "health"
"""The section that comes first if an answer calls for a clinician."""


class Point(Claim):
    """One sentence on a part of a section, or on a tip, with its own grade and sources."""

    id: str
    name: str

    @model_validator(mode="after")
    def _one_sentence(self) -> Self:
        if _sentences(self.text) != 1:
            raise ValueError(f"{self.id}: not one sentence")
        return self


class Section(Claim):
    """Two sentences on one contributor or one question, then its parts one by one.

    `often_said` is the popular answer and `support` how well it holds.
    """

    id: str
    about: Literal["contributor", "question"]
    title: str
    often_said: str
    support: Literal["good", "mixed", "weak", "untested"]
    point: tuple[Point, ...] = ()

    @model_validator(mode="after")
    def _two_sentences(self) -> Self:
        if _sentences(self.text) != 2:
            raise ValueError(f"{self.id}: not two sentences")
        return self


class Guide(Model):
    """All sections, in the order in which they are read without answers, and tips in short."""

    title: str
    preface: str
    legend: str
    section: tuple[Section, ...]
    tip: tuple[Point, ...]

    @model_validator(mode="after")
    def _nothing_twice(self) -> Self:
        ids = [section.id for section in self.section]
        parts = [part.id for part in (*self.tip, *(p for s in self.section for p in s.point))]
        if repeated := _repeated(ids) | _repeated(parts):
            raise ValueError(f"ids that repeat: {', '.join(sorted(repeated))}")
        return self

    def sections_for(self, outcome: Outcome | None = None) -> tuple[Section, ...]:
        """All sections, those on a runner's own contributors first.

        If an answer calls for a clinician, underlying conditions open the guide.
        """
        own: list[str | None] = []
        if outcome is not None:
            own = [HEALTH] if outcome.action else []
            own += [contributor.guide for contributor in outcome.contributors]
        sections = {section.id: section for section in self.section}
        order = dict.fromkeys([*(i for i in own if i in sections), *sections])
        return tuple(sections[i] for i in order)


def _sentences(text: str) -> int:
    return len(re.findall(r"[.?!](?:\s|$)", text))
