"""The charts of the page as drawings for paper."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

import altair as alt

FONTS: Final = Path(__file__).parent / "fonts"
"""Typefaces of the report: Source Sans, under the SIL Open Font License."""

FONT: Final = "Source Sans Pro"

_INK: Final = "#1c2730"
_MUTED: Final = "#5a6672"
_HAIR: Final = "#d5dbe1"
_CONFIG: Final[dict[str, Any]] = {
    "background": None,
    "font": FONT,
    # Room for a wider typeface, where a browser has no Source Sans.
    "padding": {"left": 12, "right": 14, "top": 2, "bottom": 2},
    "view": {"stroke": None},
    "axis": {
        "labelColor": _MUTED,
        "titleColor": _MUTED,
        "titleFontWeight": "normal",
        "labelFontSize": 11,
        "titleFontSize": 11,
        "gridColor": _HAIR,
        "domainColor": _MUTED,
        "tickColor": _MUTED,
    },
    "legend": {"labelColor": _INK, "labelFontSize": 12, "symbolSize": 90},
}


def svg(chart: alt.LayerChart, width_px: int, height_px: int) -> str:
    """A chart as SVG, its text in the typeface of the report.

    Parameters
    ----------
    chart : alt.LayerChart
        From `gait.render.charts`.
    width_px, height_px : int
        Of the plot, without its axes.
    """
    spec = chart.properties(width=width_px, height=height_px).to_dict()
    return str(_converter().vegalite_to_svg(spec | {"config": _CONFIG}))


@cache
def _converter() -> Any:
    import vl_convert  # 90 MB of JavaScript engine: only when a chart is drawn

    vl_convert.register_font_directory(str(FONTS))
    return vl_convert
