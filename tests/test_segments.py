"""Cut, black and frozen video, somebody else in the track, and a camera that moves."""

from __future__ import annotations

import numpy as np
import pytest
import synthetic
from columns import with_only

from gait.analysis.analyze import analyze_track, measured_trial
from gait.analysis.cleaning.segments import one_segment
from gait.analysis.cleaning.stabilize import as_filmed, stabilized
from gait.settings import Settings
from gait.types import Float, PoseError, PoseTrack

FPS_HZ = 60.0


def video(seconds: float = 8.0, **changes: float) -> tuple[PoseTrack, dict[str, Float]]:
    """A runner, and the signals of a quiet video."""
    track, _ = synthetic.runner(FPS_HZ, seconds, noise_px=1, **changes)
    n = len(track)
    rng = np.random.default_rng(0)
    return track, {
        "picture_change": 0.6 + 0.1 * rng.random(n),
        "brightness": np.full(n, 120.0),
        "camera_x_px": np.zeros(n),
        "camera_y_px": np.zeros(n),
        "camera_scale": np.ones(n),
    }


def joined(first: PoseTrack, second: PoseTrack) -> PoseTrack:
    """One video after the other."""
    time = np.concatenate([first.time, first.time[-1] + 1 / FPS_HZ + second.time])
    return first.with_(
        time=time,
        xy=np.concatenate([first.xy, second.xy]),
        score=np.concatenate([first.score, second.score]),
    )


def seen(track: PoseTrack) -> tuple[float, float]:
    inside = track.time[np.isfinite(track.xy).any(axis=(1, 2))]
    return float(inside[0]), float(inside[-1])


def test_a_quiet_video_stays_as_it_is() -> None:
    track, signals = video()
    track = with_only(track, signals)
    assert one_segment(track) == (track, ())


def test_a_track_without_signals_stays_as_it_is() -> None:
    track, _ = video()
    assert one_segment(track) == (track, ())


def test_of_two_videos_the_longer_one_is_analysed_and_it_is_said() -> None:
    one, _ = video(3)
    other, _ = video(6, cadence_spm=184)
    both = joined(one, other)
    _, signals = video(9)
    signals["picture_change"][180] = 16.0  # as between two videos of the same room
    analysis = analyze_track(with_only(both, signals), Settings())
    assert "cut at 3.0 s" in analysis.view.limits[0]
    assert analysis.view.window_s[0] >= 3.0
    cadence = analysis.summary("cadence")
    assert cadence is not None
    assert cadence.value == pytest.approx(184, rel=0.01)  # a hundredth: noise of 1 px


def test_steady_running_goes_before_a_longer_segment_of_standing() -> None:
    run, _ = video(3)
    stand = run.with_(
        time=np.arange(300) / FPS_HZ,
        xy=np.repeat(run.xy[:1], 300, axis=0),
        score=np.repeat(run.score[:1], 300, axis=0),
    )
    both = joined(stand, run)
    _, signals = video(8)
    signals["picture_change"][300] = 30.0
    assert seen(one_segment(with_only(both, signals))[0])[0] == pytest.approx(5.0)


def test_somebody_who_passes_in_front_is_one_break_and_not_many_cuts() -> None:
    track, signals = video(8)
    signals["picture_change"][180:240:3] = 14.0
    kept, limits = one_segment(with_only(track, signals))
    assert seen(kept)[0] == pytest.approx(4.0, abs=0.1)
    assert "passes, or cuts follow each other, from 3.0 to 3.9 s" in limits[0]
    assert "cut at" not in limits[0]


def test_a_second_of_black_ends_a_segment() -> None:
    track, signals = video(8)
    dark = (track.time >= 3) & (track.time < 4)
    xy = track.xy.copy()
    xy[dark] = np.nan
    signals["brightness"][dark] = 0.0
    signals["picture_change"][dark] = 0.0
    signals["picture_change"][[180, 240]] = 120.0
    kept, limits = one_segment(with_only(track.with_(xy=xy), signals))
    assert seen(kept) == pytest.approx((4.0, track.time[-1]), abs=0.02)
    assert len(limits) == 1
    assert "black from 3.0 to 4.0 s" in limits[0]
    assert "cut" not in limits[0]  # one break, said once


def test_a_video_that_is_black_throughout_is_refused() -> None:
    track, signals = video(2)
    signals["brightness"][:] = 3.0
    with pytest.raises(PoseError, match="black"):
        one_segment(with_only(track, signals))


def test_a_frozen_picture_ends_a_segment_but_doubled_pictures_do_not() -> None:
    track, signals = video(8)
    signals["picture_change"][::2] = 0.0
    assert one_segment(with_only(track, signals))[1] == ()
    signals["picture_change"][100:140] = 0.0
    assert "frozen from 1.7 to 2." in one_segment(with_only(track, signals))[1][0]


def test_an_empty_room_is_not_a_frozen_picture() -> None:
    track, signals = video(8)
    going = np.clip(np.minimum(track.time - 1, 7 - track.time), 0, 1)  # comes in, and leaves
    signals["picture_change"] = signals["picture_change"] * going
    assert one_segment(with_only(track, signals))[1] == ()


