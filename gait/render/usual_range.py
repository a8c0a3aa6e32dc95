"""A measure drawn where it is measured: its line, the line it counts from, and what is usual.

The drawn line has the direction that it has in the picture; everything else is turned from there
by degrees, so that a camera that was not level turns the reference line along.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import cv2
import numpy as np

from gait.present.ranges import Ends
from gait.render.draw import SHADOW, WHITE, Colour, Point, badge, line, to_point
from gait.types import Float, Side, UInt8, opposite

Mark = Literal["knee", "thigh", "shank", "foot", "trunk", "pelvis", "fppa", "adduction", "reach"]

USUAL: Final[Colour] = (0, 158, 115)
"""Bluish green of Okabe and Ito: neither of the legs has it."""
_OPACITY: Final = 0.45
_OPEN_DEG: Final = 12.0
"""How far a range without an end is drawn beyond the end that it has."""
_OPEN_PCT: Final = 12.0

_LINES: Final[Mapping[Mark, tuple[str, str]]] = {
    "knee": ("{side}_knee", "{side}_ankle"),
    "thigh": ("{side}_hip", "{side}_knee"),
    "shank": ("{side}_ankle", "{side}_knee"),
    "foot": ("{side}_heel", "{side}_foot_index"),
    "trunk": ("{side}_hip", "{side}_shoulder"),
    "pelvis": ("{side}_hip", "{other}_hip"),
    "fppa": ("{side}_knee", "{side}_ankle"),
    "adduction": ("{side}_hip", "{side}_knee"),
    "reach": ("{side}_hip", "{side}_ankle"),
}
"""Where a measure turns, and where its line ends."""
_FAR: Final[Mapping[Mark, float]] = {"pelvis": 2.6, "foot": 1.6}
"""Short lines are drawn longer than they are: a few degrees are not seen at a hand's breadth."""
_ALONG: Final[Mapping[Mark, int]] = {"knee": 1, "thigh": 1, "trunk": 1, "shank": -1, "foot": -1}
"""Whether a growing angle turns clockwise in the picture of a runner who faces right."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A measure in a picture."""

    mark: Mark
    """What is drawn."""
    side: Side
    """Of which leg."""
    value: float
    """Degrees; percent of leg length for "reach"."""
    usual: Ends | None
    """From where to where the value is usual (see `gait.present.ranges`)."""
    text: str
    """What is written beside it."""


def draw_measure(
    picture: UInt8,
    points: Mapping[str, Point],
    drawn: Drawn,
    leg_px: float,
    colour: Colour,
    em: float,
) -> bool:
    """Draw a measure with the line it counts from and its usual range.

    False, and nothing drawn, unless all its points were seen.

    Parameters
    ----------
    picture : UInt8
        (H, W, 3) RGB, drawn on in place.
    points : Mapping of str to tuple
        Keypoints in px of the picture.
    drawn : Drawn
        What is to be drawn.
    leg_px : float
        Length of thigh and shank in px of the picture, for "reach".
    colour : tuple of int
        RGB of the leg.
    em : float
        Size of the type, px.
    """
    found = _line(drawn, points)
    if found is None:
        return False
    vertex, tip, sign = found
    if drawn.mark == "reach":
        _reach(picture, vertex, tip, drawn, sign * leg_px / 100, colour, em)
    else:
        _angle(picture, vertex, tip, drawn, sign, colour, em)
    return True


def turned(direction: Float, degrees: float) -> Float:
    """A direction of the picture turned clockwise.

    Examples
    --------
    >>> turned(np.array([0.0, 1.0]), 90).round().tolist()
    [-1.0, 0.0]
    """
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[c, -s], [s, c]]) @ direction


def counted_from(points: Mapping[str, Point], drawn: Drawn) -> Float | None:
    """(2,) px: the direction that an angle counts from, as long as its line; None if not seen."""
    found = _line(drawn, points)
    if found is None:
        return None
    vertex, tip, sign = found
    return turned(tip - vertex, -sign * drawn.value)


def _line(drawn: Drawn, points: Mapping[str, Point]) -> tuple[Float, Float, int] | None:
    """Where the measure turns, where its line ends, and which way it grows."""
    names = [n.format(side=drawn.side, other=opposite(drawn.side)) for n in _LINES[drawn.mark]]
    if not np.isfinite(drawn.value) or any(name not in points for name in names):
        return None
    vertex, tip = (np.array(points[name]) for name in names)
    sign = _sign(drawn, points)
    return None if sign == 0 else (vertex, tip, sign)


