"""What is known about each metric: definition, errors, reference values, classes."""

from __future__ import annotations

from itertools import pairwise
from math import hypot
from typing import Final, Literal, Self

from pydantic import Field, model_validator

from gait.knowledge.claims import Frozen, Model

SPEED_MARGIN_MPS = 0.3
"""A reference value is used this far outside the speeds at which it was measured."""

TYPICAL_SDS: Final = 2.0
"""SDs to either side of the mean of healthy runners that are called typical."""

THIGH_AND_SHANK: Final = 0.491
"""Thigh plus shank, from joint to joint, in parts of stature (Winter 2009)."""


class Typical(Model):
    """Mean and SD of healthy runners at one speed, or at any speed if `speed_mps` is None.

    `sd` is None where only the mean of a group is known: there is no typical range then.
    """

    mean: float
    sd: float | None = Field(default=None, gt=0)
    speed_mps: float | None = None
    sources: tuple[str, ...]


class SpeedModel(Model):
    """Mean as a straight line over running speed with one residual SD."""

    intercept: float
    slope_per_mps: float
    residual_sd: float = Field(gt=0)
    valid_mps: tuple[float, float]
    sources: tuple[str, ...]

    def at(self, speed_mps: float) -> float | None:
        """The expected value, None outside the valid speeds."""
        if not _within(self.valid_mps, speed_mps):
            return None
        return self.intercept + self.slope_per_mps * speed_mps


class LegModel(Model):
    """Mean cadence as a plane over speed and leg length, for runners who tell their stature.

    Times and lengths of steps follow from it (`gives`, over so many `steps`), so that none of them
    contradicts the cadence.

    The leg is thigh plus shank, `THIGH_AND_SHANK` of stature. Legs of one stature differ, with an
    SD of `leg_sd` in parts of the leg, and that widens the range. A leg outside `legs_m`, the
    shortest and the longest that were measured, counts as the nearer of the two.
    """

    intercept: float
    slope_per_mps: float
    slope_per_leg_m: float
    residual_sd: float = Field(gt=0)
    leg_sd: float = Field(ge=0)
    legs_m: tuple[float, float]
    valid_mps: tuple[float, float]
    sources: tuple[str, ...]
    gives: Literal["steps/min", "s", "m"] = "steps/min"
    steps: int = Field(default=1, gt=0)

    def at(self, speed_mps: float, height_m: float) -> tuple[float, float] | None:
        """Mean and SD of runners of a speed and a stature, None outside the valid speeds."""
        shortest_m, longest_m = self.legs_m
        leg_m = min(max(THIGH_AND_SHANK * height_m, shortest_m), longest_m)
        cadence = self.of_leg(speed_mps, leg_m)
        if cadence is None:
            return None
        sd = hypot(self.residual_sd, self.slope_per_leg_m * self.leg_sd * leg_m)
        if self.gives == "steps/min":
            return cadence, sd
        mean = self.steps * 60 / cadence * (speed_mps if self.gives == "m" else 1.0)
        return mean, mean * sd / cadence  # to first order: the SD is 6 % of the mean

    def of_leg(self, speed_mps: float, leg_m: float) -> float | None:
        """Mean cadence with a leg of this length, in steps/min; None outside the valid speeds."""
        if not _within(self.valid_mps, speed_mps):
            return None
        return self.intercept + self.slope_per_mps * speed_mps + self.slope_per_leg_m * leg_m


def _within(valid_mps: tuple[float, float], speed_mps: float) -> bool:
    low, high = valid_mps
    return low - SPEED_MARGIN_MPS <= speed_mps <= high + SPEED_MARGIN_MPS


