"""BlazePose, the default pose backend: through MediaPipe Tasks, or by our own graph.

The mode (`PoseSettings.mode`) says how closely a video is looked at. *Standard* is MediaPipe, which
is always installed. *Accurate* looks at every frame three times by our own graph, which MediaPipe
cannot. *Fast* looks at some 30 frames a second, by our own graph where something is installed that
runs it.

Every frame is analysed by itself. MediaPipe's own tracking (VIDEO mode) smooths and lags by up to
20 ms at the foot and exchanges the legs as often; docs/accuracy.md has the comparison. Independent
frames also spread over threads without seams: an inference runs outside Python's global lock, on
one core.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path

import numpy as np

from gait import video
from gait.pose import Progress, weights
from gait.pose.engines.blazepose_nets import BlazePoseNets
from gait.pose.engines.graph import ONCE, ROOM, THRICE, GraphEngine, Look
from gait.pose.engines.mediapipe import CANVAS_PX, MediaPipeEngine
from gait.pose.engines.networks import Runtime, best_runtime, can_run
from gait.pose.inference import Detections, Engine, Landmarkers, available_cores
from gait.pose.person_evidence import Pictures, real
from gait.pose.person_search import spread_out, targets
from gait.pose.person_tracking import SAMPLES_HZ, Body, Person, boxes, choose, link
from gait.pose.pixels.background import SceneFollower
from gait.pose.pixels.camera_roll import UprightLines
from gait.pose.pixels.knee_flow import KneeFollower
from gait.pose.pixels.pelvis import PelvisFollower
from gait.pose.pixels.psis_tape import TapeFollower
from gait.pose.pixels.sharpness import SharpnessMeter
from gait.sanitize.files import sha256
from gait.settings import Mode, PoseSettings
from gait.skeleton import BLAZEPOSE
from gait.types import Float, PersonError, PixelSignals, PoseTrack

FOLLOWED = (
    "knees, outline, tape and hips followed, people told apart, scene, sharpness, upright lines, 11"
)
LOOK_AROUND_S = 1.0  # who walks through the picture takes longer
LOOK_AROUND_FRAMES = 45  # a look takes up to seven inferences
FEWEST_LOOKS = 6  # in a video of any length
LOOK_CLOSELY_S = 0.2  # at others who are there: enough to see feet rise
LOOK_CLOSELY_FRAMES = 8
FAST_HZ = 29.0
"""The fast mode looks at no fewer frames a second than that: events are as good on force plates at
30 a second as at 60, within 1 ms, and nobody has looked at fewer."""
STAYED = 0.95  # share of the frames in which the model has to have stayed with the runner


@dataclass(frozen=True, slots=True)
class Engines:
    """How a model is run."""

    algorithm: str
    """What is done with every frame."""
    runtime: str
    """Package and version of what runs the model."""
    open: Callable[[Path, int], Callable[[], Engine]]
    """Loads a model file for so many threads; what it returns makes the engine of one."""
    looks_ahead: bool = False
    """See `Landmarkers`."""


class BlazePose:
    """BlazePose, one person, one engine per thread."""

    def engines(self, mode: Mode = "standard") -> Engines:
        """What runs a model; ModelError if nothing is installed that can look as closely."""
        if mode == "accurate" or (mode == "fast" and can_run()):
            return graph(best_runtime(), THRICE if mode == "accurate" else ONCE)
        return Engines(
            f"image mode, square canvas of {CANVAS_PX} px, {FOLLOWED}",
            f"mediapipe {version('mediapipe')}",
            lambda file, workers: partial(MediaPipeEngine, file),
        )

    def fingerprint(self, settings: PoseSettings) -> str:
        """Model hash, algorithm and version of the runtime."""
        engines = self.engines(settings.mode)
        digest = sha256(weights.resolve(settings.model, settings.weights))
        person = f" person {settings.person}" if settings.person else ""
        fast = f" {FAST_HZ:g} Hz" if settings.mode == "fast" else ""
        return f"blazepose {digest} {engines.algorithm} {engines.runtime}{fast}{person}"

    def track(
        self,
        path: Path,
        settings: PoseSettings,
        *,
        workers: int | None = None,
        progress: Progress | None = None,
    ) -> PoseTrack:
        """Keypoints of the most prominent person in every frame that the mode looks at.

        Parameters
        ----------
        path, settings, workers, progress
            As for `gait.pose.PoseBackend.track`.

        Returns
        -------
        PoseTrack
            33 keypoints; NaN and score 0 in frames without a person. Frames that were not looked
            at are not in it.

        Raises
        ------
        ModelError
            If the model is not to be had.
        VideoError
            If the video cannot be read.
        """
        engines = self.engines(settings.mode)
        file = weights.resolve(settings.model, settings.weights)
        time, at_once = video.timestamps(path), workers or available_cores()
        every = frames_apart(time) if settings.mode == "fast" else 1
        with Landmarkers(
            engines.open(file, at_once), at_once, looks_ahead=engines.looks_ahead
        ) as landmarkers:
            track = _Video(path, time[::every], every, landmarkers, progress).track(settings.person)
        return track.with_(
            step=f"BlazePose {settings.model} {sha256(file)[:8]}, {settings.mode}, 1 frame in "
            f"{every}, {engines.algorithm}, {engines.runtime}"
        )


def frames_apart(time: Float) -> int:
    """Of how many frames, at (T,) s, the fast mode looks at one."""
    if len(time) < 2:
        return 1
    return max(1, int(1 / (FAST_HZ * float(np.median(np.diff(time))))))


def graph(runtime: Runtime, looks: Sequence[Look]) -> Engines:
    """The networks by our own graph (`gait.pose.engines.graph`)."""

    def open_(file: Path, workers: int) -> Callable[[], Engine]:
        return partial(GraphEngine, BlazePoseNets(file, runtime, workers), looks)

    crop = f"steady leaning crop of {ROOM} bodies, {len(looks)} look(s)"
    return Engines(f"{crop}, {FOLLOWED}", runtime.name, open_, looks_ahead=True)


class BlazePoseGraph(BlazePose):
    """By our own graph in every mode.

    By default with the fastest runtime that is installed, and as many looks as the mode says.
    """

    def __init__(self, runtime: Runtime | None = None, looks: Sequence[Look] | None = None) -> None:
        self._runtime = runtime
        self._looks = looks

    def engines(self, mode: Mode = "standard") -> Engines:
        """What runs a model; ModelError if nothing is installed that can."""
        looks = self._looks or (THRICE if mode == "accurate" else ONCE)
        return graph(self._runtime or best_runtime(), tuple(looks))


@dataclass(frozen=True, slots=True)
class _Video:
    """The ways to go through a video."""

    path: Path
    time: Float
    every: int
    landmarkers: Landmarkers
    progress: Progress | None

    def track(self, wanted: int | None) -> PoseTrack:
        """Of the one person in the video or, when others are seen, of the runner among them."""
        watch = _Watch(self.landmarkers, self.time)
        if wanted is None:
            beside = watch.beside(self.landmarkers.follow(self._frames()))
            whole = self._followed(beside)
            found = watch.people()
            if len(found) < 2:
                return whole
            runner = watch.clearly(found)
            if runner is not None:
                seen = boxes(found, runner, whole.time)
                return whole.with_(signals=replace(whole.signals, people=seen))
        people, things, size = self._people()
        if not people:
            return self._followed(self.landmarkers.follow(self._frames()))
        try:
            chosen = choose(people, wanted)
        except PersonError as e:
            e.people = len(people)
            asked = PixelSignals(people=boxes(people, None, self.time))
            e.track = _empty(self.time, size).with_(signals=asked)
            raise
        track = self._followed(self._one_of([*people, *things], chosen), len(self.time))
        if len(people) < 2:
            return track
        seen = boxes(people, chosen, track.time)
        return track.with_(signals=replace(track.signals, people=seen))

    def _frames(self) -> Iterator[video.Frame]:
        # One thread decodes twice as fast as two infer; each more holds frames of its own.
        return video.decoded_ahead(video.frames(self.path, every=self.every, threads=1))

    def _one_of(self, people: Sequence[Person], chosen: int) -> Detections:
        aims = dict(zip(self.time.tolist(), targets(people, chosen, self.time), strict=True))
        return self.landmarkers.follow(self._frames(), aims.__getitem__)

    def _people(self) -> tuple[list[Person], list[Person], tuple[int, int]]:
        """Everybody from left to right, what the model takes for people, the size of the frames."""
        sampled = set(self.time[spread_out(self.time, 1 / SAMPLES_HZ)].tolist())
        some = (frame for frame in self._frames() if frame.time_s in sampled)
        samples, pictures = [], Pictures()
        size = (0, 0)
        for frame, bodies in self.landmarkers.everybody(some):
            samples.append((frame.time_s, bodies))
            pictures.keep(frame.image, frame.time_s)
            size = (frame.image.shape[1], frame.image.shape[0])
            if self.progress is not None:
                done = len(self.time) * len(samples) // len(sampled)
                self.progress(done, 2 * len(self.time))
        found = link(samples)
        people = real(found, pictures.by_time, pictures.scale)
        return people, [other for other in found if other not in people], size

    def _followed(self, detections: Detections, done_before: int = 0) -> PoseTrack:
        """The track of these detections, with all that is read off the picture around them."""
        times: list[float] = []
        found: list[tuple[Float, Float]] = []
        seen: list[PixelSignals[float]] = []
        knees, tape, pelvis = KneeFollower(), TapeFollower(), PelvisFollower()
        scene, sharpness, lines = SceneFollower(), SharpnessMeter(), UprightLines()
        size = (0, 0)
        for frame, (xy, score, silhouette) in detections:
            times.append(frame.time_s)
            found.append((xy, score))
            at = frame.image, dict(zip(BLAZEPOSE, xy, strict=True)), frame.time_s
            seen.append(
                PixelSignals(
                    knees=knees.step(*at),
                    tape=tape.step(*at),
                    pelvis=pelvis.step(*at),
                    silhouette=silhouette,
                    scene=scene.step(*at),
                    sharpness=sharpness.step(*at),
                    upright_lines=lines.step(*at),
                )
            )
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
            signals=PixelSignals.over(seen),
        )


class _Watch:
    """Looks around now and then whether somebody else is in the video, and then more closely."""

    def __init__(self, landmarkers: Landmarkers, time: Float) -> None:
        frame_s = float(np.median(np.diff(time))) if len(time) > 1 else 0.0
        around_s = max(LOOK_AROUND_S, LOOK_AROUND_FRAMES * frame_s)
        around_s = min(around_s, float(time[-1]) / FEWEST_LOOKS)
        close_s = max(LOOK_CLOSELY_S, LOOK_CLOSELY_FRAMES * frame_s)
        self._around = set(time[spread_out(time, around_s)].tolist()) if around_s > 0 else set()
        self._closely = set(time[spread_out(time, close_s)].tolist()) if around_s > 0 else set()
        self._landmarkers = landmarkers
        self._runner: list[tuple[float, Body]] = []
        self._looks: list[tuple[float, Future[list[Body]]]] = []
        self._pictures = Pictures()

    def beside(self, detections: Detections) -> Detections:
        """The same detections, looked beside on the way."""
        for frame, detection in detections:
            time_s = frame.time_s
            if time_s in self._around:
                self._looks.append((time_s, self._landmarkers.look_around(frame.image, detection)))
            elif time_s in self._closely and self._looks:
                # Waited for: what is looked at must not depend on how fast the threads are.
                others = self._looks[-1][1].result()
                if others:
                    look = self._landmarkers.look_at(frame.image, detection, others)
                    self._looks.append((time_s, look))
            if time_s in self._around or time_s in self._closely:
                self._pictures.keep(frame.image, time_s)
                if np.isfinite(detection[0]).all():
                    self._runner.append((time_s, Body(*detection[:2])))
            yield frame, detection

    def people(self) -> list[Person]:
        """Everybody who was seen, from left to right; empty if the runner was alone."""
        looks = {time_s: look.result() for time_s, look in self._looks}
        if not any(looks.values()):
            return []
        runner = dict(self._runner)
        samples = [
            (t, [*([runner[t]] if t in runner else []), *looks.get(t, [])])
            for t in sorted(runner.keys() | looks.keys())
        ]
        return real(link(samples), self._pictures.by_time, self._pictures.scale)

    def clearly(self, people: Sequence[Person]) -> int | None:
        """Position of the one who was followed all the time and is the runner; None in doubt."""
        followed = {id(body) for _, body in self._runner}
        own = [sum(id(body) in followed for body in person.bodies) for person in people]
        try:
            chosen = choose(people)
        except PersonError:
            return None
        return chosen if own[chosen] >= STAYED * len(self._runner) else None


def _empty(time: Float, size: tuple[int, int]) -> PoseTrack:
    shape = (len(time), len(BLAZEPOSE))
    return PoseTrack(time, np.full((*shape, 2), np.nan), np.zeros(shape), BLAZEPOSE, size)