def _sign(drawn: Drawn, points: Mapping[str, Point]) -> int:
    """Whether a growing value turns clockwise, or goes to the right; 0 if not known."""
    if drawn.mark in ("pelvis", "fppa", "adduction"):
        own, other = (points.get(f"{s}_hip") for s in (drawn.side, opposite(drawn.side)))
        if own is None or other is None:
            return 0
        inwards = 1 if other[0] > own[0] else -1
        return -inwards if drawn.mark == "adduction" else inwards
    heel, toe = (points.get(f"{drawn.side}_{part}") for part in ("heel", "foot_index"))
    if heel is None or toe is None:
        return 0
    facing = 1 if toe[0] > heel[0] else -1
    return facing * _ALONG.get(drawn.mark, 1)


def _angle(
    picture: UInt8, vertex: Float, tip: Float, drawn: Drawn, sign: int, colour: Colour, em: float
) -> None:
    arm = tip - vertex
    length = float(np.linalg.norm(arm))
    if length < 1:
        return
    zero = turned(arm, -sign * drawn.value)
    far = _FAR.get(drawn.mark, 1.0)
    if drawn.usual is not None:
        low, high = drawn.usual
        sweep = np.linspace(*_ends(low, high, _OPEN_DEG), 24)
        edge = [vertex + far * turned(zero, sign * degrees) for degrees in sweep]
        _shaded(picture, np.array([vertex, *edge]))
        if low is not None:
            line(picture, to_point(vertex), to_point(edge[0]), USUAL, 0.1 * em)
        if high is not None:
            line(picture, to_point(vertex), to_point(edge[-1]), USUAL, 0.1 * em)
    for ink, width in ((SHADOW, 0.22 * em), (WHITE, 0.11 * em)):
        _dashed(picture, vertex, vertex + far * zero, ink, width, em)
    for ink, width in ((SHADOW, 0.42 * em), (colour, 0.26 * em)):
        line(picture, to_point(vertex), to_point(vertex + far * arm), ink, width)
    away = vertex + 1.12 * far * arm if drawn.mark in ("pelvis", "trunk", "shank") else vertex
    beside = 4.6 * em * (1 if vertex[0] < picture.shape[1] / 2 else -1)
    at = to_point(away + np.array([beside if drawn.mark not in ("pelvis",) else 0.0, 1.6 * em]))
    badge(picture, drawn.text, at, colour, 1.15 * em)


def _reach(
    picture: UInt8,
    hip: Float,
    ankle: Float,
    drawn: Drawn,
    px_per_value: float,
    colour: Colour,
    em: float,
) -> None:
    below = np.array([hip[0], ankle[1]])
    if drawn.usual is not None:
        low, high = drawn.usual
        ends = _ends(low, high, _OPEN_PCT)
        a, b = (below + np.array([px_per_value * end, 0.0]) for end in ends)
        up, down = np.array([0.0, -0.8 * em]), np.array([0.0, 0.8 * em])
        _shaded(picture, np.array([a + up, b + up, b + down, a + down]))
        for end, at in ((low, a), (high, b)):
            if end is not None:
                line(picture, to_point(at + 1.6 * up), to_point(at + 1.6 * down), USUAL, 0.12 * em)
    for ink, width in ((SHADOW, 0.22 * em), (WHITE, 0.11 * em)):
        _dashed(picture, hip, below + np.array([0.0, em]), ink, width, em)
    reached = below + np.array([px_per_value * drawn.value, 0.0])
    for ink, width in ((SHADOW, 0.42 * em), (colour, 0.26 * em)):
        line(picture, to_point(below), to_point(reached), ink, width)
    badge(
        picture,
        drawn.text,
        to_point((below + reached) / 2 - np.array([0.0, 2 * em])),
        colour,
        1.15 * em,
    )


def _ends(low: float | None, high: float | None, shown: float) -> tuple[float, float]:
    """Of what is shaded of a usual range; of one that is open at an end a part is shown."""
    first = high - shown if low is None and high is not None else low
    last = low + shown if high is None and low is not None else high
    assert first is not None
    assert last is not None
    return first, last


def _shaded(picture: UInt8, outline: Float) -> None:
    layer = picture.copy()
    cv2.fillPoly(layer, [np.round(outline).astype(np.int32)], USUAL, cv2.LINE_AA)
    cv2.addWeighted(layer, _OPACITY, picture, 1 - _OPACITY, 0, dst=picture)


def _dashed(picture: UInt8, start: Float, end: Float, ink: Colour, width: float, em: float) -> None:
    length = float(np.linalg.norm(end - start))
    steps = max(1, round(length / (1.2 * em)))
    for i in range(steps):
        a, b = (start + (end - start) * share for share in (i / steps, (i + 0.55) / steps))
        line(picture, to_point(a), to_point(b), ink, width)
