"""How the TOML files of this package are read."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """A table of a knowledge file; a key that nobody knows is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def parsed(name: str) -> dict[str, Any]:
    """The content of a TOML file beside this module."""
    return tomllib.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))
