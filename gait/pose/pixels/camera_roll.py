"""How the camera was rolled, from upright lines in the background.

Rooms and streets are full of lines that are upright: door frames, walls, cupboards, posts. In the
picture of a camera that is level but looks up or down they lean towards each other, evenly around
the middle; in that of a rolled one they all lean. So the lean at the middle is the roll. Lines that
fit no common lean are left out, and what is left must agree from one part of the picture to
another. Where nearly as many agree on another lean, two pictures stand side by side, and neither
middle is that of the whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from gait.types import Float, UprightLinesSignals

NO_LINES: Final = UprightLinesSignals[float].unseen()
"""Signals of a frame that was not looked at or that shows too few upright lines."""

EVERY_S = 1.0  # the background stays; once a second costs 1 % of the pass
WORKING_PX = 960
STEEP_DEG = 20.0  # a line further from upright than this was not meant to be upright
SHORTEST = 0.04  # of the height of the picture: shorter edges are texture
AGREE_DEG = 0.7  # scatter of parts of straight edges, as the line detector draws them
# A camera that looks up or down by 20 degrees makes lines at the two edges lean by this much.
USUAL_LEAN_DEG = 25.0
# Agreeing lines together: as long as the picture is high. With less, errors of several degrees were
# seen (leaves, crowds of short edges); with more, none above 1.
ENOUGH = 1.0
STRIPS = 8  # of the picture, side by side: the lines of one are one square of evidence
ELSEWHERE = 0.4  # of that length outside the strip with most of it: one post may lean by itself
# Lines that do not agree, but do among themselves, as share of those that do: 0.0 to 0.3 in videos
# as they were filmed, 0.7 to 1 where two pictures stand side by side.
RIVAL = 0.5
STRAY = 0.2  # of its length: a line that agrees by less does not
LEAST_SD_DEG = 0.3  # posts and walls are not better than this

_ROLLS = np.arange(-15.0, 15.01, 0.25)
_LEANS = np.arange(-40.0, 40.1, 2.0)


class UprightLines:
    """Reads the roll of the camera off the background once in a while.

    Examples
    --------
    >>> UprightLines().step(np.zeros((48, 64, 3), np.uint8), {}, 0.0).background_roll_deg
    nan
    """

    def __init__(self) -> None:
        self._next_s = 0.0

    def step(
        self, image: NDArray[np.uint8], points: Mapping[str, Float], time_s: float
    ) -> UprightLinesSignals[float]:
        """Look at one frame, if it is time; NaN where not looked at or not known.

        Parameters
        ----------
        image, points, time_s
            As for `gait.pose.pixels.background.SceneFollower.step`; lines on the runner are not
            background.
        """
        if time_s < self._next_s:
            return NO_LINES
        self._next_s = time_s + EVERY_S
        lines, height, width = _lines(image)
        body = np.array([xy for xy in points.values() if np.isfinite(xy).all()]).reshape(-1, 2)
        if len(body):
            body = body * (width / image.shape[1])
            middle = (lines[:, :2] + lines[:, 2:]) / 2
            on_body = ((middle > body.min(0)) & (middle < body.max(0))).all(axis=1)
            lines = lines[~on_body]
        roll, sd = roll_of(lines, height, width)
        return UprightLinesSignals(background_roll_deg=roll, background_roll_sd_deg=sd)


def roll_of(lines: Float, height: int, width: int) -> tuple[float, float]:
    """Roll of the camera from straight edges in its picture.

    Parameters
    ----------
    lines : Float
        (n, 4) x and y of both ends in px.
    height, width : int
        Of the picture in px.

    Returns
    -------
    tuple of float
        Roll and its SD in degrees (jackknife over strips of the picture); NaN if too few lines
        agree.
    """
    along = lines[:, 2:] - lines[:, :2]
    along = along * np.where(along[:, 1:] < 0, -1.0, 1.0)
    length = np.hypot(*along.T) / height
    lean = np.degrees(np.arctan2(-along[:, 0], along[:, 1]))
    steep = (np.abs(lean) < STEEP_DEG) & (length > SHORTEST)
    lean, length = lean[steep], length[steep]
    place = ((lines[steep, 0] + lines[steep, 2]) / 2 - width / 2) / max(height, width)
    if length.sum() < ENOUGH:
        return float("nan"), float("nan")
    start = _consensus(lean, place, length)
    roll, weight = _fit(lean, place, length, *start)
    strip = np.floor((place - place.min()) / (np.ptp(place) + 1e-9) * STRIPS)
    held = {s: float(weight[strip == s].sum()) for s in np.unique(strip)}
    own = [s for s, agreeing in held.items() if agreeing > SHORTEST]
    if weight.sum() < ENOUGH or weight.sum() - max(held.values()) < ELSEWHERE:
        return float("nan"), float("nan")
    stray = weight < STRAY * length
    if weight.sum() * RIVAL < _agreeing(lean[stray], place[stray], length[stray]):
        return float("nan"), float("nan")
    without = [_fit(lean[k], place[k], length[k], *start)[0] for k in (strip != s for s in own)]
    n = len(without)
    spread = np.sqrt((n - 1) / n * np.sum((np.array(without) - np.mean(without)) ** 2))
    return float(roll), float(np.hypot(LEAST_SD_DEG, spread))


def _agreeing(lean: Float, place: Float, length: Float) -> float:
    """How much length of line agrees on any one roll."""
    if not len(lean):
        return 0.0
    return float(_fit(lean, place, length, *_consensus(lean, place, length))[1].sum())


def _lines(image: NDArray[np.uint8]) -> tuple[Float, int, int]:
    """(n, 4) straight edges of a picture at the working scale, its height and its width."""
    import cv2

    scale = WORKING_PX / max(image.shape)
    if scale < 1:
        image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    found: Any = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD).detect(grey)[0]
    lines = np.empty((0, 4)) if found is None else np.asarray(found, float).reshape(-1, 4)
    return lines, grey.shape[0], grey.shape[1]


def _consensus(lean: Float, place: Float, length: Float) -> tuple[float, float]:
    """Roll and convergence with which most length of line agrees."""
    expected = _ROLLS[:, None, None] + _LEANS[:, None] * place
    agreeing = length * np.exp(-0.5 * ((lean - expected) / AGREE_DEG) ** 2)
    votes = agreeing.sum(axis=2) * np.exp(-0.5 * (_LEANS / USUAL_LEAN_DEG) ** 2)
    i, j = np.unravel_index(int(votes.argmax()), votes.shape)
    return float(_ROLLS[i]), float(_LEANS[j])


def _fit(
    lean: Float, place: Float, length: Float, roll: float, convergence: float
) -> tuple[float, Float]:
    """Weighted least squares around a start, and how much of each line's length agrees with it."""
    basis = np.stack([np.ones_like(place), place], axis=1)
    weight = length
    for _ in range(5):
        off = lean - roll - convergence * place
        weight = length * np.exp(-0.5 * (off / AGREE_DEG) ** 2)
        normal = basis.T @ (weight[:, None] * basis)
        normal[1, 1] += (AGREE_DEG / USUAL_LEAN_DEG) ** 2
        normal[0, 0] += 1e-9
        roll, convergence = np.linalg.solve(normal, basis.T @ (weight * lean))
    return float(roll), weight
