"""Whether a value drifts while a long video lasts; neighbouring strides are alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.stats import t as student_t

from gait.analysis.results import Analysis
from gait.types import Float

SHORTEST_S: Final = 60.0
"""What strides have in common lasts for some 20 s: a shorter video cannot tell it from a drift."""

MIN_STRIDES: Final = 40

MOST_ALIKE: Final = 0.9

WANDER: Final = 1.7
"""Runners wander more slowly than from stride to stride: over 30 s of 36 trials on force plates the
interval without this held no drift in 81 % of 1,400 values, with it in 96 % (83 to 100 % of
those of one runner)."""


@dataclass(frozen=True, slots=True)
class Drift:
    """The straight line through the values of one metric over time."""

    metric: str
    side: str
    unit: str
    """`metric`, `side` and `unit`: what drifts."""
    per_min: float
    """Change per minute, in the unit of the metric."""
    ci95: tuple[float, float]
    """Its 95 % interval."""
    minutes: float
    """How long was looked at."""

    @property
    def clear(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.ci95[0] > 0 or self.ci95[1] < 0


def drift(analysis: Analysis, metric: str, side: str) -> Drift | None:
    """How much a metric changes per minute.

    Parameters
    ----------
    analysis : Analysis
        Of a single video.
    metric, side : str
        As in its summaries.

    Returns
    -------
    Drift or None
        None if the metric is not given, or the video is too short to tell drift from the slow ups
        and downs of a steady runner.
    """
    summary = analysis.summary(metric, side)
    if summary is None or summary.value is None or analysis.parts:
        return None
    rows = [m for m in analysis.measurements if (m.metric, m.side) == (metric, side)]
    time_s, value = (np.array([getattr(m, name) for m in rows]) for name in ("time_s", "value"))
    if len(rows) < MIN_STRIDES or np.ptp(time_s) < SHORTEST_S:
        return None
    slope, half = slope_of(time_s / 60, value)
    minutes = float(np.ptp(time_s)) / 60
    return Drift(metric, side, summary.unit, slope, (slope - half, slope + half), minutes)


def slope_of(time: Float, value: Float) -> tuple[float, float]:
    """Slope of the least-squares line and half of its 95 % interval.

    Neighbours that are alike say less than independent ones: the variance is that of independent
    residuals times (1 + r) / (1 - r), with r their correlation from one to the next (a process of
    first order; Bartlett 1935), freed of its bias in short series. On top of that comes what
    runners wander without getting tired (`WANDER`).

    Parameters
    ----------
    time, value : Float
        (n,) each, in order of time.
    """
    n = len(time)
    centred = time - time.mean()
    slope = float(centred @ value / (centred @ centred))
    rest = value - value.mean() - slope * centred
    square = float(rest @ rest)
    if square < 1e-18 * max(1.0, float(value @ value)):
        return slope, 0.0
    alike = float(rest[1:] @ rest[:-1]) / square
    alike = float(np.clip(alike + (2 + 4 * alike) / n, 0.0, MOST_ALIKE))
    wider = (1 + alike) / (1 - alike)
    freedom = max(2.0, n / wider - 2)
    error = np.sqrt(square / (n - 2) / (centred @ centred) * wider)
    return slope, float(WANDER * student_t.ppf(0.975, freedom) * error)
