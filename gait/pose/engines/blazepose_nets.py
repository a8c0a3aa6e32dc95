"""The two networks of BlazePose: where somebody is, and where the points of that body are.

How outputs are read follows the published graph of MediaPipe's pose landmarker (Bazarevsky et al.
2020, "BlazePose: On-device Real-time Body Pose tracking"); tests hold it to MediaPipe's own
numbers.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import atan2, hypot, pi
from pathlib import Path
from threading import Lock
from typing import Final

import numpy as np

from gait.pose.engines.crops import Crop
from gait.pose.engines.networks import Float32, Network, Runtime
from gait.skeleton import BLAZEPOSE, mirror_name
from gait.types import Float, UInt8

DETECTOR_PX: Final = 224
STRIDES_PX: Final = ((8, 2), (16, 2), (32, 6))
"""Cells of the detector's grids, and how many boxes each cell proposes."""
BODY_PX: Final = 256
HEATMAP_PX: Final = 64
KERNEL: Final = 7
"""Cells of a heatmap around the regressed point from which it is refined."""
SURE: Final = 0.5
"""Confidence from which somebody is there, and from which a heatmap refines its point."""
OVERLAP: Final = 0.3
"""Intersection over union from which two boxes mean the same person."""
ROOM: Final = 1.25
"""Side of the square around somebody who was detected, in diameters of the circle around them."""

_TWINS: Final = [BLAZEPOSE.index(mirror_name(name)) for name in BLAZEPOSE]


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What the landmark network says of one crop."""

    xy: Float
    """(33, 2) px of the frame."""
    visibility: Float
    """(33,) 0 to 1."""
    presence: float
    """How sure it is that there is somebody."""
    mask: Float32 | None
    """(256, 256) of the crop: how surely each pixel is the body."""


class BlazePoseNets:
    """Both networks of a ``.task`` file; each call gives a thread its own.

    Parameters
    ----------
    task : Path
        The file.
    runtime : Runtime
        What runs them.
    workers : int
        How many threads have their own.
    """

    def __init__(self, task: Path, runtime: Runtime, workers: int = 1) -> None:
        with zipfile.ZipFile(task) as archive:
            detector = archive.read("pose_detector.tflite")
            landmarks = archive.read("pose_landmarks_detector.tflite")
        self._detector = runtime.load(detector, (0, 1), workers)
        self._plain = runtime.load(landmarks, (0, 1, 3), workers)
        self._load_masked = partial(runtime.load, landmarks, (0, 1, 3, 2), workers)
        self._masked: Callable[[], Network] | None = None
        self._loading = Lock()

    def detector(self) -> Detector:
        """A detector for one thread."""
        return Detector(self._detector())

    def landmarker(self, *, mask: bool) -> Landmarker:
        """A landmarker for one thread; with the mask it takes longer."""
        if not mask:
            return Landmarker(self._plain())
        with self._loading:
            if self._masked is None:
                self._masked = self._load_masked()
        return Landmarker(self._masked())


class Detector:
    """Finds the most prominent person in a whole frame."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def __call__(self, image: UInt8) -> Crop | None:
        """The square around somebody, turned so that the body is upright; None without anybody."""
        height, width = image.shape[:2]
        whole = Crop(width / 2, height / 2, max(height, width))
        square = whole.cut(image, DETECTOR_PX).astype(np.float32)
        boxes, scores = self._network(square / np.float32(127.5) - 1)
        found = _strongest(boxes.astype(float), scores[:, 0].astype(float))
        if found is None:
            return None
        (x, y), (x_top, y_top) = whole.to_frame(found)
        radius = hypot(x_top - x, y_top - y)
        return Crop(x, y, ROOM * 2 * radius, atan2(y_top - y, x_top - x) + pi / 2)


