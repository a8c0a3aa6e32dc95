"""Speeds and heights as people write them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from gait.settings import EXAMPLES, PoseSettings, Settings, height_of, speed_of
from gait.types import UsageError


@pytest.mark.parametrize(
    ("text", "mps"),
    [
        ("3", 3.0),
        ("3,5", 3.5),
        ("3 m/s", 3.0),
        ("10.8 km/h", 3.0),
        ("10,8km/h", 3.0),
        ("5:30 /km", 1000 / 330),
        ("5:30", 1000 / 330),
        ("8:00/mi", 1609.344 / 480),
        ("6 mph", 2.68224),
        ("9 m/s", 9.0),
    ],
)
def test_speeds(text: str, mps: float) -> None:
    assert speed_of(text) == pytest.approx(mps)


@pytest.mark.parametrize(
    ("text", "metres"),
    [
        ("1.78", 1.78),
        ("1,78 m", 1.78),
        ("178 cm", 1.78),
        ("178cm", 1.78),
        ("5 ft 10", 1.778),
        ("5'10\"", 1.778),
        ("6 feet", 1.8288),
        ("70 in", 1.778),
    ],
)
def test_heights(text: str, metres: float) -> None:
    assert height_of(text) == pytest.approx(metres)


def test_a_bare_number_in_the_wrong_unit_is_asked_back() -> None:
    with pytest.raises(UsageError, match="39 km/h") as speed:
        speed_of("10.8")
    assert "10.8 km/h" in speed.value.hint
    with pytest.raises(UsageError, match="178 m cannot be") as height:
        height_of("178")
    assert "178 cm" in height.value.hint


@pytest.mark.parametrize(
    "text", ["", "fast", "3 knots", "-3", "nan", "inf", "3 3", "0:00", "1e400"]
)
def test_what_is_no_speed_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="not a speed"):
        speed_of(text)


@pytest.mark.parametrize("text", ["", "tall", "1.78 km", "-1", "nan", "1 stone"])
def test_what_is_no_height_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="not a body height"):
        height_of(text)


@pytest.mark.parametrize(
    "text",
    ["25", "178", "178 m/s", "0", "0,3", "0.1", "40", "10.8", "100 km/h", "59:00", "0:30/km"],
)
def test_of_a_speed_only_what_would_be_taken_is_offered(text: str) -> None:
    assert offered(speed_of, text, r"[\d.,:]+ (?:m/s|km/h|mph|/km)")


@pytest.mark.parametrize(
    "text", ["17.8", "178", "70", "85", "0.5", "5.9", "17.8 in", "9 ft", "2.5"]
)
def test_of_a_height_only_what_would_be_taken_is_offered(text: str) -> None:
    assert offered(height_of, text, r"[\d.,]+ (?:m\b|cm|in|ft \d+)")


def offered(read: Callable[[str], float], text: str, form: str) -> list[str]:
    """What a refusal says to write instead; each is taken, and settings take it too."""
    with pytest.raises(UsageError) as refused:
        read(text)
    limits = r"It has to be above \S+ (m|m/s) and below \S+ (m|m/s)\."
    found = re.findall(form, re.sub(limits, "", refused.value.hint))
    field = "speed_mps" if read is speed_of else "height_m"
    for instead in found:
        Settings.model_validate({field: read(instead)})
    return found


# --- the same in a file ---


def refusal(tmp_path: Path, text: str) -> str:
    (tmp_path / "settings.toml").write_text(text)
    with pytest.raises(UsageError) as refused:
        Settings.from_toml(tmp_path / "settings.toml")
    return str(refused.value).partition("settings.toml: ")[2]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("speed_mps = true", "speed_mps cannot be true or false. Write it so: `speed_mps = 3.2`."),
        ("height_m = true", "height_m cannot be true or false. Write it so: `height_m = 1.78`."),
        ("time_scale = true", "time_scale cannot be"),
        ("standing_s = [true, 2.0]", "standing_s cannot be"),
        ("[pose]\nperson = 0", "pose.person has to be at least 1. Write it so: `person = 2`."),
        (
            "[pose]\nperson = true",
            "pose.person cannot be true or false. Write it so: `person = 2`.",
        ),
        ('speed_mps = "3,2"', "has to be a number, not '3,2'. Write it so: `speed_mps = 3.2`."),
        ("blur_face = 3", "has to be true or false, not '3'. Write it so: `blur_face = true`."),
        ("runner = 3", "has to be text in quotes, not '3'. Write it so: `runner = \"Anna\"`."),
        ('view = "top"', "has to be 'side', 'rear' or 'front'. Write it so: `view = \"side\"`."),
        ("standing_s = 3", "has to be a list in brackets, not '3'"),
        ("speed_mps = [3]", "has to be a number, not a list. Write it so: `speed_mps = 3.2`."),
        ("sped = 3.0", "sped is not a setting. Perhaps speed_mps is meant."),
        ('[pose]\nmodle = "lite"', "pose.modle is not a setting. Perhaps mode or model is meant."),
        ("nonsense = 1", "nonsense is not a setting. There are view, direction, surface, "),
        ("[pose]\nnonsense = 1", "There are mode, backend, model, weights, person."),
    ],
)
def test_a_setting_that_cannot_be_says_how_it_is_written(
    tmp_path: Path, text: str, said: str
) -> None:
    assert said in refusal(tmp_path, text)


def test_the_examples_of_settings_are_taken(tmp_path: Path) -> None:
    of_pose = [name for name in EXAMPLES if name.startswith("pose.")]
    lines = [f"{name} = {text}" for name, text in EXAMPLES.items()]
    (tmp_path / "settings.toml").write_text("\n".join(lines))
    Settings.from_toml(tmp_path / "settings.toml")
    assert {name.removeprefix("pose.") for name in of_pose} == PoseSettings.model_fields.keys()
    assert {*EXAMPLES} - {*of_pose} == Settings.model_fields.keys() - {"pose", "edits"}
