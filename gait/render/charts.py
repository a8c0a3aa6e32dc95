"""Charts of an analysis, the same for page and report.

Left is blue and right vermilion, both of Okabe and Ito, which people with any colour vision tell
apart (https://jfly.uni-koeln.de/color/) and which stand out from a light and from a dark page.
Right is dashed as well, for print without colour.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

import altair as alt
import numpy as np

from gait.analysis.kinematics.sagittal import STANCE_PEAK_SHARE
from gait.analysis.kinematics.waveforms import ANGLES, PHASE_PCT, Angle, Curve
from gait.analysis.results import Analysis
from gait.present.ranges import usual, usual_words
from gait.types import SIDES

COLOURS: Final[Mapping[str, str]] = {"left": "#0072B2", "right": "#D55E00", "both": "#7A7F87"}
"""By side."""

_BAND: Final = "#7A7F87"
_MEDIUM_PX: Final = 300
_TIMELINE_PX: Final = 160
_VISITS_PX: Final = 190
_LEVEL_LABELS: Final = 3
_GOAL: Final = "#008A65"
_LEAST_SPAN_DEG: Final = 30.0

Rows = list[dict[str, Any]]


def stride_curve(curves: Iterable[Curve], analysis: Analysis) -> alt.LayerChart:
    """One angle over the average stride of both legs, ± 1 SD between strides.

    Toe-off is a dashed line; typical ranges are grey where the value is read.
    """
    curves = list(curves)
    rows = [
        {"phase": float(p), "side": c.side, "mean": m, "low": m - sd, "high": m + sd}
        for c in curves
        for p, m, sd in zip(PHASE_PCT, c.mean_deg.tolist(), np.nan_to_num(c.sd_deg), strict=True)
        if np.isfinite(m)
    ]
    offs = [{"phase": c.off_pct, "side": c.side} for c in curves]
    phase = alt.X(
        "phase:Q",
        title="% of the stride, from strike to strike",
        scale=alt.Scale(domain=[0, 100]),
        axis=alt.Axis(values=[0, 20, 40, 60, 80, 100], grid=False),
    )
    angle = ANGLES[curves[0].angle]
    boxes = reference_spans(curves, angle, analysis)
    ends = [{"low": e, "high": e} for b in boxes for e in (b["low"], b["high"]) if e is not None]
    low, high = _roomy([*rows, *ends])
    for box in boxes:  # one without an end reaches to the edge of the chart
        box |= {"low": low if box["low"] is None else box["low"]}
        box |= {"high": high if box["high"] is None else box["high"]}
    degrees = alt.Scale(domain=(low, high), nice=True)
    data = _chart(rows)
    spread = data.mark_area(opacity=0.2).encode(
        x=phase, y=alt.Y("low:Q", scale=degrees, title="degrees"), y2="high:Q", color=_side_colour()
    )
    tooltip = [
        alt.Tooltip("side:N", title="Side"),
        alt.Tooltip("phase:Q", title="% of stride", format=".0f"),
        alt.Tooltip("mean:Q", title="Mean, deg", format=".1f"),
    ]
    mean = data.mark_line(strokeWidth=2.5).encode(
        x=phase,
        y=alt.Y("mean:Q", scale=degrees),
        color=_side_colour(),
        strokeDash=_side_dash(),
        tooltip=tooltip,
    )
    off = (
        _chart(offs)
        .mark_rule(strokeDash=[2, 3], opacity=0.8)
        .encode(x="phase:Q", color=_side_colour(), tooltip=[alt.Tooltip("side:N", title="Toe-off")])
    )
    reference = (
        _chart(boxes)
        .mark_rect(opacity=0.18, aria=False, color=_BAND)
        .encode(
            x="start:Q",
            x2="stop:Q",
            y=alt.Y("low:Q", scale=degrees),
            y2="high:Q",
            tooltip=[alt.Tooltip("name:N", title="Typical"), alt.Tooltip("text:N", title="Range")],
        )
    )
    return _layers(reference, spread, mean, off, height_px=_MEDIUM_PX)


def reference_spans(curves: Sequence[Curve], angle: Angle, analysis: Analysis) -> Rows:
    """Where on a waveform a usual range belongs: at initial contact, in stance, in swing.

    Parameters
    ----------
    curves : sequence of Curve
        Of one angle, for where toe-off is.
    angle : Angle
        Says which measures are values of this curve.
    analysis : Analysis
        For the ranges.

    Returns
    -------
    list of dict
        "start" and "stop" in percent of the stride, "low" and "high" in degrees (None: no end),
        "name" and "text" for reading.
    """
    off = float(np.mean([c.off_pct for c in curves])) if curves else 0.0
    stance = (5.0, min(off, 100 * STANCE_PEAK_SHARE))
    spans = {"ic": (0.0, 2.0), "peak_swing": (off, 100.0)}
    boxes: Rows = []
    for metric in angle.typical:
        start, stop = next((s for end, s in spans.items() if metric.endswith(end)), stance)
        own = (s for s in analysis.summaries if s.metric == metric)
        known = next((s for s in own if usual(s) is not None), None)
        if known is not None:
            low, high = usual(known) or (None, None)
            text = f"{usual_words(known)} {known.unit}"
            boxes.append(
                {"start": start, "stop": stop, "low": low, "high": high}
                | {"name": known.name, "text": text}
            )
    return boxes


def contact_timeline(analysis: Analysis) -> alt.LayerChart:
    """When each foot was on the ground; the strides that were measured are in full colour.

    Time in true seconds.
    """
    start_s, stop_s = analysis.view.window_s
    measured = {(s.side, s.strike_s) for s in analysis.strides}
    rows = []
    for side in SIDES:
        own = [e for e in analysis.events if e.side == side]
        for event, following in pairwise(own):
            if (event.kind, following.kind) == ("strike", "off"):
                rows.append(
                    {
                        "side": side,
                        "start": event.time_s,
                        "stop": following.time_s,
                        "ms": 1000 * (following.time_s - event.time_s),
                        "measured": "yes" if (side, event.time_s) in measured else "no",
                    }
                )
    y = alt.Y("side:N", sort=list(SIDES), title=None, axis=alt.Axis(ticks=False))
    bars = (
        _chart(rows)
        .mark_bar(height=18, cornerRadius=2)
        .encode(
            x=alt.X("start:Q", title="seconds", scale=alt.Scale(nice=False)),
            x2="stop:Q",
            y=y,
            color=_side_colour(),
            opacity=alt.Opacity(
                "measured:N", scale=alt.Scale(domain=["yes", "no"], range=[1, 0.35]), legend=None
            ),
            tooltip=[
                alt.Tooltip("side:N", title="Foot"),
                alt.Tooltip("start:Q", title="Strike, s", format=".3f"),
                alt.Tooltip("stop:Q", title="Toe-off, s", format=".3f"),
                alt.Tooltip("ms:Q", title="Contact, ms", format=".0f"),
                alt.Tooltip("measured:N", title="Measured"),
            ],
        )
    )
    window = (
        _chart([{"start": start_s, "stop": stop_s}])
        .mark_rect(opacity=0.1, aria=False, color=_BAND)
        .encode(x="start:Q", x2="stop:Q")
    )
    return _layers(window, bars, height_px=_TIMELINE_PX)


def stride_values(analysis: Analysis, metric: str) -> alt.LayerChart:
    """One metric in every stride; beside it the interval of the mean, behind it the typical range.

    Time in true seconds.
    """
    rows = [
        {"time": m.time_s, "value": m.value, "side": m.side}
        for m in analysis.measurements
        if m.metric == metric
    ]
    of_trial = [s for s in analysis.summaries if s.metric == metric and s.value is not None]
    last_s = max((m.time_s for m in analysis.measurements if m.metric == metric), default=0.0)
    bands = [
        {"time": last_s * (1.03 if s.side == "left" else 1.05), "side": s.side, "value": s.value}
        | {"low": s.ci95[0], "high": s.ci95[1]}
        for s in of_trial
        if s.ci95
    ]
    ends = next(filter(None, map(usual, of_trial)), None)
    known = [m.value for m in analysis.measurements if m.metric == metric]
    known += [x for s in of_trial for x in (s.ci95 or ())]
    known += [end for end in ends or () if end is not None]
    typical = []
    if ends is not None:  # without an end it reaches as far as the values do
        typical = [{"low": _else(ends[0], min(known)), "high": _else(ends[1], max(known))}]
    unit = of_trial[0].unit if of_trial else ""
    scale = alt.Scale(zero=False)
    y = alt.Y("value:Q", title=unit, scale=scale)
    reference = (
        _chart(typical)
        .mark_rect(opacity=0.14, aria=False, color=_BAND)
        .encode(y=alt.Y("low:Q", scale=scale, title=unit), y2="high:Q")
    )
    interval = (
        _chart(bands)
        .mark_rule(aria=False, strokeWidth=4, strokeCap="round", opacity=0.5)
        .encode(x="time:Q", y=alt.Y("low:Q", scale=scale), y2="high:Q", color=_side_colour())
    )
    mean = (
        _chart(bands)
        .mark_rule(aria=False, strokeWidth=2)
        .encode(y=y, color=_side_colour(), strokeDash=_side_dash())
    )
    points = (
        _chart(rows)
        .mark_point(filled=True, size=60, opacity=0.9)
        .encode(
            x=alt.X("time:Q", title="seconds", scale=alt.Scale(zero=False)),
            y=y,
            color=_side_colour(),
            shape=_side_shape(),
            tooltip=[
                alt.Tooltip("side:N", title="Side"),
                alt.Tooltip("time:Q", title="At, s", format=".2f"),
                alt.Tooltip("value:Q", title=unit, format=".3~g"),
            ],
        )
    )
    return _layers(reference, interval, mean, points, height_px=_MEDIUM_PX)


def visit_values(
    rows: Rows, bands: Rows, goals: Sequence[float], unit: str, visits: Sequence[str]
) -> alt.LayerChart:
    """One measure over the visits of a runner: intervals, what is error, and the goal.

    Values that cannot be held against the first are hollow.

    Parameters
    ----------
    rows : list of dict
        "visit", "side", "value", "low", "high" of each value, whether it is "compared" with the
        first, and what its change "says".
    bands : list of dict
        "side", "low" and "high" of what is measurement error around the first value.
    goals : sequence of float
        What is wanted.
    unit : str
        Of all these.
    visits : sequence of str
        In order of time.
    """
    several = len({row["side"] for row in rows}) > 1
    aims = [{"value": goal, "name": f"goal {goal:.3g}"} for goal in goals]
    shown = [visit for visit in visits if any(row["visit"] == visit for row in rows)]
    x = alt.X(
        "visit:O",
        title=None,
        scale=alt.Scale(domain=shown, padding=0.5),
        axis=alt.Axis(labelAngle=0 if len(shown) <= _LEVEL_LABELS else -30, labelOverlap=True),
    )
    y = alt.Y("value:Q", title=None, scale=alt.Scale(zero=False))
    colour = _side_colour() if several else _side_colour().legend(None)
    offset = alt.Scale(domain=list(COLOURS), range=[-6, 6, 0] if several else [0, 0, 0])
    place = alt.XOffset("side:N", scale=offset)
    band = (
        _chart(bands)
        .mark_rect(opacity=0.14, aria=False)
        .encode(y=alt.Y("low:Q"), y2="high:Q", color=colour)
    )
    goal = (
        _chart(aims)
        .mark_rule(strokeWidth=2, strokeDash=[6, 4], color=_GOAL, aria=False)
        .encode(y="value:Q", tooltip=[alt.Tooltip("name:N", title="Goal")])
    )
    named = (
        _chart(aims)
        .mark_text(align="left", dy=-7, color=_GOAL, fontWeight="bold", aria=False)
        .encode(y="value:Q", x=alt.value(4), text="name:N")
    )
    data = _chart(rows)
    line = data.mark_line(strokeWidth=1.5, opacity=0.7, aria=False).encode(
        x=x, y=y, xOffset=place, color=colour, strokeDash=_side_dash()
    )
    interval = data.mark_rule(strokeWidth=2.5, aria=False).encode(
        x=x, xOffset=place, y="low:Q", y2="high:Q", color=colour
    )
    points = data.mark_point(size=80, strokeWidth=2, opacity=1).encode(
        x=x,
        y=y,
        xOffset=place,
        color=colour,
        fill=alt.condition(
            alt.datum.compared,
            alt.Fill("side:N", scale=_side_scale(), legend=None),
            alt.value("transparent"),
        ),
        shape=_side_shape(),
        tooltip=[
            alt.Tooltip("visit:N", title="Visit"),
            alt.Tooltip("side:N", title="Side"),
            alt.Tooltip("value:Q", title=unit, format=".1f"),
            alt.Tooltip("low:Q", title="from", format=".1f"),
            alt.Tooltip("high:Q", title="to", format=".1f"),
            alt.Tooltip("says:N", title="Change"),
        ],
    )
    return _layers(band, goal, named, line, interval, points, height_px=_VISITS_PX)


def _else(end: float | None, edge: float) -> float:
    return edge if end is None else end


def _layers(*charts: alt.Chart, height_px: int) -> alt.LayerChart:
    return alt.LayerChart(layer=list(charts), height=height_px)


def _chart(rows: Rows) -> alt.Chart:
    return alt.Chart(alt.InlineData(values=rows))


def _roomy(rows: Rows) -> tuple[float, float]:
    """Limits that show everything but do not blow up a few degrees to the height of the chart."""
    low, high = min(row["low"] for row in rows), max(row["high"] for row in rows)
    spare = max(0.0, _LEAST_SPAN_DEG - (high - low)) / 2
    return low - spare, high + spare


def _side_scale() -> alt.Scale:
    return alt.Scale(domain=list(COLOURS), range=list(COLOURS.values()))


def _side_colour() -> alt.Color:
    legend = alt.Legend(
        title=None, orient="top", values=list(SIDES), symbolOpacity=1, symbolStrokeWidth=0
    )
    return alt.Color("side:N", scale=_side_scale(), legend=legend)


def _side_dash() -> alt.StrokeDash:
    scale = alt.Scale(domain=list(COLOURS), range=[[1, 0], [6, 3], [1, 0]])
    return alt.StrokeDash("side:N", scale=scale, legend=None)


def _side_shape() -> alt.Shape:
    scale = alt.Scale(domain=list(COLOURS), range=["circle", "square", "diamond"])
    return alt.Shape("side:N", scale=scale, legend=None)
