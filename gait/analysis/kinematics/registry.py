"""The registry of all metrics: what gives them, and what a video adds to their error."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from gait.analysis.trial import Leg
from gait.types import Float


@dataclass(frozen=True, slots=True)
class SystematicError:
    """What the way this video was filmed adds to the error of a value."""

    sd: float = 0.0
    """SD of the constant error, in the unit of the metric."""
    note: str | None = None
    """What the reader of the value has to know."""


MetricFunction: TypeAlias = Callable[[Leg], Float]
SystematicErrorOf: TypeAlias = Callable[[Leg], SystematicError]


def same_in_every_video(leg: Leg) -> SystematicError:
    """The error is the same in every video."""
    return SystematicError()


@dataclass(frozen=True, slots=True)
class Metric:
    """A registered metric."""

    id: str
    """As in the knowledge base."""
    function: MetricFunction
    """Gives one value per stride of a leg."""
    pooled: bool
    """Whether the strides of both legs are one sample (side "both")."""
    timed: bool
    """Whether the value rests on seconds, so that it cannot be had without a true time base."""
    systematic: SystematicErrorOf
    """Says what this video adds to the error that the knowledge base gives."""


REGISTRY: dict[str, Metric] = {}
"""All metrics that have a value in every stride, by id."""


def metric(
    id: str,
    *,
    pooled: bool = False,
    timed: bool = False,
    systematic: SystematicErrorOf = same_in_every_video,
) -> Callable[[MetricFunction], MetricFunction]:
    """Register a function that gives one value per stride of a leg, NaN where there is none.

    Parameters
    ----------
    id : str
        Id of the metric in the knowledge base.
    pooled : bool
        Whether the strides of both legs are one sample (side "both").
    timed : bool
        Whether the value rests on seconds, so that it cannot be had without a true time base.
    systematic : callable
        Says what a video adds to the error that the knowledge base gives.
    """

    def register(function: MetricFunction) -> MetricFunction:
        REGISTRY[id] = Metric(id, function, pooled, timed, systematic)
        return function

    return register
