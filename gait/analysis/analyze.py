"""The pure half of the program: a pose track in, an analysis out."""

from __future__ import annotations

import platform

import numpy as np

from gait.analysis.cleaning.drift import drift
from gait.analysis.cleaning.filtering import clean
from gait.analysis.cleaning.repeated_pictures import as_pictured
from gait.analysis.cleaning.segments import one_segment, several_people
from gait.analysis.cleaning.stabilize import followed, stabilized
from gait.analysis.cleaning.view_plane import named_for
from gait.analysis.events import (
    activity,
    central,
    correct,
    detect,
    even_pace,
    frontal_activity,
    stands,
    steady,
    to_strides,
    uncut,
)
from gait.analysis.grading import graded
from gait.analysis.interpret.findings import assess
from gait.analysis.interpret.questionnaire import Answers, check, evaluate
from gait.analysis.interpret.reference_limits import mark
from gait.analysis.kinematics import measure, summarize, withheld
from gait.analysis.kinematics.pelvic_obliquity import read_roll
from gait.analysis.kinematics.registry import Trial
from gait.analysis.kinematics.side_differences import side_differences
from gait.analysis.kinematics.uncertainty import slopes_of
from gait.analysis.quality import find_faults, limited
from gait.analysis.results import Analysis, Event, Finding, Quality, Stride, VideoFault, View
from gait.analysis.view.camera_orientation import levelled, with_camera
from gait.analysis.view.ground_tilt import with_ground
from gait.analysis.view.observe import SHORTEST_S, TURNS, observe
from gait.analysis.view.playback_speed import true_time, with_clock
from gait.analysis.view.speed_ramps import Ramp, one_speed
from gait.resources import own_version
from gait.settings import Settings
from gait.skeleton import FOOT
from gait.types import SIDES, Activity, PoseError, PoseTrack, VideoInfo


def analyze_track(
    track: PoseTrack,
    settings: Settings,
    video: VideoInfo | None = None,
    answers: Answers | None = None,
) -> Analysis:
    """Analyse a raw pose track; no input or output, and always the same answer.

    Parameters
    ----------
    track : PoseTrack
        Keypoints as a pose model (or a file) gave them.
    settings : Settings
        What the user knows about the video.
    video : VideoInfo, optional
        The video the track came from, if there is one.
    answers : mapping of str to str or sequence of str, optional
        What the runner answered to the questionnaire (see `gait.analysis.interpret.questionnaire`).

    Returns
    -------
    Analysis
        Events, strides, measurements and summaries, each with its uncertainty; what stands out,
        unless the answers call for a clinician first.

    Raises
    ------
    GaitError
        If nothing can be concluded from the track.
    """
    if len(track) < 2 or track.time[-1] - track.time[0] < SHORTEST_S:
        raise PoseError(
            f"The track is too short: {len(track)} frame(s).",
            "Film at least 10 s of steady running.",
        )
    segment, ramp, left_out = _measurable(track)
    clock = true_time(segment, settings, video, ramp)
    cleaned = cleaned_track(segment, clock.scale, settings.cutoff_hz)
    view = levelled(observe(cleaned, settings), cleaned)
    limits = (*_cut_off(video), *several_people(track), *left_out)
    view = with_clock(view.model_copy(update={"limits": (*limits, *view.limits)}), clock)
    cleaned = named_for(cleaned, view.plane)
    events, missed = correct(
        detect(cleaned, view, settings), settings.edits, view.time_scale, view.fps_hz
    )
    strides = uncut(cleaned, view, steady(to_strides(events)))
    strides, change = even_pace(cleaned, view, strides)
    if video is not None:  # the size of the picture is that of a video
        strides, aslant = central(cleaned, view, strides)
        view = view.model_copy(update={"limits": (*view.limits, *aslant)})
    if strides:
        window = (strides[0].strike_s, max(s.next_strike_s for s in strides))
        view = view.model_copy(update={"window_s": window})
        view = with_ground(with_camera(view, cleaned, strides, settings), cleaned, strides)
    cleaned = read_roll(cleaned, strides, view.plane)
    moving = _activity(cleaned, view, events, strides, change)
    measurements = measure(cleaned, view, strides, settings)
    slopes = slopes_of(Trial(cleaned, view, settings), strides)
    summaries = summarize(measurements, cleaned, view, strides, settings, moving, slopes)
    faults = find_faults(cleaned, view, strides)
    summaries = limited(summaries, faults)
    if moving == "changing speed":
        summaries = withheld(summaries, _pace_limit(change))
    outcome = None if answers is None else evaluate(answers)
    findings: tuple[Finding, ...] = ()
    if outcome is None or not outcome.gait_advice_withheld:
        findings = assess(summaries, view, moving, settings, outcome)
        summaries = mark(summaries, view, moving, settings)
    if answers is not None:  # where it hurts decides on findings, and they on what goes with it
        outcome = evaluate(answers, findings)
    analysis = Analysis(
        video=video,
        settings=settings,
        activity=moving,
        view=view,
        quality=_quality(
            track,
            _log_of_edits(cleaned, settings, missed),
            events,
            faults,
            _notes(track, strides, missed),
        ),
        events=events,
        strides=strides,
        measurements=measurements,
        summaries=summaries,
        differences=side_differences(summaries, cleaned, view, strides, settings, moving, slopes),
        findings=findings,
        intake=None if answers is None else check(answers),
        outcome=outcome,
        versions=_versions(track),
    )
    return graded(analysis)


