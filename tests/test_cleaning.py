"""Outliers, gaps and the low-pass, each against a track whose true path is known."""

from __future__ import annotations

import numpy as np
import pytest
from data_tracks import RUNNING, WALKING, without_person
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from synthetic import runner

from gait.analysis.cleaning.filtering import (
    FILL_S,
    clean,
    default_cutoff_hz,
    drop_outliers,
    fill_gaps,
    lowpass,
)
from gait.types import Float, PoseTrack

NAMES = ("left_ankle", "right_ankle")


def track_of(time: Float, values: Float) -> PoseTrack:
    """Two points that both do the same: x as given, y its double."""
    xy = np.stack([values, 2 * values], axis=-1)[:, None].repeat(2, axis=1)
    return PoseTrack(time, xy, np.ones(xy.shape[:2]), NAMES, (64, 48))


def even(fps_hz: float, duration_s: float) -> Float:
    return np.arange(round(fps_hz * duration_s)) / fps_hz


def apart(one: PoseTrack, other: PoseTrack, name: str) -> Float:
    """(T,) distance between the same point of two tracks, leg lengths."""
    return np.linalg.norm(one[name] - other[name], axis=1) / other.leg_px


def moved(track: PoseTrack, name: str, frames: slice, by_legs: float) -> PoseTrack:
    xy = track.xy.copy()
    xy[frames, track.index(name)] += [by_legs * track.leg_px, 0]
    return track.with_(xy=xy)


def swing_and_phase(time: Float, values: Float, f_hz: float) -> tuple[float, float]:
    """Amplitude and delay in s of the sine of this frequency in a series, by least squares."""
    angle = 2 * np.pi * f_hz * time
    design = np.stack([np.sin(angle), np.cos(angle), np.ones_like(time)], axis=1)
    a, b, _ = np.linalg.lstsq(design, values, rcond=None)[0]
    return float(np.hypot(a, b)), float(np.arctan2(-b, a) / (2 * np.pi * f_hz))


# ------------------------------------------------------------------------------------- outliers


@pytest.mark.parametrize("frames", [slice(200, 201), slice(200, 203), slice(200, 206)])
@pytest.mark.parametrize("name", ["right_ankle", "left_heel", "right_foot_index"])
def test_outliers_are_replaced_by_what_belongs_there(frames: slice, name: str) -> None:
    track, _ = runner(60, 8, noise_px=1)
    bad = moved(track, name, frames, by_legs=0.4)
    assert np.isnan(drop_outliers(bad)[name][frames]).all()
    # A hundred ms of a foot is bridged within 8 % of the leg at worst; the error was 40 %.
    assert apart(clean(bad), clean(track), name).max() < 0.08


def test_one_bad_frame_is_found_in_a_video_too_short_to_be_periodic() -> None:
    track, _ = runner(60, 1)
    bad = drop_outliers(moved(track, "right_ankle", slice(30, 31), by_legs=0.4))
    assert np.isnan(bad["right_ankle"][30]).all()


@pytest.mark.parametrize("fps_hz", [30, 60, 120])
@pytest.mark.parametrize("scene", [*RUNNING.values(), *WALKING.values()])
@pytest.mark.parametrize("surface", ["treadmill", "overground"])
def test_nothing_is_dropped_from_a_good_track(fps_hz: float, scene, surface: str) -> None:
    track, _ = runner(fps_hz, 6, noise_px=2, surface=surface, **scene)
    np.testing.assert_array_equal(drop_outliers(track).xy, track.xy)


def test_a_stumble_is_no_outlier_of_the_good_strides() -> None:
    track, _ = runner(60, 8)
    bad = drop_outliers(moved(track, "right_ankle", slice(200, 230), by_legs=0.4))
    elsewhere = np.ones(len(track), dtype=bool)
    elsewhere[200:230] = False
    assert np.isfinite(bad.xy[elsewhere]).all()


# ----------------------------------------------------------------------------------------- gaps


@pytest.mark.parametrize("fps_hz", [30, 60, 120])
def test_gaps_are_filled_up_to_the_limit_and_no_further(fps_hz: float) -> None:
    longest = int(FILL_S * fps_hz + 1e-6)
    for n, filled in ((longest, True), (longest + 1, False)):
        track, _ = runner(fps_hz, 4)
        first = round(2 * fps_hz)
        gone = fill_gaps(without_person(track, track.time[first], track.time[first + n - 1]))
        inside = np.isfinite(gone.xy[first : first + n])
        assert inside.all() if filled else not inside.any()
        # Nothing but the gap is touched.
        rest = np.r_[:first, first + n : len(track)]
        np.testing.assert_array_equal(gone.xy[rest], track.xy[rest])


