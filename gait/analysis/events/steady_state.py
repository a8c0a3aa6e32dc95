"""Whether somebody stands, or changes speed through the strides that would be averaged."""

from __future__ import annotations

from typing import Final

import numpy as np

from gait.analysis.angles import to_ground
from gait.analysis.results import Stride
from gait.analysis.stance import CARRIED
from gait.analysis.trial import Strides, Trial
from gait.types import SIDES, Float, PoseTrack

STILL: Final = 0.08
"""Leg lengths by which feet move against the hips in a second: walkers move them by 0.4 and more,
noise of a pose model by 0.02."""
TREND: Final = 0.2
"""Change of speed, as a share of it, from which on averages mean little: contact time changes by a
tenth with it."""
CLEAR: Final = 4.0
"""Standard errors by which a trend has to differ from none."""
FEWEST: Final = 6
"""Strides that are left: three of each foot can be averaged."""


def stands(track: PoseTrack) -> bool:
    """Whether the feet of a cleaned track stay where they are below the hips."""
    needed = [f"{side}_{point}" for point in ("ankle", "hip") for side in SIDES]
    if not track.has(*needed):
        return False
    hips = track.middle("hip")
    feet = np.hstack([track[f"{side}_ankle"] - hips for side in SIDES]) / track.leg_px
    n = max(2, round(track.fps_hz))
    moves = [
        np.ptp(np.nanpercentile(feet[i : i + n], (5, 95), axis=0), axis=0).max()
        for i in range(0, max(1, len(feet) - n + 1), max(1, n // 2))
        if np.isfinite(feet[i : i + n]).any(axis=0).all()
    ]
    return bool(moves) and float(np.median(moves)) < STILL


def even_pace(trial: Trial) -> tuple[Trial, float]:
    """The strides of one speed, and how much speed changes if there is no such stretch.

    Speed is that of the foot on the ground against the hips, which is seen alike on a treadmill and
    over ground, with a camera that stands or follows.

    Parameters
    ----------
    trial : Trial
        With steady strides. From another side than beside, speed cannot be seen and nothing is
        done.

    Returns
    -------
    Trial
        With the last strides of somebody who sped up first, the first ones of somebody who slows
        down later; all of them if speed changes to the end.
    float
        Change of speed in the strides returned as a share of their mean speed; 0 unless it is
        clearly more than `TREND`.
    """
    strides, speed = trial.strides.each, foot_speeds(trial)
    first, last = 0, len(strides)
    change = _trend(strides, speed)
    while change and last - first > FEWEST:
        first, last = (first + 1, last) if change > 0 else (first, last - 1)
        if not _trend(strides[first:last], speed[first:last]):
            return trial.with_(strides=Strides(strides[first:last])), 0.0
    return trial, change


def foot_speeds(trial: Trial) -> Float:
    """(n,) leg lengths per s by which the foot on the ground moves back in each stride; NaN where
    it cannot be seen, as from another side than beside."""
    track, view = trial.track, trial.view
    needed = [f"{side}_{point}" for point in ("hip", "heel") for side in SIDES]
    if view.plane != "side" or view.direction is None or not track.has(*needed):
        return np.full(len(trial.strides), np.nan)
    hips = track.middle("hip")
    behind = {
        side: -to_ground(track[f"{side}_heel"] - hips, view.direction, view.ground_tilt_deg)[:, 0]
        for side in SIDES
    }
    speeds = []
    for s in trial.strides:
        start_s, stop_s = (s.strike_s + share * (s.off_s - s.strike_s) for share in CARRIED)
        read = np.interp((start_s, stop_s), track.time, behind[s.side])
        speeds.append((read[1] - read[0]) / (stop_s - start_s) / view.leg_px)
    return np.array(speeds)


def _trend(strides: tuple[Stride, ...], speed: Float) -> float:
    """Change of speed from first to last stride as a share of it; 0 unless large and clear."""
    side = np.array([s.side for s in strides])
    time = np.array([s.strike_s for s in strides])
    relative = np.full(len(speed), np.nan)
    for name in SIDES:  # the far foot is seen otherwise than the near one
        own = (side == name) & np.isfinite(speed)
        if own.any() and np.median(speed[own]) > 0:
            relative[own] = speed[own] / np.median(speed[own])
    good = np.isfinite(relative)
    if good.sum() < FEWEST - 1:
        return 0.0
    time, relative = time[good] - time[good].mean(), relative[good]
    slope = float(time @ relative / (time @ time))
    rest = relative - relative.mean() - slope * time
    error = np.sqrt(rest @ rest / (len(rest) - 2) / (time @ time))
    span = float(np.ptp(time))
    clear = abs(slope) * span > TREND and abs(slope) > CLEAR * error
    return slope * span if clear else 0.0
