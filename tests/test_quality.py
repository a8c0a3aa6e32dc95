"""What is wrong with a video: seen in tracks with one known fault each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import examples
import numpy as np
import pytest
from columns import with_only
from data_camera import Camera, filmed
from data_tracks import RUNNING, without_person
from synthetic import runner
from synthetic_activity import changing_speed

import gait.validation
from gait import analyze_track
from gait.analysis.kinematics import withheld
from gait.analysis.quality import AMOUNTS, limited
from gait.analysis.results import SPEED_DOUBTED, Analysis, VideoFault
from gait.io.npz import read_npz
from gait.knowledge import knowledge
from gait.present.wording import overview
from gait.settings import Settings
from gait.types import PoseTrack

TRACKS = Path(gait.validation.__file__).with_name("tracks")
LONG_S = 9  # eleven strides of each foot


def track(fps_hz: float = 60, duration_s: float = LONG_S, **scene: Any) -> PoseTrack:
    return runner(fps_hz, duration_s, **{**RUNNING["easy"], **scene})[0]


def seen(video: PoseTrack) -> Analysis:
    return analyze_track(video, Settings())


def faults(video: PoseTrack) -> set[str]:
    return {fault.id for fault in seen(video).quality.faults}


def with_signals(video: PoseTrack, **signals: Any) -> PoseTrack:
    return with_only(video, signals)


def cropped(video: PoseTrack, height_px: float) -> PoseTrack:
    """The same points in a picture that ends higher up."""
    return video.with_(size=(video.size[0], int(height_px)))


def stretched(video: PoseTrack, factor: float) -> PoseTrack:
    """The video made wider, as an app does that fits it into another frame."""
    width, height = video.size
    return video.with_(xy=video.xy * (factor, 1), size=(round(factor * width), height))


def widened(video: PoseTrack, angle_deg: float) -> PoseTrack:
    """Shoulders 0.47 of a leg apart, seen from `angle_deg` off the side."""
    apart = 0.47 * video.leg_px * np.sin(np.radians(angle_deg))
    xy = video.xy.copy()
    for side, sign in (("left", 0.5), ("right", -0.5)):
        xy[:, video.index(f"{side}_shoulder"), 0] += sign * apart
    return video.with_(xy=xy)


def dim(video: PoseTrack, name: str, score: float) -> PoseTrack:
    scores = video.score.copy()
    scores[:, video.index(name)] = score
    return video.with_(score=scores)


def blurred(video: PoseTrack, fast: float, slow: float) -> PoseTrack:
    speed = np.linalg.norm(np.gradient(video["right_ankle"], video.time, axis=0), axis=1)
    own = np.where(speed > np.median(speed), fast, slow)
    return with_signals(video, right_foot_blur=own, head_blur=0.4)


@pytest.mark.parametrize("height_m", [None, 1.78])
@pytest.mark.parametrize("unit", [1.61, 1 / 1.61, 3.6])
def test_a_speed_in_another_unit_is_seen_and_nothing_rests_on_it(
    unit: float, height_m: float | None
) -> None:
    video, speed = track(), RUNNING["easy"]["speed_mps"]
    right, wrong = (
        analyze_track(video, Settings(speed_mps=told, height_m=height_m))
        for told in (speed, speed * unit)
    )
    (fault,) = wrong.quality.faults
    assert fault.id == SPEED_DOUBTED
    assert SPEED_DOUBTED not in {fault.id for fault in right.quality.faults}
    assert (right.speed_mps, wrong.speed_mps) == (speed, None)
    step, cadence = wrong.summary("step_length", "left"), wrong.summary("cadence")
    assert step is not None
    assert cadence is not None
    assert step.value is None
    assert (step.limit or "").startswith(fault.found)
    assert (cadence.typical, cadence.flag_limits) == (None, None)
    assert wrong.settings.speed_mps == speed * unit  # as told: the report says what was given
    told = overview(wrong)
    assert told is not None
    assert told.undecided.startswith(fault.found)
    assert "Give the speed" not in told.undecided


def test_nothing_is_called_reliable_where_nothing_was_read() -> None:
    still = track(30).rows(slice(0, None, 30))
    for video, said in ((track(30), True), (still, False)):
        (rate,) = (f for f in seen(video).quality.faults if f.id == "frame_rate")
        assert ("reliable" in rate.found) == said


@pytest.mark.parametrize("told", ["rear", "front"])
def test_a_view_that_is_not_that_of_the_picture_is_said_and_gives_no_angles(told: Any) -> None:
    analysis = analyze_track(track(), Settings(view=told))
    first = analysis.quality.faults[0]
    assert first.id == "other_view"
    assert "looks like one taken from the side" in first.found
    given = {s.metric for s in analysis.summaries if s.value is not None}
    assert given <= {"cadence", "stride_time", "stride_variability", "step_impulse"}
    assert analyze_track(track(), Settings(view="side")).quality.faults == ()


@pytest.mark.parametrize(("source", "hidden"), [("BlazePose heavy", True), ("read from x", False)])
def test_how_sure_another_program_is_of_a_point_hides_nothing(source: str, hidden: bool) -> None:
    """OpenPose is rarely surer of a wrist in view than 0.6, the limit of BlazePose's score."""
    told = dim(track(), "right_wrist", 0.55).with_(steps=(source,))
    assert ("hidden" in faults(told)) == hidden
    lost = dim(told, "right_wrist", 0.0)
    assert "hidden" in faults(lost)


