"""The pose model among several people, on short videos."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import data_edited
import numpy as np
import pytest

from gait.pose.blazepose import BlazePose
from gait.pose.person_tracking import boxes_of, chosen_of
from gait.settings import PoseSettings
from gait.types import PersonError

FPS_HZ, SECONDS = 20.0, 1.2


def short(video: data_edited.Video, path: Path) -> Path:
    every = round(data_edited.FPS_HZ / FPS_HZ)
    pictures = islice(data_edited.first(video, SECONDS), 0, None, every)
    return data_edited.write(pictures, path, FPS_HZ)


def test_the_runner_is_followed_beside_a_larger_person_who_stands(tmp_path: Path) -> None:
    backend, settings = BlazePose(), PoseSettings()
    among = backend.track(short(data_edited.standing_and_larger(), tmp_path / "two.mp4"), settings)
    alone = backend.track(short(data_edited.sample("side_normal"), tmp_path / "one.mp4"), settings)
    assert (len(boxes_of(among)), chosen_of(among)) == (2, 1)
    assert (boxes_of(alone), chosen_of(alone)) == ({}, None)
    # The runner's video was cut at both sides, and stands on the floor of the larger one.
    shift = among.xy - alone.xy + (0.2 * alone.size[0], alone.size[1] - among.size[1])
    ankles = shift[:, [alone.index(f"{side}_ankle") for side in ("left", "right")]]
    # The model looks at slightly different pixels; 1 % of the leg is its usual scatter. The median,
    # because it may exchange the legs in one video and not in the other.
    assert np.median(np.abs(ankles)) < 0.02 * alone.leg_px
    assert np.isfinite(among.xy).all()


def test_two_runners_alike_are_a_question(tmp_path: Path) -> None:
    video = short(data_edited.two_runners(), tmp_path / "two.mp4")
    with pytest.raises(PersonError, match="1 and 2") as asked:
        BlazePose().track(video, PoseSettings())
    assert asked.value.people == 2
    assert asked.value.track is not None
    assert len(boxes_of(asked.value.track)) == 2
