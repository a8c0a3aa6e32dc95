"""G: whatever stands in `analysis.json`, every command that opens it says one thing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hostile import gait, one_line, refuses, run_folder, snapshot

COMMANDS: dict[str, tuple[object, ...]] = {
    "report": ("report", "run"),
    "export": ("export", "run", "--format", "csv", "--out", "tables"),
    "history": ("history", "run", "good"),
    "compare": ("compare", "run", "good", "--no-video"),
    "goal": ("goal", "run", "cadence=+5%"),
}

TEXTS: dict[str, str | bytes] = {
    "empty": "",
    "not JSON": "{",
    "null": "null",
    "a list": "[]",
    "a number": "5",
    "a text": '"x"',
    "deep": "[" * 100_000,
    "deep tables": '{"a":' * 100_000,
    "deep parts": '{"schema_version": 1, "parts": [' * 5000,
    "deep parts, closed": '{"schema_version":1,"parts":[' * 300 + "]}" * 300,
    "a long number": f'{{"schema_version": {"9" * 5000}}}',
    "a number too large": f'{{"schema_version": {"9" * 50}}}',
    "not UTF-8": b"\xff\xfe{}",
    "null bytes": b"\0" * 100,
    "only a version": '{"schema_version": 1}',
}

_HUGE = 10**17
EVERYWHERE: tuple[Any, ...] = ("x", None, [], {}, _HUGE, -1, True)


def changes() -> dict[str, tuple[tuple[Any, ...], Any]]:
    found: dict[str, tuple[tuple[Any, ...], Any]] = {}

    def add(path: tuple[Any, ...], *values: Any) -> None:
        for value in values:
            found[f"{'.'.join(map(str, path))}={value!r:.20}"] = path, value

    add(("schema_version",), "1", None, 0, 99, -1, [1], {}, 1.5, True)
    add(("settings",), None, [], "x", 5, {"speed_mps": "fast"}, {"unheard": 1}, {"edits": [5]})
    add(("settings", "speed_mps"), "x", -5, 1e300, [], {})
    add(("settings", "cutoff_hz"), 0, -1, 1e9, "x")
    add(("settings", "pose"), None, 5, {"backend": 5})
    add(("view", "leg_px"), 0, -1, None, "long", 1e400)
    add(("view", "time_scale"), 0, -2, None, "slow")
    add(("view", "fps_hz"), None, "x", [])
    add(("view", "plane"), "above", None, 5)
    add(("view", "window_s"), None, [], [1], [1, 2, 3], ["a", "b"])
    add(("view",), None, [], {}, "side")
    add(("video",), 5, [], {}, "film.mp4")
    add(("video", "sha256"), None, 5, [])
    for name in ("events", "strides", "measurements", "summaries"):
        add((name,), None, 5, "x", [5], [{}], [[]])
    add(("summaries", 0, "metric"), "nosuch", "", None, 5, "../x")
    add(("summaries", 0, "value"), "170", "x", [], {}, 1e400)
    add(("summaries", 0, "side"), "middle", None)
    add(("strides", 0, "side"), "both", None, 5)
    add(("strides", 0, "strike_s"), None, "now", [])
    add(("events", 0, "time_s"), None, "now", {})
    add(("parts",), 5, "x", [5], [{}], [[]], {"a": 1})
    add(("quality",), None, [], {})
    add(("versions",), None, [], {"gaitlens": 5})
    add(("unheard",), 1)
    return found


CHANGES = changes()


def junk(run: Path, path: tuple[Any, ...], value: Any) -> None:
    document = json.loads((run / "analysis.json").read_text(encoding="utf-8"))
    inner = document
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    text = json.dumps(document).replace("Infinity", "1e400")
    (run / "analysis.json").write_text(text, encoding="utf-8")


@pytest.mark.parametrize("case", TEXTS)
@pytest.mark.parametrize("command", COMMANDS)
def test_what_is_no_analysis(here: Path, command: str, case: str) -> None:
    run_folder(here / "good")
    run = run_folder(here / "run")
    text = TEXTS[case]
    (run / "analysis.json").write_bytes(text.encode() if isinstance(text, str) else text)
    refuses(here, *COMMANDS[command])


TOLERATED = {
    "summaries.0.value='170'",  # a number all the same
    "schema_version=1.0",
    "schema_version=True",
    "parts={'a': 1}",
}


@pytest.mark.parametrize("case", CHANGES)
def test_junk_in_one_field(here: Path, case: str) -> None:
    run_folder(here / "good")
    run = run_folder(here / "run")
    junk(run, *CHANGES[case])
    before = snapshot(here)
    for argv in COMMANDS.values():
        if argv[0] == "report":
            continue  # the same door, and slow
        said = gait(*argv)
        if said.code:
            one_line(said)
    if case not in TOLERATED:
        assert snapshot(here) == before


UNHEARD: dict[str, tuple[Any, ...]] = {
    "study against": ("findings", 0, "links", 0, "counter", 0, "source"),
    "study": ("findings", 0, "links", 0, "studies", 0, "source"),
    "finding": ("findings", 0, "metric"),
}


@pytest.mark.parametrize("name", ["", "nosuch2020", "../x"])
@pytest.mark.parametrize("place", UNHEARD)
def test_names_that_are_looked_up_have_to_be_known(here: Path, place: str, name: str) -> None:
    run = run_folder(here / "run")
    junk(run, UNHEARD[place], name)
    for argv in (("report", "run"), ("report", "run", "--for", "runner")):
        assert "damaged" in refuses(here, *argv)


EXTREME = (1e17, -1e17, 1e-300, 0, 1e300, -1e300)
PLACES = (
    ("view", "fps_hz"),
    ("view", "time_scale"),
    ("view", "leg_px"),
    ("summaries", 0, "value"),
    ("summaries", 0, "sd"),
    ("strides", 0, "strike_s"),
    ("events", 0, "time_s"),
    ("video", "fps_hz"),
    ("quality", "n_frames"),
)


@pytest.mark.parametrize("value", EXTREME)
@pytest.mark.parametrize("place", PLACES, ids=lambda place: ".".join(map(str, place)))
def test_numbers_that_cannot_be_end_no_command_in_a_traceback(
    here: Path, place: tuple[Any, ...], value: float
) -> None:
    run_folder(here / "good")
    junk(run_folder(here / "run"), place, int(value) if place[-1] == "n_frames" else value)
    for argv in COMMANDS.values():
        said = gait(*argv)
        if said.code:
            one_line(said)


@pytest.mark.parametrize("leg_px", [0.1, 1, 100_000, 1e9])
def test_a_runner_of_any_size_is_drawn_or_refused(here: Path, leg_px: float) -> None:
    run = run_folder(here / "run")
    junk(run, ("view", "leg_px"), leg_px)
    said = gait("report", run)
    if said.code:
        one_line(said)
