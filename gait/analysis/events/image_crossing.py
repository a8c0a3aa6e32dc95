"""The strides of somebody who runs across the picture that the camera sees from beside."""

from __future__ import annotations

from typing import Final

import numpy as np

from gait.analysis.cleaning.stabilize import as_filmed
from gait.analysis.events.steady_state import FEWEST
from gait.analysis.results import Stride, View
from gait.types import PoseTrack

CENTRAL: Final = 0.6
"""Share of the width of the picture. The lens of a phone sees about 65 degrees: 21 degrees off the
line of sight at the border of this part and 33 at the edge of the picture. A thigh that is 10
degrees out of the plane of running then looks 4 and 6 degrees turned in it."""


def central(
    track: PoseTrack, view: View, strides: tuple[Stride, ...]
) -> tuple[tuple[Stride, ...], tuple[str, ...]]:
    """The strides whose contacts are in the middle part of the picture, if they are enough.

    Parameters
    ----------
    track : PoseTrack
        Cleaned track of a video, stabilized or not.
    view : View
        From another side, or on a treadmill, nothing is left out.
    strides : tuple of Stride
        Steady ones.

    Returns
    -------
    tuple of Stride
        All of them if too few are in the middle part.
    tuple of str
        In that case, what it means for the numbers.
    """
    if view.plane != "side" or view.surface != "overground" or not strides:
        return strides, ()
    filmed = as_filmed(track)
    x = (filmed["left_hip"][:, 0] + filmed["right_hip"][:, 0]) / 2
    off = np.abs(x / filmed.size[0] - 0.5)
    contacts = np.array([(s.strike_s, s.off_s) for s in strides])
    inside = np.interp(contacts, track.time, off).max(axis=1) <= CENTRAL / 2
    kept = tuple(s for s, middle in zip(strides, inside, strict=True) if middle)
    if len(kept) >= FEWEST or inside.all():
        return kept, ()
    return strides, (
        f"{len(strides) - len(kept)} of {len(strides)} strides are near the edges of the picture, "
        "where the camera looks at the runner at an angle: angles can be off by some degrees. "
        "Film from further away, with zoom.",
    )
