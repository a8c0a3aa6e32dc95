"""The pose model over a video: threads that each own an engine, and where each is to look."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Protocol, TypeVar

import numpy as np

from gait import video
from gait.pose.engines.crops import Crop
from gait.pose.person_search import Target, everybody
from gait.pose.person_tracking import Body
from gait.pose.pixels.silhouette import NO_OUTLINE
from gait.skeleton import BLAZEPOSE
from gait.types import SIDES, Float, SilhouetteSignals, UInt8

# The person is looked for in frames so far apart; between them a runner moves evenly enough.
# Further apart, the crop misses the bounce, and the points in it do: vertical oscillation of a
# real runner lost 11 to 14 % with 0.13 and 0.2 s, 6 % with this.
LOCATE_S = 0.065
LOCATE_FRAMES = 8  # at high frame rates: frames that wait for the next located one take memory
FRAMES_IN_FLIGHT = 2  # per worker: enough to keep it busy, few enough to keep memory constant
# The silhouette costs a tenth of an inference and tells something only from behind or in front.
# Whether it is worth asking for is known from so many frames before, for any number of workers.
FRAMES_BEFORE = 24
# Trunk lengths between left and right, mean of shoulders and hips: 0.5 from behind, below 0.28 in
# every frame of videos from the side.
EDGE_ON = 0.33

Detection = tuple[Float, Float, SilhouetteSignals[float]]  # pixels, scores, outline
Detections = Iterator[tuple[video.Frame, Detection]]
Seen = TypeVar("Seen")


def available_cores() -> int:
    """Cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Engine(Protocol):
    """A pose model for one person in one picture; every thread has its own."""

    def locate(self, image: UInt8) -> Crop | None:
        """Where the person is whom the model sees best; None if nobody is or it does not matter.

        The image is (H, W, 3) RGB.
        """
        ...

    def detect(self, image: UInt8, crop: Crop | None, *, silhouette: bool) -> Detection:
        """The points of that person.

        Parameters
        ----------
        image : uint8 array
            (H, W, 3) RGB.
        crop : Crop or None
            Where the person should be by the frames around; None if that is not known.
        silhouette : bool
            Whether the outline is wanted.
        """
        ...

    def close(self) -> None:
        """Let go of the model."""
        ...


