"""A disk that is full at any write: one line, nothing of the user's changed, nothing half-written.

Here every file may only grow to a size; benchmarks/disk_full.py fills a real file system.
"""

from __future__ import annotations

import resource
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hostile import KEPT, gait, one_line, run_folder, snapshot

from gait.io import read_npz

NOTHING: Callable[[Path], object] = lambda here: None  # noqa: E731
CASES: dict[str, tuple[Callable[[Path], object], tuple[object, ...]]] = {
    "analyze": (NOTHING, ("analyze", KEPT, "--out", "out")),
    "analyze again": (lambda here: gait("analyze", KEPT, "--out", "out"), (
        *("analyze", KEPT, "--speed", "3.1", "--out", "out"),
    )),
    "report": (lambda here: run_folder(here / "run"), ("report", "run")),
    "report as PDF": (lambda here: run_folder(here / "run"), ("report", "run", "--pdf")),
    "compare": (
        lambda here: (run_folder(here / "run"), run_folder(here / "later")),
        ("compare", "run", "later", "--no-video", "--out", "out"),
    ),
    "goal": (lambda here: run_folder(here / "run"), ("goal", "run", "cadence=+5%")),
    **{
        f"export {form}": (
            lambda here: run_folder(here / "run"),
            ("export", "run", "--format", form, "--out", "out"),
        )
        for form in ("csv", "parquet", "json", "trc", "mot")
    },
}  # fmt: skip


@contextmanager
def room(size: int) -> Iterator[None]:
    """No file may become larger than that."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("size", [0, 100, 4_000, 30_000, 70_000])
@pytest.mark.parametrize("case", CASES)
def test_a_full_disk_costs_nobody_anything(here: Path, case: str, size: int) -> None:
    prepare, command = CASES[case]
    prepare(here)
    (here / "diary.txt").write_text("mine")
    if (here / "out").is_dir():
        (here / "out" / "notes.txt").write_text("mine")
    before = snapshot(here)
    with room(size):
        said = gait(*command)
    after = snapshot(here)
    if said.code == 0:  # it fitted
        assert after.keys() >= before.keys()
        return
    assert "Cannot write" in one_line(said)
    kept = "out/pose.npz"  # whole, so that the work on it need not be done again
    if after.get(kept) != before.get(kept):
        read_npz(here / kept)
        shutil.rmtree(here / "out")
        before = {name: what for name, what in before.items() if not name.startswith("out")}
        after = snapshot(here)
    assert after == before
