"""The main measures of one runner over all visits: values, what is error, and what is wanted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gait.analysis.results import Analysis, Summary
from gait.comparison.goals import target
from gait.comparison.longitudinal import Trend, history
from gait.comparison.models import Goal
from gait.comparison.views import aligned
from gait.render.charts import visit_values
from gait.types import AnySide

if TYPE_CHECKING:
    import altair as alt

MOST: Final = 6
"""Measures that are looked at together."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One value."""

    number: int
    """Of the run, as they were given."""
    value: float
    """In the unit of the measure."""
    ci95: tuple[float, float] | None
    """Its interval."""
    comparable: bool
    """Whether it can be held against the first: same side, speed and camera."""
    real: bool
    """Whether it differs from the first by more than measurement error."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """One measure on one side over the visits."""

    metric: str
    name: str
    side: AnySide
    unit: str
    """`metric`, `name`, `side` and `unit`: what it is."""
    visits: tuple[Visit, ...]
    """Runs in which it was measured, in order of time."""
    band: tuple[float, float] | None
    """The first value ± what a change of this runner must exceed to mean anything (the minimal
    detectable change, or the interval if that is wider); None without a second that compares."""
    goal: float | None
    """The value that is wanted by now."""


def timelines(
    runs: Sequence[Analysis], goals: Sequence[tuple[int, Goal]], order: Sequence[str]
) -> tuple[Timeline, ...]:
    """At most six measures over the runs of one runner, those with a goal first.

    One for each side of each measure that was measured at all.

    Parameters
    ----------
    runs : sequence of Analysis
        In order of time, of whatever views: each measure starts at the first run that has it.
    goals : sequence of tuple
        Number of the run from which it starts, and the goal; the last of a measure counts.
    order : sequence of str
        Metrics that are shown, the most wanted first.
    """
    runs = aligned(runs)
    wanted = [*dict.fromkeys(goal.metric for _, goal in goals), *order]
    chosen = [m for m in dict.fromkeys(wanted) if any(_measured(run, m) for run in runs)][:MOST]
    histories: dict[tuple[int, ...], tuple[Trend, ...]] = {}
    found = []
    for metric in chosen:
        own = tuple(i for i, run in enumerate(runs) if _measured(run, metric))
        if own not in histories:
            several = len(own) > 1
            histories[own] = history([runs[i] for i in own])[0] if several else ()
        sides = dict.fromkeys(s.side for i in own for s in _measured(runs[i], metric))
        found += [_timeline(metric, side, own, runs, histories[own], goals) for side in sides]
    return tuple(found)


def timeline_chart(timelines: Sequence[Timeline], visits: Sequence[str]) -> alt.LayerChart:
    """A chart of one measure over the visits, with a timeline for each side."""
    rows = [
        {
            "visit": visits[v.number],
            "side": c.side,
            "value": v.value,
            "low": v.ci95[0] if v.ci95 else v.value,
            "high": v.ci95[1] if v.ci95 else v.value,
            "compared": v.comparable,
            "says": said(v),
        }
        for c in timelines
        for v in c.visits
    ]
    bands = [{"side": c.side, "low": c.band[0], "high": c.band[1]} for c in timelines if c.band]
    goals = dict.fromkeys(round(c.goal, 3) for c in timelines if c.goal is not None)
    return visit_values(rows, bands, list(goals), timelines[0].unit, visits)


def said(visit: Visit) -> str:
    """What may be said of a value beside the first."""
    if not visit.comparable:
        return "cannot be compared with the first"
    return "more than measurement error" if visit.real else ""


def timeline_words(timeline: Timeline, decimals: int) -> str:
    """The first and the last value in words, for those who do not see the chart."""
    first, last = timeline.visits[0], timeline.visits[-1]
    side = "" if timeline.side == "both" else f"{timeline.side.capitalize()}: "
    half = f" ± {(last.ci95[1] - last.ci95[0]) / 2:.{decimals}f}" if last.ci95 else ""
    if first is last:
        text = f"{side}{last.value:z.{decimals}f}{half}"
    else:
        change = said(last) or "within measurement error"
        text = f"{side}{first.value:z.{decimals}f} to {last.value:z.{decimals}f}{half}, {change}"
    return text + (f"; goal {timeline.goal:z.{decimals}f}." if timeline.goal is not None else ".")


def _measured(run: Analysis, metric: str) -> tuple[Summary, ...]:
    return tuple(s for s in run.summaries if s.metric == metric and s.value is not None)


def _timeline(
    metric: str,
    side: AnySide,
    own: Sequence[int],
    runs: Sequence[Analysis],
    trends: Sequence[Trend],
    goals: Sequence[tuple[int, Goal]],
) -> Timeline:
    trend = next((t for t in trends if (t.metric, t.side) == (metric, side)), None)
    visits: list[Visit] = []
    known: Summary | None = None
    for place, number in enumerate(own):
        summary = runs[number].summary(metric, side)
        if summary is None or summary.value is None:
            continue
        known = known or summary
        compared = trend is not None and trend.values[place] is not None
        visits.append(
            Visit(
                number=number,
                value=summary.value,
                ci95=summary.ci95,
                comparable=not visits or compared,
                real=trend is not None and trend.real[place],
            )
        )
    assert known is not None
    values = {visit.number: visit.value for visit in visits}
    aims = [
        target(goal, values[number])
        for number, goal in goals
        if goal.metric == metric and goal.side in (None, side) and number in values
    ]
    return Timeline(
        metric=metric,
        name=known.name,
        side=side,
        unit=known.unit,
        visits=tuple(visits),
        band=trend.band if trend is not None else None,
        goal=aims[-1] if aims else None,
    )
