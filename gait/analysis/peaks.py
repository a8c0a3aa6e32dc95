"""Where between samples a series is highest."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from gait.types import Float


def vertex(before: ArrayLike, here: ArrayLike, after: ArrayLike) -> Float:
    """How far from the middle of three neighbours the parabola through them is highest.

    Parameters
    ----------
    before, here, after : float or Float
        Evenly spaced values, the highest in the middle; arrays for many peaks at once.

    Returns
    -------
    Float
        In steps, at most one to either side; 0 where the parabola has no highest point.
    """
    one, two, three = (np.asarray(x, dtype=np.float64) for x in (before, here, after))
    curvature = one - 2 * two + three
    bent = curvature < 0
    offset = 0.5 * (one - three) / np.where(bent, curvature, 1.0)
    return np.asarray(np.clip(np.where(bent, offset, 0.0), -1, 1))