def test_a_filled_gap_follows_the_motion() -> None:
    # Four frames at the crest of a 2 Hz motion, as fast as a foot turns around in early swing.
    time = even(60, 3)
    wave = track_of(time, 100 * np.sin(2 * np.pi * 2 * time))
    filled = fill_gaps(without_person(wave, time[81], time[84]))
    # An interpolation that does not overshoot bridges a crest by its chord: 1 - cos(w T / 2).
    np.testing.assert_allclose(filled["left_ankle"][:, 0], wave["left_ankle"][:, 0], atol=13.5)


def test_ends_of_the_video_are_not_made_up() -> None:
    track, _ = runner(60, 4)
    gone = without_person(without_person(track, 0, 0.04), 3.95, 4)
    missing = np.isnan(clean(gone).xy).all(axis=(1, 2))
    assert (
        np.flatnonzero(missing).tolist()
        == np.flatnonzero(np.isnan(gone.xy).all(axis=(1, 2))).tolist()
    )


def test_long_gaps_stay_and_are_counted() -> None:
    track, _ = runner(60, 4)
    cleaned = clean(without_person(track, 2.0, 2.5))
    missing = np.isnan(cleaned.xy).all(axis=(1, 2))
    np.testing.assert_allclose(track.time[missing][[0, -1]], [2.0, 2.5], atol=0.5 / 60)
    assert f"{missing.sum() * len(track.names)} left missing" in " ".join(cleaned.steps)


# ------------------------------------------------------------------------------------- low-pass

RATES = [(120, 6.0), (240, 10.0)]
NEARER_TO_NYQUIST = [(30, 4.0), (30, 7.5), (60, 6.0), (60, 12.0), (120, 12.0)]


