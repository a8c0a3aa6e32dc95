"""Videos that change their speed, as phones and editors export slow motion."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from data_tracks import RUNNING, WALKING, from_behind
from synthetic import runner
from synthetic_activity import changing_speed, walk_then_run

import gait.validation
from gait import analyze_track
from gait.analysis.analyze import measured_trial
from gait.analysis.cleaning.leg_swaps import repair_sides
from gait.analysis.results import Analysis
from gait.analysis.view.speed_ramps import one_speed, stretches
from gait.io.npz import read_npz
from gait.settings import Settings
from gait.types import PoseTrack, VideoInfo

TRACKS = Path(gait.validation.__file__).with_name("tracks")
AUTO = Settings(height_m=1.75)


def ramped(
    track: PoseTrack, factor: float, start: float, stop: float, *, ease_s: float = 0, fps_hz=30.0
) -> PoseTrack:
    """The video of a fast camera that plays `factor` times slower in one part of the run.

    `start` and `stop` are shares of the run; the speed changes at once, or over `ease_s` of it.
    """
    end_s = float(track.time[-1])
    life_s = np.linspace(0, end_s, 20_001)
    log_slow = np.where((life_s >= start * end_s) & (life_s < stop * end_s), np.log(factor), 0.0)
    if ease_s:
        n = round(ease_s / end_s * len(life_s))
        log_slow = np.convolve(np.pad(log_slow, n, mode="edge"), np.ones(n) / n, "same")[n:-n]
    slow = np.exp(log_slow)
    video_s = np.concatenate([[0], np.cumsum((slow[1:] + slow[:-1]) / 2 * np.diff(life_s))])
    time = np.arange(0, video_s[-1], 1 / fps_hz)
    at = np.interp(time, video_s, life_s)
    flat = track.xy.reshape(len(track), -1)
    xy = np.stack([np.interp(at, track.time, column) for column in flat.T], axis=1)
    row = np.searchsorted(track.time, at).clip(0, len(track) - 1)
    return track.rows(row, time).with_(xy=xy.reshape(len(time), *track.xy.shape[1:]))


def wrong(before: Analysis, after: Analysis) -> list[str]:
    """Values whose intervals do not hold the difference; those of whole strides' spread left out.

    Stride variability is of a few strides here, and zero in a synthetic runner.
    """
    found = []
    for s in after.summaries:
        true = before.summary(s.metric, s.side)
        if s.ci95 is None or s.value is None or true is None or true.value is None:
            continue
        room = np.hypot(np.ptp(s.ci95) / 2, np.ptp(true.ci95 or (0, 0)) / 2)
        if abs(s.value - true.value) > room and s.metric != "stride_variability":
            found.append(f"{s.metric} {s.side}: {s.value:.3g} for {true.value:.3g}")
    return found


@pytest.fixture(scope="module")
def easy() -> PoseTrack:
    return runner(60, 10, noise_px=1, **RUNNING["easy"])[0]


@pytest.fixture(scope="module")
def normal() -> tuple[PoseTrack, Analysis]:
    # Between frames with exchanged legs there is nothing to interpolate.
    track = repair_sides(read_npz(TRACKS / "side_normal" / "pose.npz")[0])
    return track, analyze_track(track, AUTO)


@pytest.fixture(scope="module", params=["side", "rear"])
def seen(request: pytest.FixtureRequest, easy: PoseTrack) -> tuple[PoseTrack, Analysis]:
    track = easy if request.param == "side" else from_behind(easy)
    return track, analyze_track(track, AUTO)


@pytest.mark.parametrize(
    ("factor", "share", "ease_s"),
    [
        (2, (0.2, 0.8), 0),
        (2, (0.5, 1.0), 0.6),
        (2, (0.4, 0.6), 0),
        (4, (0.0, 0.3), 0),
        (4, (0.2, 0.8), 0.6),
        (4, (0.3, 0.7), 0),
        (8, (0.1, 0.3), 0.6),
        (8, (0.5, 1.0), 0),
    ],
)
def test_a_ramp_is_named_and_no_value_is_wrong(
    seen: tuple[PoseTrack, Analysis], factor: float, share: tuple[float, float], ease_s: float
) -> None:
    track, before = seen
    after = analyze_track(ramped(track, factor, *share, ease_s=ease_s), AUTO)
    assert after.activity == "running"
    assert any("changes its speed" in limit for limit in after.view.limits)
    assert after.view.time_base == "unknown" or after.view.time_scale in (1, factor)
    assert not wrong(before, after)


@pytest.mark.parametrize(
    ("factor", "share"), [(2, (0.5, 1.0)), (2, (0.0, 0.3)), (4, (0.1, 0.3)), (4, (0.4, 0.6))]
)
def test_a_ramp_in_a_sample_video(
    normal: tuple[PoseTrack, Analysis], factor: float, share: tuple[float, float]
) -> None:
    track, before = normal
    after = analyze_track(ramped(track, factor, *share), AUTO)
    assert any("changes its speed" in limit for limit in after.view.limits)
    assert not wrong(before, after)


def test_the_part_that_is_kept_lies_within_one_speed(easy: PoseTrack) -> None:
    video = ramped(easy, 4, 0.5, 1.0)  # normal speed until 5 s
    kept, ramp = one_speed(video)
    assert ramp is not None
    seen = kept.time[np.isfinite(kept.xy).any(axis=(1, 2))]
    assert seen[0] == 0
    assert 4 < seen[-1] < 5
    assert ramp.slowest_s / ramp.fastest_s == pytest.approx(4, rel=0.06)
    analysis = analyze_track(video, AUTO)
    assert len(measured_trial(video, analysis).track) == len(video)
    assert f"{seen[-1]:.1f} s" in " ".join(analysis.view.limits)


def test_where_nearly_all_is_slow_the_slow_part_is_measured_in_its_own_time(
    easy: PoseTrack,
) -> None:
    analysis = analyze_track(ramped(easy, 4, 0.2, 1.0, fps_hz=60), AUTO)
    assert (analysis.view.time_base, analysis.view.time_scale) == ("seen", 4)
    cadence = analysis.summary("cadence")
    assert cadence is not None
    assert cadence.value == pytest.approx(170, abs=1)


def test_a_rate_of_capture_is_that_of_the_slow_part(easy: PoseTrack) -> None:
    info = VideoInfo(
        name="run.mp4", sha256="0", width=10, height=10, n_frames=900, duration_s=30, fps_hz=30,
        codec="h264", capture_fps_hz=120,
    )  # fmt: skip
    for share, scale in (((0.6, 1.0), 1), ((0.2, 1.0), 4)):
        view = analyze_track(ramped(easy, 4, *share), AUTO, info).view
        assert view.time_scale == pytest.approx(scale)


def test_what_the_user_tells_is_that_of_the_slow_part(easy: PoseTrack) -> None:
    told = Settings(height_m=1.75, time_scale=2.9)
    for share, scale in (((0.6, 1.0), 1.0), ((0.2, 1.0), 2.9)):
        analysis = analyze_track(ramped(easy, 2.9, *share), told)
        cadence = analysis.summary("cadence")
        assert analysis.view.time_base == "told"
        assert analysis.view.time_scale == pytest.approx(scale)
        assert cadence is not None
        assert cadence.value == pytest.approx(170, abs=2)


def test_a_factor_that_has_no_name_gives_no_times(easy: PoseTrack) -> None:
    analysis = analyze_track(ramped(easy, 2.9, 0.1, 1.0), AUTO)
    assert any("changes its speed" in limit for limit in analysis.view.limits)
    assert analysis.view.time_base == "unknown"
    cadence = analysis.summary("cadence")
    assert cadence is not None
    assert cadence.value is None


@pytest.mark.parametrize("name", sorted(path.name for path in TRACKS.iterdir()))
def test_sample_videos_play_at_one_speed(name: str) -> None:
    track = read_npz(TRACKS / name / "pose.npz")[0]
    assert one_speed(track) == (track, None)


@pytest.mark.parametrize("at_s", [1.5, 2.1])
def test_a_step_that_is_cut_out_is_no_change_of_speed(at_s: float) -> None:
    track = read_npz(TRACKS / "rear_normal" / "pose.npz")[0]
    kept = (track.time < at_s) | (track.time >= at_s + 0.35)
    cut = track.rows(kept, np.arange(kept.sum()) / track.fps_hz)
    assert one_speed(cut)[1] is None


def test_runners_who_change_are_not_videos_that_do() -> None:
    scenes = list((RUNNING | WALKING).values())
    for slow, fast in combinations(scenes, 2):
        for backwards in (False, True):
            assert one_speed(changing_speed(slow, fast, backwards=backwards))[1] is None
    assert one_speed(walk_then_run(4, 4))[1] is None


def test_steady_running_and_walking_is_one_stretch(easy: PoseTrack) -> None:
    for track in (easy, from_behind(easy), runner(60, 8, noise_px=1, **WALKING["usual"])[0]):
        (stretch,) = stretches(track)
        assert stretch.stop_s - stretch.start_s == pytest.approx(track.time[-1], abs=0.1)


@pytest.mark.parametrize("segment_s", [0.8, 1.2, 1.6])
def test_speeds_that_change_all_the_time_give_no_wrong_times(
    easy: PoseTrack, segment_s: float
) -> None:
    slow = np.where(easy.time % (2 * segment_s) < segment_s, 1, 4)
    jumpy = easy.with_(time=np.cumsum(slow / 60))
    analysis = analyze_track(jumpy, AUTO)
    named = any("changes its speed" in limit for limit in analysis.view.limits)
    assert named or analysis.view.time_base == "unknown"
    cadence = analysis.summary("cadence")
    assert cadence is None or cadence.value is None or cadence.value == pytest.approx(170, abs=6)
