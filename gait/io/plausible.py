"""Whether keypoints from a file can be those of a runner: meaning, where the readers check form."""

from __future__ import annotations

from typing import Final

import numpy as np

from gait.types import SIDES, Float, PoseTrack, TrackError

LARGEST_PX: Final = 1_000_000
"""Of a picture, also of one that is made of millimetres."""
FURTHEST: Final = 20.0
"""Pictures that a point may lie from the corner: trackers put unseen points outside."""
LONGEST_S: Final = 6 * 3600.0
LONGEST_GAP_S: Final = 600.0
FPS_HZ: Final = (1.0, 2000.0)
MOST_VALUES: Final = 30_000_000
"""Numbers in a track, 240 MB: an hour of one runner at 60 frames a second has twice less."""
_LARGEST_SIGNAL: Final = 1e9


def require_plausible(track: PoseTrack, name: str) -> None:
    """TrackError, with what cannot be, for what has the form of a track but means no runner."""
    problem = _picture(track) or _times(track) or _points(track) or _legs(track)
    if problem is not None:
        raise TrackError(f"{name}: {problem}.", "Export the keypoints again.")


def _picture(track: PoseTrack) -> str | None:
    if any(type(px) is not int or not 1 <= px <= LARGEST_PX for px in track.size):
        return f"a picture of {track.size[0]!r} x {track.size[1]!r} pixels cannot be"
    return None


def _times(track: PoseTrack) -> str | None:
    if len(track) < 2:
        return None  # too short, which the pipeline says
    if not FPS_HZ[0] <= track.fps_hz <= FPS_HZ[1]:
        return f"{track.fps_hz:.3g} frames a second cannot be; times are seconds"
    if track.time[-1] - track.time[0] > LONGEST_S:
        return f"it lasts longer than {LONGEST_S / 3600:.0f} hours; times are seconds"
    gap_s = float(np.diff(track.time).max())
    if gap_s > LONGEST_GAP_S:
        return f"there is a gap of {gap_s:.0f} s; times are seconds"
    return None


def _points(track: PoseTrack) -> str | None:
    score = track.score[~np.isnan(track.score)]
    if score.size and not (score.min() >= 0 and score.max() <= 1):
        return f"scores go from {score.min():.3g} to {score.max():.3g}; they belong in 0 to 1"
    away_px = float(np.abs(track.xy[~np.isnan(track.xy)]).max(initial=0))
    if not away_px <= FURTHEST * max(track.size):
        return f"points lie {away_px:.3g} pixels from the corner of the picture"
    for name, values in track.columns().items():
        known = values[~np.isnan(values)]
        if known.size and not np.abs(known).max() <= _LARGEST_SIGNAL:
            return f"{name} reaches {np.abs(known).max():.3g}"
    return None


def _legs(track: PoseTrack) -> str | None:
    """Of a runner the hips are above the ankles; otherwise names or axes are mixed up."""
    hips, ankles = (_height(track, point) for point in ("hip", "ankle"))
    if hips is not None and ankles is not None and not hips < ankles:
        return "the hips are not above the ankles: names are mixed up, or y points up"
    if track.leg_px < 1:
        return "a leg is shorter than a pixel"
    return None


def _height(track: PoseTrack, point: str) -> float | None:
    """Median y of a point of both legs in px; None if it was never seen."""
    known = [track[f"{side}_{point}"][:, 1] for side in SIDES if f"{side}_{point}" in track]
    y: Float = np.concatenate([np.empty(0), *known])
    y = y[~np.isnan(y)]
    return float(np.median(y)) if y.size else None
