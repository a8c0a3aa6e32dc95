"""Strips of tape on painted backs whose tilt is known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pytest
from columns import with_only

from gait.pose.pixels.marks import Waist, find_marks
from gait.pose.pixels.psis_tape import FEWEST_SEEN, TapeFollower, waist_of
from gait.types import Float, PoseTrack, UInt8

FPS_HZ = 60.0
TRUNK_PX = 120.0
HIPS = np.array([100.0, 110.0])
SIZE = (200, 150)
PSIS = np.array([0.0, -0.14]) * TRUNK_PX  # of the middle between the strips, from the hips
SPACING_PX = 0.22 * TRUNK_PX
STRIP_PX = (0.056 * TRUNK_PX, 0.09 * TRUNK_PX)  # 2.5 by 4 cm
WALL, SKIN, SHORTS = (150, 160, 170), (200, 150, 120), (40, 40, 45)
COLOURS = {
    "yellow": (225, 240, 40),
    "orange": (250, 110, 30),
    "green": (60, 220, 70),
    "pink": (250, 70, 150),
    "white": (235, 235, 230),
}

Box = tuple[Float, tuple[float, float], tuple[int, int, int]]


def runner() -> dict[str, Float]:
    """Landmarks from behind."""
    hip, shoulder = np.array([22, 0]), np.array([40, 0])
    top = HIPS - [0, TRUNK_PX]
    return {
        "left_hip": HIPS - hip,
        "right_hip": HIPS + hip,
        "left_shoulder": top - shoulder,
        "right_shoulder": top + shoulder,
    }


def strips(roll_deg: float, colour: str = "yellow", waistband_px: float = 0) -> list[Box]:
    """Two strips, the image-right one lower if the tilt is positive."""
    angle = np.radians(roll_deg)
    half = SPACING_PX / 2 * np.array([np.cos(angle), np.sin(angle)])
    middle = HIPS + PSIS + np.array([0, waistband_px])
    return [(middle + sign * half, STRIP_PX, COLOURS[colour]) for sign in (-1, 1)]


def picture(boxes: Iterable[Box] = (), noise: np.random.Generator | None = None) -> UInt8:
    """A back over dark shorts, upright boxes with exact coverage of the pixels on their edges."""
    width, height = SIZE
    image = np.empty((height, width, 3))
    image[:] = WALL
    image[:, 58:142] = SKIN
    image[83:, 52:148] = SHORTS
    for centre, size, colour in boxes:
        x, y = (
            np.clip(s / 2 + 0.5 - np.abs(np.arange(n) - c), 0, 1)
            for c, s, n in zip(centre, size, SIZE, strict=True)
        )
        cover = (y[:, None] * x)[..., None]
        image += cover * (np.array(colour) - image)
    if noise is not None:
        image += noise.normal(0, 3, image.shape)
    return np.clip(np.round(image), 0, 255).astype(np.uint8)


def followed(images: Iterable[UInt8], points: dict[str, Float] | None = None) -> Float:
    """(T, 2) tilt and its standard deviation."""
    follower = TapeFollower()
    signals = [follower.step(m, points or runner(), i / FPS_HZ) for i, m in enumerate(images)]
    return np.array([[s.tape_roll_deg, s.tape_roll_sd_deg] for s in signals])


def swinging(n: int = 40) -> Float:
    """Tilt of a running pelvis: ±6° at the frequency of strides."""
    return np.asarray(6 * np.sin(2 * np.pi * 1.4 * np.arange(n) / FPS_HZ))


class TestTilt:
    @pytest.mark.parametrize("colour", COLOURS)
    def test_is_found_in_any_colour(self, colour: str) -> None:
        rolls = swinging()
        noise = np.random.default_rng(1)
        found = followed(picture(strips(r, colour, 12), noise) for r in rolls)
        # The first frames are spent on becoming sure; then every frame is measured.
        assert np.isnan(found[:FEWEST_SEEN]).all()
        error = found[FEWEST_SEEN:, 0] - rolls[FEWEST_SEEN:]
        # 0.3° of a line of 26 px is 0.14 px between two centres.
        assert np.abs(error).max() < 0.3
        assert np.abs(error).max() < 3 * found[FEWEST_SEEN:, 1].max()

    def test_half_on_skin(self) -> None:
        rolls = swinging()
        found = followed(picture(strips(r, "yellow", -10)) for r in rolls)
        assert np.abs(found - rolls[:, None])[FEWEST_SEEN:, 0].max() < 0.5

    def test_standing_level_is_zero(self) -> None:
        found = followed(picture(strips(0)) for _ in range(20))
        assert found[-1, 0] == pytest.approx(0, abs=0.02)

    def test_mirrored_video_negates(self) -> None:
        images = [picture(strips(r)) for r in swinging()]
        right_way = followed(images)[FEWEST_SEEN:, 0]
        points = {name: np.array([SIZE[0] - 1, 0]) + [-1, 1] * xy for name, xy in runner().items()}
        mirrored = followed((image[:, ::-1] for image in images), points)[FEWEST_SEEN:, 0]
        # Scaling down puts the pixels of the two videos differently.
        np.testing.assert_allclose(mirrored, -right_way, atol=0.1)

    @pytest.mark.parametrize("times", [0.5, 4])
    def test_any_size_of_video(self, times: float) -> None:
        import cv2

        rolls = swinging()
        noise = np.random.default_rng(2)
        kind = cv2.INTER_AREA if times < 1 else cv2.INTER_LINEAR
        images = [
            np.asarray(
                cv2.resize(picture(strips(r), noise), None, fx=times, fy=times, interpolation=kind),
                np.uint8,
            )
            for r in rolls
        ]
        points = {name: xy * times + (times - 1) / 2 for name, xy in runner().items()}
        found = followed(images, points)
        error = (found[:, 0] - rolls)[FEWEST_SEEN:]
        seen = np.isfinite(error)
        # At a half the strips are 3 by 5 px and 13 px apart: 1° is 0.2 px.
        assert seen.mean() > 0.9
        assert np.abs(error[seen]).max() < (1.5 if times < 1 else 0.3)

    def test_shaky_areas_widen_the_deviation(self) -> None:
        def shaken(height: float) -> UInt8:
            left, right = strips(0)
            centre, (width, _), colour = left
            return picture([(centre, (width, height), colour), right])

        still = followed(shaken(STRIP_PX[1]) for _ in range(40))[-1, 1]
        coded = followed(shaken(STRIP_PX[1] + (-1) ** i) for i in range(40))[-1, 1]
        assert coded > 3 * still


class TestNoTape:
    def test_bare_back(self) -> None:
        noise = np.random.default_rng(3)
        assert np.isnan(followed(picture(noise=noise) for _ in range(30))).all()

    def test_one_strip(self) -> None:
        assert np.isnan(followed(picture(strips(r)[:1]) for r in swinging())).all()

    def test_strips_of_two_colours(self) -> None:
        images = (picture([strips(r)[0], strips(r, "pink")[1]]) for r in swinging())
        assert np.isnan(followed(images)).all()

    def test_print_of_many_like_marks(self) -> None:
        row = [
            (HIPS + PSIS + np.array([x, 12]), STRIP_PX, COLOURS["white"])
            for x in (-29, -10, 10, 29)
        ]
        assert np.isnan(followed(picture(row) for _ in range(30))).all()

    def test_from_the_side(self) -> None:
        narrow = {name: HIPS + (xy - HIPS) * [0.2, 1] for name, xy in runner().items()}
        assert np.isnan(followed((picture(strips(r)) for r in swinging()), narrow)).all()
        assert waist_of(narrow) is None

    def test_nobody_in_the_picture(self) -> None:
        assert np.isnan(followed(picture(strips(0)) for _ in range(3))).all()
        assert waist_of({}) is None

    def test_cut_by_the_edge_of_the_video(self) -> None:
        waist = Waist(np.array([30.0, 110.0]), TRUNK_PX)
        assert find_marks(picture(strips(0)), waist) == []


class TestDisturbed:
    def test_hidden_strip_is_not_guessed(self) -> None:
        rolls = swinging(60)
        hidden = slice(30, 36)
        images = [picture(strips(r)) for r in rolls]
        images[hidden] = [picture(strips(r)[:1]) for r in rolls[hidden]]
        found = followed(images)[:, 0]
        assert np.isnan(found[hidden]).all()
        assert np.abs(found - rolls)[36:].max() < 0.3

    def test_strip_half_under_the_shirt_is_left_out(self) -> None:
        def covered(roll_deg: float) -> UInt8:
            left, right = strips(roll_deg)
            centre, (width, height), colour = right
            return picture(
                [left, (centre + np.array([0, height / 4]), (width, height / 2), colour)]
            )

        rolls = swinging(50)
        images = [picture(strips(r)) for r in rolls]
        images[30:] = [covered(r) for r in rolls[30:]]
        assert np.isnan(followed(images)[30:40]).all()

    @pytest.mark.parametrize("colour", ["yellow", "orange"])
    def test_something_bright_near_by(self, colour: str) -> None:
        badge: Sequence[Box] = [(HIPS + PSIS + np.array([3, 33]), (5, 5), COLOURS[colour])]
        rolls = swinging()
        found = followed(picture([*strips(r), *badge]) for r in rolls)
        assert np.abs(found[FEWEST_SEEN:, 0] - rolls[FEWEST_SEEN:]).max() < 0.3

    def test_jump_that_no_pelvis_makes_is_left_out(self) -> None:
        rolls = np.zeros(40)
        rolls[30] = 12.0
        found = followed(picture(strips(r)) for r in rolls)[:, 0]
        assert np.isnan(found[30])
        assert found[31] == pytest.approx(0, abs=0.02)


def test_mirrored_track_turns_the_tilt_round() -> None:
    track = PoseTrack(np.zeros(1), np.zeros((1, 1, 2)), np.ones((1, 1)), ("nose",), (10, 10))
    track = with_only(track, {"tape_roll_deg": 3.0, "tape_roll_sd_deg": 0.2})
    mirrored = track.mirrored().signals.tape
    assert mirrored is not None
    assert mirrored.tape_roll_deg == -3
    assert mirrored.tape_roll_sd_deg == 0.2
