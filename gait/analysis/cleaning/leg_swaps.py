"""Left and right legs that the pose model has exchanged, put right again.

When one leg hides the other, a pose model swaps their names for a few frames - typically at foot
strike. Everything after this module relies on the names.
"""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.signal import correlate

from gait.analysis.peaks import vertex
from gait.skeleton import FOOT, SHANK_AND_FOOT
from gait.types import SIDES, Float, LegSignals, PoseTrack

# Lengths are fractions of the leg (thigh + shank), so they hold at any image size.
SIDE_SPREAD = 0.3  # distance of the ankles across the image, root mean square: less is frontal
LABEL_COST = 0.4  # of disagreeing with the model's own left and right in one frame
FRONTAL_LABEL_COST = 0.1  # from behind, feet are exchanged for most of the passing in every stride
TEMPLATE_COST = 2.0  # weight of the distance to the neighbouring strides
SATURATION = 2.0  # no single frame may cost more: a detector failure is not evidence
HOLE_S = 0.25  # of frames that are missing for longer nothing is known between them
LINE_S = 0.35  # a straight line across more than about a step would look like a slow step
UNDECIDED = 0.4  # cost difference below which a frame is called undecided


def repair_sides(track: PoseTrack) -> PoseTrack:
    """Undo exchanges of the two shanks and feet in a raw track.

    From behind or in front it is the feet alone that are exchanged, while one passes the other:
    the hips and knees lie apart and keep their names.

    The difference vector left minus right of knee, ankle, heel and toe changes sign when the legs
    are exchanged and is smooth when they are not. Its signs are found by dynamic programming: the
    cost is its acceleration, disagreement with the model's labels, and - once the stride period is
    known - distance to the same instant of the neighbouring strides. The last term also reverts
    false repairs, because a run of frames with the wrong sign contradicts every other stride.

    Returns
    -------
    PoseTrack
        Legs exchanged where needed, which `PoseTrack.derived` then tells (`LegSignals`).
    """
    frontal = is_frontal(track)
    points = FOOT if frontal else SHANK_AND_FOOT
    points = tuple(p for p in points if track.has(f"left_{p}", f"right_{p}"))
    label_cost = FRONTAL_LABEL_COST if frontal else LABEL_COST
    leg_px = track.leg_px
    zeros = np.zeros(len(track))
    if "ankle" not in points or not np.isfinite(leg_px):
        return track.with_(derived=replace(track.derived, legs=LegSignals(zeros, zeros)))
    left = [track.index(f"left_{p}") for p in points]
    right = [track.index(f"right_{p}") for p in points]
    difference = (track.xy[:, left] - track.xy[:, right]).reshape(len(track), -1) / leg_px

    swapped, margin = _signs(difference, label_cost)
    for _ in range(6):
        signed = np.where(swapped[:, None], -difference, difference)
        period, periodicity = stride_period_frames(signed, track.fps_hz)
        if periodicity < 0.5:
            break
        again, margin = _signs(difference, label_cost, _other_strides(signed, period))
        if (again == swapped).all():
            break
        swapped = again

    xy, score = track.xy.copy(), track.score.copy()
    rows = np.flatnonzero(swapped)[:, None]
    xy[rows, left], xy[rows, right] = track.xy[rows, right], track.xy[rows, left]
    score[rows, left], score[rows, right] = track.score[rows, right], track.score[rows, left]
    seen = np.isfinite(difference).any(axis=1)
    undecided = seen & (margin < UNDECIDED)
    legs = LegSignals(swapped=swapped.astype(float), swap_undecided=undecided.astype(float))
    step = (
        f"{'feet' if frontal else 'legs'} exchanged back in {swapped.sum()} frames, "
        f"{undecided.sum()} undecided"
    )
    return track.with_(xy=xy, score=score, derived=replace(track.derived, legs=legs), step=step)


def is_frontal(track: PoseTrack) -> bool:
    """Whether the video is from behind or in front: the feet do not travel across the image.

    Does not depend on which foot is called left. False if the ankles are never seen.
    """
    if not track.has("left_ankle", "right_ankle"):
        return False
    return ankle_spread(track) < SIDE_SPREAD


