"""Videos in which the runner comes nearer, recedes or drifts, or the camera does: same numbers."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from columns import with_also, with_only

from gait.analysis.analyze import analyze_track, measured_trial
from gait.analysis.cleaning.drift import drift, over_a_stride
from gait.analysis.cleaning.stabilize import as_filmed
from gait.analysis.quality import find_faults
from gait.analysis.results import Analysis
from gait.io import read_npz
from gait.settings import Settings
from gait.types import SIDES, Float, PoseTrack
from gait.validation.truth import TRACKS, Truth

OURS = ("drift and", "jolts", "motion of camera")
Moved = Callable[[PoseTrack], PoseTrack]


@cache
def kept(name: str) -> tuple[PoseTrack, Truth]:
    """The pose track of a rendered video as the model made it, and what is true of it."""
    folder = TRACKS / name
    truth = Truth.model_validate_json((folder / "truth.json").read_text(encoding="utf-8"))
    return read_npz(folder / "pose.npz")[0], truth


@cache
def as_it_is(name: str) -> Analysis:
    track, truth = kept(name)
    return analyze_track(track, truth.settings)


def filmed(track: PoseTrack, scale: Float, path: Float, *, seen: bool = False) -> PoseTrack:
    """The track in larger pictures by a camera that moves and zooms; `seen` in the room behind."""
    size = (3 * track.size[0], 3 * track.size[1])
    old, new = np.array(track.size) / 2, np.array(size) / 2
    xy = (track.xy - old) * scale[:, None, None] + new + path[:, None]
    signals = {
        n: v * scale if n.endswith("_px") and "camera" not in n else v
        for n, v in track.columns().items()
    }
    for side in SIDES:  # where what was followed for a frame comes to lie
        knee = track[f"{side}_knee"]
        assert track.signals.knees is not None
        flow = track.signals.knees.flow_px(side)
        ends = (knee[:-1] + flow[1:] - old) * scale[1:, None] + new + path[1:]
        moved = ends - xy[:-1, track.index(f"{side}_knee")]
        for axis, values in zip("xy", moved.T, strict=True):
            signals[f"{side}_knee_flow_{axis}_px"] = np.append(np.nan, values)
    if seen:
        growth = np.append(1.0, scale[1:] / scale[:-1])
        step = np.vstack([[0, 0], path[1:] - path[:-1] * growth[1:, None]])
        signals |= {"camera_x_px": step[:, 0], "camera_y_px": step[:, 1], "camera_scale": growth}
    return with_only(track.with_(xy=xy, size=size), signals)


def drifting(legs_per_s: float, *, seen: bool = False) -> Moved:
    def change(track: PoseTrack) -> PoseTrack:
        up = legs_per_s * track.leg_px * (track.time - track.time.mean())
        return filmed(track, np.ones(len(track)), np.stack([0 * up, up], axis=1), seen=seen)

    return change


def knocked(track: PoseTrack) -> PoseTrack:
    down = 0.4 * track.leg_px * (track.time > track.time.mean())
    return filmed(track, np.ones(len(track)), np.stack([0 * down, down], axis=1))


def moved_slowly(track: PoseTrack) -> PoseTrack:
    down = 0.4 * track.leg_px * np.clip(track.time - track.time.mean(), 0, 1)
    return filmed(track, np.ones(len(track)), np.stack([0 * down, down], axis=1))


def tilting(px: float) -> Moved:
    def change(track: PoseTrack) -> PoseTrack:
        up = px * np.arange(len(track))
        return filmed(track, np.ones(len(track)), np.stack([0 * up, up], axis=1), seen=True)

    return change


def zooming(per_s: float, *, seen: bool) -> Moved:
    def change(track: PoseTrack) -> PoseTrack:
        scale = per_s ** (track.time - track.time.mean())
        return filmed(track, scale, np.zeros((len(track), 2)), seen=seen)

    return change


def going_away(mps: float) -> Moved:
    """From 5 m on, past a camera as high as the middle of the picture."""

    def change(track: PoseTrack) -> PoseTrack:
        way = mps * (track.time - track.time[0])
        distance = 5 + way - min(0.0, way[-1])
        return filmed(track, 8 / distance, np.zeros((len(track), 2)))

    return change


ANY_SIDE: dict[str, Moved] = {
    "drifts up": drifting(-0.1),
    "drifts down fast": drifting(0.4),
    "camera drifts": drifting(0.2, seen=True),
    "knocked": knocked,
    "moved slowly": moved_slowly,
    "tilts up": tilting(0.3),
    "tilts down": tilting(-0.3),
    "zooms out": zooming(0.8, seen=True),
    "zooms in, room unseen": zooming(1.25, seen=False),
}
FRONTAL: dict[str, Moved] = {
    "recedes": going_away(2.6),
    "approaches": going_away(-2.6),
}
CASES = [
    pytest.param(name, moved, id=f"{name}, {what}")
    for name in ("side_normal", "side_overstride", "rear_normal", "rear_bad")
    for what, moved in (ANY_SIDE | (FRONTAL if name.startswith("rear") else {})).items()
]


@pytest.mark.parametrize(("name", "moved"), CASES)
def test_numbers_do_not_depend_on_where_the_runner_is_in_the_picture(
    name: str, moved: Moved
) -> None:
    track, truth = kept(name)
    before, after = as_it_is(name), analyze_track(moved(track), truth.settings)
    assert (after.view.plane, after.view.direction) == (before.view.plane, before.view.direction)
    assert after.activity == "running"
    strikes = [[e for e in a.events if e.kind == "strike"] for a in (before, after)]
    assert [e.side for e in strikes[1]] == [e.side for e in strikes[0]]
    times = [np.array([e.time_s for e in of]) for of in strikes]
    # Half a picture of 60 in a second: from behind a strike is read off the fall of the trunk, and
    # in one of them the camera sinks by 0.4 leg in the second in which the trunk does.
    assert times[1] == pytest.approx(times[0], abs=0.008 if moved is moved_slowly else 0.004)
    travels = after.view.surface == "overground"
    for summary in before.summaries:
        other = after.summary(summary.metric, summary.side)
        if summary.value is None or (travels and "length" in summary.metric):
            continue
        assert other is not None
        assert other.value is not None, (summary.metric, other.limit)
        known = [v.value for v in truth.values if (v.metric, v.side) == (other.metric, other.side)]
        assert summary.ci95 is not None
        assert other.ci95 is not None
        half = (summary.ci95[1] - summary.ci95[0]) / 2
        held = [value for value in known if abs(value - summary.value) <= 0.9 * half]
        assert all(other.ci95[0] <= value <= other.ci95[1] for value in held), other


def test_going_away_from_the_camera_is_running_overground() -> None:
    track, truth = kept("rear_normal")
    for mps in (2.6, -2.6):
        assert analyze_track(going_away(mps)(track), truth.settings).view.surface == "overground"
    # A camera that zooms shows the room zoomed, too.
    zoomed = analyze_track(zooming(0.8, seen=True)(track), truth.settings)
    assert zoomed.view.surface == "treadmill"


def test_a_runner_who_is_followed_is_drawn_where_he_was_filmed() -> None:
    track, truth = kept("rear_normal")
    moved = going_away(2.6)(track)
    drawn = as_filmed(measured_trial(moved, analyze_track(moved, truth.settings)).track)
    apart = np.linalg.norm(drawn["left_hip"] - moved["left_hip"], axis=1)
    assert np.median(apart) < 0.02 * moved.leg_px


def test_a_camera_that_tilts_does_not_cut_feet_off() -> None:
    """The edges are those of the picture, wherever the room has gone to since the first frame."""
    track, truth = kept("side_normal")
    down = 0.3 * np.arange(len(track))
    camera = {"camera_x_px": 0 * down, "camera_scale": 0 * down + 1}
    turned = with_also(track, {**camera, "camera_y_px": np.append(0.0, np.diff(down))})
    analysis = analyze_track(turned, truth.settings)
    ids = {fault.id for fault in find_faults(measured_trial(turned, analysis).with_(track=track))}
    assert ids.isdisjoint({"feet_cut", "head_cut"})
    assert {fault.id for fault in analysis.quality.faults}.isdisjoint({"feet_cut", "head_cut"})


def test_nothing_is_taken_out_where_nobody_drifts() -> None:
    for name in ("side_normal", "rear_bad"):
        track, _ = kept(name)
        assert drift(track) is None
        assert not any(step.startswith(OURS) for step in as_it_is(name).quality.steps)


def test_a_stride_has_no_drift_and_a_drift_no_stride() -> None:
    frames = np.arange(200.0)
    stride = np.sin(2 * np.pi * frames / 40) + 0.5 * np.sin(4 * np.pi * frames / 40)
    line = 3 + 0.02 * frames
    values = stride + line
    values[70:75] = np.nan
    assert over_a_stride(values, 40) == pytest.approx(line, abs=0.1)
    assert over_a_stride(stride + line, 40) == pytest.approx(line, abs=0.02)


def test_settings_of_the_user_win() -> None:
    moved = going_away(2.6)(kept("rear_normal")[0])
    assert analyze_track(moved, Settings(surface="treadmill")).view.surface == "treadmill"
