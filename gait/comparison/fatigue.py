"""Fresh against tired inside one long video: its first and its last third."""

from __future__ import annotations

from typing import Final

import numpy as np

from gait.analysis.kinematics.uncertainty import centre, scatter_half
from gait.analysis.results import Analysis, Summary, View
from gait.types import SIDES, Float, UsageError

MIN_STRIDES: Final = 10
"""Of each foot in each third, for dependable means of angles (Dingenen 2018: at least 7 steps)."""


def thirds(analysis: Analysis) -> tuple[Analysis, Analysis]:
    """The first and the last third of the strides of one video, as two analyses.

    Values and scatter are those of the strides in each third; the constant errors (contacts,
    keypoints, camera) are those of the whole video.

    Raises
    ------
    UsageError
        If it merges several videos or a third holds too few strides.
    """
    if analysis.parts:
        raise UsageError(
            "Fresh and tired are compared within one video.", "Give the run folder of one video."
        )
    start_s, stop_s = analysis.view.window_s
    third_s = (stop_s - start_s) / 3
    windows = ((start_s, start_s + third_s), (stop_s - third_s, stop_s))
    first, last = (_between(analysis, *window) for window in windows)
    fewest = min(sum(s.side == side for s in a.strides) for a in (first, last) for side in SIDES)
    if fewest < MIN_STRIDES:
        raise UsageError(
            f"A third of this video holds only {fewest} complete strides of a foot.",
            f"Film a minute or more: {MIN_STRIDES} strides of each foot in each third are needed.",
        )
    return first, last


def _between(analysis: Analysis, start_s: float, stop_s: float) -> Analysis:
    view = analysis.view.model_copy(update={"window_s": (start_s, stop_s)})
    summaries = (_summary(analysis, s, view) for s in analysis.summaries)
    inside = (s for s in analysis.strides if start_s <= s.strike_s and s.next_strike_s <= stop_s)
    return analysis.model_copy(
        update={
            "summaries": tuple(summaries),
            "strides": tuple(inside),
            "view": view,
            "differences": (),
            "findings": (),
        }
    )


def _summary(analysis: Analysis, whole: Summary, view: View) -> Summary:
    if whole.value is None or whole.half is None:
        return whole
    start_s, stop_s = view.window_s
    values: Float = np.array(
        [
            m.value
            for m in analysis.measurements
            if (m.metric, m.side) == (whole.metric, whole.side) and start_s <= m.time_s < stop_s
        ]
    )
    n = len(values)
    if n < MIN_STRIDES or whole.sd is None:
        reason = f"A third of the video holds only {n} values."
        return whole.model_copy(
            update={"n": n, "value": None, "sd": None, "ci95": None, "limit": reason}
        )
    value, sd = centre(values), float(values.std(ddof=1))
    of_whole = scatter_half(whole.metric, whole.sd, whole.n, analysis.view)
    constant = whole.half**2 - of_whole**2
    half = float(np.hypot(scatter_half(whole.metric, sd, n, view), np.sqrt(max(0.0, constant))))
    return whole.model_copy(
        update={"n": n, "value": value, "sd": sd, "ci95": (value - half, value + half)}
    )
