import numpy as np
import pytest
from synthetic import FLAT_DEG, runner

from gait.analysis import angles
from gait.types import Float

EXACT = 1e-9  # degrees; arithmetic only


def point(*xy: float) -> Float:
    return np.array(xy, dtype=float)


def test_to_ground_turns_forward_with_the_runner_and_up_against_the_image() -> None:
    ahead_and_above = point(10, -5)
    assert angles.to_ground(ahead_and_above, "right") == pytest.approx([10, 5])
    assert angles.to_ground(ahead_and_above, "left") == pytest.approx([-10, 5])


@pytest.mark.parametrize("direction", ["left", "right"])
@pytest.mark.parametrize("tilt_deg", [-7.0, 7.0])
def test_a_point_on_rising_ground_is_at_ground_height(direction: str, tilt_deg: float) -> None:
    tilt = np.radians(tilt_deg)
    on_the_ground = 100 * point(np.cos(tilt), -np.sin(tilt))  # to image right; y is down
    forward, up = angles.to_ground(on_the_ground, direction, tilt_deg)
    assert up == pytest.approx(0, abs=EXACT)
    assert forward == pytest.approx(100 if direction == "right" else -100)


@pytest.mark.parametrize(
    ("distal", "expected"),
    [((0, -1), 0), ((1, -1), 45), ((-1, -1), -45), ((1, 0), 90)],
)
def test_segment_angle_is_positive_with_the_distal_end_ahead(
    distal: tuple[float, float], expected: float
) -> None:
    assert angles.segment_angle(point(0, 0), point(*distal)) == pytest.approx(expected)


def test_knee_flexion_is_zero_when_straight_and_180_minus_the_enclosed_angle() -> None:
    hip, knee = point(0, 2), point(0, 1)
    assert angles.knee_flexion(hip, knee, point(0, 0)) == pytest.approx(0)
    assert angles.knee_flexion(hip, knee, point(-1, 1)) == pytest.approx(90)  # heel to the buttock
    assert angles.knee_flexion(hip, knee, point(0.1, 0)) < 0  # hyperextended keeps its sign


def test_foot_and_ankle_are_positive_with_the_toe_up() -> None:
    heel, toe, ankle = point(0, 0), point(1, np.tan(np.radians(20))), point(0.2, 0.3)
    assert angles.foot_angle(heel, toe) == pytest.approx(20)
    upright, leaning = ankle + point(0, 1), ankle + point(np.tan(np.radians(10)), 1)
    assert angles.ankle_dorsiflexion(upright, ankle, heel, toe) == pytest.approx(20)
    # A shank that leans forward over the foot adds to dorsiflexion.
    assert angles.ankle_dorsiflexion(leaning, ankle, heel, toe) == pytest.approx(30)


def test_trunk_lean_is_positive_forward() -> None:
    assert angles.trunk_lean(point(0, 0), point(1, 1)) == pytest.approx(45)


def test_wrap_keeps_angles_within_half_a_turn() -> None:
    assert angles.wrap_deg(np.array([190.0, -190.0, 10.0])) == pytest.approx([-170, 170, 10])


@pytest.mark.parametrize("facing", ["left", "right"])
def test_angles_of_the_filmed_runner_equal_those_of_the_scene(facing: str) -> None:
    """The camera adds nothing: pixels of a tilted, mirrored video give the angles in metres."""
    track, truth = runner(facing=facing, tilt_deg=4, duration_s=1)
    scene = truth.pose(track.time)
    for side in ("left", "right"):
        filmed = {
            n: angles.to_ground(track[f"{side}_{n}"], facing, 4)
            for n in ("hip", "knee", "ankle", "heel", "foot_index")
        }
        real = {n: scene[f"{side}_{n}"] for n in filmed}
        for leg in (filmed, real):
            leg["flexion"] = angles.knee_flexion(leg["hip"], leg["knee"], leg["ankle"])
            leg["foot"] = angles.foot_angle(leg["heel"], leg["foot_index"])
        np.testing.assert_allclose(filmed["flexion"], real["flexion"], atol=1e-6)
        np.testing.assert_allclose(filmed["foot"], real["foot"], atol=1e-6)


def test_the_synthetic_foot_is_flat_at_mid_stance_and_up_at_strike() -> None:
    _, truth = runner(foot_strike_deg=12)
    stride = next(s for s in truth.strides if s.side == "right")
    when = np.array([stride.strike_s, stride.strike_s + 0.3 * (stride.off_s - stride.strike_s)])
    scene = truth.pose(when)
    foot = angles.foot_angle(scene["right_heel"], scene["right_foot_index"]) - FLAT_DEG
    assert foot == pytest.approx([12, 0], abs=EXACT)
