"""Every metric in every stride."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, TypeAlias

import numpy as np

from gait.analysis.kinematics.registry import REGISTRY, Metric, SystematicError
from gait.analysis.results import Measurement, Stride
from gait.analysis.trial import NO_CLOCK, Leg, Strides, Trial, UnmeasurableError
from gait.knowledge import knowledge
from gait.types import SIDES, AnySide, Float, Plane

VIEWS: Final[Mapping[str, tuple[tuple[Plane, ...], str]]] = {
    "any": (("side", "rear", "front"), ""),
    "side": (("side",), "Needs a video from the side."),
    "frontal": (("rear", "front"), "Needs a video from behind or from the front."),
    "front": (("front",), "Needs a video from the front."),
}
"""Planes that can show a metric, by its `view` in the knowledge base, and what to say of others."""

Key: TypeAlias = tuple[str, AnySide]


@dataclass(frozen=True, slots=True)
class Sample:
    """One metric on one side."""

    strike_s: Float
    value: Float
    """`strike_s` and `value`: (n,) each; the value is NaN where a stride has none."""
    systematic: SystematicError = field(default_factory=SystematicError)
    """What the video adds to the error of all of them."""


STEP_S: Final = 0.005
"""By how much events are moved to see what a timing error does to a value."""


@dataclass(frozen=True, slots=True)
class Slopes:
    """Change of a value per second by which events are late."""

    strike: float
    off: float
    side_difference: float
    """`strike`, `off` and `side_difference`: all strikes, all toe-offs, or the left strikes against
    the right ones."""


@dataclass(frozen=True)
class Measured:
    """Every metric of a trial in every stride."""

    trial: Trial
    """What was measured."""
    samples: Mapping[Key, Sample | str]
    """By metric and side, in the order of the registry; a sentence says why a metric cannot be had.
    Pooled samples hold the strides of both legs in order of time."""

    def values(self, metric: str, side: AnySide) -> Float:
        """(n,) what was read in the strides in which it could be."""
        sample = self.samples.get((metric, side), "")
        return np.empty(0) if isinstance(sample, str) else sample.value[np.isfinite(sample.value)]

    @property
    def rows(self) -> tuple[Measurement, ...]:
        """In the order of the registry, then side, then time.

        Strides in which a keypoint is missing at the moment that counts have no row.
        """
        return tuple(
            Measurement(metric=metric, side=side, stride=i, time_s=float(t), value=float(v))
            for (metric, side), sample in self.samples.items()
            if isinstance(sample, Sample)
            for i, (t, v) in enumerate(zip(sample.strike_s, sample.value, strict=True))
            if np.isfinite(v)
        )

    @cached_property
    def slopes(self) -> Mapping[Key, Slopes]:
        """What a timing error does to every value, found by measuring again with events moved."""
        by_strike, by_off = self._slope(1, 1, 0), self._slope(0, 0, 1)
        by_side = self._slope(0.5, -0.5, 0)
        return {key: Slopes(by_strike[key], by_off[key], by_side[key]) for key in self.samples}

    def _slope(self, left: float, right: float, off: float) -> dict[Key, float]:
        def moved(by_s: float) -> Mapping[Key, Sample | str]:
            strides = _shifted(self.trial.strides, left * by_s, right * by_s, off * by_s)
            return measure(self.trial.with_(strides=strides)).samples

        late, early = moved(STEP_S), moved(-STEP_S)
        return {key: _median_change(late[key], early[key]) / (2 * STEP_S) for key in late}


def sides_of(metric_id: str) -> tuple[AnySide, ...]:
    """The sides for which a metric is summarised."""
    per_leg = metric_id in REGISTRY and not REGISTRY[metric_id].pooled
    return SIDES if per_leg else ("both",)


def measure(trial: Trial) -> Measured:
    """Every metric in every stride of a trial in which it can be had."""
    table: dict[Key, Sample | str] = {}
    legs = trial.legs
    for metric in REGISTRY.values():
        by_leg = [_sample(metric, leg) for leg in legs]
        if metric.pooled:
            table[metric.id, "both"] = _pooled(by_leg)
        else:
            table[metric.id, "left"], table[metric.id, "right"] = by_leg
    return Measured(trial, table)


def _sample(metric: Metric, leg: Leg) -> Sample | str:
    planes, otherwise = VIEWS[knowledge().metrics[metric.id].view]
    if leg.trial.view.plane not in planes:
        return otherwise
    if metric.timed and leg.trial.view.time_base == "unknown":
        return NO_CLOCK
    try:
        return Sample(leg.strike_s, metric.function(leg), metric.systematic(leg))
    except UnmeasurableError as reason:
        return str(reason)


def _pooled(by_leg: list[Sample | str]) -> Sample | str:
    samples = [s for s in by_leg if isinstance(s, Sample)]
    if not samples:
        return by_leg[0]
    strike_s = np.concatenate([s.strike_s for s in samples])
    order = np.argsort(strike_s, kind="stable")
    value = np.concatenate([s.value for s in samples])[order]
    return Sample(strike_s[order], value, max((s.systematic for s in samples), key=lambda d: d.sd))


def _shifted(strides: Strides, left_s: float, right_s: float, off_s: float) -> Strides:
    return Strides(
        tuple(_moved(s, left_s if s.side == "left" else right_s, off_s) for s in strides)
    )


def _moved(stride: Stride, shift: float, off_s: float) -> Stride:
    return stride.model_copy(
        update={
            "strike_s": stride.strike_s + shift,
            "next_strike_s": stride.next_strike_s + shift,
            "off_s": stride.off_s + off_s,
        }
    )


def _median_change(late: Sample | str, early: Sample | str) -> float:
    if isinstance(late, str) or isinstance(early, str):
        return 0.0
    change = late.value - early.value
    change = change[np.isfinite(change)]
    return float(np.median(change)) if change.size else 0.0