def test_a_good_video_has_no_faults() -> None:
    analysis = seen(track().with_(steps=("BlazePose heavy",)))
    assert analysis.quality.faults == ()
    assert analysis.quality.grade == "good"


@pytest.mark.parametrize(
    ("video", "fault"),
    [
        (track(30), "frame_rate"),
        (track(px_per_m=100), "small"),
        (track(duration_s=4), "few_strides"),
        (without_person(track(duration_s=13), 2.0, 2.4), "lost"),
        (cropped(track(), track()["right_heel"][:, 1].max() - 5), "feet_cut"),
        (widened(track(), 15), "turned_side"),
        (widened(track(), -15), "turned_side"),
        (stretched(track(), 0.8), "proportions"),
        (stretched(track(), 1.25), "proportions"),
        (dim(track(), "right_hip", 0.4), "hidden"),
        (blurred(track(), 0.6, 0.4), "motion_blur"),
        (with_signals(track(), head_blur=0.7), "soft"),
        (with_signals(track(), grain=0.3), "grainy"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_fault_is_named_alone(video: PoseTrack, fault: str) -> None:
    assert faults(video) == {fault}


@pytest.mark.parametrize(
    "video",
    [
        widened(track(), 5),
        stretched(track(), 0.92),
        stretched(track(), 1.08),
        dim(track(), "left_wrist", 0.0),
        dim(track(), "left_ankle", 0.5),  # the far leg
        blurred(track(), 0.44, 0.4),
        with_signals(track(), head_blur=0.5),
        cropped(track(), track()["right_heel"][:, 1].max() + 0.05 * track().leg_px),
    ],
)
def test_what_is_usual_is_no_fault(video: PoseTrack) -> None:
    assert faults(video) == set()


@pytest.mark.parametrize("factor", [0.75, 1.33])
def test_no_angle_is_read_in_a_picture_of_other_proportions(factor: float) -> None:
    analysis = seen(stretched(track(), factor))
    for summary in analysis.summaries:
        if summary.unit in ("deg", "cm", "% leg") and "strike" not in summary.metric:
            assert summary.value is None, summary.metric
            assert summary.limit
    knee = analysis.summary("knee_flexion_peak_stance", "right")
    assert knee is not None
    assert "as the camera made it" in (knee.limit or "")
    cadence = analysis.summary("cadence")
    assert cadence is not None
    assert cadence.value is not None


@pytest.mark.parametrize(
    "name", [path.name for path in sorted(TRACKS.iterdir()) if "side" in path.name]
)
def test_no_video_as_it_was_filmed_has_other_proportions(name: str) -> None:
    assert "proportions" not in faults(read_npz(TRACKS / name / "pose.npz")[0])


@pytest.mark.parametrize("name", ["side_normal", "mocap_rbds004_side_3.5"])
def test_who_runs_in_place_beside_the_camera_is_not_measured_as_from_in_front(name: str) -> None:
    video = read_npz(TRACKS / name / "pose.npz")[0]
    xy, hips = video.xy.copy(), (video["left_hip"] + video["right_hip"])[:, 0] / 2
    for point in ("knee", "ankle", "heel", "foot_index"):
        for side in ("left", "right"):
            i = video.index(f"{side}_{point}")
            xy[:, i, 0] = hips + 0.2 * (xy[:, i, 0] - hips)
    analysis = seen(video.with_(xy=xy))
    assert "oblique" in {fault.id for fault in analysis.quality.faults}
    assert not [s.metric for s in analysis.summaries if s.value is not None and s.unit == "deg"]
    assert not [finding for finding in analysis.findings if finding.unit == "deg"]


@pytest.mark.parametrize(("fps_hz", "given"), [(12, False), (15, True)])
def test_a_dozen_frames_a_second_show_no_contacts(fps_hz: float, given: bool) -> None:
    analysis = seen(track(fps_hz))
    for metric in ("contact_time", "tibia_angle_ic", "knee_flexion_ic"):
        summary = analysis.summary(metric, "right")
        assert summary is not None
        assert (summary.value is not None) == given, metric
    cadence = analysis.summary("cadence")
    assert cadence is not None
    assert cadence.value == pytest.approx(170, abs=2)


def test_feet_outside_the_picture_are_not_measured() -> None:
    video = track()
    analysis = seen(cropped(video, video["right_heel"][:, 1].max() - 5))
    contact = analysis.summary("contact_time", "right")
    assert contact is not None
    assert contact.value is contact.ci95 is contact.label is None
    assert contact.limit is not None
    assert contact.limit.startswith("Part of a foot is outside the picture")
    cadence = analysis.summary("cadence")
    assert cadence is not None
    assert cadence.value == pytest.approx(RUNNING["easy"]["cadence_spm"], rel=0.01)


def test_a_value_that_is_weakened_says_why() -> None:
    contact = seen(blurred(track(120), 0.6, 0.4)).summary("contact_time", "right")
    assert contact is not None
    assert contact.value is not None
    assert contact.caveat == "The feet are smeared while they move fast."
    slow = seen(track(30)).summary("contact_time", "right")
    assert slow is not None
    assert slow.caveat is not None
    assert slow.caveat.startswith("Asks for 120 frames per second")


def test_what_a_fault_costs_is_in_the_interval() -> None:
    sharp, soft = track(), with_signals(track(), head_blur=0.7)
    (fault,) = seen(soft).quality.faults
    for metric, unit in (("knee_flexion_ic", 1.0), ("overstride", 1.75), ("contact_time", 2.8)):
        was, is_now = seen(sharp).summary(metric, "right"), seen(soft).summary(metric, "right")
        assert was is not None
        assert is_now is not None
        assert was.ci95 is not None
        assert is_now.ci95 is not None
        assert is_now.value == was.value
        half = np.hypot(np.diff(was.ci95) / 2, 1.96 * fault.cost_deg * unit)
        assert np.diff(is_now.ci95) / 2 == pytest.approx(half)


def test_what_is_made_of_a_hidden_measure_is_hidden_with_it() -> None:
    made_of_contacts = {
        "contact_variability", "flight_time", "duty_factor", "peak_force", "vertical_stiffness",
        "leg_stiffness", "load_per_km",
    }  # fmt: skip
    for name, fault in knowledge().faults.items():
        if "contact_time" in fault.hides:
            assert made_of_contacts <= set(fault.hides), name
        if "step_time" in fault.hides:
            assert {"step_length", "step_time_asymmetry"} <= set(fault.hides), name


def test_the_dearest_fault_comes_first() -> None:
    found = seen(widened(track(30, 4), 15)).quality.faults
    costs = [fault.cost_deg for fault in found]
    assert len(costs) == 3
    assert costs == sorted(costs, reverse=True)


@pytest.mark.parametrize("roll_deg", [-6.0, 3.0])
@pytest.mark.parametrize("facing", ["left", "right"])
def test_a_roll_that_the_background_shows_is_taken_out(roll_deg: float, facing: str) -> None:
    scene = {**RUNNING["easy"], "facing": facing}
    video, truth = runner(60, LONG_S, tilt_deg=-roll_deg, **scene)
    rolled = seen(with_signals(video, background_roll_deg=roll_deg, background_roll_sd_deg=0.3))
    assert {fault.id for fault in rolled.quality.faults} == {"camera_roll"}
    lean = rolled.summary("trunk_lean")
    assert lean is not None
    assert lean.value == pytest.approx(truth.values["trunk_lean"], abs=0.05)  # of the low-pass


def test_a_roll_is_that_of_the_part_that_is_measured() -> None:
    video = track()
    own = video.time < 4  # then somebody takes the phone down, and nobody runs any more
    video = video.with_(xy=np.where(own[:, None, None], video.xy, np.nan))
    roll_deg = np.where(own, 0.5, 6.0)
    view = seen(with_signals(video, background_roll_deg=roll_deg, background_roll_sd_deg=0.3)).view
    assert view.camera_roll_deg == (0.5, 0.3)


def test_behind_a_roll_is_the_mean_of_body_and_background() -> None:
    truth = runner(60, LONG_S, **RUNNING["easy"])[1]
    video = filmed(truth, Camera(roll_deg=2), 6)
    view = seen(with_signals(video, background_roll_deg=2.0, background_roll_sd_deg=0.3)).view
    assert view.camera_roll_deg is not None
    assert view.camera_roll_deg[0] == pytest.approx(2, abs=0.1)
    assert view.camera_roll_deg[1] == pytest.approx(0.29, abs=0.02)  # 1 / sqrt(1/1^2 + 1/0.3^2)
    # Far from what the body shows, the background is something else.
    view = seen(with_signals(video, background_roll_deg=9.0, background_roll_sd_deg=0.3)).view
    assert view.camera_roll_deg is not None
    assert view.camera_roll_deg[0] == pytest.approx(2, abs=0.7)


# ------------------------------------------------------------------------------------- the file


def test_every_fault_is_measured_and_every_metric_exists() -> None:
    assert set(AMOUNTS) == set(knowledge().faults)
    named = {m for fault in knowledge().faults.values() for m in (*fault.hides, *fault.weakens)}
    assert named | set(knowledge().main_metrics) <= set(knowledge().metrics)


def test_cost_grows_with_the_amount_and_not_for_ever() -> None:
    slow, roll = knowledge().faults["frame_rate"], knowledge().faults["camera_roll"]
    assert slow.times(25) == pytest.approx(2)
    assert slow.times(0) == pytest.approx(10)
    assert roll.times(6) == pytest.approx(3)
    assert not roll.times(float("nan")) >= 1
    assert not slow.times(float("nan")) >= 1


# Everything that is ever said of a value. What is not given has none of it.
SAID = {
    "label": "trend only",
    "typical": (5.0, 15.0),
    "flag_limits": (4.0, 16.0),
    "flag": "high",
    "caveat": "Asks for 120 frames per second for more than a trend; read were 30.",
}
NOTHING = dict.fromkeys(("value", "sd", "ci95", *SAID))


def test_nothing_is_said_of_a_value_that_is_withheld() -> None:
    given = examples.summary("contact_time", "left", **SAID)
    hiding = VideoFault(
        id="x", found="It is dark.", change="Light.", cost_deg=1, hides=("contact_time",)
    )
    removed = {
        "Speed changes.": withheld((given,), "Speed changes."),
        "It is dark. Light.": limited((given,), (hiding,)),
    }
    for reason, summaries in removed.items():
        assert summaries == (given.model_copy(update={**NOTHING, "limit": reason}),)


def test_strides_that_cannot_be_seen_are_not_asked_for_by_a_longer_video() -> None:
    """A gym video of 17 strides with the feet below the picture was called too short."""
    few = "Needs at least 3 complete strides of each foot; this video has 1: film 20 to 30 s."
    missing = [
        examples.summary(metric, "left").withheld(limit)
        for metric, limit in (("hip_extension_peak", few), ("step_length", "Needs the speed."))
    ]
    cut, roll = (
        VideoFault(id=id, found=f"{id} found.", change="Do so.", cost_deg=1, hides=hides)
        for id, hides in (("cut", ("contact_time", "overstride")), ("roll", ()))
    )
    said = [s.limit for s in limited(tuple(missing), (roll, cut))]
    assert said == ["cut found. Do so.", "Needs the speed."]
    assert [s.limit for s in limited(tuple(missing), (roll,))] == [few, "Needs the speed."]


def test_who_changes_speed_in_a_slow_video_gets_reasons_and_no_caveats() -> None:
    start = {"speed_mps": 1.6, "cadence_spm": 150, "contact_s": 0.33, "toe_off_pitch_deg": -40}
    sprint = {"speed_mps": 5.2, "cadence_spm": 200, "contact_s": 0.17, "toe_off_pitch_deg": -40}
    analysis = seen(changing_speed(start, sprint, 4, lean_deg=40))
    assert analysis.activity == "changing speed"
    assert {(s.value, s.caveat) for s in analysis.summaries} == {(None, None)}


def test_what_a_fault_makes_too_uncertain_is_withheld() -> None:
    given = examples.summary("knee_flexion_ic", "left")
    slight, severe = (
        VideoFault(id="x", found="It is soft.", change="Light.", cost_deg=cost, widens=True)
        for cost in (1.0, 40.0)
    )
    (wider,) = limited((given,), (slight,))
    assert wider.value == given.value
    (gone,) = limited((given,), (severe,))
    assert gone.value is None
    assert gone.limit == "Too uncertain in this video (± 78 deg). It is soft. Light."
