"""Charts hold what they should, and are valid."""

from __future__ import annotations

from typing import Any

import altair as alt
import examples
import pytest
import synthetic

from gait.analysis.analyze import analyze_track, measured_trial
from gait.analysis.kinematics.waveforms import ensemble_average
from gait.analysis.results import Analysis, Measurement
from gait.analysis.trial import Trial
from gait.render import charts
from gait.settings import Settings
from gait.ui.result.numbers import bar

SETTINGS = Settings(speed_mps=3.0)


@pytest.fixture(scope="module")
def run() -> tuple[Analysis, Trial]:
    track, _ = synthetic.runner(60, 9)
    analysis = analyze_track(track, SETTINGS)
    return analysis, measured_trial(track, analysis)


def rows(chart: alt.LayerChart) -> list[dict[str, Any]]:
    """All data in a chart; its specification is checked on the way."""
    document = chart.to_dict()
    return [row for data in document["datasets"].values() for row in data]


@pytest.mark.parametrize(
    ("changes", "low", "high"),
    [
        ({"typical": (8.0, 12.0)}, 8.0, 12.0),
        ({"typical": (8.0, 12.0), "flag_limits": (9.0, None)}, 9.0, 12.0),
        ({"flag_limits": (None, 0.0)}, -4.0, 0.0),  # open below: as far as the values go
    ],
)
def test_strides_stand_before_what_is_usual(
    changes: dict[str, Any], low: float, high: float
) -> None:
    measurements = [
        Measurement(metric="cadence", side="both", stride=i, time_s=i, value=v)
        for i, v in enumerate((-4.0, 10.0))
    ]
    summary = examples.summary("cadence", **changes)
    analysis = examples.analysis(measurements=measurements, summaries=[summary])
    found = [
        r for r in rows(charts.stride_values(analysis, "cadence")) if r.keys() == {"low", "high"}
    ]
    assert found == [{"low": low, "high": high}]


def test_a_bar_ends_where_the_value_is_pointed_out() -> None:
    drop = examples.summary(
        "pelvic_drop", "left", value=8.0, ci95=(4.0, 12.0), flag_limits=(None, 8.0)
    )
    drawn = bar([drop])
    # 4 to 12 with 35 % of that free on each side: the value and the limit are in the middle.
    assert 'class="mark left" style="left: 50.0%"' in drawn
    assert 'class="band" style="left: 0.0%; width: 50.0%' in drawn
    assert "border-width: 0 2px 0 0px" in drawn
    assert "band" not in bar([examples.summary("pelvic_drop", "left")])


def test_curves_of_both_legs_with_typical_ranges(run: tuple[Analysis, Trial]) -> None:
    analysis, trial = run
    knee = [c for c in ensemble_average(trial) if c.angle == "knee"]
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
    analysis, trial = run
    curves = [c for c in ensemble_average(trial) if c.angle == "knee"]
    for chart in (
        charts.stride_curve(curves, analysis),
        charts.stride_values(analysis, "knee_flexion_ic"),
    ):
        assert chart is not None
        text = chart.to_json()
        assert charts.COLOURS["left"] in text
        assert "strokeDash" in text or "shape" in text
