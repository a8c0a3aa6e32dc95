"""How closely the pose model looks: accurate, standard and fast."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from gait import video
from gait.cli.options import settings_of
from gait.pose import weights
from gait.pose.blazepose import BlazePose, BlazePoseGraph, Engines, frames_apart
from gait.pose.engines import networks
from gait.pose.engines.crops import Crop
from gait.pose.inference import Detection
from gait.pose.pixels.silhouette import NO_OUTLINE
from gait.pose.rtmpose import RTMPose
from gait.settings import Mode, PoseSettings
from gait.skeleton import BLAZEPOSE
from gait.types import ModelError, UInt8, UsageError

MODES: tuple[Mode, ...] = get_args(Mode)
SIZE = (160, 120)


class Same:
    """An engine that sees the same body everywhere."""

    def locate(self, image: UInt8) -> Crop | None:
        return None

    def detect(self, image: UInt8, crop: Crop | None, *, silhouette: bool) -> Detection:
        body = np.random.default_rng(0).uniform(20, 100, (len(BLAZEPOSE), 2))
        return body, np.ones(len(BLAZEPOSE)), NO_OUTLINE

    def close(self) -> None:
        pass


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that stands for the model."""
    file = tmp_path / "model.task"
    file.write_bytes(b"model")
    monkeypatch.setattr(weights, "resolve", lambda *_: file)
    return file


@pytest.fixture
def filmed(tmp_path: Path) -> Path:
    """A second of 60 frames, each brighter than the one before."""
    path = tmp_path / "a.mp4"
    with video.Writer(path, *SIZE, 60) as writer:
        for i in range(60):
            writer.write(np.full((SIZE[1], SIZE[0], 3), 40 + 3 * i, np.uint8), i / 60)
    return path


@pytest.mark.parametrize("every", [1, 2, 7])
def test_every_so_many_frames_are_the_same_as_among_all(filmed: Path, every: int) -> None:
    some, every_one = list(video.frames(filmed, every=every)), list(video.frames(filmed))[::every]
    assert [f.time_s for f in some] == [f.time_s for f in every_one]
    for a, b in zip(some, every_one, strict=True):
        np.testing.assert_array_equal(a.image, b.image)


@pytest.mark.parametrize(
    ("fps_hz", "every"), [(24, 1), (30, 1), (50, 1), (59.94, 2), (60, 2), (120, 4), (240, 8)]
)
def test_the_fast_mode_looks_at_no_fewer_than_29_frames_a_second(fps_hz: float, every: int) -> None:
    assert frames_apart(np.arange(50) / fps_hz) == every
    assert fps_hz / every >= min(29, fps_hz)


def test_one_frame_is_looked_at_in_any_mode() -> None:
    assert frames_apart(np.zeros(1)) == 1


@pytest.mark.parametrize(("mode", "every"), [("accurate", 1), ("standard", 1), ("fast", 2)])
def test_the_track_holds_what_was_looked_at_and_says_so(
    mode: Mode, every: int, filmed: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    same = Engines("as ever", "nothing 1", lambda file, workers: Same)
    monkeypatch.setattr(BlazePose, "engines", lambda self, mode: same)
    done: list[tuple[int, int]] = []
    track = BlazePose().track(
        filmed, PoseSettings(mode=mode), workers=1, progress=lambda *n: done.append(n)
    )
    np.testing.assert_array_equal(track.time, video.timestamps(filmed)[::every])
    assert f"{mode}, 1 frame in {every}" in track.steps[-1]
    assert done[-1] == (60 // every, 60 // every)


def test_a_track_of_one_mode_is_not_taken_for_that_of_another(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("openvino")
    for backend in (BlazePose(), BlazePoseGraph()):
        assert len({backend.fingerprint(PoseSettings(mode=mode)) for mode in MODES}) == 3
    monkeypatch.setattr(networks, "find_spec", lambda name: None)
    standard, fast = (BlazePose().fingerprint(PoseSettings(mode=m)) for m in ("standard", "fast"))
    assert standard != fast


def test_without_a_runtime_there_is_no_accurate_mode_but_a_fast_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(networks, "find_spec", lambda name: None)
    with pytest.raises(ModelError, match=r"pip install openvino.* --pose standard"):
        BlazePose().engines("accurate")
    assert BlazePose().engines("fast").runtime.startswith("mediapipe")


@pytest.mark.parametrize("mode", ["accurate", "fast"])
def test_another_model_has_no_modes(mode: Mode) -> None:
    with pytest.raises(UsageError, match=f"no {mode} mode"):
        RTMPose().fingerprint(PoseSettings(mode=mode))


def test_an_option_chooses_the_mode_and_goes_before_the_file(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('[pose]\nmode = "fast"\n')
    assert settings_of(None).pose.mode == "standard"
    assert settings_of(file).pose.mode == "fast"
    assert settings_of(file, mode="accurate").pose.mode == "accurate"
