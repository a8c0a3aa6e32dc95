"""A look at the first second of a video, for somebody who stands beside the camera and waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import takewhile
from pathlib import Path
from typing import Final

import numpy as np

from gait import video
from gait.pose import weights
from gait.pose.engines.mediapipe import MediaPipeEngine
from gait.pose.inference import Landmarkers, available_cores
from gait.pose.person_search import spread_out
from gait.pose.person_tracking import Body
from gait.pose.pixels.background import SceneFollower
from gait.pose.pixels.camera_roll import UprightLines
from gait.pose.pixels.sharpness import SharpnessMeter
from gait.pose.pixels.silhouette import NO_OUTLINE
from gait.settings import PoseSettings
from gait.skeleton import BLAZEPOSE
from gait.types import Float, PixelSignals, PoseTrack, VideoError

GLANCE_S: Final = 1.0
BODIES_HZ: Final = 12.0
"""How often the pose model looks: eight or nine times a stride."""
OTHERS: Final = (0.25, 0.75)
"""Shares of the frames at which others are looked for; somebody who is there is there in both."""
FAR_EVERY: Final = 3
"""Of these frames, one in so many is searched in crops where nobody is seen in the whole."""
SURE: Final = 0.6
"""Median score of the points of somebody who is there."""
NEAR: Final = 0.35
"""Of the runner's size: smaller ones are far behind and disturb nobody."""


@dataclass(frozen=True, slots=True)
class Glance:
    """What the first second of a video shows."""

    track: PoseTrack
    """The runner in some of the frames, with what was read off their pixels."""
    pictures: PoseTrack
    """All frames, without keypoints, with the change and the brightness of the picture."""
    people: int
    """How many people are there."""


def glance(path: Path, settings: PoseSettings) -> Glance:
    """Look at the first second of a video with the pose model, which takes a few seconds.

    Raises
    ------
    UsageError, VideoError
        If the video cannot be read.
    ModelError
        If the model cannot be had.
    """
    file = weights.resolve(settings.model, settings.weights)
    time = video.timestamps(path)
    time = time[time < GLANCE_S]
    looked_at = set(time[spread_out(time, 1 / BODIES_HZ)].tolist())
    scene, sharpness, lines = SceneFollower(), SharpnessMeter(), UprightLines()
    times, pictures, some, size = [], [], [], (0, 0)
    for frame in takewhile(lambda f: f.time_s < GLANCE_S, video.frames(path, stop_s=GLANCE_S)):
        times.append(frame.time_s)
        pictures.append(PixelSignals(scene=scene.step(frame.image, {})))
        if frame.time_s in looked_at:
            some.append(frame)
        size = (frame.image.shape[1], frame.image.shape[0])
    if not some:
        raise VideoError(f"No frame of {path} can be decoded.", "Film again.")
    with Landmarkers(partial(MediaPipeEngine, file), available_cores()) as landmarkers:
        found = [(xy, score) for _, (xy, score, _) in landmarkers.follow(some)]
        if sum(np.isfinite(xy).all() for xy, _ in found) < len(some) / 2:
            some = some[::FAR_EVERY]  # looking for a small runner takes several times as long
            found = [_largest(bodies) for _, bodies in landmarkers.everybody(some)]
        looks = [
            landmarkers.look_around(some[i].image, (*found[i], NO_OUTLINE)).result()
            for i in sorted({int(share * len(some)) for share in OTHERS})
        ]
    seen: list[PixelSignals[float]] = []
    for frame, (xy, _) in zip(some, found, strict=True):
        points = dict(zip(BLAZEPOSE, xy, strict=True))
        seen.append(
            PixelSignals(
                sharpness=sharpness.step(frame.image, points, frame.time_s),
                upright_lines=lines.step(frame.image, points, frame.time_s),
            )
        )
    bodies = [Body(xy, score) for xy, score in found if np.isfinite(xy).all()]
    people = min(len(_others(look, bodies)) for look in looks) + bool(bodies)
    n = len(times)
    return Glance(
        PoseTrack(
            time=np.array([frame.time_s for frame in some]),
            xy=np.stack([xy for xy, _ in found]),
            score=np.stack([score for _, score in found]),
            names=BLAZEPOSE,
            size=size,
            signals=PixelSignals.over(seen),
        ),
        PoseTrack(
            np.array(times),
            np.empty((n, 0, 2)),
            np.empty((n, 0)),
            (),
            size,
            signals=PixelSignals.over(pictures),
        ),
        people,
    )


def _largest(bodies: Sequence[Body]) -> tuple[Float, Float]:
    """Points and scores of the largest of several people, NaN where nobody is."""
    if not bodies:
        return np.full((len(BLAZEPOSE), 2), np.nan), np.zeros(len(BLAZEPOSE))
    body = max(bodies, key=lambda body: body.size_px)
    return body.xy, body.score


def _others(look: list[Body], bodies: list[Body]) -> list[Body]:
    """Those who are surely there, and near enough to be taken for the runner."""
    runner_px = float(np.median([body.size_px for body in bodies])) if bodies else 0.0
    return [b for b in look if np.median(b.score) > SURE and b.size_px > NEAR * runner_px]
