"""Legs exchanged on purpose are put right again, and nothing else is touched."""

from __future__ import annotations

import numpy as np
import pytest
from data_tracks import RUNNING, WALKING, exchange_legs, frames_near, from_behind, without_person
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from synthetic import runner

from gait.analysis.cleaning.leg_swaps import repair_sides, shifted, stride_period_frames
from gait.skeleton import FOOT, SHANK_AND_FOOT
from gait.types import PoseTrack

NOISE_PX = 2.0
"""1 % of the leg, which is what a good pose model leaves."""


def swapped(track: PoseTrack) -> np.ndarray:
    return track.columns()["swapped"] == 1


def assert_undone(track: PoseTrack, exchanged: np.ndarray) -> None:
    """Every exchanged frame is found and no other; every point is back to the last bit."""
    repaired = repair_sides(exchange_legs(track, exchanged))
    np.testing.assert_array_equal(swapped(repaired), exchanged)
    np.testing.assert_array_equal(repaired.xy, track.xy)
    np.testing.assert_array_equal(repaired.score, track.score)
    assert repaired.columns()["swap_undecided"].sum() == 0
    assert f"in {exchanged.sum()} frames, 0 undecided" in repaired.steps[-1]


@pytest.mark.parametrize("fps_hz", [30, 60, 120])
@pytest.mark.parametrize("run", [1, 2, 3, 4])
def test_runs_at_foot_strike_are_undone(fps_hz: float, run: int) -> None:
    track, truth = runner(fps_hz, 6, noise_px=NOISE_PX)
    strikes = [e.time_s for e in truth.events if e.kind == "strike"]
    assert_undone(track, frames_near(track, strikes, run))


def test_from_behind_feet_that_are_exchanged_in_every_stride_are_undone() -> None:
    # What BlazePose does while one foot passes in front of the other: 5 of 42 frames, knees right.
    behind = from_behind(runner(60, 10, noise_px=NOISE_PX)[0])
    _, truth = runner(60, 10)
    middle = [(s.strike_s + s.off_s) / 2 - 2 / 60 for s in truth.strides]
    exchanged = frames_near(behind, middle, 5)
    xy = behind.xy.copy()
    for point in FOOT:
        left, right = behind.index(f"left_{point}"), behind.index(f"right_{point}")
        xy[exchanged, left] = behind.xy[exchanged, right]
        xy[exchanged, right] = behind.xy[exchanged, left]
    repaired = repair_sides(behind.with_(xy=xy))
    np.testing.assert_array_equal(swapped(repaired), exchanged)
    np.testing.assert_array_equal(repaired.xy, behind.xy)


@pytest.mark.parametrize("fps_hz", [30, 60, 120])
def test_a_third_of_the_frames_at_random_is_undone(fps_hz: float) -> None:
    track, _ = runner(fps_hz, 6, noise_px=NOISE_PX)
    assert_undone(track, np.random.default_rng(3).random(len(track)) < 0.3)


def test_a_run_of_twenty_frames_is_undone() -> None:
    # Half a stride at 60 fps: smooth motion alone would rather keep two breaks than twenty labels.
    track, _ = runner(60, 10, noise_px=NOISE_PX)
    assert_undone(track, frames_near(track, [4.0], 20))


def test_runs_at_both_ends_of_the_video_are_undone() -> None:
    track, _ = runner(60, 6, noise_px=NOISE_PX)
    ends = np.ones(len(track), dtype=bool)
    ends[5:-5] = False
    assert_undone(track, ends)


def test_runs_beside_a_gap_are_undone() -> None:
    track, _ = runner(60, 8, noise_px=NOISE_PX)
    track = without_person(track, 3.0, 3.6)
    assert_undone(track, frames_near(track, [2.95, 3.61], 3))


VIDEOS = {
    **{name: runner(60, 6, noise_px=NOISE_PX, **scene)[0] for name, scene in RUNNING.items()},
    **{name: runner(60, 6, noise_px=NOISE_PX, **scene)[0] for name, scene in WALKING.items()},
    "overground": runner(60, 6, noise_px=NOISE_PX, surface="overground", facing="left")[0],
    "uneven frames": runner(60, 6, noise_px=NOISE_PX, dt_jitter=0.4)[0],
    "limping": runner(60, 6, noise_px=NOISE_PX, step_asymmetry=0.1)[0],
    "from behind": from_behind(runner(60, 6)[0]),
    "one second": runner(60, 1, noise_px=NOISE_PX)[0],
}


@pytest.mark.parametrize("video", VIDEOS.values(), ids=VIDEOS.keys())
def test_a_video_without_exchanges_is_left_alone(video: PoseTrack) -> None:
    assert_undone(video, np.zeros(len(video), dtype=bool))


