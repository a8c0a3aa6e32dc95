"""Charts hold what they should, and are valid."""

from __future__ import annotations

from typing import Any

import altair as alt
import examples
import pytest
import synthetic

from gait.analysis.analyze import analyze_track, measured_track
from gait.analysis.kinematics.registry import Trial
from gait.analysis.kinematics.waveforms import ensemble_average
from gait.analysis.results import Analysis
from gait.render import charts
from gait.settings import Settings

SETTINGS = Settings(speed_mps=3.0)


@pytest.fixture(scope="module")
def run() -> tuple[Analysis, Trial]:
    track, _ = synthetic.runner(60, 9)
    analysis = analyze_track(track, SETTINGS)
    return analysis, Trial(measured_track(track, analysis), analysis.view, SETTINGS)


def rows(chart: alt.LayerChart) -> list[dict[str, Any]]:
    """All data in a chart; its specification is checked on the way."""
    document = chart.to_dict()
    return [row for data in document["datasets"].values() for row in data]


def test_the_overview_shows_values_beside_what_is_typical() -> None:
    inside = examples.summary("a", "left", value=10, ci95=(9, 11), typical=(8, 12))
    far_out = examples.summary("b", "right", value=99, ci95=(98, 100), typical=(8, 12))
    without = examples.summary("c")
    chart = charts.overview((inside, far_out, without))
    assert chart is not None
    by_name = {row["measure"]: row for row in rows(chart) if "value" in row}
    assert set(by_name) == {"A", "B"}
    assert by_name["A"]["value"] == 0
    assert by_name["A"]["low"] == -1  # SD: the typical range is four of them wide
    assert by_name["B"]["value"] == 5  # at the edge, not outside of the picture
    assert charts.overview((without,)) is None


def test_curves_of_both_legs_with_typical_ranges(run: tuple[Analysis, Trial]) -> None:
    analysis, clip = run
    knee = [c for c in ensemble_average(clip, analysis.strides) if c.angle == "knee"]
    found = rows(charts.stride_curve(knee, analysis))
    assert sum("mean" in row for row in found) == 2 * 101
    typical = {row["name"] for row in found if "name" in row}
    assert "Peak knee flexion in stance" in typical


def test_every_contact_is_a_bar(run: tuple[Analysis, Trial]) -> None:
    analysis, _ = run
    bars = [row for row in rows(charts.contact_timeline(analysis)) if "ms" in row]
    assert {(bar["side"], bar["start"]) for bar in bars if bar["measured"] == "yes"} == {
        (s.side, s.strike_s) for s in analysis.strides
    }


def test_every_stride_is_a_point_with_its_interval_beside(run: tuple[Analysis, Trial]) -> None:
    analysis, _ = run
    found = rows(charts.stride_values(analysis, "contact_time"))
    n = sum(m.metric == "contact_time" for m in analysis.measurements)
    assert sum("value" in row and "low" not in row for row in found) == n
    summary = analysis.summary("contact_time", "right")
    assert summary is not None
    assert any((row.get("low"), row.get("high")) == summary.ci95 for row in found)


def test_colours_are_the_same_in_all_charts_and_nobody_depends_on_them(
    run: tuple[Analysis, Trial],
) -> None:
    analysis, clip = run
    curves = [c for c in ensemble_average(clip, analysis.strides) if c.angle == "knee"]
    for chart in (charts.stride_curve(curves, analysis), charts.overview(analysis.summaries)):
        assert chart is not None
        text = chart.to_json()
        assert charts.COLOURS["left"] in text
        assert "strokeDash" in text or "shape" in text
