"""Which video of one visit is compared with which of another: those filmed from the same side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from gait.analysis.results import Analysis
from gait.io.analysis_file import read_analysis
from gait.io.run_folder import RunFolder
from gait.io.visit import folders
from gait.types import Plane, Side

ViewKey = tuple[Plane, Side | None]
"""From where a video was filmed: plane, and the leg towards the camera."""

Read = TypeVar("Read")


def view_key(analysis: Analysis) -> ViewKey:
    """From where the video of an analysis was filmed.

    Parameters
    ----------
    analysis : Analysis
        Of a single video, not of merged views.
    """
    return analysis.view.plane, analysis.view.near_side


def from_one_side(
    visits: Sequence[Mapping[ViewKey | None, Read]],
) -> tuple[Read | None, ...]:
    """What is compared of each visit: what was read from a side from which all were filmed.

    Parameters
    ----------
    visits : sequence of mapping
        What was read in each visit by where it was filmed from, the visit's own choice first; empty
        where nothing was read.

    Returns
    -------
    tuple
        One for each visit, None where there is nothing. Without a side that all visits share it is
        the own choice of each.
    """
    first, *others = [visit for visit in visits if visit] or [{}]
    shared = [key for key in first if all(key in visit for visit in others)]
    if shared:
        return tuple(visit.get(shared[0]) for visit in visits)
    return tuple(next(iter(visit.values()), None) for visit in visits)


def paired_runs(before: RunFolder, after: RunFolder) -> tuple[tuple[RunFolder, RunFolder], ...]:
    """The run folders of the videos of two runs that show the same, in pairs.

    Parameters
    ----------
    before, after : RunFolder
        Runs of a video, or of several that were merged.

    Returns
    -------
    tuple of (RunFolder, RunFolder)
        Videos from the same side; without any the first of each.

    Raises
    ------
    GaitError
        If a run cannot be read.
    """
    seen = [_by_view(before), _by_view(after)]
    pairs = tuple((run, seen[1][key]) for key, run in seen[0].items() if key in seen[1])
    return pairs or ((next(iter(seen[0].values())), next(iter(seen[1].values()))),)


def _by_view(run: RunFolder) -> dict[ViewKey, RunFolder]:
    analysis = read_analysis(run.path)
    videos = analysis.parts or (analysis,)
    found: dict[ViewKey, RunFolder] = {}
    for video, folder in zip(videos, folders(run, analysis), strict=True):
        found.setdefault(view_key(video), folder)
    return found
