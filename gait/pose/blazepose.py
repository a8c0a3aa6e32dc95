"""BlazePose through MediaPipe Tasks: the default pose backend.

Every frame is analysed by itself (IMAGE mode) on a square canvas. The model's own tracking (VIDEO
mode) smooths and lags by up to 20 ms at the foot and exchanges the legs as often;
docs/accuracy.md has the comparison. Independent frames also spread over threads without seams:
an inference runs outside Python's global lock, on one core.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from gait import video
from gait.pose import Progress, models
from gait.pose.flow import NOT_FOLLOWED, KneeFollower, Signals
from gait.pose.pelvis import NOT_SEEN, PelvisFollower
from gait.pose.sharpness import NOT_LOOKED_AT, SharpnessMeter
from gait.pose.silhouette import NO_OUTLINE, outline
from gait.pose.tape import NO_TAPE, TapeFollower
from gait.pose.upright import NO_LINES, UprightLines
from gait.settings import PoseSettings
from gait.skeleton import BLAZEPOSE
from gait.types import Float, PoseTrack

ALGORITHM = "image mode, square canvas of 960 px, knees, outline, tape and hips followed, 6"
# The model looks at 256 x 256 pixels of the runner; more than this around them costs time and
# memory, most of all for the silhouette.
CANVAS_PX = 960
FRAMES_IN_FLIGHT = 3  # per worker: enough to keep it busy, few enough to keep memory constant

Detection = tuple[Float, Float, Signals]  # pixels, scores, outline


class BlazePose:
    """MediaPipe PoseLandmarker, one person, one landmarker per thread."""

    def fingerprint(self, settings: PoseSettings) -> str:
        """Model hash, algorithm and mediapipe version.

        Parameters
        ----------
        settings : PoseSettings
            Which model.

        Returns
        -------
        str
            Part of the cache key of a track.
        """
        digest = _digest(models.resolve(settings.model))
        return f"blazepose {digest} {ALGORITHM} mediapipe {version('mediapipe')}"

    def track(
        self,
        path: Path,
        settings: PoseSettings,
        *,
        workers: int | None = None,
        progress: Progress | None = None,
    ) -> PoseTrack:
        """Keypoints of the most prominent person in every frame.

        Parameters
        ----------
        path : Path
            The film.
        settings : PoseSettings
            Which model.
        workers : int, optional
            Inferences at a time; by default one per available core.
        progress : callable, optional
            Called with (frames done, frames in all).

        Returns
        -------
        PoseTrack
            33 keypoints; NaN and score 0 in frames without a person.

        Raises
        ------
        ModelError
            If the model is not to be had.
        VideoError
            If the film cannot be read.
        """
        weights = models.resolve(settings.model)
        total = len(video.timestamps(path))
        times: list[float] = []
        found: list[tuple[Float, Float]] = []
        signals: list[Signals] = []
        knees = KneeFollower()
        tape = TapeFollower()
        pelvis = PelvisFollower()
        sharpness = SharpnessMeter()
        upright = UprightLines()
        size = (0, 0)
        with _Landmarkers(weights, workers or available_cores()) as landmarkers:
            for frame, (xy, score, edges) in landmarkers.run(video.frames(path)):
                times.append(frame.time_s)
                found.append((xy, score))
                points = dict(zip(BLAZEPOSE, xy, strict=True))
                signals.append(
                    edges
                    | knees.step(frame.image, points, frame.time_s)
                    | tape.step(frame.image, points, frame.time_s)
                    | pelvis.step(frame.image, points, frame.time_s)
                    | sharpness.step(frame.image, points)
                    | upright.step(frame.image, points, frame.time_s)
                )
                size = (frame.image.shape[1], frame.image.shape[0])
                if progress is not None:
                    progress(len(times), total)
        if not times:
            times, found = [0.0], [_nobody()[:2]]
            signals = [
                {**NOT_FOLLOWED, **NO_OUTLINE, **NO_TAPE, **NOT_SEEN, **NOT_LOOKED_AT, **NO_LINES}
            ]
        return PoseTrack(
            time=np.array(times),
            xy=np.stack([xy for xy, _ in found]),
            score=np.stack([score for _, score in found]),
            names=BLAZEPOSE,
            size=size,
            steps=(
                f"BlazePose {settings.model} {_digest(weights)[:8]}, {ALGORITHM}, "
                f"mediapipe {version('mediapipe')}",
            ),
            signals={name: np.array([s[name] for s in signals]) for name in signals[0]},
        )


def _digest(weights: Path) -> str:
    return hashlib.sha256(weights.read_bytes()).hexdigest()


def available_cores() -> int:
    """Cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _Landmarkers:
    """A thread pool in which every thread owns a landmarker."""

    def __init__(self, weights: Path, workers: int) -> None:
        self._weights = weights
        self._workers = workers
        self._own = threading.local()
        self._open: list[Any] = []
        self._pool = ThreadPoolExecutor(workers, initializer=self._make)

    def __enter__(self) -> _Landmarkers:
        return self

    def __exit__(self, *error: object) -> None:
        self._pool.shutdown(cancel_futures=True)
        for landmarker in self._open:
            landmarker.close()

    def _make(self) -> None:
        # Without these MediaPipe writes its start-up messages over the progress bar.
        os.environ.setdefault("GLOG_minloglevel", "2")
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
        from mediapipe.tasks.python import BaseOptions, vision

        options = vision.PoseLandmarkerOptions(
            base_options=BaseOptions(model_asset_path=str(self._weights)),
            running_mode=vision.RunningMode.IMAGE,
            num_poses=1,
            output_segmentation_masks=True,
        )
        self._own.landmarker = vision.PoseLandmarker.create_from_options(options)
        self._open.append(self._own.landmarker)

    def run(self, frames: Iterator[video.Frame]) -> Iterator[tuple[video.Frame, Detection]]:
        """Every frame with what was found in it, in order."""
        waiting: deque[tuple[video.Frame, Future[Detection]]] = deque()
        for frame in frames:
            waiting.append((frame, self._pool.submit(self._detect, frame.image)))
            if len(waiting) >= FRAMES_IN_FLIGHT * self._workers:
                first, detection = waiting.popleft()
                yield first, detection.result()
        while waiting:
            first, detection = waiting.popleft()
            yield first, detection.result()

    def _detect(self, image: np.ndarray) -> Detection:
        import cv2
        import mediapipe

        scale = CANVAS_PX / max(image.shape)
        if scale < 1:
            image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        height, width = image.shape[:2]
        # The model rotates and crops as if the image were square; other shapes bend its points.
        side = max(height, width)
        left, top = (side - width) // 2, (side - height) // 2
        canvas: np.ndarray | None = getattr(self._own, "canvas", None)
        if canvas is None or len(canvas) != side:
            canvas = self._own.canvas = np.zeros((side, side, 3), np.uint8)
        canvas[top : top + height, left : left + width] = image
        result = self._own.landmarker.detect(
            mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=canvas)
        )
        if not result.pose_landmarks:
            return _nobody()
        points = result.pose_landmarks[0]
        xy = np.array([(p.x, p.y) for p in points]) * side - (left, top)
        mask = result.segmentation_masks[0].numpy_view()
        edges = outline(
            mask.reshape(side, side)[top : top + height, left : left + width],
            dict(zip(BLAZEPOSE, xy, strict=True)),
        )
        if scale < 1:
            xy, edges = xy / scale, {name: px / scale for name, px in edges.items()}
        return xy, np.array([p.visibility for p in points]), edges


def _nobody() -> Detection:
    return np.full((len(BLAZEPOSE), 2), np.nan), np.zeros(len(BLAZEPOSE)), dict(NO_OUTLINE)
