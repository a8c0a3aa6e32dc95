"""A line no larger than a word: the strides of one metric."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from gait.batch.ranking import Course

WIDTH: Final = 84
HEIGHT: Final = 22
_MOST_POINTS: Final = WIDTH
"""A line cannot show more points than it has pixels."""


def sparkline(course: Course) -> str:
    """An inline SVG with one line a side, coloured by the classes left, right and both.

    Parameters
    ----------
    course : Course
        Its span fills the height: scatter within the interval stays small.

    Returns
    -------
    str
        Empty if there are fewer than two strides.
    """
    lines = "".join(
        f'<polyline class="{side}" points="{_points(values, course.span)}"/>'
        for side, values in course.values.items()
        if len(values) > 1
    )
    if not lines:
        return ""
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true">{lines}</svg>'


def _points(values: Sequence[float], span: tuple[float, float]) -> str:
    kept = values[:: -(-len(values) // _MOST_POINTS)]
    low, high = span
    scale_y = (HEIGHT - 2) / (high - low) if high > low else 0.0
    scale_x = (WIDTH - 2) / max(len(kept) - 1, 1)
    return " ".join(
        f"{1 + i * scale_x:.0f},{1 + (high - value) * scale_y:.1f}" for i, value in enumerate(kept)
    )
