"""Angles over the average stride, against equations."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import synthetic
from frontal_runner import frontal_runner

from gait.analysis import angles
from gait.analysis.kinematics import measure
from gait.analysis.kinematics.waveforms import (
    FRONTAL,
    PHASE_PCT,
    SAGITTAL,
    ensemble_average,
    readings,
)
from gait.analysis.trial import Trial
from gait.settings import Settings
from gait.types import SIDES, DerivedSignals, Plane


def trial(**changes: object) -> tuple[Trial, synthetic.Truth]:
    track, truth = synthetic.runner(240, 6, **changes)  # type: ignore[arg-type]
    return Trial(track, truth.view, Settings(), truth.strides), truth


def test_the_mean_curve_is_that_of_the_equations() -> None:
    made, truth = trial()
    first = made.strides.of("right").each[0]
    when = first.strike_s + PHASE_PCT / 100 * (first.next_strike_s - first.strike_s)
    points = truth.pose(when)
    true = angles.knee_flexion(*(points[f"right_{p}"] for p in ("hip", "knee", "ankle")))
    (knee,) = (c for c in ensemble_average(made) if (c.angle, c.side) == ("knee", "right"))
    # At strike the knee turns round within one frame of 4 ms, at up to 400 deg/s.
    assert np.abs(knee.mean_deg - true).max() < 0.8
    assert knee.sd_deg.max() < 1.0
    assert knee.n == len(made.strides.of("right"))
    share = (first.off_s - first.strike_s) / (first.next_strike_s - first.strike_s)
    assert knee.off_pct == pytest.approx(100 * share, abs=0.1)


def test_all_angles_of_both_legs_are_there() -> None:
    made, _ = trial()
    assert {(c.angle, c.side) for c in ensemble_average(made)} == {
        (angle, side) for angle in SAGITTAL for side in ("left", "right")
    }


def test_a_stride_with_missing_frames_is_left_out() -> None:
    whole, _ = trial()
    gappy, _ = trial(missing_s=(2.0, 2.1))
    n, fewer = (
        next(c.n for c in ensemble_average(made) if c.angle == "knee") for made in (whole, gappy)
    )
    assert 0 < fewer < n


def test_a_video_without_direction_has_no_curves() -> None:
    made, _ = trial()
    assert ensemble_average(made.with_view(direction=None, near_side=None)) == ()


def test_readings_of_the_far_leg_are_less_certain() -> None:
    made, truth = trial()
    # The near knee was followed past the other one; else it is the less certain at contact.
    followed = DerivedSignals(knee_bridged=np.ones(len(made.track)))
    made = replace(made, track=made.track.with_(steps=("BlazePose heavy",), derived=followed))
    near = readings(made, truth.near_side)["knee"][1]
    far = readings(made, "left" if truth.near_side == "right" else "right")["knee"][1]
    assert 0 < near < far


def test_a_curve_is_no_surer_of_the_camera_than_the_measures_of_it() -> None:
    """Angles to the vertical turn with a camera that is rolled; knee and flat foot do not."""
    made, _ = trial()
    made = replace(made, track=made.track.with_(steps=("BlazePose heavy",)))
    rolled = made.with_view(ground_tilt_sd_deg=2.0)
    for side in SIDES:
        level, tilted = readings(made, side), readings(rolled, side)
        for name in ("thigh", "shank", "trunk"):
            assert tilted[name][1] == pytest.approx(np.hypot(level[name][1], 1.96 * 2.0), rel=1e-3)
        for name in ("knee", "foot"):
            assert tilted[name][1] == level[name][1]
    sure = {(c.angle, c.side): c.constant_sd_deg for c in ensemble_average(made)}
    for c in ensemble_average(rolled):
        assert (c.constant_sd_deg > sure[c.angle, c.side]) == (
            c.angle in ("thigh", "shank", "trunk")
        )


def test_the_trunk_is_as_well_seen_from_either_leg() -> None:
    made, _ = trial()
    made = replace(made, track=made.track.with_(steps=("BlazePose heavy",)))
    left, right = (readings(made, side)["trunk"][1] for side in SIDES)
    assert left == right


@pytest.mark.parametrize("plane", ["rear", "front"])
def test_from_behind_the_curves_hold_the_values_of_the_standing_leg(plane: Plane) -> None:
    """The peak of a curve in stance is the measure of that name; in swing it says nothing."""
    track, truth = frontal_runner(plane=plane)
    trial = Trial(track, truth.view, Settings(), truth.strides)
    measured = measure(trial)
    curves = {(c.angle, c.side): c for c in ensemble_average(trial)}
    assert curves.keys() == {(angle, side) for angle in FRONTAL for side in SIDES}
    for side in SIDES:
        drop = np.median(measured.values("pelvic_drop", side))
        curve = curves["pelvis", side]
        # Sampled at percents of the stride: the peak of a half sine is cut by under 0.3 % of it.
        assert np.nanmax(curve.mean_deg) == pytest.approx(drop, abs=0.05)
        assert np.isnan(curve.mean_deg[curve.off_pct < PHASE_PCT]).all()
        assert np.isfinite(curve.mean_deg[curve.off_pct > PHASE_PCT]).all()