class Landmarker:
    """Finds the points of the body in a crop."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def __call__(self, image: UInt8, crop: Crop, *, mirrored: bool = False) -> Reading:
        """The points of the body in a crop.

        Parameters
        ----------
        image : uint8 array
            (H, W, 3) RGB.
        crop : Crop
            Where the body is.
        mirrored : bool
            Whether the network is shown the mirror image; the answer is turned back.
        """
        square = crop.cut(image, BODY_PX)
        if mirrored:
            square = square[:, ::-1]
        points, presence, heatmaps, *mask = self._network(
            square.astype(np.float32) / np.float32(255)
        )
        rows = points.reshape(-1, 5)[: len(BLAZEPOSE)].astype(float)
        xy = refined(rows[:, :2] / BODY_PX, heatmaps)
        visibility = sigmoid(rows[:, 3])
        if mirrored:
            xy, visibility = (xy * (-1, 1) + (1 - 1 / BODY_PX, 0))[_TWINS], visibility[_TWINS]
        body = sigmoid(mask[0][..., 0].astype(float)).astype(np.float32) if mask else None
        if mirrored and body is not None:
            body = np.ascontiguousarray(body[:, ::-1])
        return Reading(crop.to_frame(xy), visibility, float(presence[0]), body)


def sigmoid(x: Float) -> Float:
    """Logits as probabilities."""
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -100, 100))))


def refined(xy: Float, heatmaps: Float32) -> Float:
    """Points moved to the centre of gravity of their heatmaps nearby, where these are sure.

    Parameters
    ----------
    xy : Float
        (K, 2) from 0 to 1.
    heatmaps : float32 array
        (64, 64, K or more) logits.

    Returns
    -------
    Float
        (K, 2).
    """
    out, reach = xy.copy(), (KERNEL - 1) // 2
    cells = np.floor(xy * HEATMAP_PX).astype(int)
    for k, (column, row) in enumerate(cells):
        if not (0 <= column < HEATMAP_PX and 0 <= row < HEATMAP_PX):
            continue
        left, top = max(0, column - reach), max(0, row - reach)
        near = sigmoid(heatmaps[top : row + reach + 1, left : column + reach + 1, k].astype(float))
        total = near.sum()
        if near.max() >= SURE and total > 0:
            rows, columns = np.indices(near.shape)
            out[k] = (
                (near * (columns + left)).sum() / total / HEATMAP_PX,
                (near * (rows + top)).sum() / total / HEATMAP_PX,
            )
    return out


def _anchors() -> Float:
    """(N, 2) centres of all boxes that the detector proposes, 0 to 1."""
    centres = []
    for stride, n in STRIDES_PX:
        cells = DETECTOR_PX // stride
        rows, columns = np.indices((cells, cells))
        grid = np.stack([columns, rows], axis=-1).reshape(-1, 2)
        centres.append(np.repeat((grid + 0.5) / cells, n, axis=0))
    return np.concatenate(centres)


_ANCHORS: Final = _anchors()


def _strongest(boxes: Float, logits: Float) -> Float | None:
    """Middle of the hips and top of the circle around the surest person, 0 to 1.

    Boxes that mean the same person are averaged, weighted by how sure they are.
    """
    scores = sigmoid(logits)
    sure = np.flatnonzero(scores >= SURE)
    if not sure.size:
        return None
    values = (boxes[sure] / DETECTOR_PX).reshape(len(sure), -1, 2)
    centres = values[:, 0] + _ANCHORS[sure]
    corners = np.concatenate([centres - values[:, 1] / 2, centres + values[:, 1] / 2], axis=1)
    points = values[:, 2:4] + _ANCHORS[sure][:, None]
    weight = scores[sure]
    same = _overlap(corners[np.argmax(weight)], corners) > OVERLAP
    return np.asarray(np.average(points[same], axis=0, weights=weight[same]))


def _overlap(one: Float, others: Float) -> Float:
    """Intersection over union of a box (4,) and others (N, 4)."""
    low, high = np.maximum(one[:2], others[:, :2]), np.minimum(one[2:], others[:, 2:])
    both = np.prod(np.maximum(high - low, 0), axis=1)
    areas = np.prod(one[2:] - one[:2]) + np.prod(others[:, 2:] - others[:, :2], axis=1)
    return np.asarray(both / np.maximum(areas - both, 1e-9))
