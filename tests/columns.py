"""Tracks with signals, told by their names in files."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from gait.types import DerivedSignals, Float, PixelSignals, PoseTrack


def with_only(track: PoseTrack, columns: Mapping[str, ArrayLike]) -> PoseTrack:
    """The track with these signals and no others; what a group lacks of them is not known."""
    series: dict[str, Float] = {
        name: np.broadcast_to(np.asarray(values, float), len(track))
        for name, values in columns.items()
    }
    made = track.with_(
        signals=PixelSignals.from_columns(series) or PixelSignals(),
        derived=DerivedSignals.from_columns(series) or DerivedSignals(),
    )
    assert columns.keys() <= made.columns().keys(), "no such signal"
    return made


def with_also(track: PoseTrack, columns: Mapping[str, ArrayLike]) -> PoseTrack:
    """The track with these signals beside, or instead of, those that it has."""
    return with_only(track, {**track.columns(), **columns})
