"""What a runner may try."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Annotated, Final

from pydantic import AfterValidator

from gait.knowledge.reading import Model, parsed
from gait.knowledge.sources import checked
from gait.types import Cue, Grade, Injury, Sex

ENOUGH: Final[tuple[Grade, ...]] = ("moderate", "limited")
"""Grades with which a cue may be suggested."""


class Help(Model):
    """A clinical effect: for which pain, and how sure that is."""

    injury: Injury
    grade: Grade


class Trial(Model):
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
    sources: Annotated[tuple[str, ...], AfterValidator(checked)]

    def fits(self, injuries: frozenset[Injury], sex: Sex | None) -> bool:
        """Whether the evidence is enough to suggest it.

        Parameters
        ----------
        injuries : frozenset of Injury
            What the pain fits. Without pain it is enough that the cue changes the movement.
        sex : {"female", "male"} or None
            Of the runner, if known.
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


@cache
def load_cues() -> Mapping[str, Trial]:
    """All cues by id."""
    return MappingProxyType({i: Trial(id=i, **table) for i, table in parsed("cues.toml").items()})
