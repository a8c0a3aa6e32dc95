"""The runner as lines: which points are drawn, the skeleton, and where the head is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from gait.render.draw import SHADOW, Colour, Point, dot, line
from gait.skeleton import LIMBS
from gait.types import SIDES, Float, PoseTrack, Side, UInt8, opposite

COLOURS: Final[Mapping[Side | None, Colour]] = {
    "left": (86, 180, 233),
    "right": (230, 159, 0),
    None: (225, 225, 225),
}
"""By side of the body, on a video."""

Points = dict[str, tuple[Point, bool]]
"""Keypoints in px of a picture, and whether the pose model is sure of them."""

_SURE: Final = 0.5
"""Score from which a point is drawn filled."""
_GUESS: Final = 0.2
"""Score below which a point is not drawn."""
_HEAD: Final = (
    "nose",
    "left_eye",
    "right_eye",
    "left_ear",
    "right_ear",
    "mouth_left",
    "mouth_right",
)
HEAD_OF_LEG: Final = 0.24
"""Radius that hides the head, of thigh plus shank: it is 0.13 of stature high, they are 0.49 of it
(Winter), and there is a margin of four fifths for the points' error and hair."""


def points(xy: Float, score: Float, names: tuple[str, ...], width: int, height: int) -> Points:
    """The points of one frame that can be drawn.

    Parameters
    ----------
    xy : Float
        (K, 2) px of the picture.
    score : Float
        (K,) how sure the pose model is.
    names : tuple of str
        K keypoints.
    width, height : int
        Of the picture, px.
    """
    size = np.array([width, height])
    # Points far outside the picture would overflow OpenCV's integers; NaN is not inside.
    inside = ((xy > -size) & (xy < 2 * size)).all(axis=1) & (score >= _GUESS)
    return {
        name: ((float(x), float(y)), bool(s >= _SURE))
        for name, (x, y), s, ok in zip(names, xy, score, inside, strict=True)
        if ok
    }


def draw_skeleton(picture: UInt8, found: Points, near: Side | None, em: float) -> None:
    """Draw limbs and joints, the far leg thinner and behind the near one.

    Parameters
    ----------
    picture : UInt8
        (H, W, 3) RGB, drawn on in place.
    found : dict
        What to draw.
    near : {"left", "right"} or None
        The leg towards the camera, if one is.
    em : float
        Size of the type in the same picture, px; lines go with it.
    """
    far = opposite(near) if near else None
    for side in (None, far, near) if near else (None, *SIDES):
        colour = shade(COLOURS[side], 0.6) if side and side == far else COLOURS[side]
        pen = em * (0.11 if side == far else 0.18)
        limbs = [(a, b) for a, b in LIMBS if _limb_side(a, b) == side]
        drawn = [(found[a], found[b]) for a, b in limbs if a in found and b in found]
        for ink, extra in ((SHADOW, 0.1 * em), (colour, 0.0)):
            for (start, sure), (end, also_sure) in drawn:
                line(picture, start, end, ink, (pen if sure and also_sure else 0.06 * em) + extra)
        # Not a set, whose order changes from process to process: points may cover each other.
        joints = dict.fromkeys(name for limb in limbs for name in limb) if side else {}
        for name in filter(found.__contains__, joints):
            at, sure = found[name]
            dot(picture, at, pen + 0.1 * em, SHADOW)
            dot(picture, at, pen, colour)
            if not sure:
                dot(picture, at, 0.6 * pen, SHADOW)


def heads(track: PoseTrack) -> Float | None:
    """(T, 2) px, the middle of the head in every frame; None if it was never found.

    Where it was not found it is taken to be where it was last or will be next.
    """
    names = [name for name in _HEAD if name in track]
    if not names:
        return None
    found = np.stack([track[name] for name in names])
    seen = np.isfinite(found).all(axis=2).any(axis=0)
    if not seen.any():
        return None
    with np.errstate(invalid="ignore"):
        middle = np.nansum(found, axis=0) / np.isfinite(found).sum(axis=0)
    frames = np.arange(len(track))
    filled = [np.interp(frames, frames[seen], middle[seen, axis]) for axis in (0, 1)]
    return np.stack(filled, axis=1)


def shade(colour: Colour, factor: float) -> Colour:
    """A darker or lighter version of a colour."""
    r, g, b = (round(c * factor) for c in colour)
    return r, g, b


def _side(name: str) -> Side | None:
    return next((side for side in SIDES if name.startswith(side)), None)


def _limb_side(a: str, b: str) -> Side | None:
    return _side(a) if _side(a) == _side(b) else None
