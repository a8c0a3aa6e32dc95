"""C: whoever writes into a run folder is alone there."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock
from hostile import COMMAND, KEPT, gait, refuses, run_folder, snapshot, subprocess_environment

from gait import io as formats
from gait.io import run_folder as module
from gait.io.kept_run import reanalyze
from gait.io.ours import RECORD
from gait.io.run_folder import RunFolder
from gait.io.writing import LOCK
from gait.sanitize.text import unfinished
from gait.settings import Settings
from gait.types import OutputError

WRITERS: dict[str, tuple[object, ...]] = {
    "analyze": ("analyze", KEPT, "--out", "run"),
    "report": ("report", "run"),
    "report for a runner": ("report", "run", "--for", "runner"),
    "goal": ("goal", "run", "overstride=-5%"),
    "goal with metronome": ("goal", "run", "cadence=+5%"),
    "compare": ("compare", "run", "later", "--out", "run", "--no-video"),
    "export": ("export", "run", "--format", "json", "--out", "run"),
}


@pytest.mark.parametrize("writer", WRITERS)
def test_a_command_waits_for_its_turn_and_then_says_so(
    here: Path, monkeypatch: pytest.MonkeyPatch, writer: str
) -> None:
    monkeypatch.setattr(module, "_PATIENCE_S", 0.2)
    run_folder(here / "run")
    run_folder(here / "later")
    with FileLock(here / "run" / LOCK):
        assert "Another command is writing" in refuses(here, *WRITERS[writer])


@pytest.mark.parametrize("writer", WRITERS)
def test_the_lock_is_gone_afterwards(here: Path, writer: str) -> None:
    run_folder(here / "run")
    run_folder(here / "later")
    assert gait(*WRITERS[writer]).code == 0
    assert not (here / "run" / LOCK).exists()


@pytest.mark.parametrize("writer", WRITERS)
def test_what_a_killed_command_left_goes_with_the_next_one(here: Path, writer: str) -> None:
    run_folder(here / "run")
    run_folder(here / "later")
    (here / "run" / LOCK).touch()
    left = [
        unfinished(here / "run" / "overlay.mp4"),
        unfinished(unfinished(here / "run" / "overlay.mp4")),  # as a video is written
        unfinished(here / "run" / "pose.npz"),
    ]
    mine = here / "run" / ".overlay-draft.mp4"
    for file in (*left, mine):
        file.write_bytes(b"half")
    assert gait(*WRITERS[writer]).code == 0
    assert [file for file in (*left, mine, here / "run" / LOCK) if file.exists()] == [mine]


WITHIN: dict[str, Callable[[RunFolder], object]] = {
    "reanalyze": lambda run: reanalyze(run, Settings()),
    "files from elsewhere": lambda run: run.save_files(
        {"analysis.json": run.analysis.read_bytes(), "pose.npz": run.pose.read_bytes()}
    ),
}


@pytest.mark.parametrize("writer", WITHIN)
def test_the_page_and_a_cluster_too(
    here: Path, monkeypatch: pytest.MonkeyPatch, writer: str
) -> None:
    monkeypatch.setattr(module, "_PATIENCE_S", 0.2)
    run = RunFolder(run_folder(here / "run"))
    before = snapshot(here)
    with FileLock(run.path / LOCK), pytest.raises(OutputError, match="Another"):
        WITHIN[writer](run)
    after = snapshot(here)
    after.pop(f"run/{LOCK}", None)
    assert after == before


def test_two_at_once_leave_one_run_whole(here: Path) -> None:
    rear = KEPT.parents[1] / "rear_normal" / "pose.npz"
    started = [
        subprocess.Popen(
            [*COMMAND, "analyze", str(track), "--out", "run"],
            cwd=here,
            env=subprocess_environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        for track in (KEPT, rear)
    ]
    for process in started:
        process.communicate()
    plane = json.loads((here / "run" / "analysis.json").read_text())["view"]["plane"]
    track = formats.read(here / "run" / "pose.npz")
    assert track.size == formats.read(KEPT if plane == "side" else rear).size
    assert sorted(p.name for p in (here / "run").iterdir()) == [
        *(RECORD, "analysis.json", "pose.npz", "strides.parquet")
    ]
