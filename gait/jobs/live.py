"""Cadence while somebody runs: newest pictures in, steps per minute out, a beat to step to."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from gait.analysis.events.live_cadence import CadenceMeter, LiveCadence
from gait.pose.inference import Engine
from gait.skeleton import BLAZEPOSE
from gait.types import Float
from gait.video.live import LiveFrame

LOOKS_HZ: Final = 12.0
"""Pictures a second that are looked at: four times a quick cadence, and less than one core."""

SAYS_S: Final = 0.5
"""How often a new value is worked out."""

SEEN: Final = 0.5

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Reading:
    """What is known at one moment."""

    time_s: float
    """Of the picture, since the first."""
    lag_s: float
    """How long after the picture it was known."""
    cadence: LiveCadence | None
    """None as long as no steady steps are seen."""


def readings(
    pictures: Iterable[LiveFrame],
    engine: Engine,
    clock: Clock = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Reading]:
    """The cadence of the last seconds, twice a second.

    Parameters
    ----------
    pictures : iterable of LiveFrame
        Always the newest.
    engine : Engine
        Pose model.
    clock, sleep : callable
        Seconds; the clock is that of the pictures.
    """
    meter, said_s = CadenceMeter(), -np.inf
    for picture in pictures:
        began_s = clock()
        xy, score, _ = engine.detect(picture.image, None, silhouette=False)
        meter.add(picture.time_s, *_points(xy, score))
        if picture.time_s - said_s >= SAYS_S:
            said_s = picture.time_s
            cadence = meter.now()
            yield Reading(picture.time_s, clock() - picture.due_s, cadence)
        sleep(max(0.0, began_s + 1 / LOOKS_HZ - clock()))


def _points(xy: Float, score: Float) -> tuple[Float, Float, Float]:
    """Both ankles and the middle of the shoulders, NaN where they are not seen well."""
    known = np.where(score[:, None] >= SEEN, xy, np.nan)
    left, right = (known[BLAZEPOSE.index(f"{side}_ankle")] for side in ("left", "right"))
    shoulders = [known[BLAZEPOSE.index(f"{side}_shoulder")] for side in ("left", "right")]
    return left, right, (shoulders[0] + shoulders[1]) / 2


class Beat:
    """A signal for every step, in a thread of its own.

    Every beat is placed by itself, so that the rate is exact over any length.

    Parameters
    ----------
    steps_per_min : float
        Rate.
    signal : callable
        Called on every beat.
    clock : callable
        Seconds.
    """

    def __init__(
        self, steps_per_min: float, signal: Callable[[], None], clock: Clock = time.monotonic
    ) -> None:
        self._every_s = 60 / steps_per_min
        self._signal, self._clock = signal, clock
        self._enough = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Beat:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._enough.set()
        self._thread.join()

    def _run(self) -> None:
        start_s, beat = self._clock(), 1
        while not self._enough.wait(max(0.0, start_s + beat * self._every_s - self._clock())):
            self._signal()
            # A computer that slept does not catch up on beats.
            beat = max(beat, int((self._clock() - start_s) / self._every_s)) + 1
