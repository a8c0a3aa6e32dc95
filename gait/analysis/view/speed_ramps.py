"""Videos that change their speed: ramps of phones and editors, found and kept out of the numbers.

Slow motion as phones export it begins and ends at normal speed. No single factor is right for all
of such a video. So the time of a step is followed through it; where that jumps and the movement
stays what it was, the clock jumped and not the runner. One stretch of even speed is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.fft import fft, ifft, next_fast_len

from gait.analysis.cleaning.segments import only
from gait.analysis.peaks import vertex
from gait.analysis.view.step_rhythm import Rhythm, legs_and_trunk, rhythm_of
from gait.types import Float, PoseError, PoseTrack

SHORTEST_STEP_S: Final = 0.15
LONGEST_STEP_S: Final = 12.0
"""Of a run at 960 frames per second, played at 30."""
PER_OCTAVE: Final = 12
CYCLES: Final = 0.65
"""SD of the window in strides: short enough to see a few steps of another speed."""
SAME: Final = 0.13
"""Logarithm by which the time of a step varies within one speed: wavelets are coarse."""
LEAST_RISE: Final = 0.035
"""Leg lengths: who walks rises by 0.046 and more. With less, legs were exchanged and not moved."""
SAME_RISE: Final = 0.35
SAME_PHASE: Final = np.radians(50)
"""By which what no clock changes varies within one gait. Who runs 1.35 times faster in truth rises
half as high, and walkers are lowest when runners are highest."""
JUMP: Final = np.log(1.35)
"""Runners speed up and slow down by less, but for starting and stopping."""
FEWEST_STEPS: Final = 2.0
"""That show a speed."""
FEW_STEPS: Final = 3.0
LEAST_FACTOR: Final = 1.9
"""A video without part of a step shows two steps that are up to 1.5 times quicker; ramps are of a
factor of 2 and more."""
CLEAR: Final = 0.4
"""Of the usual swing of the legs: with less, nobody walks or runs."""
BESIDE_STEPS: Final = 0.75
"""Kept clear of where the speed changes."""
LIKE_FASTEST: Final = 0.6
"""Of the steps of the longest part: a part at normal speed that is as long is kept instead."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a video in which steps take the same time."""

    start_s: float
    stop_s: float
    """`start_s` and `stop_s`: in the time of the video."""
    rhythm: Rhythm
    """Of its steps."""

    @property
    def steps(self) -> float:
        """How many steps it holds."""
        return (self.stop_s - self.start_s) / self.rhythm.step_s


@dataclass(frozen=True, slots=True)
class Ramp:
    """A video of several speeds, and the part of it that is kept."""

    kept: Stretch
    """The part."""
    fastest_s: float
    slowest_s: float
    """`fastest_s` and `slowest_s`: time of a step where the video plays fastest and slowest."""
    limit: str
    """What the user has to know about it."""

    @property
    def slower(self) -> float:
        """How many times slower the kept part plays than the fastest."""
        return self.kept.rhythm.step_s / self.fastest_s

    @property
    def faster(self) -> float:
        """How many times faster the kept part plays than the slowest."""
        return self.slowest_s / self.kept.rhythm.step_s


def one_speed(track: PoseTrack) -> tuple[PoseTrack, Ramp | None]:
    """Keep the one stretch of a video that plays at one speed.

    Parameters
    ----------
    track : PoseTrack
        Raw track of one segment.

    Returns
    -------
    PoseTrack
        The same frames; keypoints outside the stretch are NaN if the video changes its speed.
    Ramp or None
        None if it does not, or if the runner changes and not the video.

    Raises
    ------
    PoseError
        If no stretch is long enough.
    """
    found = stretches(track)
    if len(found) < 2:
        return track, None
    longest = max(found, key=lambda stretch: stretch.steps)
    alike = [s for s in found if s is longest or _same_gait(s.rhythm, longest.rhythm)]
    times_s = [s.rhythm.step_s for s in alike]
    if np.log(max(times_s) / min(times_s)) < JUMP:
        return track, None
    fast = [s for s in alike if np.log(s.rhythm.step_s / min(times_s)) < 2 * SAME]
    kept = max(fast, key=lambda stretch: stretch.steps)
    if kept.steps < LIKE_FASTEST * longest.steps:
        kept = longest
    start_s, stop_s = _clear_of_others(kept, track)
    if stop_s - start_s < FEWEST_STEPS * kept.rhythm.step_s:
        raise PoseError(
            "The video changes its speed, and no part of it plays at one speed for long enough.",
            "Film, or export, the run at one speed throughout.",
        )
    inside = (track.time >= start_s) & (track.time <= stop_s)
    limit = (
        f"The video changes its speed: parts of it play about {max(times_s) / min(times_s):.2g} "
        f"times slower than others. Only {start_s:.1f} to {stop_s:.1f} s were analysed. Film, or "
        "export, the run at one speed throughout."
    )
    step = f"one speed from {start_s:.2f} to {stop_s:.2f} s kept"
    ramp = Ramp(kept, min(times_s), max(times_s), limit)
    return only(track, inside, step), ramp


def clearest_rhythm(track: PoseTrack) -> Rhythm | None:
    """The rhythm of the longest stretch of steps: of two steps, where `rhythm` asks for four.

    The track is a raw one on the time base of the video.
    """
    found = [s for s in stretches(track) if s.rhythm.rise > LEAST_RISE]
    return max(found, key=lambda stretch: stretch.steps).rhythm if found else None


