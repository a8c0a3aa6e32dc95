"""The pure half of the program: a pose track in, an analysis out."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

import numpy as np

from gait.cleaning import clean
from gait.events import activity, correct, detect, frontal_activity, steady, to_strides
from gait.film import find_faults, limited
from gait.findings import assess
from gait.flags import mark
from gait.geometry import levelled, with_camera
from gait.grading import graded
from gait.intake import Answers, check, evaluate
from gait.metrics import measure, summarize
from gait.pelvis import read_roll
from gait.plane import named_for
from gait.settings import Settings
from gait.types import (
    Analysis,
    Event,
    FilmFault,
    Finding,
    PoseError,
    PoseTrack,
    Quality,
    VideoInfo,
)
from gait.view import SHORTEST_S, observe


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
        What the user knows about the clip.
    video : VideoInfo, optional
        The film the track came from, if there is one.
    answers : mapping of str to str or sequence of str, optional
        What the runner answered to the questionnaire (see `gait.intake`).

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
    cleaned = cleaned_track(track, settings)
    view = levelled(observe(cleaned, settings), cleaned)
    cleaned = named_for(cleaned, view.plane)
    events, missed = correct(
        detect(cleaned, view, settings), settings.edits, view.time_scale, view.fps_hz
    )
    strides = steady(to_strides(events))
    if strides:
        window = (strides[0].strike_s, max(s.next_strike_s for s in strides))
        view = view.model_copy(update={"window_s": window})
        view = with_camera(view, cleaned, strides, settings)
    cleaned = read_roll(cleaned, strides, view.plane)
    from_side = view.plane == "side"
    moving = activity(cleaned, events) if from_side else frontal_activity(cleaned)
    measurements = measure(cleaned, view, strides, settings)
    summaries = summarize(measurements, cleaned, view, strides, settings, moving)
    faults = find_faults(cleaned, view, strides)
    summaries = limited(summaries, faults)
    outcome = None if answers is None else evaluate(answers)
    findings: tuple[Finding, ...] = ()
    if outcome is None or not outcome.gait_advice_withheld:
        findings = assess(summaries, view, moving, settings, outcome)
        summaries = mark(summaries, view, moving, settings)
    if answers is not None:  # where it hurts decides on findings, and they on what goes with it
        outcome = evaluate(answers, findings)
    analysis = Analysis(
        video=video,
        settings=settings.model_dump(mode="json"),
        activity=moving,
        view=view,
        quality=_quality(
            track, _log_of_edits(cleaned, settings, missed), events, faults, _notes(missed)
        ),
        events=events,
        strides=strides,
        measurements=measurements,
        summaries=summaries,
        findings=findings,
        intake=None if answers is None else check(answers),
        outcome=outcome,
        versions=_versions(track),
    )
    return graded(analysis)


def cleaned_track(track: PoseTrack, settings: Settings) -> PoseTrack:
    """The track that is measured: true time base, sides put right, gaps closed, smoothed."""
    return clean(_in_true_time(track, settings), settings.cutoff_hz)


def measured_track(track: PoseTrack, analysis: Analysis) -> PoseTrack:
    """The cleaned track in which an analysis of this raw track was made."""
    cleaned = cleaned_track(track, Settings.model_validate(analysis.settings))
    plane = analysis.view.plane
    return read_roll(named_for(cleaned, plane), analysis.strides, plane)


def _in_true_time(track: PoseTrack, settings: Settings) -> PoseTrack:
    """The track with slow motion undone: `time_scale` is how many times slower the film plays."""
    if settings.time_scale is None:
        return track
    return track.with_(
        time=track.time / settings.time_scale, step=f"time divided by {settings.time_scale:g}"
    )


def _log_of_edits(track: PoseTrack, settings: Settings, missed: int) -> PoseTrack:
    made = len(settings.edits) - missed
    return track.with_(step=f"{made} contact event(s) corrected by hand") if made else track


def _quality(
    raw: PoseTrack,
    cleaned: PoseTrack,
    events: tuple[Event, ...],
    faults: tuple[FilmFault, ...],
    notes: tuple[str, ...],
) -> Quality:
    def count(signal: str) -> int:
        return int(np.nansum(cleaned.signals[signal])) if signal in cleaned.signals else 0

    return Quality(
        n_frames=len(raw),
        frames_without_person=int(np.isnan(raw.xy).all(axis=(1, 2)).sum()),
        swaps_repaired=count("swapped"),
        swaps_undecided=count("swap_undecided"),
        strikes=sum(event.kind == "strike" for event in events),
        steps=cleaned.steps,
        faults=faults,
        notes=notes,
    )


def _notes(missed_edits: int) -> tuple[str, ...]:
    if not missed_edits:
        return ()
    return (
        f"{missed_edits} correction(s) by hand found no contact to change: look at them again.",
    )


def _versions(track: PoseTrack) -> dict[str, str]:
    try:
        own = version("gaitlens")
    except PackageNotFoundError:
        own = "not installed"
    pose = track.steps[0] if track.steps else "not recorded"
    return {"gaitlens": own, "python": platform.python_version(), "pose": pose}
