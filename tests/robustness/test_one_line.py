"""H: closed streams, other alphabets, an early Ctrl-C, and a page that cannot start."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
from pathlib import Path

import pytest
from hostile import COMMAND, KEPT, gait, refuses, run_folder, snapshot, subprocess_environment
from waiting import PATIENCE_S


def shell(command: str, here: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    gait_command = " ".join(COMMAND)
    return subprocess.run(
        ["bash", "-c", command.replace("gait ", f"{gait_command} ")],
        cwd=here,
        env=subprocess_environment() | environment,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        timeout=PATIENCE_S,
    )


CLOSED = {
    "stderr": ("gait history run later 2>&-", 0),
    "stdout": ("gait history run later >&-", 0),
    "stdin": ("gait history run later <&-", 0),
    "all": ("gait history run later <&- >&- 2>&-", 0),
    "stderr, refused": ("gait history run nowhere 2>&-", 2),
    "all, refused": ("gait history run nowhere <&- >&- 2>&-", 2),
    "full": ("gait history run later --json >/dev/full", 1),
    "version": ("gait --version >/dev/full", 1),
    "read enough": (
        "gait export run --format json --force; gait history run later --json | true",
        0,
    ),
}


@pytest.mark.parametrize("case", CLOSED)
def test_streams(here: Path, case: str) -> None:
    for name in ("run", "later"):
        run_folder(here / name)
    command, code = CLOSED[case]
    done = shell(command, here)
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert "unexpected" not in done.stderr
    assert "Exception ignored" not in done.stderr
    assert len(done.stderr.splitlines()) <= 1


_C = {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"}
ALPHABETS = (
    ({"PYTHONIOENCODING": "ascii"}, ""),
    ({"PYTHONIOENCODING": "ascii"}, "--json"),
    ({"PYTHONIOENCODING": "latin-1"}, ""),
    ({"PYTHONIOENCODING": "cp1252"}, "--json"),
    (_C, ""),
    (_C, "--json"),
)


@pytest.mark.parametrize(
    ("alphabet", "form"), ALPHABETS, ids=lambda a: a if isinstance(a, str) else "-".join(a.values())
)
def test_every_letter_is_written_somehow(here: Path, form: str, alphabet: dict[str, str]) -> None:
    (here / "s.toml").write_text('runner = "Jürg 走"\n', encoding="utf-8")
    done = shell(f"gait analyze {KEPT} --settings s.toml --out o {form}", here, **alphabet)
    assert done.returncode == 0, done.stderr
    if form and alphabet.get("PYTHONIOENCODING") == "ascii":
        assert json.loads(done.stdout)["settings"]["runner"] == "Jürg 走"
    document = json.loads((here / "o" / "analysis.json").read_text(encoding="utf-8"))
    assert document["settings"]["runner"] == "Jürg 走"


_INTERRUPTED = """
import os, signal, sys
sys.path[:0] = {path!r}

class Interrupt:
    def find_spec(self, name, *_):
        if name == {module!r}:
            sys.meta_path.remove(self)
            os.kill(os.getpid(), signal.SIGINT)