class Classes(Model):
    """Names for ranges of a value: `labels[i]` lies below `limits[i]`, the last above all.

    Limits that depend on speed hold at `at_mps` and rise by `per_mps` per m/s; they are used
    within `valid_mps` only.
    """

    limits: tuple[float, ...]
    labels: tuple[str, ...]
    borderline: float
    sources: tuple[str, ...]
    at_mps: float | None = None
    per_mps: float = 0.0
    valid_mps: tuple[float, float] = (0.0, float("inf"))

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if len(self.labels) != len(self.limits) + 1 or list(self.limits) != sorted(self.limits):
            raise ValueError("needs rising limits and one label more than limits")
        return self

    def label(self, value: float, speed_mps: float | None = None) -> str | None:
        """The name of the class of a value, marked if it is close to a limit.

        None if the limits depend on a speed that is not known or out of range.
        """
        if self.at_mps is None:
            limits = self.limits
        elif speed_mps is None or not self.valid_mps[0] <= speed_mps <= self.valid_mps[1]:
            return None
        else:
            limits = tuple(x + self.per_mps * (speed_mps - self.at_mps) for x in self.limits)
        name = self.labels[sum(value > limit for limit in limits)]
        close = any(abs(value - limit) < self.borderline for limit in limits)
        return f"{name}, borderline" if close else name


class MetricInfo(Model):
    """What is known about one metric.

    `landmark_sd` is the SD of the constant error that the keypoints cause in the value of one
    runner, in the unit of the metric, fitted by ``benchmarks/error_model.py``; `landmark_prior` is
    what was believed before. `marker_sd` is the same SD where the points are exact, as markers are;
    None where nobody knows better than `landmark_sd`. `max_halfwidth` is the widest
    95 % half-interval with which a value is still worth giving.
    """

    id: str
    name: str
    unit: str
    tier: Literal["A", "B", "C"]
    view: Literal["any", "side", "frontal", "front"]
    definition: str
    min_fps_hz: float
    min_fps_class_hz: float | None = None
    min_strides: int
    landmark_sd: float = Field(ge=0)
    landmark_prior: float | None = Field(default=None, gt=0)
    marker_sd: float | None = Field(default=None, ge=0)
    landmark_note: str | None = None
    max_halfwidth: float = Field(gt=0)
    reference_surface: Literal["treadmill", "any"] = "treadmill"
    sources: tuple[str, ...]
    typical: tuple[Typical, ...] = ()
    speed_model: SpeedModel | None = None
    leg_model: LegModel | None = None
    classes: Classes | None = None

    @model_validator(mode="after")
    def _one_kind_of_reference(self) -> Self:
        speeds = [t.speed_mps for t in self.typical if t.speed_mps is not None]
        if speeds != sorted(speeds) or (len(self.typical) > 1 and len(speeds) < len(self.typical)):
            raise ValueError("typical: one row for any speed, or rows of rising speed")
        if self.leg_model is not None and self.speed_model is None and not speeds:
            raise ValueError("leg_model: needs a range for those who tell no stature")
        if self.landmark_sd > 0 and self.landmark_note is None:
            raise ValueError("landmark_sd needs a landmark_note")
        return self

    def reference_sources(self, height_m: float | None = None) -> tuple[str, ...]:
        """Ids of the works that `reference` is from, for a runner who tells this stature."""
        at_any_speed = tuple(row for row in self.typical if row.speed_mps is None)
        if self.leg_model is not None and height_m is not None and not at_any_speed:
            return self.leg_model.sources
        if self.speed_model is not None and not at_any_speed:
            return self.speed_model.sources
        rows = at_any_speed or self.typical
        return tuple(dict.fromkeys(source for row in rows for source in row.sources))

    def typical_range(
        self,
        speed_mps: float | None,
        surface: Literal["treadmill", "overground"],
        height_m: float | None = None,
    ) -> tuple[float, float] | None:
        """Mean - 2 SD and mean + 2 SD (`TYPICAL_SDS`) of healthy runners at this speed.

        Parameters
        ----------
        speed_mps : float or None
            Running speed; None if not known.
        surface : {"treadmill", "overground"}
            References measured on a treadmill are not used for overground running.
        height_m : float, optional
            Stature. Where the length of the leg counts (`leg_model`), the range is that of runners
            with legs as long; without it that of runners of any stature.

        Returns
        -------
        tuple of float or None
            None where there is no reference: it is interpolated between the speeds at which it
            was measured and never extrapolated by more than `SPEED_MARGIN_MPS`.
        """
        mean, sd = self.reference(speed_mps, surface, height_m) or (None, None)
        if mean is None or sd is None:
            return None
        return mean - TYPICAL_SDS * sd, mean + TYPICAL_SDS * sd

    def reference(
        self,
        speed_mps: float | None,
        surface: Literal["treadmill", "overground"],
        height_m: float | None = None,
    ) -> tuple[float, float | None] | None:
        """Mean and SD of healthy runners at this speed.

        Parameters
        ----------
        speed_mps, surface, height_m
            As for `typical_range`.

        Returns
        -------
        tuple of float or None
            As for `typical_range`; the SD is None where it is not known.
        """
        if self.reference_surface not in ("any", surface):
            return None
        for row in self.typical:
            if row.speed_mps is None:
                return row.mean, row.sd
        if speed_mps is None:
            return None
        if self.leg_model is not None and height_m is not None:
            return self.leg_model.at(speed_mps, height_m)
        if self.speed_model is not None:
            mean = self.speed_model.at(speed_mps)
            return None if mean is None else (mean, self.speed_model.residual_sd)
        return _interpolated(self.typical, speed_mps)


