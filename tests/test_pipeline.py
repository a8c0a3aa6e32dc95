"""From a raw track to an analysis: all stages together, on runners whose numbers are known."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import fake_backend
import numpy as np
import pytest
from data_tracks import RUNNING, WALKING, exchange_legs, from_behind, join, without_person
from fake_backend import FakeBackend
from synthetic import runner

from gait import analyze_track, pipeline
from gait.analysis.results import Analysis
from gait.pose import register
from gait.settings import PoseSettings, Settings
from gait.types import GaitError, PoseTrack

FAKE = Settings(pose=PoseSettings(backend="fake"))

AUTO = Settings()


def value(analysis: Analysis, metric: str, side: str = "both") -> float:
    summary = analysis.summary(metric, side)
    assert summary is not None
    assert summary.value is not None, summary.limit
    return summary.value


@pytest.fixture(scope="module")
def easy() -> tuple[PoseTrack, Analysis]:
    track, _ = runner(60, 8, noise_px=2, **RUNNING["easy"])
    return track, analyze_track(track, Settings(speed_mps=3.0))


# -------------------------------------------------------------------------------- right numbers


@pytest.mark.parametrize("fps_hz", [30, 60, 120])
@pytest.mark.parametrize("speed", RUNNING)
def test_a_noisy_video_gives_the_known_numbers(fps_hz: float, speed: str) -> None:
    scene = RUNNING[speed]
    track, truth = runner(fps_hz, 8, noise_px=2, **scene)
    analysis = analyze_track(track, Settings(speed_mps=scene["speed_mps"]))
    assert analysis.activity == "running"
    assert (analysis.view.plane, analysis.view.direction) == ("side", "right")
    # Twenty strides, each end good to some 5 ms: 0.2 % of the stride time at most.
    assert value(analysis, "cadence") == pytest.approx(truth.values["cadence"], abs=0.4)
    for side in ("left", "right"):
        assert value(analysis, "stride_time", side) == pytest.approx(
            truth.values["stride_time"], abs=0.003
        )
        # The rigid foot of the synthetic runner puts toe-off off by up to 25 ms (test_events.py).
        contact_ms = value(analysis, "contact_time", side)
        assert contact_ms == pytest.approx(truth.values["contact_time"], abs=33)


def test_intervals_of_steady_values_hold_the_truth(easy) -> None:
    _, truth = runner(60, 8, **RUNNING["easy"])
    for summary in easy[1].summaries:
        if summary.metric in ("cadence", "stride_time", "trunk_lean") and summary.ci95:
            low, high = summary.ci95
            assert low <= truth.values[summary.metric] <= high, summary


def test_exchanged_legs_make_no_difference(easy) -> None:
    track, plain = easy
    frames = np.random.default_rng(0).random(len(track)) < 0.25
    analysis = analyze_track(exchange_legs(track, frames), Settings(speed_mps=3.0))
    assert analysis.quality.swaps_repaired == frames.sum()
    assert analysis.quality.swaps_undecided == 0
    assert analysis.summaries == plain.summaries
    assert analysis.events == plain.events


def test_the_mirrored_video_swaps_the_sides(easy) -> None:
    track, plain = easy
    mirrored = analyze_track(track.mirrored(), Settings(speed_mps=3.0))
    assert (mirrored.view.direction, mirrored.view.near_side) == ("left", "left")
    other = {"left": "right", "right": "left", "both": "both"}
    for summary in plain.summaries:
        twin = mirrored.summary(summary.metric, other[summary.side])
        assert twin is not None
        assert twin.far_side == summary.far_side
        if summary.value is None:
            assert twin.value is None
            continue
        sign = -1 if summary.metric == "step_time_asymmetry" else 1
        assert twin.value == pytest.approx(sign * summary.value, abs=1e-6), summary.metric


def test_the_window_is_that_of_the_strides(easy) -> None:
    analysis = easy[1]
    start_s, stop_s = analysis.view.window_s
    assert start_s == analysis.strides[0].strike_s
    assert stop_s == max(s.next_strike_s for s in analysis.strides)
    assert {m.metric for m in analysis.measurements} <= {s.metric for s in analysis.summaries}


def test_walking_is_said_and_gets_no_running_norms() -> None:
    for scene in WALKING.values():
        track, _ = runner(60, 6, noise_px=2, **scene)
        analysis = analyze_track(track, Settings(speed_mps=scene["speed_mps"]))
        assert analysis.activity == "walking"
        assert all(s.typical is None and s.flag is None for s in analysis.summaries)


def test_a_video_from_behind_gives_times_and_reasons_for_the_rest() -> None:
    track, truth = runner(60, 6, noise_px=1)
    analysis = analyze_track(from_behind(track), AUTO)
    assert (analysis.view.plane, analysis.activity) == ("rear", "running")
    assert value(analysis, "cadence") == pytest.approx(truth.values["cadence"], abs=1.0)
    for metric in ("contact_time", "overstride", "knee_flexion_ic"):
        summary = analysis.summary(metric, "left")
        assert summary is not None
        assert summary.value is None
        assert summary.limit == "Needs a video from the side."


def test_walking_seen_from_behind_is_walking() -> None:
    for scene in WALKING.values():
        analysis = analyze_track(from_behind(runner(60, 6, noise_px=1, **scene)[0]), AUTO)
        assert analysis.activity == "walking"
        assert analysis.events == ()  # the rule is one for runners
        assert all(s.value is None and s.limit for s in analysis.summaries)


def test_a_long_gap_costs_strides_but_no_accuracy() -> None:
    track, truth = runner(60, 10, noise_px=1, **RUNNING["easy"])
    gap = analyze_track(without_person(track, 4.0, 5.0), AUTO)
    assert [e for e in gap.events if 4.03 < e.time_s < 5.0] == []
    assert value(gap, "cadence") == pytest.approx(truth.values["cadence"], abs=0.6)
    assert gap.quality.frames_without_person == 61


# ---------------------------------------------------------------------------------- slow motion


@pytest.mark.parametrize("factor", [0.5, 2.0, 4.0])
def test_slow_motion_is_undone(easy, factor: float) -> None:
    track, plain = easy
    slow = track.with_(time=track.time * factor)
    analysis = analyze_track(slow, Settings(speed_mps=3.0, time_scale=factor))
    assert analysis.view.time_scale == factor
    assert analysis.view.fps_hz == pytest.approx(plain.view.fps_hz)
    assert len(analysis.events) == len(plain.events)
    times = [e.time_s for e in plain.events]
    assert [e.time_s for e in analysis.events] == pytest.approx(times, abs=1e-6)
    for here, there in zip(plain.summaries, analysis.summaries, strict=True):
        assert there.value == pytest.approx(here.value, abs=0.01), here.metric


@pytest.mark.parametrize("factor", [0.8, 1.25])
def test_times_follow_the_time_scale_and_angles_do_not(easy, factor: float) -> None:
    track, plain = easy
    analysis = analyze_track(track, Settings(speed_mps=3.0, time_scale=factor))
    # The filter and the constants of the rules do not scale, hence not exactly.
    cadence = value(analysis, "cadence") / value(plain, "cadence")
    assert cadence == pytest.approx(factor, rel=0.005)
    stride = value(analysis, "stride_time", "right") / value(plain, "stride_time", "right")
    assert stride == pytest.approx(1 / factor, rel=0.005)
    assert value(analysis, "trunk_lean") == pytest.approx(value(plain, "trunk_lean"), abs=0.5)


# ---------------------------------------------------------------------------- pure, and on file


def test_the_same_track_gives_the_same_file(easy) -> None:
    track, plain = easy
    again = analyze_track(track, Settings(speed_mps=3.0))
    assert again.model_dump_json() == plain.model_dump_json()


def test_the_file_holds_all_of_it(easy) -> None:
    analysis = easy[1]
    assert Analysis.model_validate_json(analysis.model_dump_json()) == analysis


def test_an_analysis_needs_no_files_and_no_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("input or output in a pure function")

    track, _ = runner(60, 4)
    analyze_track(track, AUTO)  # reads the knowledge base once
    monkeypatch.setattr("gait.analysis.analyze.own_version", lambda: "0")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("builtins.open", refuse)
    monkeypatch.setattr(Path, "open", refuse)
    monkeypatch.setattr(socket, "socket", refuse)
    analyze_track(track, AUTO)
    assert list(tmp_path.iterdir()) == []


def test_the_raw_track_is_left_as_it_is() -> None:
    track, _ = runner(60, 4, noise_px=2)
    xy, steps = track.xy.copy(), track.steps
    analyze_track(track, AUTO)
    np.testing.assert_array_equal(track.xy, xy)
    assert track.steps == steps


def test_the_notebook_tells_every_step(easy) -> None:
    steps = " ".join(easy[1].quality.steps)
    for word in ("legs exchanged", "outliers", "gaps", "low-pass"):
        assert word in steps


# ----------------------------------------------------------------------------- too little to say


@pytest.mark.parametrize("n_frames", [1, 2, 3, 4, 10, 20])
def test_a_track_that_is_too_short_says_so(n_frames: int) -> None:
    track, _ = runner(60, n_frames / 60)
    with pytest.raises(GaitError, match=r"\. Film .*10 s"):
        analyze_track(track, AUTO)


def test_a_second_of_video_gives_reasons_instead_of_numbers() -> None:
    track, _ = runner(60, 1.0)
    analysis = analyze_track(track, AUTO)
    assert analysis.summaries
    for summary in analysis.summaries:
        assert (summary.value is None) == (summary.limit is not None)
        assert summary.value is None or summary.n >= 2


def test_a_still_person_gives_reasons_instead_of_numbers() -> None:
    track, _ = runner(60, 6)
    still = np.repeat(track.xy[:1], len(track), axis=0)
    xy = still + np.random.default_rng(0).normal(0, 1, still.shape)
    analysis = analyze_track(track.with_(xy=xy), Settings(view="side"))
    assert analysis.activity != "running"
    assert value_or_none(analysis, "cadence") is None


def test_noise_is_not_a_runner() -> None:
    track, _ = runner(60, 6)
    xy = np.random.default_rng(0).uniform(0, 500, track.xy.shape)
    try:
        analysis = analyze_track(track.with_(xy=xy), AUTO)
    except GaitError:
        return
    assert analysis.activity != "running"
    assert value_or_none(analysis, "cadence") is None


def value_or_none(analysis: Analysis, metric: str) -> float | None:
    summary = analysis.summary(metric)
    return summary.value if summary else None


def test_a_runner_who_stops_is_measured_while_running() -> None:
    run, truth = runner(60, 8, noise_px=1, **RUNNING["easy"])
    still = run.with_(xy=np.repeat(run.xy[-1:], len(run), axis=0)).between(0, 4)
    analysis = analyze_track(join(run, still), AUTO)
    assert analysis.activity == "running"
    assert analysis.view.window_s[1] < 8.1
    assert value(analysis, "cadence") == pytest.approx(truth.values["cadence"], abs=0.6)


# --------------------------------------------------------------------------- how the picture lies


@pytest.mark.parametrize(("turns", "said"), [(1, "on its side"), (2, "upside down"), (3, "side")])
def test_a_video_that_is_not_upright_is_refused_and_leaves_nothing(
    turns: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    track = fake_backend.runner()
    for _ in range(turns):
        xy = np.stack([track.size[1] - track.xy[..., 1], track.xy[..., 0]], axis=-1)
        track = track.with_(xy=xy, size=track.size[::-1])
    monkeypatch.setattr(fake_backend, "runner", lambda: track)
    register("fake", FakeBackend)
    source = fake_backend.video(tmp_path / "turned.mp4")
    with pytest.raises(GaitError, match=said):
        pipeline.analyze(source, FAKE, out=tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_video_of_one_second_is_not_said_to_show_nobody(tmp_path: Path) -> None:
    class Short(FakeBackend):
        def track(self, *args: object, **options: object) -> PoseTrack:
            return fake_backend.runner().rows(slice(60))

    register("short", Short)
    source = fake_backend.video(tmp_path / "short.mp4")
    settings = Settings(pose=PoseSettings(backend="short"))
    analysis = pipeline.analyze(source, settings, out=tmp_path / "run", overlay=False)
    assert all(s.value is None and s.limit for s in analysis.summaries)


# ------------------------------------------------------------------------------- in good time


def test_the_answer_is_there_before_the_overlay_is_drawn(tmp_path: Path) -> None:
    register("fake", FakeBackend)
    out = tmp_path / "run"
    there: list[tuple[str, bool]] = []

    def told(stage: str, done: int, total: int) -> None:
        there.append((stage, (out / "analysis.json").exists()))

    source = fake_backend.video(tmp_path / "runner.mp4")
    pipeline.analyze(source, FAKE, out=out, progress=told)
    assert {("pose", False), ("overlay", True)} == set(there)


def test_nothing_slow_is_loaded_before_the_pose_model_works() -> None:
    code = (
        "import sys; import gait.pipeline, gait.pose.blazepose;"
        "print(*{'scipy', 'mediapipe', 'openvino', 'pandas'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
