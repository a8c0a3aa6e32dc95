"""Cadence while the runner runs: from the last seconds of a few points, as they come in.

Legs swing once in a stride and the trunk bounces twice. The rate is the one whose sine waves, of a
stride in the legs and of a step in the trunk, explain most of both: no contact has to be found, so
that a dozen frames per second are enough and a lost frame does no harm.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final

import numpy as np

from gait.analysis.peaks import vertex
from gait.types import Float

WINDOW_S: Final = 10.0
LEAST_S: Final = 3.0
"""Before that there is no value."""

RATES_SPM: Final = np.arange(100.0, 240.5, 0.5)
SURE: Final = 0.5
"""Share of the movement of legs and trunk that one rate has to explain, on average."""

SEEN_S: Final = (3.0, 5.0, 10.0)
HALF_SPM: Final = (2.5, 2.0, 1.5)
"""Half of the 95 % interval by the length of what was seen: what the rate of these seconds may
differ from that of half a minute, over 36 trials of 12 runners on a force-plate treadmill."""


@dataclass(frozen=True, slots=True)
class LiveCadence:
    """Steps per minute over the last seconds."""

    time_s: float
    """Of the last frame in it."""
    steps_per_min: float
    half: float
    """`steps_per_min` and `half`: the rate, and half of its 95 % interval."""
    seconds: float
    """How much was looked at."""


class CadenceMeter:
    """Keeps the last seconds of the points it is shown.

    Parameters
    ----------
    window_s : float
        How many.
    """

    def __init__(self, window_s: float = WINDOW_S) -> None:
        self._window_s = window_s
        self._seen: deque[tuple[float, Float]] = deque()

    def add(self, time_s: float, left: Float, right: Float, trunk: Float) -> None:
        """Show it the points of one frame.

        Parameters
        ----------
        time_s : float
            Later than before.
        left, right, trunk : Float
            (2,) px each: both ankles, and the middle of hips or shoulders; NaN where not seen.
        """
        self._seen.append((time_s, np.concatenate([left - right, trunk])))
        while time_s - self._seen[0][0] > self._window_s:
            self._seen.popleft()

    def now(self) -> LiveCadence | None:
        """The rate of the last seconds; None before `LEAST_S` or without steady steps in them."""
        rows = [(t, row) for t, row in self._seen if np.isfinite(row).all()]
        if len(rows) < 4 * LEAST_S or rows[-1][0] - rows[0][0] < LEAST_S:
            return None
        time = np.array([t for t, _ in rows])
        legs_and_trunk = np.array([row for _, row in rows])
        explained = (
            _explained(time, legs_and_trunk[:, :2], RATES_SPM / 120)
            + _explained(time, legs_and_trunk[:, 3:], RATES_SPM / 60)
        ) / 2
        best = int(explained.argmax())
        if explained[best] < SURE or best in (0, len(RATES_SPM) - 1):
            return None
        seconds = float(time[-1] - time[0])
        half = float(np.interp(seconds, SEEN_S, HALF_SPM))
        offset = float(vertex(*explained[best - 1 : best + 2]))
        rate = float(RATES_SPM[best] + offset * (RATES_SPM[1] - RATES_SPM[0]))
        return LiveCadence(float(time[-1]), rate, half, seconds)


def _explained(time: Float, values: Float, rates_hz: Float) -> Float:
    """(R,) share of the variance about a line that a sine wave of each rate explains.

    Parameters
    ----------
    time : Float
        (n,) s.
    values : Float
        (n, k) series, whose variances are added.
    rates_hz : Float
        (R,) rates.
    """
    line = np.stack([np.ones_like(time), time - time.mean()], axis=1)
    rest = values - line @ np.linalg.lstsq(line, values, rcond=None)[0]
    phase = 2 * np.pi * rates_hz[:, None] * time
    waves = np.stack([np.cos(phase), np.sin(phase)], axis=2)  # (R, n, 2)
    waves = waves - waves.mean(axis=1, keepdims=True)
    crossed = np.einsum("rni,nk->rik", waves, rest)
    weights = np.linalg.solve(np.einsum("rni,rnj->rij", waves, waves), crossed)
    total = float((rest**2).sum())
    shares: Float = np.einsum("rik,rik->r", weights, crossed) / max(total, 1e-12)
    return shares
