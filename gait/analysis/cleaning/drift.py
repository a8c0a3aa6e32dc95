"""A runner who comes nearer, recedes or drifts through the picture, and how to go along.

Everything after this measures in one scale and against one level for the whole video. Where neither
holds - the runner runs away from the camera, or a camera without a room to follow tilts or zooms -
the body itself tells both: what is left of its size and place over one stride is no part of gait.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from gait.analysis.cleaning.leg_swaps import is_frontal, stride_period_frames
from gait.types import SIDES, Float, PoseTrack

# People on a belt change by 0.02 to 0.1 in size over a video, and drift by up to 0.05 legs in a
# second: that is theirs, and does not matter to anything.
GROWS: Final = 0.12  # change of size over the video
MOST_GROWTH: Final = 20.0
DRIFTS: Final = 0.07  # leg lengths within a second
JOLT: Final = (
    0.12  # leg lengths between two frames: three times what a falling runner does at 30 Hz
)
ALIKE: Final = 0.25  # share of it by which points of the trunk may differ
AROUND: Final = 3  # frames on either side that say what is usual
PERIODIC: Final = 0.3  # below it there is no stride to take a mean over
TRAVELS: Final = 0.7  # leg lengths per s across the picture: there the ground may rise or fall


def drift(track: PoseTrack) -> tuple[Float, Float] | None:
    """How the runner's size and place change from stride to stride of a cleaned track.

    Returns
    -------
    tuple of Float or None
        (T,) scale and (T, 2) shift in px, usually 1 and nil on average, of somebody who keeps size
        and place once ``(xy - middle - shift) / scale`` is taken. Across the picture only from
        behind or in front, up and down also from the side, unless the runner crosses the picture.
        None where neither changes, or where no stride is seen.
    """
    names = [f"{side}_{point}" for side in SIDES for point in ("shoulder", "hip", "ankle")]
    if not track.has(*names) or not np.isfinite(track.leg_px):
        return None
    apart = (track["left_ankle"] - track["right_ankle"]) / track.own_leg_px[:, None]
    period, periodicity = stride_period_frames(apart, track.fps_hz)
    if not periodicity > PERIODIC:
        return None
    shoulders, hips = track.middle("shoulder"), track.middle("hip")
    # Of the distance, which goes evenly where size does not.
    distance = over_a_stride(1 / np.linalg.norm(shoulders - hips, axis=1), period)
    distance = np.clip(distance, distance.max() / MOST_GROWTH, None)
    grows = distance.max() > (1 + GROWS) * distance.min()
    scale = np.median(distance) / distance if grows else np.ones(len(track))
    middle = np.array(track.size) / 2
    # In true size first: who recedes comes nearer to the horizon without moving up or down.
    xy = ((shoulders + hips) / 2 - middle) / scale[:, None]
    place = np.stack([over_a_stride(axis, period) for axis in xy.T], axis=1)
    shift = place - place.mean(axis=0)
    leg_px = float(np.nanmedian(track.own_leg_px / scale))
    seconds = track.time[-1] - track.time[0]
    travels = abs(shift[-1, 0] - shift[0, 0]) > TRAVELS * leg_px * seconds
    free = np.array([is_frontal(track), is_frontal(track) or not travels])
    shift = np.where(free & (_most_in_a_second(shift, track) > DRIFTS * leg_px), shift, 0.0)
    return (scale, shift * scale[:, None]) if grows or shift.any() else None


def over_a_stride(values: Float, period: float) -> Float:
    """Mean of a series over one stride around each frame: it holds no gait, but all of the drift.

    Parameters
    ----------
    values : Float
        (T,) series, NaN where unknown, known somewhere.
    period : float
        Frames per stride.

    Returns
    -------
    Float
        (T,). Half a stride from the ends it goes on as it went over the stride before; outside of
        what is known it stays.
    """
    known = np.flatnonzero(np.isfinite(values))
    inner = np.arange(known[0], known[-1] + 1)
    filled = np.interp(inner, known, values[known])
    total = np.concatenate([[0.0], np.cumsum(filled)])
    edges = np.arange(len(total))
    half = min(period, len(filled)) / 2
    at = np.arange(len(filled)) + 0.5
    whole = (at >= half - 0.5) & (at <= len(filled) - half + 0.5)
    start, stop = np.clip(at - half, 0, None), np.clip(at + half, None, len(filled))
    mean = (np.interp(stop, edges, total) - np.interp(start, edges, total)) / (stop - start)
    first, last = np.flatnonzero(whole)[[0, -1]].tolist()
    stride = max(1, min(round(period), last - first))
    for part, a, b in (
        (slice(0, first), first, min(first + stride, last)),
        (slice(last + 1, len(mean)), last, max(last - stride, first)),
    ):
        slope = (mean[b] - mean[a]) / (b - a) if b != a else 0.0
        mean[part] = mean[a] + slope * (np.arange(len(mean))[part] - a)
    return np.asarray(np.interp(np.arange(len(values)), inner, mean))


def jolts(track: PoseTrack) -> Float:
    """(T, 2) px by which a camera has been knocked since the first frame of a raw track.

    Motion of the camera that is known is out of it already. Constant but for single frames in which
    all of the trunk moves on at once.
    """
    names = [f"{side}_{point}" for side in SIDES for point in ("shoulder", "hip")]
    jolted = np.zeros((len(track), 2))
    if not track.has(*names) or len(track) < 2 * AROUND + 1:
        return jolted
    moves = np.diff([track[name] for name in names], axis=1) / track.leg_px
    together = np.median(moves, axis=0)
    padded = np.pad(together, ((AROUND, AROUND), (0, 0)), "edge")
    around = np.lib.stride_tricks.sliding_window_view(padded, 2 * AROUND + 1, axis=0)
    sudden = together - np.median(around, axis=-1)
    apart = np.linalg.norm(moves - together, axis=-1).max(axis=0)
    size = np.linalg.norm(sudden, axis=-1)
    knocked = (size > JOLT) & (apart < ALIKE * size)  # False beside missing frames
    jolted[1:] = np.cumsum(np.where(knocked[:, None], sudden, 0.0), axis=0)
    return jolted * track.leg_px


def _most_in_a_second(shift: Float, track: PoseTrack) -> Float:
    """(2,) the furthest that a place goes within a second."""
    n = max(2, round(track.fps_hz))
    parts = [shift[i : i + n] for i in range(0, max(1, len(shift) - n // 2), max(1, n // 2))]
    return np.asarray(np.max([np.ptp(part, axis=0) for part in parts], axis=0))
