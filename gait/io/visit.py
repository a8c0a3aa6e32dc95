"""A visit: videos of one runner from different sides, merged, with a run folder for each."""

from __future__ import annotations

from gait.analysis.results import Analysis
from gait.io.analysis_file import read_analysis
from gait.io.run_folder import RunFolder
from gait.types import UsageError


def folders(run: RunFolder, analysis: Analysis) -> tuple[RunFolder, ...]:
    """The run folder of each video of an analysis: its own, or those below it of merged views.

    In the order of `Analysis.parts`; UsageError if one is lost.
    """
    if not analysis.parts:
        return (run,)
    below = {}
    for document in sorted(run.path.glob("*/analysis.json")):
        part = read_analysis(document.parent)
        if part.video is not None:
            below[part.video.sha256] = RunFolder(document.parent)
    try:
        return tuple(below[part.video.sha256] for part in analysis.parts if part.video is not None)
    except KeyError as e:
        raise UsageError(
            f"The run of one video is lost in {run.path}.", "Analyse the videos again."
        ) from e


def visit_of(run: RunFolder) -> RunFolder | None:
    """The run of merged views that this one is a part of, if there is one."""
    above = RunFolder(run.path.parent)
    return above if above.analysis.is_file() and above.is_ours() else None
