"""The pure half of the program: a pose track in, an analysis out."""

from __future__ import annotations

import platform
from functools import lru_cache
from typing import Final

import numpy as np

from gait.analysis.cleaning.drift import drift
from gait.analysis.cleaning.filtering import clean
from gait.analysis.cleaning.repeated_pictures import as_pictured
from gait.analysis.cleaning.segments import one_segment, several_people
from gait.analysis.cleaning.stabilize import followed, stabilized
from gait.analysis.cleaning.view_plane import relabelled
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
from gait.analysis.kinematics.side_differences import side_differences
from gait.analysis.quality import find_faults, limited
from gait.analysis.results import SPEED_DOUBTED, Analysis, Event, Finding, Quality, VideoFault
from gait.analysis.trial import Strides, Trial
from gait.analysis.view.camera_orientation import levelled, with_camera
from gait.analysis.view.ground_tilt import with_ground
from gait.analysis.view.observe import SHORTEST_S, TURNS, observe
from gait.analysis.view.playback_speed import true_time
from gait.analysis.view.replays import one_pass
from gait.analysis.view.speed_ramps import Ramp, one_speed
from gait.resources import own_version
from gait.settings import Settings
from gait.skeleton import FOOT
from gait.types import SIDES, Activity, PoseError, PoseTrack, VideoInfo

_KEPT: Final = 2
"""Tracks whose cleaning is remembered. Most settings that are changed later come after it, and
cleaning is a third of the time (45 s of video: 0.28 of 0.71 s)."""


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
    trial = _filmed(track, settings, video)
    events, missed = correct(
        detect(trial), settings.edits, trial.view.time_scale, trial.view.fps_hz
    )
    trial, change = even_pace(uncut(trial.with_(strides=steady(to_strides(events)))))
    trial = _camera(central(trial))
    trial = read_roll(trial)
    trial = trial.with_(activity=_activity(trial, events, change))
    faults = find_faults(trial)
    if any(fault.id == SPEED_DOUBTED for fault in faults):
        trial = trial.with_(settings=settings.model_copy(update={"speed_mps": None}))
    measured = measure(trial)
    summaries = limited(summarize(measured), faults)
    if trial.activity == "changing speed":
        summaries = withheld(summaries, _pace_limit(change))
    outcome = None if answers is None else evaluate(answers)
    findings: tuple[Finding, ...] = ()
    if outcome is None or not outcome.gait_advice_withheld:
        findings = assess(trial, summaries, outcome, answers)
        summaries = mark(trial, summaries)
    if answers is not None:  # where it hurts decides on findings, and they on what goes with it
        outcome = evaluate(answers, findings)
    analysis = Analysis(
        video=video,
        settings=settings,
        activity=trial.activity,
        view=trial.view,
        quality=_quality(track, trial, events, faults, missed),
        events=events,
        strides=trial.strides.each,
        measurements=measured.rows,
        summaries=summaries,
        differences=side_differences(measured, summaries),
        findings=findings,
        intake=None if answers is None else check(answers),
        outcome=outcome,
        versions=_versions(track),
    )
    return graded(analysis)


def measured_trial(track: PoseTrack, analysis: Analysis) -> Trial:
    """The trial in which an analysis of this raw track was made; a row for each picture."""
    segment, _, _ = _measurable(track)
    cleaned = cleaned_track(segment, analysis.view.time_scale, analysis.settings.cutoff_hz)
    return read_roll(
        Trial(
            relabelled(cleaned, analysis.view.plane),
            analysis.view,
            analysis.settings,
            Strides(analysis.strides),
            analysis.video,
            analysis.activity,
        )
    )


def _filmed(track: PoseTrack, settings: Settings, video: VideoInfo | None) -> Trial:
    """The trial as far as it is known before the events."""
    if len(track) < 2 or track.time[-1] - track.time[0] < SHORTEST_S:
        raise PoseError(
            f"The track is too short: {len(track)} frame(s).",
            "Film at least 10 s of steady running.",
        )
    segment, ramp, left_out = _measurable(track)
    clock = true_time(segment, settings, video, ramp)
    cleaned = cleaned_track(segment, clock.scale, settings.cutoff_hz)
    trial = levelled(Trial(cleaned, observe(cleaned, settings), settings, video=video))
    told = (*_cut_off(video), *several_people(track), *left_out, *trial.view.limits)
    return trial.with_(track=relabelled(cleaned, trial.view.plane)).with_view(
        time_scale=clock.scale,
        time_base=clock.base,
        limits=(clock.limit, *told) if clock.limit else told,
    )


