"""The outline of the legs, read from drawn silhouettes, and the legs that are put on it."""

from __future__ import annotations

from dataclasses import astuple

import numpy as np
import pytest
from columns import with_also, with_only

from gait.analysis.cleaning.filtering import clean
from gait.analysis.cleaning.leg_swaps import repair_sides
from gait.analysis.cleaning.silhouette_fit import put_on_outline
from gait.pose.pixels.silhouette import outline
from gait.types import SIDES, Float, PoseTrack

# A figure of boxes: hips 40 px wide at y 100, knees at y 184, soles at y 300. Heights above the
# sole in shares of 200 px: hips 1, knees 0.58, ankles 0.13.
SIZE = (200, 320)
HIPS = np.array([100.0, 100.0])
SOLE_Y = 300.0


def figure(low_x: float = 92.0, lifted_x: float = 112.0) -> tuple[np.ndarray, dict[str, Float]]:
    """Mask and landmarks; the left leg stands at `low_x`, the right foot is lifted to the knee."""
    mask = np.zeros(SIZE[::-1], np.float32)
    mask[40:150, 80:120] = 1  # trunk and thighs
    mask[150:200, 84:120] = 1  # knees
    left = int(low_x)
    mask[200:285, left - 7 : left + 8] = 1  # shank of the standing leg: 15 px wide
    mask[285:300, left - 14 : left + 12] = 1  # its shoe, toes out
    right = int(lifted_x)
    mask[200:240, right - 6 : right + 6] = 1  # the lifted foot
    points = {
        "left_hip": np.array([90.0, 100.0]),
        "right_hip": np.array([110.0, 100.0]),
        "left_knee": np.array([95.0, 184.0]),
        "right_knee": np.array([110.0, 184.0]),
        "left_ankle": np.array([low_x + 3, 270.0]),
        "right_ankle": np.array([lifted_x, 220.0]),
    }
    return mask, points


def test_edges_and_ankle_are_where_they_were_drawn() -> None:
    found = outline(*figure())
    assert found.hips_width_px == pytest.approx(40, abs=0.1)
    assert found.hips_centre_x_px == pytest.approx(0, abs=0.1)
    assert found.knees_width_px == pytest.approx(36, abs=0.1)
    assert found.knees_centre_x_px == pytest.approx(2, abs=0.1)
    assert found.low_foot_x_px == pytest.approx(92.5 - 100, abs=0.1)
    assert found.hips_height_px == pytest.approx(200, abs=1)


def test_an_edge_between_two_pixels_is_found_there() -> None:
    mask, points = figure()
    # From 0.75 at 83.5 to 0 at 82.5, the mask passes 0.5 at 83 1/6.
    mask[150:200, 83] = 0.75
    assert outline(mask, points).knees_width_px == pytest.approx(36 + 5 / 6, abs=0.01)


def test_the_mirrored_picture_has_the_mirrored_outline() -> None:
    mask, points = figure()
    turned = {n: np.array([SIZE[0] - x, y]) for n, (x, y) in points.items()}
    found, mirrored = outline(mask, points), outline(mask[:, ::-1], turned)
    assert astuple(mirrored) == pytest.approx(astuple(found.mirrored(SIZE[0])), abs=1e-3)
    assert mirrored.knees_centre_x_px == pytest.approx(-2, abs=0.1)


def test_exchanged_names_change_nothing() -> None:
    mask, points = figure()
    swapped = {
        n.replace("left", "?").replace("right", "left").replace("?", "right"): p
        for n, p in points.items()
    }
    assert astuple(outline(mask, swapped)) == astuple(outline(mask, points))


def test_an_ankle_behind_the_other_foot_is_not_made_up() -> None:
    mask, points = figure()
    mask[200:290, 80:125] = 1
    found = outline(mask, points)
    assert np.isnan(found.low_foot_x_px)
    assert np.isfinite(found.knees_width_px)


@pytest.mark.parametrize("what", ["nobody", "no mask", "legs outside"])
def test_without_legs_nothing_is_found(what: str) -> None:
    mask, points = figure()
    if what == "nobody":
        points = {n: np.full(2, np.nan) for n in points}
    elif what == "no mask":
        mask = np.zeros_like(mask)
    else:
        points = {n: p + np.array([0, 1000]) for n, p in points.items()}
    found = outline(mask, points)
    assert np.isnan(astuple(found)).all()


