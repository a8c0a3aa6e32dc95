"""BlazePose by our own graph: a steady, closer look than MediaPipe takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from gait.pose.engines.blazepose_nets import SURE, BlazePoseNets, Landmarker, Reading
from gait.pose.engines.crops import Crop
from gait.pose.inference import Detection, nobody
from gait.pose.pixels.silhouette import NO_OUTLINE, outline
from gait.skeleton import BLAZEPOSE, SHANK_AND_FOOT
from gait.types import Float, SilhouetteSignals, UInt8

ROOM: Final = 1.3
"""Side of the square around a body, in longer sides of the box of its points."""


@dataclass(frozen=True, slots=True)
class Look:
    """One way of showing a body to the network."""

    room: float = 1.0
    """Side of the square, in `ROOM` of the body."""
    mirrored: bool = False
    """Whether the mirror image is shown."""


ONCE: Final = (Look(),)
"""The least that can be done."""
THRICE: Final = (Look(), Look(mirrored=True), Look(room=1.12))
"""Enough for a majority: a wild frame and exchanged legs of one look are outvoted."""
MASK_PX: Final = 960
"""Longest side of a frame at which the outline is read: finer costs time and says no more."""


class GraphEngine:
    """Both networks, which all threads share, for one thread; each look at a body has its cost."""

    def __init__(self, nets: BlazePoseNets, looks: Sequence[Look] = ONCE) -> None:
        self._nets = nets
        self._looks = looks
        self._detector = nets.detector()
        self._landmarkers: dict[bool, Landmarker] = {}

    def close(self) -> None:
        """Let go of the networks."""
        self._landmarkers.clear()

    def locate(self, image: UInt8) -> Crop | None:
        """The square around the most prominent person; None without anybody."""
        crop = self._detector(image)
        if crop is None:
            return None
        seen = self._landmarker(mask=False)(image, crop)
        return around(seen.xy, crop.angle) if seen.presence >= SURE else None

    def detect(self, image: UInt8, crop: Crop | None, *, silhouette: bool) -> Detection:
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
        edges = NO_OUTLINE
        if crop is not None and seen.mask is not None:
            edges = _edges(seen, crop, image.shape[:2])
        return seen.xy, seen.visibility, edges

    def _look(self, image: UInt8, crop: Crop, *, silhouette: bool) -> Reading | None:
        seen: list[Reading] = []
        for look in self._looks:
            first = not seen
            closer = replace(crop, side=look.room * crop.side)
            net = self._landmarker(mask=silhouette and first)
            seen.append(net(image, closer, mirrored=look.mirrored))
            if first and seen[0].presence < SURE:
                return None
        return agreed(seen)

    def _landmarker(self, *, mask: bool) -> Landmarker:
        if mask not in self._landmarkers:
            self._landmarkers[mask] = self._nets.landmarker(mask=mask)
        return self._landmarkers[mask]


def around(xy: Float, angle: float) -> Crop:
    """The square in which a body is looked at.

    It has to lean as the body does: upright, the network sees a runner who leans by 9 degrees lean
    by 5.

    Parameters
    ----------
    xy : Float
        (33, 2) px, all points.
    angle : float
        By how much the square is turned clockwise, rad.
    """
    leaning = Crop(0.0, 0.0, 1.0, angle)
    along = leaning.from_frame(xy)
    low, high = along.min(axis=0), along.max(axis=0)
    x, y = leaning.to_frame((low + high) / 2).tolist()
    return Crop(x, y, ROOM * float(max(high - low)), angle)


def agreed(seen: Sequence[Reading]) -> Reading:
    """The middle of several looks at one body, with the legs named as most of them have it.

    The outline is that of the first.
    """
    first, *others = seen
    crossed = [False]
    for other in others:
        apart = _apart(first.xy, other.xy), _apart(first.xy, other.xy[_LEGS_CROSSED])
        crossed.append(apart[1] < apart[0])
    if 2 * sum(crossed) > len(seen):
        crossed = [not other for other in crossed]
    order = [_LEGS_CROSSED if c else _AS_NAMED for c in crossed]
    xy = np.median([s.xy[o] for s, o in zip(seen, order, strict=True)], axis=0)
    visibility = np.median([s.visibility[o] for s, o in zip(seen, order, strict=True)], axis=0)
    return Reading(xy, visibility, first.presence, first.mask)


def _apart(one: Float, other: Float) -> float:
    return float(np.linalg.norm((one - other)[_LEGS], axis=1).sum())


def _crossed() -> Sequence[int]:
    order = list(_AS_NAMED)
    for point in SHANK_AND_FOOT:
        left, right = BLAZEPOSE.index(f"left_{point}"), BLAZEPOSE.index(f"right_{point}")
        order[left], order[right] = right, left
    return order


_AS_NAMED: Final = range(len(BLAZEPOSE))
_LEGS_CROSSED: Final = _crossed()
_LEGS: Final = [i for i, name in enumerate(BLAZEPOSE) if name.partition("_")[2] in SHANK_AND_FOOT]


def _edges(seen: Reading, crop: Crop, shape: tuple[int, int]) -> SilhouetteSignals[float]:
    """The outline read off a frame that is made smaller, if need be, in px of the frame."""
    assert seen.mask is not None
    scale = min(1.0, MASK_PX / max(shape))
    small = Crop(scale * crop.x, scale * crop.y, scale * crop.side, crop.angle)
    mask = small.paste(seen.mask, (round(scale * shape[0]), round(scale * shape[1])))
    return outline(mask, dict(zip(BLAZEPOSE, scale * seen.xy, strict=True))).unscaled(scale)
