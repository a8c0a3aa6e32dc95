"""What is said and on whose word: sources, links to injuries, cues, statements, figures of others.

Nothing loads that names a source which is not there, and no figure that nobody here has read.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal, Self, TypeAlias, TypeVar, get_args

from pydantic import (
    AfterValidator,
    BeforeValidator,
    TypeAdapter,
    model_validator,
)

from gait.types import Cue, Evidence, Grade, Injury, Sex, StrictModel, Study


class Model(StrictModel):
    """A table of a knowledge file; a key that nobody knows is an error."""


def parsed(name: str) -> dict[str, Any]:
    """The content of a TOML file beside this module, which is named without its ending."""
    return tomllib.loads(files(__package__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))


_T = TypeVar("_T")


def _with_ids(tables: Mapping[str, Any]) -> dict[str, Any]:
    return {name: {"id": name} | dict(table) for name, table in tables.items()}


Frozen: TypeAlias = Annotated[Mapping[str, _T], AfterValidator(MappingProxyType)]
"""Tables by name, which nobody can change."""

ById: TypeAlias = Annotated[Frozen[_T], BeforeValidator(_with_ids)]
"""Tables whose name in the file is their id."""


class Source(Model):
    """One cited work.

    `n` counts people (or videos). `doi` is given only where it was seen. `mostly_men` is told where
    a value is held against figures of the work.
    """

    id: str
    citation: str
    design: str
    n: int | None = None
    doi: str | None = None
    verified: Literal["abstract", "computed", "secondary", "citation", "no"]
    where: str | None = None
    mostly_men: bool = False

    @property
    def read(self) -> bool:
        """Whether its figures may be shown: we read them in the work itself or computed them."""
        return self.verified in ("abstract", "computed")


@cache
def known_sources() -> Mapping[str, Source]:
    """All sources by id: apart from the rest, which is checked against them."""
    return TypeAdapter(ById[Source]).validate_python(parsed("sources"))


def checked(ids: Iterable[str]) -> tuple[str, ...]:
    """The ids unchanged; ValueError if there are none or one is no source."""
    ids = tuple(ids)
    if not ids:
        raise ValueError("a claim needs a source")
    if unknown := set(ids) - known_sources().keys():
        raise ValueError(f"no such source: {', '.join(sorted(unknown))}")
    return ids


Cited: TypeAlias = Annotated[tuple[str, ...], AfterValidator(checked)]
"""Ids of sources, which are there."""

Support = Grade | Literal["guideline", "expert view"]
"""How well a statement is supported; guidelines and experts where nobody has counted."""


class Sourced(Model):
    """Something that rests on sources, which must exist.

    Nothing with a figure loads unless one of its sources has been read: a figure from memory or
    from somebody else's summary is not for showing.
    """

    text: str
    sources: tuple[str, ...]

    @model_validator(mode="after")
    def _is_supported(self) -> Self:
        read = any(known_sources()[source].read for source in checked(self.sources))
        for sentence in self.shown():
            if re.search(r"\d", sentence) and not read:
                raise ValueError(f"a figure, but no source that was read: {sentence}")
        return self

    def shown(self) -> tuple[str, ...]:
        """What a runner gets to read of it."""
        return (self.text,)


class Claim(Sourced):
    """A statement with the strength of its support."""

    grade: Support


class Statement(Model):
    """One sentence or two, with sources."""

    text: str
    sources: Cited


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
        if self.effect is not None and not known_sources()[self.source].read:
            raise ValueError(f"{self.source}: nobody here has read its figures")
        return self

    def speaks_of(self, injury: Injury) -> bool:
        """Whether it says anything of this injury, given that the link does."""
        return not self.injuries or injury in self.injuries

    @property
    def study(self) -> Study:
        """For showing; the number of people is a figure like any other."""
        source = known_sources()[self.source]
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


ENOUGH: Final[tuple[Grade, ...]] = ("moderate", "limited")
"""Grades with which a cue may be suggested."""


class Help(Model):
    """A clinical effect: for which pain, and how sure that is."""

    injury: Injury
    grade: Grade


class CueInfo(Model):
    """One table of ``cues.toml``; what its fields mean is said there."""

    id: str
    name: str
    text: str
    dose: str
    caution: str
    expected: str
    clinical: str
    grade: Grade
    helps: tuple[Help, ...] = ()
    not_with: tuple[Injury, ...] = ()
    sex: Sex | None = None
    withheld: str | None = None
    sources: Cited

    def fits(self, injuries: frozenset[Injury], sex: Sex | None) -> bool:
        """Whether the evidence is enough to suggest it.

        Without pain it is enough that the cue changes the movement.
        """
        if self.withheld or self.sex not in (None, sex) or injuries & set(self.not_with):
            return False
        if not injuries:
            return self.grade in ENOUGH
        return any(h.grade in ENOUGH and h.injury in injuries for h in self.helps)

    @property
    def cue(self) -> Cue:
        """For showing."""
        return Cue(
            id=self.id, text=self.text, dose=self.dose, caution=self.caution, sources=self.sources
        )


class Published(Model):
    """One figure; the fields are explained in ``published.toml``."""

    metrics: tuple[str, ...] = ()
    events: tuple[Literal["strike", "off"], ...] = ()
    text: str
    like: Literal["mae", "rms", "limits", "sdd", "none"]
    how: str
    source: str

    @model_validator(mode="after")
    def _read(self) -> Self:
        if not known_sources()[self.source].read:
            raise ValueError(f"nobody here has read {self.source}")
        return self
