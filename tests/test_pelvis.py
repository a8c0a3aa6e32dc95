"""Roll of the pelvis: painted hips that turn by known angles, and skin that is pulled by thighs."""

from __future__ import annotations

import examples
import numpy as np
import pytest
from columns import with_only

from gait.analysis.kinematics.pelvic_obliquity import (
    IN_PHASE_DEG,
    SCISSOR,
    SHARE,
    fuse,
    read_roll,
    scissor,
    stride_phase,
    tilt_hips,
    without_drift,
)
from gait.analysis.results import Stride
from gait.analysis.trial import Strides, Trial
from gait.pose.pixels.pelvis import PelvisFollower
from gait.settings import Settings
from gait.skeleton import BLAZEPOSE, mirror_name
from gait.types import Float, Plane, PoseTrack, opposite

LEG_PX = 200.0
HEIGHT, WIDTH = 500, 300
HIPS = np.array([150.0, 200.0])
STRIDE_S = 0.7
FPS_HZ = 60.0


def _points(centre: Float, apart: float = 0.26) -> dict[str, Float]:
    """Landmarks of a level pelvis: like the pose model's they know nothing of its roll."""
    points = {}
    for side, sign in (("left", -1), ("right", 1)):
        across = np.array([sign * apart / 2 * LEG_PX, 0.0])
        for name, down in (("hip", 0.0), ("knee", 0.5), ("ankle", 1.0)):
            points[f"{side}_{name}"] = centre + across + [0.0, down * LEG_PX]
    return points


def _back(roll_deg: float, shift: Float, contrast: float = 60.0) -> Float:
    """A picture of hips: dark cloth below a waistband, and a few smooth marks on both."""
    y, x = np.mgrid[:HEIGHT, :WIDTH].astype(float)
    angle = np.radians(roll_deg)
    x, y = x - HIPS[0] - shift[0], y - HIPS[1] - shift[1]
    across = (x * np.cos(angle) + y * np.sin(angle)) / LEG_PX
    down = (y * np.cos(angle) - x * np.sin(angle)) / LEG_PX
    cloth = 1 / (1 + np.exp(-(down + 0.1) * 60))
    marks = np.sin(23 * across) * np.cos(17 * down)
    grey = 150 + contrast * (0.3 * marks - cloth)
    return np.repeat(grey[..., None], 3, axis=2)


def _follow(rolls_deg: Float, contrast: float = 60.0, mirror: bool = False) -> Float:
    noise = np.random.default_rng(0)
    follower, found = PelvisFollower(), []
    for i, roll in enumerate(rolls_deg):
        shift = np.array([3 * np.sin(i / 5), 5 * np.sin(i / 3)])
        picture = _back(roll, shift, contrast) + noise.normal(0, 2, (HEIGHT, WIDTH, 1))
        image = np.clip(picture, 0, 255).astype(np.uint8)
        # Landmarks scatter by a px or two.
        points = _points(HIPS + shift + noise.normal(0, 1.0, 2))
        if mirror:
            image = image[:, ::-1].copy()
            points = {
                mirror_name(name): np.array([WIDTH - 1 - p[0], p[1]]) for name, p in points.items()
            }
        found.append(follower.step(image, points, i / FPS_HZ))
    return np.array([[f.hips_roll_deg, f.hips_roll_sd_deg] for f in found]).T


def _running_roll(n: int = 60) -> Float:
    return 5 * np.sin(2 * np.pi * np.arange(n) / (STRIDE_S * FPS_HZ))


def test_turn_of_a_painted_back() -> None:
    true = _running_roll()
    found, sd = _follow(true)
    assert np.isnan(found[0])  # the first frame is what the others are held against
    error = found[1:] - true[1:]
    # 0.3 and 0.03: the mean picture is at first that of a few tilted frames.
    assert np.std(error) < 0.3
    assert np.polyfit(true[1:], found[1:], 1)[0] == pytest.approx(1, abs=0.03)
    assert 0.01 < np.nanmedian(sd) < 0.5


def test_a_mirrored_picture_turns_the_other_way() -> None:
    true = _running_roll(30)
    found, mirrored = _follow(true)[0], _follow(true, mirror=True)[0]
    # 0.1: landmarks and noise are the same, but a crop starts at another fraction of a pixel.
    np.testing.assert_allclose(found[1:], -mirrored[1:], atol=0.1)


def test_plain_cloth_says_nothing() -> None:
    found, _ = _follow(_running_roll(30), contrast=0.0)
    assert np.isnan(found).all()


def test_from_the_side_the_hips_are_not_followed() -> None:
    follower = PelvisFollower()
    image = _back(0, np.zeros(2)).astype(np.uint8)
    for i in range(3):
        signals = follower.step(image, _points(HIPS, apart=0.05), i / FPS_HZ)
    assert np.isnan(signals.hips_roll_deg)


