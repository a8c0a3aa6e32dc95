"""RTMPose: decoding, following a person, and a whole video with a tiny model made here."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from gait.cli.options import settings_of
from gait.pose import rtmpose
from gait.pose.rtmpose import RTMPose
from gait.pose.simcc import Model, decode, fitted
from gait.settings import PoseSettings, Settings
from gait.skeleton import HALPE26
from gait.types import ModelError
from gait.video import Writer

WIDTH, HEIGHT = 48, 64
POINTS = len(HALPE26)
WIDE, TALL = 30, 80


def corner_model(path: Path, points: int = POINTS) -> Path:
    """A model that finds the corners of whatever is bright.

    Scores of a column (row) are those of its brightest pixel, given to both bins of a pixel. A
    slight slope makes a point the first bright bin or the last: the first four points are top left,
    top right, bottom left and bottom right, and so on.
    """
    last = {"x": np.arange(points) % 2, "y": np.arange(points) // 2 % 2}
    constants = {"axis": np.array([1])}
    nodes = []
    for axis, length, other in (("x", WIDTH, 2), ("y", HEIGHT, 3)):
        constants[f"double_{axis}"] = np.repeat(np.eye(length, dtype=np.float32), 2, axis=1)
        slope = np.where(last[axis][:, None], 1e-4, -1e-4)
        constants[f"slope_{axis}"] = (slope * np.arange(2 * length)).astype(np.float32)
        nodes += [
            helper.make_node("ReduceMax", ["input"], [f"most_{axis}"], axes=[1, other], keepdims=0),
            helper.make_node("MatMul", [f"most_{axis}", f"double_{axis}"], [f"bins_{axis}"]),
            helper.make_node("Unsqueeze", [f"bins_{axis}", "axis"], [f"each_{axis}"]),
            helper.make_node("Add", [f"each_{axis}", f"slope_{axis}"], [f"simcc_{axis}"]),
        ]
    graph = helper.make_graph(
        nodes,
        "corners",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["batch", 3, HEIGHT, WIDTH])],
        [
            helper.make_tensor_value_info(f"simcc_{axis}", TensorProto.FLOAT, ["batch", None, None])
            for axis in "xy"
        ],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    opset = helper.make_opsetid("", 17)
    onnx.save(helper.make_model(graph, opset_imports=[opset], ir_version=9), path)
    return path


def picture(left: float, top: float) -> NDArray[np.uint8]:
    """A white rectangle on black."""
    image = np.zeros((240, 320, 3), np.uint8)
    image[round(top) : round(top) + TALL, round(left) : round(left) + WIDE] = 255
    return image


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return corner_model(tmp_path_factory.mktemp("model") / "tiny.onnx")


def test_decoding_gives_the_fullest_bins_at_half_pixels() -> None:
    across, along = np.zeros((3, 384)), np.zeros((3, 512))
    across[[0, 1, 2], [0, 101, 383]] = 0.9, 0.8, 1.2
    along[[0, 1, 2], [511, 40, 7]] = 0.7, 0.95, 1.1
    found = decode(across, along)
    assert found.tolist() == [[0, 255.5, 0.7], [50.5, 20, 0.8], [191.5, 3.5, 1.0]]


@pytest.mark.parametrize("box", [(160.0, 120.0, 96.0, 128.0), (150.0, 110.0, 72.0, 96.0)])
def test_points_return_from_the_crop_to_where_they_are(
    weights: Path, box: tuple[float, ...]
) -> None:
    found = Model.load(weights, threads=1)(picture(130, 70), np.array(box))
    half_bin_px = box[2] / WIDTH / 2
    # Exact to the pixels of the cut-out picture, of which an edge may take in half a one.
    assert np.abs(found[0, :2] - (130, 70)).max() <= 3 * half_bin_px
    assert np.abs(found[3, :2] - (130 + WIDE, 70 + TALL)).max() <= 3 * half_bin_px
    assert (found[:, 2] == 1).all()


def test_the_box_keeps_the_proportions_of_the_model_and_leaves_room(weights: Path) -> None:
    model = Model.load(weights, threads=1)
    x, y, width, height = fitted(np.array([100.0, 50.0, 130.0, 150.0]), model)
    assert (x, y) == (115, 100)
    assert width / height == WIDTH / HEIGHT
    assert height == pytest.approx(1.25 * 100)  # the taller side counts


def test_a_video_is_followed_from_frame_to_frame(weights: Path, tmp_path: Path) -> None:
    video = tmp_path / "video.mp4"
    path_px = np.array([(20 + 10 * i, 60 + 3 * i) for i in range(20)])
    with Writer(video, 320, 240, 30.0) as writer:
        for i, place in enumerate(path_px):
            writer.write(picture(*place), i / 30)
    done: list[tuple[int, int]] = []
    track = RTMPose().track(
        video, PoseSettings(weights=weights), progress=lambda *n: done.append(n)
    )
    assert track.names == HALPE26
    assert track.size == (320, 240)
    assert done[-1] == (20, 20)
    assert "tiny.onnx" in track.steps[0]
    # Of a rectangle 80 px high with room around it a pixel of the model is 1.6 px of the video; had
    # it looked at whole frames, it would be 6.7 px.
    assert np.abs(track["nose"] - path_px).max() <= 2
    assert np.abs(track["left_ear"] - path_px - (WIDE, TALL)).max() <= 3


def test_nobody_is_found_in_an_empty_video_and_a_later_person_is(
    weights: Path, tmp_path: Path
) -> None:
    video = tmp_path / "video.mp4"
    with Writer(video, 320, 240, 30.0) as writer:
        for i in range(6):
            writer.write(picture(140, 90) * np.uint8(i >= 3), i / 30)
    track = RTMPose().track(video, PoseSettings(weights=weights))
    assert np.isnan(track.xy[:3]).all()
    assert (track.score[:3] == 0).all()
    assert np.isfinite(track.xy[3:]).all()


def test_another_file_changes_the_fingerprint(weights: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.onnx"
    other.write_bytes(weights.read_bytes() + b"\x00")
    prints = {RTMPose().fingerprint(PoseSettings(weights=w)) for w in (weights, other)}
    assert len(prints) == 2


@pytest.mark.parametrize("content", [b"", b"not a model"])
def test_a_file_that_is_no_model_is_said_to_be_none(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "end2end.onnx"
    path.write_bytes(content)
    with pytest.raises(ModelError, match="not an RTMPose model"):
        Model.load(path, threads=1)


def test_a_model_of_other_points_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="has 17 points"):
        Model.load(corner_model(tmp_path / "coco.onnx", points=17), threads=1)


def test_without_a_file_it_is_said_where_to_get_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ModelError, match="no model file"):
        rtmpose.weights_file(PoseSettings(weights=tmp_path / "none.onnx"))
    monkeypatch.setattr(rtmpose.weights, "cache_dir", lambda: tmp_path)
    monkeypatch.setitem(rtmpose.OFFICIAL, "heavy", "http://127.0.0.1:9/rtmpose.zip")
    with pytest.raises(ModelError, match="Download http://127") as error:
        rtmpose.weights_file(PoseSettings())
    assert "weights =" in error.value.hint


def test_it_is_chosen_by_option_and_weights_by_file(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('[pose]\nweights = "own.onnx"\nmodel = "full"\n')
    settings = settings_of(file, backend="rtmpose")
    assert settings.pose == PoseSettings(backend="rtmpose", model="full", weights=Path("own.onnx"))
    # What the page and analysis.json keep is read again as it was.
    assert Settings.model_validate(settings.model_dump(mode="json")) == settings
