"""Synthetic tracks with something done to them, and events held against the truth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gait.analysis.results import Event
from gait.skeleton import SHANK_AND_FOOT
from gait.types import Float, PoseTrack, Side

Scene = Mapping[str, Any]

# The synthetic foot is rigid and turns about its tip. A real one bends at the ball, 6 cm nearer
# to the heel: turned by 40 degrees, the rigid one lifts its heel as high as a real one does.
RUNNING: dict[str, Scene] = {
    "slow": {"speed_mps": 2.2, "cadence_spm": 160, "contact_s": 0.29, "toe_off_pitch_deg": -40},
    "easy": {"speed_mps": 3.0, "cadence_spm": 170, "contact_s": 0.25, "toe_off_pitch_deg": -40},
    "fast": {"speed_mps": 3.8, "cadence_spm": 178, "contact_s": 0.21, "toe_off_pitch_deg": -40},
}
WALKING: dict[str, Scene] = {
    "stroll": {"speed_mps": 1.0, "cadence_spm": 100, "contact_s": 0.77},
    "usual": {"speed_mps": 1.3, "cadence_spm": 110, "contact_s": 0.68},
    "brisk": {"speed_mps": 1.7, "cadence_spm": 125, "contact_s": 0.58},
}
FOOT_STRIKE_DEG = {"forefoot": -8.0, "midfoot": 0.0, "rearfoot": 15.0}

# How far from the middle of the body points are on each side, m.
LATERAL_M = {"ear": 0.08, "shoulder": 0.18, "elbow": 0.25, "wrist": 0.22, "hip": 0.09}
LATERAL_M |= {"knee": 0.07, "ankle": 0.05, "heel": 0.05, "foot_index": 0.07}


def frames_near(track: PoseTrack, times_s: Iterable[float], n: int) -> NDArray[np.bool_]:
    """(T,) True for the n frames from each of these times on."""
    mask = np.zeros(len(track), dtype=bool)
    for first in np.searchsorted(track.time, list(times_s)):
        mask[first : first + n] = True
    return mask


def exchange_legs(track: PoseTrack, frames: NDArray[np.bool_]) -> PoseTrack:
    """The error of a pose model: in these frames the shanks and feet have each other's names."""
    xy, score = track.xy.copy(), track.score.copy()
    for point in SHANK_AND_FOOT:
        left, right = track.index(f"left_{point}"), track.index(f"right_{point}")
        for array, before in ((xy, track.xy), (score, track.score)):
            array[frames, left], array[frames, right] = before[frames, right], before[frames, left]
    return track.with_(xy=xy, score=score)


def without_person(track: PoseTrack, start_s: float, stop_s: float) -> PoseTrack:
    """The track of a video in which nobody is seen for some time."""
    gone = (track.time >= start_s) & (track.time <= stop_s)
    xy, score = track.xy.copy(), track.score.copy()
    xy[gone], score[gone] = np.nan, 0.0
    return track.with_(xy=xy, score=score)


def from_behind(track: PoseTrack, px_per_m: float = 250) -> PoseTrack:
    """The same treadmill runner filmed from behind: heights stay, the side-view depth is lost."""
    xy = track.xy.copy()
    xy[..., 0] = track.size[0] / 2
    for name in track.names:
        side, _, point = name.partition("_")
        if point in LATERAL_M:
            sign = -1 if side == "left" else 1
            xy[:, track.index(name), 0] += sign * LATERAL_M[point] * px_per_m
    return track.with_(xy=xy)


def join(*tracks: PoseTrack) -> PoseTrack:
    """One video after the other, one frame apart, pictures of the same size."""
    time, shift_s = [], 0.0
    for track in tracks:
        time.append(track.time - track.time[0] + shift_s)
        shift_s = time[-1][-1] + 1 / track.fps_hz
    return tracks[0].with_(
        time=np.concatenate(time),
        xy=np.concatenate([t.xy for t in tracks]),
        score=np.concatenate([t.score for t in tracks]),
    )


def reversed_in_time(track: PoseTrack) -> PoseTrack:
    """The video played backwards: a runner becomes someone who runs backwards."""
    return track.with_(
        time=track.time[-1] - track.time[::-1], xy=track.xy[::-1], score=track.score[::-1]
    )


@dataclass(frozen=True)
class Matched:
    """Events of one kind against the truth; times in ms.

    A true event is found if there is one of the same foot within `reach_s` of it. `invented`
    are those that belong to no true event.
    """

    error_ms: Float
    claimed_sd_ms: Float
    missed: tuple[tuple[Side, float], ...]
    invented: tuple[tuple[Side, float], ...]

    @property
    def bias_ms(self) -> float:
        return float(self.error_ms.mean())

    @property
    def sd_ms(self) -> float:
        return float(self.error_ms.std())


def match(
    found: Iterable[Event],
    true: Iterable[Event],
    kind: str,
    within_s: tuple[float, float],
    reach_s: float = 0.1,
) -> Matched:
    """Hold events against the truth.

    Only true events within `within_s` count, and only found ones within it can be invented.
    """
    true = [e for e in true if e.kind == kind]
    free = [e for e in found if e.kind == kind]
    errors, claimed, missed = [], [], []
    for t in true:
        near = [e for e in free if e.side == t.side and abs(e.time_s - t.time_s) < reach_s]
        if near:
            nearest = min(near, key=lambda e: abs(e.time_s - t.time_s))
            free.remove(nearest)
        if not within_s[0] <= t.time_s <= within_s[1]:
            continue
        if near:
            errors.append(1000 * (nearest.time_s - t.time_s))
            claimed.append(1000 * nearest.sd_s)
        else:
            missed.append((t.side, t.time_s))
    invented = [(e.side, e.time_s) for e in free if within_s[0] <= e.time_s <= within_s[1]]
    return Matched(np.array(errors), np.array(claimed), tuple(missed), tuple(invented))
