"""Events against true ones, one to one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from gait.analysis.results import Event
from gait.types import Float, Side

MATCH_S: Final = 0.2
"""An event this far from every true one of its kind and foot is another event."""

EDGE_S: Final = 0.05
"""No detector can be asked for an event this near the ends of the video."""


@dataclass(frozen=True, slots=True)
class Score:
    """Errors of matched events of one kind in ms, positive if late, and what did not match."""

    left_ms: Float
    right_ms: Float
    """`left_ms` and `right_ms`: (n,) errors of each foot."""
    missed: int
    invented: int
    """`missed` and `invented`: true events without a match, and events without a true one."""

    @property
    def all_ms(self) -> Float:
        """Errors of both feet."""
        return np.concatenate([self.left_ms, self.right_ms])

    @property
    def found(self) -> str:
        """Found of true, and invented ones added."""
        n = len(self.all_ms)
        extra = f" (+{self.invented})" if self.invented else ""
        return f"{n}/{n + self.missed}{extra}"


def score(
    kind: str,
    found: Iterable[Event],
    true: Iterable[Event],
    end_s: float,
    edge_s: float = EDGE_S,
) -> Score:
    """Match the events of one kind one to one with the nearest true ones of the same foot.

    Truth may begin and end inside the video: events outside its span are not held against it.

    Parameters
    ----------
    kind : {"strike", "off"}
        Which events.
    found, true : iterable of Event
        Of one video.
    end_s : float
        When the video ends.
    edge_s : float
        Of an event this near the ends nothing is expected.
    """
    true = [e for e in true if e.kind == kind]
    rest = [e for e in found if e.kind == kind]
    errors: dict[Side, list[float]] = {"left": [], "right": []}
    missed = 0
    for event in true:
        near = [e for e in rest if e.side == event.side and abs(e.time_s - event.time_s) < MATCH_S]
        if near:
            match = min(near, key=lambda e: abs(e.time_s - event.time_s))
            rest.remove(match)
            errors[event.side].append(1000 * (match.time_s - event.time_s))
        elif edge_s < event.time_s < end_s - edge_s:
            missed += 1
    invented = 0
    if true:
        first, last = true[0].time_s - MATCH_S, true[-1].time_s + MATCH_S
        invented = sum(first < e.time_s < last for e in rest)
    return Score(np.array(errors["left"]), np.array(errors["right"]), missed, invented)
