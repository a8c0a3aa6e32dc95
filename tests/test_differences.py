"""Right minus left: what cancels in it, what it is held against, and where it is shown."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import examples
import numpy as np
import pytest
import synthetic
from data_tracks import from_behind
from rich.console import Console

from gait import analyze_track, compare
from gait.analysis.kinematics.side_differences import both_legs, difference
from gait.analysis.merge_views import merge_views
from gait.analysis.results import Analysis, Summary
from gait.io.kept_run import kept_track
from gait.io.run_folder import RunFolder
from gait.io.tables import csv_of, difference_table
from gait.knowledge import knowledge
from gait.present.blocks import RIGHT_MINUS_LEFT, blocks, differences, render
from gait.settings import Settings
from gait.types import PoseTrack
from gait.validation.truth import TRACKS, known_videos

RUN = Settings(speed_mps=3.0)


def summary(side: str, value: float, half: float = 4.0, **more: object) -> Summary:
    info = knowledge().metrics["contact_time"]
    fields = {
        "metric": info.id, "name": info.name, "side": side, "n": 20, "value": value, "sd": 3.0,
        "ci95": (value - half, value + half), "unit": info.unit, "tier": info.tier,
    }  # fmt: skip
    return Summary.model_validate(fields | more)


def drawn() -> PoseTrack:
    """Points as another pose model than BlazePose draws them."""
    return synthetic.runner(60, 12, noise_px=1)[0].with_(steps=("RTMPose",))


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    return analyze_track(drawn(), RUN)


def test_every_metric_of_both_legs_has_a_difference(analysis: Analysis) -> None:
    metrics = {left.metric for left, _ in both_legs(analysis.summaries)}
    assert {d.metric for d in analysis.differences} == metrics
    assert {"contact_time", "duty_factor", "overstride", "knee_flexion_ic"} <= metrics
    assert not metrics & set(knowledge().differences.without)
    for d in analysis.differences:
        left, right = (analysis.summary(d.metric, side) for side in ("left", "right"))
        assert left is not None
        assert right is not None
        assert d.value == pytest.approx(right.value - left.value)  # type: ignore[operator]
        assert d.ci95[0] < d.value < d.ci95[1]


def test_what_both_legs_share_cancels(analysis: Analysis) -> None:
    def half(ci95: tuple[float, float] | None) -> float:
        assert ci95 is not None
        return (ci95[1] - ci95[0]) / 2

    for d in analysis.differences:
        sides = [analysis.summary(d.metric, side) for side in ("left", "right")]
        independent = float(np.hypot(*(half(s.ci95) for s in sides if s is not None)))
        if d.metric == "step_time":  # a late left strike makes one step longer, the other shorter
            assert half(d.ci95) >= 0.95 * independent
        else:
            assert half(d.ci95) < 0.95 * independent, d.metric


def test_the_mirrored_video_has_the_opposite_differences(analysis: Analysis) -> None:
    mirrored = analyze_track(drawn().mirrored(), RUN)
    for d in analysis.differences:
        other = mirrored.difference(d.metric)
        assert other is not None
        half = (d.ci95[1] - d.ci95[0]) / 2
        assert other.value == pytest.approx(-d.value, abs=0.2 * half)


def test_an_answer_needs_the_whole_interval() -> None:
    healthy = knowledge().differences.healthy["contact_time"]
    answers = {}
    for name, size, half in (("in", 2, 3), ("over", 2, healthy), ("at", healthy + 2, 4)):
        d = difference(summary("left", 250), summary("right", 250 + size, half), 0.0, "running")
        answers[name] = d.answer
    assert answers["in"] == "within what healthy runners show"
    assert answers["over"] == answers["at"] == "cannot be told from what healthy runners show"
    far = difference(summary("left", 250), summary("right", 230 - healthy), 0.0, "running")
    assert far.answer == "more than healthy runners differ"


def test_nobody_who_walks_is_held_against_runners() -> None:
    d = difference(summary("left", 250), summary("right", 350), 0.0, "walking")
    assert (d.healthy, d.answer) == (None, None)


def test_the_far_leg_is_a_caveat() -> None:
    d = difference(summary("left", 250), summary("right", 260, far_side=True), 0.0, "running")
    assert d.caveat is not None
    assert "right leg is the far one" in d.caveat


def test_the_interval_never_loses_the_scatter() -> None:
    d = difference(summary("left", 250), summary("right", 250), 1e6, "running")
    assert d.ci95[1] == pytest.approx(1.96 * np.sqrt(2 * 3.0**2 / 20))


def test_opposite_errors_widen_it() -> None:
    legs = summary("left", 250), summary("right", 250)
    alike, opposite = (difference(*legs, shared, "running").ci95[1] for shared in (1.0, -1.0))
    assert alike < np.hypot(4, 4) < opposite


def widening(analysis: Analysis, metric: str) -> float:
    """Interval of a difference, relative to that of legs whose errors share nothing."""
    (found,) = (d for d in analysis.differences if d.metric == metric)
    legs = [analysis.summary(metric, side) for side in ("left", "right")]
    halves = [(s.ci95[1] - s.ci95[0]) / 2 for s in legs if s is not None and s.ci95 is not None]
    return (found.ci95[1] - found.ci95[0]) / 2 / float(np.hypot(*halves))


def test_a_tilted_camera_cancels_beside_a_runner_and_doubles_behind(analysis: Analysis) -> None:
    assert widening(analysis, "tibia_angle_ic") < 0.75
    behind = analyze_track(from_behind(synthetic.runner(60, 12, noise_px=1)[0]), Settings())
    for metric in ("knee_fppa", "lateral_trunk_lean"):
        assert 1.2 < widening(behind, metric) < np.sqrt(2) + 0.01


def test_legs_from_two_videos_share_nothing(analysis: Analysis) -> None:
    assert analysis.video is None
    both = merge_views([analysis, replace_near(analysis)])
    assert {d.metric for d in both.differences} == {d.metric for d in analysis.differences}


def replace_near(analysis: Analysis) -> Analysis:
    track, _ = synthetic.runner(60, 12, noise_px=1, seed=5)
    return analyze_track(replace(track.mirrored()), RUN)


def test_healthy_ranges_are_of_metrics_with_two_legs() -> None:
    known = knowledge().differences
    assert known.healthy.keys() | set(known.without) <= knowledge().metrics.keys()
    assert not known.healthy.keys() & set(known.without)


def test_terminal_page_and_report_show_one_table(analysis: Analysis) -> None:
    block = next(b for b in blocks(analysis) if b.title == RIGHT_MINUS_LEFT)
    assert len(block.rows) == len(analysis.differences)
    assert "symmetry" not in " ".join(block.notes)
    console = Console(width=80, record=True)
    for part in render(analysis):
        console.print(part)
    text = console.export_text()
    for row in block.rows:
        assert row[1] in text
    assert max(map(len, text.splitlines())) <= 80


def test_no_cell_of_a_table_is_a_lone_hyphen(analysis: Analysis) -> None:
    """Where the page reads Markdown it would be the point of a list."""
    unknown = [d.model_copy(update={"healthy": None}) for d in analysis.differences]
    block = differences(analysis.model_copy(update={"differences": unknown}))
    assert block.rows
    assert not [cell for row in block.rows for cell in row if cell in ("-", "+", "*")]


def test_files_without_differences_show_none(analysis: Analysis) -> None:
    old = analysis.model_copy(update={"differences": ()})
    assert RIGHT_MINUS_LEFT not in [b.title for b in blocks(old)]


def test_the_export_has_a_row_for_each(analysis: Analysis, tmp_path: Path) -> None:
    rows = list(csv.DictReader(csv_of(difference_table(analysis)).splitlines()))
    assert [r["metric"] for r in rows] == [d.metric for d in analysis.differences]
    assert float(rows[0]["right_minus_left"]) == pytest.approx(analysis.differences[0].value)


def test_before_and_after_compare_the_differences_too(analysis: Analysis) -> None:
    found = {c.metric: c for c in compare([analysis], [analysis]).differences}
    assert found["contact_time"].difference == 0
    assert found["contact_time"].verdict == "within measurement error"
    shifted = tuple(
        d.model_copy(update={"value": d.value + 60, "ci95": (d.ci95[0] + 60, d.ci95[1] + 60)})
        for d in analysis.differences
    )
    after = analysis.model_copy(update={"differences": shifted})
    changed = {c.metric: c for c in compare([analysis], [after]).differences}
    assert changed["contact_time"].verdict == "real change"


def test_where_a_leg_cannot_be_compared_its_difference_cannot_either(analysis: Analysis) -> None:
    faster = analysis.settings.model_copy(update={"speed_mps": 5.0})
    after = analysis.model_copy(update={"settings": faster})
    for change in compare([analysis], [after]).differences:
        assert (change.verdict, change.difference) == ("not comparable", None)
        assert any("m/s" in why for why in change.why)


def test_intervals_of_a_change_of_differences_add_in_squares(analysis: Analysis) -> None:
    wider = tuple(
        d.model_copy(
            update={"ci95": (d.value - 2 * (d.value - d.ci95[0]), 2 * d.ci95[1] - d.value)}
        )
        for d in analysis.differences
    )
    after = analysis.model_copy(update={"differences": wider})
    halves = {d.metric: (d.ci95[1] - d.ci95[0]) / 2 for d in analysis.differences}
    for change in compare([analysis], [after]).differences:
        assert change.detectable == pytest.approx(np.hypot(1, 2) * halves[change.metric])


def test_intervals_hold_through_the_pose_model() -> None:
    """Rendered runners: exact truth, kept tracks of the pose model."""
    held = []
    for known in known_videos(TRACKS):
        found = analyze_track(kept_track(RunFolder(known.source)), known.truth.settings)
        true = known.truth.by_key
        for d in found.differences:
            if (d.metric, "left") in true and (d.metric, "right") in true:
                exact = true[d.metric, "right"] - true[d.metric, "left"]
                held.append(d.ci95[0] <= exact <= d.ci95[1])
                assert d.answer != "more than healthy runners differ"
    assert len(held) > 100
    assert np.mean(held) >= 0.92  # few videos, so that all may hold


def test_legs_from_two_videos_are_each_of_its_own() -> None:
    scenes = {"right.mp4": drawn(), "left.mp4": drawn().mirrored()}
    sides = [
        analyze_track(track, RUN, examples.video_info(name, sha256=name))
        for name, track in scenes.items()
    ]
    both = merge_views(sides)
    apart = [
        d
        for d in both.differences
        if len({s.source for s in both.summaries if s.metric == d.metric}) == 2
    ]
    assert apart
    for d in apart:
        left, right = (both.summary(d.metric, side) for side in ("left", "right"))
        assert d.value == pytest.approx(right.value - left.value)  # type: ignore[union-attr, operator]
