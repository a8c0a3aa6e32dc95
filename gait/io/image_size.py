"""The picture that keypoints were found in, where a file does not say how large it was."""

from __future__ import annotations

from typing import Final

import numpy as np

from gait.types import Float

ROOM: Final = (
    0.2  # of the height of all points: below and beside the runner, as a video should have
)


def picture_size(xy: Float) -> tuple[int, int]:
    """(width, height) in px with room around (T, K, 2) px: nobody seems cut off by the edge."""
    seen = xy[np.isfinite(xy).all(axis=2)]
    if not len(seen):
        return 1, 1
    width, height = seen.max(axis=0) + ROOM * np.ptp(seen[:, 1]) + 1
    return max(int(width), 1), max(int(height), 1)
