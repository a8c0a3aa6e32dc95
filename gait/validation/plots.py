"""Bland-Altman plots: how errors depend on the size of what is measured."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from gait.knowledge import knowledge
from gait.validation.report import Report

if TYPE_CHECKING:
    import altair as alt

SHOWN: Final = (
    "contact_time",
    "cadence",
    "overstride",
    "foot_strike_angle",
    "knee_flexion_ic",
    "knee_flexion_peak_stance",
    "knee_flexion_peak_swing",
    "trunk_lean",
    "pelvic_drop",
    "hip_adduction",
    "knee_fppa",
    "step_width",
)
"""Metrics that a reader looks for first."""

_COLUMNS: Final = 3
_SIZE_PX: Final = (200, 130)


def bland_altman(report: Report) -> alt.ConcatChart:
    """Error against the mean of measured and true, one panel per metric.

    The lines are the bias and its 95 % limits of agreement; the whiskers are the intervals that
    the program stated.
    """
    import altair as alt

    panels = [
        _panel(m.metric, (m.bias, *(m.limits or ())), report)
        for m in report.metrics
        if m.metric in SHOWN
    ]
    chart: alt.ConcatChart = alt.concat(*panels, columns=_COLUMNS).configure_view(stroke="#ccc")
    return chart


def save(report: Report, path: Path) -> None:
    """Write the plots as SVG."""
    path.parent.mkdir(parents=True, exist_ok=True)
    bland_altman(report).save(str(path))


def _panel(metric: str, lines: Sequence[float], report: Report) -> alt.LayerChart | alt.FacetChart:
    import altair as alt

    info = knowledge().metrics[metric]
    points = [
        {
            "mean": (c.value + c.true) / 2,
            "error": c.value - c.true,
            "low": c.value - c.true - (c.half or 0),
            "high": c.value - c.true + (c.half or 0),
            "video": "fitted to" if c.use == "fit" else "held out",
        }
        for c in report.checked
        if c.metric == metric and c.value is not None
    ]
    x = alt.X("mean:Q", title=None, scale=alt.Scale(zero=False, nice=True))
    y = alt.Y("error:Q", title=f"error, {info.unit}")
    colour = alt.Color(
        "video:N",
        title=None,
        scale=alt.Scale(domain=["fitted to", "held out"], range=["#7A7F87", "#0072B2"]),
    )
    data = _chart(points).properties(width=_SIZE_PX[0], height=_SIZE_PX[1], title=info.name)
    stated = data.mark_rule(opacity=0.35).encode(x=x, y="low:Q", y2="high:Q", color=colour)
    errors = data.mark_point(filled=True, size=45, opacity=1).encode(x=x, y=y, color=colour)
    rules = _chart([{"y": v, "dash": i > 0} for i, v in enumerate(lines)]).mark_rule(
        color="#D55E00"
    )
    agreement = rules.encode(
        y="y:Q",
        strokeDash=alt.condition("datum.dash", alt.value([4, 3]), alt.value([1, 0])),
    )
    zero = _chart([{"y": 0}]).mark_rule(color="#999", strokeWidth=0.7)
    return alt.layer(zero.encode(y="y:Q"), stated, agreement, errors)


def _chart(rows: list[dict[str, Any]]) -> alt.Chart:
    import altair as alt

    return alt.Chart(alt.InlineData(values=rows))
