"""How far a video can be trusted, in one word, with the reasons and what to change next time."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from gait.analysis.results import Analysis, Summary, Withheld
from gait.knowledge import knowledge
from gait.types import Plane, VideoLevel

MOST_CHANGES = 2
"""More would not be done."""


@dataclass(frozen=True, slots=True)
class VideoGrade:
    """The grade of a video."""

    level: VideoLevel
    """"good": all that this view can give, with the usual intervals. "poor": half or more of the
    main numbers could not be read from it."""
    reasons: tuple[str, ...]
    """Sentences that say what is wrong with it, the worst first; empty for "good" alone."""
    next_time: tuple[str, ...] = ()
    """The two changes that would help most."""


def grade(analysis: Analysis) -> VideoGrade:
    """Grade the video of an analysis: "good" if nothing stands in the way of any number."""
    quality, view = analysis.quality, analysis.view
    reasons = (*view.limits, *(f.found for f in quality.faults), *quality.notes)
    changes = tuple(dict.fromkeys(f.change for f in quality.faults))[:MOST_CHANGES]
    if _main_withheld(analysis):
        return VideoGrade("poor", reasons, changes)
    small = sum(f.cost_deg for f in quality.faults) < knowledge().minor_deg
    if small and not view.limits and not quality.notes:
        return VideoGrade("good", reasons, changes)
    return VideoGrade("usable", reasons, changes)


def graded(analysis: Analysis) -> Analysis:
    """The analysis with its grade, what to change and what is withheld written into its quality."""
    given = grade(analysis)
    quality = analysis.quality.model_copy(
        update={
            "grade": given.level,
            "next_time": given.next_time,
            "withheld": withheld_by(analysis.summaries),
        }
    )
    return analysis.model_copy(update={"quality": quality})


def withheld_by(summaries: Iterable[Summary]) -> tuple[Withheld, ...]:
    """Why numbers are not given, each reason once, with the numbers that it keeps back.

    The reason for most of them first; empty if every number is given.
    """
    kept: dict[str, list[Summary]] = {}
    for summary in summaries:
        if summary.limit is not None:  # legs differ in numbers, not in what is to be changed
            kept.setdefault(re.sub(r"[0-9.]+", "", summary.limit), []).append(summary)
    return tuple(
        Withheld(reason=of[0].limit or "", summaries=tuple((s.metric, s.side) for s in of))
        for of in sorted(kept.values(), key=lambda of: -len(of))
    )


def _main_withheld(analysis: Analysis) -> bool:
    """Whether half or more of the main numbers that this view can give are missing."""
    seen = {video.view.plane for video in analysis.videos}
    main = [
        s
        for s in analysis.summaries
        if s.metric in knowledge().main_metrics and _shows(seen, s.metric)
    ]
    return 2 * sum(s.value is not None for s in main) <= len(main)


def _shows(planes: set[Plane], metric: str) -> bool:
    view = knowledge().metrics[metric].view
    return view == "any" or bool(planes & ({"side"} if view == "side" else {"rear", "front"}))
