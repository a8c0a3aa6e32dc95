"""Runs of one runner over time, each held against the first ones."""

from __future__ import annotations

from collections.abc import Sequence

from gait.analysis.results import Analysis
from gait.comparison.compare import compare
from gait.comparison.models import Change, Comparison
from gait.comparison.views import aligned
from gait.types import AnySide, StrictModel, UsageError


class Trend(StrictModel):
    """One metric on one side over all runs.

    `values` has one value per run, None where it was not measured or cannot be compared; `band` is
    the first runs' mean ± what a change must exceed to be real, the widest of any run; `real` says
    for each run whether it lies beyond its own.
    """

    metric: str
    name: str
    side: AnySide
    unit: str
    values: tuple[float | None, ...]
    band: tuple[float, float]
    real: tuple[bool, ...]


def history(
    runs: Sequence[Analysis], n_baselines: int = 1
) -> tuple[tuple[Trend, ...], tuple[Comparison, ...]]:
    """What became of every metric over the runs of one runner.

    Parameters
    ----------
    runs : sequence of Analysis
        In order of time.
    n_baselines : int
        How many of the first runs are the state from which change is judged.

    Returns
    -------
    tuple of Trend
        Metrics of which at least one later run can be compared with the first ones.
    tuple of Comparison
        Each later run against the first ones.

    Raises
    ------
    UsageError
        If there is no run after the first ones.
    """
    if not 1 <= n_baselines < len(runs):
        raise UsageError(
            f"A history needs more than {n_baselines} run(s).", "Give runs before and after."
        )
    runs = aligned(runs)
    first, later = runs[:n_baselines], runs[n_baselines:]
    comparisons = tuple(compare(first, [run]) for run in later)
    keys = dict.fromkeys((c.metric, c.side) for of in comparisons for c in of.changes)
    trends = (_trend([of.change(*key) for of in comparisons], first) for key in keys)
    return tuple(c for c in trends if c is not None), comparisons


def _trend(changes: Sequence[Change | None], first: Sequence[Analysis]) -> Trend | None:
    judged = [c for c in changes if c is not None and c.detectable is not None]
    if not judged:
        return None
    known = judged[0]
    assert known.before is not None
    widest = max(c.detectable for c in judged if c.detectable is not None)
    summaries = [run.summary(known.metric, known.side) for run in first]
    return Trend(
        metric=known.metric,
        name=known.name,
        side=known.side,
        unit=known.unit,
        values=(
            *(s.value if s is not None else None for s in summaries),
            *(c.after if c is not None and c in judged else None for c in changes),
        ),
        band=(known.before - widest, known.before + widest),
        real=(
            *(False for _ in first),
            *(c is not None and c.verdict == "real change" for c in changes),
        ),
    )
