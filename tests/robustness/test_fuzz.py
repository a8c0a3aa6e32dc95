"""Hundreds of damaged files of every kind: each is read, or refused in one line with a remedy.

A few of each in every run of the tests; `make fuzz` takes 500, and other ones with another SEED.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import examples
import fake_backend
import pytest
from hostile import GOLDEN, KEPT, LONGEST_S, Said, gait, in_time, one_line, snapshot
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutants import archives, damaged, documents, texts
from test_npz import kept
from test_texts import people
from waiting import PATIENCE_S

from gait import pose

N = int(os.environ.get("GAIT_FUZZ", "12"))
MOST_BYTES = 2 << 30
SEEN: dict[str, Counter[str]] = {}

often = settings(
    max_examples=N,
    derandomize="GAIT_FUZZ" not in os.environ,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module", autouse=True)
def fake() -> Iterator[None]:
    pose.register("fake", fake_backend.FakeBackend)
    yield
    for kind, seen in SEEN.items():
        text = ", ".join(f"{n} {what}" for what, n in sorted(seen.items()))
        os.write(2, f"\n{kind}: {text}".encode())  # also where output is captured


@pytest.fixture
def here() -> None:
    """The limit is on each file, not on all of them, which have a folder of their own each."""


def judged(kind: str, name: str, content: bytes | str, *command: str) -> None:
    """Give a file to a command, in a folder where something of the user's lies."""
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        (folder / "diary.txt").write_text("mine")
        if name == "run/analysis.json":
            shutil.copytree(GOLDEN, folder / "run")
        if name == "session.csv":
            examples.video(folder / "a.mp4")
        data = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
        (folder / name).write_bytes(data)
        before = snapshot(folder)
        with in_time():
            said = gait(*(part.format(folder=folder, file=folder / name) for part in command))
        after = snapshot(folder)
        for out in ("out", "run"):
            after = {n: what for n, what in after.items() if not n.startswith(f"{out}/")}
            before = {n: what for n, what in before.items() if not n.startswith(f"{out}/")}
        after.pop("out", None)
        assert after == before
        judge(kind, said)


def judge(kind: str, said: Said) -> None:
    seen = SEEN.setdefault(kind, Counter())
    if said.code == 0:
        assert "Traceback" not in said.err
        seen["read"] += 1
        return
    one_line(said)
    seen["refused"] += 1


ANALYSIS = json.loads((GOLDEN / "analysis.json").read_text())
ANALYZE = ("analyze", "{file}", "--out", "{folder}/out", "--no-overlay")
JSON = (*ANALYZE, "--fps", "60")
WITH_SETTINGS = ("analyze", str(KEPT), "--settings", "{file}", "--out", "{folder}/out")
WITH_ANSWERS = ("analyze", str(KEPT), "--intake", "{file}", "--out", "{folder}/out")


@often
@given(documents(ANALYSIS), st.sampled_from(("report", "export", "goal", "compare")))
def test_analysis_json(content: str, reader: str) -> None:
    command = {
        "report": ("report", "{folder}/run"),
        "export": ("export", "{folder}/run", "--format", "csv", "--out", "{folder}/out"),
        "goal": ("goal", "{folder}/run", "cadence=+5%"),
        "compare": ("compare", str(GOLDEN), "{folder}/run", "--no-video", "--out", "{folder}/out"),
    }[reader]
    judged("analysis.json", "run/analysis.json", content, *command)


@often
@given(documents(people(90)))
def test_keypoints_in_json(content: str) -> None:
    judged("keypoints in JSON", "a.json", content, *JSON)


@often
@given(archives(*kept()))
def test_npz(content: bytes) -> None:
    judged("npz", "a.npz", content, *ANALYZE)


def trc() -> str:
    from gait.export import export
    from gait.io.run_folder import RunFolder

    with tempfile.TemporaryDirectory() as work:
        (made,) = export(RunFolder(GOLDEN), "trc", Path(work))
        lines = made.read_text().splitlines(keepends=True)
    return "".join(lines[:200])


TRC = trc()


@often
@given(texts(TRC))
def test_trc(content: bytes) -> None:
    judged("TRC", "a.trc", content, *ANALYZE)


SHEET = (
    "video,runner,speed,height,sex,view,person,note\n"
    'a.mp4,"Anna, A.",3.2,1.70,female,side,1,tired\nb.mp4,Ben,,,,,,\n'
)


@often
@given(texts(SHEET))
def test_session_csv(content: bytes) -> None:
    judged_lines("session.csv", content)


def judged_lines(kind: str, content: bytes) -> None:
    """A session says one line for each video that it leaves out."""
    from gait.batch.session import read_session
    from gait.settings import Settings
    from gait.types import GaitError

    seen = SEEN.setdefault(kind, Counter())
    with tempfile.TemporaryDirectory() as work:
        sheet = Path(work) / "session.csv"
        sheet.write_bytes(content)
        for name in "ab":
            examples.video(sheet.with_name(f"{name}.mp4"))
        try:
            with in_time():
                found = read_session([sheet.parent], Settings())
        except GaitError as e:
            one_line(Said(2, "", f"gait: {e.problem} {e.hint}\n"))
            seen["refused"] += 1
            return
        assert {entry.name for entry in found.videos} <= {"a", "b"}
        seen["read"] += 1