def test_somebody_else_for_a_while_is_left_out_and_said() -> None:
    track, signals = video(8)
    xy = track.xy.copy()
    other = (track.time >= 3) & (track.time < 3.8)
    xy[other] = xy[other] * 1.3 + (400, -100)
    kept, limits = one_segment(with_only(track.with_(xy=xy), signals))
    assert np.isnan(kept.xy[other]).all()
    assert np.isfinite(kept.xy[~other]).all()  # the runner comes back
    assert "From 3.0 to 3.8 s" in limits[0]


def test_a_runner_across_the_picture_does_not_leap() -> None:
    track, _ = synthetic.runner(30, 4, speed_mps=4.0, surface="overground", noise_px=2)
    assert one_segment(track) == (track, ())


def test_a_frame_of_nonsense_is_left_out_without_words() -> None:
    track, signals = video(8)
    xy = track.xy.copy()
    xy[100] += (500, 0)
    kept, limits = one_segment(with_only(track.with_(xy=xy), signals))
    assert np.isnan(kept.xy[100]).all()
    assert limits == ()


# ------------------------------------------------------------------------------------- camera


def filmed_by(track: PoseTrack, signals: dict[str, Float], path: Float, scale: Float) -> PoseTrack:
    """The track in the pictures of a camera that moves the room like this."""
    middle = np.array(track.size) / 2
    xy = (track.xy - middle) * scale[:, None, None] + middle + path[:, None]
    growth = np.concatenate([[1.0], scale[1:] / scale[:-1]])
    step = path[1:] - path[:-1] * growth[1:, None]
    moved = {
        **signals,
        "camera_x_px": np.concatenate([[0.0], step[:, 0]]),
        "camera_y_px": np.concatenate([[0.0], step[:, 1]]),
        "camera_scale": growth,
    }
    return with_only(track.with_(xy=xy), moved)


def test_a_camera_that_stands_still_changes_nothing() -> None:
    track, signals = video()
    rng = np.random.default_rng(2)
    signals["camera_x_px"] = rng.normal(0, 0.02, len(track))  # as measured on real video
    track = with_only(track, signals)
    assert stabilized(track) == (track, ())


@pytest.mark.parametrize("kind", ["pan", "shake", "zoom"])
def test_the_motion_of_the_camera_is_taken_out_and_put_back(kind: str) -> None:
    track, signals = video()
    t = track.time
    path, scale = np.zeros((len(t), 2)), np.ones(len(t))
    if kind == "pan":
        path[:, 0] = -120 * t
    elif kind == "shake":
        path = 9 * np.stack([np.sin(11 * t), np.sin(14 * t)], axis=1)
    else:
        scale = 1 + 0.05 * t
    moved = filmed_by(track, signals, path, scale)
    steady, limits = stabilized(moved)
    assert len(limits) == 1
    assert ("zoomed" in limits[0]) == (kind == "zoom")
    assert steady.xy - steady.xy[0] == pytest.approx(track.xy - track.xy[0], abs=1e-6)
    assert as_filmed(steady).xy == pytest.approx(moved.xy, abs=1e-6)


@pytest.mark.parametrize("kind", ["pan", "shake"])
def test_numbers_of_a_video_do_not_depend_on_the_camera(kind: str) -> None:
    track, signals = video()
    t = track.time
    path = (
        np.stack([-20 * t, 0 * t], axis=1)  # the runner stays in the picture
        if kind == "pan"
        else 9 * np.stack([np.sin(11 * t), np.sin(14 * t)], axis=1)
    )
    still = analyze_track(with_only(track, signals), Settings(height_m=1.75))
    moved = analyze_track(filmed_by(track, signals, path, np.ones(len(t))), Settings(height_m=1.75))
    assert moved.view.surface == still.view.surface == "treadmill"
    for summary in still.summaries:
        other = moved.summary(summary.metric, summary.side)
        assert other is not None
        if summary.value is not None:
            # A tenth of the interval: outliers of the landmarks are told a little differently.
            half = np.subtract(*summary.ci95[::-1]) / 2 if summary.ci95 else 0.0
            assert other.value == pytest.approx(summary.value, abs=0.1 * half + 1e-9)


def test_a_runner_followed_by_the_camera_runs_overground() -> None:
    track, _ = synthetic.runner(FPS_HZ, 5, surface="overground", noise_px=1)
    _, signals = video(5)
    hips = track["left_hip"][:, 0]
    path = np.stack([hips[0] - hips, 0 * hips], axis=1)
    followed = filmed_by(track, signals, path, np.ones(len(track)))
    analysis = analyze_track(followed, Settings(height_m=1.75))
    assert analysis.view.surface == "overground"
    assert "camera moved" in " ".join(analysis.view.limits)
    drawn = as_filmed(measured_trial(followed, analysis).track)
    assert np.ptp(drawn["left_hip"][:, 0]) < 20  # in the picture the runner stays on the spot
