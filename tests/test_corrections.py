"""Contacts put right by eye."""

from __future__ import annotations

import pytest
import synthetic
from pydantic import ValidationError

from gait.analysis.analyze import analyze_track
from gait.analysis.events import correct
from gait.analysis.events.manual_edits import REACH_S
from gait.analysis.results import Event
from gait.settings import EventEdit, Settings

EVENTS = tuple(
    Event(kind=kind, side=side, time_s=t, sd_s=0.005)
    for kind, side, t in (
        ("strike", "left", 0.2), ("off", "left", 0.45), ("strike", "right", 0.6),
        ("off", "right", 0.85), ("strike", "left", 0.95),
    )
)  # fmt: skip
FPS_HZ = 60.0


def edit(
    action: str, kind: str, side: str, video_s: float, to_video_s: float | None = None
) -> EventEdit:
    return EventEdit(action=action, kind=kind, side=side, video_s=video_s, to_video_s=to_video_s)


def times(events: tuple[Event, ...], kind: str, side: str) -> list[float]:
    return [e.time_s for e in events if (e.kind, e.side) == (kind, side)]


def test_without_edits_nothing_changes() -> None:
    assert correct(EVENTS, (), 1.0, FPS_HZ) == (EVENTS, 0)


def test_each_action_does_what_it_says_to_the_nearest_event() -> None:
    events, missed = correct(
        EVENTS,
        (
            edit("shift", "strike", "left", 0.22, 0.25),
            edit("delete", "off", "right", 0.84),
            edit("swap", "strike", "right", 0.6),
            edit("add", "off", "right", 1.1),
        ),
        1.0,
        FPS_HZ,
    )
    assert missed == 0
    assert times(events, "strike", "left") == [0.25, 0.6, 0.95]
    assert times(events, "strike", "right") == []
    assert times(events, "off", "right") == [1.1]
    assert [e.time_s for e in events] == sorted(e.time_s for e in events)


def test_a_time_read_by_eye_is_good_to_half_a_frame() -> None:
    (moved,) = (
        e
        for e in correct(EVENTS, (edit("shift", "off", "left", 0.45, 0.5),), 1.0, FPS_HZ)[0]
        if e.time_s == 0.5
    )
    assert moved.sd_s == pytest.approx(0.5 / FPS_HZ)


def test_edits_follow_one_another() -> None:
    there_and_back = (
        edit("shift", "strike", "left", 0.2, 0.3),
        edit("shift", "strike", "left", 0.3, 0.2),
    )
    events, _ = correct(EVENTS, there_and_back, 1.0, FPS_HZ)
    assert [e.time_s for e in events] == [e.time_s for e in EVENTS]


def test_an_edit_too_far_from_any_event_is_counted_not_applied() -> None:
    far = edit("delete", "strike", "left", 0.2 - 1.01 * REACH_S)
    assert correct(EVENTS, (far,), 1.0, FPS_HZ) == (EVENTS, 1)


def test_edits_mean_the_same_picture_in_slow_motion() -> None:
    # A video four times slower than life: its second 0.8 is true second 0.2.
    events, missed = correct(EVENTS, (edit("delete", "strike", "left", 0.8),), 4.0, FPS_HZ)
    assert missed == 0
    assert times(events, "strike", "left") == [0.95]


@pytest.mark.parametrize(("action", "to"), [("shift", None), ("delete", 0.3), ("add", 0.3)])
def test_only_a_shift_has_an_aim(action: str, to: float | None) -> None:
    with pytest.raises(ValidationError):
        edit(action, "strike", "left", 0.2, to)


def test_the_analysis_holds_its_corrections_and_their_effect() -> None:
    track, _ = synthetic.runner(60, 8)
    before = analyze_track(track, Settings())
    strikes = [e for e in before.events if e.kind == "strike" and e.side == "left"]
    wrong = (
        *(edit("shift", "strike", "left", e.time_s, e.time_s + 0.03) for e in strikes),
        edit("delete", "off", "left", 100.0),
    )
    after = analyze_track(track, Settings(edits=wrong))
    assert len(after.settings.edits) == len(wrong)
    earlier, later = (a.summary("contact_time", "left") for a in (before, after))
    assert earlier is not None
    assert later is not None
    assert earlier.value is not None
    assert later.value == pytest.approx(earlier.value - 30, abs=0.5)
    assert any(f"{len(strikes)} contact" in step for step in after.quality.steps)
    assert any("found no contact" in note for note in after.quality.notes)
    assert analyze_track(track, Settings.model_validate(after.settings)) == after
