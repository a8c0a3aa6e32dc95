"""Somebody who runs across the picture is measured in the middle of it."""

from __future__ import annotations

import numpy as np
import pytest
from synthetic import Truth, runner

from gait.analysis.analyze import analyze_track
from gait.analysis.events import central, uncut
from gait.analysis.quality import find_faults
from gait.analysis.trial import Trial
from gait.settings import Settings
from gait.types import CameraPath, DerivedSignals, PoseTrack, VideoInfo


def filmed(track: PoseTrack, truth: Truth) -> Trial:
    video = VideoInfo(
        name="run.mp4", sha256="0", width=track.size[0], height=track.size[1],
        n_frames=len(track), duration_s=float(track.time[-1]), fps_hz=60, codec="h264",
    )  # fmt: skip
    return Trial(track, truth.view, Settings(), truth.strides, video)


def crossing(seconds: float) -> Trial:
    return filmed(*runner(60, seconds, surface="overground"))


def share_of_width(track: PoseTrack, at_s: float) -> float:
    return float(np.interp(at_s, track.time, track["left_hip"][:, 0])) / track.size[0]


def test_strides_near_the_edges_are_left_out_if_enough_remain() -> None:
    trial = crossing(6)
    track, middle = trial.track, central(trial)
    kept = middle.strides.each
    assert middle.view == trial.view
    assert 6 <= len(kept) < len(trial.strides)
    where = [share_of_width(track, s.strike_s) for s in kept]
    assert min(where) >= 0.2
    # 0.75 m of a contact on a way of 18 m, and the midpoint of the hips for the left one
    assert max(where) <= 0.8
    left_out = [share_of_width(track, s.strike_s) for s in trial.strides if s not in kept]
    assert all(x < 0.2 or x > 0.8 - 0.75 / 18 - 0.01 for x in left_out)


def test_of_a_short_pass_all_strides_are_kept_and_it_is_said() -> None:
    trial = crossing(2.5)
    kept = central(trial)
    assert kept.strides == trial.strides
    assert "near the edges of the picture" in kept.view.limits[0]


def test_a_camera_that_follows_sees_every_stride_from_beside() -> None:
    trial = crossing(6)
    track = trial.track
    way = track["left_hip"][:, 0] - track.size[0] / 2
    path = CameraPath(-way, 0 * way, np.ones(len(way)))
    followed = trial.with_(track=track.with_(derived=DerivedSignals(camera_path=path)))
    assert central(followed) == followed


def test_on_a_treadmill_nothing_is_left_out() -> None:
    track, truth = runner(60, 4)
    aside = filmed(track.with_(size=(4 * track.size[0], track.size[1])), truth)
    assert central(aside) == aside


@pytest.mark.parametrize("known", [True, False])
def test_the_size_of_the_picture_counts_only_if_there_was_a_video(known: bool) -> None:
    trial = crossing(2.5)
    video = trial.video if known else None
    limits = analyze_track(trial.track, Settings(time_scale=1), video).view.limits
    assert any("near the edges" in limit for limit in limits) == known


def test_strides_with_a_foot_outside_the_picture_are_left_out_if_enough_remain() -> None:
    """Feet that leave the picture later take nothing from what was seen before."""
    track, truth = runner(60, 8)
    lowest = np.nanmax(np.stack([track[f"{side}_heel"][:, 1] for side in ("left", "right")]))
    down = np.where(track.time > 5, 0.2 * track.leg_px, 0.0)
    moved = track.with_(
        xy=track.xy + np.stack([0 * down, down], axis=1)[:, None],
        size=(track.size[0], int(lowest + 0.1 * track.leg_px)),
    )
    kept = uncut(filmed(moved, truth))
    assert 6 <= len(kept.strides) < len(truth.strides)
    assert kept.strides.next_strike_s.max() < 5.2
    assert uncut(filmed(track, truth)).strides == truth.strides
    faults = {fault.id for fault in find_faults(kept)}
    assert "feet_cut" not in faults
    # Of feet that are never whole nothing is left, and the fault says so.
    low = filmed(track.with_(size=(track.size[0], int(lowest - 0.05 * track.leg_px))), truth)
    assert uncut(low).strides == truth.strides
    assert "feet_cut" in {f.id for f in find_faults(low)}
