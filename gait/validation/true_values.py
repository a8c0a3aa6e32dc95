"""What each metric truly is in a rendered video, from the motion and not from the picture.

Angles and distances are those of the figure in space, so that the error of the product includes
perspective and where the pose model sees the joints.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, TypeAlias

import numpy as np

from gait.types import SIDES, Float, Side, opposite
from gait.validation.rendered import Rendered

Values: TypeAlias = Mapping[tuple[str, str], float]
"""By metric and side."""

# What the metrics are, written down a second time: a truth that took these from the code it judges
# would follow every mistake in them.
MID_STANCE: Final = 0.5
KNEE_PEAK_SHARE: Final = 0.35
"""Share of the stride in which the knee has its peak of stance."""
PELVIS_PEAK: Final = (0.10, 0.60)
"""Shares of the contact between which pelvis and thigh have their peak."""


@dataclass(frozen=True, slots=True)
class _Stride:
    side: Side
    strike_s: float
    off_s: float
    other_strike_s: float
    next_strike_s: float


def true_values(trial: Rendered) -> Values:
    """Means over the strides that are whole in the video, by metric and side."""
    values = _times(trial)
    values |= _sagittal(trial) if trial.plane == "side" else _frontal(trial)
    return values


def _times(trial: Rendered) -> dict[tuple[str, str], float]:
    values: dict[tuple[str, str], float] = {}
    strides = {side: list(_strides(trial, side)) for side in SIDES}
    for side in SIDES:
        step_s = float(np.mean([s.other_strike_s - s.strike_s for s in strides[side]]))
        stride_s = float(np.mean([s.next_strike_s - s.strike_s for s in strides[side]]))
        contact_s = float(np.mean([s.off_s - s.strike_s for s in strides[side]]))
        flight_s = float(np.mean([s.other_strike_s - s.off_s for s in strides[side]]))
        values["step_time", side], values["stride_time", side] = step_s, stride_s
        values["step_length", side] = trial.speed_mps * step_s
        values["stride_length", side] = trial.speed_mps * stride_s
        if trial.plane == "side":
            values["contact_time", side] = 1000 * contact_s
            values["flight_time", side] = 1000 * flight_s
            values["duty_factor", side] = 100 * contact_s / stride_s
    both = [s.next_strike_s - s.strike_s for side in SIDES for s in strides[side]]
    right, left = values["step_time", "right"], values["step_time", "left"]
    values["cadence", "both"] = 120 / float(np.mean(both))
    values["step_time_asymmetry", "both"] = 200 * (right - left) / (right + left)
    return values


def _sagittal(trial: Rendered) -> dict[tuple[str, str], float]:
    values: dict[tuple[str, str], float] = {}
    for side in SIDES:
        per_stride = [_one(trial, s) for s in _strides(trial, side)]
        for metric in per_stride[0]:
            values[metric, side] = float(np.mean([v[metric] for v in per_stride]))
    both = [s for side in SIDES for s in _strides(trial, side)]
    rise_m = float(trial.summary["vertical_oscillation_m"])
    step_s = float(np.mean([s.next_strike_s - s.strike_s for s in both])) / 2
    lean = [_between(trial, "trunk_lean", s.strike_s, s.off_s).mean() for s in both]
    return values | {
        ("vertical_oscillation", "both"): 100 * rise_m,
        ("vertical_oscillation_pct", "both"): 100 * rise_m / trial.leg_m,
        ("vertical_ratio", "both"): 100 * rise_m / (trial.speed_mps * step_s),
        ("trunk_lean", "both"): float(np.mean(lean)),
    }


def _one(trial: Rendered, s: _Stride) -> dict[str, float]:
    def at_strike(name: str) -> float:
        return float(trial.at(s.strike_s, trial.series(f"{s.side}_{name}")))

    stance_s = (s.strike_s, s.strike_s + KNEE_PEAK_SHARE * (s.next_strike_s - s.strike_s))
    flexion, thigh = f"{s.side}_knee_flexion", f"{s.side}_thigh_sag"
    knee_peak = float(_between(trial, flexion, *stance_s).max())
    ahead_m = trial.world(f"{s.side}_ankle")[:, 0] - trial.world(f"{s.side}_hip")[:, 0]
    reach_m = float(trial.at(s.strike_s, ahead_m))
    return {
        "overstride": 100 * reach_m / trial.leg_m,
        "overstride_cm": 100 * reach_m,
        "tibia_angle_ic": at_strike("shank_sag"),
        "knee_flexion_ic": at_strike("knee_flexion"),
        "knee_flexion_peak_stance": knee_peak,
        "knee_flexion_excursion": knee_peak - at_strike("knee_flexion"),
        "knee_flexion_peak_swing": float(_between(trial, flexion, s.off_s, s.next_strike_s).max()),
        "foot_strike_angle": -at_strike("foot_pitch"),
        "ankle_dorsiflexion_ic": at_strike("ankle_dorsiflexion"),
        "hip_extension_peak": -float(_between(trial, thigh, s.strike_s, s.next_strike_s).min()),
    }


def _frontal(trial: Rendered) -> dict[tuple[str, str], float]:
    values: dict[tuple[str, str], float] = {}
    foot_cm: dict[Side, float] = {}
    for side in SIDES:
        own = [s for s in trial.steps if s["side"] == side]
        middle_s = np.array([s["fs"] + MID_STANCE * (s["to"] - s["fs"]) for s in own])
        sign = 1 if side == "left" else -1
        values["knee_fppa", side] = trial.mean("fppa_mid", side)
        values["pelvic_drop_midstance", side] = trial.mean("drop_mid", side)
        drop = sign * trial.series("pelvis_obliquity")
        peak = _peak_of_mean(trial, side, drop)
        at_strike = float(trial.at(np.array([s["fs"] for s in own]), drop).mean())
        values["pelvic_drop", side] = peak
        values["pelvic_drop_excursion", side] = peak - at_strike
        thigh = trial.world(f"{side}_knee") - trial.world(f"{side}_hip")
        inward = np.degrees(np.arctan2(-sign * thigh[:, 1], -thigh[:, 2]))
        values["hip_adduction", side] = _peak_of_mean(trial, side, drop + inward)
        lean = trial.at(middle_s, trial.series("trunk_list"))
        values["lateral_trunk_lean", side] = sign * float(lean.mean())
        across = (trial.world(f"{side}_ankle") + trial.world(f"{side}_heel"))[:, 1] / 2
        foot_cm[side] = -100 * float(trial.at(middle_s, across).mean())
        gap = np.abs(trial.world("left_knee") - trial.world("right_knee"))[:, 1]
        hips = np.abs(trial.world("left_hip") - trial.world("right_hip"))[:, 1]
        wide = 100 * float(trial.at(middle_s, gap).mean()) / float(np.median(hips))
        values["knee_window", side] = wide
    width_cm = foot_cm["right"] - foot_cm["left"]
    values["step_width", "both"] = width_cm
    values["step_width_pct", "both"] = width_cm / trial.leg_m
    values["pelvic_sway", "both"] = _sway_cm(trial)
    return values


def _peak_of_mean(trial: Rendered, side: Side, series: Float) -> float:
    """Highest point in stance of the curve averaged over the contacts of a foot."""
    share = np.linspace(*PELVIS_PEAK, 51)
    own = [s for s in trial.steps if s["side"] == side]
    curves = [trial.at(s["fs"] + share * (s["to"] - s["fs"]), series) for s in own]
    return float(np.mean(curves, axis=0).max())


def _sway_cm(trial: Rendered) -> float:
    """Mean range across of the middle of the hips within a stride, its drift taken out."""
    hips = (trial.world("left_hip") + trial.world("right_hip"))[:, 1] / 2
    ranges = []
    for side in SIDES:
        for s in _strides(trial, side):
            x = trial.at(np.linspace(s.strike_s, s.next_strike_s, 101), hips)
            ranges.append(np.ptp(x - np.linspace(0, x[-1] - x[0], len(x))))
    return 100 * float(np.mean(ranges))


def _strides(trial: Rendered, side: Side) -> Iterator[_Stride]:
    def times(kind: str, foot: Side) -> list[float]:
        return [e.time_s for e in trial.events if e.kind == kind and e.side == foot]

    for strike_s, next_s in pairwise(times("strike", side)):
        (off_s,) = (t for t in times("off", side) if strike_s < t < next_s)
        (other_s,) = (t for t in times("strike", opposite(side)) if strike_s < t < next_s)
        yield _Stride(side, strike_s, off_s, other_s, next_s)


def _between(trial: Rendered, series: str, start_s: float, stop_s: float) -> Float:
    """A true series at 1 kHz between two times."""
    return trial.at(np.arange(start_s, stop_s, 0.001), trial.series(series))