def _camera(trial: Trial) -> Trial:
    """With what the strides tell about the filming, and the part of the video that they take."""
    if not trial.strides:
        return trial
    window = trial.strides.strike_s[0], trial.strides.next_strike_s.max()
    return with_ground(with_camera(trial.with_view(window_s=tuple(map(float, window)))))


def _cut_off(video: VideoInfo | None) -> tuple[str, ...]:
    if video is None or not video.cut_off:
        return ()
    return (
        f"The file is cut off: only its first {video.duration_s:.1f} s can be read. Copy it from "
        "the phone again for the rest.",
    )


def _activity(trial: Trial, events: tuple[Event, ...], change: float) -> Activity:
    """What the person does in the strides that are measured, or in the video if there are none."""
    if change:
        return "changing speed"
    start_s, stop_s = trial.view.window_s
    inside = trial.track.between(start_s, stop_s)
    if trial.view.plane == "side":
        within = tuple(e for e in events if start_s <= e.time_s <= stop_s)
        moving = activity(trial.track, within)
    else:
        moving = frontal_activity(inside)
    if moving == "unclear" and not trial.strides:
        if stands(inside):
            return "standing"
        if TURNS in trial.view.limits:
            return "turning"
    return moving


def _pace_limit(change: float) -> str:
    how = "faster" if change > 0 else "slower"
    return (
        f"The runner gets {how} from stride to stride, by {100 * abs(change):.0f} % in all: an "
        "average says little. Film a stretch of even speed."
    )


@lru_cache(maxsize=_KEPT)
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


@lru_cache(maxsize=_KEPT)
def _measurable(track: PoseTrack) -> tuple[PoseTrack, Ramp | None, tuple[str, ...]]:
    """The part of a raw track with one camera, one place and one speed, and what was left out."""
    pictured, repeats = as_pictured(track)
    shown, replays = one_pass(pictured)
    segment, left_out = one_segment(shown)
    segment, unsteady = stabilized(segment)
    segment, ramp = one_speed(segment)
    told = () if ramp is None else (ramp.limit,)
    return segment, ramp, (*repeats, *replays, *left_out, *told, *unsteady)


def forget_tracks() -> None:
    """Let go of what is remembered of tracks: somebody deleted one."""
    _measurable.cache_clear()
    cleaned_track.cache_clear()


def _quality(
    raw: PoseTrack,
    trial: Trial,
    events: tuple[Event, ...],
    faults: tuple[VideoFault, ...],
    missed_edits: int,
) -> Quality:
    legs, steps = trial.track.derived.legs, trial.track.steps
    made = len(trial.settings.edits) - missed_edits
    return Quality(
        n_frames=len(raw),
        frames_without_person=int(np.isnan(raw.xy).all(axis=(1, 2)).sum()),
        swaps_repaired=int(np.nansum(legs.swapped)) if legs else 0,
        swaps_undecided=int(np.nansum(legs.swap_undecided)) if legs else 0,
        strikes=sum(event.kind == "strike" for event in events),
        steps=(*steps, f"{made} contact event(s) corrected by hand") if made else steps,
        faults=faults,
        notes=_notes(raw, trial, missed_edits),
    )


def _notes(raw: PoseTrack, trial: Trial, missed_edits: int) -> tuple[str, ...]:
    notes = []
    if not trial.strides and not raw.has(*(f"{side}_{p}" for side in SIDES for p in FOOT)):
        notes.append("These keypoints lack heels or toes: from the side, contacts need both.")
    if raw.by_model and not raw.by_blazepose:
        notes.append("The keypoints are not BlazePose's: ± takes them to be as good as those.")
    if not raw.by_model:
        notes.append(
            "Nothing says which program found these keypoints: ± takes them to be exact, as "
            "markers are."
        )
    if missed_edits:
        notes.append(
            f"{missed_edits} correction(s) by hand found no contact to change: look at them again."
        )
    return tuple(notes)


def _versions(track: PoseTrack) -> dict[str, str]:
    pose = track.steps[0] if track.steps else "not recorded"
    return {"gaitlens": own_version(), "python": platform.python_version(), "pose": pose}
