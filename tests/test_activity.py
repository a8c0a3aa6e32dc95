"""What somebody does: only what is meaningful is reported."""

from __future__ import annotations

import numpy as np
import pytest
from data_tracks import RUNNING, WALKING, from_behind, join
from synthetic import runner
from synthetic_activity import changing_speed, standing, walk_then_run

from gait import analyze_track
from gait.analysis.events.steady_state import _trend
from gait.analysis.kinematics.uncertainty import VARIABILITY
from gait.analysis.results import Analysis, Stride
from gait.analysis.view.observe import TURNS
from gait.present.wording import activity_warning
from gait.settings import Settings
from gait.types import SIDES, PoseTrack

START = {"speed_mps": 1.6, "cadence_spm": 150, "contact_s": 0.33, "toe_off_pitch_deg": -40}
SPRINT = {"speed_mps": 5.2, "cadence_spm": 200, "contact_s": 0.17, "toe_off_pitch_deg": -40}


def analysed(track: PoseTrack) -> Analysis:
    return analyze_track(track, Settings())


def easy(duration_s: float) -> PoseTrack:
    return runner(60, duration_s, noise_px=1, **RUNNING["easy"])[0]


def cadence(analysis: Analysis) -> float | None:
    summary = analysis.summary("cadence")
    assert summary is not None
    return summary.value


@pytest.mark.parametrize(
    "track",
    [
        changing_speed(START, SPRINT, 4, lean_deg=40),
        changing_speed(RUNNING["slow"], SPRINT, 5, backwards=True),
    ],
    ids=["start", "stop"],
)
def test_strides_that_change_are_not_averaged(track: PoseTrack) -> None:
    analysis = analysed(track)
    assert analysis.activity == "changing speed"
    assert "start or a stop" in (activity_warning(analysis) or "")
    assert all(s.value is None and s.limit for s in analysis.summaries)
    assert analysis.findings == ()
    assert analysis.strides  # one by one they are there


def test_who_starts_and_then_runs_evenly_is_measured_then() -> None:
    fast = runner(60, 8, noise_px=1, **RUNNING["fast"])[0]
    analysis = analysed(join(changing_speed(START, RUNNING["fast"], 3, lean_deg=30), fast))
    assert analysis.activity == "running"
    assert analysis.view.window_s[0] > 2.5
    assert cadence(analysis) == pytest.approx(178, abs=0.6)


@pytest.mark.parametrize("scene", [*RUNNING.values(), *WALKING.values()])
def test_even_pace_is_not_called_a_start(scene) -> None:
    for speed in (0.97, 1.0):  # as the belt or the runner wavers
        track = runner(60, 8, noise_px=2, **(scene | {"speed_mps": speed * scene["speed_mps"]}))[0]
        assert analysed(track).activity in ("running", "walking")


@pytest.mark.parametrize("seen", [lambda t: t, from_behind], ids=["side", "rear"])
def test_standing_is_standing(seen) -> None:
    analysis = analysed(seen(standing(6)))
    assert analysis.activity == "standing"
    assert all(s.value is None for s in analysis.summaries)
    assert activity_warning(analysis)


@pytest.mark.parametrize("seen", [lambda t: t, from_behind], ids=["side", "rear"])
def test_who_stands_first_is_measured_while_running(seen) -> None:
    analysis = analysed(seen(join(standing(3), easy(8))))
    assert analysis.activity == "running"
    assert analysis.view.time_base == "film"
    assert analysis.view.window_s[0] > 2.9
    assert cadence(analysis) == pytest.approx(170, abs=0.6)


@pytest.mark.parametrize(("walk_s", "of_the_walk_s"), [(5, 0.5), (8, 0.5)])
def test_of_walking_and_running_one_is_measured(walk_s: float, of_the_walk_s: float) -> None:
    # Strides of the walk that take as long as those of the run may be counted to it.
    analysis = analysed(walk_then_run(walk_s, 6))
    assert analysis.activity == "running"
    assert analysis.view.time_base == "film"
    assert analysis.view.window_s[0] > walk_s - of_the_walk_s
    assert cadence(analysis) == pytest.approx(170, abs=0.6)


def hidden(track: PoseTrack, part_s: float, every_s: float) -> PoseTrack:
    """Nobody is found for some seconds out of every so many, from half of it on."""
    times = (track.time - every_s / 2) % every_s
    lost = (times < part_s) & (track.time >= every_s / 2)
    xy = np.where(lost[:, None, None], np.nan, track.xy)
    return track.with_(xy=xy, score=np.where(lost[:, None], 0.0, track.score))


@pytest.mark.parametrize(("part_s", "every_s"), [(0.2, 2.5), (0.5, 3.0), (1.2, 4.0)])
@pytest.mark.parametrize("seen", [lambda t: t, from_behind], ids=["side", "rear"])
def test_who_is_hidden_now_and_then_is_measured_in_all_parts(seen, part_s, every_s) -> None:
    whole, parts = analysed(seen(easy(15))), analysed(hidden(seen(easy(15)), part_s, every_s))
    assert parts.activity == "running"
    assert np.ptp(parts.view.window_s) > 12
    assert cadence(parts) == pytest.approx(170, abs=0.6)
    for summary in whole.summaries:
        if summary.value is not None and summary.metric not in VARIABILITY:
            again = parts.summary(summary.metric, summary.side)
            assert again is not None
            assert again.value is not None, again.limit
            low, high = again.ci95
            assert low <= summary.value <= high


def test_frames_that_the_video_leaves_out_hold_no_contact() -> None:
    track = easy(12)
    holes = [(2.0, 2.6), (5.0, 5.6), (8.0, 8.6)]
    out = np.any([(track.time > a) & (track.time < b) for a, b in holes], axis=0)
    analysis = analysed(track.rows(~out))
    assert not [e for e in analysis.events for a, b in holes if a + 0.02 < e.time_s < b - 0.02]
    assert cadence(analysis) == pytest.approx(170, abs=0.6)


def test_a_rest_ends_the_run_though_the_pace_is_the_same() -> None:
    analysis = analysed(join(easy(5), standing(4), easy(7)))
    assert analysis.view.window_s[0] > 8.9
    assert cadence(analysis) == pytest.approx(170, abs=0.6)


def test_a_turn_ends_the_stretch_that_is_measured() -> None:
    analysis = analysed(join(easy(5), from_behind(easy(3))))
    assert (analysis.view.plane, analysis.activity) == ("side", "running")
    assert analysis.view.window_s[1] < 5.1
    assert TURNS in analysis.view.limits
    assert cadence(analysis) == pytest.approx(170, abs=0.6)


def test_running_straight_is_not_turning() -> None:
    for track in (easy(5), from_behind(easy(5))):
        assert TURNS not in analysed(track).view.limits


def test_single_speeds_that_scatter_are_no_trend() -> None:
    strides = tuple(
        Stride(
            side=SIDES[i % 2], strike_s=0.35 * i, off_s=0.35 * i + 0.25,
            next_strike_s=0.35 * i + 0.7, strike_sd_s=0.004, off_sd_s=0.006,
        )
        for i in range(8)
    )  # fmt: skip
    rising = np.linspace(0.85, 1.15, 8)
    assert _trend(strides, rising) == pytest.approx(0.3, abs=0.02)
    scatter = 0.2 * np.array([-1, -1, 1, 1, -1, -1, 1, 1])
    assert _trend(strides, rising + scatter) == 0.0