class Landmarkers:
    """A thread pool in which every thread owns an engine.

    Parameters
    ----------
    engine : callable
        Makes one.
    workers : int
        Inferences at a time.
    looks_ahead : bool
        Whether engines want to be told where the person is by the frames around.
    """

    def __init__(
        self, engine: Callable[[], Engine], workers: int, *, looks_ahead: bool = False
    ) -> None:
        self._make = engine
        self._workers = workers
        self._looks_ahead = looks_ahead
        self._own = threading.local()
        self._open: list[Engine] = []
        self._pool = ThreadPoolExecutor(workers)

    def __enter__(self) -> Landmarkers:
        return self

    def __exit__(self, *error: object) -> None:
        self._pool.shutdown(cancel_futures=True)
        for engine in self._open:
            engine.close()

    @property
    def _engine(self) -> Engine:
        """This thread's own."""
        if not hasattr(self._own, "engine"):
            self._own.engine = self._make()
            self._open.append(self._own.engine)
        engine: Engine = self._own.engine
        return engine

    def follow(
        self, frames: Iterable[video.Frame], target: Callable[[float], Target] | None = None
    ) -> Detections:
        """One person in every frame, in order.

        `target` tells where the person is at a time in s; by default it is whoever is seen best.
        """
        silhouette = deque([True] * FRAMES_BEFORE)  # of the next frames

        aimed = ((frame, target and target(frame.time_s)) for frame in frames)

        def jobs() -> Iterator[tuple[video.Frame, Callable[[], Detection]]]:
            for frame, aim, crop in self._located(aimed):
                yield frame, partial(self._aimed, frame.image, aim, crop, silhouette.popleft())

        for frame, detection in self._in_order(jobs()):
            silhouette.append(not _edge_on(detection[0]))
            yield frame, detection

    def everybody(
        self, frames: Iterable[video.Frame]
    ) -> Iterator[tuple[video.Frame, Sequence[Body]]]:
        """All people in every frame, in order."""
        jobs = ((f, partial(everybody, f.image, self._find, whole=True)) for f in frames)
        return self._in_order(jobs)

    def look_around(self, image: UInt8, detection: Detection) -> Future[list[Body]]:
        """Who else is in the frame."""
        xy, score, _ = detection
        known = [Body(xy, score)] if np.isfinite(xy).all() else []
        return self._pool.submit(everybody, image, self._find, known, whole=False)

    def look_at(
        self, image: UInt8, detection: Detection, others: Sequence[Body]
    ) -> Future[list[Body]]:
        """Those others again, who were there shortly before: much less work than looking around.

        Parameters
        ----------
        image : uint8 array
            (H, W, 3) RGB frame.
        detection : tuple
            The one who is followed, in this frame.
        others : sequence of Body
            As they were seen before; nobody else is looked for.
        """
        boxes = [Body(*detection[:2]).box, *(body.box for body in others)]
        aims = [
            Target(body.hips, body.size_px, body.box, (*boxes[: i + 1], *boxes[i + 2 :]))
            for i, body in enumerate(others)
        ]

        def look() -> list[Body]:
            seen = [self._aimed(image, aim, _anywhere, silhouette=False)[:2] for aim in aims]
            return [Body(xy, score) for xy, score in seen if np.isfinite(xy).all()]

        return self._pool.submit(look)

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

    def _find(self, image: UInt8) -> Body | None:
        xy, score, _ = self._engine.detect(image, None, silhouette=False)
        return Body(xy, score) if np.isfinite(xy).all() else None

    def _located(
        self, frames: Iterable[tuple[video.Frame, Target | None]]
    ) -> Iterator[tuple[video.Frame, Target | None, Callable[[], Crop | None]]]:
        """The frames, each with where the person is by the located frames before and after it.

        A crop that moves from frame to frame moves the points in it; between frames that are
        located it is moved evenly. They are queued before those that wait for them, so no thread
        waits for work that nobody does.
        """
        before: _Located | None = None
        group: list[tuple[video.Frame, Target | None]] = []
        for frame, aim in frames:
            group.append((frame, aim))
            apart_s = frame.time_s - (before.time_s if before else -np.inf)
            if not self._looks_ahead or apart_s >= LOCATE_S or len(group) >= LOCATE_FRAMES:
                before = yield from self._between(before, group)
                group = []
        if group:
            yield from self._between(before, group)

    def _between(
        self, before: _Located | None, group: Sequence[tuple[video.Frame, Target | None]]
    ) -> Generator[tuple[video.Frame, Target | None, Callable[[], Crop | None]], None, _Located]:
        """These frames, the last of which is located."""
        frame, aim = group[-1]
        crop = self._pool.submit(self._locate, frame.image, aim) if self._looks_ahead else None
        after = _Located(frame.time_s, crop)
        for frame, aim in group:
            yield frame, aim, partial(_crop_at, frame.time_s, before or after, after)
        return after

    def _locate(self, image: UInt8, target: Target | None) -> Crop | None:
        if target is None:
            return self._engine.locate(image)
        cut, corner = target.cut_out(image)
        crop = None if cut is None else self._engine.locate(cut)
        return crop and crop.shifted(corner)

    def _aimed(
        self,
        image: UInt8,
        target: Target | None,
        crop_there: Callable[[], Crop | None],
        silhouette: bool,
    ) -> Detection:
        crop = crop_there()
        if target is None:
            return self._engine.detect(image, crop, silhouette=silhouette)
        cut, corner = target.cut_out(image)
        if cut is None:
            return nobody()
        crop = crop and crop.shifted(-corner)
        xy, score, edges = self._engine.detect(cut, crop, silhouette=silhouette)
        return (xy + corner, score, edges) if target.is_met(xy + corner) else nobody()


@dataclass(frozen=True, slots=True)
class _Located:
    """A frame in which the person is being looked for."""

    time_s: float
    crop: Future[Crop | None] | None

    def __call__(self) -> Crop | None:
        return None if self.crop is None else self.crop.result()


def _crop_at(time_s: float, before: _Located, after: _Located) -> Crop | None:
    """Where the person is at a time between two frames; None if they do not say."""
    last = after()
    if time_s == after.time_s:
        return last
    first = before()
    if first is None or last is None:
        return None
    return first.towards(last, (time_s - before.time_s) / (after.time_s - before.time_s))


def _anywhere() -> Crop | None:
    """Nothing is known of where the person is."""
    return None


def nobody() -> Detection:
    """What an engine answers when there is no person."""
    return np.full((len(BLAZEPOSE), 2), np.nan), np.zeros(len(BLAZEPOSE)), NO_OUTLINE


def _edge_on(xy: Float) -> bool:
    """Whether a body is seen from the side; False where there is none."""
    points = dict(zip(BLAZEPOSE, xy, strict=True))
    left, right = (np.array([points[f"{s}_{p}"] for p in ("shoulder", "hip")]) for s in SIDES)
    shoulders, hips = (left + right) / 2
    apart = np.abs(left[:, 0] - right[:, 0]).mean()
    return bool(apart < EDGE_ON * np.linalg.norm(shoulders - hips))
