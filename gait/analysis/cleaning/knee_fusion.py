"""The near knee carried across the moments at which the knees pass each other.

While one knee passes the other in a side view, a pose model draws the two landmarks together: the
near knee lies up to 5 % of the leg off, always to the same side at foot strike, which makes the
leg look 10 degrees straighter than it is. The motion of the picture around the knee
(`gait.pose.pixels.knee_flow`) has no such error but drifts. Position and motion are brought
together by least squares: the landmarks hold the path where the knees are apart, the motion shapes
it between.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solveh_banded

from gait.analysis.cleaning.leg_swaps import facing, is_frontal
from gait.pose.pixels.knee_flow import LONGEST_S, PASSING, knees_apart
from gait.types import Float, KneeSignals, LegSignals, PoseTrack, Side, opposite

# Standard deviations in leg lengths.
LANDMARK_SD = 0.02  # of a landmark while the knees are apart
PASSING_SD = 0.15  # while they pass: 0.05, the same in some ten frames, so worth one in ten
MOTION_SD = 0.01  # of the measured motion of one frame
UNKNOWN_SD = 0.1  # of a motion that was not measured: what a knee may move in a frame
# Motion summed over a passing has to end where the landmark is found again, up to the scatter of
# the two landmarks (2 sd of their difference: 0.06) and the drift of some ten frames (0.03). With
# 0.10, one figure that moves as a person did had its knee further off than without all this.
CLOSURE = 0.08
KNOWN = 0.6  # share of the motions of a passing that has to be known; the others lie between them


def bridge(track: PoseTrack) -> PoseTrack:
    """Correct the knee whose motion was measured where the knees pass each other.

    A video in which motion is unknown or contradicts the landmarks in most passings is left as it
    is (blur, too few frames per second, a background that is taken for the leg).

    Parameters
    ----------
    track : PoseTrack
        Track with sides repaired and short gaps filled. If the knees were not followed in the
        picture it is returned unchanged.

    Returns
    -------
    PoseTrack
        Track with one knee corrected, and how often (`DerivedSignals.knee_bridged`).
    """
    knees, side = track.signals.knees, _measured_side(track)
    if knees is None or side is None:
        return track
    leg_px = track.leg_px
    column = track.index(f"{side}_knee")
    knee = track.xy[:, column] / leg_px
    motion = _motion(knees, track.derived.legs, side) / leg_px
    passings = _passings(track)
    for p in passings:
        motion[p.start : p.stop + 1] = _filled(motion[p.start : p.stop + 1])
    closure = np.array([_closure(knee, motion, p) for p in passings])
    if not passings or np.median(closure) > CLOSURE:
        step = f"{side} knee: picture motion unknown or against the landmarks, not used"
        return track.with_(step=step)
    passing = np.zeros(len(track), bool)
    for p, error in zip(passings, closure, strict=True):
        if error <= 2 * CLOSURE:
            passing[p] = True
        else:
            motion[p.start : p.stop + 1] = np.nan
    xy = track.xy.copy()
    xy[:, column] = fuse(knee, motion, passing) * leg_px
    used = int((closure <= 2 * CLOSURE).sum())
    step = f"{side} knee: {used} of {len(passings)} passings bridged by picture motion"
    derived = replace(track.derived, knee_bridged=np.full(len(track), used / len(passings)))
    return track.with_(xy=xy, derived=derived, step=step)


def fuse(position: Float, motion: Float, passing: NDArray[np.bool_]) -> Float:
    """(T, 2) least-squares path through positions and motions; missing where the position is.

    Parameters
    ----------
    position : Float
        (T, 2) in leg lengths, NaN where missing.
    motion : Float
        (T, 2) from the frame before to this one in leg lengths, NaN where unknown.
    passing : bool array
        (T,) where the position is known to be off.
    """
    seen = np.asarray(np.isfinite(position).all(axis=1))
    if not seen.any():
        return position.copy()
    known = np.asarray(np.isfinite(motion).all(axis=1))
    place = np.where(seen[:, None], position, 0.0)
    step = np.where(known[:, None], motion, 0.0)
    anchor = seen / np.where(passing, PASSING_SD, LANDMARK_SD) ** 2
    link = 1 / np.where(known, MOTION_SD, UNKNOWN_SD) ** 2
    link[0] = 0.0
    # Normal equations of sum anchor (x_t - place_t)² + link (x_t - x_t-1 - step_t)²: tridiagonal.
    after = np.append(link[1:], 0.0)
    bands = np.stack([-link, anchor + link + after])
    pull = anchor[:, None] * place + link[:, None] * step
    pull[:-1] -= link[1:, None] * step[1:]
    path = np.asarray(solveh_banded(bands, pull))
    path[~seen] = np.nan
    return path


def _measured_side(track: PoseTrack) -> Side | None:
    """The nearer knee, which the other cannot hide; None if neither passes the other."""
    if not track.has("left_knee", "right_knee") or not np.isfinite(track.leg_px):
        return None
    if is_frontal(track):
        return None
    # Whoever faces image right shows the camera the right side.
    return "right" if np.nansum(facing(track)) > 0 else "left"


def _motion(knees: KneeSignals[Float], legs: LegSignals[Float] | None, side: Side) -> Float:
    """(T, 2) motion of one knee in px.

    It was measured under the names of the frame in which following began; where the legs were
    exchanged in that frame it is the motion of the other knee.
    """
    if legs is None:
        return knees.flow_px(side)
    followed = knees.knees_followed
    exchanged = np.zeros(len(followed), bool)
    for i in np.flatnonzero(followed > 0).tolist():
        first = followed[i] == 1
        exchanged[i] = legs.swapped[i - 1] > 0 if first else exchanged[i - 1]
    return np.where(exchanged[:, None], knees.flow_px(opposite(side)), knees.flow_px(side))


def _passings(track: PoseTrack) -> list[slice]:
    """Short runs of frames with the knees together, between frames with the knees apart."""
    apart = knees_apart(track) > PASSING
    ends = np.flatnonzero(apart)
    return [
        slice(before + 1, after)
        for before, after in pairwise(ends.tolist())
        if after - before > 1 and track.time[after] - track.time[before] <= LONGEST_S
    ]


def _filled(motion: Float) -> Float:
    """Motions of one passing, those that are unknown between the others; as it was if most are."""
    known = np.isfinite(motion).all(axis=1)
    if known.mean() < KNOWN:
        return motion
    frames = np.arange(len(motion))
    return np.stack([np.interp(frames, frames[known], axis[known]) for axis in motion.T], axis=1)


def _closure(knee: Float, motion: Float, passing: slice) -> float:
    """Leg lengths between the ends of motion and landmark; infinite if a motion is unknown."""
    travelled = motion[passing.start : passing.stop + 1].sum(axis=0)
    error = np.linalg.norm(knee[passing.start - 1] + travelled - knee[passing.stop])
    return float(error) if np.isfinite(error) else float("inf")
