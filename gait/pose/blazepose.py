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
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from gait import video
from gait.pose import Progress, models
from gait.pose.flow import KneeFollower, Signals
from gait.pose.pelvis import PelvisFollower
from gait.pose.people import SAMPLES_HZ, Body, Person, boxes, choose, link
from gait.pose.search import Target, everybody, spread_out, targets
from gait.pose.silhouette import NO_OUTLINE, outline
from gait.pose.tape import TapeFollower
from gait.settings import PoseSettings
from gait.skeleton import BLAZEPOSE
from gait.types import Float, PersonError, PoseTrack

ALGORITHM = (
    "image mode, square canvas of 960 px, knees, outline, tape and hips followed, "
    "people told apart, 6"
)
# The model looks at 256 x 256 pixels of the runner; more than this around them costs time and
# memory, most of all for the silhouette.
CANVAS_PX = 960
FRAMES_IN_FLIGHT = 3  # per worker: enough to keep it busy, few enough to keep memory constant

LOOK_AROUND_S = 1.0  # who walks through the picture takes longer; 2 % of the time of the model
FEWEST_LOOKS = 6  # in a film of any length
SIGHTINGS = 2  # of others: one may be a shadow

Detection = tuple[Float, Float, Signals]  # pixels, scores, outline
Detections = Iterator[tuple[video.Frame, Detection]]
Seen = TypeVar("Seen")


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
        person = f" person {settings.person}" if settings.person else ""
        return f"blazepose {digest} {ALGORITHM} mediapipe {version('mediapipe')}{person}"

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
        time = video.timestamps(path)
        with _Landmarkers(weights, workers or available_cores()) as landmarkers:
            track = _Film(path, time, landmarkers, progress).track(settings.person)
        return track.with_(
            step=f"BlazePose {settings.model} {_digest(weights)[:8]}, {ALGORITHM}, "
            f"mediapipe {version('mediapipe')}"
        )


@dataclass(frozen=True, slots=True)
class _Film:
    """The ways to go through a film."""

    path: Path
    time: Float
    landmarkers: _Landmarkers
    progress: Progress | None

    def track(self, wanted: int | None) -> PoseTrack:
        """Of the one person in the film or, when others are seen, of the runner among them."""
        watch = _Watch(self.landmarkers, self.time)
        if wanted is None:
            whole = self._followed(watch.until_several(self._whole_frames()))
            if not watch.several():
                return whole
        people, size = self._people()
        if not people:
            return self._followed(self._whole_frames())
        try:
            chosen = choose(people, wanted)
        except PersonError as e:
            e.track = _empty(self.time, size).with_(signals=boxes(people, None, self.time))
            raise
        track = self._followed(self._one_of(people, chosen), len(self.time))
        seen = boxes(people, chosen, track.time) if len(people) > 1 else {}
        return track.with_(signals={**track.signals, **seen})

    def _whole_frames(self) -> Detections:
        return self.landmarkers.run(
            video.frames(self.path), lambda frame: self.landmarkers.detect(frame.image)
        )

    def _one_of(self, people: Sequence[Person], chosen: int) -> Detections:
        aims = dict(zip(self.time.tolist(), targets(people, chosen, self.time), strict=True))
        return self.landmarkers.run(
            video.frames(self.path),
            lambda frame: self.landmarkers.detect(frame.image, aims[frame.time_s]),
        )

    def _people(self) -> tuple[list[Person], tuple[int, int]]:
        """Everybody in the film, from left to right, and the size of its frames."""
        sampled = set(self.time[spread_out(self.time, 1 / SAMPLES_HZ)].tolist())
        some = (frame for frame in video.frames(self.path) if frame.time_s in sampled)
        seen = self.landmarkers.run(
            some, lambda frame: everybody(frame.image, self.landmarkers.find, whole=True)
        )
        samples = []
        size = (0, 0)
        for frame, bodies in seen:
            samples.append((frame.time_s, bodies))
            size = (frame.image.shape[1], frame.image.shape[0])
            if self.progress is not None:
                done = len(self.time) * len(samples) // len(sampled)
                self.progress(done, 2 * len(self.time))
        return link(samples), size

    def _followed(self, detections: Detections, done_before: int = 0) -> PoseTrack:
        """The track of these detections, with all that is read off the picture around them."""
        times: list[float] = []
        found: list[tuple[Float, Float]] = []
        signals_: list[Signals] = []
        followers = (KneeFollower(), TapeFollower(), PelvisFollower())
        size = (0, 0)
        for frame, (xy, score, edges) in detections:
            times.append(frame.time_s)
            found.append((xy, score))
            points = dict(zip(BLAZEPOSE, xy, strict=True))
            seen = dict(edges)
            for follower in followers:
                seen |= follower.step(frame.image, points, frame.time_s)
            signals_.append(seen)
            size = (frame.image.shape[1], frame.image.shape[0])
            if self.progress is not None:
                self.progress(done_before + len(times), done_before + len(self.time))
        if not times:
            return _empty(np.zeros(1), size)
        return PoseTrack(
            time=np.array(times),
            xy=np.stack([xy for xy, _ in found]),
            score=np.stack([score for _, score in found]),
            names=BLAZEPOSE,
            size=size,
            signals={name: np.array([s[name] for s in signals_]) for name in signals_[0]},
        )