@settings(max_examples=20, deadline=None, derandomize=True, phases=[Phase.generate])
@given(data=st.data(), share=st.floats(0, 0.35), seed=st.integers(0, 99))
def test_any_pattern_short_of_half_the_frames_is_undone(data, share, seed) -> None:
    # From behind, where left and right do not cross, some exchanges cannot be told.
    name = data.draw(st.sampled_from(sorted(VIDEOS.keys() - {"one second", "from behind"})))
    track = VIDEOS[name]
    assert_undone(track, np.random.default_rng(seed).random(len(track)) < share)


def test_both_legs_on_one_cannot_be_decided() -> None:
    # Where both shanks are drawn on one leg there is nothing to exchange and nothing to know.
    track, _ = runner(60, 6, noise_px=NOISE_PX)
    xy = track.xy.copy()
    frames = slice(200, 203)
    for point in SHANK_AND_FOOT:
        xy[frames, track.index(f"left_{point}")] = xy[frames, track.index(f"right_{point}")]
    repaired = repair_sides(track.with_(xy=xy))
    assert swapped(repaired).sum() == 0
    assert np.flatnonzero(repaired.columns()["swap_undecided"]).tolist() == [200, 201, 202]


def test_frames_without_a_person_are_neither_exchanged_nor_undecided() -> None:
    track = without_person(runner(60, 6)[0], 2.0, 3.0)
    repaired = repair_sides(track)
    assert swapped(repaired).sum() == repaired.columns()["swap_undecided"].sum() == 0


def test_only_shank_and_foot_are_exchanged() -> None:
    track, _ = runner(60, 6)
    broken = exchange_legs(track, frames_near(track, [3.0], 4))
    moved = (repair_sides(broken).xy != broken.xy).any(axis=(0, 2))
    names = {name for name, m in zip(track.names, moved, strict=True) if m}
    assert names == {f"{side}_{p}" for side in ("left", "right") for p in SHANK_AND_FOOT}


def test_the_mirrored_video_is_repaired_alike() -> None:
    track, _ = runner(60, 6, noise_px=NOISE_PX)
    broken = exchange_legs(track, np.random.default_rng(1).random(len(track)) < 0.2)
    np.testing.assert_array_equal(
        swapped(repair_sides(broken.mirrored())), swapped(repair_sides(broken))
    )


def test_a_track_without_ankles_is_passed_on() -> None:
    full, _ = runner(60, 1)
    keep = [i for i, name in enumerate(full.names) if "ankle" not in name]
    track = full.with_(
        xy=full.xy[:, keep], score=full.score[:, keep], names=tuple(full.names[i] for i in keep)
    )
    repaired = repair_sides(track)
    np.testing.assert_array_equal(repaired.xy, track.xy)
    assert swapped(repaired).sum() == repaired.columns()["swap_undecided"].sum() == 0


# ---------------------------------------------------------------------------------- stride period


@pytest.mark.parametrize("fps_hz", [24, 30, 60, 120, 240])
@pytest.mark.parametrize("cadence_spm", [100, 150, 170, 200])
def test_the_stride_period_is_that_of_the_legs(fps_hz: float, cadence_spm: float) -> None:
    speed_mps, contact_s = (1.0, 0.77) if cadence_spm == 100 else (2.5, 0.22)
    track, _ = runner(fps_hz, 6, cadence_spm=cadence_spm, contact_s=contact_s, speed_mps=speed_mps)
    legs = track["left_ankle"] - track["right_ankle"]
    period, periodicity = stride_period_frames(legs, fps_hz)
    # The peak is a parabola through three lags: a tenth of a frame is what that resolves.
    assert period == pytest.approx(fps_hz * 120 / cadence_spm, abs=0.1)
    assert 0.9 < periodicity <= 1


def test_less_than_two_strides_have_no_period() -> None:
    track, _ = runner(30, 0.8)
    period, periodicity = stride_period_frames(track["left_ankle"] - track["right_ankle"], 30)
    assert np.isnan(period)
    assert periodicity == 0


def test_noise_has_no_periodicity() -> None:
    noise = np.random.default_rng(0).normal(size=(600, 2))
    # Of some 70 lags the best by chance; independent samples correlate within ±3/sqrt(600).
    assert stride_period_frames(noise, 60)[1] < 0.15


def test_shifting_reads_between_frames_and_never_beside_a_gap() -> None:
    values = np.array([[0.0], [10.0], [20.0], [np.nan], [40.0], [50.0]])
    later, back = shifted(values, 0.25)[:, 0], shifted(values, -1)[:, 0]
    np.testing.assert_allclose(later, [2.5, 12.5, np.nan, np.nan, 42.5, np.nan])
    np.testing.assert_allclose(back, [np.nan, 0, 10, np.nan, np.nan, 40])
