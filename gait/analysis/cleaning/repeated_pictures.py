"""How many pictures a second a video shows, whatever number of frames its file holds.

Editors, messengers and screen recorders store a video of 30 frames per second as one of 60, every
picture twice, or one of 24 as 30 or 60. A moment is known as well as pictures are close to each
other, not frames: so frames that show the picture before once more are left out, and everything
that follows sees the rate of the pictures.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import percentile_filter

from gait.analysis.cleaning.segments import FROZEN_S, lasting
from gait.types import Float, PoseTrack

Flags = NDArray[np.bool_]

# Of what changes between new pictures around. Copies coded anew change by 0.00 to 0.02 of it, at
# most 0.35 where the encoder starts afresh; a runner's own pictures by 0.3 and more.
SAME: Final = 0.12
NEARLY_SAME: Final = 0.4
AROUND_FRAMES: Final = 12
"""To either side, at least; of a video with every picture eight times, three are new among them."""
AROUND_S: Final = 1.5 * FROZEN_S
"""To either side, at least: so far into a still it is compared with what moved before."""
NEW: Final = 90.0
"""Percentile of changes around a frame that new pictures make, were there only one in eight."""
STILL_LEVELS: Final = 0.15
"""Grey levels: where new pictures change by less, nobody is seen to move.

Empty rooms change by 0.02 to 0.1, small runners by 0.3 and more."""
STILL_LEGS: Final = 0.004
"""Leg lengths by which keypoints move between pictures of somebody who moves at all."""
ENOUGH_POINTS: Final = 8
"""Keypoints without which a body that stays where it was may be one that is not found."""
LONGER: Final = 3.0
"""Times as long as others a picture is shown before it is a still: of that, segments know."""
FEWEST: Final = 5
"""Pictures shown more than once that show how long that usually is."""
EVEN_FRAMES: Final = 0.75
"""By which a file of another rate puts pictures off their time; 24 in 30 by 0.4."""
EVEN_PICTURES: Final = 8
"""To either side, that show whether pictures were taken evenly."""
SOME: Final = 0.05
"""Share of frames that are repeated before anybody has to know."""
EVERY_SO_OFTEN: Final = 0.1
"""Share of frames from which repeating is a matter of rates, and not of single hitches."""


def new_pictures(track: PoseTrack) -> Flags:
    """(T,) False for frames that show the picture before once more.

    How much the picture of a raw track changes and the keypoints are looked at, each where it is
    known.
    """
    if len(track) < 2 * AROUND_FRAMES:
        return np.ones(len(track), bool)
    usual_way, longest_way = _moved_legs(track)
    around = max(AROUND_FRAMES, round(AROUND_S * track.fps_hz))
    scene = track.signals.scene
    change = np.full(len(track), np.nan) if scene is None else scene.picture_change
    picture = _relative(change, STILL_LEVELS, around)
    body = _relative(usual_way, STILL_LEGS, around)
    repeated = (picture < SAME) & (body < NEARLY_SAME) | (body < SAME) & (picture < NEARLY_SAME)
    if np.isnan(body).all():  # else, where nobody is seen, it does not matter
        repeated = picture < SAME
    # Where the picture does not tell: the same picture gives the same points.
    repeated |= np.isnan(picture) & (body < SAME) & (longest_way < STILL_LEGS)
    repeated[0] = False
    return np.asarray(~repeated | _stills(repeated, track.fps_hz))


def as_pictured(track: PoseTrack) -> tuple[PoseTrack, tuple[str, ...]]:
    """A raw track with one frame for each picture that the video shows.

    Returns
    -------
    PoseTrack
        Without repeated pictures. Where these follow from a rate that the file does not have (24
        in 60), the others stand as evenly apart as they were taken.
    tuple of str
        What the user has to know about it; empty if hardly a picture is repeated.
    """
    new = new_pictures(track)
    n_repeated = int(np.count_nonzero(~new))
    if not n_repeated:
        return track, ()
    time = track.time[new]
    if n_repeated >= EVERY_SO_OFTEN * len(track):
        time = _evenly(time, 1 / track.fps_hz)
    step = f"{n_repeated} frames left out that repeat the picture before"
    pictured = track.rows(new, time).with_(step=step)
    if n_repeated < SOME * len(track):
        return pictured, ()
    rate_hz = (len(time) - 1) / (time[-1] - time[0])
    return pictured, (
        f"The file has {track.fps_hz:.0f} frames per second, but only about {rate_hz:.0f} of them "
        "are new pictures: times are as sure as that allows. Use the file as the camera made it.",
    )


def every_frame(pictured: PoseTrack, track: PoseTrack) -> PoseTrack:
    """What was made of a track of pictures, for every frame of the raw track they came from."""
    if len(pictured) == len(track):
        return pictured.with_(time=track.time)
    row = np.cumsum(new_pictures(track)) - 1
    return pictured.rows(row, track.time)


def _moved_legs(track: PoseTrack) -> tuple[Float, Float]:
    """(T,) median and longest way of keypoints from the frame before, leg lengths."""
    usual, longest = np.full((2, len(track)), np.nan)
    way = np.linalg.norm(np.diff(track.xy, axis=0), axis=2) / track.leg_px
    enough = np.isfinite(way).sum(axis=1) >= min(ENOUGH_POINTS, len(track.names))
    enough &= np.isfinite(way).any(axis=1)
    if enough.any():
        usual[1:][enough] = np.nanmedian(way[enough], axis=1)
        longest[1:][enough] = np.nanmax(way[enough], axis=1)
    return usual, longest


def _relative(change: Float, least: float, around: int) -> Float:
    """(T,) change in shares of what is usual between new pictures; NaN where nothing changes."""
    known = np.isfinite(change)
    if not known.any():
        return change
    filled = np.interp(np.arange(len(change)), np.flatnonzero(known), change[known])
    usual = percentile_filter(filled, NEW, 2 * around + 1, mode="reflect")
    return np.where(known & (usual > least), change / np.maximum(usual, least), np.nan)


def _stills(repeated: Flags, fps_hz: float) -> Flags:
    """Repeated frames of a picture that stands much longer than others."""
    runs = lasting(repeated, 1)
    usual = float(np.median(np.diff(runs))) if len(runs) >= FEWEST else 0.0
    out = np.zeros(len(repeated), bool)
    for start, stop in runs:
        out[start:stop] = stop - start >= max(2, round(FROZEN_S * fps_hz), LONGER * usual)
    return out


def _evenly(time: Float, frame_s: float) -> Float:
    """Times of pictures that a steady camera took and a file of another rate rounded.

    Where pictures around do not stand evenly up to that rounding, times stay as they are.
    """
    count = np.arange(len(time))
    out = time.copy()
    for around in (EVEN_PICTURES, len(time)):  # the longest that is even tells best
        for first in range(0, len(time), around):
            part = slice(first, first + around)
            near = slice(max(0, first - EVEN_PICTURES), first + around + EVEN_PICTURES)
            line = np.polyfit(count[near] - first, time[near], 1)
            if np.abs(np.polyval(line, count[near] - first) - time[near]).max() <= (
                EVEN_FRAMES * frame_s
            ):
                out[part] = np.polyval(line, count[part] - first)
    return out if (np.diff(out) > 0.2 * frame_s).all() else time
