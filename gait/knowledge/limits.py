"""Limits: of values, of what a video may lack, of change that means nothing."""

from __future__ import annotations

from typing import Final, Literal, Self

from pydantic import Field, model_validator

from gait.knowledge.claims import Cited, Model, checked
from gait.knowledge.metrics import MetricInfo
from gait.types import Sex


class Limit(Model):
    """A number, or how to get one from the mean of runners at a speed or from the sex."""

    value: float | None = None
    above_mean_sd: float | None = None
    female: float | None = None
    male: float | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if self.model_fields_set not in (
            {"value"},
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
        height_m: float | None = None,
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
        height_m : float, optional
            Stature of the runner, for means that go by the length of the leg.
        """
        if self.value is not None:
            return self.value
        if self.female is not None:
            return None if sex is None else {"female": self.female, "male": self.male}[sex]
        mean, sd = info.reference(speed_mps, surface, height_m) or (None, None)
        if mean is None:
            return None
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
    sources: Cited

    @property
    def sign(self) -> int:
        """+1 if large values are beyond the limit, else -1."""
        return 1 if self.direction == "high" else -1


class Gate(Model):
    """What a video must offer before anything in it is compared with other runners."""

    min_strides: int = Field(gt=0)
    min_fps_hz: float
    max_stride_variability_pct: float
    sources: Cited


MOST_TIMES: Final = 10.0
"""A cost grows in proportion to the amount, to this many times the cost at the limit."""


class Fault(Model):
    """One thing that can be wrong; the fields are explained in ``faults.toml``."""

    limit: float = Field(gt=0)
    over: bool = True
    cost_deg: float = Field(gt=0)
    found: str
    change: str
    hides: tuple[str, ...] = ()
    hides_from: float | None = None
    weakens: tuple[str, ...] = ()
    widens: bool = False
    why: str

    def times(self, amount: float, limit: float | None = None) -> float:
        """How many times as bad as its limit an amount is: 1 at the limit, NaN if not known.

        `limit` is another one than that of the fault. At most `MOST_TIMES`.
        """
        limit = self.limit if limit is None else limit
        ratio = amount / limit if self.over else limit / max(amount, limit / MOST_TIMES)
        return min(ratio, MOST_TIMES)


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
