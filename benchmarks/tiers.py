"""How much a metric is worth, by a rule and not from habit."""

from __future__ import annotations

from typing import Final, Literal

import numpy as np

from gait.knowledge import knowledge
from gait.types import Z95
from gait.validation.report import Report

MANY_RUNNERS: Final = 10
"""Runners whose truth was known, for tier A."""

SOME_RUNNERS: Final = 6
"""For tier B."""

WELL_WITHIN: Final = 2 / 3
NOT_FAR_BEYOND: Final = 1.5
"""Largest 95 % error in units of the minimal detectable change, for tiers A and B."""


def error_band(metric: str, report: Report) -> float | None:
    """95 % error of one value, near leg: of what was measured and what is stated the larger one.

    The scatter between strides is not in it: it is the runner's, and more strides reduce it.
    """
    near = [c for c in report.checked if c.metric == metric and not c.far_side]
    errors = [c.error for c in near if c.error is not None]
    stated = [c.constant for c in near if c.constant is not None]
    if not errors:
        return None
    return float(max(Z95 * np.sqrt(np.mean(np.square(errors))), np.median(stated)))


def tier(metric: str, report: Report) -> Literal["A", "B", "C"]:
    """A: report the number; B: with its error band; C: class or trend.

    A needs an error well within the minimal detectable change of `repeatability.toml`, known from
    many runners; B one not far beyond it, known from some.

    Parameters
    ----------
    metric : str
        Id of the metric.
    report : Report
        Of the kept tracks.
    """
    band, known = error_band(metric, report), knowledge().repeatability.get(metric)
    runners = next((m.runners for m in report.metrics if m.metric == metric), 0)
    if band is None or known is None or known.mdc is None:
        return "C"
    if band <= WELL_WITHIN * known.mdc and runners >= MANY_RUNNERS:
        return "A"
    return "B" if band <= NOT_FAR_BEYOND * known.mdc and runners >= SOME_RUNNERS else "C"