class _Watch:
    """Looks around now and then whether somebody else is in the film."""

    def __init__(self, landmarkers: _Landmarkers, time: Float) -> None:
        apart_s = min(LOOK_AROUND_S, float(time[-1]) / FEWEST_LOOKS)
        self._due = set(time[spread_out(time, apart_s)].tolist()) if apart_s > 0 else set()
        self._landmarkers = landmarkers
        self._looks: list[Future[list[Body]]] = []

    def until_several(self, detections: Detections) -> Detections:
        """The same detections; they end when others have been seen."""
        for frame, detection in detections:
            if frame.time_s in self._due:
                self._looks.append(self._landmarkers.look_around(frame.image, detection))
                if self.several(now=True):
                    return
            yield frame, detection

    def several(self, *, now: bool = False) -> bool:
        """Whether others were seen more than once; `now` does not wait for looks under way."""
        looks = (look for look in self._looks if look.done() or not now)
        return sum(bool(look.result()) for look in looks) >= SIGHTINGS


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

    def run(
        self, frames: Iterable[video.Frame], look: Callable[[video.Frame], Seen]
    ) -> Iterator[tuple[video.Frame, Seen]]:
        """Every frame with what was seen in it, in order."""
        waiting: deque[tuple[video.Frame, Future[Seen]]] = deque()
        for frame in frames:
            waiting.append((frame, self._pool.submit(look, frame)))
            if len(waiting) >= FRAMES_IN_FLIGHT * self._workers:
                first, detection = waiting.popleft()
                yield first, detection.result()
        while waiting:
            first, detection = waiting.popleft()
            yield first, detection.result()

    def look_around(self, image: np.ndarray, detection: Detection) -> Future[list[Body]]:
        """Who else is in the frame."""
        xy, score, _ = detection
        known = [Body(xy, score)] if np.isfinite(xy).all() else []
        return self._pool.submit(everybody, image, self.find, known, whole=False)

    def find(self, image: np.ndarray) -> Body | None:
        """The one person whom the model sees best; only in a thread of the pool."""
        xy, score, _ = self.detect(image)
        return Body(xy, score) if np.isfinite(xy).all() else None

    def detect(self, image: np.ndarray, target: Target | None = None) -> Detection:
        """One person, by default the one whom the model sees best; only in a thread of the pool."""
        if target is None:
            return self._detect(image)
        piece, corner = target.cut_out(image)
        if piece is None:
            return _nobody()
        xy, score, edges = self._detect(piece)
        return (xy + corner, score, edges) if target.is_met(xy + corner) else _nobody()

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


def _empty(time: Float, size: tuple[int, int]) -> PoseTrack:
    shape = (len(time), len(BLAZEPOSE))
    return PoseTrack(time, np.full((*shape, 2), np.nan), np.zeros(shape), BLAZEPOSE, size)


def _nobody() -> Detection:
    return np.full((len(BLAZEPOSE), 2), np.nan), np.zeros(len(BLAZEPOSE)), dict(NO_OUTLINE)
