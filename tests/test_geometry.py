"""Where a camera behind or in front of a runner stood, and whose left is whose."""

from __future__ import annotations

import pytest
from data_camera import Camera, filmed
from data_tracks import RUNNING
from synthetic import runner

from gait import analyze_track
from gait.analysis.results import Analysis
from gait.settings import Settings
from gait.types import PoseTrack

SPEED_MPS = RUNNING["easy"]["speed_mps"]
TRUTH = runner(60, 8, **RUNNING["easy"])[1]
KNOWN = Settings(speed_mps=SPEED_MPS)


def video(**camera) -> PoseTrack:
    return filmed(TRUTH, Camera(**camera), 6)


def seen(track: PoseTrack, settings: Settings = KNOWN) -> Analysis:
    return analyze_track(track, settings)


def said(analysis: Analysis, words: str) -> bool:
    found = (*analysis.view.limits, *(fault.found for fault in analysis.quality.faults))
    return any(words in sentence for sentence in found)


# ------------------------------------------------------------------------------------ roll and yaw


@pytest.mark.parametrize("plane", ["rear", "front"])
@pytest.mark.parametrize("roll_deg", [-2, 0, 2])
@pytest.mark.parametrize("yaw_deg", [-10, -5, 0, 5, 10])
def test_roll_and_yaw_are_found(plane, yaw_deg, roll_deg) -> None:
    view = seen(video(plane=plane, yaw_deg=yaw_deg, roll_deg=roll_deg)).view
    assert view.plane == plane
    assert view.camera_roll_deg is not None
    assert view.camera_yaw_deg is not None
    (roll, roll_sd), (yaw, yaw_sd) = view.camera_roll_deg, view.camera_yaw_deg
    # The body is symmetric here, so only how far it leans forward is left: at 10 deg of yaw,
    # 1 % of its height is 0.1 deg of roll per deg.
    assert roll == pytest.approx(roll_deg, abs=0.8)
    # 12 % of scale: the leg of this runner looks longer than a usual one.
    assert yaw == pytest.approx(yaw_deg, abs=0.3 + 0.12 * abs(yaw_deg))
    assert abs(roll - roll_deg) < 1.96 * roll_sd
    assert abs(yaw - yaw_deg) < 1.96 * yaw_sd


@pytest.mark.parametrize("height_m", [0.1, 0.5, 1.6])
@pytest.mark.parametrize("distance_m", [2.2, 6.0])
def test_yaw_does_not_depend_on_height_and_distance(height_m, distance_m) -> None:
    analysis = seen(video(yaw_deg=6, height_m=height_m, distance_m=distance_m))
    assert analysis.view.camera_yaw_deg is not None
    assert analysis.view.camera_yaw_deg[0] == pytest.approx(6, abs=1.0)


def test_an_unknown_speed_makes_yaw_less_sure_in_proportion() -> None:
    straight, askew = (seen(video(yaw_deg=y), Settings()).view.camera_yaw_deg for y in (0, 10))
    known = seen(video(yaw_deg=10)).view.camera_yaw_deg
    assert straight is not None
    assert askew is not None
    assert known is not None
    assert straight[1] < known[1] < askew[1]


def test_a_camera_far_off_says_so_and_a_straight_one_does_not() -> None:
    straight, askew, rolled = (
        seen(video(**camera)) for camera in ({}, {"yaw_deg": 10}, {"roll_deg": 4})
    )
    assert not said(straight, "camera")
    assert said(askew, "off the line of running")
    assert said(rolled, "rolled by 4°")


@pytest.mark.parametrize("plane", ["rear", "front"])
def test_in_the_mirrored_video_both_change_sign(plane) -> None:
    track = video(plane=plane, yaw_deg=5, roll_deg=2)
    here, there = seen(track).view, seen(track.mirrored()).view
    for name in ("camera_roll_deg", "camera_yaw_deg"):
        (value, sd), (mirrored, mirrored_sd) = getattr(here, name), getattr(there, name)
        assert mirrored == pytest.approx(-value)
        assert mirrored_sd == pytest.approx(sd)
    assert there.plane == here.plane
    assert there.plane_confidence == pytest.approx(here.plane_confidence)


def test_on_the_ground_no_foot_drifts_so_yaw_is_not_known() -> None:
    track = video(yaw_deg=5)
    middle = [240, 320]
    growth = (1 + 0.1 * track.time)[:, None, None]  # running towards a camera in front
    view = seen(track.with_(xy=(track.xy - middle) * growth + middle)).view
    assert view.surface == "overground"
    assert view.camera_yaw_deg is None
    assert view.camera_roll_deg is not None


def test_without_enough_contacts_nothing_is_said() -> None:
    view = seen(filmed(TRUTH, Camera(yaw_deg=10), 1.5)).view
    assert view.camera_roll_deg is view.camera_yaw_deg is None


def test_a_side_view_has_neither() -> None:
    view = seen(runner(60, 5)[0]).view
    assert view.camera_roll_deg is view.camera_yaw_deg is None


# ------------------------------------------------------------------------------ whose left is whose


def body_exchanged(track: PoseTrack) -> PoseTrack:
    """The same video as a pose model names it that takes a back for a chest, or the reverse."""
    return track.with_(names=track.mirrored().names)


@pytest.mark.parametrize("plane", ["rear", "front"])
def test_a_body_named_the_wrong_way_round_is_doubted(plane) -> None:
    right, wrong = seen(video(plane=plane)), seen(body_exchanged(video(plane=plane)))
    assert right.view.plane == plane
    assert right.view.plane_confidence > 0.9
    assert wrong.view.plane_confidence < 0.5
    assert said(wrong, "say from where, rear or front")


@pytest.mark.parametrize("plane", ["rear", "front"])
def test_who_is_told_the_plane_names_the_sides_by_it(plane) -> None:
    told = KNOWN.model_copy(update={"view": plane})
    right, wrong = (seen(t, told) for t in (video(plane=plane), body_exchanged(video(plane=plane))))
    assert wrong.events == right.events
    assert wrong.measurements == right.measurements
    assert said(wrong, f"named as in a video from the {plane}")
    assert right.view.limits == seen(video(plane=plane)).view.limits


def test_a_plane_that_cannot_be_is_believed_but_doubted_aloud() -> None:
    analysis = seen(video(), KNOWN.model_copy(update={"view": "front"}))
    assert analysis.view.plane == "front"
    assert said(analysis, "left and right are exchanged")


def test_a_camera_at_the_height_of_the_feet_cannot_confirm_the_plane() -> None:
    for track in (video(height_m=0.1), body_exchanged(video(height_m=0.1))):
        assert seen(track).view.plane_confidence > 0.9
