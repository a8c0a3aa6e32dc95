"""Keypoints from files: what other programs write, and what cannot be read."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
import synthetic
from columns import with_only

from gait.analysis.analyze import analyze_track
from gait.cli.main import main
from gait.io import describe, is_track, read, write_npz
from gait.io.npz import read_npz
from gait.io.ours import RECORD
from gait.pipeline import analyze, identify
from gait.settings import Settings
from gait.skeleton import BODY25, COCO17, HALPE26, canonical_name
from gait.types import PoseTrack, TrackError, UsageError

SPORTS2D = {  # marker names of Sports2D's body with feet, as it writes them
    **{f"{s[0].upper()}{p}": f"{s}_{n}" for s in ("right", "left") for p, n in (
        ("Hip", "hip"), ("Knee", "knee"), ("Ankle", "ankle"), ("BigToe", "foot_index"),
        ("Heel", "heel"), ("Shoulder", "shoulder"), ("Elbow", "elbow"), ("Wrist", "wrist"),
    )},
    "Nose": "nose",
}  # fmt: skip


@pytest.fixture(scope="module")
def runner() -> PoseTrack:
    track, _ = synthetic.runner(60, 6, noise_px=0.3)
    return track


def sports2d(path: Path, track: PoseTrack, metres: float | None = None) -> Path:
    """A TRC file as Sports2D writes it: unit m even for pixels, empty cells, y up in metres."""
    xy = track.xy if metres is None else track.xy * [metres, -metres]
    lines = [
        f"PathFileType\t4\t(X/Y/Z)\t{path}",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\t"
        "OrigNumFrames",
        f"60\t60\t{len(track)}\t{len(SPORTS2D)}\tm\t60\t0\t{len(track)}",
        "Frame#\tTime\t" + "\t\t\t".join(SPORTS2D) + "\t\t\t",
        "\t\t" + "\t".join(f"X{i}\tY{i}\tZ{i}" for i in range(1, len(SPORTS2D) + 1)),
    ]
    for i, time_s in enumerate(track.time):
        cells = [f"{xy[i, track.index(n), a]}" for n in SPORTS2D.values() for a in (0, 1)]
        points = [f"{x}\t{y}\t0.0" for x, y in zip(cells[::2], cells[1::2], strict=True)]
        if i == 7:
            points[0] = "\t\t"
        lines.append(f"{i}\t{time_s}\t" + "\t".join(points))
    path.write_text("\n".join(lines) + "\n")
    return path


def openpose(folder: Path, track: PoseTrack, names: tuple[str, ...]) -> Path:
    """A folder as OpenPose writes it, with a smaller bystander first in every frame."""
    folder.mkdir()
    for i, points in enumerate(_points(track, names)):
        small = points * [0.2, 0.2, 1]
        people = [{"pose_keypoints_2d": p.ravel().tolist()} for p in (small, points)]
        document = {"version": 1.3, "people": people if i != 3 else []}
        (folder / f"run_{i:012d}_keypoints.json").write_text(json.dumps(document))
    return folder


def alphapose(path: Path, track: PoseTrack, names: tuple[str, ...]) -> Path:
    people = [
        {"image_id": f"{i}.jpg", "category_id": 1, "keypoints": p.ravel().tolist(), "score": 2.9}
        for i, p in enumerate(_points(track, names))
        if i != 3
    ]
    path.write_text(json.dumps(people))
    return path


def _points(track: PoseTrack, names: tuple[str, ...]) -> np.ndarray:
    """(T, K, 3); points the runner does not have are 0, as OpenPose says "not found"."""
    points = np.zeros((len(track), len(names), 3))
    for k, name in enumerate(names):
        if name in track:
            points[:, k, :2], points[:, k, 2] = (
                track[name],
                0.9 * np.sign(track.score[:, track.index(name)]),
            )
    return points


def test_sports2d_pixels_are_read_though_they_claim_to_be_metres(
    runner: PoseTrack, tmp_path: Path
) -> None:
    track = read(sports2d(tmp_path / "run_px_person00.trc", runner))
    for name in SPORTS2D.values():
        frames = np.arange(len(track)) != 7
        np.testing.assert_array_equal(track[name][frames], runner[name][frames])
    assert np.isnan(track["right_hip"][7]).all()
    np.testing.assert_allclose(track.time, runner.time - runner.time[0])


def test_a_point_at_infinity_is_missing_and_harms_no_other(
    runner: PoseTrack, tmp_path: Path
) -> None:
    path = sports2d(tmp_path / "run.trc", runner)
    lines = path.read_text().splitlines()
    cells = lines[15].split("\t")
    lines[15] = "\t".join([*cells[:2], "inf", *cells[3:]])
    path.write_text("\n".join(lines))
    track = read(path)
    assert np.isnan(track["right_hip"][10]).all()
    np.testing.assert_array_equal(track["left_hip"], runner["left_hip"])


def test_a_marker_at_the_very_origin_was_not_seen(runner: PoseTrack, tmp_path: Path) -> None:
    lost = runner.xy.copy()
    lost[50:60] = 0
    lost[80, runner.index("right_knee")] = 0
    track = read(sports2d(tmp_path / "zero.trc", runner.with_(xy=lost), metres=0.001))
    seen = np.isfinite(track["right_knee"]).all(axis=1)
    assert np.flatnonzero(~seen).tolist() == [*range(50, 60), 80]


def test_metres_with_y_up_become_pixels_of_a_millimetre(runner: PoseTrack, tmp_path: Path) -> None:
    metres = 1 / 250  # the synthetic runner is drawn at 250 px per m
    track = read(sports2d(tmp_path / "run_m_person00.trc", runner, metres))
    assert track.leg_px == pytest.approx(1000 * metres * runner.leg_px, rel=1e-6)
    assert (track["nose"][:, 1] < track["left_ankle"][:, 1]).all()  # down again
    assert np.nanmin(track.xy) > 0


@pytest.mark.parametrize("names", [BODY25, HALPE26], ids=["BODY25", "Halpe26"])
def test_a_folder_of_openpose_gives_the_largest_person(
    names: tuple[str, ...], runner: PoseTrack, tmp_path: Path
) -> None:
    folder = openpose(tmp_path / "json", runner, names)
    assert is_track(folder)
    track = read(folder, fps_hz=60)
    assert track.names == tuple(name for name in names if name in runner)
    frames = np.arange(len(track)) != 3
    np.testing.assert_allclose(track["left_heel"][frames], runner["left_heel"][frames])
    assert np.isnan(track.xy[3]).all()
    assert (track.score[3] == 0).all()
    assert track.score[0, track.index("left_heel")] == 0.9


def test_files_that_are_not_there_are_frames_without_people(
    runner: PoseTrack, tmp_path: Path
) -> None:
    """The frames after them keep their time: contacts would come too early by those that lack."""
    folder = openpose(tmp_path / "lost", runner, BODY25)
    files = sorted(folder.glob("*.json"))
    for file in files[100:110]:
        file.unlink()
    track = read(folder, 60)
    assert len(track) == len(runner)
    assert np.isnan(track.xy[100:110]).all()
    np.testing.assert_allclose(track["left_heel"][110:], runner["left_heel"][110:], atol=1e-3)
    slower = openpose(tmp_path / "slower", runner, BODY25)
    for file in sorted(slower.glob("*.json"))[1::2]:
        file.unlink()
    assert len(read(slower, 30)) == len(runner) // 2


def test_points_that_are_in_no_frame_are_not_in_the_file(runner: PoseTrack, tmp_path: Path) -> None:
    """The layout names wrists also where only legs were looked for."""
    score = np.array(runner.score)
    for side in ("left", "right"):
        score[:, runner.index(f"{side}_wrist")] = -1
    track = read(openpose(tmp_path / "legs", runner.with_(score=score), BODY25), 60)
    assert "left_wrist" not in track
    assert "left_heel" in track


@pytest.mark.parametrize("names", [COCO17, HALPE26], ids=["COCO", "Halpe26"])
def test_alphapose_is_read_with_the_frames_that_it_leaves_out(
    names: tuple[str, ...], runner: PoseTrack, tmp_path: Path
) -> None:
    track = read(alphapose(tmp_path / "alphapose-results.json", runner, names), fps_hz=60)
    assert len(track) == len(runner)
    assert np.isnan(track.xy[3]).all()
    np.testing.assert_allclose(track["right_knee"][4:], runner["right_knee"][4:])


def test_what_was_read_gives_the_same_gait(runner: PoseTrack, tmp_path: Path) -> None:
    settings = Settings(speed_mps=3.0, height_m=1.75)
    cadence = analyze_track(runner, settings).summary("cadence")
    files = [
        sports2d(tmp_path / "a.trc", runner),
        sports2d(tmp_path / "b.trc", runner, 1 / 250),
        openpose(tmp_path / "json", runner, HALPE26),
        alphapose(tmp_path / "alpha.json", runner, HALPE26),
    ]
    assert cadence is not None
    for file in files:
        found = analyze_track(read(file, 60), settings).summary("cadence")
        assert found is not None
        # One point or frame is missing in each of them.
        assert found.value == pytest.approx(cadence.value, abs=0.05), file


def test_a_track_without_feet_says_what_it_lacks(runner: PoseTrack, tmp_path: Path) -> None:
    track = read(alphapose(tmp_path / "coco.json", runner, COCO17), fps_hz=60)
    analysis = analyze_track(track, Settings(view="side", direction="right"))
    assert not analysis.strides
    assert any("lack heels or toes" in note for note in analysis.quality.notes)


def test_points_of_which_no_program_is_named_are_said_to_be_taken_as_exact(
    runner: PoseTrack,
) -> None:
    """Whoever makes a track of arrays would get the intervals of markers without a word."""
    told = Settings(speed_mps=3.0, height_m=1.8)
    bare = analyze_track(runner, told)
    named = analyze_track(runner.with_(steps=("OpenPose 1.7",)), told)
    assert any("exact, as markers" in note for note in bare.quality.notes)
    assert not any("exact, as markers" in note for note in named.quality.notes)
    shank = [a.summary("tibia_angle_ic", "right") for a in (bare, named)]
    (narrow, _), (wide, _) = (s.ci95 for s in shank if s is not None and s.ci95 is not None)
    assert narrow > wide  # the lower end


def test_our_own_file_keeps_everything(runner: PoseTrack, tmp_path: Path) -> None:
    track = with_only(runner.with_(step="made"), {"head_blur": np.arange(len(runner)) / 3.0})
    write_npz(tmp_path / "pose.npz", track, "the key")
    again, key = read_npz(tmp_path / "pose.npz")
    assert key == "the key"
    assert (again.names, again.size, again.steps) == (track.names, track.size, track.steps)
    for one, other in ((again.xy, track.xy), (again.time, track.time), (again.score, track.score)):
        np.testing.assert_array_equal(one, other)
    assert again.columns().keys() == track.columns().keys()
    for name, series in track.columns().items():
        np.testing.assert_array_equal(again.columns()[name], series)


def test_a_file_of_keypoints_is_analysed_like_a_video(runner: PoseTrack, tmp_path: Path) -> None:
    file = sports2d(tmp_path / "run_px.trc", runner)
    analysis = analyze(file, Settings(), out=tmp_path / "run")
    assert analysis.video == identify(file)
    assert analysis.video is not None
    assert analysis.video.name == "run_px.trc"
    assert re.fullmatch("[0-9a-f]{64}", analysis.video.sha256)
    assert analysis.video.fps_hz == pytest.approx(60)
    assert analysis.video.duration_s == pytest.approx(6, abs=0.02)
    assert any("not BlazePose's" in note for note in analysis.quality.notes)
    names = {path.name for path in (tmp_path / "run").iterdir()}
    assert names == {RECORD, "analysis.json", "pose.npz", "strides.parquet"}  # and no overlay


def test_the_same_track_and_settings_give_the_same_bytes(runner: PoseTrack, tmp_path: Path) -> None:
    file = sports2d(tmp_path / "run.trc", runner)
    for out in ("one", "two"):
        analyze(file, Settings(height_m=1.8, speed_mps=3.0), out=tmp_path / out)
    for name in ("analysis.json", "strides.parquet"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_keypoints_get_their_report(runner: PoseTrack, tmp_path: Path) -> None:
    file, out = sports2d(tmp_path / "run_px.trc", runner), tmp_path / "run"
    assert main(["analyze", str(file), "--report", "--no-overlay", "--out", str(out)]) == 0
    assert (out / "report.html").is_file()


def test_describing_a_folder_tells_other_contents(runner: PoseTrack, tmp_path: Path) -> None:
    folder = openpose(tmp_path / "json", runner, HALPE26)
    before = describe(folder, read(folder, 60))
    (folder / "run_000000000005_keypoints.json").write_text('{"people": []}')
    after = describe(folder, read(folder, 60))
    assert before.sha256 != after.sha256
    assert before.codec == "keypoints (JSON)"


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("RBigToe", "right_foot_index"),
        ("LSmallToe", "left_small_toe"),
        ("right_hip", "right_hip"),
        ("Left Knee", "left_knee"),
        ("R_ANKLE", "right_ankle"),
        ("Hip", "mid_hip"),
        ("LHeel", "left_heel"),
        ("Neck", "neck"),
    ],
)
def test_names_of_other_programs(label: str, name: str) -> None:
    assert canonical_name(label) == name


HEADER = (
    "PathFileType\t4\t(X/Y/Z)\tx.trc\n"
    "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\t"
    "OrigNumFrames\n60\t60\t2\t1\t{unit}\t60\t1\t2\nFrame#\tTime\tRHip\t\t\n\t\tX1\tY1\tZ1\n"
)


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("empty.trc", "", "not a TRC file, or is empty"),
        ("text.trc", "Dear diary\n" * 9, "not a TRC file"),
        ("short.trc", HEADER.format(unit="m"), "not a TRC file|holds no frames"),
        ("words.trc", HEADER.format(unit="m") + "1\t0\tone\t2\t3\n", "line 6: could not convert"),
        ("wide.trc", HEADER.format(unit="m") + "1\t0\t1\t2\t3\t4\n", "line 6: too many"),
        ("unit.trc", HEADER.format(unit="furlong") + "1\t0\t1\t2\t3\n", "furlong"),
        ("points.trc", HEADER.format(unit="m") + "1\t0\t1\t2\t3\n", "lacks left hip"),
        ("time.trc", HEADER.format(unit="m") + "1\t0\t1\t2\t3\n2\t0\t1\t2\t3\n", "increasing"),
        (
            "twice.trc",
            HEADER.format(unit="m").replace("RHip\t\t", "RHip\tRHip") + "1\t0\n",
            "twice",
        ),
        ("not.json", "{", "is not JSON"),
        ("deep.json", "[" * 100_000, "is not JSON"),
        ("other.json", '{"a": 1}', "not a list of people"),
        ("frame.json", '{"people": []}', "single frame"),
        ("words.json", '[{"image_id": "0.jpg", "keypoints": ["a"]}]', "without numbers"),
        ("count.json", '[{"image_id": "0.jpg", "keypoints": [1, 2, 3]}]', "people of 1 points"),
        ("names.json", '[{"image_id": "a.jpg", "keypoints": [1, 2, 3]}]', "no frame number"),
        ("bytes.npz", "PK", "damaged or was not written by gaitlens"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_line(
    name: str, content: str, problem: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises(TrackError, match=problem) as error:
        read(path, fps_hz=60)
    assert "\n" not in str(error.value)
    assert error.value.hint


def test_json_needs_a_frame_rate(runner: PoseTrack, tmp_path: Path) -> None:
    file = alphapose(tmp_path / "a.json", runner, HALPE26)
    for fps_hz in (None, 0.0, float("nan")):
        with pytest.raises(UsageError, match="--fps"):
            read(file, fps_hz)


def test_only_files_of_keypoints_are_taken_for_such(tmp_path: Path) -> None:
    (tmp_path / "analysis.json").write_text("{}")
    assert not is_track(tmp_path)  # a run folder
    assert not is_track(tmp_path / "video.mp4")
    assert is_track(tmp_path / "RUN.TRC")
    with pytest.raises(UsageError, match="There is no"):
        read(tmp_path / "nothing.trc")
