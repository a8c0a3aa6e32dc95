"""Every metric of a rendered film: truth, what the product says, and whether its interval holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from material import Rendered
from scoring import table
from true_metrics import true_values

from gait import analyze_track
from gait.knowledge import load_metrics
from gait.types import PoseTrack, Summary

DECIMALS = {"s": 3, "m": 2, "ms": 0}


@dataclass(frozen=True)
class Checked:
    """One summary beside the truth."""

    summary: Summary
    truth: float
    speed_mps: float | None

    @property
    def decimals(self) -> int:
        return DECIMALS.get(self.summary.unit, 1)

    @property
    def error(self) -> float | None:
        """Measured minus true; None without a value."""
        return None if self.summary.value is None else self.summary.value - self.truth

    @property
    def half(self) -> float:
        """Half the width of the interval; NaN without one."""
        low, high = self.summary.ci95 or (np.nan, np.nan)
        return (high - low) / 2

    @property
    def inside(self) -> bool:
        """Whether the interval holds the truth."""
        return self.error is not None and abs(self.error) <= self.half

    @property
    def true_label(self) -> str | None:
        """The class that the true value belongs to; None if the metric has no classes."""
        classes = load_metrics()[self.summary.metric].classes
        return classes.label(self.truth, self.speed_mps) if classes else None

    @property
    def right_label(self) -> bool:
        """Whether the class given is the true one; "borderline" and remarks left aside."""
        return _bare(self.summary.label) == _bare(self.true_label)


def metric_errors(clip: Rendered, track: PoseTrack) -> list[Checked]:
    """All summaries of a film for which there is a truth."""
    true = true_values(clip)
    return [
        Checked(s, true[s.metric, s.side], clip.settings.speed_mps)
        for s in analyze_track(track, clip.settings).summaries
        if (s.metric, s.side) in true
    ]


def metric_table(checked: Sequence[Checked]) -> str:
    """One row per metric and side."""
    rows = []
    for c in checked:
        s, d = c.summary, c.decimals
        first = [f"{s.name}, {s.unit}", f"{s.side}, far" if s.far_side else s.side]
        if c.error is None:
            rows.append([*first, f"{c.truth:.{d}f}", "not given", "", ""])
            continue
        measured, error = f"{s.value:.{d}f} ± {c.half:.{d}f}", f"{round(c.error, d) + 0.0:+.{d}f}"
        rows.append([*first, f"{c.truth:.{d}f}", measured, error, _yes(c.inside)])
        if c.true_label and _bare(s.label) not in ("", "trend only"):
            rows.append(["class", first[1], c.true_label, s.label or "", "", _yes(c.right_label)])
    return table(["metric", "side", "truth", "measured", "error", "inside"], rows)


def metric_summary(checked: Sequence[Checked]) -> str:
    """Mean and worst error of each metric over all films, near and far leg apart."""
    rows = []
    order = list(load_metrics())
    by_metric = sorted(checked, key=lambda c: (order.index(c.summary.metric), c.summary.far_side))
    for (name, far), group in groupby(
        by_metric, key=lambda c: (f"{c.summary.name}, {c.summary.unit}", c.summary.far_side)
    ):
        every = list(group)
        given = [c for c in every if c.error is not None]
        if not given:
            rows.append([name, "far" if far else "", f"0/{len(every)}", "", "", "", ""])
            continue
        d = given[0].decimals
        errors = np.array([c.error for c in given])
        worst = errors[np.abs(errors).argmax()]
        rows.append(
            [
                name,
                "far" if far else "",
                f"{len(given)}/{len(every)}",
                f"{round(float(errors.mean()), d) + 0.0:+.{d}f}",
                f"{round(float(worst), d) + 0.0:+.{d}f}",
                f"{np.mean([c.half for c in given]):.{d}f}",
                f"{sum(c.inside for c in given)}/{len(given)}",
            ]
        )
    header = ["metric", "leg", "given", "mean error", "worst", "mean half-width", "inside"]
    return table(header, rows)


def _bare(label: str | None) -> str:
    return (label or "").replace(";", ",").split(",")[0]


def _yes(right: bool) -> str:
    return "yes" if right else "**no**"