def _same_gait(one: Rhythm, other: Rhythm) -> bool:
    """Whether two rhythms are of one movement, by what no clock changes."""
    turned = np.angle(np.exp(1j * (one.phase_rad - other.phase_rad)))
    alike = abs(np.log(one.rise / other.rise)) < SAME_RISE and abs(turned) < SAME_PHASE
    return bool(alike)


def _clear_of_others(kept: Stretch, track: PoseTrack) -> tuple[float, float]:
    beside_s = BESIDE_STEPS * kept.rhythm.step_s
    first_s, last_s = float(track.time[0]), float(track.time[-1])
    start_s = kept.start_s + (beside_s if kept.start_s > first_s + beside_s else 0.0)
    stop_s = kept.stop_s - (beside_s if kept.stop_s < last_s - beside_s else 0.0)
    return start_s, stop_s


def stretches(track: PoseTrack) -> tuple[Stretch, ...]:
    """Parts of a raw track, in order, in which steps take the same time as the video plays.

    Neighbours of one speed are one stretch. A video that plays evenly, and shows somebody who runs
    evenly, has one; one without steps none.
    """
    series, fps_hz = legs_and_trunk(track), track.fps_hz
    if series is None or len(series) < FEWEST_STEPS * SHORTEST_STEP_S * fps_hz:
        return ()
    log_step, clear = _steps(series[:, :2], fps_hz)
    found: list[tuple[int, int]] = []
    left = clear.copy()
    while left.any():
        level = _usual(log_step[left])
        near = left & (np.abs(log_step - level) < SAME)
        if not near.any():
            break
        step_frames = np.exp(level) * fps_hz
        found += [
            (a, b)
            for a, b in _runs(near, round(step_frames / 2))
            if b - a >= FEWEST_STEPS * step_frames
        ]
        left &= np.abs(log_step - level) >= 2 * SAME
    out = []
    for first, last in sorted(found):
        part = np.median(log_step[first:last])
        seen = rhythm_of(series[first:last], float(np.exp(part)) * fps_hz, fps_hz)
        if seen is not None:
            start_s = float(track.time[0])
            out.append(Stretch(start_s + first / fps_hz, start_s + last / fps_hz, seen))
    cut = [_at_a_cut(*three) for three in zip(out, out[1:], out[2:], strict=False)]
    return tuple(s for s, left_out in zip(out, [False, *cut, False], strict=False) if not left_out)


def _at_a_cut(before: Stretch, between: Stretch, after: Stretch) -> bool:
    """Whether steps look quicker for a moment only because part of one was cut out there."""
    one = abs(np.log(after.rhythm.step_s / before.rhythm.step_s)) < SAME
    quicker = max(before.rhythm.step_s, after.rhythm.step_s) / between.rhythm.step_s
    return bool(one and between.steps < FEW_STEPS and 1 < quicker < LEAST_FACTOR)


def _steps(legs: Float, fps_hz: float) -> tuple[Float, NDArray[np.bool_]]:
    """(N,) log of the time of a step in s around every frame, and where legs swing.

    By wavelets: of waves of all lengths, the one that fits best around a frame.
    """
    longest_s = min(len(legs) / fps_hz / FEWEST_STEPS, LONGEST_STEP_S)
    n = max(2, round(PER_OCTAVE * np.log2(longest_s / SHORTEST_STEP_S)))
    scales = np.linspace(np.log(SHORTEST_STEP_S), np.log(longest_s), n)
    power = np.zeros((n, len(legs)))
    centred = (legs - legs.mean(axis=0)).T
    widths = CYCLES * 2 * np.exp(scales) * fps_hz
    padded = next_fast_len(len(legs) + 6 * int(widths.max()) + 2)
    spectra = fft(centred, padded)
    frames = np.arange(len(legs))
    for row, width in zip(power, widths, strict=True):
        half = int(3 * width)
        along = np.arange(-half, half + 1)
        weight = np.exp(-0.5 * (along / width) ** 2)
        wave = weight * np.exp(-2j * np.pi * CYCLES * along / width)
        fits = ifft(spectra * fft(wave, padded))[:, half : half + len(legs)]
        upto = np.concatenate([[0.0], np.cumsum(weight)])
        last = np.minimum(frames + half, 2 * half) + 1
        there = upto[last] - upto[np.maximum(frames + half - len(legs) + 1, 0)]
        row += (np.abs(fits / there) ** 2).sum(axis=0)  # at the ends is half of a wave
    best = power.argmax(axis=0)
    inner = np.clip(best, 1, n - 2)
    off = vertex(*(power[inner + k, frames] for k in (-1, 0, 1)))
    at = np.where(best == inner, inner + off, best)
    swing = np.sqrt(power.max(axis=0))
    return np.interp(at, np.arange(n), scales), swing > CLEAR * np.percentile(swing, 90)


def _usual(log_step: Float) -> float:
    """The commonest time of a step, counted in steps and not in seconds."""
    bins = np.arange(log_step.min() - SAME, log_step.max() + 2 * SAME, SAME / 4)
    counts, edges = np.histogram(log_step, bins, weights=np.exp(-log_step))
    smooth = np.convolve(counts, np.ones(5), "same")
    middle = (edges[:-1] + edges[1:]) / 2
    near = np.abs(log_step - middle[smooth.argmax()]) < SAME
    return float(np.median(log_step[near])) if near.any() else float(middle[smooth.argmax()])


def _runs(flags: NDArray[np.bool_], gap: int) -> list[tuple[int, int]]:
    """(first, after the last) of runs of True; gaps up to `gap` frames do not end them."""
    at = np.flatnonzero(flags)
    groups = np.split(at, np.flatnonzero(np.diff(at) > gap + 1) + 1)
    return [(int(g[0]), int(g[-1]) + 1) for g in groups if len(g)]
