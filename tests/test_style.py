"""Running style on two axes, with healthy runners behind it."""

from __future__ import annotations

import numpy as np
import pytest
import synthetic

from gait import analyze_track
from gait.analysis.results import Analysis
from gait.knowledge import knowledge
from gait.render.style_chart import ACROSS, UP, healthy_ring, style_chart
from gait.settings import Settings


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    track, _ = synthetic.runner(120, 12, noise_px=1)
    return analyze_track(track, Settings(speed_mps=3.0, height_m=1.75))


def test_step_rate_is_that_of_a_pendulum_as_long_as_the_leg(analysis: Analysis) -> None:
    cadence, rate = analysis.summary("cadence"), analysis.summary(UP)
    assert cadence is not None
    assert rate is not None
    expected = cadence.value / 60 * np.sqrt(0.53 * 1.75 / 9.81)  # type: ignore[operator]
    assert rate.value == pytest.approx(expected, rel=1e-3)


def test_the_ring_holds_the_mean_and_95_percent(analysis: Analysis) -> None:
    ring = np.array([(p["duty"], p["rate"]) for p in healthy_ring(analysis)])
    mean = [knowledge().metrics[m].reference(3.0, "treadmill") for m in (ACROSS, UP)]
    assert ring.mean(axis=0) == pytest.approx([m[0] for m in mean if m], rel=0.01)
    for axis, known in enumerate(mean):
        assert known is not None
        reach = np.ptp(ring[:, axis]) / 2 / known[1]  # type: ignore[operator]
        assert reach == pytest.approx(2.448, rel=0.01)  # root of chi square, two degrees, 95 %


def test_the_chart_shows_both_legs_and_the_ring(analysis: Analysis) -> None:
    chart = style_chart(analysis)
    assert chart is not None
    assert len(chart.to_dict()["layer"]) == 4


def test_no_ring_where_no_runners_are_known(analysis: Analysis) -> None:
    overground = analysis.view.model_copy(update={"surface": "overground"})
    assert healthy_ring(analysis.model_copy(update={"view": overground})) == []
    fast = analysis.settings.model_copy(update={"speed_mps": 7.0})
    assert healthy_ring(analysis.model_copy(update={"settings": fast})) == []


def test_no_chart_without_stature_or_for_a_walker(analysis: Analysis) -> None:
    track, _ = synthetic.runner(60, 12, noise_px=1)
    assert style_chart(analyze_track(track, Settings(speed_mps=3.0))) is None
    assert style_chart(analysis.model_copy(update={"activity": "walking"})) is None
