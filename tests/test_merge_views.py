"""Views of one run, merged: the best of each, and what contradicts."""

from __future__ import annotations

import examples
import pytest
from examples import summary, unmeasured, video_info
from rich.console import Console

from gait.analysis.merge_views import merge_views
from gait.analysis.results import Analysis, Finding
from gait.present.table import render
from gait.types import Cue, UsageError


def video(name: str, *summaries: object, plane: str = "side", **changes: object) -> Analysis:
    """An analysis of a video with these summaries."""
    whole = examples.analysis(video=video_info(name, sha256=name), summaries=summaries, **changes)
    return whole.model_copy(update={"view": whole.view.model_copy(update={"plane": plane})})


def cadence(value: float, half: float = 0.5) -> object:
    """A summary of cadence."""
    return summary("cadence", value=value, ci95=(value - half, value + half), unit="steps/min")


SIDE = video(
    "side.mp4",
    cadence(170.0, 0.2),
    summary("trunk_lean", ci95=(9.0, 11.0)),
    unmeasured("pelvic_drop", "left", "Needs a video from behind or from the front."),
)
REAR = video(
    "rear.mp4",
    cadence(170.4, 0.9),
    unmeasured("trunk_lean", "both", "Needs a video from the side."),
    summary("pelvic_drop", "left", value=6.0, ci95=(4.0, 8.0)),
    plane="rear",
)


@pytest.mark.parametrize("side_first", [True, False])
def test_the_video_that_could_have_measured_it_says_why_it_was_not(side_first: bool) -> None:
    clock = "Needs the true speed of the video."
    slow = video(
        "slow.mp4",
        unmeasured("cadence", "both", clock),
        unmeasured("contact_time", "left", clock),
    )
    rear = video(
        "rear.mp4",
        cadence(170.0),
        unmeasured("contact_time", "left", "Needs a video from the side."),
        plane="rear",
    )
    both = merge_views((slow, rear) if side_first else (rear, slow))
    contact = both.summary("contact_time", "left")
    assert contact is not None
    assert contact.limit == clock
    assert any("Cadence is not known in slow.mp4:" in note for note in both.quality.notes)


@pytest.mark.parametrize("videos", [(SIDE, REAR), (REAR, SIDE)])
def test_every_metric_comes_from_the_video_that_measures_it_best(
    videos: tuple[Analysis, Analysis],
) -> None:
    both = merge_views(videos)
    sources = {s.metric: s.source for s in both.summaries}
    assert sources == {"cadence": "side.mp4", "trunk_lean": "side.mp4", "pelvic_drop": "rear.mp4"}
    assert both.parts == videos
    assert both.view == videos[0].view
    assert both.quality.notes == ()


def test_two_side_videos_give_each_leg_from_its_own_side() -> None:
    def knee(near: str) -> tuple[object, ...]:
        return tuple(
            summary("knee_flexion_ic", side, far_side=side != near) for side in ("left", "right")
        )

    videos = [video(f"{near}.mp4", cadence(170), *knee(near)) for near in ("left", "right")]
    sources = {s.side: s.source for s in merge_views(videos).summaries if s.side != "both"}
    assert sources == {"left": "left.mp4", "right": "right.mp4"}


def test_both_legs_come_from_one_video() -> None:
    def times(*halves: float) -> tuple[object, ...]:
        return tuple(
            summary("stride_time", side, ci95=(10 - half, 10 + half))
            for side, half in zip(("left", "right"), halves, strict=True)
        )

    videos = [
        video("a.mp4", cadence(170), *times(2, 4)),
        video("b.mp4", cadence(170), *times(3, 2)),
    ]
    sources = {s.source for s in merge_views(videos).summaries if s.metric == "stride_time"}
    assert sources == {"b.mp4"}


def test_what_no_video_shows_keeps_its_reason_and_has_no_source() -> None:
    reason = "Not measured."
    videos = [video(n, cadence(170), unmeasured("step_length", "both", reason)) for n in "ab"]
    (found,) = (s for s in merge_views(videos).summaries if s.metric == "step_length")
    assert (found.limit, found.source) == (reason, None)


