"""Running style on two axes, with healthy runners behind it (van Oeveren 2021).

Only means and SDs of healthy runners are kept, no runner's values: they are drawn as an ellipse.
"""

from __future__ import annotations

from typing import Any, Final

import altair as alt
import numpy as np
from scipy.stats import chi2

from gait.analysis.results import Analysis, Summary
from gait.knowledge import knowledge
from gait.render.charts import COLOURS
from gait.types import SIDES

ACROSS: Final = "duty_factor"
UP: Final = "step_rate_normalized"

CORRELATION: Final = 0.13
"""Between the two axes: mean of -0.03, 0.16 and 0.27 at three speeds, 12 runners each."""

_SHARE: Final = 0.95
_POINTS: Final = 73
_SIDE_PX: Final = 260

Rows = list[dict[str, Any]]


def style_chart(analysis: Analysis) -> alt.LayerChart | None:
    """Duty factor against step rate for leg length, with their intervals.

    None if one of the two was not measured. Without a reference at this speed and on this
    surface there is no ellipse.
    """
    if analysis.activity != "running":
        return None
    rate = analysis.summary(UP)
    duty = [s for side in SIDES if (s := analysis.summary(ACROSS, side)) is not None]
    points = [_point(s, rate) for s in duty if s.value is not None]
    if rate is None or rate.value is None or not points:
        return None
    x = alt.X("duty:Q", title="Duty factor, %", scale=alt.Scale(zero=False, padding=12))
    y = alt.Y("rate:Q", title="Step rate, of √(g / leg)", scale=alt.Scale(zero=False, padding=12))
    seen = alt.Chart(alt.InlineData(values=points))
    legend = alt.Legend(title=None, orient="top")
    marks = alt.Scale(domain=list(SIDES), range=["circle", "square"])
    shape = alt.Shape("side:N", scale=marks, legend=legend)
    paint = alt.Scale(domain=list(SIDES), range=[COLOURS[side] for side in SIDES])
    colour = alt.Color("side:N", scale=paint, legend=legend)
    layers = [
        seen.mark_rule().encode(x="low:Q", x2="high:Q", y=y, color=colour),
        seen.mark_rule().encode(x=x, y="rate_low:Q", y2="rate_high:Q", color=colour),
        seen.mark_point(filled=True, size=70, opacity=1).encode(
            x=x, y=y, shape=shape, color=colour
        ),
    ]
    ring = healthy_ring(analysis)
    if ring:
        behind = alt.Chart(alt.InlineData(values=ring))
        layers.insert(
            0,
            behind.mark_line(
                interpolate="linear-closed", stroke=None, fill=COLOURS["both"], fillOpacity=0.2
            ).encode(x=x, y=y, order="i:Q"),
        )
    chart = alt.layer(*layers).properties(width=_SIDE_PX, height=_SIDE_PX)
    assert isinstance(chart, alt.LayerChart)  # nothing here is facetted
    return chart


def healthy_ring(analysis: Analysis) -> Rows:
    """The ellipse that holds 95 % of healthy runners at this speed; empty if none is known."""
    speed, surface = analysis.speed_mps, analysis.view.surface
    known = [knowledge().metrics[metric].reference(speed, surface) for metric in (ACROSS, UP)]
    (across, wide), (up, tall) = (k or (0.0, None) for k in known)
    if wide is None or tall is None:
        return []
    angle = np.linspace(0, 2 * np.pi, _POINTS)
    u, v = np.cos(angle), np.sin(angle)
    v = CORRELATION * u + np.sqrt(1 - CORRELATION**2) * v
    size = float(np.sqrt(chi2.ppf(_SHARE, 2)))
    duty, rate = across + size * wide * u, up + size * tall * v
    return [
        {"i": i, "duty": float(a), "rate": float(b)}
        for i, (a, b) in enumerate(zip(duty, rate, strict=True))
    ]


def _point(duty: Summary, rate: Summary | None) -> dict[str, Any]:
    low, high = duty.ci95 or (duty.value, duty.value)
    slow, fast = (rate.ci95 if rate else None) or (None, None)
    return {
        "side": duty.side,
        "duty": duty.value,
        "low": low,
        "high": high,
        "rate": rate.value if rate else None,
        "rate_low": slow,
        "rate_high": fast,
    }
