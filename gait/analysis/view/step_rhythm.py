"""The rhythm of steps in a raw track, whatever speed the video plays at.

Nothing here knows seconds of life: lengths are in leg lengths, times in those of the video. Left
and right do not matter either, so that legs exchanged by the pose model do no harm.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gait.analysis.cleaning.leg_swaps import evenly, stride_period_frames
from gait.types import Float, PoseTrack

# `stride_period_frames` looks for strides of 0.45 to 1.6 s: so it has to be told that the video
# plays this many times slower. Each covers a factor of 3.5, all together 0.05 to 130 s.
PLAYED_SLOWER = (0.12, 0.35, 1.0, 3.0, 9.0, 27.0, 81.0)
# Three and five strides repeat as well as one: the shortest time that is nearly as good is meant.
NEARLY_AS_GOOD = 0.85
PERIODIC = 0.3  # below, the feet show no rhythm
WINDOW_STEPS = 4
FEWEST_STEPS = 1.9  # with fewer, drift cannot be told from a wave
FEWEST_FRAMES = 8
STEPPING = 0.5  # of the usual swing of the feet: in windows with less nobody walks or runs


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What of walking or running is seen without a clock."""

    step_s: float
    """Usual time of a step in seconds of the video."""
    rise: float
    """Rise and fall of the trunk with every step, peak to peak of its sine wave, leg lengths."""
    phase_rad: float
    """By how much this wave is ahead of that of the height of one foot above the other: a runner is
    lowest, a walker highest, when the feet pass each other."""


def rhythm(track: PoseTrack) -> Rhythm | None:
    """The rhythm of steps; None where none is seen. Frames may be missing or unevenly spaced."""
    series, fps_hz = legs_and_trunk(track), track.fps_hz
    if series is None:
        return None
    segments = _segments(series)
    found = [_stride(segment, fps_hz) for segment in segments]
    clearest = int(np.argmax([periodicity for _, periodicity in found]))
    step_frames, segment = found[clearest][0] / 2, segments[clearest]
    if found[clearest][1] < PERIODIC:
        return None
    return rhythm_of(segment, step_frames, fps_hz)


def legs_and_trunk(track: PoseTrack) -> Float | None:
    """What shows the rhythm: a series over evenly spaced frames.

    Parameters
    ----------
    track : PoseTrack
        Raw or cleaned track; frames may be missing or unevenly spaced.

    Returns
    -------
    Float or None
        (N, 3) left minus right ankle (x, y) and height of the trunk downwards in leg lengths,
        1 / `track.fps_hz` apart; None where the track does not have them.
    """
    points = [f"{side}_{point}" for point in ("hip", "ankle") for side in ("left", "right")]
    leg_px = track.leg_px
    if not track.has(*points) or not np.isfinite(leg_px) or len(track) < 4:
        return None
    # A pose model flattens the movement of the hips more than that of the shoulders.
    trunk = "shoulder" if track.has("left_shoulder", "right_shoulder") else "hip"
    legs = track["left_ankle"] - track["right_ankle"]
    depth = (track[f"left_{trunk}"] + track[f"right_{trunk}"])[:, 1:] / 2
    series = evenly(track.time, np.hstack([legs, depth]), track.fps_hz) / leg_px
    known = np.isfinite(series)
    if not known.any(axis=0).all():
        return None
    along = np.arange(len(series))
    for column, seen in zip(series.T, known.T, strict=True):
        column[~seen] = np.interp(along[~seen], along[seen], column[seen])
    # Where nobody is seen for long, legs do not step; the trunk goes on as it did.
    usual = [column[seen].mean() for column, seen in zip(series.T, known.T, strict=True)]
    series[:, :2] = np.where(known[:, :2], series[:, :2], usual[:2])
    return series


def rhythm_of(series: Float, step_frames: float, fps_hz: float) -> Rhythm | None:
    """The rhythm of a part whose steps are known; None if it is too short.

    Parameters
    ----------
    series : Float
        (N, 3) as `legs_and_trunk` gives it.
    step_frames : float
        Frames per step.
    fps_hz : float
        Frames per second.
    """
    body, feet = (_waves(x, step_frames) for x in (-series[:, 2], np.abs(series[:, 1])))
    if not body.size:
        return None
    stepping = np.abs(feet) >= STEPPING * np.quantile(np.abs(feet), 0.9)
    body, feet = body[stepping], feet[stepping]
    return Rhythm(
        step_s=step_frames / fps_hz,
        rise=float(np.median(np.abs(body))),
        phase_rad=float(np.angle(np.sum(body * feet.conj()))),
    )


def _segments(series: Float) -> list[Float]:
    """The whole video, and halves of it: who walks first and then runs has one rhythm in a half."""
    n = len(series)
    return [series, *(series[first : first + n // 2] for first in (0, n // 4, n - n // 2))]


def _stride(series: Float, fps_hz: float) -> tuple[float, float]:
    """Frames per stride and periodicity, by the two columns of where the feet are."""
    found = [stride_period_frames(series[:, :2], fps_hz * slower) for slower in PLAYED_SLOWER]
    enough = NEARLY_AS_GOOD * max(periodicity for _, periodicity in found)
    return next((frames, p) for frames, p in found if p >= enough)


def _waves(values: Float, step_frames: float) -> NDArray[np.complex128]:
    """Complex peak-to-peak amplitude at the step frequency in windows of a few steps.

    Windows are half as many steps apart, and drift within them is taken out.
    """
    n = min(round(WINDOW_STEPS * step_frames), len(values))
    if n < max(FEWEST_STEPS * step_frames, FEWEST_FRAMES):
        return np.empty(0, dtype=complex)
    along = np.arange(n)
    weight = np.hanning(n) / np.hanning(n).sum()
    wave = np.exp(-2j * np.pi * along / step_frames)
    found = []
    for start in range(0, len(values) - n + 1, max(1, n // 2)):
        segment = values[start : start + n]
        segment = segment - np.polyval(np.polyfit(along, segment, 1), along)
        found.append(4 * np.sum(weight * segment * wave))
    return np.array(found)
