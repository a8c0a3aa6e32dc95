"""Where the outline of the legs is: outer edges of hips and knees, and the foot that stands.

Seen from behind or in front, a pose model draws the knees apart when they come together and the
standing foot away from the middle, towards where knees and feet usually are; in loose shorts the
hips wander. The silhouette that the same network gives has no such habits.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gait.types import SIDES, Float, SilhouetteSignals

Mask = NDArray[np.float32]

# Heights are fractions of the height from the lowest point of the standing shoe to the hips, so
# they hold at any image size; found on rendered runners whose joints are known.
HIPS: Final = (0.945, 0.975)  # the hands swing higher, and lower down the thighs close
KNEES: Final = (0.565, 0.595)  # the joint, bent as it is in stance
"""Between which heights the outer edges of a part of the body are read."""

NO_OUTLINE: Final = SilhouetteSignals[float].unseen()
"""Signals of a frame in which nothing was found."""

INSIDE: Final = 0.5
N_ROWS: Final = 9

NECK_ROWS = (0.09, 0.18)  # above the shoe, below the calf
SHOE_ROW = 0.04
REACH = 0.12  # how far the foot may lie from its landmark
NECK_WIDTH = 0.10  # an ankle is 0.07 across; wider, the other foot lies before it


def outline(mask: Mask, points: Mapping[str, Float]) -> SilhouetteSignals[float]:
    """Outer edges of hips and knees and middle of the lower ankle in one frame.

    Parameters
    ----------
    mask : Mask
        (H, W) share of the person in each pixel.
    points : Mapping of str to Float
        (2,) landmarks in px by canonical name, NaN where missing.

    Returns
    -------
    SilhouetteSignals
        NaN where the outline is not clear.
    """
    hips = (points["left_hip"] + points["right_hip"]) / 2
    ankles = np.stack([points[f"{side}_ankle"] for side in SIDES])
    if not (np.isfinite(hips).all() and np.isfinite(ankles).all()):
        return NO_OUTLINE
    low = ankles[ankles[:, 1].argmax()]
    sole_y = _lowest(mask, low, REACH * (low[1] - hips[1]))
    if sole_y is None:
        return NO_OUTLINE
    height = sole_y - hips[1]

    def edges(joint: str, between: tuple[float, float]) -> tuple[float, float]:
        rows = _rows(mask, sole_y, height, between)
        xs = [float(points[f"{side}_{joint}"][0]) for side in SIDES]
        return _edges(rows, min(xs), -1), _edges(rows, max(xs), 1)

    hip_edges, knee_edges = edges("hip", HIPS), edges("knee", KNEES)
    return SilhouetteSignals(
        hips_centre_x_px=sum(hip_edges) / 2 - float(hips[0]),
        hips_width_px=hip_edges[1] - hip_edges[0],
        knees_centre_x_px=sum(knee_edges) / 2 - float(hips[0]),
        knees_width_px=knee_edges[1] - knee_edges[0],
        low_foot_x_px=_ankle_x(mask, float(low[0]), sole_y, height) - float(hips[0]),
        hips_height_px=float(height),
    )


def _lowest(mask: Mask, place: Float, reach_px: float) -> float | None:
    """Height in the image of the lowest point of the body below a place."""
    x, y = place
    left, right, top = (max(0, int(v)) for v in (x - reach_px, x + reach_px, y))
    inside = (mask[top : int(y + 2.5 * reach_px), left : right + 1] > INSIDE).any(axis=1)
    return top + float(np.flatnonzero(inside)[-1]) + 1 if inside.any() else None


def _rows(mask: Mask, sole_y: float, height: float, between: tuple[float, float]) -> Mask:
    """Some rows of the picture between two shares of the height above the sole."""
    y = sole_y - height * np.linspace(*between, N_ROWS)
    rows: Mask = mask[np.clip(y.astype(int), 0, len(mask) - 1)]
    return rows


def _edges(rows: Mask, x: float, outward: int) -> float:
    """The middle one of where the body that covers x ends in these rows."""
    return float(np.median([_edge(row, x, outward) for row in rows]))


def _edge(row: Mask, x: float, outward: int) -> float:
    """Where the body that covers x ends in this direction, to a fraction of a pixel."""
    start = int(x) if np.isfinite(x) else -1
    if not 0 <= start < len(row) or row[start] <= INSIDE:
        return float("nan")
    along = row[start::outward] if outward > 0 else row[start::-1]
    outside = along <= INSIDE
    if not outside.any():
        return float("nan")
    i = int(outside.argmax())
    past = (along[i - 1] - INSIDE) / (along[i - 1] - along[i])
    return start + 0.5 + outward * float(i - 1 + past)


def _ankle_x(mask: Mask, x: float, sole_y: float, height: float) -> float:
    """Middle of the ankle above the shoe; NaN if it does not stand out by itself."""
    shoe, _ = _middle(mask[int(sole_y - SHOE_ROW * height)], x, REACH * height)
    rows = _rows(mask, sole_y, height, NECK_ROWS)
    found = sorted((_middle(row, shoe, REACH * height) for row in rows), key=lambda m: m[1])
    narrow = [middle for middle, width in found[: len(found) // 3] if width < NECK_WIDTH * height]
    return float(np.median(narrow)) if narrow else float("nan")


def _middle(row: Mask, x: float, reach_px: float) -> tuple[float, float]:
    """Middle and width of the stretch of body nearest to x; NaN if there is none within reach."""
    if not np.isfinite(x):
        return float("nan"), float("nan")
    left = max(0, int(x - reach_px))
    near = left + np.flatnonzero(row[left : max(0, int(x + reach_px) + 1)] > INSIDE)
    if not len(near):
        return float("nan"), float("nan")
    seed = int(near[np.abs(near - x).argmin()])
    ends = _edge(row, seed, -1), _edge(row, seed, 1)
    return (ends[0] + ends[1]) / 2, ends[1] - ends[0]
