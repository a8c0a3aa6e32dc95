"""The strides that the picture shows: whole, and from beside."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from gait.analysis.cleaning.stabilize import as_filmed
from gait.analysis.events.steady_state import FEWEST
from gait.analysis.results import Stride, View
from gait.skeleton import FOOT
from gait.types import SIDES, PoseTrack

CENTRAL: Final = 0.6
"""Share of the width of the picture. The lens of a phone sees about 65 degrees: 21 degrees off the
line of sight at the border of this part and 33 at the edge of the picture. A thigh that is 10
degrees out of the plane of running then looks 4 and 6 degrees turned in it."""

SOLE: Final = 0.03
"""How far below its keypoint the sole is, in leg lengths: the points lie 3 to 4 cm up the shoe."""
CUT: Final = 0.05
"""Share of a stride for which a foot may be outside the picture: what is less is bridged."""


def feet_outside(track: PoseTrack, view: View) -> NDArray[np.bool_]:
    """Frames with a sole below the picture or, on a treadmill, a foot beside it.

    Parameters
    ----------
    track : PoseTrack
        Cleaned track, steadied or not.
    view : View
        Over ground a runner comes in and goes out at the sides, and that is no fault.

    Returns
    -------
    bool array
        (T,) False where no foot is known.
    """
    filmed = as_filmed(track)
    names = [f"{side}_{point}" for side in SIDES for point in FOOT if f"{side}_{point}" in filmed]
    outside = np.zeros(len(filmed), bool)
    sole = SOLE * np.nan_to_num(filmed.own_leg_px)
    for x, y in (filmed[name].T for name in names):
        outside |= (y < sole) | (y > filmed.size[1] - sole)
        if view.surface == "treadmill":
            outside |= (x < 0) | (x > filmed.size[0])
    return outside


def uncut(track: PoseTrack, view: View, strides: tuple[Stride, ...]) -> tuple[Stride, ...]:
    """The strides in which both feet are in the picture; all of them if too few are.

    Parameters
    ----------
    track : PoseTrack
        Cleaned track, steadied or not.
    view : View
        As for `feet_outside`.
    strides : tuple of Stride
        Steady ones.
    """
    outside = feet_outside(track, view)

    def share(stride: Stride) -> float:
        during = (track.time >= stride.strike_s) & (track.time <= stride.next_strike_s)
        return float(outside[during].mean()) if during.any() else 0.0

    kept = tuple(stride for stride in strides if share(stride) <= CUT)
    return kept if len(kept) >= FEWEST else strides


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
