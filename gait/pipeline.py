"""From a video to a run folder: pose (kept), analysis, overlay."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from gait import io as formats
from gait.analysis.results import Analysis
from gait.io.analysis_file import read_analysis
from gait.io.kept_run import kept_track
from gait.io.run_folder import RUNS, RunFolder, place, place_together
from gait.pose import get_backend
from gait.pose.person_tracking import boxes_of
from gait.settings import Settings
from gait.types import (
    PersonError,
    PoseError,
    PoseTrack,
    UsageError,
    VideoError,
    VideoInfo,
)
from gait.video import filmed_at, probe

if TYPE_CHECKING:  # imported where needed: SciPy takes a second or two
    from gait.analysis.capture import Advice
    from gait.analysis.interpret.questionnaire import Answers

Progress = Callable[[str, int, int], None]
"""Called with the stage, how much of it is done, and how much there is."""

MIN_DURATION_S: Final = 1.0
"""A runner takes two to three steps a second: less than this holds no full stride to measure."""


def analyze(
    video: Path,
    settings: Settings,
    *,
    answers: Answers | None = None,
    out: Path | None = None,
    overlay: bool = True,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Analysis:
    """Analyse a video and keep the results in a run folder.

    The raw pose track is kept too; a second run of the same video with the same model starts from
    it, so that changing any other setting takes a moment only.

    Parameters
    ----------
    video : Path
        The video, or a file of keypoints (`gait.io`), which gets no overlay.
    settings : Settings
        What the user knows about the video.
    answers : mapping of str to str or sequence of str, optional
        What the runner answered to the questionnaire (see `gait.analysis.interpret.questionnaire`).
    out : Path, optional
        The run folder; default is a folder named after the video in ``gait_runs``.
    overlay : bool
        Whether to draw the overlay video.
    workers : int, optional
        Processes for the pose model; default is one per free core.
    progress : callable, optional
        Told (stage, done, total) with the stages "pose" and "overlay", in frames. When it is told
        of the overlay for the first time, the results are in the run folder.

    Returns
    -------
    Analysis
        What was written to ``analysis.json``.

    Raises
    ------
    VideoError
        If the video cannot be read or is too short.
    OutputError
        If the run folder cannot be written; found out before the pose model runs.
    PoseError
        If hardly a person is seen.
    PersonError
        If several people could be the runner; ``people.png`` in the run folder shows them.
    ModelError
        If the pose model cannot be had.
    """
    info = identify(video)
    run = RunFolder(place(RUNS, info) if out is None else out)
    return analyze_into(
        run,
        video,
        info,
        settings,
        answers=answers,
        overlay=overlay,
        workers=workers,
        progress=progress,
    )


def identify(path: Path, fps_hz: float | None = None) -> VideoInfo:
    """What a video, or a file of keypoints, says about itself.

    Parameters
    ----------
    path : Path
        The file, or a folder of JSON.
    fps_hz : float, optional
        Frames per second, for keypoints that do not say; `analyze_into` takes it from the answer.

    Returns
    -------
    VideoInfo
        See `gait.video.probe` and `gait.io.describe`.

    Raises
    ------
    UsageError
        If there is no such file, or it needs `fps_hz`.
    VideoError, TrackError
        If it cannot be read.
    """
    if formats.is_track(path):
        return formats.describe(path, formats.read(path, fps_hz))
    return probe(path)


def analyze_into(
    run: RunFolder,
    video: Path,
    info: VideoInfo,
    settings: Settings,
    *,
    answers: Answers | None = None,
    overlay: bool = True,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Analysis:
    """As `analyze`, for a video that was probed already and a run folder of the caller's choice.

    Parameters
    ----------
    run : RunFolder
        Where the results go.
    video : Path
        The video.
    info : VideoInfo
        What `identify` says about it.
    settings, answers, overlay, workers, progress
        As for `analyze`.

    Returns
    -------
    Analysis
        What was written to ``analysis.json``.
    """
    _require_length(info)
    report = progress or _ignore
    keypoints = formats.is_track(video)
    run.claim(video)
    run.require_run_of(info)
    with run.writing():
        if not keypoints:
            track = _found_track(run, video, info, settings, workers, report)
        else:
            track = formats.read(video, info.fps_hz)
            _require_runner(track, info)
        from gait.analysis.analyze import analyze_track

        analysis = analyze_track(track, settings, info, answers)
        if keypoints:  # not before: a refusal leaves nothing and costs nothing
            run.save_track(track, track_key(info.sha256, "as read"))
        run.save_analysis(analysis)
        if overlay and not keypoints:
            report("overlay", 0, info.n_frames)
            with run.replacing(run.overlay) as drawn:
                _draw(video, track, analysis, drawn, report)
    return analysis


def _found_track(
    run: RunFolder,
    video: Path,
    info: VideoInfo,
    settings: Settings,
    workers: int | None,
    report: Progress,
) -> PoseTrack:
    """The kept track of a video, or a new one that is then kept."""
    backend = get_backend(settings.pose.backend)
    key = track_key(info.sha256, backend.fingerprint(settings.pose))
    track = run.load_track(key)
    if track is None:
        with ThreadPoolExecutor(1) as loader:
            # SciPy takes a second or two to import: time in which the model works already.
            loader.submit(import_module, "gait.analysis.analyze")
            try:
                track = backend.track(
                    video, settings.pose, workers=workers, progress=partial(report, "pose")
                )
            except PersonError as e:
                if e.track is not None:
                    _draw_people(run, video, e.track)
                    e.hint = f"{e.hint} {run.people} shows who is who."
                raise
        _require_runner(track, info)
        run.save_track(track, key, filmed_at(video))
    if boxes_of(track) and not run.people.exists():
        _draw_people(run, video, track)
    return track


def _draw_people(run: RunFolder, video: Path, track: PoseTrack) -> None:
    from gait.render.people import people_png

    png = people_png(video, track)
    if png is not None:
        with run.replacing(run.people) as picture:
            picture.write_bytes(png)


def check(video: Path, settings: Settings) -> tuple[Advice, ...]:
    """Look at the first second of a video and say what to change before filming on.

    Parameters
    ----------
    video : Path
        The video.
    settings : Settings
        Which pose model.

    Returns
    -------
    tuple of Advice
        Seven rows, each with what to change; see `gait.analysis.capture`.

    Raises
    ------
    UsageError
        If it holds keypoints, or there is no such file.
    VideoError
        If it cannot be read.
    ModelError
        If the pose model cannot be had.
    """
    from gait.analysis.capture import check_capture
    from gait.pose.glance import glance

    if formats.is_track(video):
        raise UsageError(f"{video} holds keypoints.", "Give the video they come from.")
    seen = glance(video, settings.pose)
    return check_capture(seen.track, seen.pictures, seen.people)


def analyze_together(
    videos: Sequence[Path],
    settings: Settings,
    *,
    out: Path | None = None,
    answers: Answers | None = None,
    overlay: bool = True,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Analysis:
    """Analyse videos of one run taken from different sides and merge their views.

    Parameters
    ----------
    videos : sequence of Path
        Two videos or more; which side each shows is found out.
    settings : Settings
        What the user knows about the run.
    out : Path, optional
        The run folder, in which every video gets one of its own; default is a folder named after
        all videos in ``gait_runs``.
    answers, overlay, workers
        As for `analyze`.
    progress : callable, optional
        As for `analyze`, with the video's name before the stage.

    Returns
    -------
    Analysis
        What was written to ``analysis.json`` of the run folder; see `gait.analysis.merge_views`.

    Raises
    ------
    UsageError
        If these are not at least two different videos.
    GaitError
        As `analyze` does, for the first video that cannot be used.
    """
    from gait.analysis.merge_views import merge_views, require_different

    infos = [identify(video) for video in videos]
    require_different([info.sha256 for info in infos])
    report = progress or _ignore
    run = RunFolder(place_together(RUNS, videos) if out is None else out)
    run.claim(*videos)
    run.require_run_of(infos[0])
    analyses = []
    with run.writing():
        for video, info in zip(videos, infos, strict=True):
            analyses.append(
                analyze_into(
                    RunFolder(place(run.path, info)),
                    video,
                    info,
                    settings,
                    answers=answers,
                    overlay=overlay,
                    workers=workers,
                    progress=lambda stage, *n, of=info.name: report(f"{of} {stage}", *n),
                )
            )
        analysis = merge_views(analyses)
        run.save_analysis(analysis)
    return analysis


def draw(run: RunFolder, out: Path, progress: Progress | None = None) -> None:
    """Draw the overlay video of a run again, from the video that is kept with it.

    Parameters
    ----------
    run : RunFolder
        Holds an analysis, its track and the video.
    out : Path
        MP4 file to write.
    progress : callable, optional
        Told ("overlay", done, total) in frames.

    Raises
    ------
    UsageError
        If one of them is lost.
    VideoError, OutputError
        If the video cannot be read or the overlay not be written.
    """
    video = run.video
    if video is None:
        raise UsageError(f"The video is not kept in {run.path}.", "Analyse the video again.")
    _draw(video, kept_track(run), read_analysis(run.path), out, progress or _ignore)


def _draw(video: Path, track: PoseTrack, analysis: Analysis, out: Path, report: Progress) -> None:
    from gait.analysis.analyze import measured_trial
    from gait.analysis.cleaning.repeated_pictures import every_frame
    from gait.render.overlay import write_overlay

    # frame by frame, as the video plays
    drawn = every_frame(measured_trial(track, analysis).track, track)
    write_overlay(video, drawn, analysis, out, partial(report, "overlay"))


def track_key(video_sha256: str, fingerprint: str) -> str:
    """What the track of a video is kept under; `fingerprint` is that of its pose backend."""
    return sha256(f"{video_sha256} {fingerprint}".encode()).hexdigest()


def _ignore(stage: str, done: int, total: int) -> None:
    """Progress nobody asked for."""


def _require_length(info: VideoInfo) -> None:
    if info.n_frames < 2 or info.duration_s < MIN_DURATION_S:
        raise VideoError(
            f"{info.name} is too short: {info.n_frames} frame(s), {info.duration_s:.2f} s.",
            "Film at least 10 s of steady running.",
        )


def _require_runner(track: PoseTrack, info: VideoInfo) -> None:
    """Refuse a track in which nobody is seen for long, or stands upright."""
    seen = int(np.isfinite(track.xy).any(axis=(1, 2)).sum())
    if len(track) < 2 or seen + 0.5 < MIN_DURATION_S * track.fps_hz:
        found = f"in only {seen} of {len(track)} frames" if seen else "in no frame"
        raise PoseError(
            f"{info.name}: a person was found {found}.",
            "Film the whole runner, head to feet, large in the picture and in good light.",
        )
    if track.upright != "upright":
        raise PoseError(
            f"{info.name}: the picture is {track.upright}.",
            "Turn the video in the gallery of the phone, and try again.",
        )
