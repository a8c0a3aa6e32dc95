"""What must hold for any runner, whatever the numbers."""

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from scipy.signal import butter, sosfiltfilt
from synthetic import runner

from gait.analysis import angles
from gait.analysis.kinematics import measure
from gait.analysis.results import View
from gait.analysis.trial import Strides, Trial
from gait.knowledge import knowledge
from gait.settings import Settings
from gait.types import SIDES, PoseTrack, opposite

finite = st.floats(-1e3, 1e3)
points = st.lists(st.tuples(finite, finite), min_size=3, max_size=3, unique=True).map(np.array)
runners = st.fixed_dictionaries(
    {
        "cadence_spm": st.floats(150, 190),
        "speed_mps": st.floats(2.2, 3.6),
        "contact_s": st.floats(0.22, 0.29),
        "foot_strike_deg": st.floats(-8, 18),
        "overstride_m": st.floats(0.12, 0.26),
        "first_strike_s": st.floats(0.0, 0.6),
        "trunk_lean_deg": st.floats(0, 12),
    }
)
few = settings(max_examples=8, deadline=None, derandomize=True, phases=[Phase.generate])
"""Few examples and no shrinking: each builds a whole video."""
ROUNDING = 1e-6  # degrees, ms, %: the same geometry through other arithmetic


def table(track: PoseTrack, view: View, strides: Strides, speed_mps: float):
    trial = Trial(track, view, Settings(speed_mps=speed_mps), strides)
    return {(m.metric, m.side, m.stride): m.value for m in measure(trial).rows}


def low_passed(track: PoseTrack) -> PoseTrack:
    """As every track is before it is measured."""
    lowpass = butter(2, 10, fs=track.fps_hz, output="sos")
    return track.with_(xy=sosfiltfilt(lowpass, track.xy, axis=0))


def by_side(values):
    groups = {}
    for (metric, side, _), value in values.items():
        groups.setdefault((metric, side), []).append(value)
    return groups


def swapped(strides: Strides) -> Strides:
    return Strides(tuple(s.model_copy(update={"side": opposite(s.side)}) for s in strides))


@few
@given(scene=runners)
def test_the_mirrored_video_swaps_the_sides_and_changes_nothing_else(scene) -> None:
    track, truth = runner(duration_s=3, step_asymmetry=0.04, **scene)
    view = truth.view.model_copy(update={"direction": "left", "near_side": "left"})
    here = table(track, truth.view, truth.strides, scene["speed_mps"])
    there = table(track.mirrored(), view, swapped(truth.strides), scene["speed_mps"])
    assert len(here) == len(there)
    for (metric, side, stride), value in here.items():
        sign = -1 if metric == "step_time_asymmetry" else 1
        other = opposite(side) if side in SIDES else side
        assert there[metric, other, stride] == pytest.approx(sign * value, abs=ROUNDING)


@few
@given(scene=runners)
def test_running_the_other_way_gives_the_same_metrics(scene) -> None:
    track, truth = runner(duration_s=3, **scene)
    back, back_truth = runner(duration_s=3, facing="left", **scene)
    here = table(track, truth.view, truth.strides, scene["speed_mps"])
    there = table(back, back_truth.view, back_truth.strides, scene["speed_mps"])
    assert there == pytest.approx(here, abs=ROUNDING)


@few
@given(scene=runners, zoom=st.floats(0.3, 3), dx=finite, dy=finite, tilt_deg=st.floats(-8, 8))
def test_zoom_shift_and_tilt_of_the_camera_change_nothing(scene, zoom, dx, dy, tilt_deg) -> None:
    track, truth = runner(duration_s=3, **scene)
    moved, _ = runner(duration_s=3, tilt_deg=tilt_deg, **scene)
    moved = moved.with_(xy=zoom * moved.xy + [dx, dy])
    view = truth.view.model_copy(
        update={
            "ground_tilt_deg": tilt_deg,
            "leg_px": zoom * truth.view.leg_px,
            "scale_m_per_px": truth.view.scale_m_per_px / zoom,
        }
    )
    here = table(track, truth.view, truth.strides, scene["speed_mps"])
    there = table(moved, view, truth.strides, scene["speed_mps"])
    assert there == pytest.approx(here, abs=ROUNDING)


@few
@given(scene=runners, overground=st.booleans())
def test_120_fps_agrees_with_60_fps_on_low_passed_tracks(scene, overground) -> None:
    surface = "overground" if overground else "treadmill"
    coarse, fine = (
        table(low_passed(track), truth.view, truth.strides, scene["speed_mps"])
        for track, truth in (runner(fps, 3, surface=surface, **scene) for fps in (60, 120))
    )
    info = knowledge().metrics
    for (metric, side), values in by_side(coarse).items():
        expected = np.median(by_side(fine)[metric, side])
        # What is left is linear interpolation of curves without anything above 10 Hz.
        tolerance = info[metric].landmark_sd / 2 + ROUNDING
        assert np.median(values) == pytest.approx(expected, abs=tolerance), metric


@given(leg=points, zoom=st.floats(0.1, 10), shift=st.tuples(finite, finite))
def test_joint_angles_know_no_scale_and_no_origin(leg, zoom, shift) -> None:
    gaps = np.linalg.norm(np.diff(leg, axis=0), axis=1)
    if gaps.min() < 1:  # rounding turns a vanishing segment
        return
    here = angles.knee_flexion(*leg)
    there = angles.knee_flexion(*(zoom * leg + np.array(shift)))
    assert abs(angles.wrap_deg(here - there)) < 1e-6


@given(leg=points, turn_deg=st.floats(-90, 90))
def test_joint_angles_do_not_depend_on_the_horizon(leg, turn_deg) -> None:
    gaps = np.linalg.norm(np.diff(leg, axis=0), axis=1)
    if gaps.min() < 1:
        return
    image = leg * [1, -1]
    here = angles.knee_flexion(*angles.to_ground(image, "right", 0))
    there = angles.knee_flexion(*angles.to_ground(image, "right", turn_deg))
    assert abs(angles.wrap_deg(here - there)) < 1e-6


@given(
    metric=st.sampled_from(sorted(knowledge().metrics)),
    speed=st.floats(0.5, 8),
    step=st.floats(0, 0.01),
)
def test_typical_ranges_are_ordered_and_continuous_over_speed(metric, speed, step) -> None:
    info = knowledge().metrics[metric]
    here = info.typical_range(speed, "treadmill")
    there = info.typical_range(speed + step, "treadmill")
    if here is None or there is None:
        return
    assert here[0] < here[1]
    # The steepest reference, step length, moves by 1.4 times its width per m/s.
    width = here[1] - here[0]
    assert np.abs(np.subtract(here, there)).max() <= 2.0 * step * width + 1e-9


@few
@given(scene=runners, jitter=st.floats(0, 0.4))
def test_uneven_frames_do_not_change_the_times(scene, jitter) -> None:
    track, truth = runner(duration_s=3, dt_jitter=jitter, **scene)
    here = table(track, truth.view, truth.strides, scene["speed_mps"])
    times = {k: v for k, v in here.items() if k[0] in ("cadence", "contact_time", "step_time")}
    assert times
    for (metric, _, _), value in times.items():
        assert value == pytest.approx(truth.values[metric], abs=ROUNDING)
    lean = [v for (metric, _, _), v in here.items() if metric == "trunk_lean"]
    assert lean == pytest.approx([scene["trunk_lean_deg"]] * len(lean), abs=ROUNDING)
