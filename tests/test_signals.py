"""Signals of a track: their names, what a mirror makes of them, and files that hold them."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from columns import with_only

import gait
from gait.io.npz import read_npz, write_npz
from gait.skeleton import BLAZEPOSE
from gait.types import DerivedSignals, Float, PeopleSignals, PixelSignals, PoseTrack
from gait.types.signals import Signals

N = 4
ODD = ("hips_roll_deg", "tape_roll_deg", "background_roll_deg", "pelvic_roll_deg", "camera_x_px",
       "hips_centre_x_px", "knees_centre_x_px", "low_foot_x_px", "camera_path_x_px")  # fmt: skip
ON_BODY = ("left_knee_flow_x_px", "right_knee_flow_y_px", "hips_width_px", "knees_width_px",
           "hips_centre_x_px", "knees_centre_x_px", "low_foot_x_px", "hips_height_px")  # fmt: skip
GAIT = Path(gait.__file__).parent


def names(kind: type[Signals]) -> list[str]:
    """Of all signals of a group and of the groups in it."""
    found = []
    for f in fields(kind):
        found += names(f.metadata["kind"]) if "kind" in f.metadata else [f.name]
    return found


EVERY = [n for n in names(PixelSignals) + names(DerivedSignals) if n != "boxes_px"]
BOXES = ["person_1_x0", "person_1_y0", "person_1_x1", "person_1_y1",
         "person_2_x0", "person_2_y0", "person_2_x1", "person_2_y1"]  # fmt: skip


def everything() -> PoseTrack:
    """A track with every signal there is, each with values of its own."""
    n_points = len(BLAZEPOSE)
    xy, score = np.full((N, n_points, 2), np.nan), np.zeros((N, n_points))
    track = PoseTrack(np.arange(N) / 30, xy, score, BLAZEPOSE, (100, 80))
    rng = np.random.default_rng(0)
    return with_only(track, {name: rng.uniform(1, 9, N) for name in [*EVERY, *BOXES]})


def test_no_two_signals_have_the_same_name() -> None:
    assert len(set(EVERY)) == len(EVERY)


def test_a_unit_in_a_name_is_the_unit_of_the_signal() -> None:
    def units(kind: type[Signals]) -> dict[str, str]:
        out = {}
        for f in fields(kind):
            inner = f.metadata.get("kind")
            out |= units(inner) if inner else {f.name: f.metadata["unit"]}
        return out

    for name, unit in {**units(PixelSignals), **units(DerivedSignals)}.items():
        assert (unit if unit in ("px", "deg") else "") == (
            found[0] if (found := re.findall(r"_(px|deg)$", name)) else ""
        ), name


@pytest.mark.parametrize("name", EVERY)
def test_who_searches_for_a_signal_finds_who_makes_it_and_who_reads_it(name: str) -> None:
    """No name is composed: each stands in the source where it is used, not only declared."""
    word = re.compile(rf"\b{name}\b")
    found = [
        path
        for path in GAIT.rglob("*.py")
        if path.name != "pixel_signals.py" and word.search(path.read_text(encoding="utf-8"))
    ]
    assert found, name


def test_every_signal_is_the_same_in_a_file(tmp_path: Path) -> None:
    track = everything()
    write_npz(tmp_path / "pose.npz", track, "key")
    with np.load(tmp_path / "pose.npz") as file:
        kept = {n.removeprefix("signal_") for n in file.files if n.startswith("signal_")}
    assert kept == {*EVERY, *BOXES}
    again = read_npz(tmp_path / "pose.npz")[0]
    for name, series in track.columns().items():
        np.testing.assert_array_equal(again.columns()[name], series)


def test_a_file_with_a_signal_that_nobody_knows_opens_without_it(tmp_path: Path) -> None:
    write_npz(tmp_path / "pose.npz", everything(), "key")
    with np.load(tmp_path / "pose.npz") as file:
        arrays = dict(file)
    np.savez(tmp_path / "pose.npz", **arrays, signal_of_tomorrow=np.ones(N))
    assert read_npz(tmp_path / "pose.npz")[0].columns().keys() == {*EVERY, *BOXES}


def test_in_a_mirror_sides_change_places_and_what_points_along_x_its_sign() -> None:
    track = everything()
    found, before = track.mirrored().columns(), track.columns()
    for name in ODD:
        np.testing.assert_array_equal(found[name], -before[name])
    np.testing.assert_array_equal(found["left_knee_flow_x_px"], -before["right_knee_flow_x_px"])
    np.testing.assert_array_equal(found["right_knee_flow_y_px"], before["left_knee_flow_y_px"])
    np.testing.assert_array_equal(found["left_foot_blur"], before["right_foot_blur"])
    # "right" is part of the word, not a side: it once became a signal of the name "bleftness".
    np.testing.assert_array_equal(found["brightness"], before["brightness"])
    np.testing.assert_array_equal(found["person_1_x0"], 100 - before["person_1_x1"])
    np.testing.assert_array_equal(found["person_1_y0"], before["person_1_y0"])


def test_a_mirror_before_a_mirror_changes_nothing() -> None:
    track = everything()
    twice = track.mirrored().mirrored()
    assert twice.columns().keys() == track.columns().keys()
    for name, series in track.columns().items():
        np.testing.assert_allclose(twice.columns()[name], series)


def test_of_a_larger_picture_only_lengths_on_the_body_are_larger() -> None:
    signals = everything().signals
    scale = np.array([1.0, 2.0, 4.0, 0.5])
    before, found = signals.columns(), signals.unscaled(scale).columns()
    changed = {n for n in before if not np.array_equal(before[n], found[n])}
    assert changed >= set(ON_BODY)
    assert changed == {n for n in before if n in ON_BODY or "_knee_flow_" in n}
    np.testing.assert_array_equal(found["hips_width_px"], before["hips_width_px"] / scale)


def test_exchanged_names_leave_signs_and_boxes_alone() -> None:
    signals = everything().signals
    before, found = signals.columns(), signals.sides_exchanged().columns()
    np.testing.assert_array_equal(found["left_knee_flow_x_px"], before["right_knee_flow_x_px"])
    np.testing.assert_array_equal(found["hips_roll_deg"], before["hips_roll_deg"])
    np.testing.assert_array_equal(found["person_2_x0"], before["person_2_x0"])


def test_rows_are_taken_of_everything_that_has_a_value_for_each_frame() -> None:
    track = everything()
    part = track.rows(np.array([0, 2, 2]), np.arange(3.0))
    assert list(part.time) == [0, 1, 2]
    for name, series in track.columns().items():
        np.testing.assert_array_equal(part.columns()[name], series[[0, 2, 2]])


def test_frames_become_series() -> None:
    frames: list[PixelSignals[float]] = []
    for brightness in (1.0, 2.0):
        scene = type_of("scene")(float("nan"), brightness, 0.5, 0.0, 0.0, 1.0)
        frames.append(PixelSignals(scene=scene))
    series = PixelSignals.over(frames)
    assert series.tape is None
    assert series.scene is not None
    np.testing.assert_array_equal(series.scene.brightness, [1, 2])
    assert PixelSignals.over([]).columns() == {}


def type_of(group: str) -> type[Signals]:
    """The kind of a group of pixel signals."""
    kind: type[Signals] = next(f.metadata["kind"] for f in fields(PixelSignals) if f.name == group)
    return kind


def test_people_whose_boxes_are_not_whole_are_not_counted() -> None:
    columns: dict[str, Float] = {"person_chosen": np.ones(N), "person_1_x0": np.zeros(N)}
    people = PeopleSignals.from_columns(columns)
    assert people is not None
    assert people.boxes_px.shape == (N, 0, 4)