SETTINGS = (
    'runner = "Anna"\nspeed_mps = 3.2\nheight_m = 1.7\nsex = "female"\ncutoff_hz = 12\n'
    'view = "side"\n[pose]\nmodel = "heavy"\nperson = 1\n[[edits]]\naction = "add"\n'
    'kind = "strike"\nside = "left"\nvideo_s = 1.5\n'
)


@often
@given(texts(SETTINGS))
def test_settings_toml(content: bytes) -> None:
    judged("settings in TOML", "a.toml", content, *WITH_SETTINGS)


ANSWERS = 'night = "no"\nheat = "none"\n'


@often
@given(texts(ANSWERS))
def test_answers_toml(content: bytes) -> None:
    judged("answers in TOML", "a.toml", content, *WITH_ANSWERS)


UNDAMAGED: dict[str, tuple[str, bytes | str, tuple[str, ...]]] = {
    "analysis.json": ("run/analysis.json", json.dumps(ANALYSIS), ("report", "{folder}/run")),
    "keypoints in JSON": ("a.json", json.dumps(people(90)), JSON),
    "npz": ("a.npz", KEPT.read_bytes(), ANALYZE),
    "TRC": ("a.trc", TRC, ANALYZE),
    "settings": ("a.toml", SETTINGS, WITH_SETTINGS),
    "answers": ("a.toml", ANSWERS, WITH_ANSWERS),
}


@pytest.mark.parametrize("kind", UNDAMAGED)
def test_what_is_damaged_was_whole(kind: str) -> None:
    """Otherwise nothing would be tried but the first line of a reader."""
    name, content, command = UNDAMAGED[kind]
    judged(f"{kind}, undamaged", name, content, *command)
    assert SEEN[f"{kind}, undamaged"] == {"read": 1}


def test_damaged_sessions_and_videos_were_whole() -> None:
    judged_lines("session.csv, undamaged", SHEET.encode())
    assert SEEN["session.csv, undamaged"] == {"read": 1}
    for ending, content in VIDEOS.items():
        assert limited(ending, content).code == 0


def videos() -> dict[str, bytes]:
    """Two seconds in every container, with sound of nobody."""
    import av
    import numpy as np

    made = {}
    for ending, codec in {
        "mp4": "libx264",
        "mov": "mpeg4",
        "mkv": "libx264",
        "avi": "mjpeg",
    }.items():
        with tempfile.TemporaryDirectory() as work:
            path = Path(work) / f"a.{ending}"
            with av.open(str(path), "w") as container:
                stream = container.add_stream(codec, rate=30)
                stream.width, stream.height = 128, 96
                stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
                for i in range(60):
                    picture = np.full((96, 128, 3), 4 * i, np.uint8)
                    container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
                container.mux(stream.encode(None))
            made[ending] = path.read_bytes()
    return made


VIDEOS = videos()


@often
@given(st.sampled_from(sorted(VIDEOS)).flatmap(
    lambda ending: st.tuples(st.just(ending), damaged(VIDEOS[ending]))
))  # fmt: skip
def test_videos(video: tuple[str, bytes]) -> None:
    ending, content = video
    judge(f"{ending} video", limited(ending, content))


def limited(ending: str, content: bytes) -> Said:
    """Decode a video in a process with little time and memory, whose death is seen."""
    with tempfile.TemporaryDirectory() as work:
        path, told = Path(work) / f"a.{ending}", Path(work) / "told"
        path.write_bytes(content)
        child = os.fork()
        if child == 0:
            try:
                os._exit(decoded(path, told))
            except BaseException as e:
                told.write_text(f"Traceback {e!r}")
                os._exit(99)
        end = time.monotonic() + PATIENCE_S
        while True:
            ended, status, used = os.wait4(child, os.WNOHANG)
            if ended:
                break
            if time.monotonic() > end:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
                pytest.fail(f"hangs for {PATIENCE_S} s")
            time.sleep(0.002)
        said = told.read_text() if told.exists() else ""
        assert not os.WIFSIGNALED(status), f"signal {os.WTERMSIG(status)}"
        assert used.ru_maxrss * 1024 < MOST_BYTES
        assert sorted(p.name for p in path.parent.iterdir()) in ([path.name], [path.name, "told"])
        return Said(os.WEXITSTATUS(status), "", said)


def decoded(path: Path, told: Path) -> int:
    """What the program does with every video: look at it, then see every frame."""
    from gait.types import GaitError
    from gait.video import frames, probe

    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # what FFmpeg says to itself
    resource.setrlimit(resource.RLIMIT_CPU, (LONGEST_S, LONGEST_S))  # ended by a signal
    limit = 8 << 30  # addresses, of which the libraries take several GB without using them
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    try:
        probe(path)
        for frame in frames(path):
            assert frame.image.ndim == 3
    except GaitError as e:
        told.write_text(f"gait: {e.problem} {e.hint}\n")
        return 1
    return 0
