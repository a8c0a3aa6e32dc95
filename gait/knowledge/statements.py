"""What holds for all links."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Annotated

from pydantic import AfterValidator

from gait.knowledge.reading import Model, parsed
from gait.knowledge.sources import checked


class Statement(Model):
    """One sentence or two, with sources."""

    text: str
    sources: Annotated[tuple[str, ...], AfterValidator(checked)]


@cache
def load_statements() -> Mapping[str, Statement]:
    """All statements by id."""
    tables = parsed("statements.toml")
    return MappingProxyType({i: Statement(**table) for i, table in tables.items()})
