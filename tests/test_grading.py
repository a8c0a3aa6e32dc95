"""How good a video is, and what to change next time."""

from __future__ import annotations

import examples
import pytest
from synthetic import runner

from gait.analysis.analyze import analyze_track
from gait.analysis.grading import grade, graded
from gait.analysis.results import VideoFault
from gait.settings import Settings

MAIN = ("cadence", "contact_time", "trunk_lean", "overstride")


def fault(name: str, cost_deg: float) -> VideoFault:
    return VideoFault(id=name, found=f"{name}.", change=f"Change {name}.", cost_deg=cost_deg)


def with_faults(*costs_deg: float, **quality):
    faults = tuple(fault(f"fault {i}", cost) for i, cost in enumerate(costs_deg))
    whole = examples.analysis().quality.model_copy(update={"faults": faults, **quality})
    return examples.analysis(quality=whole)


def test_a_video_without_complaints_is_good() -> None:
    given = grade(with_faults())
    assert (given.level, given.reasons, given.next_time) == ("good", (), ())


def test_a_small_fault_leaves_it_good_and_is_still_told() -> None:
    given = grade(with_faults(0.5))
    assert (given.level, given.reasons) == ("good", ("fault 0.",))


def test_every_complaint_is_a_reason() -> None:
    analysis = with_faults(3.0, notes=("Short.",))
    view = analysis.view.model_copy(update={"limits": ("Cut.",)})
    given = grade(analysis.model_copy(update={"view": view}))
    assert given.level == "usable"
    assert given.reasons == ("Cut.", "fault 0.", "Short.")


def test_the_two_dearest_changes_are_for_next_time() -> None:
    assert grade(with_faults(3, 2, 1)).next_time == ("Change fault 0.", "Change fault 1.")


@pytest.mark.parametrize(("given", "level"), [(4, "good"), (3, "good"), (2, "poor"), (0, "poor")])
def test_half_of_the_main_numbers_withheld_is_poor(given: int, level: str) -> None:
    summaries = tuple(
        examples.summary(m) if i < given else examples.unmeasured(m, "both", "Too dark.")
        for i, m in enumerate(MAIN)
    )
    assert grade(with_faults().model_copy(update={"summaries": summaries})).level == level


def test_what_another_view_shows_is_not_missed() -> None:
    elsewhere = examples.unmeasured("pelvic_drop", "left", "Needs a video from behind.")
    summaries = (examples.summary("cadence"), elsewhere, elsewhere)
    assert grade(with_faults().model_copy(update={"summaries": summaries})).level == "good"


def test_the_grade_is_kept_with_the_analysis() -> None:
    analysis = graded(with_faults(3))
    assert (analysis.quality.grade, analysis.quality.next_time) == ("usable", ("Change fault 0.",))


def test_what_is_withheld_is_summed_up_with_each_reason_once() -> None:
    analysis = analyze_track(runner(60, 3)[0], Settings())
    told = analysis.quality.withheld
    missing = {(s.metric, s.side) for s in analysis.summaries if s.limit is not None}
    assert {key for reason in told for key in reason.summaries} == missing
    assert sum(len(reason.summaries) for reason in told) == len(missing)
    numbers = [len(reason.summaries) for reason in told]
    assert numbers == sorted(numbers, reverse=True)
    assert len({reason.reason for reason in told}) == len(told)
    limits = {s.limit for s in analysis.summaries}
    assert all(reason.reason in limits for reason in told)
