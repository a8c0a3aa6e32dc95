"""What a picture shows of how it was taken: roll of the camera, blur and grain."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from gait.pose.pixels.camera_roll import UprightLines, roll_of
from gait.pose.pixels.sharpness import SharpnessMeter, blur_effect, grain

HEIGHT, WIDTH = 540, 960
RNG = np.random.default_rng(0)


def posts(roll_deg: float, lean_deg: float = 0.0, n: int = 6) -> np.ndarray:
    """(n, 4) posts as long as half the picture; `lean_deg` at its edge: a camera that looks up."""
    x = np.linspace(-0.45, 0.45, n)
    angle = np.radians(roll_deg + 2 * lean_deg * x)
    middle = np.stack([x * WIDTH + WIDTH / 2, np.full(n, HEIGHT / 2)], axis=1)
    half = 0.25 * HEIGHT * np.stack([-np.sin(angle), np.cos(angle)], axis=1)
    return np.hstack([middle - half, middle + half])


@pytest.mark.parametrize("roll_deg", [-8, 0, 3])
@pytest.mark.parametrize("lean_deg", [0, 6])
def test_roll_is_the_lean_at_the_middle(roll_deg: float, lean_deg: float) -> None:
    roll, sd = roll_of(posts(roll_deg, lean_deg), HEIGHT, WIDTH)
    assert roll == pytest.approx(roll_deg, abs=0.1)
    assert 0.3 <= sd < 0.5


def test_a_few_lines_that_lean_by_themselves_do_not_matter() -> None:
    lines = np.vstack([posts(2), posts(14)[1:3]])
    assert roll_of(lines, HEIGHT, WIDTH)[0] == pytest.approx(2, abs=0.2)


@pytest.mark.parametrize(
    "lines",
    [np.empty((0, 4)), posts(5)[:1], posts(5)[:1].repeat(5, 0)],
    ids=["none", "one", "same"],
)
def test_one_post_is_no_evidence(lines: np.ndarray) -> None:
    assert np.isnan(roll_of(lines, HEIGHT, WIDTH)).all()


def test_two_pictures_side_by_side_have_no_common_roll() -> None:
    half = posts(-1.7, 9) * (0.5, 1, 0.5, 1)
    mirrored = (WIDTH, 0, WIDTH, 0) + half * (-1, 1, -1, 1)
    assert np.isfinite(roll_of(half, HEIGHT, WIDTH // 2)).all()
    assert np.isnan(roll_of(np.vstack([half, mirrored]), HEIGHT, WIDTH)).all()


def test_the_roll_is_read_off_a_picture_once_a_second() -> None:
    image = np.full((HEIGHT, WIDTH, 3), 200, np.uint8)
    for x0, y0, x1, y1 in posts(4).round().astype(int).tolist():
        cv2.line(image, (x0, y0), (x1, y1), (20, 20, 20), 9, cv2.LINE_AA)
    reader = UprightLines()
    first, second = (reader.step(image, {}, t).background_roll_deg for t in (0.0, 0.5))
    assert first == pytest.approx(4, abs=0.3)  # ends of the posts are whole pixels
    assert np.isnan(second)


def test_blur_is_told_from_sharpness_and_has_a_direction() -> None:
    picture = cv2.GaussianBlur(RNG.uniform(0, 255, (64, 64)).astype(np.float32), (0, 0), 1)
    smeared = cv2.blur(picture, (9, 1))
    assert blur_effect(smeared) > blur_effect(picture) + 0.2
    assert blur_effect(smeared.T) < blur_effect(smeared)


def test_grain_is_the_noise_against_the_picture() -> None:
    picture = 40 * np.sin(np.arange(200) / 15)[None] + np.zeros((200, 1)) + 100
    noisy = picture + RNG.normal(0, 8, picture.shape)
    assert grain(picture.astype(np.float32)) < 0.01
    assert grain(noisy.astype(np.float32)) == pytest.approx(8 / picture.std(), rel=0.05)


def test_feet_outside_the_picture_have_no_sharpness() -> None:
    image = RNG.integers(0, 255, (200, 200, 3)).astype(np.uint8)
    points = {
        name: np.array(xy, float)
        for name, xy in {
            "right_hip": (100, 60), "right_knee": (100, 110), "right_ankle": (100, 260),
            "right_heel": (95, 270), "right_foot_index": (120, 275), "nose": (100, 40),
            "left_ear": (95, 40), "right_ear": (95, 40),
        }.items()
    }  # fmt: skip
    signals = SharpnessMeter().step(image, points)
    assert np.isnan(signals.right_foot_blur)
    assert np.isnan(signals.left_foot_blur)
    assert np.isfinite(signals.head_blur)
