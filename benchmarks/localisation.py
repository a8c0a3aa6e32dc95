"""How far the points of a raw track are from where they truly are, and which leg they are on."""

from __future__ import annotations

from itertools import product

import numpy as np

from gait.skeleton import SHANK_AND_FOOT
from gait.types import Float, PoseTrack
from gait.validation.rendered import Rendered

CLEARLY = 0.7  # legs are exchanged if with the other names they are this much nearer to truth
SHIFTS_S = np.arange(-0.05, 0.051, 0.002)


def exchange_cost(track: PoseTrack, scene: Rendered) -> Float:
    """(T,) distance to truth with the legs exchanged, divided by that as they are named."""

    def distance(*pairs: tuple[str, str]) -> Float:
        found = [
            np.linalg.norm(track[f"{a}_{p}"] - scene.track[f"{b}_{p}"], axis=1)
            for (a, b), p in product(pairs, SHANK_AND_FOOT)
        ]
        return np.asarray(np.sum(found, axis=0))

    as_named = distance(("left", "left"), ("right", "right"))
    return distance(("left", "right"), ("right", "left")) / as_named


def n_exchanged(track: PoseTrack, scene: Rendered) -> int:
    """Frames in which left and right legs are clearly exchanged."""
    return int((exchange_cost(track, scene) < CLEARLY).sum())


def with_true_sides(track: PoseTrack, scene: Rendered) -> PoseTrack:
    """The track with the legs named as truth has them: what is left is localisation alone."""
    wrong = exchange_cost(track, scene) < 1
    xy = track.xy.copy()
    for point in SHANK_AND_FOOT:
        left, right = track.index(f"left_{point}"), track.index(f"right_{point}")
        xy[wrong, left], xy[wrong, right] = track.xy[wrong, right], track.xy[wrong, left]
    return track.with_(xy=xy)


def residual(found: Float, true: Float, leg_px: float) -> Float:
    """(T,) distance in % of leg length after the constant offset is taken away."""
    offset = found - true
    return 100 * np.linalg.norm(offset - np.nanmedian(offset, axis=0), axis=1) / leg_px


def lag_ms(times: Float, found: Float, true: Float, leg_px: float) -> float:
    """By how much the true curve has to be delayed to lie best on the one found."""

    def misfit(shift_s: float) -> float:
        later = [np.interp(times - shift_s, times, axis) for axis in true.T]
        return float(np.nanmedian(residual(found, np.stack(later, axis=1), leg_px)[5:-5]))

    return float(1000 * min(SHIFTS_S, key=misfit))
