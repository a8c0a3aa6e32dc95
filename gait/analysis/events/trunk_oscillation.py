"""The rise and fall of the trunk with every step: seen alike from the side, behind and in front."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.signal import find_peaks

from gait.analysis.cleaning.filtering import lowpass
from gait.analysis.cleaning.leg_swaps import evenly, stride_period_frames
from gait.analysis.events.foot_kinematics import GRID_HZ, resampled
from gait.analysis.peaks import vertex
from gait.skeleton import FOOT
from gait.types import Float, PoseTrack

# The trunk moves up and down almost like a sine, so its extremes of speed are flat and noise moves
# them far. Leaving out what is above 1.75 times the step frequency cuts their scatter to a third;
# the difference between the legs lies below the step frequency and stays.
CUTOFF_PER_STEP = 1.75
PERIODIC = 0.3  # periodicity of the feet's heights below which nobody is walking or running
ODD_STEP = 0.35  # a step that differs more than this from the usual one: something was missed
STRIDE_S = (0.45, 1.6)  # of a running or walking person


@dataclass(frozen=True, slots=True)
class Bounce:
    """Vertical movement of the trunk and of the feet against each other, in leg lengths."""

    time: Float
    """(N,) s, `GRID_HZ` apart."""
    step_s: float
    """Usual time of a step."""
    height: Float
    """(N,) mean height of the hips and, where there are any, the shoulders; NaN where unknown."""
    velocity: tuple[Float, Float]
    """(N,) upward speed per s, read in two ways that share no keypoint: hips and shoulders, or left
    and right hip. Their mean is the speed of `height`."""
    feet_apart: Float
    """(N,) height of the right foot above the left one."""
    lowest: Float
    highest: Float
    """`lowest` and `highest`: times at which the trunk is lowest and highest, one each per step."""

    def at(self, times_s: Float, series: Float) -> Float:
        """Mean of a series over a fifth of a step around some times; NaN where it is not known."""
        offsets = np.linspace(-0.1, 0.1, 9) * self.step_s
        around = np.add.outer(times_s, offsets)
        read = np.interp(around, self.time, series, left=np.nan, right=np.nan)
        return np.asarray(read.mean(axis=-1))


def bounce(track: PoseTrack) -> Bounce | None:
    """The bounce of the runner in a cleaned track; None where no rhythm of steps is seen."""
    feet = [p for p in FOOT if track.has(f"left_{p}", f"right_{p}")]
    if not feet or not track.has("left_hip", "right_hip") or len(track) < 4:
        return None
    leg_px = track.leg_px
    apart = np.mean([track[f"left_{p}"][:, 1] - track[f"right_{p}"][:, 1] for p in feet], axis=0)
    even = evenly(track.time, apart[:, None] / leg_px, track.fps_hz)
    period, periodicity = stride_period_frames(even, track.fps_hz)
    stride_s = period / track.fps_hz
    if periodicity < PERIODIC or not STRIDE_S[0] <= stride_s <= STRIDE_S[1]:
        return None
    step_s = stride_s / 2
    grid = np.arange(track.time[0], track.time[-1], 1 / GRID_HZ)
    readings = []
    for names in _two_readings(track):
        columns = [track.index(name) for name in names]
        part = track.with_(xy=track.xy[:, columns], score=track.score[:, columns], names=names)
        smooth = lowpass(part, CUTOFF_PER_STEP / step_s)
        readings.append(-smooth.xy[..., 1].mean(axis=1) / leg_px)
    height = np.mean([resampled(track.time, h, grid) for h in readings], axis=0)
    one, other = (resampled(track.time, h, grid, derivative=1) for h in readings)
    return Bounce(
        time=grid,
        step_s=step_s,
        height=height,
        velocity=(one, other),
        feet_apart=resampled(track.time, apart / leg_px, grid),
        lowest=_turning_points(grid, -height, step_s),
        highest=_turning_points(grid, height, step_s),
    )


def _two_readings(track: PoseTrack) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if track.has("left_shoulder", "right_shoulder"):
        return ("left_hip", "right_hip"), ("left_shoulder", "right_shoulder")
    return ("left_hip",), ("right_hip",)


def _turning_points(grid: Float, height: Float, step_s: float) -> Float:
    """Times of the peaks that stand out, at most one per step."""
    known = np.isfinite(height)
    if not known.any():
        return np.empty(0)
    height = height - _running_mean(height, round(2 * step_s * GRID_HZ))
    swing = float(np.nanpercentile(height, 95) - np.nanpercentile(height, 5))
    filled = np.where(known, height, np.nanmin(height) - swing)
    found, _ = find_peaks(filled, prominence=0.25 * swing, distance=int(0.6 * step_s * GRID_HZ))
    return np.array([peak_time(grid, filled, i) for i in found if known[i - 1 : i + 2].all()])


def _running_mean(values: Float, width: int) -> Float:
    """Mean of what is known within half a `width` on either side.

    A stride wide, it holds no bounce but all of the drift: a camera that is moved or a runner who
    comes nearer must not count as the height of a bounce.
    """
    known = np.isfinite(values)
    kernel = np.ones(min(width, len(values)))
    total = np.convolve(np.where(known, values, 0.0), kernel, "same")
    return np.asarray(total / np.maximum(np.convolve(known, kernel, "same"), 1))


def peak_time(time: Float, values: Float, i: int) -> float:
    """Time of the peak around sample `i`, at most one grid step from it.

    Parameters
    ----------
    time, values : Float
        (N,) on the grid.
    i : int
        Index of the highest of three neighbours.
    """
    return float(time[i] + vertex(*values[i - 1 : i + 2]) / GRID_HZ)


def unbroken(times_s: Float, step_s: float) -> list[slice]:
    """Runs of times that follow each other by one step."""
    odd = np.abs(np.diff(times_s) / step_s - 1) > ODD_STEP
    return [slice(a, b) for a, b in pairwise([0, *(np.flatnonzero(odd) + 1), len(times_s)])]
