"""Every metric in every stride."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

import numpy as np

from gait.analysis.kinematics.registry import (
    NO_CLOCK,
    REGISTRY,
    Leg,
    Metric,
    SystematicError,
    Trial,
    UnmeasurableError,
    legs,
)
from gait.analysis.results import Measurement, Stride, View
from gait.knowledge import knowledge
from gait.settings import Settings
from gait.types import SIDES, Float, Plane, PoseTrack

VIEWS: Final[Mapping[str, tuple[tuple[Plane, ...], str]]] = {
    "any": (("side", "rear", "front"), ""),
    "side": (("side",), "Needs a video from the side."),
    "frontal": (("rear", "front"), "Needs a video from behind or from the front."),
    "front": (("front",), "Needs a video from the front."),
}
"""Planes that can show a metric, by its `view` in the knowledge base, and what to say of others."""

AnySide: TypeAlias = Literal["left", "right", "both"]
Key: TypeAlias = tuple[str, AnySide]


@dataclass(frozen=True, slots=True)
class Sample:
    """One metric on one side.

    Parameters
    ----------
    strike_s, value : Float
        (n,) each; the value is NaN where a stride has none.
    systematic : SystematicError
        What the video adds to the error of all of them.
    """

    strike_s: Float
    value: Float
    systematic: SystematicError = field(default_factory=SystematicError)


def sides_of(metric_id: str) -> tuple[AnySide, ...]:
    """The sides for which a metric is summarised."""
    per_leg = metric_id in REGISTRY and not REGISTRY[metric_id].pooled
    return SIDES if per_leg else ("both",)


def evaluate(trial: Trial, strides: tuple[Stride, ...]) -> Mapping[Key, Sample | str]:
    """All metrics of all strides, or the sentence that says why a metric cannot be had.

    Pooled samples hold the strides of both legs in order of time.
    """
    left, right = legs(trial, strides)
    table: dict[Key, Sample | str] = {}
    for metric in REGISTRY.values():
        by_leg = [_sample(metric, leg) for leg in (left, right)]
        if metric.pooled:
            table[metric.id, "both"] = _pooled(by_leg)
        else:
            table[metric.id, "left"], table[metric.id, "right"] = by_leg
    return table


def measure(
    track: PoseTrack, view: View, strides: tuple[Stride, ...], settings: Settings
) -> tuple[Measurement, ...]:
    """Every metric in every stride in which it can be had.

    Parameters
    ----------
    track : PoseTrack
        Cleaned keypoints on the time base of the strides.
    view : View
        How the runner was filmed.
    strides : tuple of Stride
        Strides of both legs.
    settings : Settings
        Belt speed, if known.

    Returns
    -------
    tuple of Measurement
        In the order of the registry, then side, then time. Strides in which a keypoint is missing
        at the moment that counts have no row.
    """
    table = evaluate(Trial(track, view, settings), strides)
    return tuple(
        Measurement(metric=metric, side=side, stride=i, time_s=float(t), value=float(v))
        for (metric, side), sample in table.items()
        if isinstance(sample, Sample)
        for i, (t, v) in enumerate(zip(sample.strike_s, sample.value, strict=True))
        if np.isfinite(v)
    )


def _sample(metric: Metric, leg: Leg) -> Sample | str:
    planes, otherwise = VIEWS[knowledge().metrics[metric.id].view]
    if leg.trial.view.plane not in planes:
        return otherwise
    if metric.timed and leg.trial.view.time_base == "unknown":
        return NO_CLOCK
    bias = knowledge().metrics[metric.id].pose_bias if leg.trial.track.by_blazepose else 0.0
    try:
        return Sample(leg.strike_s, metric.function(leg) - bias, metric.systematic(leg))
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
