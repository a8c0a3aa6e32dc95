"""A pose backend that sees a runner made of equations in every video, for tests of the page.

It is installed as a package would be, so that worker processes find it too.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import synthetic

from gait.settings import PoseSettings
from gait.types import PeopleSignals, PersonError, PixelSignals, PoseTrack
from gait.video import Writer

FPS_HZ = 60.0
DURATION_S = 9.0
SCALE = 0.5
SLOW = "FAKE_POSE_TAKES_S"
"""Environment variable: how long the pose takes."""

PEOPLE = "FAKE_POSE_PEOPLE"
"""Environment variable: if set, two people run and one has to be chosen."""

HERE = Path(__file__).parent


class FakeBackend:
    """The same runner in every video."""

    def fingerprint(self, settings: PoseSettings) -> str:
        return f"fake {settings.model} {settings.person}"

    def track(
        self,
        path: Path,
        settings: PoseSettings,
        *,
        workers: int | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> PoseTrack:
        track = runner()
        if os.environ.get(PEOPLE):
            track = _among_two(track, settings.person)
        for done in range(10):
            if progress is not None:
                progress(done, 10)
            time.sleep(float(os.environ.get(SLOW, "0")) / 10)
        return track


def runner() -> PoseTrack:
    """The track of that runner in the size of `video`."""
    track, _ = synthetic.runner(FPS_HZ, DURATION_S, noise_px=0.5)
    width, height = (round(SCALE * px) // 2 * 2 for px in track.size)
    return track.with_(xy=track.xy * (width / track.size[0]), size=(width, height))


def _among_two(track: PoseTrack, wanted: int | None) -> PoseTrack:
    width, height = track.size
    ends = {1: (0.1, 0.2, 0.4, 0.9), 2: (0.5, 0.2, 0.8, 0.9)}
    boxes = np.array(list(ends.values())) * (width, height, width, height)
    people = PeopleSignals(
        person_chosen=np.full(len(track), float(wanted or 0)),
        boxes_px=np.broadcast_to(boxes, (len(track), 2, 4)),
    )
    track = track.with_(signals=PixelSignals(people=people))
    if wanted is None:
        error = PersonError("2 people run in this video.", "Choose one with --person 1 or 2.")
        error.people, error.track = 2, track
        raise error
    return track


def video(path: Path, shade: int = 128) -> Path:
    """A grey video in which the backend sees the runner."""
    track = runner()
    width, height = track.size
    picture = np.full((height, width, 3), shade, np.uint8)
    with Writer(path, width, height, FPS_HZ) as writer:
        for time_s in track.time:
            writer.write(picture, float(time_s))
    return path


def install(folder: Path) -> dict[str, str]:
    """Make a package of it; returns the environment in which the page and its workers use it."""
    info = folder / "fake_backend-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: fake-backend\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[gait.pose_backends]\nfake = fake_backend:FakeBackend\n"
    )
    settings = folder / "settings.toml"
    settings.write_text('[pose]\nbackend = "fake"\n')
    path = [str(folder), str(HERE), str(HERE.parent), os.environ.get("PYTHONPATH", "")]
    return {
        "PYTHONPATH": os.pathsep.join(p for p in path if p),
        "GAIT_WORKSPACE": str(folder / "runs"),
        "GAIT_SETTINGS": str(settings),
    }
