"""What all tables have in common: hostile files, and what every refusal has to be."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import signal
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest
from waiting import PATIENCE_S

TESTS = Path(__file__).parents[1]
KEPT = TESTS.parent / "gait" / "validation" / "tracks" / "side_normal" / "pose.npz"
GOLDEN = TESTS / "golden" / "v1" / "side_normal"
"""A run folder: its analysis and its track."""


LONGEST_S = 30
"""Of work of this process, whatever else the machine does."""


@contextmanager
def in_time() -> Iterator[None]:
    """Fail what works for longer than it may, and what waits for what does not come."""

    def fails(*_: object) -> None:
        pytest.fail(f"hangs for {PATIENCE_S} s")

    before = signal.signal(signal.SIGALRM, fails)
    signal.alarm(PATIENCE_S)
    start_s = time.process_time()
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
    # Not a timer of the processor's time: it has ended processes after it was stopped.
    worked_s = time.process_time() - start_s
    assert worked_s < LONGEST_S, f"works for {worked_s:.0f} s"


@dataclass(frozen=True)
class Said:
    """Exit code and what was written."""

    code: int
    out: str
    err: str


def gait(*argv: object) -> Said:
    """Run the command in this process."""
    from gait.cli.main import main

    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main([str(a) for a in argv])
    return Said(code, out.getvalue(), err.getvalue())


def snapshot(folder: Path) -> dict[str, str]:
    """Everything below a folder: the digest of files, the kind of others."""
    found = {}
    for path in sorted(folder.rglob("*")):
        mode = path.lstat().st_mode
        regular = stat.S_ISREG(mode) and path.stat().st_size < 1 << 26
        what = hashlib.sha256(path.read_bytes()).hexdigest() if regular else str(mode)
        found[os.fsencode(path.relative_to(folder)).decode("utf-8", "replace")] = what
    return found


def refuses(folder: Path, *argv: object) -> str:
    """The one line of a command that refuses: with a remedy, and nothing in the folder changed."""
    before = snapshot(folder)
    said = gait(*argv)
    line = one_line(said)
    assert snapshot(folder) == before
    return line


def one_line(said: Said) -> str:
    """The complaint, which has to be the only one and has to say what to do."""
    assert said.code in (1, 2), said
    assert "Traceback" not in said.err
    lines = [line for line in said.err.splitlines() if not line.endswith((": pose", ": overlay"))]
    assert len(lines) == 1, said.err
    assert lines[0].startswith("gait: ")
    assert "unexpected" not in lines[0]
    assert lines[0].rstrip().endswith(".") or lines[0].endswith("`.")
    assert lines[0].count(". ") >= 1, lines[0]  # the problem, then the remedy
    return lines[0]


def fifo(path: Path) -> None:
    os.mkfifo(path)


def linked_fifo(path: Path) -> None:
    os.mkfifo(path.with_name("pipe"))
    path.symlink_to(path.with_name("pipe"))


def endless(path: Path) -> None:
    path.symlink_to("/dev/zero")


def random(path: Path) -> None:
    path.symlink_to("/dev/urandom")


def nothing(path: Path) -> None:
    path.symlink_to("/dev/null")


def terminal(path: Path) -> None:
    path.symlink_to("/dev/ptmx")


def folder(path: Path) -> None:
    path.mkdir()


def missing(path: Path) -> None:
    assert not path.exists()


def dangling(path: Path) -> None:
    path.symlink_to(path.with_name("nowhere"))


def loop(path: Path) -> None:
    path.symlink_to(path)


def huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(1 << 39)  # sparse


def listener(path: Path) -> None:
    import socket

    here = Path.cwd()
    os.chdir(path.parent)  # such names are short
    try:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(path.name)
    finally:
        os.chdir(here)


HOSTILE: tuple[Callable[[Path], None], ...] = (
    *(fifo, linked_fifo, endless, random, nothing, terminal),
    *(folder, missing, dangling, loop, huge, listener),
)
"""What a path may lead to instead of a file that can be read to its end."""


def run_folder(path: Path) -> Path:
    """A finished run, of a file that is called like `KEPT`."""
    shutil.copytree(GOLDEN, path)
    analysis = path / "analysis.json"
    analysis.write_text(analysis.read_text().replace('"side_normal.mp4"', f'"{KEPT.name}"'))
    return path


def subprocess_environment() -> dict[str, str]:
    """For the command in a process of its own."""
    path = [str(TESTS.parent), str(TESTS), os.environ.get("PYTHONPATH", "")]
    return os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, path))}


COMMAND = (sys.executable, "-m", "gait.cli.main")