def ankle_spread(track: PoseTrack) -> float:
    """Distance of the ankles across the image, root mean square, in legs of the same frame.

    A runner who comes nearer or recedes has another scale in every frame: by the usual leg of the
    video a receding runner looked like one from the side. NaN if the ankles are never seen.
    """
    apart = (track["left_ankle"][:, 0] - track["right_ankle"][:, 0]) / track.own_leg_px
    known = apart[np.isfinite(apart)]
    return float(np.sqrt(np.mean(known**2))) if known.size else float("nan")


def _signs(
    difference: Float, label_cost: float, expected: Float | None = None
) -> tuple[NDArray[np.bool_], Float]:
    """Most likely sign per frame (True = exchanged) and by how much it wins."""
    n = len(difference)
    sign = np.array([1.0, -1.0])
    emission = np.zeros((n, 2))
    emission[:, 1] = label_cost
    if expected is not None:
        # The other strides carry their own labels, so this frame's label counts for less.
        emission *= 0.25
        for i, s in enumerate(sign):
            emission[:, i] += TEMPLATE_COST * _length(s * difference - expected)
    # State = signs of two successive frames, so that the cost can be an acceleration.
    step = np.zeros((n, 2, 2, 2))
    for a, b, c in np.ndindex(2, 2, 2):
        step[2:, a, b, c] = _length(
            sign[c] * difference[2:] - 2 * sign[b] * difference[1:-1] + sign[a] * difference[:-2]
        )
    forward, backward = np.zeros((n, 2, 2)), np.zeros((n, 2, 2))
    forward[1] = emission[0][:, None] + emission[1][None, :]
    for a, b in np.ndindex(2, 2):
        forward[1, a, b] += _length(sign[b] * difference[1:2] - sign[a] * difference[:1])[0]
    for t in range(2, n):
        forward[t] = (forward[t - 1][:, :, None] + step[t]).min(axis=0) + emission[t]
    for t in range(n - 2, 0, -1):
        backward[t] = (step[t + 1] + emission[t + 1] + backward[t + 1]).min(axis=2)
    total = forward + backward
    best = total.min(axis=1)
    best[0] = total[1].min(axis=1)
    return best.argmin(axis=1).astype(bool), np.abs(best[:, 0] - best[:, 1])


def _length(vectors: Float) -> Float:
    """Norm over the points that are there; 0 (no evidence) where none is; never above the cap."""
    present = np.isfinite(vectors)
    norm = np.sqrt((np.where(present, vectors, 0.0) ** 2).sum(axis=1))
    return np.asarray(np.minimum(norm, SATURATION))


