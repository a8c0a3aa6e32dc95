"""The one segment of a video that shows one person without a break.

Videos come cut, with black or frozen pictures between, and a pose model may go over to somebody
else from one frame to the next. Whatever lies across such a break would be measured wrongly, so one
segment is kept, the one with most steady running, and what was left out is said.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gait.analysis.cleaning.leg_swaps import stride_period_frames
from gait.pose.person_tracking import boxes_of, chosen_of
from gait.types import SIDES, Float, PoseError, PoseTrack

CUT_LEVELS: Final = 6.0  # grey levels of mean change; a runner close to the camera gives 3
CUT_RATIO: Final = 6.0  # to the usual change around; a runner gives up to 2, cuts 25 and more
AROUND_S: Final = 1.0
PASSING_S: Final = 0.25  # cuts closer than that are none: somebody passes close to the camera
BLACK: Final = 12.0  # mean grey level
FROZEN: Final = 0.1  # of the usual change; compression alone moves less
FROZEN_S: Final = 0.2  # a video may hold every picture twice, but not for so long
AT_ONCE: Final = 0.5  # of the usual change beside a held picture; who leaves does so by and by
PERIODIC: Final = 0.4  # half the autocorrelation of the legs over a stride: above it, it is gait

# Lengths in trunk plus leg.
BODY_OF_TRUNK: Final = 2.5  # a leg is half as long again as a trunk (1.4 to 1.6 on 24 tracks)
LEAP: Final = 0.35  # between two frames: ten times what a runner does at 30 fps
LEAP_S: Final = 0.25
RESIZED: Final = 1.35
PASSES: Final = 0.25  # share of the runner's time for which a passer-by is there at most
GLITCH_S: Final = 0.1  # shorter absences of the runner are not worth words


def one_segment(track: PoseTrack) -> tuple[PoseTrack, tuple[str, ...]]:
    """Keep the one segment of a track that can be analysed.

    Parameters
    ----------
    track : PoseTrack
        Raw track; without `SceneSignals` cuts are not known.

    Returns
    -------
    PoseTrack
        The same frames; keypoints outside the segment, and those of somebody else, are NaN.
    tuple of str
        What was left out, in sentences; empty if nothing was.

    Raises
    ------
    PoseError
        If all of the video is black.
    """
    breaks = _breaks(track)
    limits = []
    if breaks:
        segments = _between(breaks, len(track))
        if not segments:
            raise PoseError(
                "All of the video is black: nobody can be seen.",
                "Play it, and film again in good light.",
            )
        start, stop = _best(track, segments)
        told = ", ".join(text for _, _, text in breaks)
        limits.append(
            f"The video has more than one segment ({told}): only {track.time[start]:.1f} to "
            f"{track.time[stop - 1]:.1f} s were analysed."
        )
        inside = np.zeros(len(track), bool)
        inside[start:stop] = True
        track = only(track, inside, f"segment from frame {start} to {stop - 1} kept: {told}")
    return _one_person(track, tuple(limits))


def several_people(track: PoseTrack) -> tuple[str, ...]:
    """Which of several people was analysed; empty if nobody else was there for long."""
    chosen, people = chosen_of(track), boxes_of(track)
    if chosen not in people:
        return ()
    seen = {number: int(np.isfinite(box[:, 0]).sum()) for number, box in people.items()}
    # Who passes by cannot be meant, and need not be told apart.
    lasting = [n for n, frames in seen.items() if frames >= PASSES * seen[chosen]]
    if len(lasting) < 2:
        return ()
    return (
        f"{len(lasting)} people are in the video; person {chosen}, counted from the left, was "
        "analysed. The picture of the people shows who is who.",
    )


def _one_person(track: PoseTrack, limits: tuple[str, ...]) -> tuple[PoseTrack, tuple[str, ...]]:
    """Without the frames in which the pose model went over to somebody else."""
    runs = _unbroken(track)
    if len(runs) < 2:
        return track, limits
    place, size = _place_and_size(track)
    longest = max(runs, key=lambda run: track.time[run[-1]] - track.time[run[0]])
    kept = [longest]
    for run in sorted(runs, key=lambda run: abs(int(run[0]) - int(longest[0]))):
        if run is longest:
            continue
        nearest = min(kept, key=lambda k: min(abs(k[0] - run[-1]), abs(run[0] - k[-1])))
        a, b = (nearest[-1], run[0]) if nearest[-1] < run[0] else (run[-1], nearest[0])
        if not _leaps(place[a], place[b], size[a], size[b]):
            kept.append(run)
    inside = np.zeros(len(track), bool)
    for run in kept:
        inside[run] = True
    left_out = np.isfinite(size) & ~inside
    if not left_out.any():
        return track, limits
    track = only(track, inside, f"{left_out.sum()} frames of somebody else left out")
    lost_s = left_out.sum() / track.fps_hz
    if lost_s >= GLITCH_S:
        seen = track.time[left_out]
        limits = (
            *limits,
            f"From {seen[0]:.1f} to {seen[-1]:.1f} s the pose model followed somebody else, or "
            f"lost the runner: {lost_s:.1f} s were left out.",
        )
    return track, limits


def _breaks(track: PoseTrack) -> list[tuple[int, int, str]]:
    """(first frame, frame after the last, words) of everything that ends a segment, in order.

    A cut has no length: the segment after it begins at its frame.
    """
    scene = track.signals.scene
    if scene is None:
        return []
    change, brightness = scene.picture_change, scene.brightness
    black = lasting(np.nan_to_num(brightness, nan=255.0) < BLACK, 1)
    usual = _usual(np.where(brightness < BLACK, np.nan, change), track)
    lively = change[np.isfinite(change) & (brightness >= BLACK)]
    # Of the whole video: a long stop would become what is usual around it.
    moving = float(np.percentile(lively, 75)) if len(lively) else 0.0
    still = np.nan_to_num(change, nan=np.inf) < FROZEN * moving
    still = _closed(still & (brightness >= BLACK))
    frozen = [
        (a, b)
        for a, b in lasting(still, max(2, round(FROZEN_S * track.fps_hz)))
        if _held(change, a, b, AT_ONCE * moving)
    ]
    cut = np.nan_to_num(change) > np.maximum(CUT_LEVELS, CUT_RATIO * usual)
    cut[:1] = False
    found = [(a, b, f"black from {_at(track, a)} to {_at(track, b)} s") for a, b in black]
    found += [(a, b, f"frozen from {_at(track, a)} to {_at(track, b)} s") for a, b in frozen]
    taken = np.zeros(len(track) + 1, bool)
    for a, b, _ in found:
        taken[a : b + 1] = True
    found += _cuts(track, np.flatnonzero(cut & ~taken[:-1]))
    return sorted(found)


def _cuts(track: PoseTrack, at: NDArray[np.intp]) -> list[tuple[int, int, str]]:
    """Single cuts, and the times in which the picture changes as much in frame after frame."""
    found = []
    for group in np.split(at, np.flatnonzero(np.diff(track.time[at]) > PASSING_S) + 1):
        if len(group) == 1:
            found.append((int(group[0]), int(group[0]), f"cut at {_at(track, group[0])} s"))
        elif len(group):
            a, b = int(group[0]), int(group[-1])
            text = f"something large passes, or cuts follow each other, from {_at(track, a)} to"
            found.append((a, b, f"{text} {_at(track, b)} s"))
    return found


def _held(change: Float, start: int, stop: int, least: float) -> bool:
    """Whether the video stops and goes on at once, unlike one in which nobody is there any more."""
    beside = (change[max(1, start - 2) : start], change[stop : stop + 2])
    return all(np.nan_to_num(part).max() > least for part in beside if len(part))


def _at(track: PoseTrack, index: int | np.intp) -> str:
    return f"{track.time[min(index, len(track) - 1)]:.1f}"


def _usual(change: Float, track: PoseTrack) -> Float:
    """(T,) median of a series over the time around each frame."""
    half = max(2, round(AROUND_S * track.fps_hz))
    out = np.zeros(len(change))
    for first in range(0, len(change), half):
        near = change[max(0, first - half) : first + 2 * half]
        known = near[np.isfinite(near)]
        out[first : first + half] = np.median(known) if len(known) else 0.0
    return out


def _closed(flags: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """With single False frames between runs of True filled: a key frame is coded anew.

    One True alone is no run: a video may hold every picture twice.
    """
    out = np.zeros_like(flags)
    for a, b in lasting(flags, 3):
        out[a:b] = True
    out[1:-1] |= out[:-2] & out[2:]
    return out


def lasting(flags: NDArray[np.bool_], shortest: int) -> list[tuple[int, int]]:
    """(first, after the last) of runs of True that are long enough."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(int), [0]]))).tolist()
    return [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a >= shortest]


