"""The videos of two runs side by side, phase-synchronised."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from gait.analysis.kinematics.waveforms import Curve, ensemble_average
from gait.comparison.views import paired_runs
from gait.io.analysis_file import read_analysis
from gait.io.kept_run import reopen
from gait.io.run_folder import RunFolder
from gait.render.synced_video import ComparedVideo, shared_side, write_synced
from gait.types import Side, UsageError

CURVE: Final = "knee"
"""The angle drawn below the pictures: the one that tells most at a glance."""


def write_pair(
    before: RunFolder,
    after: RunFolder,
    out: Path,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Write the overlay videos of two runs side by side, aligned by the phase of the stride.

    Parameters
    ----------
    before, after : RunFolder
        Runs whose overlay is there; of merged views videos from the same side are shown.
    out : Path
        MP4 file to write.
    progress : callable, optional
        Called with (frames done, frames in all).

    Raises
    ------
    UsageError
        If a run has no overlay video, or no leg has a complete stride in both.
    OutputError
        If the video cannot be written.
    """
    runs = [(run, read_analysis(run.path)) for run in (before, after)]
    videos = paired_runs(runs[0], runs[1])[0]
    for run in videos:
        if run.drawn is None:
            raise UsageError(
                f"{run.path} holds no overlay video.", "Analyse that video again with --overlay."
            )
    analyses = read_analysis(videos[0].path), read_analysis(videos[1].path)
    side = shared_side(*analyses)
    titles = f"Before: {before.path.name}", f"After: {after.path.name}"
    compared = [
        ComparedVideo(run.overlay, analysis, title, _curve(run, side))
        for run, analysis, title in zip(videos, analyses, titles, strict=True)
    ]
    write_synced(compared[0], compared[1], out, progress)


def _curve(run: RunFolder, side: Side) -> Curve | None:
    try:
        _, trial = reopen(run)
    except UsageError:  # the video can do without its curve
        return None
    curves = ensemble_average(trial)
    return next((c for c in curves if (c.angle, c.side) == (CURVE, side)), None)