@pytest.mark.parametrize(
    ("fps_hz", "cutoff_hz"),
    [*RATES, *NEARER_TO_NYQUIST],
)
def test_the_cut_off_is_the_frequency_of_half_power(fps_hz: float, cutoff_hz: float) -> None:
    time = even(fps_hz, 8)
    out = lowpass(track_of(time, np.sin(2 * np.pi * cutoff_hz * time)), cutoff_hz)
    middle = slice(len(time) // 8, -len(time) // 8)  # beside the ends of the video
    amplitude, _ = swing_and_phase(time[middle], out["left_ankle"][middle, 0], cutoff_hz)
    # 0.802 is rounded: (1 + 0.802^4)^-2 is 0.5004. What is left comes from the ends of the video.
    assert amplitude**2 == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize(("fps_hz", "cutoff_hz"), [*RATES, *NEARER_TO_NYQUIST])
@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_no_frequency_is_delayed(fps_hz: float, cutoff_hz: float, share: float) -> None:
    time = even(fps_hz, 8)
    f_hz = share * cutoff_hz
    out = lowpass(track_of(time, np.sin(2 * np.pi * f_hz * time)), cutoff_hz)
    middle = slice(len(time) // 8, -len(time) // 8)
    amplitude, delay_s = swing_and_phase(time[middle], out["left_ankle"][middle, 0], f_hz)
    # Forward and backward cancel; what is left comes from the ends of the video.
    assert delay_s == pytest.approx(0, abs=2e-5)
    assert 0.4 < amplitude <= 1


@pytest.mark.parametrize("fps_hz", [30, 60, 120])
def test_position_and_speed_pass_unchanged_to_the_ends(fps_hz: float) -> None:
    time = even(fps_hz, 2)
    line = track_of(time, 5 + 30 * time)
    out = lowpass(line, default_cutoff_hz(fps_hz))
    np.testing.assert_allclose(out.xy, line.xy, atol=1e-6)


def test_uneven_frames_give_the_same_curve() -> None:
    rng = np.random.default_rng(0)
    time = even(60, 6)
    uneven = time + rng.uniform(-0.4, 0.4, len(time)) / 60
    expected, found = (
        lowpass(track_of(t, np.sin(2 * np.pi * 2 * t)), 10)["left_ankle"][:, 0]
        for t in (time, uneven)
    )
    at = np.interp(uneven[30:-30], time, expected)
    # Linear interpolation, here and back from the finer grid: (w dt)^2 / 8 of the amplitude, 0.6 %,
    # and the curve between frames that are up to 1.8 frames apart.
    np.testing.assert_allclose(found[30:-30], at, atol=0.02)


@pytest.mark.parametrize("f_hz", [2, 4, 6])
def test_frames_that_alternate_are_no_low_pass_of_their_own(f_hz: float) -> None:
    alternating = np.cumsum(np.tile([2, 3], 60)) / 60  # 33 and 50 ms: a phone in dim light
    found = lowpass(track_of(alternating, np.sin(2 * np.pi * f_hz * alternating)), 8)
    amplitude, _ = swing_and_phase(alternating[20:-20], found["left_ankle"][20:-20, 0], f_hz)
    # Two passes of a filter of second order; the curve between frames leaves the rest.
    assert amplitude == pytest.approx(1 / (1 + (0.802 * f_hz / 8) ** 4), rel=0.15)


def test_a_dropped_frame_does_not_shift_the_rest() -> None:
    time = np.delete(even(60, 6), [100, 200, 201])
    wave = track_of(time, np.sin(2 * np.pi * 2 * time))
    out = lowpass(wave, 10)
    amplitude, delay_s = swing_and_phase(time[30:-30], out["left_ankle"][30:-30, 0], 2)
    assert delay_s == pytest.approx(0, abs=2e-4)
    assert amplitude == pytest.approx(1, abs=0.01)


def test_both_sides_of_a_gap_are_filtered_apart() -> None:
    # Were the gap bridged, its step would ring into the constants on both sides.
    time = even(60, 3)
    step = without_person(track_of(time, np.where(time < 1.5, 0.0, 1000.0)), 1.3, 1.7)
    out = lowpass(step, 10)["left_ankle"][:, 0]
    np.testing.assert_allclose(out[time < 1.3], 0, atol=1e-9)
    np.testing.assert_allclose(out[time > 1.71], 1000, atol=1e-6)
    assert np.isnan(out[(time >= 1.3) & (time <= 1.7)]).all()


def test_a_cut_off_beyond_the_frame_rate_leaves_the_track_and_says_so() -> None:
    track, _ = runner(30, 2, noise_px=2)
    out = lowpass(track, 14.9)
    np.testing.assert_array_equal(out.xy, track.xy)
    assert out.steps[-1] == "no low-pass: 14.9 Hz is too close to 30 fps"


@pytest.mark.parametrize("fps_hz", [20, 24, 25, 29.97, 50, 60, 119.88, 240])
def test_the_default_cut_off_suits_every_usual_frame_rate(fps_hz: float) -> None:
    track = track_of(even(fps_hz, 1), even(fps_hz, 1))
    cutoff_hz = default_cutoff_hz(fps_hz)
    assert lowpass(track, cutoff_hz).steps == (f"low-pass {cutoff_hz:g} Hz, zero lag",)


# ------------------------------------------------------------------------------- all of it at once


@pytest.mark.parametrize("fps_hz", [30, 60, 120])
def test_cleaning_brings_a_noisy_track_nearer_to_the_truth(fps_hz: float) -> None:
    true, _ = runner(fps_hz, 6)
    noisy, _ = runner(fps_hz, 6, noise_px=3)
    cleaned = clean(noisy)
    for name in ("right_hip", "right_knee", "left_ankle"):
        before, after = (np.sqrt((apart(t, true, name) ** 2).mean()) for t in (noisy, cleaned))
        # White noise loses the share of the spectrum above the cut-off; half of it at 30 fps is
        # given back by the corners of the foot's path that are rounded.
        assert after < 0.9 * before, name


def test_every_step_is_noted_in_order() -> None:
    track, _ = runner(60, 4)
    steps = clean(track.with_(steps=("model",))).steps
    assert [s.split()[0] for s in steps] == ["model", "legs", "outliers:", "gaps:", "low-pass"]


def test_three_frames_are_passed_on() -> None:
    track, _ = runner(30, 0.1)
    np.testing.assert_array_equal(clean(track).xy, track.xy)


few = settings(max_examples=10, deadline=None, derandomize=True, phases=[Phase.generate])


@few
@given(zoom=st.floats(0.2, 5), dx=st.floats(-500, 500), dy=st.floats(-500, 500))
def test_size_and_place_in_the_picture_change_nothing(zoom: float, dx: float, dy: float) -> None:
    track, _ = runner(60, 3, noise_px=2, missing_s=(1.0, 1.05))
    here = clean(track).xy * zoom + [dx, dy]
    there = clean(track.with_(xy=zoom * track.xy + [dx, dy])).xy
    np.testing.assert_allclose(there, here, atol=1e-6)


@few
@given(seed=st.integers(0, 99))
def test_the_mirrored_video_is_cleaned_alike(seed: int) -> None:
    track, _ = runner(60, 3, noise_px=2, seed=seed)
    np.testing.assert_allclose(clean(track.mirrored()).xy, clean(track).mirrored().xy, atol=1e-9)


@few
@given(seed=st.integers(0, 99))
def test_the_video_played_backwards_is_cleaned_alike(seed: int) -> None:
    # Whatever lags in one direction leads in the other.
    track, _ = runner(60, 3, noise_px=2, seed=seed)
    back = track.with_(time=track.time[-1] - track.time[::-1], xy=track.xy[::-1])
    # The two passes of the filter start from opposite ends of the video.
    middle = slice(30, -30)
    np.testing.assert_allclose(clean(back).xy[::-1][middle], clean(track).xy[middle], atol=0.01)
