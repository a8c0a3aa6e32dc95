"""What a camera that is not level, or not in line, adds to values: by how much, and its sign."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from columns import with_also
from data_camera import Camera
from data_tracks import RUNNING
from frontal_runner import FrontalTruth, frontal_runner
from scene3d import Scene
from synthetic import STATURE_M, Truth, runner

from gait.analysis.kinematics import measure, summarize
from gait.analysis.results import Summary, View
from gait.analysis.trial import Strides, Trial
from gait.analysis.view.camera_orientation import levelled
from gait.analysis.view.ground_tilt import PRIOR_SD_DEG, with_ground
from gait.settings import Settings
from gait.types import SIDES, Z95, PoseTrack

SETTINGS = Settings(speed_mps=3.0, height_m=STATURE_M)

Found = Mapping[tuple[str, str], Summary]


def analyse(track: PoseTrack, view: View, strides: Strides) -> Found:
    trial = Trial(track, view, SETTINGS, strides, activity="running")
    return {(s.metric, s.side): s for s in summarize(measure(trial))}


TAPE = {"pelvic_roll_absolute": 1.0}
"""The zero of the pelvic roll is a level line."""


def half(summary: Summary) -> float:
    assert summary.ci95 is not None, summary.limit
    return (summary.ci95[1] - summary.ci95[0]) / 2


def added_sd(more: Summary, less: Summary) -> float:
    """The SD that one interval holds beyond another."""
    return float(np.sqrt(half(more) ** 2 - half(less) ** 2)) / Z95


# ------------------------------------------------------------------------------- from the side


def test_a_roll_that_is_not_known_widens_angles_by_it_and_distances_by_its_sine() -> None:
    track, truth = runner(120, 6)
    sure, unsure = (
        analyse(track, truth.view.model_copy(update={"ground_tilt_sd_deg": sd_deg}), truth.strides)
        for sd_deg in (0.0, 1.0)
    )
    leg_cm = 100 * (truth.view.scale_m_per_px or 0) * truth.view.leg_px
    expected = {
        ("tibia_angle_ic", "right"): 1.0,
        ("hip_extension_peak", "right"): 1.0,
        ("trunk_lean", "both"): 1.0,
        ("ankle_dorsiflexion_ic", "right"): 1.0,
        ("overstride", "right"): 100 * np.sin(np.radians(1)),
        ("overstride_cm", "right"): leg_cm * np.sin(np.radians(1)),
    }
    for key, sd in expected.items():
        assert added_sd(unsure[key], sure[key]) == pytest.approx(sd, rel=1e-3), key
    for metric in ("knee_flexion_ic", "foot_strike_angle", "contact_time"):
        assert half(unsure[metric, "right"]) == half(sure[metric, "right"])


@pytest.mark.parametrize("facing", ["left", "right"])
@pytest.mark.parametrize("tilt_deg", [-3.0, 2.0])
def test_the_belt_shows_the_tilt_of_the_ground_with_its_sign(facing, tilt_deg: float) -> None:
    track, truth = runner(120, 6, facing=facing, tilt_deg=tilt_deg)
    track = track.with_(steps=("points of a pose model",))
    trial = Trial(track, truth.view, SETTINGS, truth.strides)
    seen = with_ground(trial.with_view(ground_tilt_deg=0.0)).view
    # Weighed against the expectation of a level phone: 1.2 deg of its own and more where the feet
    # disagree, 2 deg of the phone.
    assert seen.ground_tilt_deg == pytest.approx(tilt_deg / (1 + (1.2 / 2) ** 2), abs=0.4)
    assert 1.0 < seen.ground_tilt_sd_deg < 1.4


def test_over_ground_the_tilt_stays_as_unknown_as_a_phone_is_level() -> None:
    track, truth = runner(120, 6, tilt_deg=3, surface="overground")
    trial = Trial(track, truth.view, SETTINGS, truth.strides)
    seen = with_ground(trial.with_view(ground_tilt_deg=0.0)).view
    assert (seen.ground_tilt_deg, seen.ground_tilt_sd_deg) == (0.0, PRIOR_SD_DEG)


def test_a_roll_in_the_background_tilts_the_ground_the_other_way() -> None:
    """A camera rolled so that a level line falls to image right shows ground that falls there."""
    track, truth = runner(60, 4)
    lines = {"background_roll_deg": 2.0, "background_roll_sd_deg": 0.3}
    seen = levelled(Trial(with_also(track, lines), truth.view, SETTINGS)).view
    assert (seen.camera_roll_deg, seen.ground_tilt_deg) == ((2.0, 0.3), -2.0)


# ------------------------------------------------------------------------ from behind, in front


def test_a_low_camera_off_the_line_sees_a_turned_pelvis_as_tilted() -> None:
    """9 deg per unit of the sine of the yaw, known and unknown alike."""
    track, truth = frontal_runner()
    track = with_also(track, TAPE)

    def drop(yaw_deg: float, sd_deg: float) -> Summary:
        view = truth.view.model_copy(update={"camera_yaw_deg": (yaw_deg, sd_deg)})
        return analyse(track, view, truth.strides)["pelvic_drop", "left"]

    for yaw_deg, sd_deg in ((6.0, 0.0), (0.0, 6.0), (-6.0, 0.0)):
        sd = added_sd(drop(yaw_deg, sd_deg), drop(0.0, 0.0))
        assert sd == pytest.approx(9 * np.sin(np.radians(6)), rel=1e-6)


TRUTH = runner(60, 8, **RUNNING["easy"])[1]


def knees(plane, yaw_deg: float, told_deg: float, truth: Truth = TRUTH) -> Found:
    """From 20 m off, so that nothing but the yaw turns what is seen."""
    camera = Camera(plane=plane, yaw_deg=yaw_deg, distance_m=20)
    track = Scene(truth).video(camera, duration_s=8, noise_m=0)
    view = View(
        plane=plane, plane_confidence=1.0, direction=None, near_side=None, surface="treadmill",
        fps_hz=60, camera_roll_deg=(0.0, 0.1), camera_yaw_deg=(told_deg, 0.5),
        leg_px=truth.view.leg_px, scale_m_per_px=1 / camera.px_per_m, window_s=truth.view.window_s,
    )  # fmt: skip
    level = {"pelvic_roll_deg": 0.0, "pelvic_roll_sd_deg": 0.1} | TAPE
    return analyse(with_also(track, level), view, truth.strides)


@pytest.mark.parametrize("plane", ["rear", "front"])
def test_the_yaw_of_the_camera_is_taken_out_of_the_knee_and_not_put_in_twice(plane) -> None:
    """One knee looks knocked and the other bowed by the sine of the yaw of 40 deg of flexion."""
    straight = knees(plane, 0, 0)
    for yaw_deg in (-4, 4):
        leaky, corrected = knees(plane, yaw_deg, 0), knees(plane, yaw_deg, yaw_deg)
        for side in SIDES:
            true = straight["knee_fppa", side].value
            uncorrected = abs(leaky["knee_fppa", side].value - true)
            assert uncorrected > 1.2
            assert abs(corrected["knee_fppa", side].value - true) < 0.5 * uncorrected


@pytest.mark.parametrize("plane", ["rear", "front"])
def test_the_hip_is_corrected_for_yaw_as_the_knee_is_by_the_flexion_of_the_thigh(plane) -> None:
    track, truth = frontal_runner(plane)
    straight, turned = (
        analyse(track, truth.view.model_copy(update={"camera_yaw_deg": (yaw, 1.0)}), truth.strides)
        for yaw in (0.0, 4.0)
    )

    def moved(metric: str, side: str) -> float:
        return turned[metric, side].value - straight[metric, side].value

    for side, sign in (("left", -1), ("right", 1)):
        assert moved("knee_fppa", side) == pytest.approx(sign * 41 * np.sin(np.radians(4)))
        assert moved("hip_adduction", side) == pytest.approx(sign * 20.5 * np.sin(np.radians(4)))


def test_from_behind_and_in_front_the_level_of_the_camera_counts_with_its_sign() -> None:
    """A pelvis that is level stays level in the picture of a rolled camera."""
    level = {"left": 0.0, "right": 0.0}
    for plane in ("rear", "front"):
        track, truth = frontal_runner(plane, drop_deg=level, camera_roll_deg=3)
        found = analyse(with_also(track, TAPE), truth.view, truth.strides)
        assert found["pelvic_drop_midstance", "left"].value == pytest.approx(0, abs=0.02)


def of_a_roll(track: PoseTrack, truth: FrontalTruth, sd_deg: float, metric: str) -> Summary:
    view = truth.view.model_copy(update={"camera_roll_deg": (0.0, sd_deg)})
    return analyse(track, view, truth.strides)[metric, "left"]


def test_roll_tilts_thigh_and_pelvis_alike_only_with_a_level_line() -> None:
    track, truth = frontal_runner()
    taped = with_also(track, TAPE)

    def added(of: PoseTrack, metric: str) -> float:
        return added_sd(of_a_roll(of, truth, 1.0, metric), of_a_roll(of, truth, 1e-6, metric))

    seen_sd = 2 / np.sqrt(2**2 + 1**2)  # 1 deg, weighed against 2 deg of a phone set up by eye
    assert added(taped, "pelvic_drop") == pytest.approx(seen_sd)
    assert added(taped, "hip_adduction") == pytest.approx(seen_sd)
    assert added(track, "hip_adduction") == pytest.approx(seen_sd)
    assert added(track, "lateral_trunk_lean") == pytest.approx(seen_sd)
    assert added(track, "pelvic_drop") == pytest.approx(0, abs=1e-6)
    assert added(track, "knee_fppa") == pytest.approx(0, abs=1e-6)


def test_a_roll_that_is_seen_badly_is_believed_half() -> None:
    """2 deg are seen to within 2 deg, as much as a phone is off: 1 deg is taken out."""
    track, truth = frontal_runner()
    upright, seen = (
        analyse(
            track, truth.view.model_copy(update={"camera_roll_deg": (roll, 2.0)}), truth.strides
        )["lateral_trunk_lean", "right"].value
        for roll in (0.0, 2.0)
    )
    assert abs(seen - upright) == pytest.approx(1.0, abs=1e-3)


def test_legs_that_lie_on_the_outline_have_no_error_of_landmarks() -> None:
    track, truth = frontal_runner()
    track = track.with_(steps=("points of a pose model",))
    outlined = with_also(track, {"on_outline": 1.0})
    drawn, cut_out = (analyse(t, truth.view, truth.strides) for t in (track, outlined))
    # On the outline the angle is multiplied, and with it what the yaw of the camera adds.
    for key, sd, near in (
        (("knee_fppa", "left"), 2.7, 0.1),
        (("hip_adduction", "left"), 2.0, 1e-6),
    ):
        assert added_sd(drawn[key], cut_out[key]) == pytest.approx(sd, abs=near)
    assert added_sd(drawn["step_width", "both"], cut_out["step_width", "both"]) == (
        pytest.approx(3.5)
    )


def test_feet_that_a_moving_camera_carries_say_nothing_of_the_ground() -> None:
    track, truth = runner(120, 6, tilt_deg=3)
    over_ground = truth.view.model_copy(update={"surface": "overground", "ground_tilt_deg": 0.0})
    seen = with_ground(Trial(track, over_ground, SETTINGS, truth.strides)).view
    assert (seen.ground_tilt_deg, seen.ground_tilt_sd_deg) == (0.0, PRIOR_SD_DEG)


def test_a_clock_that_nobody_knows_widens_what_is_read_at_strikes() -> None:
    track, truth = runner(120, 6)
    unknown = truth.view.model_copy(update={"time_base": "unknown"})
    sure, unsure = (analyse(track, view, truth.strides) for view in (truth.view, unknown))
    assert unsure["contact_time", "right"].value is None
    for metric in ("foot_strike_angle", "overstride"):
        assert half(unsure[metric, "right"]) > 1.001 * half(sure[metric, "right"])
