"""Results over all videos with a truth: `validate`, and its result as a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from gait.analysis.kinematics.measure import sides_of
from gait.analysis.results import Analysis
from gait.io.kept_run import kept_track
from gait.io.run_folder import RunFolder
from gait.pipeline import Progress, analyze
from gait.types import StrictModel, UsageError
from gait.validation.agreement import (
    Checked,
    EventAgreement,
    MetricAgreement,
    by_metric,
    check,
    check_events,
)
from gait.validation.people import People
from gait.validation.truth import Known


class Report(StrictModel):
    """Accuracy over videos; `checked` holds every single comparison.

    `people` is accuracy over trials on force plates, if there were any.
    """

    videos: tuple[str, ...]
    metrics: tuple[MetricAgreement, ...]
    events: tuple[EventAgreement, ...]
    checked: tuple[Checked, ...]
    people: People | None = None


def validate(
    videos: Iterable[Known],
    runs: Path,
    *,
    progress: Callable[[str], Progress | None] = lambda video: None,
) -> Report:
    """Errors of the whole program over videos whose truth is known.

    Parameters
    ----------
    videos : iterable of Known
        From `known_videos`. Videos go through the pose model, once; run folders start from their
        track.
    runs : Path
        Gets a run folder for each video.
    progress : callable, optional
        Gives what is told the progress of a video.

    Raises
    ------
    UsageError
        If a value is said of a side for which its metric has none.
    """
    videos = tuple(videos)
    for known in videos:
        _require_sides(known)
    analyses = [(known, _analysis(known, runs, progress(known.name))) for known in videos]
    checked = [c for known, a in analyses for c in check(known.name, a, known.truth)]
    return Report(
        videos=tuple(known.name for known, _ in analyses),
        metrics=by_metric(checked),
        events=tuple(e for known, a in analyses for e in check_events(known.name, a, known.truth)),
        checked=tuple(checked),
    )


def _require_sides(known: Known) -> None:
    """A value of another side would be compared with nothing, without a word."""
    for value in known.truth.values:
        if value.side not in (sides := sides_of(value.metric)):
            raise UsageError(
                f"The truth of {known.name}: side of {value.metric} is {' or '.join(sides)}.",
                "Correct it; see docs/validation-format.md.",
            )


def _analysis(known: Known, runs: Path, progress: Progress | None) -> Analysis:
    from gait.analysis.analyze import analyze_track

    if known.is_video:
        return analyze(
            known.source,
            known.truth.settings,
            out=runs / known.name,
            overlay=False,
            progress=progress,
        )
    return analyze_track(kept_track(RunFolder(known.source)), known.truth.settings)
