"""Videos whose files hold more frames than pictures: 30 stored as 60, 24 as 30, hitches."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from columns import with_also, with_only

import gait.validation
from gait import analyze_track
from gait.analysis.analyze import measured_trial
from gait.analysis.cleaning.repeated_pictures import as_pictured, every_frame, new_pictures
from gait.analysis.results import Analysis
from gait.io.npz import read_npz
from gait.settings import Settings
from gait.types import Float, PoseTrack, VideoInfo

RNG_SEED = 18
TRACKS = Path(gait.validation.__file__).with_name("tracks")
HEIGHT = Settings(height_m=1.84)


def kept(name: str) -> PoseTrack:
    return read_npz(TRACKS / name / "pose.npz")[0]


def rows(track: PoseTrack, which: Iterable[int], time: Float) -> PoseTrack:
    return track.rows(np.asarray(list(which)), time)


def thinned(track: PoseTrack, fps_hz: float) -> PoseTrack:
    """The same video taken at a lower rate."""
    time = np.arange(track.time[0], track.time[-1], 1 / fps_hz)
    return rows(track, (int(np.abs(track.time - t).argmin()) for t in time), time)


def stored(track: PoseTrack, fps_hz: float, *, signals: bool = True) -> PoseTrack:
    """The same pictures in a file of a higher rate.

    Copies that were coded anew: the keypoints move by 0.3 px, the picture by 0.036 of the 2.25
    grey levels between pictures, as measured on re-coded sample videos.
    """
    rng = np.random.default_rng(RNG_SEED)
    time = np.arange(track.time[0], track.time[-1] + 1e-6, 1 / fps_hz)
    at = np.searchsorted(track.time, time + 1e-6, side="right") - 1
    new = np.concatenate([[True], np.diff(at) > 0])
    out = rows(track, at, time)
    if not signals:
        return out
    noise_px = rng.normal(0, 0.3, out.xy.shape) * ~new[:, None, None]
    change = np.where(new, 2.25 * rng.uniform(0.6, 1.3, len(at)), 0.036)
    seen = {"picture_change": change, "brightness": np.full(len(at), 120.0)}
    return with_also(out.with_(xy=out.xy + noise_px), seen)


def half_widths(analysis: Analysis) -> dict[tuple[str, str], float]:
    return {(s.metric, s.side): (s.ci95[1] - s.ci95[0]) / 2 for s in analysis.summaries if s.ci95}


@pytest.mark.parametrize(
    "name",
    ["side_normal", "side_overstride", "rear_normal", "rear_bad", "male_rearfoot_3.3_30fps"],
)
@pytest.mark.parametrize(("taken_hz", "stored_hz"), [(30, 60), (24, 60), (24, 30), (30, 120)])
def test_a_file_with_more_frames_is_no_surer_than_its_pictures(
    name: str, taken_hz: float, stored_hz: float
) -> None:
    original = thinned(kept(name), taken_hz)
    before = analyze_track(original, HEIGHT)
    after = analyze_track(stored(original, stored_hz), HEIGHT)
    assert after.view.fps_hz == pytest.approx(taken_hz, rel=0.01)
    one, other = half_widths(before), half_widths(after)
    assert one.keys() == other.keys()
    for key, half in one.items():
        # A tenth: 24 do not fit 60 evenly, which moves single events by some milliseconds.
        assert other[key] > 0.9 * half, key
        summaries = before.summary(*key), after.summary(*key)
        values = [s.value for s in summaries if s is not None and s.value is not None]
        assert abs(values[1] - values[0]) < 0.5 * half, key
    assert [f.flag for f in after.findings] == [f.flag for f in before.findings]
    told = f"The file has {stored_hz} frames per second, but only about {taken_hz} of them"
    assert sum(limit.startswith(told) for limit in after.view.limits) == 1


def test_pictures_of_24_in_30_are_put_back_to_when_they_were_taken() -> None:
    original = thinned(kept("side_normal"), 24)
    pictured, _ = as_pictured(stored(original, 30))
    off_s = pictured.time - original.time[: len(pictured)]
    assert np.ptp(off_s) < 0.002  # in the file they stand up to 1 / 30 - 1 / 120 s off


def test_keypoints_without_a_picture_repeat_if_none_of_them_moves() -> None:
    original = thinned(kept("side_normal"), 30)
    pictured, _ = as_pictured(stored(original, 60, signals=False))
    assert pictured.fps_hz == pytest.approx(30)


@pytest.mark.parametrize(
    "name", ["side_normal", "rear_bad", "female_front_2.9", "male_forefoot_4.0"]
)
def test_nothing_is_left_out_of_a_video_whose_pictures_are_all_new(name: str) -> None:
    track = kept(name)
    assert as_pictured(track) == (track, ())
    assert new_pictures(stored(track, track.fps_hz)).all()


def test_hitches_leave_holes_and_no_wrong_times() -> None:
    original = kept("side_normal")
    at = np.arange(len(original))
    for start, length in (
        (40, 3),
        (97, 5),
        (150, 2),
        (222, 4),
        (261, 3),
    ):  # the screen stands, time goes on
        at[start : start + length] = start - 1
    new = np.concatenate([[True], np.diff(at) > 0])
    change = np.where(new, 1.0, 0.01)
    hitched = with_only(
        rows(original, at, original.time), {"picture_change": change, "brightness": 99}
    )
    pictured, limits = as_pictured(hitched)
    np.testing.assert_array_equal(pictured.time, original.time[new])
    assert "about 57 of them" in limits[0]
    plain, after = (analyze_track(t, HEIGHT).summary("cadence") for t in (original, hitched))
    assert plain is not None
    assert after is not None
    assert plain.value is not None
    assert after.value == pytest.approx(plain.value, abs=1)


def test_an_empty_room_repeats_no_picture() -> None:
    n, rng = 300, np.random.default_rng(RNG_SEED)
    there = np.clip(np.minimum(np.arange(n) - 60, 200 - np.arange(n)) / 20, 0, 1)  # and gone again
    change = 0.03 * np.exp(rng.normal(0, 0.9, n)) + 1.5 * there * rng.uniform(0.7, 1.3, n)
    track = stored(kept("side_normal"), 60)
    xy = np.where((there > 0)[:, None, None], track.xy[:n], np.nan)
    signals = {"picture_change": change, "brightness": np.full(n, 120.0)}
    video = with_only(rows(track, range(n), track.time[:n]).with_(xy=xy), signals)
    assert new_pictures(video).mean() > 0.95
    assert as_pictured(video)[1] == ()


def test_a_picture_that_stands_for_long_is_left_to_the_segments() -> None:
    track = stored(kept("side_normal"), 60)
    change = track.columns()["picture_change"].copy()
    change[100:140] = 0.0
    still = rows(track, [*range(100), *[99] * 40, *range(140, len(track))], track.time)
    still = with_only(still, {**track.columns(), "picture_change": change})
    assert new_pictures(still).all()
    assert any("frozen from 1.7" in limit for limit in analyze_track(still, HEIGHT).view.limits)


def test_every_frame_of_the_file_is_drawn() -> None:
    original = thinned(kept("side_normal"), 30)
    file = stored(original, 60)
    analysis = analyze_track(file, HEIGHT)
    measured = measured_trial(file, analysis).track
    drawn = every_frame(measured, file)
    np.testing.assert_array_equal(drawn.time, file.time)
    np.testing.assert_array_equal(drawn.xy[::2], measured.xy)
    np.testing.assert_array_equal(drawn.xy[1::2], measured.xy[: len(drawn.xy[1::2])])


def test_slow_motion_stored_twice_is_slow_by_the_rate_of_its_pictures() -> None:
    slow = kept("side_normal")
    slow = slow.with_(time=2 * slow.time)  # 60 frames per second, played at 30 and stored as 60
    info = VideoInfo(
        name="run.mp4", sha256="0", width=10, height=10, n_frames=2 * len(slow), duration_s=10,
        fps_hz=60, codec="h264", capture_fps_hz=60,
    )  # fmt: skip
    view = analyze_track(stored(slow, 60), HEIGHT, info).view
    assert view.time_scale == pytest.approx(2, rel=0.01)
    assert view.fps_hz == pytest.approx(60, rel=0.01)
