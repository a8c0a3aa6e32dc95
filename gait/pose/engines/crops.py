"""Square crops of a frame, turned upright, as networks want them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import cos, hypot, sin
from typing import Final

import numpy as np

from gait.pose.engines.networks import Float32
from gait.types import Float, UInt8

SHARP: Final = 2
"""Pixels of the frame per pixel of the square up to which linear interpolation skips none."""
SAME: Final = 1.4
MOVED: Final = 0.5
"""Ratio of sizes, and way in sides, from which two squares are of different people."""


@dataclass(frozen=True, slots=True)
class Crop:
    """A square in a frame."""

    x: float
    y: float
    """`x` and `y`: its middle, px."""
    side: float
    """Length of a side, px."""
    angle: float = 0.0
    """By how much it is turned clockwise, rad."""

    def to_frame(self, unit: Float) -> Float:
        """(..., 2) points of the square, whose side is 1 and corner (0, 0), in px of the frame."""
        centred = (np.asarray(unit) - 0.5) * self.side
        return centred @ self._turn.T + (self.x, self.y)

    def from_frame(self, px: Float) -> Float:
        """(..., 2) px of the frame as points of the square; the inverse of `to_frame`."""
        return np.asarray((px - np.array([self.x, self.y])) @ self._turn / self.side + 0.5)

    def shifted(self, by: Float) -> Crop:
        """The same square in a picture whose corner is (2,) px elsewhere."""
        return replace(self, x=self.x + float(by[0]), y=self.y + float(by[1]))

    def towards(self, other: Crop, share: float) -> Crop | None:
        """The square a share of the way to another; None if these cannot be of the same person."""
        ratio = other.side / self.side
        if not 1 / SAME < ratio < SAME:
            return None
        if hypot(other.x - self.x, other.y - self.y) > MOVED * max(self.side, other.side):
            return None
        return Crop(
            self.x + share * (other.x - self.x),
            self.y + share * (other.y - self.y),
            self.side + share * (other.side - self.side),
            self.angle + share * (other.angle - self.angle),
        )

    def cut(self, image: UInt8, size: int) -> UInt8:
        """(size, size, 3) the square of an RGB image; black where the frame has ended."""
        import cv2

        corner, shrink = np.zeros(2), int(self.side / size)
        if shrink >= SHARP:
            # By a whole number, which is ten times faster than by any other.
            image, corner = self._surroundings(image, shrink)
            width, height = image.shape[1] // shrink, image.shape[0] // shrink
            smaller = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
            image = np.asarray(smaller, np.uint8)
        else:
            shrink = 1
        matrix = np.empty((2, 3))
        matrix[:, :2] = self._turn * (self.side / size / shrink)
        # Points count from the middle of the first pixel, which is another one when made smaller.
        matrix[:, 2] = (self.to_frame(np.zeros(2)) - corner + 0.5) / shrink - 0.5
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        return np.asarray(cv2.warpAffine(image, matrix, (size, size), flags=flags), np.uint8)

    def paste(self, square: Float32, shape: tuple[int, int]) -> Float32:
        """An (S, S) map of the square as one of the whole frame of that shape, 0 around it."""
        import cv2

        matrix = np.empty((2, 3))
        matrix[:, :2] = self._turn.T * (len(square) / self.side)
        matrix[:, 2] = len(square) / 2 - matrix[:, :2] @ (self.x, self.y)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        whole = cv2.warpAffine(square, matrix, shape[::-1], flags=flags)  # black outside
        return np.asarray(whole, np.float32)

    def _surroundings(self, image: UInt8, step: int) -> tuple[UInt8, Float]:
        """The upright part of the frame that holds the square, its sides whole steps long, and
        its corner."""
        ends = self.to_frame(np.array([(0, 0), (0, 1), (1, 0), (1, 1)]))
        last = np.maximum(np.array(image.shape[1::-1]) - step, 0)
        low = np.clip(ends.min(axis=0) - step, 0, last).astype(int)
        room = np.array(image.shape[1::-1]) - low
        steps = np.ceil((ends.max(axis=0) + step - low) / step).astype(int)
        (width, height) = (step * np.clip(steps, 1, np.maximum(room // step, 1))).tolist()
        left, top = low.tolist()
        return image[top : top + height, left : left + width], low.astype(float)

    @property
    def _turn(self) -> Float:
        c, s = cos(self.angle), sin(self.angle)
        return np.array([[c, -s], [s, c]])
