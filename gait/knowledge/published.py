"""How exact others found such measurements to be."""

from __future__ import annotations

from functools import cache
from typing import Literal, Self

from pydantic import model_validator

from gait.knowledge.metrics import load_metrics
from gait.knowledge.reading import Model, parsed
from gait.knowledge.sources import load_sources


class Published(Model):
    """One figure; the fields are explained in ``published.toml``."""

    metrics: tuple[str, ...] = ()
    events: tuple[Literal["strike", "off"], ...] = ()
    text: str
    like: Literal["mae", "rms", "limits", "sdd", "none"]
    how: str
    source: str

    @model_validator(mode="after")
    def _known_and_read(self) -> Self:
        if unknown := set(self.metrics) - load_metrics().keys():
            raise ValueError(f"no such metric: {', '.join(sorted(unknown))}")
        if not load_sources()[self.source].read:
            raise ValueError(f"nobody here has read {self.source}")
        return self


@cache
def load_published() -> tuple[Published, ...]:
    """All figures, in the order of the file."""
    return tuple(Published.model_validate(t) for t in parsed("published.toml")["published"])
