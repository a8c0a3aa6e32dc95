"""The whole program: a pose track in, an analysis out; and a film in, a run folder out."""

from __future__ import annotations

import platform
from collections.abc import Callable
from functools import partial
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

import numpy as np

from gait.cleaning import clean
from gait.events import activity, detect, steady, to_strides
from gait.metrics import measure, summarize
from gait.pose import get_backend
from gait.settings import Settings
from gait.store import RUNS, RunFolder, place
from gait.types import (
    SIDES,
    Analysis,
    Event,
    PoseError,
    PoseTrack,
    Quality,
    Stride,
    VideoError,
    VideoInfo,
)
from gait.video import probe
from gait.view import SHORTEST_S, observe

Progress = Callable[[str, int, int], None]
"""Called with the stage, how much of it is done, and how much there is."""

ENOUGH_STRIDES: Final = 10
"""Strides of each foot for dependable means of angles (Dingenen 2018: at least 7 steps)."""

MIN_DURATION_S: Final = 1.0
"""A runner takes two to three steps a second: less than this holds no full stride to measure."""


def analyze_track(track: PoseTrack, settings: Settings, video: VideoInfo | None = None) -> Analysis:
    """Analyse a raw pose track; no input or output, and always the same answer.

    Parameters
    ----------
    track : PoseTrack
        Keypoints as a pose model (or a file) gave them.
    settings : Settings
        What the user knows about the clip.
    video : VideoInfo, optional
        The film the track came from, if there is one.

    Returns
    -------
    Analysis
        Events, strides, measurements and summaries, each with its uncertainty.

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
    cleaned = clean(_in_true_time(track, settings), settings.cutoff_hz)
    view = observe(cleaned, settings)
    events = detect(cleaned, view, settings)
    strides = steady(to_strides(events))
    if strides:
        window = (strides[0].strike_s, max(s.next_strike_s for s in strides))
        view = view.model_copy(update={"window_s": window})
    moving = activity(cleaned, events)
    measurements = measure(cleaned, view, strides, settings)
    return Analysis(
        video=video,
        settings=settings.model_dump(mode="json"),
        activity=moving,
        view=view,
        quality=_quality(track, cleaned, events, strides),
        events=events,
        strides=strides,
        measurements=measurements,
        summaries=summarize(measurements, cleaned, view, strides, settings, moving),
        versions=_versions(),
    )


def _in_true_time(track: PoseTrack, settings: Settings) -> PoseTrack:
    """The track with slow motion undone: `time_scale` is how many times slower the film plays."""
    if settings.time_scale is None:
        return track
    return track.with_(
        time=track.time / settings.time_scale, step=f"time divided by {settings.time_scale:g}"
    )


def analyze(
    video: Path,
    settings: Settings,
    *,
    out: Path | None = None,
    overlay: bool = True,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Analysis:
    """Analyse a film and keep the results in a run folder.

    The raw pose track is kept too; a second run of the same film with the same model starts from
    it, so that changing any other setting takes a moment only.

    Parameters
    ----------
    video : Path
        The film.
    settings : Settings
        What the user knows about the clip.
    out : Path, optional
        The run folder; default is a folder named after the film in ``gait_runs``.
    overlay : bool
        Whether to draw the overlay film.
    workers : int, optional
        Processes for the pose model; default is one per free core.
    progress : callable, optional
        Told (stage, done, total) with the stages "pose" and "overlay", in frames.

    Returns
    -------
    Analysis
        What was written to ``analysis.json``.

    Raises
    ------
    VideoError
        If the film cannot be read or is too short.
    OutputError
        If the run folder cannot be written; found out before the pose model runs.
    PoseError
        If hardly a person is seen.
    ModelError
        If the pose model cannot be had.
    """
    info = probe(video)
    run = RunFolder(place(RUNS, info) if out is None else out)
    return analyze_into(
        run, video, info, settings, overlay=overlay, workers=workers, progress=progress
    )


def analyze_into(
    run: RunFolder,
    video: Path,
    info: VideoInfo,
    settings: Settings,
    *,
    overlay: bool = True,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Analysis:
    """As `analyze`, for a film that was probed already and a run folder of the caller's choice.

    Parameters
    ----------
    run : RunFolder
        Where the results go.
    video : Path
        The film.
    info : VideoInfo
        What `gait.video.probe` says about it.
    settings, overlay, workers, progress
        As for `analyze`.

    Returns
    -------
    Analysis
        What was written to ``analysis.json``.
    """
    _require_length(info)
    backend = get_backend(settings.pose.backend)
    key = _track_key(info, backend.fingerprint(settings.pose))
    report = progress or _ignore
    with run.writing():
        track = run.load_track(key)
        if track is None:
            track = backend.track(
                video, settings.pose, workers=workers, progress=partial(report, "pose")
            )
            _require_person(track, info)
            run.save_track(track, key)
        analysis = analyze_track(track, settings, info)
        run.save_analysis(analysis)
        if overlay:
            from gait.render.overlay import write_overlay

            drawn = clean(track, settings.cutoff_hz)
            write_overlay(video, drawn, analysis, run.overlay, partial(report, "overlay"))
    return analysis


def _track_key(info: VideoInfo, fingerprint: str) -> str:
    return sha256(f"{info.sha256} {fingerprint}".encode()).hexdigest()


def _ignore(stage: str, done: int, total: int) -> None:
    """Progress nobody asked for."""


def _require_length(info: VideoInfo) -> None:
    if info.n_frames < 2 or info.duration_s < MIN_DURATION_S:
        raise VideoError(
            f"{info.name} is too short: {info.n_frames} frame(s), {info.duration_s:.2f} s.",
            "Film at least 10 s of steady running.",
        )


def _require_person(track: PoseTrack, info: VideoInfo) -> None:
    seen = int(np.isfinite(track.xy).any(axis=(1, 2)).sum())
    if len(track) < 2 or seen / track.fps_hz < MIN_DURATION_S:
        found = f"in only {seen} of {len(track)} frames" if seen else "in no frame"
        raise PoseError(
            f"{info.name}: a person was found {found}.",
            "Film the whole runner, head to feet, large in the picture and in good light.",
        )


def _quality(
    raw: PoseTrack, cleaned: PoseTrack, events: tuple[Event, ...], strides: tuple[Stride, ...]
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
        notes=_notes(strides),
    )


def _notes(strides: tuple[Stride, ...]) -> tuple[str, ...]:
    fewest = min(sum(s.side == side for s in strides) for side in SIDES)
    if fewest >= ENOUGH_STRIDES:
        return ()
    found = f"Only {fewest} complete strides of each foot" if fewest else "No complete stride"
    return (f"{found}: film 20 to 30 s of steady running for dependable means.",)


def _versions() -> dict[str, str]:
    try:
        own = version("gaitlens")
    except PackageNotFoundError:
        own = "not installed"
    return {"gaitlens": own, "python": platform.python_version()}