# --------------------------------------------------------------------------- the standing leg

FPS_HZ = 60
STRIDE_S = 0.7
HALF_KNEE_PX = 14.0


def drawn_apart() -> tuple[PoseTrack, dict[str, Float]]:
    """A rear video whose knee landmarks move half as much as the knees, and the true knees."""
    time = np.arange(4 * FPS_HZ) / FPS_HZ
    names = tuple(f"{s}_{p}" for s in SIDES for p in ("hip", "knee", "ankle", "heel", "foot_index"))
    xy = np.zeros((len(time), len(names), 2))
    true: dict[str, Float] = {}
    for side, sign, phase in (("left", -1, 0.0), ("right", 1, np.pi)):
        swing = np.sin(2 * np.pi * time / STRIDE_S + phase)  # positive: this leg stands
        inwards = 12 * np.maximum(0, swing) ** 2
        true[side] = 200 + sign * (30 - inwards)
        xs = {"hip": 200 + sign * 30, "knee": 200 + sign * (30 - inwards / 2)}
        ys = {"hip": 100.0, "knee": 200.0, "ankle": 290 + 30 * swing, "heel": 300 + 30 * swing}
        for point in ("hip", "knee", "ankle", "heel", "foot_index"):
            column = names.index(f"{side}_{point}")
            xy[:, column, 0] = xs.get(point, 200 + sign * 15)
            xy[:, column, 1] = ys.get(point, 310 + 30 * swing)
    edges = true["left"] - HALF_KNEE_PX, true["right"] + HALF_KNEE_PX
    lower = xy[:, names.index("left_ankle"), 1] > xy[:, names.index("right_ankle"), 1]
    signals = {
        "hips_centre_x_px": 0 * time,
        "hips_width_px": 80 + 0 * time,
        "knees_centre_x_px": (edges[0] + edges[1]) / 2 - 200,
        "knees_width_px": edges[1] - edges[0],
        "low_foot_x_px": np.where(lower, -10.0, 10.0),
        "hips_height_px": 240 + 0 * time,
    }
    track = PoseTrack(time, xy, np.ones(xy.shape[:2]), names, (400, 400))
    return with_only(track, signals), true


def test_a_standing_knee_gets_its_whole_movement_back() -> None:
    track, true = drawn_apart()
    moved = put_on_outline(track)
    for side in SIDES:
        swing = np.sin(2 * np.pi * track.time / STRIDE_S + (0 if side == "left" else np.pi))
        standing = swing > 0.5
        before = np.ptp(track[f"{side}_knee"][standing, 0])
        after = np.ptp(moved[f"{side}_knee"][standing, 0])
        assert after == pytest.approx(np.ptp(true[side][standing]), rel=0.1)
        assert before == pytest.approx(after / 2, rel=0.1)
        lifted = swing < -0.5
        np.testing.assert_allclose(moved[f"{side}_knee"][lifted], track[f"{side}_knee"][lifted])
    assert moved.derived.on_outline is not None
    assert moved.derived.on_outline.all()


def test_the_outline_of_a_side_video_is_not_used() -> None:
    track, _ = drawn_apart()
    xy = track.xy.copy()
    xy[:, track.index("left_ankle"), 0] += 100
    assert put_on_outline(track.with_(xy=xy)).derived.on_outline is None


def test_a_hand_at_the_hips_does_not_move_them() -> None:
    track, _ = drawn_apart()
    hand = np.arange(len(track)) % 20 < 4
    centre, width = (track.columns()[n] for n in ("hips_centre_x_px", "hips_width_px"))
    widened = {"hips_centre_x_px": centre + 8 * hand, "hips_width_px": width + 16 * hand}
    moved = put_on_outline(with_also(track, widened))
    np.testing.assert_allclose(moved["left_hip"], track["left_hip"], atol=1e-9)


def test_feet_that_are_never_clear_leave_the_legs_where_they_are() -> None:
    track, _ = drawn_apart()
    moved = put_on_outline(with_also(track, {"low_foot_x_px": np.nan}))
    np.testing.assert_array_equal(moved["left_ankle"], track["left_ankle"])
    assert moved.derived.on_outline is not None
    assert not moved.derived.on_outline.any()


def test_is_part_of_cleaning_after_the_names_are_right() -> None:
    track, _ = drawn_apart()
    assert any("outline" in step for step in clean(track).steps)
    assert not any("outline" in step for step in repair_sides(track).steps)
