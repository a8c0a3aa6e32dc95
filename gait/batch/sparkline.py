"""A line no larger than a word: the strides of one metric."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from gait.batch.ranking import Course

WIDTH: Final = 84
HEIGHT: Final = 22
_LOOK: Final = {
    "left": 'stroke="#0072B2"',
    "right": 'stroke="#D55E00" stroke-dasharray="3 2"',
    "both": 'stroke="#7A7F87"',
}
"""The colours of `gait.render.charts`; a style sheet may have others for the dark."""
_MOST_POINTS: Final = WIDTH
"""A line cannot show more points than it has pixels."""


def sparkline(course: Course) -> str:
    """A picture with one line a side, for HTML or as a file of its own.

    Parameters
    ----------
    course : Course
        Its span fills the height: scatter within the interval stays small.

    Returns
    -------
    str
        SVG; empty if there are fewer than two strides.
    """
    lines = "".join(
        f'<polyline class="{side}" {_LOOK[side]} points="{_points(values, course.span)}"/>'
        for side, values in course.values.items()
        if len(values) > 1
    )
    if not lines:
        return ""
    size = f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
    look = 'fill="none" stroke-width="1.5" aria-hidden="true"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {look}>{lines}</svg>'


def _points(values: Sequence[float], span: tuple[float, float]) -> str:
    kept = values[:: -(-len(values) // _MOST_POINTS)]
    low, high = span
    scale_y = (HEIGHT - 2) / (high - low) if high > low else 0.0
    scale_x = (WIDTH - 2) / max(len(kept) - 1, 1)
    return " ".join(
        f"{1 + i * scale_x:.0f},{1 + (high - value) * scale_y:.1f}" for i, value in enumerate(kept)
    )