def stride_period_frames(signed: Float, fps_hz: float) -> tuple[float, float]:
    """Stride period of a left-minus-right signal.

    Parameters
    ----------
    signed : Float
        (T, D) left minus right of any leg coordinates.
    fps_hz : float
        Frames per second.

    Returns
    -------
    period : float
        Frames per stride; NaN if the video is shorter than two strides.
    periodicity : float
        0 to 1: half the autocorrelation at one period minus that at half a period, where the legs
        have changed places. Taking the difference keeps the search from choosing two strides.
    """
    x = np.nan_to_num(signed - np.nanmean(signed, axis=0))
    longest = min(int(1.6 * fps_hz) + 2, len(x) // 2)
    shortest = max(2, int(0.45 * fps_hz))
    if longest - shortest < 3:
        return float("nan"), 0.0
    n = len(x)
    products = sum(correlate(column, column, method="fft") for column in x.T)
    power = np.concatenate([[0.0], np.cumsum((x**2).sum(axis=1))])
    k = np.arange(longest + 1)
    norm = np.sqrt(power[n - k] * np.maximum(power[n] - power[k], 0.0))
    r = np.divide(products[n - 1 + k], norm, out=np.zeros(len(k)), where=norm > 0)
    lags = np.arange(shortest, longest)
    score = (r[lags] - np.interp(lags / 2, np.arange(len(r)), r)) / 2
    best = int(score.argmax())
    offset = 0.0
    if 0 < best < len(lags) - 1:
        offset = float(vertex(*score[best - 1 : best + 2]))
    return float(lags[best] + offset), min(float(score[best]), 1.0)  # but for rounding


def evenly(time: Float, values: Float, fps_hz: float) -> Float:
    """A series as a video without dropped frames would have it.

    Parameters
    ----------
    time : Float
        (T,) s.
    values : Float
        (T, D) series, NaN where missing.
    fps_hz : float
        Of the even series.

    Returns
    -------
    Float
        (N, D) values 1 / `fps_hz` apart, linearly interpolated; NaN where a column has none, or
        for longer than `LINE_S`.
    """
    frames = np.arange(time[0], time[-1] + 0.5 / fps_hz, 1 / fps_hz)
    out = np.full((len(frames), values.shape[1]), np.nan)
    for column, series in zip(out.T, values.T, strict=True):
        good = np.isfinite(series)
        if good.any():
            column[:] = np.interp(frames, time[good], series[good])
            column[~known_between(time[good], frames, LINE_S)] = np.nan
    return out


def known_between(time: Float, at_s: Float, longest_s: float = HOLE_S) -> NDArray[np.bool_]:
    """Whether (N,) times lie in no long hole between frames.

    Parameters
    ----------
    time : Float
        (T,) s, of the frames in which something is known.
    at_s : Float
        (N,) s, any times.
    longest_s : float
        How much longer than usual two frames may be apart, s.
    """
    if len(time) < 2:
        return np.ones(len(at_s), bool)
    apart_s = np.diff(time)
    after = np.searchsorted(time, at_s, side="right").clip(1, len(time) - 1)
    return np.asarray(apart_s[after - 1] - np.median(apart_s) <= longest_s)


def facing(track: PoseTrack) -> Float:
    """Which way the feet point in the image.

    Heel to toe over both feet, smoothed over half a second: a foot in early swing points down.

    Parameters
    ----------
    track : PoseTrack
        Any track; exchanged legs do not matter.

    Returns
    -------
    Float
        (T,) +1 to the right, -1 to the left, NaN where no feet are seen.
    """
    feet = [
        track[f"{s}_foot_index"][:, 0] - track[f"{s}_heel"][:, 0]
        for s in SIDES
        if track.has(f"{s}_foot_index", f"{s}_heel")
    ]
    if not feet:
        return np.where(np.isfinite(track.xy[..., 0]).any(axis=1), 1.0, np.nan)
    length = np.sum(feet, axis=0)
    half = max(1, min(round(0.25 * track.fps_hz), (len(track) - 1) // 2))
    kernel = np.ones(2 * half + 1)
    total = np.convolve(np.nan_to_num(length), kernel, mode="same")
    return np.where(np.isfinite(length), np.sign(total), np.nan)


def _other_strides(signed: Float, period: float) -> Float:
    """What the neighbouring strides say each frame should look like, (T, D); NaN where none."""
    mean, spread = np.nanmean(signed, axis=0), np.nanstd(signed, axis=0)
    # From the side the legs change places every half stride; from behind they never do.
    antisymmetric = np.linalg.norm(mean) < 0.5 * np.linalg.norm(spread)
    halves = range(-4, 5) if antisymmetric else range(-4, 5, 2)
    around = [shifted(signed, h * period / 2) * (-1) ** h for h in halves if h != 0]
    return nanmedian(np.stack(around))


def shifted(values: Float, frames: float) -> Float:
    """Values some frames later.

    Parameters
    ----------
    values : Float
        (T, D) series.
    frames : float
        How much later; may be a fraction or negative.

    Returns
    -------
    Float
        (T, D), linearly interpolated; NaN outside the video and beside gaps.
    """
    index = np.arange(len(values)) + frames
    low = np.clip(np.floor(index).astype(int), 0, len(values) - 2)
    weight = (index - low)[:, None]
    out = (1 - weight) * values[low] + weight * values[low + 1]
    out[(index < 0) | (index > len(values) - 1)] = np.nan
    return np.asarray(out)


def nanmedian(stack: Float) -> Float:
    """Median over the first axis, NaN where there is nothing."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "All-NaN slice", RuntimeWarning)
        return np.asarray(np.nanmedian(stack, axis=0))
