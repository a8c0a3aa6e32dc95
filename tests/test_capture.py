"""A look at the first second of a video: what a coach beside the camera can still change."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from columns import with_also, with_only
from data_edited import SAMPLES, sample, write

import gait.validation
from gait.analysis.capture import Advice, check_capture
from gait.cli.main import main
from gait.io.npz import read_npz
from gait.pipeline import check
from gait.settings import Settings
from gait.types import PoseTrack, UsageError, VideoError

TRACKS = Path(gait.validation.__file__).with_name("tracks")
ASKED = ["whole_body", "one_person", "level", "square", "distance", "frames", "light"]


def first_second(name: str = "side_normal", roll_deg: float = 0.0) -> PoseTrack:
    """Twelve frames, and the lines of a room in which everything upright shows this roll."""
    track = read_npz(TRACKS / name / "pose.npz")[0]
    rows = np.arange(0, 60, 5)
    roll = {
        "background_roll_deg": np.full(12, roll_deg),
        "background_roll_sd_deg": np.full(12, 0.3),
    }
    blur = {"head_blur": np.full(12, 0.4), "grain": np.full(12, 0.01)}
    return with_only(track.rows(rows), roll | blur)


def pictures(fps_hz: float, brightness: float = 120.0, every: int = 1) -> PoseTrack:
    """The frames of a second, of which only one in some is new."""
    n = round(fps_hz)
    change = np.where(np.arange(n) % every == 0, 2.0, 0.01)
    signals = {"picture_change": change, "brightness": np.full(n, brightness)}
    track = PoseTrack(np.arange(n) / fps_hz, np.empty((n, 0, 2)), np.empty((n, 0)), (), (10, 10))
    return with_only(track, signals)


def moved(track: PoseTrack, down_px: float) -> PoseTrack:
    return track.with_(xy=track.xy + np.array([0, down_px]))


def row(advice: tuple[Advice, ...], id: str) -> Advice:
    return next(a for a in advice if a.id == id)


@pytest.mark.parametrize("name", ["side_normal", "rear_normal", "male_forefoot_4.0"])
def test_a_good_video_needs_no_change(name: str) -> None:
    advice = check_capture(first_second(name), pictures(60), 1)
    assert [a.id for a in advice] == ASKED
    assert all(a.ok and a.change is None for a in advice), advice


@pytest.mark.parametrize(
    ("id", "made", "said", "change"),
    [
        ("whole_body", lambda t: moved(t, 140), "foot is outside", "below the feet"),
        ("whole_body", lambda t: moved(t, -140), "head is outside", "above the head"),
        ("distance", lambda t: t.with_(xy=0.4 * t.xy + 200), "pixels tall", "Go nearer"),
        ("light", lambda t: with_also(t, {"grain": 0.3}), "grainy",
         "bright"),
        ("light", lambda t: with_also(t, {"head_blur": 0.7}),
         "not sharp", "lens"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_remedy(id: str, made, said: str, change: str) -> None:
    advice = check_capture(made(first_second()), pictures(60), 1)
    (wrong,) = [a for a in advice if not a.ok]
    assert (wrong.id, wrong.ok) == (id, False)
    assert said in wrong.found
    assert change in (wrong.change or "")


def test_a_camera_that_is_not_level_is_told_which_side_hangs() -> None:
    for roll_deg, end in ((4.0, "right"), (-4.0, "left")):
        level = row(check_capture(first_second(roll_deg=roll_deg), pictures(60), 1), "level")
        assert level.ok is False
        assert f"The {end} side hangs 4°" in level.found


def test_in_a_picture_on_its_side_it_cannot_be_told_whether_the_camera_is_square() -> None:
    track = first_second()
    lying = track.with_(
        xy=track.xy[..., ::-1] * (-1, 1) + (track.size[1], 0), size=track.size[::-1]
    )
    advice = check_capture(lying, pictures(60), 1)
    assert row(advice, "level").found == "The picture is on its side."
    assert row(advice, "square").ok is None


def test_without_anything_upright_it_cannot_be_told_whether_the_camera_is_level() -> None:
    track = first_second()
    level = row(check_capture(with_only(track, {}), pictures(60), 1), "level")
    assert level.ok is None
    assert level.change


def test_a_runner_turned_towards_the_camera_is_not_square() -> None:
    track = first_second()
    xy = track.xy.copy()
    for side, way in (("left", 1), ("right", -1)):
        xy[:, track.index(f"{side}_shoulder"), 0] += 0.08 * way * track.leg_px
    square = row(check_capture(track.with_(xy=xy), pictures(60), 1), "square")
    assert square.ok is False
    assert "off the side" in square.found


@pytest.mark.parametrize(
    ("fps_hz", "every", "ok", "found"),
    [
        (60, 1, True, "60 frames per second."),
        (30, 1, False, "30 frames per second."),
        (60, 2, False, "30 new pictures in 60 frames per second."),
        (120, 2, True, "60 new pictures in 120 frames per second."),
    ],
)
def test_frames_are_counted_as_the_picture_shows_them(
    fps_hz: float, every: int, ok: bool, found: str
) -> None:
    frames = row(check_capture(first_second(), pictures(fps_hz, every=every), 1), "frames")
    assert (frames.ok, frames.found) == (ok, found)


def test_dark_pictures_and_other_people_are_said() -> None:
    advice = check_capture(first_second(), pictures(60, brightness=20), 3)
    assert row(advice, "light").ok is False
    assert "3 people" in row(advice, "one_person").found


def test_without_a_runner_the_rest_cannot_be_told() -> None:
    track = first_second()
    nobody = track.with_(xy=np.full_like(track.xy, np.nan), score=np.zeros_like(track.score))
    advice = check_capture(nobody, pictures(60), 0)
    assert row(advice, "whole_body").ok is False
    assert [row(advice, id).ok for id in ("one_person", "square", "distance")] == [None] * 3
    assert row(advice, "frames").ok


def test_what_is_no_video_is_refused(tmp_path: Path) -> None:
    track = tmp_path / "run.trc"
    track.write_text("x")
    with pytest.raises(UsageError, match="keypoints"):
        check(track, Settings())
    text = tmp_path / "run.mp4"
    text.write_text("x")
    with pytest.raises(VideoError, match="not a video"):
        check(text, Settings())


def test_the_command_looks_at_real_pictures(
    model_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    turned = cv2.getRotationMatrix2D((400, 300), 6, 0.5)
    bad = write(
        (
            cv2.warpAffine(image, turned, image.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)
            for i, image in enumerate(sample("side_normal", 0, 1.2))
            if i % 2 == 0
        ),
        tmp_path / "bad.mp4",
        30,
    )
    good = SAMPLES / "side_normal.mp4"
    assert main(["check", str(good)]) == 0
    assert capsys.readouterr().out.count("ok ") == len(ASKED)
    assert main(["check", "--json", str(bad)]) == 1
    rows = {r["id"]: r for r in json.loads(capsys.readouterr().out)[str(bad)]}
    assert rows["distance"]["ok"] is False
    assert rows["frames"]["found"] == "30 frames per second."
    assert rows["level"]["ok"] is not True
    assert all(r["change"] for r in rows.values() if not r["ok"])
    (tmp_path / "notes.txt").write_text("no video")
    (tmp_path / "other.mov").write_text("no video")
    assert main(["check", str(tmp_path)]) == 1
    said = capsys.readouterr()
    assert "Distance: The runner is small" in said.out
    assert "other.mov is not a video" in said.err
    assert "notes.txt" not in said.err


def test_a_folder_without_videos_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(tmp_path)]) == 2
    assert "There is no video in" in capsys.readouterr().err
