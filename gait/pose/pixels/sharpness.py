"""How sharp the feet and the head are in the picture, and how grainy it is, frame by frame.

Measured with the blur effect of Crete et al. (2007, Proc. SPIE 6492, 64920I): blurring a sharp
picture once more changes its edges a lot, blurring a blurred one hardly. It needs no second
picture to compare with. A foot that is sharp while it is slow and not while it is fast shows motion
blur; what does not depend on speed comes from focus, compression or a small picture.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from gait.pose.pixels.knee_flow import leg_lengths_px
from gait.skeleton import FOOT
from gait.types import SIDES, Float, SharpnessSignals, Side

FEET: Final[Mapping[Side, tuple[str, ...]]] = {
    side: tuple(f"{side}_{point}" for point in FOOT) for side in SIDES
}
HEAD: Final = ("nose", "left_ear", "right_ear")
"""The points in whose middle lies what is looked at."""

NOT_LOOKED_AT: Final = SharpnessSignals[float].unseen()
"""Signals of a frame without a person, or between two looks."""

# Lengths are fractions of the leg (thigh + shank), so they hold at any image size.
REGION = 0.16  # half the side of the square that is looked at: a shoe is 0.3 long
# The scale at which edges are judged: of the blur, only what is large against the leg matters.
WORKING_LEG_PX = 200
BLUR_PX = 11  # width of the blur that is added, as in the paper
# Medians over a video need no more: eight looks a stride. Every frame would cost as much as a
# fifteenth of an inference.
LOOK_S = 1 / 12


class SharpnessMeter:
    """Says how blurred feet and head are and how grainy the runner, some frames a second.

    Examples
    --------
    >>> SharpnessMeter().step(np.zeros((48, 64, 3), np.uint8), {}).head_blur
    nan
    """

    def __init__(self) -> None:
        self._next_s = -np.inf

    def step(
        self, image: NDArray[np.uint8], points: Mapping[str, Float], time_s: float = 0.0
    ) -> SharpnessSignals[float]:
        """Look at one frame; NaN where not seen.

        Parameters
        ----------
        image, points
            As for `gait.pose.pixels.background.SceneFollower.step`.
        time_s : float
            Time of the frame; one too soon after the last that was looked at is passed over.
        """
        if time_s < self._next_s:
            return NOT_LOOKED_AT
        self._next_s = time_s + LOOK_S
        leg_px = max(leg_lengths_px(points), default=float("nan"))  # the straighter one

        def blur(names: Sequence[str]) -> float:
            seen = [points[name] for name in names if name in points]
            crop = _crop(image, np.mean(seen, axis=0), leg_px) if seen else None
            if crop is None:
                return float("nan")
            return max(blur_effect(crop), blur_effect(crop.T))

        return SharpnessSignals(
            left_foot_blur=blur(FEET["left"]),
            right_foot_blur=blur(FEET["right"]),
            head_blur=blur(HEAD),
            grain=grain(_body(image, points)),
        )


def blur_effect(grey: Float) -> float:
    """How blurred an (H, W) picture is along its rows: 0 sharp to 1; NaN for an even surface."""
    import cv2

    again = cv2.blur(grey, (BLUR_PX, 1), borderType=cv2.BORDER_REFLECT)
    edges = np.abs(np.diff(grey, axis=1))
    lost = np.maximum(0.0, edges - np.abs(np.diff(again, axis=1)))
    total = float(edges.sum())
    return 1 - float(lost.sum()) / total if total > 0 else float("nan")


def grain(grey: Float) -> float:
    """Noise of a picture against what is in it.

    Parameters
    ----------
    grey : Float
        (H, W) brightness.

    Returns
    -------
    float
        SD of white noise (Immerkaer 1996, Comput Vis Image Underst 64:300, with a median in place
        of the mean: edges are no noise) over the SD of the smoothed picture; NaN for an even one.
    """
    import cv2

    if not grey.size:
        return float("nan")
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
    noise = float(np.median(np.abs(cv2.filter2D(grey, -1, kernel)))) / (6 * 0.6745)
    contrast = float(cv2.GaussianBlur(grey, (0, 0), 2).std())
    return noise / contrast if contrast > 0 else float("nan")


def _body(image: NDArray[np.uint8], points: Mapping[str, Float]) -> Any:
    """Grey box around all points, as large as it is in the picture."""
    import cv2

    xy = np.array([p for p in points.values() if np.isfinite(p).all()]).reshape(-1, 2)
    if not len(xy):
        return np.empty((0, 0), np.float32)
    (left, top), (right, bottom) = (np.maximum(xy.min(0), 0), np.maximum(xy.max(0), 0))
    crop = image[int(top) : int(bottom), int(left) : int(right)]
    if not crop.size:
        return np.empty((0, 0), np.float32)
    return cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY).astype(np.float32)


def _crop(image: NDArray[np.uint8], middle: Float, leg_px: float) -> Any:
    """Grey square around a point at the working scale; None if most of it is not in the picture."""
    import cv2

    half = REGION * leg_px
    if not np.isfinite([*middle, half]).all() or half < 1:
        return None
    left, top = np.maximum(np.round(middle - half), 0).astype(int)
    right, bottom = np.maximum(np.round(middle + half), 0).astype(int)
    crop = image[top:bottom, left:right]
    if min(crop.shape[:2]) < half:
        return None
    scale = WORKING_LEG_PX / leg_px
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    grey = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY).astype(np.float32)
    return cv2.resize(grey, None, fx=scale, fy=scale, interpolation=how)
