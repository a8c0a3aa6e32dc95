"""Drift over a long video, and the scatter of contact times."""

from __future__ import annotations

import numpy as np
import pytest
import synthetic

from gait import analyze_track
from gait.analysis.kinematics.drift import SHORTEST_S, WANDER, drift, slope_of
from gait.analysis.results import Analysis, Measurement
from gait.knowledge import knowledge
from gait.present.blocks import blocks
from gait.settings import Settings
from gait.types import Float


def series(alike: float, n: int, seed: int) -> Float:
    """A process of first order with SD 1."""
    rng = np.random.default_rng(seed)
    values = [rng.normal()]
    for _ in range(n - 1):
        values.append(alike * values[-1] + np.sqrt(1 - alike**2) * rng.normal())
    return np.array(values)


@pytest.mark.parametrize("alike", [0.0, 0.3, 0.6, 0.8])
def test_the_interval_knows_correlated_strides(alike: float) -> None:
    """Without the wander of people, which is not in these series, 92 to 98 % would hold."""
    time = np.arange(100) / 80
    held = []
    for seed in range(400):
        slope, half = slope_of(time, 2.0 * time + series(alike, 100, seed))
        held.append(abs(slope - 2.0) <= half / WANDER)
    assert 0.91 <= np.mean(held) <= 0.985


def test_an_exact_line_is_found_exactly() -> None:
    time = np.linspace(0, 2, 80)
    slope, half = slope_of(time, 5 - 1.5 * time)
    assert slope == pytest.approx(-1.5)
    assert half == pytest.approx(0, abs=1e-6)


def long(analysis: Analysis, per_min: float, seconds: float = 90.0) -> Analysis:
    """The analysis as if it had lasted longer, with a contact time that drifts."""
    rng = np.random.default_rng(2)
    times = np.arange(0, seconds, 0.7)
    rows = tuple(
        Measurement(
            metric="contact_time", side=side, stride=i, time_s=t,
            value=250 + per_min * t / 60 + 4 * rng.normal(),
        )
        for side in ("left", "right")
        for i, t in enumerate(times.tolist())
    )  # fmt: skip
    return analysis.model_copy(update={"measurements": rows})


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    track, _ = synthetic.runner(60, 12, noise_px=1)
    return analyze_track(track, Settings(speed_mps=3.0))


def test_a_drift_is_seen_and_a_steady_runner_has_none(analysis: Analysis) -> None:
    tired, steady = (drift(long(analysis, x), "contact_time", "left") for x in (12.0, 0.0))
    assert tired is not None
    assert steady is not None
    assert tired.clear
    assert tired.ci95[0] < 12 < tired.ci95[1]
    assert not steady.clear


def test_a_short_video_tells_nothing_of_drift(analysis: Analysis) -> None:
    assert drift(analysis, "cadence", "both") is None
    assert drift(long(analysis, 12.0, SHORTEST_S - 5), "contact_time", "left") is None
    assert "While the video lasts" not in [b.title for b in blocks(analysis)]


def test_a_long_video_shows_the_table(analysis: Analysis) -> None:
    found = next(b for b in blocks(long(analysis, 12.0)) if b.title == "While the video lasts")
    assert [row[2] for row in found.rows] == ["changes", "changes"]
    assert "tiredness" in found.notes[0]


def test_contact_variability_takes_the_scatter_of_the_measurement_off(analysis: Analysis) -> None:
    summary = analysis.summary("contact_variability")
    assert summary is not None
    assert summary.value is not None
    assert summary.ci95 is not None
    own = [s.sd for side in ("left", "right") if (s := analysis.summary("contact_time", side))]
    assert summary.value < np.mean([sd for sd in own if sd is not None])
    assert summary.ci95[0] <= summary.value <= summary.ci95[1]
    assert ("at most" in (summary.label or "")) is (summary.ci95[0] == 0)
    assert knowledge().metrics["contact_variability"].tier == "C"
