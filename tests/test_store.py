"""The run folder: what goes in comes out, and nothing is ever half there."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import examples
import numpy as np
import pyarrow.parquet as pq
import pytest

from gait.io.analysis_file import read_analysis
from gait.io.deletion import delete
from gait.io.ours import RECORD
from gait.io.run_folder import RunFolder, place, runs
from gait.types import OutputError, UsageError


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    folder = RunFolder(tmp_path / "run")
    folder.path.mkdir()
    return folder


def names(folder: Path) -> set[str]:
    return {p.name for p in folder.iterdir() if p.name != RECORD}


def overlay(run: RunFolder) -> None:
    """As if it had been drawn."""
    with run.replacing(run.overlay) as drawn:
        drawn.write_bytes(b"video")


def test_a_track_comes_back_bit_for_bit(run: RunFolder) -> None:
    kept = examples.track()
    run.save_track(kept, "key")
    found = run.load_track("key")
    assert found is not None
    for name in ("time", "xy", "score"):
        np.testing.assert_array_equal(getattr(found, name), getattr(kept, name))
    np.testing.assert_array_equal(found.derived.body_growth, kept.derived.body_growth)
    assert found.columns().keys() == kept.columns().keys()
    assert (found.names, found.size, found.steps) == (kept.names, kept.size, kept.steps)
    assert names(run.path) == {"pose.npz"}


def test_the_day_is_that_of_the_video_and_stays_when_the_run_is_copied(
    run: RunFolder, tmp_path: Path
) -> None:
    at = datetime(2024, 5, 1, 12, 11, 12, tzinfo=UTC)
    run.save_track(examples.track(), "key", at)
    copy = RunFolder(Path(shutil.copytree(run.path, tmp_path / "copy", copy_function=shutil.copy)))
    for kept in (run, copy):
        assert kept.filmed == at.astimezone().replace(tzinfo=None)
    run.save_track(examples.track(), "of a video that does not say")
    assert abs(run.filmed - datetime.now()) < timedelta(minutes=5)


def test_a_track_that_is_not_there_or_of_something_else_is_none(run: RunFolder) -> None:
    assert run.load_track("key") is None
    run.save_track(examples.track(), "key")
    assert run.load_track("other key") is None


@pytest.mark.parametrize("part", [0.0, 0.1, 0.5, 0.99])
def test_a_truncated_track_is_none(run: RunFolder, part: float) -> None:
    run.save_track(examples.track(), "key")
    content = run.pose.read_bytes()
    run.pose.write_bytes(content[: int(part * len(content))])
    assert run.load_track("key") is None


def test_a_track_with_changed_content_is_none(run: RunFolder) -> None:
    run.save_track(examples.track(), "key")
    content = bytearray(run.pose.read_bytes())
    start = content.index(b"xy.npy") + 400  # inside the compressed coordinates
    content[start] ^= 0xFF
    run.pose.write_bytes(content)
    assert run.load_track("key") is None


def test_a_new_track_removes_results_of_the_old_one(run: RunFolder) -> None:
    run.save_analysis(examples.analysis())
    overlay(run)
    run.save_track(examples.track(), "key")
    assert names(run.path) == {"pose.npz"}


def test_an_analysis_comes_back_equal_and_removes_the_overlay_of_another(run: RunFolder) -> None:
    overlay(run)
    kept = examples.analysis()
    run.save_analysis(kept)
    assert read_analysis(run.path) == kept
    assert names(run.path) == {"analysis.json", "strides.parquet"}


def test_the_table_joins_measurements_with_the_times_of_their_stride(run: RunFolder) -> None:
    run.save_analysis(examples.analysis())
    rows = pq.read_table(run.strides).to_pylist()
    assert [(r["metric"], r["side"], r["stride"], r["value"]) for r in rows] == [
        ("knee_flexion_ic", "left", 0, 11.0),
        ("knee_flexion_ic", "right", 0, 12.0),
        ("cadence", "both", 0, 170.0),
    ]
    assert [r["strike_s"] for r in rows] == [0.10, 0.45, None]
    assert [r["off_s"] for r in rows] == [0.10 + 0.25, 0.45 + 0.25, None]


def test_the_table_of_no_measurements_has_its_columns(run: RunFolder) -> None:
    run.save_analysis(examples.analysis(measurements=()))
    table = pq.read_table(run.strides)
    assert table.num_rows == 0
    assert {"metric", "side", "stride", "time_s", "value", "strike_s"} <= set(table.column_names)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "no analysis"),
        ("", "damaged"),
        ("[1, 2]", "damaged"),
        ('{"schema_version": 1}', "damaged"),
        ('{"schema_version": 99}', "schema version 99"),
    ],
)
def test_what_cannot_be_read_is_explained(
    run: RunFolder, content: str | None, problem: str
) -> None:
    if content is not None:
        run.analysis.write_text(content)
    with pytest.raises(UsageError, match=problem) as error:
        read_analysis(run.path)
    assert "again" in error.value.hint


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, ValueError])
def test_an_interrupted_write_leaves_the_old_file(
    run: RunFolder, interruption: type[BaseException]
) -> None:
    run.overlay.write_text("old")

    def write_half() -> None:
        with run.replacing(run.overlay) as temporary:
            temporary.write_text("half")
            raise interruption

    with pytest.raises(interruption):
        write_half()
    assert names(run.path) == {"overlay.mp4"}
    assert run.overlay.read_text() == "old"


def test_a_full_disk_leaves_the_old_analysis(
    run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = examples.analysis()
    run.save_analysis(old)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="No space left") as error:
        run.save_analysis(examples.analysis(activity="walking"))
    assert "--out" in error.value.hint
    assert names(run.path) == {"analysis.json", "strides.parquet"}
    assert read_analysis(run.path) == old


def test_a_folder_that_cannot_be_made_is_found_out_first(tmp_path: Path) -> None:
    # Below a file nobody can make a folder, not even root.
    (tmp_path / "file").touch()
    with (
        pytest.raises(OutputError, match="file is a file, not a folder"),
        RunFolder(tmp_path / "file" / "run").writing(),
    ):
        pytest.fail("the block must not run")
    assert names(tmp_path) == {"file"}


def test_a_folder_in_which_nothing_was_saved_goes_away(tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "a" / "b")
    with pytest.raises(KeyboardInterrupt), run.writing():
        raise KeyboardInterrupt
    assert names(tmp_path) == set()


def test_a_folder_that_was_there_stays(run: RunFolder) -> None:
    with run.writing():
        pass
    assert run.path.is_dir()


def test_a_video_finds_its_folder_again_and_another_video_gets_its_own(tmp_path: Path) -> None:
    video = examples.video_info()
    assert place(tmp_path, video) == tmp_path / "run"
    assert names(tmp_path) == set()

    run = RunFolder(tmp_path / "run")
    with run.writing():
        run.save_analysis(examples.analysis(video=video))
    others = [examples.video_info(sha256="b" * 64), examples.video_info(name="run.mov")]
    assert place(tmp_path, video) == run.path
    assert [place(tmp_path, other) for other in others] == [
        tmp_path / "run-bbbbbbbb",
        tmp_path / "run-aaaaaaaa",
    ]


def test_finished_runs_are_found_latest_first(tmp_path: Path) -> None:
    for age, name in enumerate(("new", "old")):
        run = RunFolder(tmp_path / name)
        with run.writing():
            run.save_track(examples.track(), "key")
            run.save_analysis(examples.analysis())
        os.utime(run.pose, (1e9 - age, 1e9 - age))
    (tmp_path / "unfinished").mkdir()
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "analysis.json").write_text("{}")
    assert [run.path.name for run in runs(tmp_path)] == ["new", "old"]
    assert runs(tmp_path / "missing") == ()


def test_deleted_is_deleted_and_only_runs_can_be(tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "run")
    with run.writing():
        run.save_analysis(examples.analysis())
    (tmp_path / "link").symlink_to(run.path)
    for path in (tmp_path, tmp_path / "link"):
        with pytest.raises(OutputError, match="Nothing was deleted"):
            delete(RunFolder(path))
    delete(run)
    assert not run.path.exists()


def test_an_overlay_stays_as_long_as_it_shows_the_same(tmp_path: Path) -> None:
    run = RunFolder(tmp_path)
    run.save_analysis(examples.analysis())
    overlay(run)
    run.save_analysis(examples.analysis(settings={"speed_mps": 4.0}))
    assert run.overlay.exists()
    run.save_analysis(examples.analysis(settings={"blur_face": True}))
    assert not run.overlay.exists()


_KILLED = """
import os, signal, sys
from pathlib import Path