def test_another_cadence_is_said_and_nothing_is_hidden() -> None:
    other = video("rear.mp4", cadence(160.0), plane="rear")
    both = merge_views([SIDE, other])
    (note,) = both.quality.notes
    assert "170.0 steps/min in side.mp4, 160.0 in rear.mp4" in note
    assert both.summary("cadence") is not None


def test_wide_intervals_do_not_contradict() -> None:
    assert merge_views([SIDE, video("rear.mp4", cadence(175.0, 6.0))]).quality.notes == ()


def test_cadence_that_is_not_known_cannot_be_checked() -> None:
    (note,) = merge_views([SIDE, video("rear.mp4", plane="rear")]).quality.notes
    assert "cannot be checked" in note


def test_a_video_of_walking_does_not_belong_to_one_of_running() -> None:
    both = merge_views([SIDE, video("rear.mp4", cadence(170), plane="rear", activity="walking")])
    assert both.activity == "unclear"
    assert "side.mp4 shows running, rear.mp4 walking" in both.quality.notes[0]


def finding(metric: str, side: str = "both", **changes: object) -> Finding:
    """Something that stands out."""
    fields: dict[str, object] = {
        "id": f"{metric}_high_{side}",
        "metric": metric,
        "side": side,
        "kind": "unusual",
        "flag": "high",
        "value": 10.0,
        "ci95": (8.0, 12.0),
        "unit": "deg",
        "tier": "B",
        "limit_value": 7.0,
        "measured": "",
        "typical": "",
        "wording": "",
    }
    return Finding.model_validate(fields | changes)


def test_findings_come_from_the_video_their_value_is_read_from() -> None:
    cue = Cue(id="I", text="", dose="", caution="", sources=())
    side = SIDE.model_copy(
        update={"findings": (finding("cadence"), finding("trunk_lean", cue=cue))}
    )
    rear = REAR.model_copy(
        update={
            "findings": (
                finding("pelvic_drop", "left", kind="linked", cue=cue),
                finding("cadence", flag="low", id="cadence_low_both"),
            )
        }
    )
    found = merge_views([side, rear]).findings
    assert [f.metric for f in found] == ["pelvic_drop", "cadence", "trunk_lean"]
    assert [f.cue is not None for f in found] == [True, False, False]


def test_both_legs_beyond_a_limit_in_two_videos_is_one_finding() -> None:
    videos = [
        video(
            f"{near}.mp4",
            cadence(170),
            *(
                summary("knee_flexion_ic", side, far_side=side != near)
                for side in ("left", "right")
            ),
            findings=(finding("knee_flexion_ic"),),
        )
        for near in ("left", "right")
    ]
    assert len(merge_views(videos).findings) == 1


def test_notes_of_the_videos_are_kept_once() -> None:
    few = SIDE.quality.model_copy(update={"notes": ("Only 4 strides.",)})
    videos = [SIDE.model_copy(update={"quality": few}), REAR.model_copy(update={"quality": few})]
    assert merge_views(videos).quality.notes == ("Only 4 strides.",)


@pytest.mark.parametrize("videos", [(), (SIDE,), (SIDE, SIDE)])
def test_fewer_than_two_different_videos_are_refused(videos: tuple[Analysis, ...]) -> None:
    with pytest.raises(UsageError, match="two videos or more, all different"):
        merge_views(videos)


def test_it_survives_its_file() -> None:
    both = merge_views([SIDE, REAR])
    assert Analysis.model_validate_json(both.model_dump_json()) == both


def test_the_table_says_which_video_a_number_is_from() -> None:
    console = Console(width=120, record=True)
    with console.capture() as out:
        console.print(render(merge_views([SIDE, REAR])))
    lines = {line.split(",")[0].strip(): line for line in out.get().splitlines()}
    assert " side" in lines["Cadence"]
    assert " rear" in lines["Pelvic drop"]
    assert "side.mp4: 64 x 48" in out.get()
    assert "rear.mp4: 64 x 48" in out.get()