def test_a_large_picture_gives_the_same_turn() -> None:
    true, found = [0.0, 4.0, -4.0], []
    follower = PelvisFollower()
    for roll in true:
        image = _back(roll, np.zeros(2)).astype(np.uint8).repeat(4, axis=0).repeat(4, axis=1)
        points = {name: 4 * p + 1.5 for name, p in _points(HIPS).items()}
        found.append(follower.step(image, points, 0.0).hips_roll_deg)
    # 0.2: the mean of two frames, one of them tilted by 4 deg, is not quite level.
    assert found[2] - found[1] == pytest.approx(-8, abs=0.2)


# ------------------------------------------------------------------------- from turn to pelvis


def _strides(duration_s: float = 6.0) -> Strides:
    strides = []
    for side, start in (("left", 0.1), ("right", 0.1 + STRIDE_S / 2)):
        for strike in np.arange(start, duration_s - STRIDE_S, STRIDE_S):
            strides.append(
                Stride(
                    side=side,
                    strike_s=strike,
                    off_s=strike + 0.25,
                    next_strike_s=strike + STRIDE_S,
                    strike_sd_s=0.005,
                    off_sd_s=0.005,
                )
            )
    return Strides(tuple(sorted(strides, key=lambda s: s.strike_s)))


def _track(signals: dict[str, Float], n: int = 360) -> PoseTrack:
    track = PoseTrack(
        time=np.arange(n) / FPS_HZ,
        xy=np.full((n, len(BLAZEPOSE), 2), np.nan),
        score=np.zeros((n, len(BLAZEPOSE))),
        names=BLAZEPOSE,
        size=(480, 854),
    )
    return with_only(track, signals)


def _read(track: PoseTrack, strides: Strides | None = None, plane: Plane = "rear") -> PoseTrack:
    view = examples.analysis().view.model_copy(update={"plane": plane})
    strides = _strides() if strides is None else strides
    return read_roll(Trial(track, view, Settings(), strides)).track


def _true_roll(phase: Float, amplitude_deg: float = 4.0) -> Float:
    """As in people: largest with the scissor closed, and lower where the thigh is behind."""
    closed = phase + SCISSOR[1][1]
    return amplitude_deg * np.sin(closed) + IN_PHASE_DEG * np.cos(closed)


PHASE = 2 * np.pi * (np.arange(360) / FPS_HZ - 0.225) / STRIDE_S
INSIDE = slice(25, 300)
"""Frames for which strides are known."""


def _skin(pull_deg: float = 0.0, drift_deg: float = 0.0) -> dict[str, Float]:
    turn = SHARE * _true_roll(PHASE) + pull_deg * scissor(PHASE)
    turn = turn + drift_deg * np.linspace(-1, 1, len(turn)) + 7.0
    return {"hips_roll_deg": turn, "hips_roll_sd_deg": np.full(len(turn), 0.2)}


def test_phase_and_scissor_of_known_strides() -> None:
    time = np.arange(360) / FPS_HZ
    phase = stride_phase(time, _strides())
    inside = np.isfinite(phase)
    difference = (phase - PHASE)[inside] / (2 * np.pi)
    # Counted from another stride, but the same: 1e-9 is arithmetic.
    np.testing.assert_allclose(difference, np.round(difference[0]), atol=1e-9)
    without_two = Strides(tuple(s for i, s in enumerate(_strides()) if i not in (4, 5)))
    again = stride_phase(time, without_two)
    np.testing.assert_allclose(again[inside], phase[inside], atol=1e-9)


@pytest.mark.parametrize("pull_deg", [0.0, -5.0])
@pytest.mark.parametrize("drift_deg", [0.0, 3.0])
def test_roll_under_skin_that_drifts_and_is_pulled(pull_deg: float, drift_deg: float) -> None:
    track = _read(_track(_skin(pull_deg, drift_deg)))
    error = (track.columns()["pelvic_roll_deg"] - _true_roll(PHASE))[INSIDE]
    # 0.3: a 3 deg drift over the video moves by that much within the stride it is averaged over,
    # and the third harmonic of the scissor is not quite at right angles to the drop.
    assert np.nanmax(np.abs(error)) < 0.3
    assert not track.columns()["pelvic_roll_absolute"].any()
    assert (track.columns()["pelvic_roll_sd_deg"][INSIDE] > 0.5).all()


def test_mirrored_track_has_the_opposite_roll() -> None:
    mirrored_strides = Strides(
        tuple(s.model_copy(update={"side": opposite(s.side)}) for s in _strides())
    )
    track = _track(_skin(-3.0))
    one = _read(track).columns()["pelvic_roll_deg"]
    other = _read(track.mirrored(), mirrored_strides).columns()["pelvic_roll_deg"]
    # Half a stride later the scissor is its own opposite: 1e-9 is arithmetic.
    np.testing.assert_allclose(one[INSIDE], -other[INSIDE], atol=1e-9)


