"""How fast a video plays: found out, corrected, or said not to be known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from data_tracks import RUNNING, WALKING, exchange_legs, frames_near, from_behind
from synthetic import runner
from synthetic_activity import at_rate, repeated, slowed, with_drops, with_jitter

import gait.validation
from gait import analyze_track
from gait.analysis.results import Analysis
from gait.analysis.view.playback_speed import true_time
from gait.analysis.view.step_rhythm import rhythm
from gait.io.npz import read_npz
from gait.settings import Settings
from gait.types import PoseTrack, VideoInfo

TRACKS = Path(gait.validation.__file__).with_name("tracks")
KEPT = sorted(path.name for path in TRACKS.iterdir() if path.is_dir())
AUTO = Settings()
TIMES = (
    "cadence",
    "step_time",
    "stride_time",
    "stride_variability",
    "contact_time",
    "flight_time",
    "duty_factor",
)


def kept(name: str) -> PoseTrack:
    return read_npz(TRACKS / name / "pose.npz")[0]


def value(analysis: Analysis, metric: str, side: str = "both") -> float | None:
    summary = analysis.summary(metric, side)
    assert summary is not None
    return summary.value


def video_of(track: PoseTrack, capture_fps_hz: float | None) -> VideoInfo:
    return VideoInfo(
        name="run.mp4", sha256="0", width=10, height=10, n_frames=len(track),
        duration_s=float(track.time[-1]), fps_hz=track.fps_hz, codec="h264",
        capture_fps_hz=capture_fps_hz,
    )  # fmt: skip


@pytest.fixture(scope="module")
def videos() -> dict[str, PoseTrack]:
    side = {
        name: runner(60, 6, noise_px=1, **scene)[0] for name, scene in (RUNNING | WALKING).items()
    }
    return side | {f"{name} from behind": from_behind(track) for name, track in side.items()}


# ------------------------------------------------------------------------------------- the rhythm


@pytest.mark.parametrize("factor", [0.5, 1, 8, 30])
def test_the_rhythm_follows_the_video_and_its_shape_does_not(videos, factor: float) -> None:
    plain, slow = (rhythm(t) for t in (videos["easy"], slowed(videos["easy"], factor)))
    assert plain is not None
    assert slow is not None
    # 170 steps/min; the search for the period in whole frames is good to a few percent.
    assert plain.step_s == pytest.approx(60 / 170, rel=0.01)
    assert slow.step_s == pytest.approx(factor * plain.step_s, rel=0.01)
    assert slow.rise == pytest.approx(plain.rise, rel=0.02)
    assert abs(slow.phase_rad - plain.phase_rad) < 0.05


def test_runners_are_low_and_walkers_high_when_the_feet_pass(videos) -> None:
    for name, track in videos.items():
        seen = rhythm(track)
        assert seen is not None
        walks = name.split()[0] in WALKING
        assert (np.cos(seen.phase_rad - np.radians(-77)) > 0.8) == walks


def test_exchanged_legs_change_nothing(videos) -> None:
    track = videos["easy"]
    swapped = exchange_legs(track, frames_near(track, np.arange(0.2, 5.8, 0.7), 3))
    before, after = rhythm(track), rhythm(swapped)
    assert before is not None
    assert after is not None
    assert after.step_s == pytest.approx(before.step_s, rel=0.01)
    assert after.rise == pytest.approx(before.rise, rel=0.01)
    assert after.phase_rad == pytest.approx(before.phase_rad, abs=0.05)


# -------------------------------------------------------------------------------- ordinary videos


@pytest.mark.parametrize("fps_hz", [24, 25, 29.97, 30, 50, 60, 120])
def test_ordinary_videos_are_never_called_slow(videos, fps_hz: float) -> None:
    for name, track in videos.items():
        clock = true_time(at_rate(track, fps_hz), AUTO)
        assert (clock.base, clock.limit) == ("film", None), name


@pytest.mark.parametrize("name", KEPT)
def test_nothing_is_said_of_a_video_as_it_was_filmed(name: str) -> None:
    assert true_time(kept(name), AUTO).limit is None


@pytest.mark.parametrize("name", ["side_normal", "rear_normal", "mocap_rbds004_side_3.5"])
def test_a_video_played_a_little_faster_says_that_it_may_be(name: str) -> None:
    faster = slowed(kept(name), 1 / 1.25)
    analysis = analyze_track(faster, AUTO)
    assert analysis.view.time_base == "film"
    assert analysis.view.limits[0].startswith("The steps are quick for how the body falls")
    assert "times faster than life" in analysis.view.limits[0]
    assert not analyze_track(faster, Settings(height_m=1.75, time_scale=1)).view.limits


def test_a_video_played_a_little_slower_says_that_it_may_be() -> None:
    clock = true_time(slowed(kept("side_normal"), 1.25), AUTO)
    assert clock.base == "film"
    assert clock.limit is not None
    assert clock.limit.startswith("The steps are slow")


def test_without_a_rhythm_the_video_is_believed() -> None:
    noise = np.random.default_rng(0).normal(0, 3, (300, 33, 2))
    track, _ = runner(60, 5)
    still = track.with_(xy=np.repeat(track.xy[:1], 300, axis=0) + noise[:, : len(track.names)])
    assert true_time(still, AUTO).base == "film"


# ------------------------------------------------------------------------------------ slow motion


@pytest.mark.parametrize("factor", [2, 4, 8, 10])
def test_slow_motion_is_corrected_or_its_times_are_left_out(videos, factor: int) -> None:
    for name, track in videos.items():
        for copy in (
            slowed(track, factor), slowed(track, factor, 30), repeated(track, factor, 30)
        ):  # fmt: skip
            clock = true_time(copy, AUTO)
            assert clock.base in ("seen", "unknown"), name
            assert clock.base == "unknown" or clock.scale == factor, name
            assert clock.limit is not None
            assert "times slower" in clock.limit


def test_a_corrected_video_reads_like_the_original(videos) -> None:
    track = videos["easy"]
    plain, slow = analyze_track(track, AUTO), analyze_track(slowed(track, 4), AUTO)
    assert (slow.view.time_base, slow.view.time_scale) == ("seen", 4)
    assert slow.view.limits[0].startswith("The video plays 4 times slower than life")
    assert slow.view.fps_hz == pytest.approx(60)
    for here, there in zip(plain.summaries, slow.summaries, strict=True):
        assert (there.value is None) == (here.value is None), here.metric
        if here.value is not None and here.ci95 is not None:
            # Frames of another time step are smoothed a little differently.
            little = 0.1 * (here.ci95[1] - here.value)
            assert there.value == pytest.approx(here.value, rel=0.01, abs=little), here.metric


@pytest.mark.parametrize("factor", [4, 8])
def test_three_steps_are_enough_to_see_slow_motion(videos, factor: int) -> None:
    for name in ("slow", "easy", "fast", "easy from behind"):
        three = videos[name].between(1, 2.1)
        analysis = analyze_track(slowed(three, factor), AUTO)
        assert analysis.view.time_base in ("seen", "unknown"), name
        assert analysis.view.time_scale == pytest.approx(factor, rel=0.3), name
        assert analysis.activity != "turning", name
        assert true_time(three, AUTO).base == "film", name


@pytest.mark.parametrize("length_s", [1.3, 1.6, 2.0])
def test_legs_that_are_exchanged_all_the_time_do_not_play_fast(videos, length_s: float) -> None:
    for name, track in videos.items():
        short = at_rate(track.between(1, 1 + length_s), 30)
        ahead = (short["left_ankle"] - short["right_ankle"])[:, 0] > 0
        seen = true_time(exchange_legs(short, np.flatnonzero(ahead)), AUTO)
        assert seen.base == "film", name


def test_two_frames_a_second_are_no_crash(videos) -> None:
    for copy in (slowed(videos["easy"], 30), at_rate(videos["easy"], 2)):
        assert not analyze_track(copy, Settings(time_scale=1)).strides


def test_running_at_half_speed_is_not_walking(videos) -> None:
    analysis = analyze_track(slowed(videos["slow"], 2), AUTO)  # 80 steps a minute
    assert analysis.activity == "running"
    assert value(analysis, "cadence") == pytest.approx(160, abs=1)


@pytest.mark.parametrize("factor", [0.5, 3, 5.9])
def test_an_odd_factor_is_not_guessed(videos, factor: float) -> None:
    analysis = analyze_track(slowed(videos["easy"], factor), AUTO)
    assert analysis.view.time_base == "unknown"
    assert analysis.activity == "running"
    for metric in TIMES:
        for side in ("left", "right", "both"):
            summary = analysis.summary(metric, side)
            if summary is not None:
                assert summary.value is None
                assert summary.limit is not None
                assert "times slower" in summary.limit
    assert not {m.metric for m in analysis.measurements} & set(TIMES)
    plain = analyze_track(videos["easy"], AUTO)
    # The guess may be off by a tenth, and with it the moments at which angles are read.
    for metric in ("trunk_lean", "vertical_oscillation_pct"):
        assert value(analysis, metric) == pytest.approx(value(plain, metric), rel=0.1)
    for metric in ("knee_flexion_peak_swing", "tibia_angle_ic"):
        assert value(analysis, metric, "right") == pytest.approx(
            value(plain, metric, "right"), abs=3
        )


def test_lengths_from_belt_speed_need_a_clock(videos) -> None:
    analysis = analyze_track(slowed(videos["easy"], 3), Settings(speed_mps=3))
    summary = analysis.summary("stride_length", "right")
    assert summary is not None
    assert summary.value is None
    assert "times slower" in (summary.limit or "")


# --------------------------------------------------------------------------- what is told counts


def test_the_user_is_believed_and_warned(videos) -> None:
    track = slowed(videos["easy"], 3)
    right, wrong = (true_time(track, Settings(time_scale=n)) for n in (3.0, 1.0))
    assert (right.scale, right.base, right.limit) == (3, "told", None)
    assert (wrong.scale, wrong.base) == (1, "told")
    assert wrong.limit is not None
    assert "57 steps a minute" in wrong.limit
    assert value(analyze_track(track, Settings(time_scale=3.0)), "cadence") == pytest.approx(
        170, abs=0.6
    )


@pytest.mark.parametrize("capture_fps_hz", [150.0, 240.0])
def test_the_rate_of_capture_in_the_file_is_used(videos, capture_fps_hz: float) -> None:
    factor = capture_fps_hz / 30
    track = slowed(videos["easy"], factor, 30)
    clock = true_time(track, AUTO, video_of(track, capture_fps_hz))
    assert (clock.scale, clock.base) == (pytest.approx(factor, rel=1e-3), "file")
    assert clock.limit is not None
    assert f"{capture_fps_hz:.0f} frames per second" in clock.limit


def test_a_tag_that_outlived_a_conversion_is_not_believed(videos) -> None:
    track = at_rate(videos["easy"], 30)
    clock = true_time(track, AUTO, video_of(track, 240))
    assert clock.scale == 1
    assert clock.base == "film"


def test_a_tag_that_says_nothing_new_changes_nothing(videos) -> None:
    track = videos["easy"]
    assert true_time(track, AUTO, video_of(track, 60.0)).base == "film"


# --------------------------------------------------------------------- frames dropped or jittered


@pytest.mark.parametrize("share", [0.1, 0.3])
def test_dropped_frames_leave_cadence(videos, share: float) -> None:
    for name in ("easy", "fast from behind"):
        true_spm = value(analyze_track(videos[name], AUTO), "cadence")
        found = value(analyze_track(with_drops(videos[name], share), AUTO), "cadence")
        assert found == pytest.approx(true_spm, rel=0.005), name


@pytest.mark.parametrize("fps_hz", [24, 25])
def test_pictures_shown_later_than_they_were_taken_are_no_variability(fps_hz: float) -> None:
    """An editor that makes 25 frames of 30 shows, at each, the picture before."""
    track, _ = runner(30, 20, noise_px=1, **RUNNING["easy"])
    time = np.arange(0, track.time[-1], 1 / fps_hz)
    shown = track.rows(np.searchsorted(track.time, time + 1e-6) - 1, time)
    for metric in ("stride_variability", "contact_variability"):
        summary = analyze_track(shown, AUTO).summary(metric)
        assert summary is not None
        assert summary.ci95 is not None
        assert summary.ci95[0] == 0, metric  # the runner's strides are all alike


def test_jittered_frames_leave_cadence(videos) -> None:
    true_spm = value(analyze_track(videos["easy"], AUTO), "cadence")
    found = value(analyze_track(with_jitter(videos["easy"], 0.9), AUTO), "cadence")
    assert found == pytest.approx(true_spm, rel=0.005)
