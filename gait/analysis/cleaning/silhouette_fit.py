"""Hips and standing leg of a video from behind or in front, put where the outline of the body is.

A pose model draws the legs as they usually are: knees that come together are drawn apart (half of
a real valgus is lost), the standing foot 2 cm away from the middle while the other passes, and in
loose shorts a hip moves by 2 cm that does not. The outline that the same network gives
(`gait.pose.pixels.silhouette`) follows them all. The middle of the hips lies half-way between their
outer edges; a knee half its width within its outer edge; an ankle in the middle of the leg above
the shoe.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from gait.analysis.cleaning.leg_swaps import is_frontal
from gait.pose.pixels.silhouette import KNEES
from gait.types import SIDES, Float, PoseTrack, Side, opposite

STANDS = 0.1
"""Leg lengths by which the ankle of a leg that clearly stands is lower than the other."""

ANKLE_INWARD = 0.01
"""Leg lengths from the middle of what is seen above the shoe to the joint (two rendered videos of
one figure; 0.012 on two of other figures)."""

FEWEST = 0.5
"""Share of the standing frames in which the outline must be found for a point to be moved."""

HIPS_VARY = 0.06
"""Share by which the width of the hips changes as the pelvis turns: by 10 deg, and some noise."""

SMOOTHED_S = 0.04
"""Width of the running median that removes single wrong outlines: three frames at 60 Hz."""


def put_on_outline(track: PoseTrack) -> PoseTrack:
    """Move the hips, and knee, ankle and heel of the leg that stands, sideways to the outline.

    Parameters
    ----------
    track : PoseTrack
        Track with the sides repaired. From the side, or if nobody looked for the silhouette, it is
        returned unchanged.

    Returns
    -------
    PoseTrack
        Track with the points moved; a lifted leg keeps its own. `DerivedSignals.on_outline` is 1
        if the outline of both legs was found.
    """
    silhouette = track.signals.silhouette
    if silhouette is None or not is_frontal(track):
        return track
    outward = {side: _outward(track, side) for side in SIDES}
    standing = {side: _standing(track, side) for side in SIDES}
    hips_x, hips_y = ((track["left_hip"] + track["right_hip"]) / 2).T
    knees_x = hips_x + silhouette.knees_centre_x_px
    low_foot_x = hips_x + silhouette.low_foot_x_px
    half_hips_px = np.nanmedian(np.abs(track["right_hip"] - track["left_hip"])[:, 0]) / 2
    width_px = silhouette.hips_width_px
    # A hand in front of the background widens the hips on one side.
    usual = np.abs(width_px / np.nanmedian(width_px) - 1) < HIPS_VARY
    hips_x = _steady(hips_x + silhouette.hips_centre_x_px, usual, track.fps_hz)
    edge_x = {
        side: knees_x + sign * silhouette.knees_width_px / 2 for side, sign in outward.items()
    }
    # The landmark of a standing knee slides up the thigh by 10 % of the leg when the other passes.
    knee_y = hips_y + (1 - np.mean(KNEES)) * silhouette.hips_height_px
    half_knee_px = _half_knee_px(track, edge_x, outward, standing)
    xy = track.xy.copy()
    found = True
    for side in SIDES:
        stands = standing[side]
        ankle, heel = track[f"{side}_ankle"], track[f"{side}_heel"]
        knee_x = _steady(edge_x[side] - outward[side] * half_knee_px, stands == 1, track.fps_hz)
        seen_x = low_foot_x - outward[side] * ANKLE_INWARD * track.leg_px
        ankle_x = _steady(seen_x, stands == 1, track.fps_hz)
        found &= bool(np.isfinite(knee_x + ankle_x).any())
        # Nothing shows the heel inside the shoe; it continues the line of the shank.
        slope = (ankle_x - knee_x) / (ankle[:, 1] - knee_y)
        heel_x = ankle_x + slope * (heel[:, 1] - ankle[:, 1])
        for name, x, weight in (
            ("hip", hips_x + outward[side] * half_hips_px, 1.0),
            ("knee", knee_x, stands),
            ("ankle", ankle_x, stands),
            ("heel", heel_x, stands),
        ):
            column = track.index(f"{side}_{name}")
            xy[:, column, 0] += weight * np.nan_to_num(x - xy[:, column, 0])
        column = track.index(f"{side}_knee")
        xy[:, column, 1] += stands * np.nan_to_num(knee_y - xy[:, column, 1])
    derived = replace(track.derived, on_outline=np.full(len(track), float(found)))
    share = half_knee_px / track.leg_px
    step = f"hips and standing leg on the outline, half a knee is {share:.3f} leg"
    return track.with_(xy=xy, derived=derived, step=step)


def _standing(track: PoseTrack, side: Side) -> Float:
    """(T,) 1 where this foot is clearly the lower one, 0 where it is not, a ramp between."""
    lower = track[f"{side}_ankle"][:, 1] - track[f"{opposite(side)}_ankle"][:, 1]
    return np.nan_to_num(np.clip(lower / (STANDS * track.leg_px), 0, 1))


def _outward(track: PoseTrack, side: Side) -> float:
    """Direction along the image from the other knee to this one."""
    apart = track[f"{side}_knee"][:, 0] - track[f"{opposite(side)}_knee"][:, 0]
    return float(np.sign(np.nanmedian(apart)))


def _half_knee_px(
    track: PoseTrack,
    edge_x: Mapping[Side, Float],
    outward: Mapping[Side, float],
    standing: Mapping[Side, Float],
) -> float:
    """From the middle of a knee to its outer edge, one value for both knees.

    The knee landmarks of standing legs are right on average; only their movement is too small.
    """
    widths = [
        (outward[s] * (edge_x[s] - track[f"{s}_knee"][:, 0]))[standing[s] == 1] for s in SIDES
    ]
    if not all(np.isfinite(width).any() for width in widths):
        return float("nan")
    return float(np.mean([np.nanmedian(width) for width in widths]))


def _steady(x: Float, known: NDArray[np.bool_], fps_hz: float) -> Float:
    """A place in the image without gaps and single wrong frames; NaN if it is mostly unknown.

    A gap takes the nearest known place: the two feet cannot be told apart just after contact, but
    the standing foot stays where it is.
    """
    found = np.flatnonzero(np.isfinite(x) & known)
    if len(found) < FEWEST * known.sum() or not len(found):
        return np.full_like(x, np.nan)
    nearest = np.abs(np.arange(len(x))[:, None] - found).argmin(axis=1)
    return np.asarray(median_filter(x[found[nearest]], 2 * round(SMOOTHED_S * fps_hz / 2) + 1))
