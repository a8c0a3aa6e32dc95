"""A run that is there already: its track, opened as it was left, or analysed again."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from gait.analysis.results import Analysis
from gait.io import read_npz
from gait.io.analysis_file import read_analysis
from gait.io.run_folder import RunFolder
from gait.io.visit import folders
from gait.settings import Settings
from gait.types import PoseTrack, TrackError, UsageError

if TYPE_CHECKING:  # imported where needed: SciPy takes a second or two
    from gait.analysis.interpret.questionnaire import Answers
    from gait.analysis.trial import Trial


def reanalyze(run: RunFolder, settings: Settings, answers: Answers | None = None) -> Analysis:
    """Analyse the kept track of a run again: no video, no pose model, a moment.

    Parameters
    ----------
    run : RunFolder
        Holds an analysis and its track.
    settings : Settings
        The new ones; those of the pose model are left as they were.
    answers : mapping of str to str or sequence of str, optional
        As for `analyze`.

    Returns
    -------
    Analysis
        What was written to ``analysis.json``; an overlay that no longer fits is gone.

    Raises
    ------
    UsageError
        If the folder holds no analysis or its track is lost.
    GaitError
        As `gait.analyze_track`; then the run stays as it was.
    """
    from gait.analysis.analyze import analyze_track

    before = read_analysis(run.path)
    analysis = analyze_track(kept_track(run), settings, before.video, answers)
    run.claim()
    with run.writing():
        run.save_analysis(analysis)
    return analysis


def reanalyze_together(
    run: RunFolder, settings: Sequence[Settings], answers: Answers | None = None
) -> Analysis:
    """As `reanalyze`, for videos of one visit whose views were merged.

    Parameters
    ----------
    run : RunFolder
        Holds the analysis of all, and a folder for each video.
    settings : sequence of Settings
        One for each video, in the order of `Analysis.parts`.
    answers : mapping of str to str or sequence of str, optional
        As for `analyze`.

    Returns
    -------
    Analysis
        What was written to ``analysis.json``; nothing is written if one video cannot be used.

    Raises
    ------
    UsageError
        If the folder of one video is lost.
    GaitError
        As `gait.analyze_track`.
    """
    from gait.analysis.analyze import analyze_track
    from gait.analysis.merge_views import merge_views

    parts = folders(run, read_analysis(run.path))
    analyses = [
        analyze_track(kept_track(part), wanted, read_analysis(part.path).video, answers)
        for part, wanted in zip(parts, settings, strict=True)
    ]
    merged = merge_views(analyses)
    for folder in (run, *parts):
        folder.claim()
    with run.writing():
        for part, analysis in zip(parts, analyses, strict=True):
            with part.writing():
                part.save_analysis(analysis)
        run.save_analysis(merged)
    return merged


def kept_track(run: RunFolder) -> PoseTrack:
    """The raw track of a run; UsageError if it is lost."""
    try:
        found = run.pose.stat()
        return _read_track(run.pose, found.st_size, found.st_mtime_ns)
    except FileNotFoundError as e:
        raise UsageError(f"{run.pose} is lost.", "Analyse the video again.") from e
    except TrackError as e:
        raise UsageError(e.problem, "Analyse the video again.") from e


@lru_cache(maxsize=2)
def _read_track(path: Path, size: int, changed_ns: int) -> PoseTrack:
    """The same object as long as the file does not change: what was made of it is remembered."""
    return read_npz(path)[0]


def forget_tracks() -> None:
    """Let go of tracks that are remembered: somebody deleted one."""
    from gait.analysis import analyze

    _read_track.cache_clear()
    analyze.forget_tracks()


def reopen(run: RunFolder) -> tuple[Analysis, Trial]:
    """An earlier run as it was left: what was found, and the cleaned track it was found in.

    Parameters
    ----------
    run : RunFolder
        Holds an analysis and its track.

    Returns
    -------
    Analysis
        What is in ``analysis.json``.
    Trial
        What was measured: the cleaned track on the time base of the analysis, with its strides.

    Raises
    ------
    UsageError
        If one of them is lost.
    """
    from gait.analysis.analyze import measured_trial

    analysis = read_analysis(run.path)
    return analysis, measured_trial(kept_track(run), analysis)
