"""One angle before and after, over each other, and the difference with its band.

Before is grey and after purple (Okabe and Ito): left and right have their own colours elsewhere.
"""

from __future__ import annotations

from typing import Any, Final

import altair as alt
import numpy as np

from gait.analysis.kinematics.waveforms import PHASE_PCT, Difference

BEFORE: Final = "#7A7F87"
AFTER: Final = "#CC79A7"
_TALL_PX: Final = 220
_LOW_PX: Final = 130

Rows = list[dict[str, Any]]


def change_charts(difference: Difference) -> tuple[alt.LayerChart, alt.LayerChart]:
    """Mean curves of both videos with ± 1 SD between strides, and their difference below.

    Returns
    -------
    alt.LayerChart
        Both curves.
    alt.LayerChart
        The difference with its 95 % band; where the band leaves out zero, the line is thick.
    """
    rows: Rows = [
        {"video": video, "phase": float(p), "mean": float(m), "low": float(m - sd), "high": m + sd}
        for video, curve in (("before", difference.before), ("after", difference.after))
        for p, m, sd in zip(
            PHASE_PCT, curve.mean_deg, np.nan_to_num(curve.sd_deg).tolist(), strict=True
        )
        if np.isfinite(m)  # from behind a leg has no angles while it swings
    ]
    axis = alt.Axis(values=[0, 20, 40, 60, 80, 100], grid=False)
    domain = alt.Scale(domain=[0, 100])
    above = alt.X("phase:Q", title=None, scale=domain, axis=axis)
    colour = alt.Color(
        "video:N",
        scale=alt.Scale(domain=["before", "after"], range=[BEFORE, AFTER]),
        legend=alt.Legend(title=None, orient="top", symbolOpacity=1, symbolStrokeWidth=0),
    )
    dash = alt.StrokeDash(
        "video:N",
        scale=alt.Scale(domain=["before", "after"], range=[[6, 3], [1, 0]]),
        legend=None,
    )
    data = alt.Chart(alt.InlineData(values=rows))
    spread = data.mark_area(opacity=0.2).encode(x=above, y="low:Q", y2="high:Q", color=colour)
    mean = data.mark_line(strokeWidth=2.5).encode(
        x=above,
        y=alt.Y("mean:Q", title="degrees", scale=alt.Scale(zero=False)),
        color=colour,
        strokeDash=dash,
        tooltip=[
            alt.Tooltip("video:N"),
            alt.Tooltip("phase:Q", title="% of stride", format=".0f"),
            alt.Tooltip("mean:Q", title="Mean, deg", format=".1f"),
        ],
    )
    title = "% of the stride, from strike to strike"
    below = alt.X("phase:Q", title=title, scale=domain, axis=axis)
    return alt.LayerChart(layer=[spread, mean], height=_TALL_PX), _difference(difference, below)


def _difference(difference: Difference, x: alt.X) -> alt.LayerChart:
    halves = np.nan_to_num(difference.half_deg, nan=np.inf)
    rows: Rows = [
        {
            "phase": float(p),
            "mean": float(m),
            "low": float(m - h) if np.isfinite(h) else None,
            "high": float(m + h) if np.isfinite(h) else None,
            "clear": float(m) if abs(m) > h else None,
        }
        for p, m, h in zip(PHASE_PCT, difference.mean_deg, halves, strict=True)
        if np.isfinite(m)
    ]
    data = alt.Chart(alt.InlineData(values=rows))
    y = alt.Y("mean:Q", title="change")
    band = data.mark_area(opacity=0.25, color=AFTER).encode(x=x, y="low:Q", y2="high:Q")
    thin = data.mark_line(strokeWidth=1, color=AFTER).encode(x=x, y=y)
    thick = data.mark_line(strokeWidth=4, color=AFTER).encode(
        x=x,
        y="clear:Q",
        tooltip=[
            alt.Tooltip("phase:Q", title="% of stride", format=".0f"),
            alt.Tooltip("mean:Q", title="Difference, deg", format="+.1f"),
        ],
    )
    zero = (
        alt.Chart(alt.InlineData(values=[{}]))
        .mark_rule(aria=False, color=BEFORE)
        .encode(y=alt.datum(0))
    )
    return alt.LayerChart(layer=[zero, band, thin, thick], height=_LOW_PX)
