"""The near knee bridged across passings: exact tracks, and pictures whose motion is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from columns import with_only

from gait.analysis.analyze import analyze_track
from gait.analysis.cleaning.filtering import clean
from gait.analysis.cleaning.knee_fusion import CLOSURE, _filled, bridge, fuse
from gait.analysis.results import Analysis
from gait.io import read_npz
from gait.pose.pixels.knee_flow import PASSING, KneeFollower, knees_apart, patch_motion
from gait.settings import Settings
from gait.types import DerivedSignals, Float, KneeSignals, LegSignals, PixelSignals, PoseTrack
from gait.validation.truth import TRACKS

LEG_PX = 200.0
FPS_HZ = 60.0
STRIDE_S = 0.7
NAMES = tuple(f"{s}_{p}" for s in ("left", "right") for p in ("hip", "knee", "ankle"))
NEAR = "right"


def attracted() -> tuple[PoseTrack, Float]:
    """Knees that swing past each other, landmarks drawn together while they do; the true knee."""
    time = np.arange(240) / FPS_HZ
    swing = 0.25 * LEG_PX * np.sin(2 * np.pi * time / STRIDE_S)
    xy = np.full((len(time), len(NAMES), 2), 300.0)
    for side, sign in (("left", -1), ("right", 1)):
        xy[:, NAMES.index(f"{side}_hip"), 1] = 200
        xy[:, NAMES.index(f"{side}_knee"), 0] = 300 + sign * swing
        xy[:, NAMES.index(f"{side}_ankle")] += np.stack([2 * sign * swing, 0 * swing + 100], axis=1)
    truth = xy[:, NAMES.index(f"{NEAR}_knee")].copy()
    near = 0.5 * np.abs(2 * swing) / LEG_PX < 0.5 * PASSING
    xy[near, NAMES.index(f"{NEAR}_knee"), 0] -= 0.05 * LEG_PX
    track = PoseTrack(time, xy, np.ones(xy.shape[:2]), NAMES, (600, 600))
    return track, truth


def measured(track: PoseTrack, motion: Float) -> PoseTrack:
    return with_only(
        track, {f"{NEAR}_knee_flow_{axis}_px": motion[:, i] for i, axis in enumerate("xy")}
    )


def steps_of(path: Float) -> Float:
    return np.vstack([[[np.nan, np.nan]], np.diff(path, axis=0)])


def error_px(track: PoseTrack, truth: Float) -> float:
    """Largest distance to the truth, without the passings that the ends of the video cut."""
    inside = slice(20, -20)
    return float(np.linalg.norm(track[f"{NEAR}_knee"] - truth, axis=1)[inside].max())


class TestBridge:
    def test_puts_an_attracted_knee_back(self) -> None:
        track, truth = attracted()
        assert error_px(track, truth) == pytest.approx(0.05 * LEG_PX)
        fixed = bridge(measured(track, steps_of(truth)))
        # The landmarks of a passing keep a small weight: a fifth of their error is allowed.
        assert error_px(fixed, truth) < 0.01 * LEG_PX
        assert "bridged" in fixed.steps[-1]

    def test_drift_is_held_at_both_ends(self) -> None:
        track, truth = attracted()
        motion = steps_of(truth) + np.array([0.5, 0.0])
        # 0.5 px per frame over the ten frames of a passing is 5 px; tied at both ends, half of it.
        assert error_px(bridge(measured(track, motion)), truth) < 0.015 * LEG_PX

    def test_unknown_motion_outside_the_passings_does_not_matter(self) -> None:
        track, truth = attracted()
        motion = steps_of(truth)
        motion[np.flatnonzero(knees_apart(track) > 2 * PASSING)] = np.nan
        assert error_px(bridge(measured(track, motion)), truth) < 0.015 * LEG_PX

    def test_a_passing_with_unknown_motion_keeps_its_landmarks(self) -> None:
        track, truth = attracted()
        motion = steps_of(truth)
        passing = np.flatnonzero(knees_apart(track) <= PASSING)
        motion[passing[np.argmin(np.abs(passing - 120))]] = np.nan
        assert error_px(bridge(measured(track, motion)), truth) < 0.051 * LEG_PX

    def test_leaves_the_other_knee_alone(self) -> None:
        track, truth = attracted()
        fixed = bridge(measured(track, steps_of(truth)))
        np.testing.assert_array_equal(fixed["left_knee"], track["left_knee"])

    def test_without_the_signals_nothing_happens(self) -> None:
        track, _ = attracted()
        assert bridge(track) is track

    def test_motion_that_contradicts_the_landmarks_is_not_used(self) -> None:
        track, truth = attracted()
        # The background stands still: motion 0 while the knee crosses 0.2 of the leg and more.
        still = bridge(measured(track, np.zeros_like(truth)))
        np.testing.assert_array_equal(still.xy, track.xy)
        assert "not used" in still.steps[-1]

    def test_one_bad_passing_does_not_spoil_the_others(self) -> None:
        track, truth = attracted()
        motion = steps_of(truth)
        passing = np.flatnonzero(knees_apart(track) <= PASSING)
        middle = passing[np.argmin(np.abs(passing - 120))]
        motion[middle] += [2.5 * CLOSURE * LEG_PX, 0.0]
        fixed = bridge(measured(track, motion))
        far = np.abs(np.arange(len(track)) - middle) > 15
        far[:20] = far[-20:] = False
        off = np.linalg.norm(fixed[f"{NEAR}_knee"] - truth, axis=1)
        assert off[far].max() < 0.01 * LEG_PX
        # There, the landmark is kept, as it was.
        assert off.max() < 0.06 * LEG_PX

    def test_knees_that_never_part_are_left_alone(self) -> None:
        track, truth = attracted()
        xy = track.xy.copy()
        xy[:, NAMES.index("left_knee")] = xy[:, NAMES.index("right_knee")] - [10.0, 0.0]
        together = measured(track.with_(xy=xy), steps_of(truth))
        np.testing.assert_array_equal(bridge(together).xy, xy)

    def test_is_part_of_cleaning(self) -> None:
        track, truth = attracted()
        cleaned = clean(measured(track, steps_of(truth)))
        assert any("bridged" in step for step in cleaned.steps)


class TestFuse:
    def test_exact_measurements_are_kept(self) -> None:
        path = np.cumsum(np.random.default_rng(1).normal(0, 0.02, (50, 2)), axis=0)
        fused = fuse(path, steps_of(path), np.zeros(50, bool))
        np.testing.assert_allclose(fused, path, atol=1e-9)

    def test_missing_positions_stay_missing(self) -> None:
        path = np.zeros((20, 2))
        path[5:8] = np.nan
        fused = fuse(path, np.full((20, 2), np.nan), np.zeros(20, bool))
        assert np.isnan(fused[5:8]).all()
        np.testing.assert_allclose(fused[:5], 0, atol=1e-12)

    def test_nothing_seen(self) -> None:
        nothing = np.full((5, 2), np.nan)
        assert np.isnan(fuse(nothing, nothing, np.zeros(5, bool))).all()


def picture(centre: Float) -> np.ndarray:
    """A textured square around a place on an even background, moved with sub-pixel precision."""
    y, x = np.mgrid[:600, :600].astype(float)
    u, v = x - centre[0], y - centre[1]
    inside = 1 / (1 + np.exp((np.maximum(np.abs(u), np.abs(v)) - 30) / 1.5))
    value = 120 + inside * (40 + 30 * np.sin(u / 4) * np.cos(v / 5))
    return np.repeat(value.astype(np.uint8)[..., None], 3, axis=2)


class TestFlow:
    def test_measures_a_known_motion(self) -> None:
        start, motion = np.array([300.0, 300.0]), np.array([6.3, -2.4])
        found = patch_motion(picture(start), picture(start + motion), start, LEG_PX)
        # Lucas-Kanade is good to a tenth of a pixel on a sharp noiseless picture.
        np.testing.assert_allclose(found, motion, atol=0.1)

    def test_large_pictures_are_measured_in_their_own_pixels(self) -> None:
        start, motion = np.array([300.0, 300.0]), np.array([6.3, -2.4])
        found = patch_motion(picture(start), picture(start + motion), start, 1.5 * LEG_PX)
        np.testing.assert_allclose(found, motion, atol=0.2)

    def test_a_wall_with_more_corners_than_the_knee_stands_still_without_it(self) -> None:
        start, motion = np.array([300.0, 300.0]), np.array([8.0, 0.0])
        wall = np.random.default_rng(3).integers(80, 180, (61, 61)).astype(np.uint8)
        wall = np.kron(wall, np.ones((10, 10), np.uint8))[:600, :600]  # sharp

        def in_front(centre: Float) -> np.ndarray:
            image = np.repeat(wall[..., None], 3, axis=2)
            x, y = np.round(centre).astype(int)
            knee = np.s_[y - 10 : y + 10, x - 10 : x + 10]
            image[knee] = picture(centre)[knee]
            return image

        pictures = in_front(start), in_front(start + motion)
        taken_in = patch_motion(*pictures, start, LEG_PX)
        assert taken_in[0] < 5  # what the test is about: the wall takes half of it
        drawn = motion + 1.5  # a landmark is not exact
        found = patch_motion(*pictures, start, LEG_PX, (drawn, np.full(2, np.nan)))
        np.testing.assert_allclose(found, motion, atol=0.5)

    def test_nothing_to_see(self) -> None:
        even = np.full((600, 600, 3), 120, np.uint8)
        assert np.isnan(patch_motion(even, even, np.array([300.0, 300.0]), LEG_PX)).all()

    def test_too_near_the_border(self) -> None:
        image = picture(np.array([20.0, 300.0]))
        assert np.isnan(patch_motion(image, image, np.array([20.0, 300.0]), LEG_PX)).all()

    def test_follows_the_knee_through_its_passings(self) -> None:
        track, truth = attracted()
        follower = KneeFollower()
        found = [
            follower.step(picture(truth[i]), dict(zip(NAMES, track.xy[i], strict=True)), i / FPS_HZ)
            for i in range(60)
        ]
        followed = np.array([f.knees_followed for f in found])
        motion = np.array([f.right_knee_flow_x_px for f in found])
        passing = knees_apart(track)[:60] <= PASSING
        # The first frames have no frame with the knees apart before them to start from.
        passing[: int(np.argmin(passing))] = False
        assert (followed[passing] > 0).all()
        assert np.isnan(motion[followed == 0]).all()
        # The landmark jumps by 10 px where the knees pass; the picture's motion does not.
        error = motion - steps_of(truth)[:60, 0]
        assert np.nanmax(np.abs(error)) < 0.5

    def test_every_passing_is_begun_once(self) -> None:
        track, truth = attracted()
        follower = KneeFollower()
        followed = [
            follower.step(picture(truth[i]), dict(zip(NAMES, track.xy[i], strict=True)), i / FPS_HZ)
            for i in range(80)
        ]
        begun = [i for i, f in enumerate(followed) if f.knees_followed == 1]
        # 80 frames at 60 Hz are 1.9 strides of two passings each; the first is cut by the start.
        assert len(begun) == 3

    @pytest.mark.parametrize("slower", [1, 8])
    def test_knees_that_stay_together_are_given_up(self, slower: int) -> None:
        track, truth = attracted()
        points = dict(zip(NAMES, track.xy[0], strict=True))
        apart = {**points, "left_knee": points["left_knee"] - [100.0, 0.0]}
        follower = KneeFollower()
        follower.step(picture(truth[0]), apart, 0.0)
        followed = [
            follower.step(picture(truth[0]), points, slower * i / FPS_HZ).knees_followed
            for i in range(1, 70)
        ]
        assert followed[0] == 1
        assert followed[45] == 2  # a passing at 240 frames per second, however slowly it plays
        assert followed[-1] == 0

    def test_nobody_in_the_picture(self) -> None:
        follower = KneeFollower()
        for i in range(3):
            signals = follower.step(picture(np.array([300.0, 300.0])), {}, i / FPS_HZ)
        assert signals.knees_followed == 0


def test_motion_measured_under_exchanged_names_finds_its_leg() -> None:
    track, truth = attracted()
    motion = steps_of(truth)
    still = np.zeros_like(motion)
    # Feet that point to image right: the right knee is the near one.
    names = (*NAMES, *(f"{s}_{p}" for s in ("left", "right") for p in ("heel", "foot_index")))
    feet = np.full((len(track), 4, 2), 420.0)
    feet[:, 1::2, 0] += 40.0
    passing = knees_apart(track) <= PASSING
    swapped = np.zeros(len(track))
    followed = np.zeros(len(track))
    for i in range(1, len(track)):
        if passing[i] or passing[i - 1]:
            followed[i] = 2.0 if followed[i - 1] > 0 else 1.0
    # In the frame before the third passing the model had the names exchanged.
    third = np.flatnonzero(followed == 1)[2]
    swapped[third - 1] = 1.0
    during = np.arange(third, third + int(np.argmin(followed[third:])))
    right, left = motion.copy(), still.copy()
    right[during], left[during] = still[during], motion[during]
    right[followed == 0] = left[followed == 0] = np.nan
    full = PoseTrack(
        track.time,
        np.concatenate([track.xy, feet], axis=1),
        np.ones((len(track), len(names))),
        names,
        track.size,
        signals=PixelSignals(knees=KneeSignals(*left.T, *right.T, followed)),
        derived=DerivedSignals(legs=LegSignals(swapped, np.zeros(len(track)))),
    )
    assert error_px(bridge(full), truth) < 0.01 * LEG_PX


def test_motions_that_are_unknown_lie_between_the_others() -> None:
    motion = np.stack([np.linspace(1, 2, 11), np.linspace(0, -1, 11)], axis=1)
    gappy = motion.copy()
    gappy[[2, 5, 6]] = np.nan
    assert _filled(gappy) == pytest.approx(motion)
    gappy[:6] = np.nan
    assert np.isnan(_filled(gappy)).any()  # most are unknown


def test_the_interval_of_the_near_knee_knows_whether_the_passing_was_corrected() -> None:
    folder = TRACKS / "side_normal"
    track = read_npz(folder / "pose.npz")[0]
    blind = track.with_(signals=replace(track.signals, knees=None))
    settings = Settings(speed_mps=3.0, height_m=1.84)
    carried = analyze_track(track, settings)
    uncarried = analyze_track(blind, settings)

    def half(analysis: Analysis, metric: str, side: str) -> float:
        summary = analysis.summary(metric, side)
        assert summary is not None
        assert summary.ci95 is not None, summary.limit
        return (summary.ci95[1] - summary.ci95[0]) / 2

    near, far = "right", "left"
    assert carried.view.near_side == near
    for metric in ("knee_flexion_ic", "knee_flexion_excursion", "tibia_angle_ic"):
        assert half(uncarried, metric, near) > 1.1 * half(carried, metric, near)
        assert half(uncarried, metric, far) == pytest.approx(half(carried, metric, far), rel=0.05)
    assert half(uncarried, "knee_flexion_peak_swing", near) == pytest.approx(
        half(carried, "knee_flexion_peak_swing", near), rel=0.1
    )
