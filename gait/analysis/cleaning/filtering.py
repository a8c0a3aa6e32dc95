"""From raw keypoints to a track that events and angles can be read from.

Steps that each add a line to `PoseTrack.steps`: exchanged legs are put right, outliers are removed,
short gaps are filled, the near knee is carried across the passing of the other one if its motion
was measured in the picture, and what remains is low-passed without delay.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator
from scipy.signal import butter, filtfilt

from gait.analysis.cleaning.knee_fusion import bridge
from gait.analysis.cleaning.leg_swaps import nanmedian, repair_sides, shifted, stride_period_frames
from gait.analysis.cleaning.segments import lasting
from gait.analysis.cleaning.silhouette_fit import put_on_outline
from gait.analysis.cleaning.view_plane import repair_body
from gait.skeleton import LEG
from gait.types import EXACT, SIDES, Float, PoseTrack

# All lengths below are fractions of the leg (thigh + shank), so they hold at any image size.
OUTLIER = 0.12  # distance from the expected place beyond which a point is dropped
DOUBTED = 0.6  # share of that distance from which a point is believed less and less
FILL_S = 0.12  # longest gap that is filled
FINER = 4  # grid on which frames at uneven times are filtered
LONGEST_HOLE = 600  # frames; a video that stood still for longer is no video of one run
PERIODIC = 0.8  # correlation from one stride to the next that makes a video "periodic"


def clean(track: PoseTrack, cutoff_hz: float | None = None) -> PoseTrack:
    """Repair, fill and low-pass a raw track.

    Parameters
    ----------
    track : PoseTrack
        As it comes from a pose backend or a file.
    cutoff_hz : float, optional
        Cut-off of the low-pass; by default chosen by frame rate (`default_cutoff_hz`), or none if
        the track tells that it was done before (`DerivedSignals.low_passed`).

    Returns
    -------
    PoseTrack
        Same times and names; `PoseTrack.derived` tells what was found out on the way.
    """
    if not track.steps:
        track = track.with_(step=f"{EXACT}: exact, as markers are")
    if len(track) < 4:
        return track.with_(step="too short to clean")
    track, filmed = _with_holes(track)
    track = repair_body(track)
    track = repair_sides(track)
    track = put_on_outline(track)
    track = drop_outliers(track)
    track = fill_gaps(track)
    track = bridge(track)
    if cutoff_hz is None and track.derived.low_passed is not None:
        return track.with_(step="no low-pass: done before").rows(filmed)
    return lowpass(track, cutoff_hz or default_cutoff_hz(track.fps_hz)).rows(filmed)


def default_cutoff_hz(fps_hz: float) -> float:
    """Low-pass cut-off for a frame rate: 0.28 of it, within 8 to 13 Hz."""
    return float(np.clip(0.28 * fps_hz, 8.0, 13.0))


def _with_holes(track: PoseTrack) -> tuple[PoseTrack, NDArray[np.intp]]:
    """The track with a frame for each that the video has dropped, and where the others are.

    Strides are compared frame by frame, which needs frames that are evenly spaced. Short holes are
    bridged, because legs are told apart by how they go on from frame to frame.
    """
    intervals = np.diff(track.time)
    dropped = np.clip(np.round(intervals * track.fps_hz).astype(int) - 1, 0, LONGEST_HOLE)
    if not dropped.any():
        return track, np.arange(len(track))
    filmed = np.arange(len(track)) + np.concatenate([[0], np.cumsum(dropped)])
    n = int(filmed[-1]) + 1

    def spread(values: Float) -> Float:
        out = np.full((n, *values.shape[1:]), np.nan)
        out[filmed] = values
        return out

    along = np.arange(n)
    time = np.interp(along, filmed, track.time)
    xy = spread(track.xy).reshape(n, -1)
    before = np.searchsorted(filmed, along, side="right") - 1
    short = np.append(intervals - 1 / track.fps_hz, 0.0)[before] <= FILL_S
    new = short & ~np.isin(along, filmed)
    for column, known in zip(xy.T, track.xy.reshape(len(track), -1).T, strict=True):
        column[new] = np.interp(along[new], filmed, known)  # NaN beside a missing point
    return track.with_(
        time=time,
        xy=xy.reshape(n, *track.xy.shape[1:]),
        score=np.nan_to_num(spread(track.score)),
        signals=track.signals.each(spread),
        derived=track.derived.each(spread),
        step=f"{dropped.sum()} frames dropped by the video",
    ), filmed


# ------------------------------------------------------------------- outliers, gaps and low-pass


def drop_outliers(track: PoseTrack) -> PoseTrack:
    """Set leg points far from where their neighbours in time say they are to NaN, sides repaired.

    In a periodic video the neighbours are the same instants of the strides before and after, which
    also exposes runs of bad frames; otherwise they are the two frames on either side.
    """
    leg_px = track.leg_px
    names = [f"{s}_{p}" for s in SIDES for p in LEG if track.has(f"{s}_{p}")]
    if not names or not track.has("left_hip", "right_hip") or not np.isfinite(leg_px):
        return track
    columns = [track.index(n) for n in names]
    hips = (track["left_hip"] + track["right_hip"])[:, None] / 2
    relative = ((track.xy[:, columns] - hips) / leg_px).reshape(len(track), -1)
    period, periodicity = float("nan"), 0.0
    if track.has("left_ankle", "right_ankle"):
        legs = (track["left_ankle"] - track["right_ankle"]) / leg_px
        period, periodicity = stride_period_frames(legs, track.fps_hz)
    expected = _between_neighbours(relative)
    if periodicity > PERIODIC:
        strides = nanmedian(np.stack([shifted(relative, k * period) for k in (-2, -1, 1, 2)]))
        expected = np.where(np.isfinite(strides), strides, expected)
    distance = np.linalg.norm((relative - expected).reshape(len(track), -1, 2), axis=2)
    # A runner who drifts or changes pace moves all strides apart: judge against that spread.
    usual = np.nanmedian(distance, axis=0) if np.isfinite(distance).any() else np.zeros(len(names))
    far = distance / np.maximum(OUTLIER, 5 * usual)
    xy = track.xy.copy()
    for column, off in zip(columns, far.T, strict=True):
        xy[:, column] = _believed(track.time, xy[:, column], off)
    return track.with_(xy=xy, step=f"outliers: {(far > 1).sum()} leg points removed")


def _believed(time: Float, xy: Float, far: Float) -> Float:
    """A point over time without outliers; what is nearly one is drawn to its neighbours.

    A limit alone would let the last tenth of a pixel decide whether a point stays or moves by a
    tenth of the leg, and an event with it.

    Parameters
    ----------
    time : Float
        (T,) s.
    xy : Float
        (T, 2) px.
    far : Float
        (T,) distance from the expected place, in that of an outlier; NaN if that is not known.
    """
    share = np.clip((1 - far) / (1 - DOUBTED), 0, 1)
    share[np.isnan(far)] = 1  # nothing is known against it
    sure = np.isfinite(xy).all(axis=1) & (share == 1)
    out = np.where((far > 1)[:, None], np.nan, xy)
    doubted = np.flatnonzero((share > 0) & (share < 1))
    if sure.sum() < 4 or not doubted.size:
        return out
    between = PchipInterpolator(time[sure], xy[sure], extrapolate=False)(time[doubted])
    drawn = share[doubted, None] * xy[doubted] + (1 - share[doubted, None]) * between
    out[doubted] = np.where(np.isfinite(drawn), drawn, xy[doubted])
    return out


def _between_neighbours(values: Float) -> Float:
    """Cubic interpolation of every frame from the two before and the two after it."""
    out = np.full_like(values, np.nan)
    out[2:-2] = (4 * (values[1:-3] + values[3:-1]) - values[:-4] - values[4:]) / 6
    return out


def fill_gaps(track: PoseTrack) -> PoseTrack:
    """Fill gaps of up to `FILL_S` by monotone cubic interpolation; longer ones stay missing."""
    xy = track.xy.copy()
    filled = left = 0
    for k in range(xy.shape[1]):
        good = np.isfinite(xy[:, k]).all(axis=1)
        if good.sum() < 4 or good.all():
            left += int((~good).sum())
            continue
        index = np.flatnonzero(good)
        curve = PchipInterpolator(track.time[index], xy[index, k])
        for before, after in pairwise(index.tolist()):
            if after - before < 2:
                continue
            inside = slice(before + 1, after)
            frame_s = (track.time[after] - track.time[before]) / (after - before)
            if track.time[after] - track.time[before] - frame_s <= FILL_S:
                xy[inside, k] = curve(track.time[inside])
                filled += after - before - 1
        left += int((~np.isfinite(xy[:, k]).all(axis=1)).sum())
    return track.with_(xy=xy, step=f"gaps: {filled} points filled, {left} left missing")


def lowpass(track: PoseTrack, cutoff_hz: float) -> PoseTrack:
    """Zero-lag 2nd-order Butterworth low-pass (forward and backward, cut-off corrected for both).

    Parameters
    ----------
    track : PoseTrack
        Track; every unbroken run of frames is filtered by itself.
    cutoff_hz : float
        Frequency of half power, Hz.

    Returns
    -------
    PoseTrack
        Filtered track. Irregular frame times are filtered on an even grid and read back at the
        original times.
    """
    if cutoff_hz >= 0.48 * track.fps_hz:
        step = f"no low-pass: {cutoff_hz:g} Hz is too close to {track.fps_hz:g} fps"
        return track.with_(step=step)
    xy = track.xy.copy()
    for k in range(xy.shape[1]):
        good = np.asarray(np.isfinite(xy[:, k]).all(axis=1))
        for start, stop in lasting(good, 4):
            run = slice(start, stop)
            xy[run, k] = _filter(track.time[run], xy[run, k], track.fps_hz, cutoff_hz)
    return track.with_(xy=xy, step=f"low-pass {cutoff_hz:g} Hz, zero lag")


def _filter(time: Float, values: Float, fps_hz: float, cutoff_hz: float) -> Float:
    even = np.arange(time[0], time[-1] + 0.5 / fps_hz, 1 / fps_hz)
    regular = len(even) == len(time) and np.abs(even - time).max() < 0.02 / fps_hz
    if not regular:  # a line from frame to frame would be a low-pass of its own
        fps_hz *= FINER
        even = np.arange(time[0], time[-1] + 0.5 / fps_hz, 1 / fps_hz)
    x = values if regular else PchipInterpolator(time, values)(even.clip(max=time[-1]))
    # Two passes narrow the band: Winter's correction for a 2nd-order filter run twice, made where
    # the bilinear transform puts the frequency.
    normal = 2 / np.pi * np.arctan(np.tan(np.pi * cutoff_hz / fps_hz) / 0.802)
    b, a = butter(2, normal)
    y = np.asarray(filtfilt(b, a, x, axis=0, padlen=min(len(x) - 1, int(fps_hz / 2))))
    return y if regular else np.stack([np.interp(time, even, v) for v in y.T], axis=1)
