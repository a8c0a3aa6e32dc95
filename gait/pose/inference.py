"""The pose model itself: threads that each own a landmarker, and one person in one picture."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from gait import video
from gait.pose.person_search import Target, everybody
from gait.pose.person_tracking import Body
from gait.pose.pixels.knee_flow import Signals
from gait.pose.pixels.silhouette import NO_OUTLINE, outline
from gait.skeleton import BLAZEPOSE
from gait.types import SIDES, Float

# The model looks at 256 x 256 pixels of the runner; more than this around them costs time and
# memory, most of all for the silhouette.
CANVAS_PX = 960
FRAMES_IN_FLIGHT = 3  # per worker: enough to keep it busy, few enough to keep memory constant
# The silhouette costs a tenth of an inference and tells something only from behind or in front.
# Whether it is worth asking for is known from so many frames before, for any number of workers.
FRAMES_BEFORE = 24
# Trunk lengths between left and right, mean of shoulders and hips: 0.5 from behind, below 0.28 in
# every frame of videos from the side.
EDGE_ON = 0.33

Detection = tuple[Float, Float, Signals]  # pixels, scores, outline
Detections = Iterator[tuple[video.Frame, Detection]]
Seen = TypeVar("Seen")


def available_cores() -> int:
    """Cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Landmarkers:
    """A thread pool in which every thread owns a landmarker."""

    def __init__(self, weights: Path, workers: int) -> None:
        self._weights = weights
        self._workers = workers
        self._own = threading.local()
        self._open: list[Any] = []
        self._pool = ThreadPoolExecutor(workers)

    def __enter__(self) -> Landmarkers:
        return self

    def __exit__(self, *error: object) -> None:
        self._pool.shutdown(cancel_futures=True)
        for landmarker in self._open:
            landmarker.close()

    def _landmarker(self, *, silhouette: bool) -> Any:
        """This thread's own landmarker, with the silhouette or without."""
        own: dict[bool, Any] = self._own.__dict__.setdefault("landmarkers", {})
        if silhouette not in own:
            own[silhouette] = self._make(silhouette=silhouette)
            self._open.append(own[silhouette])
        return own[silhouette]

    def _make(self, *, silhouette: bool) -> Any:
        # Without these MediaPipe writes its start-up messages over the progress bar.
        os.environ.setdefault("GLOG_minloglevel", "2")
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
        from mediapipe.tasks.python import BaseOptions, vision

        options = vision.PoseLandmarkerOptions(
            base_options=BaseOptions(model_asset_path=str(self._weights)),
            running_mode=vision.RunningMode.IMAGE,
            num_poses=1,
            output_segmentation_masks=silhouette,
        )
        return vision.PoseLandmarker.create_from_options(options)

    def follow(
        self, frames: Iterable[video.Frame], target: Callable[[float], Target] | None = None
    ) -> Detections:
        """One person in every frame, in order.

        Parameters
        ----------
        frames : iterable of Frame
            Of a video.
        target : callable, optional
            Where the person is at a time in s; by default it is whoever the model sees best.
        """
        silhouette = deque([True] * FRAMES_BEFORE)  # of the next frames

        def jobs() -> Iterator[tuple[video.Frame, Callable[[], Detection]]]:
            for frame in frames:
                aim = target and target(frame.time_s)
                yield frame, partial(self._aimed, frame.image, aim, silhouette.popleft())

        for frame, detection in self._in_order(jobs()):
            silhouette.append(not _edge_on(detection[0]))
            yield frame, detection

    def everybody(
        self, frames: Iterable[video.Frame]
    ) -> Iterator[tuple[video.Frame, Sequence[Body]]]:
        """All people in every frame, in order."""
        jobs = ((f, partial(everybody, f.image, self._find, whole=True)) for f in frames)
        return self._in_order(jobs)

    def look_around(self, image: np.ndarray, detection: Detection) -> Future[list[Body]]:
        """Who else is in the frame."""
        xy, score, _ = detection
        known = [Body(xy, score)] if np.isfinite(xy).all() else []
        return self._pool.submit(everybody, image, self._find, known, whole=False)

    def _in_order(
        self, jobs: Iterator[tuple[video.Frame, Callable[[], Seen]]]
    ) -> Iterator[tuple[video.Frame, Seen]]:
        waiting: deque[tuple[video.Frame, Future[Seen]]] = deque()
        in_flight = min(FRAMES_IN_FLIGHT * self._workers, FRAMES_BEFORE)
        for frame, job in jobs:
            waiting.append((frame, self._pool.submit(job)))
            if len(waiting) >= in_flight:
                first, seen = waiting.popleft()
                yield first, seen.result()
        while waiting:
            first, seen = waiting.popleft()
            yield first, seen.result()

    def _find(self, image: np.ndarray) -> Body | None:
        xy, score, _ = self._detect(image, silhouette=False)
        return Body(xy, score) if np.isfinite(xy).all() else None

    def _aimed(self, image: np.ndarray, target: Target | None, silhouette: bool) -> Detection:
        if target is None:
            return self._detect(image, silhouette)
        crop, corner = target.cut_out(image)
        if crop is None:
            return _nobody()
        xy, score, edges = self._detect(crop, silhouette)
        return (xy + corner, score, edges) if target.is_met(xy + corner) else _nobody()

    def _detect(self, image: np.ndarray, silhouette: bool) -> Detection:
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
        if canvas is None or self._own.shape != (height, width):
            canvas = self._own.canvas = np.zeros((side, side, 3), np.uint8)
            self._own.shape = (height, width)
        canvas[top : top + height, left : left + width] = image
        result = self._landmarker(silhouette=silhouette).detect(
            mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=canvas)
        )
        if not result.pose_landmarks:
            return _nobody()
        points = result.pose_landmarks[0]
        xy = np.array([(p.x, p.y) for p in points]) * side - (left, top)
        edges = dict(NO_OUTLINE)
        if silhouette:
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


def _edge_on(xy: Float) -> bool:
    """Whether a body is seen from the side; False where there is none."""
    points = dict(zip(BLAZEPOSE, xy, strict=True))
    left, right = (np.array([points[f"{s}_{p}"] for p in ("shoulder", "hip")]) for s in SIDES)
    shoulders, hips = (left + right) / 2
    apart = np.abs(left[:, 0] - right[:, 0]).mean()
    return bool(apart < EDGE_ON * np.linalg.norm(shoulders - hips))
