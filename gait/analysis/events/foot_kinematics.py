"""What detectors see of one foot: its signals and the cycles in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.signal import find_peaks

from gait.analysis.angles import knee_flexion, to_ground
from gait.analysis.cleaning.filtering import lowpass
from gait.analysis.cleaning.leg_swaps import evenly, stride_period_frames
from gait.types import Float, PoseTrack, Side, View

# A heel that touches down has lost its forward speed against the pelvis and moves back with the
# belt. Fractions of the speed it has in mid-stance (docs/accuracy.md: how they were chosen).
TOUCH_FRACTION = 0.3
RISE_FRACTION = 0.6
ODD_STANCE = 0.2  # stance that differs more than this from the median was misread
PELVIS_CUTOFF_HZ = 4.0  # hip points follow the thigh by ±5 % of leg length; the trunk does not
GRID_HZ = 240.0  # crossings are read off splines this fine


@dataclass(frozen=True, slots=True)
class Crossing:
    """An instant at which a signal passes a limit.

    Parameters
    ----------
    time_s : float
        Sub-frame time.
    sd_s : float
        Its standard deviation from the noise of the signal.
    """

    time_s: float
    sd_s: float


@dataclass(frozen=True, slots=True)
class Cycle:
    """One pass of a foot from in front of the body to behind it.

    Parameters
    ----------
    ahead, behind : int
        Frames in which the heel is furthest ahead of and behind the pelvis; the first or last
        frame of the video where it cuts the pass short.
    touch, rise : Crossing or None
        Heel reaching `TOUCH_FRACTION` of its mid-stance speed, and falling below `RISE_FRACTION`
        of it; None where the video does not show it.
    usual_stance_s : float
        Median time from touch to rise in this and the neighbouring cycles.
    """

    ahead: int
    behind: int
    touch: Crossing | None
    rise: Crossing | None
    usual_stance_s: float


@dataclass(frozen=True, slots=True)
class FootSignals:
    """What detectors see of one foot; all series have one value per frame.

    Parameters
    ----------
    time : Float
        (T,) s, `GRID_HZ` apart whatever the frame rate.
    frame_s : float
        Time between frames of the video.
    heel_x, toe_x : Float
        (T,) position ahead of the pelvis, leg lengths.
    heel_y, pelvis_y : Float
        (T,) height, leg lengths.
    heel_speed : Float
        (T,) backward speed of the heel against the pelvis, leg lengths per s.
    toe_reach : Float
        (T,) distance from mid-hip to toe, leg lengths.
    knee_deg : Float
        (T,) knee flexion.
    """

    time: Float
    frame_s: float
    heel_x: Float
    toe_x: Float
    heel_y: Float
    pelvis_y: Float
    heel_speed: Float
    toe_reach: Float
    knee_deg: Float


def foot_signals(track: PoseTrack, view: View, side: Side) -> FootSignals | None:
    """Positions and speed of one foot in leg lengths, forward and up positive.

    Parameters
    ----------
    track : PoseTrack
        Cleaned track.
    view : View
        Gives direction and ground tilt.
    side : {"left", "right"}
        Which foot.

    Returns
    -------
    FootSignals or None
        None if the points needed are not in the track.
    """
    needed = [f"{side}_{p}" for p in ("hip", "knee", "ankle", "heel", "foot_index")]
    leg_px = track.leg_px
    if not track.has("left_hip", "right_hip", *needed) or not np.isfinite(leg_px):
        return None
    direction = view.direction or "right"
    grid = np.arange(track.time[0], track.time[-1], 1 / GRID_HZ)

    def ground(name: str, of: PoseTrack = track) -> Float:
        return to_ground(_resample(of.time, of[name], grid), direction, view.ground_tilt_deg)

    hips = ("left_hip", "right_hip")
    columns = [track.index(name) for name in hips]
    hips_only = track.with_(xy=track.xy[:, columns], score=track.score[:, columns], names=hips)
    steady_track = lowpass(hips_only, PELVIS_CUTOFF_HZ)
    pelvis = (ground("left_hip") + ground("right_hip")) / 2
    trunk_x = (ground("left_hip", steady_track) + ground("right_hip", steady_track))[:, 0] / 2
    heel, toe = ground(f"{side}_heel"), ground(f"{side}_foot_index")
    return FootSignals(
        time=grid,
        frame_s=1 / track.fps_hz,
        heel_x=(heel[:, 0] - trunk_x) / leg_px,
        toe_x=(toe[:, 0] - trunk_x) / leg_px,
        heel_y=heel[:, 1] / leg_px,
        pelvis_y=pelvis[:, 1] / leg_px,
        heel_speed=-np.gradient(heel[:, 0] - trunk_x, grid) / leg_px,
        toe_reach=np.linalg.norm(toe - pelvis, axis=1) / leg_px,
        knee_deg=knee_flexion(*(ground(f"{side}_{p}") for p in ("hip", "knee", "ankle"))),
    )


def _resample(time: Float, xy: Float, grid: Float) -> Float:
    """Cubic spline through the frames, read at `grid`; NaN where frames are missing.

    A difference over two frames at 30 fps averages over 67 ms, longer than a touch-down.
    """
    good = np.asarray(np.isfinite(xy).all(axis=1))
    if good.sum() < 4:
        return np.full((len(grid), 2), np.nan)
    out = np.asarray(CubicSpline(time[good], xy[good])(grid))
    after = np.searchsorted(time, grid, side="right").clip(1, len(time) - 1)
    out[~(good[after - 1] & good[after])] = np.nan
    return out


def cycles_of(s: FootSignals, track: PoseTrack) -> list[Cycle]:
    """Cycles of one foot; those that hold missing frames are left out.

    Parameters
    ----------
    s : FootSignals
        The foot.
    track : PoseTrack
        Cleaned track, for the stride period.

    Returns
    -------
    list of Cycle
        In order of time.
    """
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
    shortest = 0.8 * float(np.median([b - a for a, b in spans]))
    whole = [_plateau(s, a, b) for a, b in spans if b - a >= shortest]
    level = float(np.median([speed for speed, _ in whole]))
    noise = float(np.median([sd for _, sd in whole]))
    found = []
    for a, b in spans:
        cut_short = b - a < shortest
        # One pass is noisy, the belt is not: lean on all passes, but let runners change speed.
        speed = level if cut_short else _plateau(s, a, b)[0]
        speed = float(np.clip(speed, 0.85 * level, 1.15 * level))
        # The foot may wobble on the belt, so look for both crossings outwards from mid-stance.
        middle = a + int(0.45 * (b - a))
        until_touch = range(b - 1 if cut_short else middle, a, -1)
        after_touch = range(b - 1, a if cut_short else middle, -1)
        touch = _crossing(s, TOUCH_FRACTION * speed, until_touch, noise, rising=True)
        rise = _crossing(s, RISE_FRACTION * speed, after_touch, noise, rising=False)
        found.append((a, b, touch, rise))
    stances = [r.time_s - t.time_s if t and r else np.nan for _, _, t, r in found]
    if not np.isfinite(stances).any():
        return []
    usual = float(np.nanmedian(stances))
    cycles = []
    for i, (a, b, touch, rise) in enumerate(found):
        if abs(stances[i] / usual - 1) > ODD_STANCE:
            rise = None
        near = [x for x in stances[max(0, i - 2) : i + 3] if np.isfinite(x)]
        cycles.append(Cycle(a, b, touch, rise, float(np.median(near)) if near else usual))
    return cycles


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


def _plateau(s: FootSignals, ahead: int, behind: int) -> tuple[float, float]:
    """Heel speed in mid-stance, well after touch-down and before the heel lifts, and its SD."""
    span = behind - ahead
    speed = s.heel_speed[ahead + int(0.25 * span) : ahead + int(0.55 * span) + 1]
    return float(np.median(speed)), float(np.std(speed))


def _crossing(
    s: FootSignals, limit: float, frames: range, noise: float, *, rising: bool
) -> Crossing | None:
    """Where heel speed passes `limit` upwards or downwards, walking through `frames` backwards.

    Its SD is the noise of the speed over its slope; a third of the quantisation SD (frame/√12) is
    kept as a floor, because interpolation removes most but not all of it.
    """
    over = (s.heel_speed - limit) * (1 if rising else -1)
    for i in frames:
        if over[i - 1] < 0 <= over[i]:
            slope = (over[i] - over[i - 1]) * GRID_HZ
            sd_s = np.hypot(noise / slope, s.frame_s / np.sqrt(12) / 3)
            return Crossing(float(s.time[i] - over[i] / slope), float(min(sd_s, 3 * s.frame_s)))
    return None
