"""Angles of one leg and the trunk drawn into a frame, each beside the line it is measured from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from gait.render.brush import SHADOW, Colour, Point, UInt8, badge, line
from gait.types import Float, Side

_LABELS: Final = {"knee": "knee", "shank": "shin", "foot": "foot", "trunk": "trunk"}
_JOINTS: Final = {
    "knee": ("{side}_hip", "{side}_knee", "{side}_ankle"),
    "shank": ("{side}_ankle", "{side}_knee"),
    "foot": ("{side}_heel", "{side}_foot_index"),
    "trunk": ("{side}_hip", "{side}_shoulder"),
}
_AHEAD: Final = ("knee", "foot")
"""Values that stand ahead of the leg, the others behind it: they must not cover each other."""
_AWAY_EM: Final = 5.0
_WHITE: Final[Colour] = (255, 255, 255)


def draw_angles(
    picture: UInt8,
    points: Mapping[str, Point],
    side: Side,
    degrees: Mapping[str, float],
    colour: Colour,
    em: float,
) -> None:
    """Draw angles and the lines from which they count.

    Parameters
    ----------
    picture : UInt8
        (H, W, 3) RGB, drawn on in place.
    points : Mapping of str to tuple
        Keypoints in px of the picture.
    side : {"left", "right"}
        Which leg.
    degrees : Mapping of str to float
        Values by id of `gait.curves.ANGLES`; those without a place are left out.
    colour : tuple of int
        RGB of that leg.
    em : float
        Size of the type, px.
    """
    heel, toe = (points.get(f"{side}_{part}", (0.0, 0.0)) for part in ("heel", "foot_index"))
    ahead_px = _AWAY_EM * em * (1 if toe[0] >= heel[0] else -1)
    for name, value in degrees.items():
        zero = _zero_line(name, points, side) if np.isfinite(value) else None
        if zero is None:
            continue
        start, end, anchor = zero
        for ink, width in ((SHADOW, 0.2 * em), (_WHITE, 0.1 * em)):
            line(picture, start, end, ink, width)
        at = (anchor[0] + (ahead_px if name in _AHEAD else -ahead_px), anchor[1])
        badge(picture, f"{_LABELS[name]} {value:.0f}\N{DEGREE SIGN}", at, colour, 0.9 * em)


def _zero_line(
    name: str, points: Mapping[str, Point], side: Side
) -> tuple[Point, Point, Point] | None:
    """Both ends of the line from which an angle counts, and the point beside which it is said."""
    joints = _JOINTS.get(name, ())
    found = [points.get(joint.format(side=side)) for joint in joints]
    if not found or None in found:
        return None
    known = [np.array(point) for point in found if point is not None]
    if name == "knee":  # the thigh carried on: the shank of a straight leg would lie on it
        hip, knee, ankle = known
        thigh = knee - hip
        length = np.linalg.norm(ankle - knee) / max(float(np.linalg.norm(thigh)), 1.0)
        return _point(knee), _point(knee + 0.8 * length * thigh), _point(knee)
    origin, other = known
    if name == "foot":
        level = (2 * float(other[0]) - float(origin[0]), float(origin[1]))
        return _point(origin), level, _point(other)
    upright = (float(origin[0]), float(other[1]))
    return _point(origin), upright, _point((origin + other) / 2)


def _point(xy: Float) -> Point:
    return float(xy[0]), float(xy[1])
