"""What docs/conventions.md says of words and constants is what the program has."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

from gait.knowledge import knowledge
from gait.types.words import TimeBase

PAGE = (Path(__file__).parents[1] / "docs" / "conventions.md").read_text(encoding="utf-8")


def test_every_word_of_the_time_base_is_the_one_in_the_file() -> None:
    assert all(f"*{word}*" in PAGE for word in get_args(TimeBase))


def test_corrected_angles_are_told_with_their_figures() -> None:
    told = PAGE.partition("*Corrected angles*")[2].partition("\n- ")[0]
    known = knowledge().pose_correction
    for figure in (
        f"{known.knee_far_deg:.1f}° more",
        f"thigh {known.thigh_deg:.1f}°",
        f"trunk {known.trunk_deg:.1f}°",
        f"{known.fppa_gain:.2f} times",
        f"less {-known.fppa_deg:.1f}°",
    ):
        assert figure in told
    assert round(1 / (known.knee_gain - 1)) == 13  # "a thirteenth"
