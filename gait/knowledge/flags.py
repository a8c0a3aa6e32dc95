"""Limits beyond which a value differs from that of other runners."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from gait.knowledge.metrics import MetricInfo
from gait.knowledge.reading import Model, parsed
from gait.knowledge.sources import checked
from gait.types import Sex


class Limit(Model):
    """A number, or how to get one from the mean of runners at a speed or from the sex."""

    value: float | None = None
    above_mean: float | None = None
    above_mean_sd: float | None = None
    female: float | None = None
    male: float | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if self.model_fields_set not in (
            {"value"},
            {"above_mean"},
            {"above_mean_sd"},
            {"female", "male"},
        ):
            raise ValueError("give exactly one form of limit")
        return self

    def at(
        self,
        info: MetricInfo,
        speed_mps: float | None,
        surface: Literal["treadmill", "overground"],
        sex: Sex | None,
    ) -> float | None:
        """The limit for this runner, None where what it depends on is not known.

        Parameters
        ----------
        info : MetricInfo
            The metric, for its mean and SD at the speed.
        speed_mps : float or None
            Running speed.
        surface : {"treadmill", "overground"}
            What is run on.
        sex : {"female", "male"} or None
            Of the runner.
        """
        if self.value is not None:
            return self.value
        if self.female is not None:
            return None if sex is None else {"female": self.female, "male": self.male}[sex]
        mean, sd = info.reference(speed_mps, surface) or (None, None)
        if mean is None:
            return None
        if self.above_mean is not None:
            return mean + self.above_mean
        assert self.above_mean_sd is not None
        return None if sd is None else mean + self.above_mean_sd * sd


class Flag(Model):
    """One row of ``flags.toml``; what its fields mean is said there."""

    metric: str
    direction: Literal["low", "high"]
    limit: Limit
    note: bool = False
    own_limit: bool = False
    wording: str
    typical: str | None = None
    note_on_limit: str | None = None
    sources: Annotated[tuple[str, ...], AfterValidator(checked)]

    @property
    def sign(self) -> int:
        """+1 if large values are beyond the limit, else -1."""
        return 1 if self.direction == "high" else -1


class Gate(Model):
    """What a video must offer before anything in it is compared with other runners."""

    min_strides: int = Field(gt=0)
    min_fps_hz: float
    max_stride_variability_pct: float
    sources: Annotated[tuple[str, ...], AfterValidator(checked)]


class _FlagsFile(Model):
    gate: Gate
    flag: tuple[Flag, ...]
    no_flag: dict[str, str]


def load_flags() -> tuple[Flag, ...]:
    """All limits."""
    return _file().flag


def load_gate() -> Gate:
    """What a video must offer."""
    return _file().gate


def load_unflagged() -> Mapping[str, str]:
    """Metrics without a limit, and why."""
    return MappingProxyType(_file().no_flag)


@cache
def _file() -> _FlagsFile:
    return _FlagsFile.model_validate(parsed("flags.toml"))