class EventBias(Model):
    """SD of the constant error of event times, per recording.

    `side_difference_sd_s` is that of the left strikes against the right ones: from the side one leg
    is nearer to the camera than the other, from behind the trunk sways.
    """

    strike_sd_s: float = Field(ge=0)
    off_sd_s: float = Field(ge=0)
    side_difference_sd_s: float = Field(ge=0)
    note: str


class PoseCorrection(Model):
    """What is added to angles of BlazePose, or multiplied with them, as it draws them wrongly.

    `knee_far_deg`, and `off_far_s`, which is added to times of toe-off, are of the leg away from
    the camera. The gain and offset of the frontal-plane projection angle are of legs put on the
    outline.
    """

    knee_gain: float = Field(gt=0)
    knee_far_deg: float
    off_far_s: float
    thigh_deg: float
    trunk_deg: float
    fppa_gain: float = Field(gt=0)
    fppa_deg: float
    note: str


NO_CORRECTION: Final = PoseCorrection(
    knee_gain=1,
    knee_far_deg=0,
    off_far_s=0,
    thigh_deg=0,
    trunk_deg=0,
    fppa_gain=1,
    fppa_deg=0,
    note="Of exact points, and of models whose errors are not known.",
)


class FarSide(Model):
    """How much larger the landmark error is for the leg away from the camera."""

    landmark_factor: float = Field(ge=1)
    prior_factor: float = Field(ge=1)
    sources: tuple[str, ...]


class Differences(Model):
    """What is known of right minus left; the fields are explained in ``metrics.toml``."""

    off_shared: float = Field(ge=0, le=1)
    landmark_shared: float = Field(ge=0, le=1)
    note: str
    healthy_note: str
    sources: tuple[str, ...]
    without: tuple[str, ...]
    healthy: Frozen[float]


def _interpolated(rows: tuple[Typical, ...], speed_mps: float) -> tuple[float, float | None] | None:
    """Mean and SD between the two rows around a speed; the end row just outside them."""
    known = [(r.speed_mps, r) for r in rows if r.speed_mps is not None]
    if not known:
        return None
    (slowest, first), (fastest, last) = known[0], known[-1]
    if not slowest - SPEED_MARGIN_MPS <= speed_mps <= fastest + SPEED_MARGIN_MPS:
        return None
    for (v0, low), (v1, high) in pairwise(known):
        if v0 <= speed_mps <= v1:
            w = (speed_mps - v0) / (v1 - v0)
            mean = (1 - w) * low.mean + w * high.mean
            if low.sd is None or high.sd is None:
                return mean, None
            return mean, (1 - w) * low.sd + w * high.sd
    end = first if speed_mps < slowest else last
    return end.mean, end.sd
