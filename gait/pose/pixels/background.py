"""What happens to the picture as a whole: cuts, black and frozen frames, and a camera that moves.

The room behind the runner is followed from frame to frame. Where nothing of it is found again the
video was cut; where all of it moves, the camera did.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np

from gait.types import Float, SceneSignals, UInt8

UNKNOWN: Final = SceneSignals[float].unseen()
"""Signals of a frame of which nothing is known."""

WORKING_PX: Final = 256  # long side of the picture that is followed: the cost stays the same
THUMB: Final = (32, 24)  # of the picture that is compared as a whole
MOST_POINTS: Final = 40
FEWEST_POINTS: Final = 8  # for a motion and a scale that two wrong points cannot decide
AROUND: Final = 0.12  # of the height of a body, kept clear of points: hands, hair, shadow
FRESH_FRAMES: Final = 8  # after which new points are taken: the runner may have come over them
INLIER_PX: Final = 0.7  # of the working picture
# The belt of a treadmill moves, and below the hips it may be most of what is to be seen.
BELOW_HIPS: Final = 0.25  # of the height of a body


class SceneFollower:
    """Follows the background, frame by frame.

    Examples
    --------
    >>> follower = SceneFollower()
    >>> seen = follower.step(np.zeros((48, 64, 3), np.uint8), {})
    >>> seen.brightness
    0.0
    """

    def __init__(self) -> None:
        self._grey: UInt8 | None = None
        self._thumb: Float | None = None
        self._points: Any = None
        self._age = 0

    def step(
        self, image: UInt8, points: Mapping[str, Float], time_s: float = 0.0
    ) -> SceneSignals[float]:
        """Take the next frame and say what became of the picture since the one before.

        Parameters
        ----------
        image : uint8 array
            (H, W, 3) RGB frame.
        points : Mapping of str to Float
            (2,) landmarks in px by canonical name, NaN where missing.
        time_s : float
            Time of the frame, s; not needed here, so that all followers are called alike.

        Returns
        -------
        SceneSignals
            NaN for what is not known: in the first frame nothing but the brightness.
        """
        import cv2

        shrink = min(1.0, WORKING_PX / max(image.shape[:2]))
        size = (max(1, round(image.shape[1] * shrink)), max(1, round(image.shape[0] * shrink)))
        small = image
        if shrink < 0.5:
            # Twice the size by interpolation, then half of that: as good here as the mean of all
            # pixels, in a tenth of its time.
            small = np.asarray(cv2.resize(image, (2 * size[0], 2 * size[1])), np.uint8)
        small = np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_AREA), np.uint8)
        grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)
        thumb = np.asarray(cv2.resize(grey, THUMB, interpolation=cv2.INTER_AREA), np.float64)
        seen = replace(UNKNOWN, brightness=float(thumb.mean()))
        if self._grey is not None and self._thumb is not None:
            seen = replace(seen, picture_change=float(np.abs(thumb - self._thumb).mean()))
            if self._points is not None and self._grey.shape == grey.shape:
                seen = self._motion(seen, grey, 1 / shrink)
        if self._age == 0 or self._points is None or len(self._points) < FEWEST_POINTS:
            free = _background(grey.shape, points, shrink)
            self._points = cv2.goodFeaturesToTrack(grey, MOST_POINTS, 0.01, 8, mask=free)
        self._age = (self._age + 1) % FRESH_FRAMES
        self._grey, self._thumb = grey, thumb
        return seen

    def _motion(self, seen: SceneSignals[float], grey: UInt8, px: float) -> SceneSignals[float]:
        """What is seen, and how the background moved since the frame before."""
        import cv2

        before = self._points
        if len(before) < FEWEST_POINTS:
            return seen
        assert self._grey is not None
        after, found, _ = cv2.calcOpticalFlowPyrLK(
            self._grey, grey, before, np.empty_like(before), winSize=(13, 13), maxLevel=2
        )
        # A point that ends up elsewhere does not move with the others.
        good = found[:, 0] > 0
        if good.sum() < FEWEST_POINTS:
            return replace(seen, background_kept=float(good.mean()))
        start, end = before[good, 0].astype(float), after[good, 0].astype(float)
        matrix, inside = cv2.estimateAffinePartial2D(
            start, end, method=cv2.RANSAC, ransacReprojThreshold=INLIER_PX
        )
        if matrix is None:
            return replace(seen, background_kept=0.0)
        self._points = after[good][inside[:, 0] > 0]
        middle = np.array(grey.shape[::-1]) / 2
        moved = matrix[:, :2] @ middle + matrix[:, 2] - middle
        return replace(
            seen,
            background_kept=float(inside.sum() / len(before)),
            camera_x_px=float(moved[0] * px),
            camera_y_px=float(moved[1] * px),
            camera_scale=float(np.hypot(matrix[0, 0], matrix[1, 0])),
        )


def _background(shape: tuple[int, ...], points: Mapping[str, Float], shrink: float) -> UInt8:
    """255 where the picture shows no runner and no belt."""
    free = np.full(shape, 255, np.uint8)
    xy = np.array([p for p in points.values() if np.isfinite(p).all()]) * shrink
    if len(xy):
        (left, top), (right, bottom) = xy.min(axis=0), xy.max(axis=0)
        margin = AROUND * (bottom - top)
        hips = [points[n][1] * shrink for n in ("left_hip", "right_hip") if n in points]
        belt = float(np.mean(hips)) + BELOW_HIPS * (bottom - top) if hips else bottom
        # A runner who fills the picture leaves little room: then the floor has to do.
        if belt > 0.3 * shape[0]:
            free[max(0, int(belt)) :] = 0
        columns = slice(max(0, int(left - margin)), max(0, int(right + margin)))
        free[max(0, int(top - margin)) : max(0, int(bottom + margin)), columns] = 0
    return free
