"""Forces that contact times imply, load per kilometre, economy in words."""

from __future__ import annotations

import numpy as np
import pytest
import synthetic

from gait import analyze_track
from gait.analysis.kinematics import loads, measure
from gait.analysis.results import Analysis
from gait.analysis.trial import Trial
from gait.knowledge import knowledge
from gait.present.blocks import Block, blocks
from gait.present.table import rows
from gait.settings import Settings

KNOWN = Settings(speed_mps=3.0, height_m=1.75)

PLATES = {
    # runner, speed: duty factor in percent and peak force in body weights, filtered at 30 Hz
    "one, 2.5 m/s": (36.2, 2.251),
    "one, 3.5 m/s": (32.1, 2.524),
    "one, 4.5 m/s": (29.9, 2.674),
    "two, 2.5 m/s": (39.1, 2.336),
}
"""What an instrumented treadmill felt under two runners of Fukuchi 2017."""


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    track, _ = synthetic.runner(120, 12, noise_px=1)
    return analyze_track(track, KNOWN)


def block(analysis: Analysis, title: str) -> Block | None:
    return next((b for b in blocks(analysis) if b.title == title), None)


def test_the_peak_carries_the_body() -> None:
    """A half sine of this height over the contact, over the whole stride, is body weight."""
    track, truth = synthetic.runner(240, 4)
    found = measure(Trial(track, truth.view, KNOWN, truth.strides)).rows
    force = np.median([m.value for m in found if m.metric == "peak_force"]) / loads.PEAKED
    duty = np.median([m.value for m in found if m.metric == "duty_factor"]) / 100
    mean_over_contact = force * 2 / np.pi
    assert 2 * mean_over_contact * duty == pytest.approx(1)  # two feet


@pytest.mark.parametrize("name", PLATES)
def test_the_interval_holds_what_plates_felt(name: str) -> None:
    duty, peak = PLATES[name]
    force = loads.PEAKED * np.pi / 4 * 100 / duty
    assert abs(force - peak) < 1.96 * knowledge().metrics["peak_force"].landmark_sd


def test_the_error_against_plates_is_below_seven_percent() -> None:
    errors = [loads.PEAKED * np.pi / 4 * 100 / duty / peak - 1 for duty, peak in PLATES.values()]
    assert np.sqrt(np.mean(np.square(errors))) < 0.07


def test_a_body_sinks_a_few_centimetres() -> None:
    track, truth = synthetic.runner(240, 4)
    found = measure(Trial(track, truth.view, KNOWN, truth.strides)).rows
    value = {m.metric: m.value for m in found}
    sinks_m = value["peak_force"] / loads.PEAKED / value["vertical_stiffness"]
    assert 0.04 < sinks_m < 0.12
    assert value["leg_stiffness"] < value["vertical_stiffness"]


def test_a_leg_that_would_reach_beyond_its_length_counts_as_nearly_level() -> None:
    """A wrong speed must not make the leg shorten by more than there is of it."""
    track, truth = synthetic.runner(120, 4)
    settings = Settings(speed_mps=12.0, height_m=1.75)
    found = measure(Trial(track, truth.view, settings, truth.strides)).rows
    leg_m = 0.53 * 1.75
    half_sine = np.pi / 4 * truth.values["stride_time"] / 0.25
    sinks_m = 9.81 * 0.25**2 * (half_sine / np.pi**2 - 1 / 8)
    shorter_m = leg_m * (1 - np.sqrt(1 - 0.95**2))
    stiffness = np.median([m.value for m in found if m.metric == "leg_stiffness"])
    assert stiffness == pytest.approx(half_sine / (shorter_m + sinks_m))


def test_without_speed_or_stature_it_says_what_is_missing() -> None:
    track, _ = synthetic.runner(60, 12, noise_px=1)
    bare = analyze_track(track, Settings())
    for metric, side, missing in (
        ("leg_stiffness", "left", "height"),
        ("step_rate_normalized", "both", "height"),
        ("load_per_km", "both", "speed"),
    ):
        summary = bare.summary(metric, side)
        assert summary is not None
        assert summary.value is None
        assert summary.limit is not None
        assert missing in summary.limit
    assert block(bare, "Load per kilometre") is None


def test_stiffness_is_a_trend_only(analysis: Analysis) -> None:
    shown = {row.metric: row for row in rows(analysis)}
    for metric in ("vertical_stiffness", "leg_stiffness", "load_per_km"):
        assert "trend only" in shown[metric].remarks
        assert shown[metric].group == "Load and style"


def test_five_percent_more_steps_do_not_lower_the_sum(analysis: Analysis) -> None:
    found = block(analysis, "Load per kilometre")
    assert found is not None
    now, shorter, same = ([float(cell) for cell in row[1:]] for row in found.rows)
    assert shorter[0] == same[0] == pytest.approx(1.05 * now[0], abs=1)
    assert shorter[1] == now[1]
    assert same[1] == pytest.approx(now[1] / 1.05, abs=0.01)
    assert shorter[2] == pytest.approx(1.05 * now[2], abs=1)
    assert same[2] == pytest.approx(now[2], abs=1)
    per_km = analysis.summary("load_per_km")
    assert per_km is not None
    assert now[2] == pytest.approx(per_km.value, abs=1)


def test_economy_has_words_and_no_score(analysis: Analysis) -> None:
    found = block(analysis, "Running economy")
    assert found is not None
    text = " ".join([*found.notes, *(cell for row in found.rows for cell in row)])
    assert "4 to 12 %" in text
    assert "no score" in text
    said = knowledge().statements
    assert all(said[name].sources for name in said if name.startswith("economy"))


def test_nobody_who_walks_is_told_of_running_economy(analysis: Analysis) -> None:
    walking = analysis.model_copy(update={"activity": "walking"})
    assert block(walking, "Running economy") is None
    assert block(walking, "Load per kilometre") is None
