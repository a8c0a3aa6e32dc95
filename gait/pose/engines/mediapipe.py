"""MediaPipe's own pose landmarker: the reference that ours is held to."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path
from threading import Lock
from typing import Any, Final

import numpy as np

from gait.pose.engines.crops import Crop
from gait.pose.inference import Detection, nobody
from gait.pose.pixels.silhouette import NO_OUTLINE, outline
from gait.skeleton import BLAZEPOSE
from gait.types import UInt8

# The model looks at 256 x 256 pixels of the runner; more than this around them costs time and
# memory, most of all for the silhouette.
CANVAS_PX: Final = 960
UNASKED: Final = 24
"""Outlines in a row that nobody asks for after which the model is loaded anew without them: they
cost a tenth of an inference, loading costs four."""
_LOADING: Final = Lock()
"""Loading takes twice the memory that is needed afterwards: not in all threads at once."""


class MediaPipeEngine:
    """A landmarker of MediaPipe Tasks for one thread; it looks for the body in every frame anew.

    One landmarker is held at a time, with outlines or without: each takes 0.15 GB, and the points
    of both are the same.
    """

    def __init__(self, task: Path) -> None:
        self._task = task
        self._landmarker: Any = None
        self._outlines: bool | None = None
        self._unasked = 0
        self._returned = False
        self._canvas = np.zeros((0, 0, 3), np.uint8)
        self._shape = (0, 0)

    def close(self) -> None:
        """Let go of the model."""
        if self._landmarker is not None:
            self._landmarker.close()
            self._landmarker = None
            _give_back()

    def locate(self, image: UInt8) -> None:
        """Nothing: `detect` looks by itself."""

    def detect(self, image: UInt8, crop: Crop | None, *, silhouette: bool) -> Detection:
        """The person whom the model sees best in a picture, wherever the crop is.

        Parameters
        ----------
        image, crop, silhouette
            See `gait.pose.inference.Engine`.
        """
        import cv2
        import mediapipe

        scale = CANVAS_PX / max(image.shape)
        if scale < 1:
            resized = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            image = np.asarray(resized, np.uint8)
        height, width = image.shape[:2]
        # The model rotates and crops as if the image were square; other shapes bend its points.
        side = max(height, width)
        left, top = (side - width) // 2, (side - height) // 2
        if self._shape != (height, width):
            self._canvas = np.zeros((side, side, 3), np.uint8)
            self._shape = (height, width)
        self._canvas[top : top + height, left : left + width] = image
        result = self._fitting(silhouette=silhouette).detect(
            mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=self._canvas)
        )
        if not result.pose_landmarks:
            return nobody()
        points = result.pose_landmarks[0]
        xy = np.array([(p.x, p.y) for p in points]) * side - (left, top)
        edges = NO_OUTLINE
        if silhouette:
            mask = result.segmentation_masks[0].numpy_view()
            edges = outline(
                mask.reshape(side, side)[top : top + height, left : left + width],
                dict(zip(BLAZEPOSE, xy, strict=True)),
            )
        if scale < 1:
            xy, edges = xy / scale, edges.unscaled(scale)
        return xy, np.array([p.visibility for p in points]), edges

    def _fitting(self, *, silhouette: bool) -> Any:
        """The landmarker, of the other kind if need be."""
        self._unasked = 0 if silhouette else self._unasked + 1
        # Who turns before the camera again and again would have it loaded again and again.
        keep = self._outlines and (self._unasked < UNASKED or self._returned)
        outlines = silhouette or bool(keep)
        if self._landmarker is None or outlines != self._outlines:
            self._returned |= outlines and self._outlines is False
            with _LOADING:
                self.close()
                self._landmarker, self._outlines = self._make(silhouette=outlines), outlines
                _give_back()
        return self._landmarker

    def _make(self, *, silhouette: bool) -> Any:
        # Without these MediaPipe writes its start-up messages over the progress bar.
        os.environ.setdefault("GLOG_minloglevel", "2")
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
        from mediapipe.tasks.python import BaseOptions, vision

        options = vision.PoseLandmarkerOptions(
            base_options=BaseOptions(model_asset_path=str(self._task)),
            running_mode=vision.RunningMode.IMAGE,
            num_poses=1,
            output_segmentation_masks=silhouette,
        )
        return vision.PoseLandmarker.create_from_options(options)


def _give_back() -> None:
    """Memory that was let go of to the system: glibc would keep it for the thread that asked."""
    if sys.platform == "linux" and (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)):
        trim(0)
