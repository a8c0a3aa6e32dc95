"""Which video of one visit is compared with which of another: those filmed from the same side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from gait.analysis.results import Analysis, SideDifference, Summary
from gait.io.run_folder import RunFolder
from gait.io.visit import folders
from gait.types import AnySide, Plane, Side

ViewKey = tuple[Plane, Side | None]
"""From where a video was filmed: plane, and the leg towards the camera."""

Run = tuple[RunFolder, Analysis]

Read = TypeVar("Read")


def aligned(runs: Sequence[Analysis]) -> tuple[Analysis, ...]:
    """The same runs; of merged views each value is one from a side that all were filmed from.

    Merged views show the surest value, which may be from behind in one visit and from the side in
    the next: such two could not be compared.

    Where no side is common to all that have a value, their own choice stays.
    """
    if not any(run.parts for run in runs):
        return tuple(runs)
    keys = dict.fromkeys((s.metric, s.side) for run in runs for s in run.summaries)
    values = {key: _from_one_side([_values(run, *key) for run in runs]) for key in keys}
    metrics = dict.fromkeys(d.metric for run in runs for d in run.differences)
    between = {m: _from_one_side([_differences(run, m) for run in runs]) for m in metrics}
    return tuple(
        run.model_copy(
            update={
                "summaries": tuple(values[s.metric, s.side][i] or s for s in run.summaries),
                "differences": tuple(between[d.metric][i] or d for d in run.differences),
            }
        )
        for i, run in enumerate(runs)
    )


def source_of(run: Analysis, summary: Summary) -> Analysis:
    """The video that a value was read from, in merged views."""
    for part in run.parts:
        if part.video is not None and part.video.name == summary.source:
            return part
    return run


def _from_one_side(
    read: Sequence[Mapping[ViewKey | None, Read]],
) -> tuple[Read | None, ...]:
    """Of each run what was read from a side that all have; without one its first."""
    first, *others = [run for run in read if run] or [{}]
    shared = [key for key in first if all(key in run for run in others)]
    if shared:
        return tuple(run.get(shared[0]) for run in read)
    return tuple(next(iter(run.values()), None) for run in read)


def _values(run: Analysis, metric: str, side: AnySide) -> dict[ViewKey | None, Summary]:
    """A value by where it was filmed from, what merged views chose first."""
    chosen = run.summary(metric, side)
    if chosen is None or chosen.value is None:
        return {}
    found: dict[ViewKey | None, Summary] = {_key(source_of(run, chosen)): chosen}
    for part in run.parts:
        own = part.summary(metric, side)
        if part.video is not None and own is not None and own.value is not None:
            found.setdefault(_key(part), own.model_copy(update={"source": part.video.name}))
    return found


def _differences(run: Analysis, metric: str) -> dict[ViewKey | None, SideDifference]:
    """The same for right minus left; where legs were read from two videos it is from nowhere."""
    chosen = run.difference(metric)
    if chosen is None:
        return {}
    videos = [(_key(part), part.difference(metric)) for part in run.videos]
    from_one = next((key for key, own in videos if own == chosen), None)
    found: dict[ViewKey | None, SideDifference] = {from_one: chosen}
    for key, own in videos:
        if own is not None:
            found.setdefault(key, own)
    return found


def _key(analysis: Analysis) -> ViewKey:
    return analysis.view.plane, analysis.view.near_side


def paired_runs(before: Run, after: Run) -> tuple[tuple[RunFolder, RunFolder], ...]:
    """The run folders of the videos of two runs that show the same, in pairs.

    Those from the same side; without any the first of each. UsageError if one folder is lost.
    """
    earlier, later = _by_view(*before), _by_view(*after)
    pairs = tuple((run, later[key]) for key, run in earlier.items() if key in later)
    return pairs or ((next(iter(earlier.values())), next(iter(later.values()))),)


def _by_view(run: RunFolder, analysis: Analysis) -> dict[ViewKey, RunFolder]:
    found: dict[ViewKey, RunFolder] = {}
    for video, folder in zip(analysis.videos, folders(run, analysis), strict=True):
        found.setdefault(_key(video), folder)
    return found
