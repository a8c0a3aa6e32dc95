"""Speeds and heights as people write them."""

from __future__ import annotations

import pytest

from gait.settings import height_of, speed_of
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
