"""Looking for everybody in a frame, and for one person among others.

The model looks for people in the whole frame made small. In a wide frame they become too small, and
of several people it finds one. So the frame is looked at in square crops, everybody who was found
is painted over, and it is looked at again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from gait.pose.person_tracking import Body, Person, boxes_at, hips_at
from gait.types import Float, UInt8

Find = Callable[[UInt8], Body | None]
"""The one person whom the model sees best in a picture."""

MOST_ROUNDS: Final = 4
MARGIN: Final = 0.12  # of the longer side of a box of points: hair, hands and shoes reach beyond
CUT_OFF: Final = 0.03  # of a square: a body that reaches further over its edge is not whole in it
ROOM: Final = 2.2  # side of the square around a person, in trunk plus leg: arms and steps fit in


def everybody(image: UInt8, find: Find, known: Sequence[Body] = (), *, whole: bool) -> list[Body]:
    """Everybody in a frame beside those who are known already.

    Parameters
    ----------
    image : uint8 array
        (H, W, 3) RGB frame.
    find : callable
        Finds one person in a picture.
    known : sequence of Body
        Painted over before the search begins.
    whole : bool
        Whether to look at the frame as a whole, too: for people who do not fit in a square of it.
    """
    height, width = image.shape[:2]
    squares = tiles(width, height)
    if whole and len(squares) > 1:
        squares = [(0, width), *squares]
    found: list[Body] = []
    for _ in range(MOST_ROUNDS):
        blank = erased(image, [body.box for body in (*known, *found)])
        seen = [_in_tile(blank, square, find) for square in squares]
        bodies = [body for body in seen if body is not None and body.is_in(width, height)]
        new = distinct(bodies, (*known, *found))
        if not new:
            break
        found += new
        # Where nobody was to be seen nobody is hidden.
        squares = [at for at, body in zip(squares, seen, strict=True) if body is not None]
    return found


def tiles(width: int, height: int) -> list[tuple[int, int]]:
    """Columns (from, to) in px of square crops of a wide frame, each sharing half with the next.

    Examples
    --------
    >>> tiles(480, 854)
    [(0, 480)]
    >>> tiles(960, 540)
    [(0, 540), (210, 750), (420, 960)]
    """
    if width <= 1.1 * height:
        return [(0, width)]
    n = int(np.ceil((width - height) / (0.5 * height))) + 1
    starts = np.linspace(0, width - height, n).astype(int).tolist()
    return [(start, start + height) for start in starts]


def erased(image: UInt8, boxes: Sequence[Float], spared: Float | None = None) -> UInt8:
    """A copy of a frame in which people are grey boxes.

    Parameters
    ----------
    image : uint8 array
        (H, W, 3) RGB frame.
    boxes : sequence of Float
        (4,) left, top, right, bottom of their points, px; NaN for nobody.
    spared : Float, optional
        Box of somebody who stays as he is, also where others come near.
    """
    out = image.copy()
    for box in boxes:
        out[_with_margin(box)] = 128
    if spared is not None:
        inside = _with_margin(spared)
        out[inside] = image[inside]
    return out


def _with_margin(box: Float) -> tuple[slice, slice]:
    if not np.isfinite(box).all():
        return np.s_[:0, :0]
    margin = MARGIN * float(np.max(box[2:] - box[:2]))
    left, top = np.maximum(box[:2] - margin, 0).astype(int).tolist()
    right, bottom = np.maximum(box[2:] + margin, 0).astype(int).tolist()
    return np.s_[top:bottom, left:right]


def distinct(bodies: Sequence[Body], known: Sequence[Body] = ()) -> list[Body]:
    """Each person who is not known once, in the sighting that the model is surest of."""
    kept: list[Body] = []
    for body in sorted(bodies, key=lambda b: -float(b.score.mean())):
        if not any(body.same_as(other) for other in (*known, *kept)):
            kept.append(body)
    return kept


def _in_tile(image: UInt8, columns: tuple[int, int], find: Find) -> Body | None:
    start, stop = columns
    body = find(image[:, start:stop])
    if body is None:
        return None
    body = Body(body.xy + np.array([start, 0.0]), body.score)
    # Half a person at the edge is completed with points that nobody has seen; the neighbouring
    # square has the whole person.
    beyond = CUT_OFF * (stop - start)
    cut_left = start > 0 and body.box[0] < start - beyond
    cut_right = stop < image.shape[1] and body.box[2] > stop + beyond
    return None if cut_left or cut_right else body


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """Where to look for one person in one frame, and whom not to mistake for it."""

    hips: Float
    """(2,) px where the hips should be; NaN if the person is hidden."""
    size_px: float
    """Trunk plus leg."""
    box: Float
    """(4,) px of all points."""
    others: tuple[Float, ...] = ()
    """(4,) boxes of everybody else."""

    def cut_out(self, image: UInt8) -> tuple[UInt8 | None, Float]:
        """The picture around this person, others painted over, and its corner in the frame, px.

        None if the person is hidden.
        """
        corner, end = self._square()
        if not np.isfinite(corner).all():
            return None, np.zeros(2)
        alone = erased(image, self.others, spared=self.box) if self.others else image
        left, top = np.maximum(corner, 0).astype(int).tolist()
        right, bottom = np.maximum(end, 0).astype(int).tolist()
        crop = alone[top:bottom, left:right]
        return (crop if min(crop.shape[:2]) > 1 else None), np.array([left, top], float)

    def is_met(self, xy: Float) -> bool:
        """Whether a body with these points (px of the frame) is this person and not another."""
        return Body(xy, np.zeros(len(xy))).is_at(self.hips, self.size_px)

    def _square(self) -> tuple[Float, Float]:
        middle, half = (self.box[:2] + self.box[2:]) / 2, ROOM * self.size_px / 2
        return middle - half, middle + half


def targets(people: Sequence[Person], chosen: int, time: Float) -> list[Target]:
    """Where the chosen person is in every frame.

    Parameters
    ----------
    people : sequence of Person
        As linked.
    chosen : int
        Position among them.
    time : Float
        (T,) s, of the frames.
    """
    boxes = [boxes_at(person, time) for person in people]
    hips, size = hips_at(people[chosen], time), people[chosen].size_px
    others = [box for i, box in enumerate(boxes) if i != chosen]
    return [
        Target(hips[t], size, boxes[chosen][t], tuple(box[t] for box in others))
        for t in range(len(time))
    ]


def spread_out(time: Float, apart_s: float) -> list[int]:
    """Positions of frames at least so many s apart, the first one half of it from the start."""
    due = np.floor(time / apart_s + 0.5)
    return [i for i, (a, b) in enumerate(pairwise(due), start=1) if b > a]
