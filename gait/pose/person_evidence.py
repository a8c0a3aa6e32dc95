"""Which of the bodies that a pose model found are people.

A pose model finds bodies in bags, consoles and posters, and a runner in every mirror. A person is
in the picture and moves in it; whoever rises and falls with the runner in every step is a
reflection.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gait.pose.person_tracking import Person, boxes_at
from gait.types import Float, UInt8

SMALL_PX: Final = 320
"""Long side of the pictures that are compared: who stands sways by a pixel or two in them."""

APART_S: Final = 1.2
"""Between two pictures: who stands sways by a centimetre within a second; lamps and clouds change
the picture later."""

MOVES: Final = (2.0, 1.5)
"""How many times more than the rest of the picture, and how many grey levels besides, somebody
changes who moves. Bags and posters beside a rendered runner change by 1.0 to 1.3 times as much as
the rest, people who stand and sway by a centimetre by ten times."""

ALL_S: Final = 60.0
STRETCH_S: Final = 3.0
EVERY_S: Final = 30.0
"""After the first minute pictures are kept of so many seconds in so many."""

UNSTEADY: Final = 8.0
"""Grey levels by which the rest changes where the camera moves: then nothing is known."""

ALIKE: Final = 0.8
"""Correlation of the rise and fall of two bodies above which one is the other's reflection."""
FEWEST_TOGETHER: Final = 8
"""Sights of both that make it sure."""


class Pictures:
    """Small pictures of a few frames a second, in which people are seen to move.

    They are a little blurred (grain is no motion), in whole grey levels, and of a long video only
    some stretches, so that memory does not grow with it.

    Attributes
    ----------
    by_time : dict of float to uint8 array
        (h, w) grey levels by time in s.
    scale : float
        Pixels of these per pixel of the frame.
    """

    def __init__(self) -> None:
        self.by_time: dict[float, UInt8] = {}
        self.scale = 1.0

    def keep(self, image: UInt8, time_s: float) -> None:
        """Keep an (H, W, 3) RGB frame, unless it is between the stretches that are kept."""
        import cv2

        if time_s > ALL_S and time_s % EVERY_S > STRETCH_S:
            return
        shrink = min(1.0, SMALL_PX / max(image.shape[:2]))
        size = (max(1, round(image.shape[1] * shrink)), max(1, round(image.shape[0] * shrink)))
        resized = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
        grey = cv2.cvtColor(resized, cv2.COLOR_RGB2GRAY)
        self.by_time[time_s] = np.asarray(cv2.GaussianBlur(grey, (0, 0), 1.0), np.uint8)
        self.scale = max(size) / max(image.shape)


def real(
    people: Sequence[Person], pictures: Mapping[float, UInt8 | Float], scale: float
) -> list[Person]:
    """Those who are people, without things and reflections; all of them if none is left.

    Parameters
    ----------
    people : sequence of Person
        As linked, in order from left to right.
    pictures : mapping of float to array
        Of `Pictures`.
    scale : float
        Of `Pictures`.
    """
    times = sorted(pictures)
    boxes = [boxes_at(person, np.array(times)) * scale for person in people]
    kept = [
        i
        for i in range(len(people))
        if _moves(i, boxes, [pictures[time_s] for time_s in times], times)
    ]
    reflected = {
        min(i, j, key=lambda k: people[k].size_px)
        for i, j in combinations(kept, 2)
        if _in_phase(people[i], people[j])
    }
    return [people[i] for i in kept if i not in reflected] or list(people)


def _moves(
    person: int, boxes: Sequence[Float], pictures: Sequence[UInt8 | Float], times: Sequence[float]
) -> bool:
    """Whether the picture changes where this person is; True where that cannot be known."""
    inside, rest = [], []
    for first, time_s in enumerate(times):
        last = int(np.searchsorted(times, time_s + APART_S, side="right")) - 1
        here = [box[[first, last]] for box in boxes]
        if last == first or not np.isfinite(here[person]).all():
            continue
        change = np.abs(np.subtract(pictures[last], pictures[first], dtype=np.float64))
        others = np.zeros(change.shape, bool)
        for i, box in enumerate(here):
            if i != person:
                others |= _covered(change.shape, box, 0.15)
        own = _covered(change.shape, here[person], -0.1) & ~others
        free = ~others & ~_covered(change.shape, here[person], 0.15)
        if own.sum() > 20 and free.sum() > 20:
            inside.append(float(np.percentile(change[own], 90)))
            rest.append(float(np.percentile(change[free], 90)))
    if not inside or np.median(rest) > UNSTEADY:
        return True
    return bool(np.median(inside) > MOVES[0] * np.median(rest) + MOVES[1])


def _covered(shape: tuple[int, ...], boxes: Float, wider: float) -> NDArray[np.bool_]:
    """Where any of some boxes is, each made wider on all sides by a share of its longer one."""
    mask = np.zeros(shape, bool)
    for box in boxes[np.isfinite(boxes).all(axis=1)]:
        margin = wider * min(box[2] - box[0], box[3] - box[1])
        left, top = np.maximum(box[:2] - margin, 0).astype(int).tolist()
        right, bottom = np.maximum(box[2:] + margin, 0).astype(int).tolist()
        mask[top:bottom, left:right] = True
    return mask


def _in_phase(one: Person, other: Person) -> bool:
    """Whether two bodies rise and fall together: nobody keeps step so exactly but a reflection."""
    heights = [
        {t: -b.hips[1] / b.size_px for t, b in zip(p.time, p.bodies, strict=True)}
        for p in (one, other)
    ]
    together = sorted(heights[0].keys() & heights[1].keys())
    if len(together) < FEWEST_TOGETHER:
        return False
    rise = np.array([[h[t] for t in together] for h in heights])
    rise -= rise.mean(axis=1, keepdims=True)
    spread = rise.std(axis=1)
    if (spread < STILL).any():  # who does not rise and fall cannot do so together
        return False
    return float(np.mean(rise[0] * rise[1]) / spread.prod()) > ALIKE


STILL: Final = 0.006
"""Of the body, standard deviation: runners rise and fall by 0.02."""
