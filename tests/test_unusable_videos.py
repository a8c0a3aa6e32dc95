"""The command line on what is no video of a runner: one line, nothing left."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import av
import examples
import numpy as np
import pytest

from gait.cli.main import main
from gait.video import Writer

Captured = pytest.CaptureFixture[str]

pytestmark = pytest.mark.validation  # needs no data but the pose model and half a minute


def empty(path: Path) -> None:
    path.touch()


def text(path: Path) -> None:
    path.write_text("My training diary. " * 500)


def truncated(path: Path) -> None:
    examples.video(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 8])


def sound_only(path: Path) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=44100, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 88200), np.float32), "fltp", "mono")
        frame.sample_rate = 44100
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def one_frame(path: Path) -> None:
    examples.video(path, n_frames=1)


def noise(path: Path) -> None:
    rng = np.random.default_rng(0)
    with Writer(path, 160, 120, 30) as writer:
        for i in range(36):
            writer.write(rng.integers(0, 255, (120, 160, 3), np.uint8), i / 30)


def empty_room(path: Path) -> None:
    picture = np.full((120, 160, 3), 200, np.uint8)
    picture[90:] = (120, 100, 80)
    with Writer(path, 160, 120, 30) as writer:
        for i in range(36):
            writer.write(picture, i / 30)


def folder(path: Path) -> None:
    path.mkdir()


def missing(path: Path) -> None:
    assert not path.exists()


@pytest.fixture
def gait_analyze(
    tmp_path: Path, model_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Captured
) -> Callable[..., tuple[int, str]]:
    """Exit code and the one line of `gait analyze`; nothing may be on standard output."""

    def analyze(video: str, *argv: str) -> tuple[int, str]:
        code = main(["analyze", "--json", video, *argv])
        out, err = capfd.readouterr()  # with what libraries write past Python
        return code, the_line(video, out, err)

    monkeypatch.chdir(tmp_path)
    return analyze


def the_line(video: str, out: str, err: str) -> str:
    assert out == ""
    (line,) = (x for x in err.splitlines() if x != f"gait: {video}: pose")  # progress
    assert line.startswith("gait: ")
    return line


def test_as_a_user_starts_it(tmp_path: Path, model_path: Path) -> None:
    empty_room(tmp_path / "bad.mp4")
    done = subprocess.run(
        [sys.executable, "-m", "gait.cli.main", "analyze", "--json", "bad.mp4"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "person" in the_line("bad.mp4", done.stdout, done.stderr)
    assert sorted(tmp_path.iterdir()) == [tmp_path / "bad.mp4"]


@pytest.mark.parametrize(
    ("make", "code", "said"),
    [
        (empty, 1, "empty"),
        (text, 1, "video|video"),
        (truncated, 1, "cut off"),
        (sound_only, 1, "only sound"),
        (one_frame, 1, "too short"),
        (noise, 1, "person"),
        (empty_room, 1, "person"),
        (folder, 2, "folder"),
        (missing, 2, "no file|not found|does not exist|no such file"),
    ],
)
def test_a_video_that_cannot_be_analysed_is_one_line_and_leaves_nothing(
    make: Callable[[Path], None],
    code: int,
    said: str,
    tmp_path: Path,
    gait_analyze: Callable[..., tuple[int, str]],
) -> None:
    path = tmp_path / "bad.mp4"
    make(path)
    before = sorted(tmp_path.rglob("*"))
    returned, line = gait_analyze(path.name)
    assert returned == code
    assert "bad.mp4" in line
    assert any(word in line.lower() for word in said.split("|"))
    # The problem is one sentence and the remedy another.
    assert line.count(". ") >= 1
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("place", ["read-only folder", "below a file", "system folder"])
def test_a_place_that_cannot_be_written_is_one_line(
    place: str, tmp_path: Path, gait_analyze: Callable[..., tuple[int, str]]
) -> None:
    video = examples.video(tmp_path / "run.mp4")
    out = {
        "read-only folder": tmp_path / "locked" / "run",
        "below a file": video / "run",
        "system folder": Path("/sys/gait_run"),
    }[place]
    if place == "read-only folder":
        out.parent.mkdir(mode=0o555)
        if os.access(out.parent, os.W_OK):
            pytest.skip("this user may write anywhere")
    if place == "system folder" and not sys.platform.startswith("linux"):
        pytest.skip("/sys is Linux")
    before = sorted(tmp_path.rglob("*"))
    code, line = gait_analyze(video.name, "--out", str(out))
    assert code == 1
    assert str(video if place == "below a file" else out) in line
    assert "--out" in line
    assert sorted(tmp_path.rglob("*")) == before
