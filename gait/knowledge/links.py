"""Links between a way of running and an injury."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final, Literal, Self, get_args

from pydantic import model_validator

from gait.knowledge.reading import Model, parsed
from gait.knowledge.sources import checked, load_sources
from gait.types import Evidence, Grade, Injury, Sex, Study

GRADES: Final[tuple[Grade, ...]] = get_args(Grade)
"""From the best evidence to none."""


class StudyRef(Model):
    """A study as a link names it; design and number of people are those of the source.

    `injuries` are those it speaks of, where they are fewer than those of the link.
    """

    source: str
    effect: str | None = None
    injuries: tuple[Injury, ...] = ()

    @model_validator(mode="after")
    def _figures_are_read(self) -> Self:
        checked([self.source])
        if self.effect is not None and not load_sources()[self.source].read:
            raise ValueError(f"{self.source}: nobody here has read its figures")
        return self

    def speaks_of(self, injury: Injury) -> bool:
        """Whether it says anything of this injury, given that the link does."""
        return not self.injuries or injury in self.injuries

    @property
    def study(self) -> Study:
        """For showing; the number of people is a figure like any other."""
        source = load_sources()[self.source]
        return Study(
            source=source.id,
            design=source.design,
            n=source.n if source.read else None,
            effect=self.effect,
        )


class Link(Model):
    """One row of ``links.toml``; what its fields mean is said there."""

    id: str
    metric: str | None = None
    directions: tuple[Literal["low", "high"], ...] = ()
    about: Literal["injury", "load"] = "injury"
    sex: Sex | None = None
    injury: str
    injuries: tuple[Injury, ...]
    grade: Grade
    population: str
    wording: str
    against: str | None = None
    studies: tuple[StudyRef, ...] = ()
    counter: tuple[StudyRef, ...] = ()
    cues: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _complete(self) -> Self:
        checked(ref.source for ref in (*self.studies, *self.counter))
        if (self.metric is None) != (not self.directions):
            raise ValueError("a metric and its directions come together")
        if self.grade != "none" and not self.studies:
            raise ValueError("a grade needs studies")
        if self.grade == "conflicting" and not (self.counter and self.against):
            raise ValueError("what speaks against it must be said beside it")
        return self

    @property
    def evidence(self) -> Evidence:
        """For showing: what speaks against a link is in the same paragraph."""
        return Evidence(
            id=self.id,
            injury=self.injury,
            injuries=self.injuries,
            grade=self.grade,
            population=self.population,
            wording=f"{self.wording} {self.against}" if self.against else self.wording,
            studies=tuple(ref.study for ref in self.studies),
            counter=tuple(ref.study for ref in self.counter),
        )

    @property
    def rank(self) -> tuple[bool, int]:
        """Smallest for the best evidence; injury before load."""
        return self.about == "load", GRADES.index(self.grade)


@cache
def load_links() -> Mapping[str, Link]:
    """All links by id."""
    return MappingProxyType({i: Link(id=i, **table) for i, table in parsed("links.toml").items()})


def links_of(metric: str, direction: str, sex: Sex | None) -> tuple[Link, ...]:
    """The links of a deviation, best evidence first.

    Parameters
    ----------
    metric : str
        Id of the metric.
    direction : {"low", "high"}
        On which side the value lies.
    sex : {"female", "male"} or None
        Links found in one sex only are left out for anyone else.
    """
    found = [
        link
        for link in load_links().values()
        if link.metric == metric and direction in link.directions and link.sex in (None, sex)
    ]
    return tuple(sorted(found, key=lambda link: link.rank))
