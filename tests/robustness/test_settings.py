"""E, G: what could be written and not be read again is refused: NaN, infinity, depth, digits."""

from __future__ import annotations

from pathlib import Path

import pytest
from hostile import KEPT, gait, refuses, run_folder

NOT_NUMBERS = ("nan", "inf", "-inf", "+nan", "1e400")
FIELDS = ("speed_mps", "height_m", "time_scale", "cutoff_hz")


def edit(**times: str) -> str:
    lines = "\n".join(f"{name} = {value}" for name, value in times.items())
    return f'[[edits]]\naction = "shift"\nkind = "strike"\nside = "left"\n{lines}\n'


TOML = {
    **{f"{f} {v}": f"{f} = {v}" for f in FIELDS for v in NOT_NUMBERS},
    **{f"standing from {v}": f"standing_s = [{v}, 1.0]" for v in NOT_NUMBERS},
    **{f"standing to {v}": f"standing_s = [0.0, {v}]" for v in NOT_NUMBERS},
    **{f"edit at {v}": edit(video_s=v, to_video_s="1.0") for v in NOT_NUMBERS},
    **{f"edit to {v}": edit(video_s="1.0", to_video_s=v) for v in NOT_NUMBERS},
    **{f"person {v}": f"[pose]\nperson = {v}" for v in (*NOT_NUMBERS, "0", "-1", "1.5", '"x"')},
    **{f"{f} digits": f"{f} = {'9' * 5000}" for f in FIELDS},
    "deep list": f"standing_s = {'[' * 5000}",
    "deep list, closed": f"standing_s = {'[' * 5000}{']' * 5000}",
    "deep table": "a = " + "{a = " * 3000 + "1" + "}" * 3000,
    "deep key": ".".join("a" * 20_000) + " = 1",
    "a number of 5,000 digits": f"unknown = {'1' * 5000}",
    "null byte": 'runner = "a\0b"',
    "not TOML": "speed",
    "another file": "<html>",
    "unknown": "speeed = 3",
    "a table for a number": "[speed_mps]\na = 1",
    "text for a number": 'speed_mps = "fast"',
    "a list for text": "runner = [1]",
    "a long name": f'runner = "{"x" * 81}"',
    "a long detector": f'strike_detector = "{"x" * 5000}"',
    "no detector": 'strike_detector = ""',
    "no backend of that name": '[pose]\nbackend = "../../x"',
}


@pytest.mark.parametrize("case", TOML)
def test_settings(here: Path, case: str) -> None:
    (here / "s.toml").write_text(TOML[case], encoding="utf-8")
    if "backend" in case:
        import examples

        examples.video(here / "run.mp4")
        refuses(here, "analyze", "run.mp4", "--settings", "s.toml")
        return
    refuses(here, "analyze", KEPT, "--settings", "s.toml", "--out", "out")


@pytest.mark.parametrize("content", [b"\xff\xfe", b"runner = '\xe4'", b"\x00" * 50, b"\x80"])
@pytest.mark.parametrize("option", ["--settings", "--intake"])
def test_forms_in_another_encoding(here: Path, option: str, content: bytes) -> None:
    (here / "s.toml").write_bytes(content)
    refuses(here, "analyze", KEPT, option, "s.toml")


OPTIONS = [
    *((name, v) for name in ("--speed", "--height", "--time-scale") for v in NOT_NUMBERS),
    *((name, v) for name in ("--speed", "--height", "--time-scale") for v in ("0", "-1", "1e9")),
    *((name, "9" * 5000) for name in ("--speed", "--height", "--time-scale", "--person")),
    *(("--person", v) for v in ("0", "-1", "x", "nan")),
    *(("--view", v) for v in ("above", "", "side,rear")),
    *(("--strike", "x"), ("--sex", "x"), ("--surface", "ice"), ("--model", "huge")),
]


@pytest.mark.parametrize(("option", "value"), OPTIONS, ids=lambda text: text[:20])
def test_options(here: Path, option: str, value: str) -> None:
    refuses(here, "analyze", KEPT, option, value, "--out", "out")


@pytest.mark.parametrize("value", [*NOT_NUMBERS, "0", "-60", "1e9", "0.001"])
def test_frames_per_second_of_keypoints(here: Path, value: str) -> None:
    (here / "x.json").write_text('[{"image_id": "1.jpg", "keypoints": [1, 2, 3]}]')
    refuses(here, "analyze", "x.json", "--fps", value)


GOALS = (
    *("cadence=nan", "cadence=inf", "cadence=+nan%", "cadence=1e400", f"cadence={'9' * 400}"),
    *(f"cadence=+{'9' * 400}%", "nosuch=+5%", "cadence", "cadence=", "=5", "cadence=+0", ""),
    *("cadence:middle=+5%", "cadence=5%", "cadence=--5", "\0=5", "cadence=+5%%"),
)


@pytest.mark.parametrize("goal", GOALS, ids=lambda text: text[:20] or "empty")
@pytest.mark.parametrize("command", ["goal", "compare"])
def test_goals(here: Path, command: str, goal: str) -> None:
    run_folder(here / "run")
    argv = ["run", goal] if command == "goal" else ["run", "run", "--goal", goal]
    refuses(here, command, *argv)


@pytest.mark.parametrize("minutes", ["nan", "inf", "-inf", "0", "-5", "1e9", "61"])
def test_minutes_of_a_metronome(here: Path, minutes: str) -> None:
    run_folder(here / "run")
    refuses(here, "goal", "run", "cadence=+5%", "--minutes", minutes)


def test_what_is_accepted_can_be_opened(here: Path) -> None:
    (here / "s.toml").write_text('runner = "Jürg"\nstanding_s = [0.0, 0.5]\nspeed_mps = 3.0\n')
    assert gait("analyze", KEPT, "--settings", "s.toml", "--out", "out").code == 0
    assert gait("export", "out", "--format", "csv", "--out", "tables").code == 0