from gait.cli import start
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored below a shell's background job
sys.meta_path.insert(0, Interrupt())
sys.exit(start())
"""
"""Ctrl-C when a module is about to be loaded: the same moment whatever the machine does."""


SAME_AS_OTHERS = (
    *("typer", "gait.cli.options", "gait.settings", "numpy", "gait.io.npz"),
    "gait.analysis.analyze",
)
"""Between two of the others: before anything is there, and while modules, a track are read."""


@pytest.mark.parametrize(
    "module",
    [
        "gait.cli.main",
        *(pytest.param(name, marks=pytest.mark.nightly) for name in SAME_AS_OTHERS),
        "pydantic",
        "gait.pipeline",
        "scipy.signal",
        "pyarrow.parquet",
    ],
)
def test_ctrl_c_at_any_moment_leaves_no_word(here: Path, module: str) -> None:
    code = _INTERRUPTED.format(path=_PATH, module=module)
    done = subprocess.run(
        [COMMAND[0], "-I", "-c", code, "analyze", str(KEPT), "--out", "o"],
        cwd=here,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )
    assert "Traceback" not in done.stderr
    assert done.returncode in (130, -signal.SIGINT)


_PATH = [
    *(str(Path(__file__).parents[2]),),
    *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep)),
]


def test_numpy_warns_developers_only(here: Path) -> None:
    import numpy as np

    with np.load(KEPT) as kept:
        arrays = dict(kept)
    arrays["xy"] = arrays["xy"].copy()
    arrays["xy"][50:100] = np.nan
    arrays["xy"][:, 5] = np.nan
    np.savez(here / "x.npz", **arrays)
    done = shell("gait analyze x.npz --out o", here)
    assert "Warning" not in done.stderr


HISTORY = ("nosuch", "", "Cadence", "cadence ", "../x", "x" * 5000, "\u202ecadence")


@pytest.mark.parametrize("metric", HISTORY, ids=lambda text: ascii(text)[:15])
def test_a_metric_that_is_none(here: Path, metric: str) -> None:
    run_folder(here / "run")
    assert "no metric" in refuses(here, "history", "run", "run", "--metric", metric)


def test_a_metric_that_was_not_measured(here: Path) -> None:
    for name in ("run", "later"):
        run_folder(here / name)
    assert "No run" in refuses(here, "history", "run", "later", "--metric", "rearfoot_eversion")


@pytest.fixture
def port() -> object:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "0.0.0.0"])
def test_a_busy_port(here: Path, port: int, host: str) -> None:
    assert "--port" in refuses(here, "app", "--port", port, "--host", host, "--no-browser")


HOSTS = (
    "nosuch.invalid",
    "",
    "300.1.1.1",
    "192.0.2.1",
    "a" * 300,
    "x y",
    "http://localhost",
    "é.é",
)


@pytest.mark.parametrize("host", HOSTS, ids=lambda text: text[:16] or "empty")
def test_a_host_that_is_not_here(here: Path, host: str) -> None:
    if host == "":
        pytest.skip("means every address")
    assert "--host" in refuses(here, "app", "--host", host, "--port", 18999, "--no-browser")


@pytest.mark.parametrize("number", [0, -1, 65536, 10**9])
def test_a_port_that_is_none(here: Path, number: int) -> None:
    assert "--port" in refuses(here, "app", "--port", number, "--no-browser")


BROKEN = ("speed_mps = nan", "speed", "unheard = 1", "a = [" * 3000, "speed_mps = 'x'")


@pytest.mark.parametrize("text", BROKEN, ids=lambda text: text[:12])
def test_the_page_with_broken_settings(here: Path, text: str) -> None:
    (here / "s.toml").write_text(text)
    refuses(here, "app", "--settings", "s.toml", "--port", 18999, "--no-browser")


@pytest.mark.parametrize("kind", ["file", "pipe", "dangling", "below a file"])
def test_a_workspace_that_is_no_folder(here: Path, kind: str) -> None:
    path = here / "work"
    if kind in ("file", "below a file"):
        path.write_text("mine")
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to(here / "nowhere")
    shown = path / "runs" if kind == "below a file" else path
    refuses(here, "app", "--workspace", shown, "--port", 18999, "--no-browser")


def test_a_workspace_that_is_not_there_yet_is_said(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streamlit.web.cli.main", lambda *_, **__: None)
    said = gait("app", "--workspace", here / "new", "--port", 18998, "--no-browser")
    assert said.code == 0
    assert "does not exist yet" in said.err


def test_videos_that_are_no_folder(here: Path) -> None:
    refuses(here, "app", "--videos", here / "none", "--port", 18999, "--no-browser")


@pytest.mark.parametrize("kind", ["file", "pipe"])
@pytest.mark.parametrize("command", ["analyze", "compare", "export", "validate", "batch"])
def test_an_out_that_is_no_folder(here: Path, command: str, kind: str) -> None:
    import examples

    run_folder(here / "run")
    examples.video(here / "run.mp4")
    (here / "out").write_text("mine") if kind == "file" else os.mkfifo(here / "out")
    argv: dict[str, list[object]] = {
        "analyze": [KEPT],
        "compare": ["run", "run"],
        "export": ["run", "--format", "csv"],
        "validate": ["--tracks"],
        "batch": ["run.mp4"],
    }
    refuses(here, command, *argv[command], "--out", "out")


def test_a_refusal_leaves_no_folder(here: Path) -> None:
    before = snapshot(here)
    (here / "x.npz").write_bytes(b"")
    refuses(here, "analyze", "x.npz", "--out", "deep/er/out")
    assert list(here.iterdir()) == [here / "x.npz"]
    assert before == {}
