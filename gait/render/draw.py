"""Anti-aliased marks and text at sub-pixel positions; lengths in px, colours RGB."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Final

import cv2
import numpy as np

from gait.types import Float, UInt8

Colour = tuple[int, int, int]
Point = tuple[float, float]

WHITE: Final[Colour] = (255, 255, 255)
PANEL: Final[Colour] = (24, 26, 30)
MUTED: Final[Colour] = (168, 173, 181)
SHADOW: Final[Colour] = (20, 20, 20)
"""Edge of marks, so that they show on any background, and text on a coloured plate."""

_WEIGHT: Final = {False: 400, True: 600}
_SUBPIXEL_BITS: Final = 4
_TILES: Final = 4


def _fixed(value: float) -> int:
    return round(value * (1 << _SUBPIXEL_BITS))


def to_point(xy: Float) -> Point:
    """A (2,) place in px as OpenCV takes it."""
    return float(xy[0]), float(xy[1])


def line(image: UInt8, start: Point, end: Point, colour: Colour, width: float) -> None:
    """A line with rounded ends.

    Parameters
    ----------
    image : UInt8
        (H, W, 3) RGB, drawn on in place.
    start, end : tuple of float
        (x, y) px.
    colour : tuple of int
        RGB.
    width : float
        Of the pen, px.
    """
    a, b = ((_fixed(x), _fixed(y)) for x, y in (start, end))
    cv2.line(image, a, b, colour, max(1, round(width)), cv2.LINE_AA, _SUBPIXEL_BITS)


def dot(image: UInt8, at: Point, radius: float, colour: Colour) -> None:
    """A filled circle.

    Parameters
    ----------
    image, colour
        As for `line`.
    at : tuple of float
        Centre (x, y), px.
    radius : float
        In px; nothing is drawn of what has none.
    """
    if radius <= 0:
        return
    centre = (_fixed(at[0]), _fixed(at[1]))
    cv2.circle(image, centre, _fixed(radius), colour, -1, cv2.LINE_AA, _SUBPIXEL_BITS)


def fill(image: UInt8, left: int, right: int, colour: Colour) -> None:
    """Whole columns of the image.

    Parameters
    ----------
    image, colour
        As for `line`.
    left, right : int
        First column and the one after the last.
    """
    if left < right:
        cv2.rectangle(image, (left, 0), (right - 1, image.shape[0] - 1), colour, -1)


def frame(image: UInt8, corner: Point, other: Point, colour: Colour, width: float) -> None:
    """The outline of a rectangle.

    Parameters
    ----------
    image, colour, width
        As for `line`.
    corner, other : tuple of float
        (x, y) of two opposite corners, px.
    """
    a, b = ((_fixed(x), _fixed(y)) for x, y in (corner, other))
    cv2.rectangle(image, a, b, colour, max(1, round(width)), cv2.LINE_AA, _SUBPIXEL_BITS)


def ring(image: UInt8, at: Point, radius: float, colour: Colour, width: float) -> None:
    """A circle on the ground, seen from the side.

    Parameters
    ----------
    image, colour, width
        As for `line`.
    at : tuple of float
        Centre (x, y), px.
    radius : float
        In px.
    """
    centre, axes = (_fixed(at[0]), _fixed(at[1])), (_fixed(radius), _fixed(0.35 * radius))
    pen = max(1, round(width))
    cv2.ellipse(image, centre, axes, 0, 0, 360, colour, pen, cv2.LINE_AA, _SUBPIXEL_BITS)


def conceal(image: UInt8, at: Point, radius: float) -> None:
    """Make a disc of the picture unrecognisable for good.

    Parameters
    ----------
    image, at, radius
        As for `dot`.
    """
    height, width = image.shape[:2]
    x0, x1 = (round(min(max(at[0] + d * radius, 0), width)) for d in (-1, 1))
    y0, y1 = (round(min(max(at[1] + d * radius, 0), height)) for d in (-1, 1))
    if x1 - x0 < 2 or y1 - y0 < 2:
        return
    patch = image[y0:y1, x0:x1]
    # A mosaic of a few tiles holds too little to be undone, unlike a blur.
    tiles = cv2.resize(patch, (_TILES, _TILES), interpolation=cv2.INTER_AREA)
    smooth = cv2.resize(tiles, (x1 - x0, y1 - y0), interpolation=cv2.INTER_LINEAR)
    mask = np.zeros(patch.shape[:2], np.uint8)
    cv2.circle(
        mask,
        (_fixed(at[0] - x0), _fixed(at[1] - y0)),
        _fixed(radius),
        255,
        -1,
        cv2.LINE_8,
        _SUBPIXEL_BITS,
    )
    patch[mask > 0] = smooth[mask > 0]


def badge(image: UInt8, text: str, at: Point, colour: Colour, em: float) -> None:
    """Text on a rounded plate, moved into the picture if it is too near its edge.

    Parameters
    ----------
    image : UInt8
        (H, W, 3) RGB, drawn on in place.
    text : str
        One line.
    at : tuple of float
        Centre (x, y) of the plate, px.
    colour : tuple of int
        RGB of the plate.
    em : float
        Size of the type, px.
    """
    half = text_width(text, em, bold=True) / 2
    x = min(max(at[0], half + em), image.shape[1] - half - em)
    y = min(at[1], image.shape[0] - 0.8 * em)
    line(image, (x - half, y), (x + half, y), colour, 1.5 * em)
    write(image, text, (x - half, y + 0.36 * em), SHADOW, em, bold=True)


def write(
    image: UInt8, text: str, at: Point, colour: Colour, em: float, *, bold: bool = False
) -> float:
    """Text without a plate; returns where it ends, px from the left of the image.

    Parameters
    ----------
    image, colour
        As for `line`.
    text : str
        One line.
    at : tuple of float
        Left end (x, y) of the baseline, px.
    em : float
        Size of the type, px.
    bold : bool
        Heavier type.
    """
    org = (round(at[0]), round(at[1]))
    cv2.putText(image, text, org, colour, _font(), round(em), _WEIGHT[bold])
    return at[0] + text_width(text, em, bold=bold)


@lru_cache(maxsize=64)
def text_width(text: str, em: float, *, bold: bool = False) -> float:
    """How wide text is, px.

    Parameters
    ----------
    text, em, bold
        As for `write`.
    """
    box = cv2.getTextSize((0, 0), text, (0, 0), _font(), round(em), _WEIGHT[bold])
    return float(box[2])


@cache
def _font() -> cv2.FontFace:
    return cv2.FontFace("sans")
