"""Where between samples a series is highest."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from gait.types import Float


def vertex(before: ArrayLike, here: ArrayLike, after: ArrayLike) -> Float:
    """How far from the middle of three neighbours the parabola through them is highest.

    In steps, at most one to either side; 0 where the parabola has no highest point.

    Parameters
    ----------
    before, here, after : float or Float
        Evenly spaced values, the highest in the middle; arrays for many peaks at once.
    """
    one, two, three = (np.asarray(x, dtype=np.float64) for x in (before, here, after))
    curvature = one - 2 * two + three
    bent = curvature < 0
    offset = 0.5 * (one - three) / np.where(bent, curvature, 1.0)
    return np.asarray(np.clip(np.where(bent, offset, 0.0), -1, 1))


def peak(time_s: Float, values: Float, start_s: float, stop_s: float) -> float:
    """Largest value in a window, refined by the parabola through it and its neighbours.

    NaN if the window holds fewer than three frames or any missing value.

    Parameters
    ----------
    time_s, values : Float
        (T,) each.
    start_s, stop_s : float
        The window.
    """
    first, end = frames_in(time_s, start_s, stop_s)
    window = values[first:end]
    if window.size < 3 or not np.isfinite(window).all():
        return float("nan")
    i = first + int(window.argmax())
    if i in (first, end - 1):
        return float(values[i])
    before = (values[i] - values[i - 1]) / (time_s[i] - time_s[i - 1])
    after = (values[i + 1] - values[i]) / (time_s[i + 1] - time_s[i])
    curvature = (after - before) / (time_s[i + 1] - time_s[i - 1])
    if curvature == 0:
        return float(values[i])
    slope = before + curvature * (time_s[i] - time_s[i - 1])
    return float(values[i] - slope**2 / (4 * curvature))


def frames_in(time_s: Float, start_s: float, stop_s: float) -> tuple[int, int]:
    """First frame in a window and the frame after its last one.

    Parameters
    ----------
    time_s : Float
        (T,) times.
    start_s, stop_s : float
        The window; it holds no frame if either is NaN.
    """
    if np.isnan(start_s + stop_s):
        return 0, 0
    return int(np.searchsorted(time_s, start_s)), int(np.searchsorted(time_s, stop_s, "right"))
