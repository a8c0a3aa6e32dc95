"""Whether a picture has kept its proportions: a lower leg is as long level as it is upright.

Apps and converters squeeze a picture into another frame, or forget that its pixels were not square.
Nobody sees that in a runner who was squeezed by a quarter, and every angle is another one.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from gait.types import SIDES, Float, PoseTrack

SEEN: Final = 0.4
"""Score of knee and ankle; of legs behind a post the length is a guess."""
MOSTLY: Final = 0.6
"""Share of the frames in which a lower leg has to be seen: what a far leg shows is a selection."""
LEAST_SPREAD: Final = 0.2
"""SD of the squares of a component, of that of the length: 0.2 to 0.5 of walkers and runners. A
lower leg that does not turn does not tell."""


def stretched(track: PoseTrack) -> float:
    """How much longer the lower legs look level than upright.

    The squares of both components of a rod of one length add up to a constant, so they scatter by
    as much, unless one axis of the picture has another scale than the other.

    Parameters
    ----------
    track : PoseTrack
        Cleaned track, filmed from the side.

    Returns
    -------
    float
        1 of a picture with its own proportions, 1.33 if it was made a third wider; NaN if the lower
        legs are not seen to turn.
    """
    squares = [_squares(track, f"{side}_knee", f"{side}_ankle") for side in SIDES]
    spreads = [(s / np.median(s.sum(axis=1))).var(axis=0) for s in squares if len(s)]
    if not spreads:
        return float("nan")
    level, upright = np.sqrt(np.mean(spreads, axis=0))
    return float(np.sqrt(level / upright)) if max(level, upright) > LEAST_SPREAD else float("nan")


def _squares(track: PoseTrack, above: str, below: str) -> Float:
    """(n, 2) squares of the components of a limb in its frames; none if it is mostly not seen."""
    if not track.has(above, below):
        return np.empty((0, 2))
    along = track[below] - track[above]
    known = np.isfinite(along).all(axis=1)
    scores = [track.score[:, track.index(name)] for name in (above, below)]
    seen = known & (np.minimum(*scores) > SEEN)
    return np.asarray(along[seen] ** 2) if seen.sum() > MOSTLY * known.sum() else np.empty((0, 2))