def _between(breaks: list[tuple[int, int, str]], n: int) -> list[tuple[int, int]]:
    starts = [0, *(b for _, b, _ in breaks)]
    stops = [*(a for a, _, _ in breaks), n]
    return [(a, b) for a, b in zip(starts, stops, strict=True) if b > a]


def _best(track: PoseTrack, segments: list[tuple[int, int]]) -> tuple[int, int]:
    """The segment with the longest steady gait or, where there is none, most of a person."""

    def worth(segment: tuple[int, int]) -> tuple[bool, float]:
        part = slice(*segment)
        seen = np.isfinite(track.xy[part]).any(axis=(1, 2)).sum() / track.fps_hz
        if not track.has("left_ankle", "right_ankle") or seen < 2 * GLITCH_S:
            return False, float(seen)
        apart = track["left_ankle"][part] - track["right_ankle"][part]
        _, periodicity = stride_period_frames(apart, track.fps_hz)
        return periodicity > PERIODIC, float(seen)

    return max(segments, key=worth)


def only(track: PoseTrack, inside: NDArray[np.bool_], step: str) -> PoseTrack:
    """The track of all frames with a person in some of them.

    Parameters
    ----------
    track : PoseTrack
        Raw track.
    inside : array of bool
        (T,) frames whose keypoints are kept; those of the others become NaN.
    step : str
        Line for the notebook of the track.
    """
    xy, score = track.xy.copy(), track.score.copy()
    xy[~inside], score[~inside] = np.nan, 0.0
    return track.with_(xy=xy, score=score, step=step)