def test_a_turn_that_does_not_come_back_every_stride_is_refused() -> None:
    noise = np.random.default_rng(1).normal(0, 3, 360)
    signals = {"hips_roll_deg": noise, "hips_roll_sd_deg": np.full(360, 0.2)}
    track = _read(_track(signals))
    assert np.isnan(track.columns()["pelvic_roll_deg"]).all()
    assert "refused" in track.steps[-1]


def test_strides_that_agree_a_little_give_their_mean_with_a_wider_sd() -> None:
    """A loose shirt: single strides say too little, all of them together enough."""
    held = []
    for seed in range(8):
        rough = dict(_skin())
        cloth = np.random.default_rng(seed).normal(0, 1, 360)
        cloth = np.convolve(cloth, np.hanning(15) / np.sqrt((np.hanning(15) ** 2).sum()), "same")
        rough["hips_roll_deg"] = rough["hips_roll_deg"] + 3.0 * cloth
        track = _read(_track(rough))
        if "the mean of" not in track.steps[-1]:
            continue
        error = (track.columns()["pelvic_roll_deg"] - _true_roll(PHASE))[INSIDE]
        sd = track.columns()["pelvic_roll_sd_deg"][INSIDE]
        clean_sd = _read(_track(_skin())).columns()["pelvic_roll_sd_deg"][INSIDE]
        assert np.median(sd) > 1.3 * np.median(clean_sd)
        held.append(np.mean(np.abs(error) < 1.96 * sd))
    assert len(held) > 3
    assert np.mean(held) > 0.9


def test_without_strides_or_pictures_nothing_is_claimed() -> None:
    assert np.isnan(_read(_track(_skin()), Strides()).columns()["pelvic_roll_deg"]).all()
    unseen = _track({"hips_roll_deg": np.full(360, np.nan), "hips_roll_sd_deg": np.ones(360)})
    assert np.isnan(_read(unseen).columns()["pelvic_roll_deg"]).all()
    from_front = _read(_track(_skin()), plane="front")
    assert np.isnan(from_front.columns()["pelvic_roll_deg"]).all()
    bare = _track({})
    assert _read(bare) is bare


def test_hips_are_drawn_on_the_measured_line() -> None:
    roll = np.array([0.0, 10.0, np.nan, -5.0])
    xy = np.full((4, 2, 2), 50.0)
    xy[:, 0, 0], xy[:, 1, 0], xy[2, 1, 1] = 40.0, 60.0, 51.0
    names = ("left_hip", "right_hip")
    track = PoseTrack(np.arange(4) / 60, xy, np.ones((4, 2)), names, (100, 100))
    drawn = tilt_hips(with_only(track, {"pelvic_roll_deg": roll}))
    across = drawn["right_hip"] - drawn["left_hip"]
    found = np.degrees(np.arctan2(across[:, 1], across[:, 0]))
    np.testing.assert_allclose(found[[0, 1, 3]], roll[[0, 1, 3]], atol=1e-9)
    np.testing.assert_array_equal(drawn.xy[2], xy[2])  # not known: as the model said
    assert tilt_hips(track) is track


def test_tape_gives_the_level() -> None:
    signals = _skin(-5.0)
    tape = _true_roll(PHASE) + 2.0
    tape[100:140] = np.nan
    signals |= {"tape_roll_deg": tape, "tape_roll_sd_deg": np.full(360, 0.3)}
    track = _read(_track(signals))
    assert track.columns()["pelvic_roll_absolute"].all()
    # 0.3 as above, only in the frames without tape.
    error = (track.columns()["pelvic_roll_deg"] - 2.0 - _true_roll(PHASE))[INSIDE]
    assert np.nanmax(np.abs(error)) < 0.3
    assert np.nanmax(np.abs(error[:60])) < 0.1


def test_fusing_weighs_by_precision() -> None:
    nan = np.nan
    value, sd = fuse(
        (np.array([0.0, 1.0, nan, nan]), np.array([1.0, 1.0, nan, nan])),
        (np.array([3.0, nan, 2.0, nan]), np.array([0.5, nan, 0.5, nan])),
    )
    np.testing.assert_allclose(value, [2.4, 1.0, 2.0, nan])
    np.testing.assert_allclose(sd, [np.sqrt(0.2), 1.0, 0.5, nan])


def test_drift_over_a_fraction_of_frames() -> None:
    period = 41.3
    frames = np.arange(400)
    wave = np.sin(2 * np.pi * frames / period)
    found = without_drift(wave + 0.01 * frames + 5, period)
    # 0.02: a stride is summed in whole frames and a linear part of the two that stick out.
    np.testing.assert_allclose(found[30:-30], wave[30:-30], atol=0.02)
