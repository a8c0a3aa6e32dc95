"""Videos that loop, play backwards, or do both by turns."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import gait.validation
from gait import analyze_track
from gait.analysis.view.replays import one_pass
from gait.io.npz import read_npz
from gait.settings import Settings
from gait.types import PoseError, PoseTrack

TRACKS = Path(gait.validation.__file__).with_name("tracks")
SIDE = ("mocap_rbds004_side_3.5", "mocap_rbds013_side_4.5", "male_forefoot_4.0", "side_normal")
AUTO = Settings(height_m=1.75)


def kept(name: str) -> PoseTrack:
    return read_npz(TRACKS / name / "pose.npz")[0]


def shown(track: PoseTrack, *ways: int) -> PoseTrack:
    """The video of a track played so often, forwards (1) or backwards (-1)."""
    rows = np.concatenate([np.arange(len(track))[::way] for way in ways])
    return track.rows(rows, np.arange(len(rows)) / track.fps_hz)


def coded_anew(track: PoseTrack) -> PoseTrack:
    """As an app that codes the video again leaves it: what was one picture is nearly one."""
    rng = np.random.default_rng(1)
    xy = track.xy + rng.normal(0, 0.005 * track.leg_px, track.xy.shape)
    scene = track.signals.scene
    assert scene is not None
    change = scene.picture_change + rng.normal(0, 0.01, len(track))
    signals = replace(track.signals, scene=replace(scene, picture_change=change))
    return track.with_(xy=xy, signals=signals)


@pytest.mark.parametrize("name", [path.name for path in sorted(TRACKS.iterdir()) if path.is_dir()])
def test_nothing_is_left_out_of_a_video_as_it_was_filmed(name: str) -> None:
    track = kept(name)
    same, told = one_pass(track)
    assert same is track
    assert not told


@pytest.mark.parametrize(
    ("name", "seconds"), [("mocap_rbds004_side_3.5", 1.5), ("mocap_rbds009_rear_3.5", 3.0)]
)
def test_a_loop_gives_no_more_strides_than_it_shows(name: str, seconds: float) -> None:
    once = kept(name).between(0.3, 0.3 + seconds)
    loop = analyze_track(coded_anew(shown(once, *[1] * round(12 / seconds))), AUTO)
    assert any(f"the same {seconds:.1f} s again and again" in limit for limit in loop.view.limits)
    assert len(loop.strides) <= len(analyze_track(once, AUTO).strides) + 1
    assert loop.view.window_s[1] <= seconds


@pytest.mark.parametrize("name", SIDE)
def test_a_video_played_in_reverse_gives_no_values(name: str) -> None:
    with pytest.raises(PoseError, match="moves backwards: the video plays in reverse"):
        analyze_track(shown(kept(name), -1), AUTO)


@pytest.mark.parametrize(
    ("name", "ways"), [*zip(SIDE, [(1, -1), (-1, 1), (1, -1, 1, -1), (-1, 1)], strict=True)]
)
def test_of_a_video_played_to_and_fro_what_is_played_forwards_counts(
    name: str, ways: tuple[int, ...]
) -> None:
    track = kept(name)
    true, found = analyze_track(track, AUTO), analyze_track(shown(track, *ways), AUTO)
    assert any("or it plays in reverse" in limit for limit in found.view.limits)
    first_s, last_s = (np.array(ways) == 1).argmax() * len(track) / track.fps_hz + np.array(
        [0, track.time[-1]]
    )
    assert first_s <= found.view.window_s[0]
    assert found.view.window_s[1] <= last_s
    for metric in ("cadence", "contact_time", "knee_flexion_peak_stance", "trunk_lean"):
        for side in ("left", "right", "both"):
            summary, before = found.summary(metric, side), true.summary(metric, side)
            if summary and summary.ci95 and before and before.value is not None:
                assert summary.ci95[0] <= before.value <= summary.ci95[1], (metric, side)


def test_feet_that_are_a_guess_tell_no_direction() -> None:
    track = shown(kept("side_normal"), -1)
    score = track.score.copy()
    score[:, [track.index(f"{side}_ankle") for side in ("left", "right")]] = 0.2
    assert not one_pass(track.with_(score=score))[1]


def test_without_feet_nobody_is_said_to_move_backwards() -> None:
    track = kept("mocap_rbds001_side_2.5")  # faces left
    columns = [i for i, name in enumerate(track.names) if not name.endswith(("heel", "index"))]
    legs = track.with_(
        xy=track.xy[:, columns],
        score=track.score[:, columns],
        names=tuple(track.names[i] for i in columns),
    )
    assert not one_pass(legs)[1]