def _cut_off(video: VideoInfo | None) -> tuple[str, ...]:
    if video is None or not video.cut_off:
        return ()
    return (
        f"The file is cut off: only its first {video.duration_s:.1f} s can be read. Copy it from "
        "the phone again for the rest.",
    )


def _activity(
    track: PoseTrack,
    view: View,
    events: tuple[Event, ...],
    strides: tuple[Stride, ...],
    change: float,
) -> Activity:
    """What the person does in the strides that are measured, or in the video if there are none."""
    if change:
        return "changing speed"
    if view.plane == "side":
        start_s, stop_s = view.window_s
        moving = activity(track, tuple(e for e in events if start_s <= e.time_s <= stop_s))
    else:
        moving = frontal_activity(track.between(*view.window_s))
    if moving == "unclear" and not strides:
        if stands(track.between(*view.window_s)):
            return "standing"
        if TURNS in view.limits:
            return "turning"
    return moving


def _pace_limit(change: float) -> str:
    how = "faster" if change > 0 else "slower"
    return (
        f"The runner gets {how} from stride to stride, by {100 * abs(change):.0f} % in all: an "
        "average says little. Film a stretch of even speed."
    )


def cleaned_track(track: PoseTrack, time_scale: float, cutoff_hz: float | None) -> PoseTrack:
    """The track that is measured: sides put right, gaps closed, smoothed, the runner in place.

    Parameters
    ----------
    track : PoseTrack
        Raw track on the time base of the video, without the motion of the camera.
    time_scale : float
        How many times slower than life the video plays: slow motion is undone first.
    cutoff_hz : float or None
        As for `gait.analysis.cleaning.filtering.clean`.
    """
    if time_scale != 1:
        step = f"time divided by {time_scale:g}"
        track = track.with_(time=track.time / time_scale, step=step)
    cleaned = clean(track, cutoff_hz)
    moves = drift(cleaned)
    # Strides are compared with each other in cleaning, too: that takes one scale and one place.
    return cleaned if moves is None else clean(followed(track, *moves), cutoff_hz)


def _measurable(track: PoseTrack) -> tuple[PoseTrack, Ramp | None, tuple[str, ...]]:
    """The part of a raw track with one camera, one place and one speed, and what was left out."""
    pictured, repeats = as_pictured(track)
    segment, left_out = one_segment(pictured)
    segment, unsteady = stabilized(segment)
    segment, ramp = one_speed(segment)
    told = () if ramp is None else (ramp.limit,)
    return segment, ramp, (*repeats, *left_out, *told, *unsteady)


def measured_track(track: PoseTrack, analysis: Analysis) -> PoseTrack:
    """The cleaned track in which an analysis of this raw track was made: a row for each picture."""
    plane, cutoff_hz = analysis.view.plane, analysis.settings.cutoff_hz
    cleaned = cleaned_track(_measurable(track)[0], analysis.view.time_scale, cutoff_hz)
    return read_roll(named_for(cleaned, plane), analysis.strides, plane)


def _log_of_edits(track: PoseTrack, settings: Settings, missed: int) -> PoseTrack:
    made = len(settings.edits) - missed
    return track.with_(step=f"{made} contact event(s) corrected by hand") if made else track


def _quality(
    raw: PoseTrack,
    cleaned: PoseTrack,
    events: tuple[Event, ...],
    faults: tuple[VideoFault, ...],
    notes: tuple[str, ...],
) -> Quality:
    legs = cleaned.derived.legs
    return Quality(
        n_frames=len(raw),
        frames_without_person=int(np.isnan(raw.xy).all(axis=(1, 2)).sum()),
        swaps_repaired=int(np.nansum(legs.swapped)) if legs else 0,
        swaps_undecided=int(np.nansum(legs.swap_undecided)) if legs else 0,
        strikes=sum(event.kind == "strike" for event in events),
        steps=cleaned.steps,
        faults=faults,
        notes=notes,
    )


def _notes(track: PoseTrack, strides: tuple[Stride, ...], missed_edits: int) -> tuple[str, ...]:
    notes = []
    if not strides and not track.has(*(f"{side}_{p}" for side in SIDES for p in FOOT)):
        notes.append("These keypoints lack heels or toes: from the side, contacts need both.")
    if track.steps and not track.by_blazepose:
        notes.append("The keypoints are not BlazePose's: ± takes them to be as good as those.")
    if missed_edits:
        notes.append(
            f"{missed_edits} correction(s) by hand found no contact to change: look at them again."
        )
    return tuple(notes)


def _versions(track: PoseTrack) -> dict[str, str]:
    pose = track.steps[0] if track.steps else "not recorded"
    return {"gaitlens": own_version(), "python": platform.python_version(), "pose": pose}
