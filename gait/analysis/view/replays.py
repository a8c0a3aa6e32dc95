"""Videos that show a run more than once, or from its end to its beginning.

Apps loop a few seconds again and again, or play them forwards and backwards by turns. Strides that
are shown twice are no more strides, and what a leg does backwards is nobody's running.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft
from scipy.ndimage import uniform_filter1d

from gait.analysis.cleaning.leg_swaps import facing, is_frontal
from gait.analysis.cleaning.segments import lasting, only
from gait.analysis.view.speed_ramps import clearest_rhythm
from gait.skeleton import FOOT
from gait.types import SIDES, Float, PoseError, PoseTrack

Flags = NDArray[np.bool_]

SHORTEST_LOOP_S: Final = 0.4
"""A loop may be of one stride."""
STRAY: Final = 5.0
"""Median deviations beyond which a change of the picture is a cut, or where a loop begins anew."""
ALIKE: Final = 0.3
"""1 - autocorrelation of how much the picture changes: 0.0 to 0.1 for loops with their seams."""
CANDIDATES: Final = 5
SAME_CHANGE: Final = 0.1
"""Median deviations by which the picture changes otherwise a loop later: 0.02 to 0.05 in loops that
were coded anew, 0.15 and more between the strides of a rendered runner, 0.3 of people."""
SAME_BODY: Final = 0.02
"""Leg lengths by which keypoints are elsewhere a loop later: 0.008 to 0.014 in such loops, 0.03 and
more between strides of people."""
LIVELY: Final = 0.02
"""Grey levels (median deviation) by which the changes differ if anything moves."""

APART: Final = 0.08
"""Leg lengths by which one ankle has to be lower than the other to be the one on the ground."""
LEAP: Final = 0.25
"""Leg lengths: no ankle moves further against the hips from frame to frame; legs are exchanged."""
SEEN: Final = 0.4
"""Score of an ankle that is no guess: 0.1 to 0.3 of legs behind a post or below the picture."""
MOVES: Final = 1e-3
"""Leg lengths per frame, on average around one."""
USUAL_STEP_S: Final = 0.35
AROUND_STEPS: Final = 3
"""Over which the way of the lower foot is looked at."""
BACKWARDS: Final = 0.4
"""Of its way, forwards minus backwards: -0.5 to -0.9 in runners, the reverse in their videos played
backwards; around 0 where a foot is out of the picture."""
LEAST_WAY: Final = 0.2
"""Leg lengths that the lower foot moves in a step: 0.3 to 1.1 of runners, hardly any in place."""
FEWEST_STEPS: Final = 2


def one_pass(track: PoseTrack) -> tuple[PoseTrack, tuple[str, ...]]:
    """Keep one showing of a run, played forwards.

    Parameters
    ----------
    track : PoseTrack
        Raw track. Loops are seen from how the picture changes (`SceneSignals`), playing backwards
        from the side only.

    Returns
    -------
    PoseTrack
        The same frames; keypoints of what is shown again, or backwards, are NaN.
    tuple of str
        What was left out, in sentences; empty if nothing was.

    Raises
    ------
    PoseError
        If the runner moves backwards all the time.
    """
    told = []
    n = _loop(track)
    if n:
        first = np.arange(len(track)) < n
        track = only(track, first, f"first {n} frames of a loop kept")
        told.append(
            f"The video shows the same {n / track.fps_hz:.1f} s again and again: only the first "
            "time was analysed. Use the video as it was filmed."
        )
    track, left_out = _forwards(track)
    return track, (*told, *left_out)


# ----------------------------------------------------------------------------------------- loops


def _loop(track: PoseTrack) -> int:
    """Frames after which the video begins anew; 0 if it does not."""
    scene, shortest = track.signals.scene, round(SHORTEST_LOOP_S * track.fps_hz)
    if scene is None or len(track) < 2 * shortest:
        return 0
    change = scene.picture_change
    known = np.isfinite(change)
    if not known.any():
        return 0
    middle = float(np.median(change[known]))
    spread = float(np.median(np.abs(change[known] - middle)))
    if spread < LIVELY:
        return 0
    clipped = np.clip(np.nan_to_num((change - middle) / spread), -STRAY, STRAY)
    unlike = _unlike(clipped)
    unlike[:shortest] = unlike[len(track) - shortest + 1 :] = np.inf
    best = np.argsort(unlike)[:CANDIDATES]
    for lag in sorted(best[unlike[best] < ALIKE].tolist()):
        otherwise = float(np.median(np.abs(clipped[lag:] - clipped[:-lag])))
        if otherwise < SAME_CHANGE and _moved(track, lag) < SAME_BODY:
            return int(lag)
    return 0


def _unlike(values: Float) -> Float:
    """(T,) mean squared difference from the values so many frames later, in shares of what it is
    between values that have nothing to do with each other."""
    n = len(values)
    spectrum = rfft(values, next_fast_len(2 * n))
    product = irfft(spectrum * spectrum.conj(), next_fast_len(2 * n))[:n]
    squares = np.concatenate([[0.0], np.cumsum(values**2)])
    lags = np.arange(n)
    both = squares[n - lags] + squares[n] - squares[lags]
    return np.asarray((both - 2 * product) / (n - lags) / (2 * values.var() + 1e-12))


def _moved(track: PoseTrack, lag: int) -> float:
    """Median way of the keypoints to where they are so many frames later, leg lengths."""
    way = np.linalg.norm(track.xy[lag:] - track.xy[:-lag], axis=2) / track.leg_px
    known = way[np.isfinite(way)]
    return float(np.median(known)) if known.size else float("nan")


# ------------------------------------------------------------------------------------- backwards


def _forwards(track: PoseTrack) -> tuple[PoseTrack, tuple[str, ...]]:
    """The part that is played forwards, and what is said of the rest."""
    points = [f"{side}_{point}" for point in ("hip", "ankle", *FOOT) for side in SIDES]
    if not track.has(*points) or is_frontal(track) or not np.isfinite(track.leg_px):
        return track, ()
    way = _way_of_lower_foot(track)
    backwards = _backwards(way, track)
    if not backwards.any():
        return track, ()
    parts = lasting(~backwards, 1)
    start, stop = min(parts, key=lambda part: way[slice(*part)].sum(), default=(0, 0))
    if -way[start:stop].sum() < FEWEST_STEPS * LEAST_WAY:
        raise PoseError(
            "The runner moves backwards: the video plays in reverse, or shows running backwards.",
            "Use the video as it was filmed. Running backwards is not measured.",
        )
    inside = np.zeros(len(track), bool)
    inside[start:stop] = True
    return only(track, inside, f"frames {start} to {stop - 1}, played forwards, kept"), (
        "In parts of the video the runner moves backwards, or it plays in reverse: only "
        f"{track.time[start]:.1f} to {track.time[stop - 1]:.1f} s were analysed.",
    )


def _backwards(way: Float, track: PoseTrack) -> Flags:
    """(T,) frames around which the foot on the ground moves to where the feet point."""
    out = np.zeros(len(way), bool)
    seen = clearest_rhythm(track)
    step_frames = max(2.0, (seen.step_s if seen else USUAL_STEP_S) * track.fps_hz)
    around = uniform_filter1d(way, round(AROUND_STEPS * step_frames), mode="constant")
    for start, stop in lasting(around > MOVES, round(FEWEST_STEPS * step_frames)):
        length = float(np.abs(way[start:stop]).sum())
        clear = way[start:stop].sum() > BACKWARDS * length
        if clear and length * step_frames > LEAST_WAY * (stop - start):
            edge = round(step_frames)
            out[max(0, start - edge) : stop + edge] = True
    return out


def _way_of_lower_foot(track: PoseTrack) -> Float:
    """(T,) leg lengths by which the lower ankle moved against the hips to where the feet point,
    since the frame before; 0 where that is not seen. Which leg is called left does not matter."""
    hips = (track["left_hip"] + track["right_hip"]) / 2
    left, right = ((track[f"{side}_ankle"] - hips) / track.leg_px for side in SIDES)
    is_left = left[:, 1] > right[:, 1]
    place = np.where(is_left, left[:, 0], right[:, 0])
    score = np.where(is_left, *(track.score[:, track.index(f"{s}_ankle")] for s in SIDES))
    way = np.diff(place, prepend=np.nan) * facing(track)
    good = (np.abs(left[:, 1] - right[:, 1]) > APART) & (np.abs(way) < LEAP) & (score > SEEN)
    good[1:] &= is_left[1:] == is_left[:-1]
    return np.where(good, way, 0.0)
