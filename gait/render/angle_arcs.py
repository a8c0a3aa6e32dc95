"""Angles of one leg and the trunk drawn into a frame, each beside the line it is measured from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from gait.io.added.notes import Mark
from gait.render.draw import SHADOW, WHITE, Colour, Point, badge, dot, line, to_point
from gait.render.usual_range import turned
from gait.types import Float, Side, UInt8, opposite

LABELS: Final = {
    "knee": "knee",
    "shank": "shin",
    "foot": "foot",
    "trunk": "trunk",
    "pelvis": "pelvis",
    "fppa": "knee",
}
"""What is said of an angle in a picture, by its id in `gait.analysis.kinematics.waveforms`."""

_JOINTS: Final = {
    "knee": ("{side}_hip", "{side}_knee", "{side}_ankle"),
    "shank": ("{side}_ankle", "{side}_knee"),
    "foot": ("{side}_heel", "{side}_foot_index"),
    "trunk": ("{side}_hip", "{side}_shoulder"),
    "pelvis": ("{side}_hip", "{other}_hip"),
    "fppa": ("{side}_hip", "{side}_knee", "{side}_ankle", "{other}_hip"),
}
_AHEAD: Final = ("knee", "foot")
"""Values that stand ahead of the leg, the others behind it: they must not cover each other."""
_FRONTAL: Final = ("pelvis", "fppa")
"""Values of a standing leg, seen from behind or in front: they stand beside the body."""
_AWAY_EM: Final = 5.0
_BY_HAND: Final[Colour] = (255, 213, 74)
_EM_OF_WIDTH: Final = 24


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
        Values by id in `gait.analysis.kinematics.waveforms`; those without a place are left out.
    colour : tuple of int
        RGB of that leg.
    em : float
        Size of the type, px.
    """
    heel, toe = (points.get(f"{side}_{part}", (0.0, 0.0)) for part in ("heel", "foot_index"))
    ahead_px = _AWAY_EM * em * (1 if toe[0] >= heel[0] else -1)
    for name, value in degrees.items():
        zero = _zero_line(name, points, side, value) if np.isfinite(value) else None
        if zero is None:
            continue
        start, end, anchor = zero
        for ink, width in ((SHADOW, 0.2 * em), (WHITE, 0.1 * em)):
            line(picture, start, end, ink, width)
        away_px = ahead_px if name in _AHEAD else -ahead_px
        if name in _FRONTAL:
            inwards = points[f"{opposite(side)}_hip"][0] >= points[f"{side}_hip"][0]
            away_px = _AWAY_EM * em * (1 if inwards == (name == "pelvis") else -1)
        at = (anchor[0] + away_px, anchor[1])
        badge(picture, f"{LABELS[name]} {round(value)}\N{DEGREE SIGN}", at, colour, 0.9 * em)


def draw_marks(picture: UInt8, marks: Sequence[Mark], place: Callable[[Float], Float]) -> None:
    """Draw what was drawn by hand: lines, angles, and what they measure in the picture.

    Parameters
    ----------
    picture : UInt8
        (H, W, 3) RGB, drawn on in place.
    marks : sequence of Mark
        In px of the video.
    place : callable
        Px of the picture from px of the video, (n, 2).
    """
    em = min(picture.shape[1], 0.75 * picture.shape[0]) / _EM_OF_WIDTH
    for mark in marks:
        points = [to_point(xy) for xy in place(np.array(mark.points))]
        for ink, width in ((SHADOW, 0.24 * em), (_BY_HAND, 0.12 * em)):
            for start, end in pairwise(points):
                line(picture, start, end, ink, width)
        for point in points:
            dot(picture, point, 0.24 * em, _BY_HAND)
    for mark in marks:  # above every line
        middle = np.array(mark.points)[1 if mark.kind == "angle" else slice(None)].reshape(-1, 2)
        x, y = to_point(place(middle.mean(axis=0, keepdims=True))[0])
        text = mark.words.removeprefix(f"{mark.kind} ").removeprefix("line, ")
        badge(picture, text, (x + 2.5 * em, y - 1.5 * em), _BY_HAND, 0.9 * em)


def _zero_line(
    name: str, points: Mapping[str, Point], side: Side, degrees: float
) -> tuple[Point, Point, Point] | None:
    """Both ends of the line from which an angle counts, and the point beside which it is said."""
    joints = _JOINTS.get(name, ())
    found = [points.get(joint.format(side=side, other=opposite(side))) for joint in joints]
    if not found or None in found:
        return None
    known = [np.array(point) for point in found if point is not None]
    if name in (
        "knee",
        "fppa",
    ):  # the thigh carried on: the shank of a straight leg would lie on it
        hip, knee, ankle = known[:3]
        thigh = knee - hip
        length = np.linalg.norm(ankle - knee) / max(float(np.linalg.norm(thigh)), 1.0)
        return to_point(knee), to_point(knee + 0.8 * length * thigh), to_point(knee)
    origin, other = known
    if name == "pelvis":  # its zero need not be level in the picture: the camera may be turned
        across = other - origin
        level = to_point(origin + turned(across, -degrees if across[0] > 0 else degrees) * 1.4)
        return to_point(origin), level, to_point(other)
    if name == "foot":
        level = (2 * float(other[0]) - float(origin[0]), float(origin[1]))
        return to_point(origin), level, to_point(other)
    upright = (float(origin[0]), float(other[1]))
    return to_point(origin), upright, to_point((origin + other) / 2)
