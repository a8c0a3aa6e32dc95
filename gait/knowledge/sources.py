"""What is cited, and how far anybody here has read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Literal

from gait.knowledge.reading import Model, parsed


class Source(Model):
    """One cited work.

    `n` counts people (or videos). `doi` is given only where it was seen.
    """

    id: str
    citation: str
    design: str
    n: int | None = None
    doi: str | None = None
    verified: Literal["abstract", "computed", "secondary", "citation", "no"]
    where: str | None = None

    @property
    def read(self) -> bool:
        """Whether its figures may be shown: we read them in the work itself or computed them."""
        return self.verified in ("abstract", "computed")


@cache
def load_sources() -> Mapping[str, Source]:
    """All sources by id."""
    tables = parsed("sources.toml")
    return MappingProxyType({i: Source(id=i, **table) for i, table in tables.items()})


def checked(ids: Iterable[str]) -> tuple[str, ...]:
    """The ids unchanged; ValueError if there are none or one is no source."""
    ids = tuple(ids)
    if not ids:
        raise ValueError("a claim needs a source")
    if unknown := set(ids) - load_sources().keys():
        raise ValueError(f"no such source: {', '.join(sorted(unknown))}")
    return ids
