"""The guide "Why do my legs ache when I run?" as data."""

from __future__ import annotations

import re
from functools import cache
from typing import Final, Literal, Self

from pydantic import model_validator

from gait.knowledge.claim import Claim
from gait.knowledge.intake import load_intake
from gait.knowledge.reading import Model, parsed
from gait.types import Outcome

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
    def _answers_find_their_section(self) -> Self:
        ids = [section.id for section in self.section]
        wanted = {HEALTH, *(conclusion.guide for conclusion in load_intake().conclusion)}
        if len(set(ids)) != len(ids) or wanted - set(ids):
            raise ValueError(f"sections that repeat, or are missing: {wanted - set(ids)}")
        parts = [part.id for part in (*self.tip, *(p for s in self.section for p in s.point))]
        if repeated := {part for part in parts if parts.count(part) > 1}:
            raise ValueError(f"parts that repeat: {repeated}")
        return self


@cache
def load_guide() -> Guide:
    """Read and check ``guide.toml``."""
    return Guide.model_validate(parsed("guide.toml"))


def guide_for(outcome: Outcome | None = None) -> tuple[Section, ...]:
    """All sections, those on a runner's own contributors first.

    Parameters
    ----------
    outcome : Outcome, optional
        What the questionnaire led to, if it was answered.

    Returns
    -------
    tuple of Section
        If an answer calls for a clinician, underlying conditions open the guide.
    """
    own: list[str | None] = []
    if outcome is not None:
        own = [HEALTH] if outcome.action else []
        own += [contributor.guide for contributor in outcome.contributors]
    sections = {section.id: section for section in load_guide().section}
    order = dict.fromkeys([*(i for i in own if i in sections), *sections])
    return tuple(sections[i] for i in order)


def _sentences(text: str) -> int:
    return len(re.findall(r"[.?!](?:\s|$)", text))
