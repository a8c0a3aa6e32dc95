"""How much a value changes from video to video without meaning anything."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Literal, Self

from pydantic import Field, model_validator

from gait.knowledge.metrics import load_metrics
from gait.knowledge.reading import Model, parsed
from gait.knowledge.sources import checked

Dependence = Literal["clock", "events", "landmarks", "shoes", "height", "roll", "yaw"]
"""What has to be the same in two videos; said at the top of ``repeatability.toml``."""


class Agreement(Model):
    """What two videos made alike have in common; the fields are explained in the file."""

    shared_variance: float = Field(ge=0, le=1)
    note: str
    speed_mps: float = Field(gt=0)
    untold_speed_mps: float = Field(gt=0)
    own_prior_videos: float = Field(gt=0)
    own_note: str


class Repeatability(Model):
    """What is known of one metric; the fields are explained in ``repeatability.toml``."""

    mdc: float | None = Field(default=None, gt=0)
    day_sd: float = Field(default=0.0, ge=0)
    depends: frozenset[Dependence]
    sources: tuple[str, ...]
    note: str

    @model_validator(mode="after")
    def _studied(self) -> Self:
        if self.day_sd:
            checked(self.sources)
        return self


class _RepeatabilityFile(Model):
    agreement: Agreement
    metric: dict[str, Repeatability]


def load_repeatability() -> Mapping[str, Repeatability]:
    """What is known of each metric, by id."""
    return MappingProxyType(_file().metric)


def load_agreement() -> Agreement:
    """What two videos made alike have in common."""
    return _file().agreement


@cache
def _file() -> _RepeatabilityFile:
    file = _RepeatabilityFile.model_validate(parsed("repeatability.toml"))
    if unknown := file.metric.keys() - load_metrics().keys():
        raise ValueError(f"no such metric: {', '.join(sorted(unknown))}")
    return file
