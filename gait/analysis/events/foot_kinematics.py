"""What detectors see of one foot: its signals and the cycles in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.signal import find_peaks

from gait.analysis.angles import knee_flexion, to_ground
from gait.analysis.cleaning.filtering import lowpass
from gait.analysis.cleaning.leg_swaps import evenly, known_between, stride_period_frames
from gait.analysis.results import View
from gait.types import Float, PoseTrack, Side

PELVIS_CUTOFF_HZ = 4.0  # hip points follow the thigh by ±5 % of leg length; the trunk does not
GRID_HZ = 240.0  # crossings and extremes are read off splines this fine

MIDDLE: Final = 0.45
"""Share of the pass of a heel, from furthest ahead to furthest behind, at which every foot is flat
on the ground: touch-down lies before and push-off after it (12 runners on force plates)."""
PLATEAU: Final = (0.25, 0.55)
"""Shares of the pass between which the heel moves with the belt."""
WHOLE: Final = 0.8
"""A pass shorter than this share of the usual one is cut by the video or a gap."""
SPEED_RANGE: Final = (0.85, 1.15)
"""One pass is noisy and the belt is not, but runners change speed: how far a pass may differ from
the median of all."""
FOOT: Final = {"heel": 0.6, "ankle": 0.2, "foot_index": 0.2}
"""Weights of the point of the foot that comes to rest at the strike. Most of it is the heel, which
a pose model sees best; ankle and toe take out the roll of the foot of forefoot runners."""
REAR: Final = ("heel", "ankle")
"""The points whose mean height is that of the rear of the foot."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """An instant at which a signal passes a limit."""

    time_s: float
    """Sub-frame time."""
    sd_s: float
    """Its standard deviation from the noise of the signal."""


@dataclass(frozen=True, slots=True)
class Cycle:
    """One pass of a foot from in front of the body to behind it."""

    ahead: int
    behind: int
    """`ahead` and `behind`: frames in which the heel is furthest ahead of and behind the pelvis;
    the first or last frame of the video where it cuts the pass short."""
    middle: int
    """Frame in which the foot is flat on the ground; `ahead` or `behind` where the video cuts it
    off."""
    speed: float
    """Backward speed of the heel against the trunk in mid-stance, leg lengths per s."""
    lowest: float
    """Height of the rear of the foot on the ground, leg lengths."""


@dataclass(frozen=True, slots=True)
class FootSignals:
    """What detectors see of one foot; all series have one value per frame."""

    time: Float
    """(T,) s, `GRID_HZ` apart whatever the frame rate."""
    frame_s: float
    """Time between frames of the video."""
    heel_x: Float
    toe_x: Float
    """`heel_x` and `toe_x`: (T,) position ahead of the pelvis, leg lengths."""
    heel_y: Float
    rear_y: Float
    pelvis_y: Float
    """`heel_y`, `rear_y` and `pelvis_y`: (T,) height of the heel, of the rear of the foot (`REAR`)
    and of the pelvis, leg lengths."""
    heel_speed: Float
    foot_speed: Float
    """`heel_speed` and `foot_speed`: (T,) backward speed of the heel and of the foot (`FOOT`)
    against the trunk, leg lengths per s."""
    foot_climb: Float
    toe_climb: Float
    """`foot_climb` and `toe_climb`: (T,) upward speed of the foot (`FOOT`) and of the toe, leg
    lengths per s."""
    toe_reach: Float
    """(T,) distance from mid-hip to toe, leg lengths."""
    knee_deg: Float
    """(T,) knee flexion."""


def foot_signals(track: PoseTrack, view: View, side: Side) -> FootSignals | None:
    """Positions and speed of one foot in leg lengths, forward and up positive; None if not tracked.

    Parameters
    ----------
    track : PoseTrack
        Cleaned track.
    view : View
        Gives direction and ground tilt.
    side : {"left", "right"}
        Which foot.
    """
    needed = [f"{side}_{p}" for p in ("hip", "knee", "ankle", "heel", "foot_index")]
    leg_px = track.leg_px
    if not track.has("left_hip", "right_hip", *needed) or not np.isfinite(leg_px):
        return None
    direction = view.direction or "right"
    grid = np.arange(track.time[0], track.time[-1], 1 / GRID_HZ)

    def ground(name: str, of: PoseTrack = track) -> Float:
        return to_ground(resampled(of.time, of[name], grid), direction, view.ground_tilt_deg)

    hips = ("left_hip", "right_hip")
    columns = [track.index(name) for name in hips]
    hips_only = track.with_(xy=track.xy[:, columns], score=track.score[:, columns], names=hips)
    steady_track = lowpass(hips_only, PELVIS_CUTOFF_HZ)
    pelvis = (ground("left_hip") + ground("right_hip")) / 2
    trunk_x = (ground("left_hip", steady_track) + ground("right_hip", steady_track))[:, 0] / 2
    points = {p: ground(f"{side}_{p}") for p in FOOT}
    heel, toe = points["heel"], points["foot_index"]
    foot = np.sum([share * points[p] for p, share in FOOT.items()], axis=0)

    def rate(values: Float) -> Float:
        return np.asarray(np.gradient(values, grid)) / leg_px

    return FootSignals(
        time=grid,
        frame_s=1 / track.fps_hz,
        heel_x=(heel[:, 0] - trunk_x) / leg_px,
        toe_x=(toe[:, 0] - trunk_x) / leg_px,
        heel_y=heel[:, 1] / leg_px,
        rear_y=np.mean([points[p][:, 1] for p in REAR], axis=0) / leg_px,
        pelvis_y=pelvis[:, 1] / leg_px,
        heel_speed=-rate(heel[:, 0] - trunk_x),
        foot_speed=-rate(foot[:, 0] - trunk_x),
        foot_climb=rate(foot[:, 1]),
        toe_climb=rate(toe[:, 1]),
        toe_reach=np.linalg.norm(toe - pelvis, axis=1) / leg_px,
        knee_deg=knee_flexion(*(ground(f"{side}_{p}") for p in ("hip", "knee", "ankle"))),
    )


def resampled(time: Float, values: Float, grid: Float, derivative: int = 0) -> Float:
    """Cubic spline through the frames, or its derivative, at other times; NaN between missing ones.

    A difference over two frames at 30 fps averages over 67 ms, longer than a touch-down.

    Parameters
    ----------
    time : Float
        (T,) s.
    values : Float
        (T, ...) of every frame; one that holds a NaN is missing.
    grid : Float
        (N,) s, where they are read.
    derivative : int
        0 for the values, 1 for their rate of change per s.

    Returns
    -------
    Float
        (N, ...); all NaN with fewer than four frames.
    """
    good = np.asarray(np.isfinite(values).reshape(len(values), -1).all(axis=1))
    if good.sum() < 4:
        return np.full((len(grid), *values.shape[1:]), np.nan)
    out = np.asarray(CubicSpline(time[good], values[good])(grid, derivative))
    after = np.searchsorted(time, grid, side="right").clip(1, len(time) - 1)
    out[~(good[after - 1] & good[after] & known_between(time, grid))] = np.nan
    return out


def cycles_of(s: FootSignals, track: PoseTrack) -> list[Cycle]:
    """Cycles of one foot in order of time; those that hold missing frames are left out."""
    reach = s.heel_x
    legs_apart = track["left_ankle"] - track["right_ankle"]
    even = evenly(track.time, legs_apart, track.fps_hz)
    period, periodicity = stride_period_frames(even, track.fps_hz)
    period *= GRID_HZ * s.frame_s
    if not np.isfinite(period) or periodicity < 0.3 or not np.isfinite(reach).any():
        return []
    spans = list(_spans(reach, period))
    if not spans:
        return []
    shortest = WHOLE * float(np.median([b - a for a, b in spans]))
    usual = _Usual.of(s, [(a, b) for a, b in spans if b - a >= shortest])
    return [
        _whole(s, a, b, usual) if b - a >= shortest else _cut_short(s, a, b, usual)
        for a, b in spans
    ]


@dataclass(frozen=True, slots=True)
class _Usual:
    """Medians of the passes that are seen whole, for those that are not."""

    span: float
    ahead: float
    behind: float
    speed: float
    lowest: float

    @classmethod
    def of(cls, s: FootSignals, spans: list[tuple[int, int]]) -> _Usual:
        rows = [
            (b - a, s.heel_x[a], s.heel_x[b], _plateau(s, a, b), s.rear_y[a : b + 1].min())
            for a, b in spans
        ]
        return cls(*(float(value) for value in np.nanmedian(rows, axis=0)))


def _whole(s: FootSignals, ahead: int, behind: int, usual: _Usual) -> Cycle:
    slowest, fastest = (share * usual.speed for share in SPEED_RANGE)
    return Cycle(
        ahead,
        behind,
        ahead + int(MIDDLE * (behind - ahead)),
        float(np.clip(_plateau(s, ahead, behind), slowest, fastest)),
        float(s.rear_y[ahead : behind + 1].min()),
    )


def _cut_short(s: FootSignals, ahead: int, behind: int, usual: _Usual) -> Cycle:
    """A pass of which the video shows only the first or the last part."""
    begins_late = usual.ahead - s.heel_x[ahead] > s.heel_x[behind] - usual.behind
    middle = behind - (1 - MIDDLE) * usual.span if begins_late else ahead + MIDDLE * usual.span
    within = int(np.clip(middle, ahead, behind))
    return Cycle(ahead, behind, within, usual.speed, usual.lowest)


def _spans(reach: Float, period: float) -> Iterator[tuple[int, int]]:
    """(ahead, behind) frames of every pass of the heel, those cut short by the video included."""
    range_ = np.nanpercentile(reach, 95) - np.nanpercentile(reach, 5)
    known = np.where(np.isfinite(reach), reach, np.nanmedian(reach))
    # Walls at both ends, so that a turning point next to the edge counts like any other.
    walled = np.concatenate([[known.min() - range_], known, [known.min() - range_]])
    apart = max(1, int(0.6 * period))
    ahead = find_peaks(walled, prominence=0.4 * range_, distance=apart)[0] - 1
    for a in ahead:
        pass_ = reach[a : a + int(0.85 * period)]
        if not np.isfinite(pass_).any():
            continue
        b = a + int(np.nanargmin(pass_))
        if b > a and np.isfinite(reach[a : b + 1]).all():
            yield int(a), b


def _plateau(s: FootSignals, ahead: int, behind: int) -> float:
    """Heel speed in mid-stance, well after touch-down and before the heel lifts."""
    first, last = (ahead + int(share * (behind - ahead)) for share in PLATEAU)
    return float(np.median(s.heel_speed[first : last + 1]))


def first_rise(time: Float, over: Float, frames: Iterable[int]) -> float | None:
    """Time at which a series rises through 0, linear between two values; None where it does not.

    Parameters
    ----------
    time, over : Float
        (T,) each.
    frames : iterable of int
        Frames after the rise, in the order in which they are tried; backwards finds the last one.
    """
    for i in frames:
        if over[i - 1] < 0 <= over[i]:
            share = over[i] / (over[i] - over[i - 1])
            return float(time[i] - share * (time[i] - time[i - 1]))
    return None