def _place_and_size(track: PoseTrack) -> tuple[Float, Float]:
    """(T, 2) middle of the trunk and (T,) trunk plus leg as the trunk tells it, px; NaN if unknown.

    The trunk is what a pose model is sure of. Legs behind a post, or below the picture, are drawn
    half as long from one frame to the next, and that is not somebody else.
    """
    n = len(track)
    needed = [f"{side}_{point}" for side in SIDES for point in ("shoulder", "hip")]
    if not track.has(*needed):
        return np.full((n, 2), np.nan), np.full(n, np.nan)
    shoulders, hips = (
        (track[f"left_{point}"] + track[f"right_{point}"]) / 2 for point in ("shoulder", "hip")
    )
    trunk = np.linalg.norm(shoulders - hips, axis=1)
    return (shoulders + hips) / 2, BODY_OF_TRUNK * np.where(trunk > 0, trunk, np.nan)


def _leaps(here: Float, there: Float, size_here: float, size_there: float) -> bool:
    size = max(size_here, size_there)
    far = float(np.linalg.norm(there - here)) > LEAP * size
    return far or size > RESIZED * min(size_here, size_there)


def _unbroken(track: PoseTrack) -> list[NDArray[np.intp]]:
    """Frames between which the person neither leaps nor changes size at once."""
    place, size = _place_and_size(track)
    seen = np.flatnonzero(np.isfinite(size))
    if not len(seen):
        return []
    ends = [
        i + 1
        for i, (a, b) in enumerate(pairwise(seen.tolist()))
        if track.time[b] - track.time[a] <= LEAP_S and _leaps(place[a], place[b], size[a], size[b])
    ]
    return np.split(seen, ends)
