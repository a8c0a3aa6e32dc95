"""A comparison, a goal and a history as text for the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from gait.comparison.longitudinal import Trend
from gait.comparison.models import Change, Comparison
from gait.knowledge import decimals_of
from gait.present.table import group_of, indented, place_of
from gait.present.wording import NONE

_SAID: Final = {"real change": "real change", "within measurement error": "within error"}
_TOWARDS: Final = {"towards typical": "towards", "away from typical": "away", "typical": "stays"}
_STYLE: Final = {"real change": "bold", "within measurement error": "dim", "not comparable": "dim"}


def render(comparison: Comparison) -> RenderableType:
    """A comparison for a `rich` console, 80 columns wide or more.

    Videos, what is not the same in them, goals, the table, and what could not be compared.
    """
    parts: list[RenderableType] = [
        Text(f"{when}: {', '.join(f'{f.name} ({f.plane} view)' for f in videos)}")
        for when, videos in (("Before", comparison.before), ("After", comparison.after))
    ]
    parts += [indented(m.message, "yellow") for m in comparison.mismatches]
    parts += [Text(), *(Text(goal.wording, "bold") for goal in comparison.goals)]
    compared = [c for c in comparison.changes if c.verdict != "not comparable"]
    parts += [_summary(compared), Text()]
    if compared:
        parts += [_table(compared), Text(), *_legend(compared)]
    between = [c for c in comparison.differences if c.verdict != "not comparable"]
    if between:
        parts += [Text("Right minus left", "bold"), _table(between), Text()]
    parts += _not_compared(comparison.changes)
    parts += [indented(note, "dim") for note in comparison.notes]
    return Group(*parts)


def _summary(compared: Sequence[Change]) -> Text:
    real = sum(c.verdict == "real change" for c in compared)
    if not compared:
        return Text("Nothing can be compared in these videos.", "bold")
    return Text(f"Real changes: {real} of {len(compared)} comparisons.", "bold")


def _table(compared: Iterable[Change]) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="bold")
    table.add_column(min_width=22)
    for name in ("before", "after", "change", "needed"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("verdict")
    table.add_column("typical")
    for title, group in groupby(
        sorted(compared, key=lambda c: place_of(c.metric)), key=lambda c: group_of(c.metric)
    ):
        table.add_row(Text(title, "bold"))
        for _, rows in groupby(group, key=lambda c: c.metric):
            for row in _rows(list(rows)):
                table.add_row(*row)
    return table


def _rows(sides: Sequence[Change]) -> Iterable[Sequence[RenderableType]]:
    """One row for a metric of both legs together; else a row with its name and one for each leg."""
    first = sides[0]
    name = indented(f"{first.name}, {first.unit}")
    if first.side == "both":
        yield name, *_cells(first)
        return
    yield (name,)
    for change in sides:
        yield indented(f"  {change.side}{'*' * change.far_side}"), *_cells(change)


def _cells(change: Change) -> Iterable[RenderableType]:
    style = _STYLE[change.verdict]
    yield Text(number(change.before, change.unit), style)
    yield Text(number(change.after, change.unit), style)
    yield Text(difference(change), style)
    yield Text(number(change.detectable, change.unit), style)
    yield Text(_SAID[change.verdict], style)
    yield Text(_TOWARDS.get(change.towards or "", ""), style)


def number(value: float | None, unit: str) -> str:
    """A value with the decimals of its unit, a dash for None."""
    return NONE if value is None else f"{value:z.{decimals_of(unit).table}f}"


def difference(change: Change) -> str:
    """The difference with its sign and half of its interval, a dash if there is none."""
    if change.difference is None or change.half is None:
        return NONE
    d = decimals_of(change.unit).table
    return f"{change.difference:+z.{d}f} ± {change.half:.{d}f}"


def _legend(compared: Iterable[Change]) -> Iterable[RenderableType]:
    text = (
        "± is half of the 95 % interval of the change. needed: a change beyond it is real; the "
        "larger of that half and of the minimal detectable change. typical: where a real change "
        "leads, seen from healthy runners at this speed. "
    )
    if any(c.far_side for c in compared):
        text += "* far leg: partly hidden. "
    if any(c.mdc_of == "this runner" for c in compared):
        text += "The detectable change is this runner's own. "
    yield Text(text + "A change is neither good nor bad by itself.", "dim")


def not_compared(changes: Iterable[Change]) -> Mapping[str, Iterable[str]]:
    """Names of measures that cannot be compared, by the first reason why."""
    reasons: dict[str, dict[str, None]] = {}
    for change in changes:
        if change.verdict == "not comparable":
            reasons.setdefault(change.why[0], {})[change.name] = None
    return reasons


def _not_compared(changes: Iterable[Change]) -> Iterable[RenderableType]:
    reasons = not_compared(changes)
    if reasons:
        yield Text("Not comparable", "bold")
    for why, names in reasons.items():
        yield indented(f"{', '.join(names)}: {why}")


def render_history(
    trends: Sequence[Trend], comparisons: Sequence[Comparison], names: Sequence[str]
) -> RenderableType:
    """Runs of one runner for a `rich` console, one row per metric and side.

    Values outside their band are starred.

    Parameters
    ----------
    trends : sequence of Trend
        From `gait.comparison.longitudinal`.
    comparisons : sequence of Comparison
        What is not the same in the videos stands above the table.
    names : sequence of str
        Of the runs, in order.
    """
    parts: list[RenderableType] = []
    for comparison, name in zip(comparisons, names[len(names) - len(comparisons) :], strict=True):
        parts += [indented(f"{name}: {m.message}", "yellow") for m in comparison.mismatches]
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    for name in ("", "side", *names, "no change within"):
        table.add_column(name, justify="left" if name in ("", "side") else "right")
    for trend in trends:
        d = decimals_of(trend.unit).table
        cells = [
            Text(number(value, trend.unit) + "*" * real, "bold" if real else "")
            for value, real in zip(trend.values, trend.real, strict=True)
        ]
        low, high = trend.band
        side = "" if trend.side == "both" else trend.side
        name = f"{trend.name}, {trend.unit}"
        table.add_row(name, side, *cells, f"{low:z.{d}f} to {high:z.{d}f}")
    legend = f"* real change from the first. Runs that are not comparable have no value ({NONE})."
    return Group(*parts, Text(), table, Text(), Text(legend, "dim"))
