"""The strides that the picture shows: whole, and from beside."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from gait.analysis.cleaning.stabilize import as_filmed
from gait.analysis.events.steady_state import FEWEST
from gait.analysis.results import Stride
from gait.analysis.trial import Strides, Trial
from gait.skeleton import FOOT
from gait.types import SIDES

CENTRAL: Final = 0.6
"""Share of the width of the picture. The lens of a phone sees about 65 degrees: 21 degrees off the
line of sight at the border of this part and 33 at the edge of the picture. A thigh that is 10
degrees out of the plane of running then looks 4 and 6 degrees turned in it."""

SOLE: Final = 0.03
"""How far below its keypoint the sole is, in leg lengths: the points lie 3 to 4 cm up the shoe."""
CUT: Final = 0.05
"""Share of a stride for which a foot may be outside the picture: what is less is bridged."""


def feet_outside(trial: Trial) -> NDArray[np.bool_]:
    """(T,) frames with a sole below the picture or, on a treadmill, a foot beside it.

    Over ground a runner comes in and goes out at the sides, and that is no fault.

    False where no foot is known.
    """
    filmed = as_filmed(trial.track)
    names = [f"{side}_{point}" for side in SIDES for point in FOOT if f"{side}_{point}" in filmed]
    outside = np.zeros(len(filmed), bool)
    sole = SOLE * np.nan_to_num(filmed.own_leg_px)
    for x, y in (filmed[name].T for name in names):
        outside |= (y < sole) | (y > filmed.size[1] - sole)
        if trial.view.surface == "treadmill":
            outside |= (x < 0) | (x > filmed.size[0])
    return outside


def uncut(trial: Trial) -> Trial:
    """Left with the strides in which both feet are in the picture, or all if those are too few."""
    outside, time = feet_outside(trial), trial.track.time

    def share(stride: Stride) -> float:
        during = (time >= stride.strike_s) & (time <= stride.next_strike_s)
        return float(outside[during].mean()) if during.any() else 0.0

    kept = tuple(stride for stride in trial.strides if share(stride) <= CUT)
    return trial.with_(strides=Strides(kept)) if len(kept) >= FEWEST else trial


def central(trial: Trial) -> Trial:
    """Left with the strides whose contacts are in the middle part of the picture.

    Parameters
    ----------
    trial : Trial
        From another side, on a treadmill, or without a video, to which the size of the picture
        belongs, nothing is left out.

    Returns
    -------
    Trial
        With all strides if too few are in the middle part; then its view says what that means for
        the numbers.
    """
    view, strides = trial.view, trial.strides
    crosses = view.plane == "side" and view.surface == "overground"
    if trial.video is None or not crosses or not strides:
        return trial
    filmed = as_filmed(trial.track)
    x = filmed.middle("hip")[:, 0]
    off = np.abs(x / filmed.size[0] - 0.5)
    contacts = np.stack([strides.strike_s, strides.off_s], axis=1)
    inside = np.interp(contacts, trial.track.time, off).max(axis=1) <= CENTRAL / 2
    kept = tuple(s for s, middle in zip(strides, inside, strict=True) if middle)
    if len(kept) >= FEWEST or inside.all():
        return trial.with_(strides=Strides(kept))
    return trial.with_view(
        limits=(
            *view.limits,
            f"{len(strides) - len(kept)} of {len(strides)} strides are near the edges of the "
            "picture, where the camera looks at the runner at an angle: angles can be off by some "
            "degrees. Film from further away, with zoom.",
        )
    )
