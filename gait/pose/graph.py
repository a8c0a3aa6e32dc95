"""BlazePose by our own graph: a steady, closer look than MediaPipe takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from gait.pose.blazepose_nets import SURE, BlazePoseNets, Landmarker, Reading
from gait.pose.crops import Crop, Image
from gait.pose.inference import Detection, nobody
from gait.pose.pixels.silhouette import NO_OUTLINE, outline
from gait.skeleton import BLAZEPOSE, SHANK_AND_FOOT
from gait.types import Float

ROOM: Final = 1.3
"""Side of the square around a body, in longer sides of the box of its points. Renders whose motion
is people's: with 1.15 or with MediaPipe's circle around the hips, toes scatter by half as much
again."""
MASK_PX: Final = 960
"""Longest side of a frame at which the outline is read: finer costs time and says no more."""


class GraphEngine:
    """Both networks for one thread.

    Parameters
    ----------
    nets : BlazePoseNets
        Shared by all threads.
    mirrored : bool
        Whether the mean with the mirror image is taken: twice the work, and half of the errors
        that a network makes are not the same in the mirror.
    """

    def __init__(self, nets: BlazePoseNets, *, mirrored: bool) -> None:
        self._nets = nets
        self._mirrored = mirrored
        self._detector = nets.detector()
        self._landmarkers: dict[bool, Landmarker] = {}

    def close(self) -> None:
        """Let go of the networks."""
        self._landmarkers.clear()

    def locate(self, image: Image) -> Crop | None:
        """The square around the most prominent person; None without anybody.

        Parameters
        ----------
        image : uint8 array
            (H, W, 3) RGB.
        """
        crop = self._detector(image)
        if crop is None:
            return None
        seen = self._landmarker(mask=False)(image, crop)
        return around(seen.xy) if seen.presence >= SURE else None

    def detect(self, image: Image, crop: Crop | None, *, silhouette: bool) -> Detection:
        """The points in the crop; where it is not known or shows nobody, it is looked for.

        Parameters
        ----------
        image, crop, silhouette
            See `gait.pose.inference.Engine`.
        """
        seen = crop and self._look(image, crop, silhouette=silhouette)
        if not seen:
            crop = self.locate(image)
            seen = crop and self._look(image, crop, silhouette=silhouette)
        if not seen:
            return nobody()
        edges = dict(NO_OUTLINE)
        if crop is not None and seen.mask is not None:
            edges = _edges(seen, crop, image.shape[:2])
        return seen.xy, seen.visibility, edges

    def _look(self, image: Image, crop: Crop, *, silhouette: bool) -> Reading | None:
        seen = self._landmarker(mask=silhouette)(image, crop)
        if seen.presence < SURE:
            return None
        if not self._mirrored:
            return seen
        return mean(seen, self._landmarker(mask=False)(image, crop, mirrored=True))

    def _landmarker(self, *, mask: bool) -> Landmarker:
        if mask not in self._landmarkers:
            self._landmarkers[mask] = self._nets.landmarker(mask=mask)
        return self._landmarkers[mask]


def around(xy: Float) -> Crop:
    """The square in which a body is looked at.

    Parameters
    ----------
    xy : Float
        (33, 2) px, all points.
    """
    low, high = xy.min(axis=0), xy.max(axis=0)
    x, y = (low + high) / 2
    return Crop(float(x), float(y), ROOM * float(max(high - low)))


def mean(one: Reading, mirrored: Reading) -> Reading:
    """Of what was seen directly and in the mirror; the legs keep the names of the first.

    Parameters
    ----------
    one, mirrored : Reading
        Of the same crop.
    """
    xy, visibility = mirrored.xy, mirrored.visibility
    crossed = xy[_LEGS_CROSSED]
    if _apart(one.xy, crossed) < _apart(one.xy, xy):
        xy, visibility = crossed, visibility[_LEGS_CROSSED]
    return Reading((one.xy + xy) / 2, (one.visibility + visibility) / 2, one.presence, one.mask)


def _apart(one: Float, other: Float) -> float:
    return float(np.linalg.norm((one - other)[_LEGS], axis=1).sum())


def _crossed() -> Sequence[int]:
    order = list(range(len(BLAZEPOSE)))
    for point in SHANK_AND_FOOT:
        left, right = BLAZEPOSE.index(f"left_{point}"), BLAZEPOSE.index(f"right_{point}")
        order[left], order[right] = right, left
    return order


_LEGS_CROSSED: Final = _crossed()
_LEGS: Final = [i for i, name in enumerate(BLAZEPOSE) if name.partition("_")[2] in SHANK_AND_FOOT]


def _edges(seen: Reading, crop: Crop, shape: tuple[int, int]) -> dict[str, float]:
    """The outline read off a frame that is made smaller, if need be, in px of the frame."""
    assert seen.mask is not None
    scale = min(1.0, MASK_PX / max(shape))
    small = Crop(scale * crop.x, scale * crop.y, scale * crop.side, crop.angle)
    mask = small.paste(seen.mask, (round(scale * shape[0]), round(scale * shape[1])))
    edges = outline(mask, dict(zip(BLAZEPOSE, scale * seen.xy, strict=True)))
    return {name: px / scale for name, px in edges.items()}
