"""The noun that everything is said about checks itself and cannot be changed."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError
from typing import Any

import numpy as np
import pytest
from synthetic import SHANK_M, THIGH_M, runner

from gait.types import DerivedSignals, GaitError, PixelSignals, PoseTrack, TapeSignals, UsageError

NAMES = ("left_hip", "left_knee", "left_ankle", "nose")


def track(**changes: Any) -> PoseTrack:
    fields: dict[str, Any] = {
        "time": np.arange(3) / 30,
        "xy": np.arange(24.0).reshape(3, 4, 2),
        "score": np.ones((3, 4)),
        "names": NAMES,
        "size": (64, 48),
    }
    return PoseTrack(**(fields | changes))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"xy": np.zeros((3, 3, 2))}, r"xy \(3, 3, 2\)"),
        ({"score": np.ones(3)}, r"score \(3,\)"),
        ({"time": np.array([0, 0.1, 0.1])}, "strictly increasing"),
        ({"time": np.array([0, np.nan, 0.2])}, "finite"),
        ({"names": ("nose",) * 4}, "names repeat"),
        (
            {"signals": PixelSignals(tape=TapeSignals(np.zeros(3), np.zeros(2)))},
            "one value per frame",
        ),
    ],
)
def test_a_track_that_contradicts_itself_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        track(**changes)


def test_a_track_cannot_be_changed_and_keeps_nothing_of_its_arguments() -> None:
    xy = np.arange(24.0).reshape(3, 4, 2)
    roll_deg = np.zeros(3)
    made = track(xy=xy, signals=PixelSignals(tape=TapeSignals(roll_deg, np.ones(3))))
    xy[:] = roll_deg[:] = -1
    assert made.xy.min() == 0
    assert made.columns()["tape_roll_deg"].min() == 0
    for array in (made.time, made.xy, made.score, made.columns()["tape_roll_deg"], made["nose"]):
        with pytest.raises(ValueError, match="read-only"):
            array[:] = 0
    with pytest.raises(FrozenInstanceError):
        made.signals.tape = None  # type: ignore[misc]


def test_a_copy_with_changes_notes_the_step() -> None:
    first = track(steps=("model",))
    second = first.with_(score=np.zeros((3, 4)), step="outliers: 12")
    assert second.steps == ("model", "outliers: 12")
    assert first.steps == ("model",)
    np.testing.assert_array_equal(second.xy, first.xy)


def test_a_track_survives_the_way_to_another_process() -> None:
    sent = track(steps=("model",), derived=DerivedSignals(body_growth=np.arange(3.0)))
    got = pickle.loads(pickle.dumps(sent))
    np.testing.assert_array_equal(got.xy, sent.xy)
    np.testing.assert_array_equal(got.derived.body_growth, [0, 1, 2])
    for array in (got.xy, got.derived.body_growth):
        assert not array.flags.writeable
    assert (got.names, got.size, got.steps) == (sent.names, sent.size, sent.steps)


def test_an_absent_point_is_a_key_error() -> None:
    assert "nose" in track()
    assert not track().has("nose", "right_hip")
    with pytest.raises(KeyError, match="right_hip"):
        track()["right_hip"]


def test_mirroring_twice_changes_nothing() -> None:
    made, _ = runner(30, 1)
    twice = made.mirrored().mirrored()
    assert twice.names == made.names
    np.testing.assert_allclose(twice.xy, made.xy, atol=1e-9)
    once = made.mirrored()
    np.testing.assert_allclose(once["left_knee"][:, 0], made.size[0] - made["right_knee"][:, 0])
    np.testing.assert_array_equal(once["left_knee"][:, 1], made["right_knee"][:, 1])


def test_frame_rate_and_leg_length_are_medians() -> None:
    made, _ = runner(50, 2, px_per_m=200, missing_s=(0.5, 0.9))
    dropped = made.between(0, 1.5)
    assert dropped.fps_hz == pytest.approx(50)
    assert dropped.leg_px == pytest.approx((THIGH_M + SHANK_M) * 200)
    assert np.isnan(track(xy=np.full((3, 4, 2), np.nan)).leg_px)
    assert np.isnan(made.between(0, 0).fps_hz)


def test_part_of_a_track_is_what_lies_between() -> None:
    made = track(derived=DerivedSignals(body_growth=np.arange(3.0)))
    part = made.between(1 / 30, 1)
    np.testing.assert_array_equal(part.time, made.time[1:])
    np.testing.assert_array_equal(part.xy, made.xy[1:])
    np.testing.assert_array_equal(part.derived.body_growth, [1, 2])


def test_an_error_says_what_and_what_next() -> None:
    error = UsageError("No such file.", "Check the path.")
    assert isinstance(error, GaitError)
    assert (error.problem, error.hint) == ("No such file.", "Check the path.")
    assert str(error) == "No such file. Check the path."
