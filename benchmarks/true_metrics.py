"""What each metric truly is in a rendered film, from the motion and not from the picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from material import Rendered

from gait.types import SIDES, Float, Side, opposite

Values = Mapping[tuple[str, str], float]


@dataclass(frozen=True)
class _Stride:
    side: Side
    strike_s: float
    off_s: float
    other_strike_s: float
    next_strike_s: float


def true_values(clip: Rendered) -> Values:
    """Means over the strides that are whole in the film, by metric id and side.

    Angles and distances are those of the figure in space, so that the error of the product
    includes perspective and where the pose model sees the joints.
    """
    values: dict[tuple[str, str], float] = {}
    by_side = {side: list(_strides(clip, side)) for side in SIDES}
    for side, strides in by_side.items():
        per_stride = [_one(clip, stride) for stride in strides]
        for metric in per_stride[0]:
            values[metric, side] = float(np.mean([v[metric] for v in per_stride]))
    both = [s for strides in by_side.values() for s in strides]
    speed_mps = clip.truth["summary"]["speed_mps"]
    rise_m = clip.truth["summary"]["vertical_oscillation_m"]
    step_s = float(np.mean([values["step_time", side] for side in SIDES]))
    stride_s = float(np.mean([s.next_strike_s - s.strike_s for s in both]))
    right, left = values["step_time", "right"], values["step_time", "left"]
    values["cadence", "both"] = 120 / stride_s
    values["step_time_asymmetry", "both"] = 200 * (right - left) / (right + left)
    values["vertical_oscillation", "both"] = 100 * rise_m
    values["vertical_oscillation_pct", "both"] = 100 * rise_m / clip.truth["leg_m"]
    values["vertical_ratio", "both"] = 100 * rise_m / (speed_mps * step_s)
    lean = [_between(clip, "trunk_lean", s.strike_s, s.off_s).mean() for s in both]
    values["trunk_lean", "both"] = float(np.mean(lean))
    return values


def _one(clip: Rendered, s: _Stride) -> dict[str, float]:
    speed_mps = clip.truth["summary"]["speed_mps"]
    contact_s, stride_s = s.off_s - s.strike_s, s.next_strike_s - s.strike_s
    step_s = s.other_strike_s - s.strike_s

    def at_strike(name: str) -> float:
        series = clip.truth["series"][f"{s.side}_{name}"]
        return float(np.interp(s.strike_s, clip.truth["t"], series))

    stance = (s.strike_s, s.strike_s + 0.35 * stride_s)
    knee_peak = _between(clip, f"{s.side}_knee_flexion", *stance).max()
    reach_m = _reach_m(clip, s)
    return {
        "step_time": step_s,
        "stride_time": stride_s,
        "step_length": speed_mps * step_s,
        "stride_length": speed_mps * stride_s,
        "contact_time": 1000 * contact_s,
        "flight_time": 1000 * (s.other_strike_s - s.off_s),
        "duty_factor": 100 * contact_s / stride_s,
        "overstride": 100 * reach_m / clip.truth["leg_m"],
        "overstride_cm": 100 * reach_m,
        "tibia_angle_ic": at_strike("shank_sag"),
        "knee_flexion_ic": at_strike("knee_flexion"),
        "knee_flexion_peak_stance": knee_peak,
        "knee_flexion_excursion": knee_peak - at_strike("knee_flexion"),
        "knee_flexion_peak_swing": _between(
            clip, f"{s.side}_knee_flexion", s.off_s, s.next_strike_s
        ).max(),
        "foot_strike_angle": -at_strike("foot_pitch"),
        "ankle_dorsiflexion_ic": at_strike("ankle_dorsiflexion"),
        "hip_extension_peak": -_between(
            clip, f"{s.side}_thigh_sag", s.strike_s, s.next_strike_s
        ).min(),
    }


def _strides(clip: Rendered, side: Side) -> Iterator[_Stride]:
    def times(kind: str, foot: Side) -> list[float]:
        return [e.time_s for e in clip.events if e.kind == kind and e.side == foot]

    for strike_s, next_s in pairwise(times("strike", side)):
        (off_s,) = (t for t in times("off", side) if strike_s < t < next_s)
        (other_s,) = (t for t in times("strike", opposite(side)) if strike_s < t < next_s)
        yield _Stride(side, strike_s, off_s, other_s, next_s)


def _between(clip: Rendered, series: str, start_s: float, stop_s: float) -> Float:
    """A true series at 1 kHz between two times."""
    t = np.arange(start_s, stop_s, 0.001)
    return np.interp(t, clip.truth["t"], clip.truth["series"][series])


def _reach_m(clip: Rendered, s: _Stride) -> float:
    """Ankle ahead of the hip joint of the same side at strike."""
    world, names = np.array(clip.truth["world"]), clip.truth["landmarks"]
    ahead = world[:, names.index(f"{s.side}_ankle"), 0] - world[:, names.index(f"{s.side}_hip"), 0]
    return float(np.interp(s.strike_s, clip.truth["t"], ahead))
