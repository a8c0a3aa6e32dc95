"""What is usual among runners: one range, whatever it is made of, for everything that shows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from gait.analysis.results import Analysis, Summary
from gait.knowledge import Flag, decimals_of, knowledge

_MOST_NAMED: Final = 4
"""Measures in one sentence about them."""

Ends = tuple[float | None, float | None]
"""Lower and upper end; None where there is no end on that side."""


def usual(summary: Summary) -> Ends | None:
    """From where to where a value is usual.

    A limit from which on a value is pointed out is an end of the range; the typical range of
    healthy runners gives the ends that have no limit. So no value is inside what is shown and
    pointed out nevertheless. Where women and men differ the limits of the runner's sex are all that
    is known: the typical range is that of men.

    None if nothing is known to compare it with.
    """
    limits, typical = summary.flag_limits or (None, None), summary.typical or (None, None)
    if summary.metric in knowledge().by_sex:
        typical = (None, None)
    low, high = (t if end is None else end for end, t in zip(limits, typical, strict=True))
    return None if low is None and high is None else (low, high)


def usual_words(summary: Summary) -> str:
    """That range in words, such as "153 to 186", "up to 8" or "from 0"; empty if there is none.

    Examples
    --------
    >>> s = Summary(metric="a", name="A", side="both", n=1, value=1, sd=None, ci95=None, unit="deg",
    ...             tier="A", flag_limits=(None, 8.0))
    >>> usual_words(s)
    'up to 8'
    """
    decimals = decimals_of(summary.unit).range
    match usual(summary):
        case None:
            return ""
        case (None, high):
            return f"up to {high:z.{decimals}f}"
        case (low, None):
            return f"from {low:z.{decimals}f}"
        case (low, high):
            return f"{low:z.{decimals}f} to {high:z.{decimals}f}"


def near_limit(summary: Summary) -> bool:
    """Whether the interval holds values on both sides of a limit: then it cannot be decided."""
    if summary.flag_limits is None or summary.ci95 is None:
        return False
    lowest, highest = summary.ci95
    return any(end is not None and lowest < end < highest for end in summary.flag_limits)


def sources_of(summary: Summary, height_m: float | None = None) -> tuple[str, ...]:
    """Ids of the works that the range of a value is from; empty if it was not compared."""
    if summary.typical is not None:
        return knowledge().metrics[summary.metric].reference_sources(height_m)
    if summary.flag_limits is None:
        return ()
    limits = [f for f in knowledge().flags if f.metric == summary.metric and not f.note]
    return tuple(dict.fromkeys(source for f in limits for source in f.sources))


def about(analysis: Analysis) -> Iterator[str]:
    """What has to be known of the ranges before a value is held against them.

    Yields
    ------
    str
        That some go by the length of the leg, as the stature that was told has it; unless the
        runner is a man, that nearly all the people behind them are men.
    """
    if analysis.activity != "running":
        return
    told, say = analysis.settings, knowledge().texts.overview
    compared = [s for s in analysis.summaries if s.value is not None and usual(s) is not None]
    if any(_by_leg(s, analysis) for s in compared):
        yield say["by_leg"]
    sources = {source for s in compared for source in sources_of(s, told.height_m)}
    if told.sex != "male" and any(knowledge().sources[i].mostly_men for i in sources):
        yield say["men_for_a_woman" if told.sex == "female" else "men"]


def speed_words(analysis: Analysis, shown: Iterable[Summary]) -> str:
    """At which speed ranges hold, to follow "usual among healthy runners" before a full stop.

    Returns
    -------
    str
        Such as " at 10.8 km/h", with the measures to which that does not apply; empty if it applies
        to none. The speed is said of no range that is the same at any speed, and not where no range
        is known at that speed.
    """
    ranged = [s for s in shown if s.value is not None and usual(s) is not None]
    bound = {s.metric: s.name for s in ranged if _by_speed(s, analysis)}
    free = {s.metric: s.name for s in ranged if s.metric not in bound}
    if not bound or analysis.speed_mps is None:
        return ""
    at = f"at {analysis.speed_mps * 3.6:.1f} km/h"
    if not free:
        return f" {at}"
    if min(len(free), len(bound)) > _MOST_NAMED:
        return f", {at} where a range goes by the speed"
    if len(free) < len(bound):
        return f" {at}. The same at any speed: {_listed(free.values())}"
    return f". {at.capitalize()}: {_listed(bound.values())}"


def _by_speed(summary: Summary, analysis: Analysis) -> bool:
    """Whether an end of the range of a value is that of runners at the speed that was told."""
    info, surface = knowledge().metrics[summary.metric], analysis.view.surface
    if info.reference(None, surface) is not None:
        return False  # the same at any speed
    if info.reference(analysis.speed_mps, surface, analysis.settings.height_m) is None:
        return False
    limits, typical = summary.flag_limits or (None, None), summary.typical
    relative = {
        flag.direction
        for flag in knowledge().flags
        if flag.metric == summary.metric and not flag.note and flag.limit.above_mean_sd is not None
    }
    return any(
        typical is not None if end is None else direction in relative
        for direction, end in zip(("low", "high"), limits, strict=True)
    )


def _listed(names: Iterable[str]) -> str:
    """Names within a sentence."""
    small = [name[:1].lower() + name[1:] for name in names]
    return " and ".join(filter(None, (", ".join(small[:-1]), *small[-1:])))


def _by_leg(summary: Summary, analysis: Analysis) -> bool:
    """Whether this range is of runners with legs as long: that of an older result is not."""
    told, surface = analysis.settings, analysis.view.surface
    info = knowledge().metrics[summary.metric]
    if info.leg_model is None or told.height_m is None or summary.typical is None:
        return False
    of_any_stature = info.typical_range(analysis.speed_mps, surface)
    return summary.typical != of_any_stature


def needed(analysis: Analysis) -> Iterator[tuple[str, str]]:
    """What was measured and has a limit that depends on something nobody said.

    Yields
    ------
    tuple of str
        What has to be said ("sex" or "speed"), and the name of the measure.
    """
    by_metric: dict[str, list[Flag]] = {}
    for flag in knowledge().flags:
        if not flag.note:
            by_metric.setdefault(flag.metric, []).append(flag)
    told = analysis.settings  # a speed that is doubted was given: the video's faults say so
    known = {"sex": told.sex, "speed": told.speed_mps}
    seen = set()
    for summary in analysis.summaries:
        if summary.value is None or summary.flag_limits is not None or summary.metric in seen:
            continue
        seen.add(summary.metric)
        for flag in by_metric.get(summary.metric, ()):
            need = "sex" if flag.limit.female is not None else "speed"
            depends = flag.limit.value is None
            if depends and known[need] is None:
                yield need, summary.name
