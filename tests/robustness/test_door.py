"""F: every file a user names is a regular one of a sane size, wherever it is named."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import examples
import pytest
from hostile import HOSTILE, KEPT, fifo, gait, refuses, run_folder, snapshot

COMMANDS: dict[str, tuple[str, tuple[object, ...]]] = {
    "video": ("x.mp4", ("analyze", "x.mp4")),
    "TRC": ("x.trc", ("analyze", "x.trc")),
    "JSON": ("x.json", ("analyze", "x.json", "--fps", 60)),
    "npz": ("x.npz", ("analyze", "x.npz")),
    "settings": ("x.toml", ("analyze", KEPT, "--settings", "x.toml")),
    "answers": ("x.toml", ("analyze", KEPT, "--intake", "x.toml")),
    "several": ("x.mp4", ("analyze", "--together", "x.mp4", KEPT)),
    "video of a comparison": ("x.mp4", ("compare", "x.mp4", "run")),
    "settings of a comparison": ("x.toml", ("compare", KEPT, "run", "--settings", "x.toml")),
    "settings of the page": ("x.toml", ("app", "--settings", "x.toml")),
    "session list": ("x.csv", ("batch", "x.csv", "--out", "out")),
    "settings of a session": ("x.toml", ("batch", "run.mp4", "--settings", "x.toml", "--out", "o")),
    "history": ("x.npz", ("history", "run", "x.npz")),
    "analysis": ("other/analysis.json", ("export", "other", "--format", "json")),
    "analysis of a history": ("other/analysis.json", ("history", "run", "other")),
    "track of a run": ("other/pose.npz", ("export", "other", "--format", "trc")),
    "track of a report": ("other/pose.npz", ("report", "other")),
    "logo of the practice": (".practice/logo.png", ("report", "run")),
    "name of the practice": (".practice/letterhead.json", ("report", "run")),
    "picture of people": ("run/people.png", ("analyze", KEPT, "--out", "run")),
    "drawn video": ("run/overlay.mp4", ("analyze", KEPT, "--out", "run")),
    "table of strides": ("run/strides.parquet", ("analyze", KEPT, "--out", "run")),
    "truth": ("data/a.truth.json", ("validate", "--data", "data", "--out", "out")),
    "truth, TOML": ("data/truth.toml", ("validate", "--data", "data", "--out", "out")),
    "force plate": ("data/A_run_3.0ms_events.csv", ("validate", "--data", "data", "--out", "out")),
    "goals": ("run/goals.json", ("compare", "run", "run")),
}

_ABSENT = ("missing", "dangling", "loop")
OPTIONAL: dict[str, tuple[str, ...]] = {
    "goals": _ABSENT,
    "logo of the practice": _ABSENT,
    "name of the practice": _ABSENT,
    "picture of people": ("missing",),
    "drawn video": ("missing",),
    "table of strides": ("missing",),
}


@pytest.mark.parametrize("make", HOSTILE, ids=lambda make: make.__name__)
@pytest.mark.parametrize("where", COMMANDS)
def test_no_door_lets_in_what_is_no_file(
    here: Path, where: str, make: Callable[[Path], None]
) -> None:
    name, argv = COMMANDS[where]
    if make.__name__ in OPTIONAL.get(where, ()):
        pytest.skip("it need not be there")
    run_folder(here / "run")
    run_folder(here / "other")
    examples.video(here / "run.mp4")
    for folder in (".practice", "data"):
        (here / folder).mkdir()
    (here / "data" / "A_run_3.0ms_joints.csv.gz").touch()
    (here / "data" / "a.mp4").touch()
    (here / name).unlink(missing_ok=True)
    make(here / name)
    refuses(here, *argv)


@pytest.mark.parametrize("make", HOSTILE, ids=lambda make: make.__name__)
def test_a_model_of_the_users_own(here: Path, make: Callable[[Path], None]) -> None:
    examples.video(here / "run.mp4", n_frames=45)
    make(here / "model.task")
    (here / "s.toml").write_text('[pose]\nweights = "model.task"\n')
    assert "model" in refuses(here, "analyze", "run.mp4", "--settings", "s.toml")


@pytest.mark.parametrize("make", HOSTILE, ids=lambda make: make.__name__)
def test_one_video_of_a_session_does_not_cost_the_others(
    here: Path, make: Callable[[Path], None]
) -> None:
    from gait.batch.schedule import work_through
    from gait.batch.session import Session, SessionVideo
    from gait.jobs.job import Extras, Labour
    from gait.settings import Settings

    if make.__name__ == "huge":
        pytest.skip("a video may be large")
    make(here / "x.mp4")
    entry = SessionVideo("x", here / "x.mp4", Settings())
    labour = Labour(None, None, lambda: 1, True, ())  # type: ignore[arg-type]
    states: list[str] = []
    failures = work_through(
        Session((entry,)),
        here / "out",
        labour,
        extras=Extras(False, False),
        changed=lambda entry, state: states.append(state),
    )
    assert states == ["failed"]
    assert failures[0].hint.endswith(".")


@pytest.mark.parametrize("option", ["--settings", "--intake"])
@pytest.mark.parametrize("size", [1 << 23, 1 << 30])
def test_a_form_is_not_large(here: Path, option: str, size: int) -> None:
    with (here / "x.toml").open("wb") as file:
        file.truncate(size)
    assert "MB" in refuses(here, "analyze", KEPT, option, "x.toml")


@pytest.mark.parametrize("count", [-1, 0, 257, 100_000, 10**9, 10**30])
@pytest.mark.parametrize("command", ["analyze", "batch", "demo"])
def test_workers_are_a_number_that_a_machine_has(here: Path, command: str, count: int) -> None:
    argv = {"analyze": [KEPT], "batch": [KEPT, "--out", "o"], "demo": []}[command]
    assert "--workers" in refuses(here, command, *argv, "--workers", count)


def test_a_table_that_unpacks_to_more_than_memory(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gait.validation import force_plate

    monkeypatch.setattr(force_plate, "_MOST_BYTES", 1 << 20)
    (here / "A_run_3.0ms_joints.csv.gz").write_bytes(gzip.compress(bytes(1 << 21)))
    (here / "A_run_3.0ms_events.csv").write_text("side,strike_s,off_s\n")
    assert "unpacks to more than" in refuses(here, "validate", "--data", ".", "--out", "out")


@pytest.mark.parametrize("length", [256, 1000, 5000, 100_000])
@pytest.mark.parametrize("ending", ["", ".mp4", ".npz", ".trc", ".json"])
def test_a_name_too_long_for_any_file(here: Path, length: int, ending: str) -> None:
    line = refuses(here, "analyze", "a" * length + ending, "--fps", 60)
    assert len(line) < 1000


@pytest.mark.parametrize("length", [256, 5000])
@pytest.mark.parametrize("command", ["analyze", "compare", "export", "report", "batch", "validate"])
def test_an_out_too_long_for_any_folder(here: Path, command: str, length: int) -> None:
    run_folder(here / "run")
    examples.video(here / "run.mp4")
    out = "o" * length
    argv: dict[str, list[object]] = {
        "analyze": [KEPT, "--out", out],
        "compare": ["run", "run", "--out", out],
        "export": ["run", "--format", "json", "--out", out],
        "report": ["run", "--out", out],
        "batch": ["run.mp4", "--out", out],
        "validate": ["--tracks", "--out", out],
    }
    refuses(here, command, *argv[command])


def test_a_pipe_in_a_folder_of_videos_is_passed_over(here: Path) -> None:
    from gait.batch.session import read_session
    from gait.settings import Settings

    (here / "videos").mkdir()
    examples.video(here / "videos" / "a.mp4")
    fifo(here / "videos" / "b.mp4")
    assert [v.name for v in read_session([here / "videos"], Settings()).videos] == ["a"]


def test_an_ordinary_track_passes(here: Path) -> None:
    before = snapshot(here)
    assert before == {}
    assert gait("analyze", KEPT, "--out", "o").code == 0