import numpy as np

from gait.io.run_folder import RunFolder
from gait.video.writing import Writer

folder = RunFolder(Path(sys.argv[1]))
with folder.replacing(folder.path / sys.argv[2]) as part:
    part.write_bytes(b"half")
    with Writer(folder.overlay, 64, 48, 30) as straight, Writer(part, 64, 48, 30) as through:
        for i in range(90):  # what the encoder holds back is not yet a file
            for writer in (straight, through):
                writer.write(np.zeros((48, 64, 3), np.uint8), i / 30)
        os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(os.name != "posix", reason="has no SIGKILL")
@pytest.mark.parametrize(
    "name",
    [
        "analysis.json",
        "goals.json",
        "comparison.json",
        "in_step.mp4",
        "report-runner.html",
        "report-runner-anonymous.pdf",
        "Anna rear_px.trc",
        "video.MOV",
    ],
)
def test_what_a_killed_process_left_is_swept_away(run: RunFolder, name: str) -> None:
    done = subprocess.run([sys.executable, "-c", _KILLED, str(run.path), name], check=False)
    assert done.returncode == -signal.SIGKILL
    assert len(names(run.path)) == 3  # or nothing was tried
    run.sweep()
    assert names(run.path) == set()


@pytest.mark.parametrize(
    "name",
    [
        ".overlay.4711.part.mp4",
        ".goals-0123abcd.json",
        ".comparison-0123abcd.json",
        ".in_step-0123abcd.mp4",
        "..in_step-0123abcd.4711.part.mp4",
        ".report-runner-0123abcd.html",
        ".pose-0123abcd.npz",
    ],
)
def test_what_an_earlier_version_left_is_swept_away(run: RunFolder, name: str) -> None:
    (run.path / name).write_bytes(b"half")
    run.sweep()
    assert names(run.path) == set()


def test_what_others_keep_is_not_swept_away(run: RunFolder) -> None:
    kept = {".notes-20250101.txt", ".lock", "overlay.4711.part.mp4", ".my.part.mp4", "goals.json"}
    for name in kept:
        (run.path / name).write_bytes(b"whole")
    (run.path / ".goals-0123abcd.json").mkdir()
    run.sweep()
    assert names(run.path) == {*kept, ".goals-0123abcd.json"}
