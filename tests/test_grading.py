"""How good a film is."""

from __future__ import annotations

import examples

from gait.grading import grade


def test_a_film_without_complaints_is_good() -> None:
    quality = examples.analysis().quality.model_copy(update={"swaps_undecided": 0})
    assert grade(examples.analysis(quality=quality)).level == "good"


def test_every_complaint_is_a_reason() -> None:
    whole = examples.analysis()
    view = whole.view.model_copy(update={"limits": ("Small.",), "plane_confidence": 0.6})
    quality = whole.quality.model_copy(update={"notes": ("Short.",), "swaps_undecided": 9})
    graded = grade(examples.analysis(view=view, quality=quality))
    assert graded.level == "usable"
    assert graded.reasons[:2] == ("Short.", "Small.")
    assert len(graded.reasons) == 4


def test_a_film_without_numbers_is_poor() -> None:
    nothing = examples.unmeasured("cadence", "both", "Too dark.")
    assert grade(examples.analysis(summaries=(nothing,))).level == "poor"
