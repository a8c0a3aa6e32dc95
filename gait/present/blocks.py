"""Tables that terminal, page and report show below the numbers, each from one definition here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from gait.analysis.interpret.questionnaire import unsettled
from gait.analysis.kinematics.drift import Drift, drift
from gait.analysis.results import Analysis, SideDifference, Summary
from gait.knowledge import decimals_of, knowledge
from gait.present.table import with_half
from gait.present.wording import NONE
from gait.types import SIDES

RIGHT_MINUS_LEFT: Final = "Right minus left"

_DIFFERENCE_NOTES: Final = (
    "What both legs share of the errors cancels in a difference: its ± is its own. The legs of "
    "95 % of healthy runners differ by less than the third column says. A difference is not a "
    "fault, and does not tell where it comes from.",
)
_SAYS: Final = {
    "within what healthy runners show": "as in healthy runners",
    "cannot be told from what healthy runners show": "too uncertain to tell",
    "more than healthy runners differ": "more than healthy runners differ",
    None: "healthy range not known",
}


@dataclass(frozen=True, slots=True)
class Block:
    """A small table with what to know about it."""

    title: str
    """Its heading."""
    columns: tuple[str, ...]
    """Titles of the columns; the first names the row."""
    rows: tuple[tuple[str, ...], ...]
    """As many cells as columns each."""
    notes: tuple[str, ...] = ()
    """Sentences below it."""

    def records(self) -> list[dict[str, str]]:
        """Rows as cells by title of the column."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


def blocks(analysis: Analysis) -> tuple[Block, ...]:
    """All tables that this analysis fills, in the order shown; none after a warning sign."""
    if unsettled(analysis) is not None:
        return ()
    made = (differences(analysis), kilometre(analysis), economy(analysis), drifts(analysis))
    return tuple(block for block in made if block.rows)


def render(analysis: Analysis) -> Iterable[RenderableType]:
    """The tables for a `rich` console."""
    for block in blocks(analysis):
        table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
        table.add_column(block.title)
        for column in block.columns[1:]:
            table.add_column(column.lower(), overflow="fold")
        for name, *cells in block.rows:
            table.add_row(f"  {name}", *cells)
        yield table
        yield from (Text(note, "dim") for note in block.notes)
        yield Text()


def differences(analysis: Analysis) -> Block:
    """Right minus left; empty in files from before there were differences."""
    caveats = dict.fromkeys(d.caveat for d in analysis.differences if d.caveat)
    return Block(
        title=RIGHT_MINUS_LEFT,
        columns=("Measure", RIGHT_MINUS_LEFT, "Healthy", "What it says"),
        rows=tuple(_difference(d) for d in analysis.differences),
        notes=(*_DIFFERENCE_NOTES, *caveats),
    )


def _difference(difference: SideDifference) -> tuple[str, ...]:
    decimals = decimals_of(difference.unit).table
    healthy = difference.healthy
    return (
        f"{difference.name}, {difference.unit}",
        f"{difference.value:+z.{decimals}f} ± {difference.half:.{decimals}f}",
        NONE if healthy is None else f"± {healthy:.{decimals}f}",
        _SAYS[difference.answer],
    )


MORE_STEPS: Final = 1.05
"""The first dose of the cue for step rate: 5 % more at the same speed."""


def kilometre(analysis: Analysis) -> Block:
    """Steps, force and load of a kilometre now, and what 5 % more steps make of them.

    Of the force only the ends are known: it stays if contact becomes shorter along with the step,
    and falls as the step does if contact stays as long as it is.
    """
    columns = ("Load per kilometre", "Steps", "Peak force, BW", "Load, BW")
    load, cadence = analysis.summary("load_per_km"), analysis.summary("cadence")
    speed_mps = analysis.speed_mps
    if load is None or load.value is None or cadence is None or cadence.value is None:
        return Block(columns[0], columns, ())
    if speed_mps is None or analysis.activity != "running":
        return Block(columns[0], columns, ())
    steps = cadence.value / 60 * 1000 / speed_mps
    force = load.value / steps
    more = steps * MORE_STEPS
    scenes = (
        ("now", steps, force),
        ("5 % more steps, contact shorter by 5 %", more, force),
        ("5 % more steps, contact as it is", more, force / MORE_STEPS),
    )
    rows = tuple((name, f"{n:.0f}", f"{f:.2f}", f"{n * f:.0f}") for name, n, f in scenes)
    return Block(columns[0], columns, rows, (_KILOMETRE_NOTE, _stated("load_per_step")))


def economy(analysis: Analysis) -> Block:
    """What research says of running economy beside what was measured here; no score."""
    columns = ("Running economy", "Here", "What goes with better economy")
    found = (
        (_shown(analysis, metric), knowledge().statements[f"economy_{metric}"].text)
        for metric in ("vertical_oscillation", "vertical_stiffness", "leg_stiffness", "cadence")
    )
    rows = tuple((s.name, f"{_value(s)} {s.unit}", text) for s, text in found if s is not None)
    if analysis.activity != "running":
        rows = ()
    return Block(columns[0], columns, rows, (_stated("economy"),))


_DRIFTING: Final = (
    "cadence",
    "contact_time",
    "duty_factor",
    "vertical_oscillation_pct",
    "trunk_lean",
    "overstride",
    "knee_flexion_ic",
    "knee_flexion_peak_stance",
    "pelvic_drop",
    "hip_adduction",
)
"""What is known to change in tired runners, and what a video shows of it."""


def drifts(analysis: Analysis) -> Block:
    """Change per minute in a video of a minute or more."""
    columns = ("While the video lasts", "Change per minute", "What it says")
    found = (drift(analysis, m, side) for m in _DRIFTING for side in ("both", *SIDES))
    rows = tuple(
        (
            f"{knowledge().metrics[d.metric].name}, {d.unit}"
            + ("" if d.side == "both" else f" ({d.side})"),
            f"{d.per_min:+z.{_finer(d)}f} ± {(d.ci95[1] - d.ci95[0]) / 2:.{_finer(d)}f}",
            "changes" if d.clear else "no change can be told",
        )
        for d in found
        if d is not None
    )
    return Block(columns[0], columns, rows, (_DRIFT_NOTE,))


_DRIFT_NOTE: Final = (
    "A straight line through all strides. ± knows that neighbouring strides are alike and that "
    "runners wander; a change may be tiredness, warming up or a treadmill that was touched."
)


def _finer(found: Drift) -> int:
    return min(3, decimals_of(found.unit).table + 1)


_KILOMETRE_NOTE: Final = (
    "Computed from contact and stride time. What runners do with their contact lies between the "
    "last two rows. Per kilometre the pushes of the ground do not become less by quicker steps."
)


def _stated(statement: str) -> str:
    return knowledge().statements[statement].text


def _shown(analysis: Analysis, metric: str) -> Summary | None:
    """The value of both legs, or that of the near leg."""
    sides = ("both", *sorted(("left", "right"), key=lambda s: s != analysis.view.near_side))
    found = (analysis.summary(metric, side) for side in sides)
    return next((s for s in found if s is not None and s.value is not None), None)


def _value(summary: Summary) -> str:
    text = with_half(summary, decimals_of(summary.unit).table)
    return text if summary.side == "both" else f"{text} ({summary.side})"
