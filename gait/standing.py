"""The standing leg of a film from behind or in front, put where the outline of the body is.

A pose model draws the legs as they usually are: knees that come together are drawn apart (half of
a real valgus is lost), and the standing foot 2 cm away from the middle while the other passes.
The outline that the same network gives (`gait.pose.silhouette`) follows both. The outer edge of
the knee, less half its width, is the knee; the middle of the ankle above the shoe is the ankle.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.ndimage import median_filter

from gait.sides import is_frontal
from gait.types import SIDES, Float, PoseTrack, Side, opposite

STANDS = 0.1
"""Leg lengths by which the ankle of a leg that clearly stands is lower than the other."""

FEWEST = 0.5
"""Share of the standing frames in which the outline must be found for a point to be moved."""

SMOOTHED_S = 0.08
"""Width of the running median that removes single wrong outlines, a third of a contact."""


def put_on_outline(track: PoseTrack) -> PoseTrack:
    """Move knee, ankle and heel of the leg that stands sideways to the outline.

    Parameters
    ----------
    track : PoseTrack
        Track with the sides repaired. From the side, or without the signals of
        `gait.pose.silhouette.outline`, it is returned unchanged.

    Returns
    -------
    PoseTrack
        Track with the points of the standing leg moved; a lifted leg keeps its own.
    """
    if "low_foot_x_px" not in track.signals or not is_frontal(track):
        return track
    hips_x = (track["left_hip"][:, 0] + track["right_hip"][:, 0]) / 2
    edges = {side: hips_x + _to_edge(track, side) for side in SIDES}
    half_px = _half_width_px(track, edges)
    xy = track.xy.copy()
    for side in SIDES:
        weight = _standing(track, side)
        knee, ankle, heel = (track[f"{side}_{name}"] for name in ("knee", "ankle", "heel"))
        knee_x = _steady(edges[side] - _outward(track, side) * half_px, weight, track.fps_hz)
        ankle_x = _steady(hips_x + track.signals["low_foot_x_px"], weight, track.fps_hz)
        # Nothing shows the heel inside the shoe; it continues the line of the shank.
        slope = (ankle_x - knee_x) / (ankle[:, 1] - knee[:, 1])
        heel_x = ankle_x + slope * (heel[:, 1] - ankle[:, 1])
        for name, x in (("knee", knee_x), ("ankle", ankle_x), ("heel", heel_x)):
            column = track.index(f"{side}_{name}")
            xy[:, column, 0] += weight * np.nan_to_num(x - xy[:, column, 0])
    share = half_px / track.leg_px
    return track.with_(xy=xy, step=f"standing leg on the outline, half a knee {share:.3f} leg")


def _standing(track: PoseTrack, side: Side) -> Float:
    """(T,) 1 where this foot is clearly the lower one, 0 where it is not, a ramp between."""
    lower = track[f"{side}_ankle"][:, 1] - track[f"{opposite(side)}_ankle"][:, 1]
    return np.nan_to_num(np.clip(lower / (STANDS * track.leg_px), 0, 1))


def _outward(track: PoseTrack, side: Side) -> float:
    """Direction along the image from the other knee to this one."""
    apart = track[f"{side}_knee"][:, 0] - track[f"{opposite(side)}_knee"][:, 0]
    return float(np.sign(np.nanmedian(apart)))


def _to_edge(track: PoseTrack, side: Side) -> Float:
    """(T,) px from the middle of the hips to the outer edge of the body beside this knee."""
    centre, width = (track.signals[f"knees_{name}_px"] for name in ("centre_x", "width"))
    return centre + _outward(track, side) * width / 2


def _half_width_px(track: PoseTrack, edges: Mapping[Side, Float]) -> float:
    """From the middle of a knee to its outer edge, one value for both knees.

    The knee landmarks of standing legs are right on average; only their movement is too small.
    """
    widths = [
        np.nanmedian((_outward(track, side) * (edge - knee))[_standing(track, side) == 1])
        for side, edge in edges.items()
        for knee in (track[f"{side}_knee"][:, 0],)
    ]
    return float(np.mean(widths))


def _steady(x: Float, weight: Float, fps_hz: float) -> Float:
    """A place in the image without gaps and single wrong frames; NaN if it is mostly unknown.

    A gap takes the nearest known place: the two feet cannot be told apart just after contact, but
    the standing foot stays where it is.
    """
    standing = weight == 1
    known = np.flatnonzero(np.isfinite(x) & standing)
    if len(known) < FEWEST * standing.sum() or not len(known):
        return np.full_like(x, np.nan)
    nearest = np.abs(np.arange(len(x))[:, None] - known).argmin(axis=1)
    return np.asarray(median_filter(x[known[nearest]], 2 * round(SMOOTHED_S * fps_hz / 2) + 1))
