"""What can be wrong with a video, and what it costs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from pydantic import Field

from gait.knowledge.reading import Model, parsed

MOST_TIMES: Final = 10.0
"""A cost grows in proportion to the amount, to this many times the cost at the limit."""


class Fault(Model):
    """One thing that can be wrong; the fields are explained in ``faults.toml``."""

    limit: float = Field(gt=0)
    over: bool = True
    cost_deg: float = Field(gt=0)
    found: str
    change: str
    hides: tuple[str, ...] = ()
    hides_from: float | None = None
    weakens: tuple[str, ...] = ()
    widens: bool = False
    why: str

    def times(self, amount: float, limit: float | None = None) -> float:
        """How many times as bad as its limit an amount is: 1 at the limit, NaN if not known.

        Parameters
        ----------
        amount : float
            What was measured.
        limit : float, optional
            Another limit than `limit`.

        Returns
        -------
        float
            At most `MOST_TIMES`.
        """
        limit = self.limit if limit is None else limit
        ratio = amount / limit if self.over else limit / max(amount, limit / MOST_TIMES)
        return min(ratio, MOST_TIMES)


class _VideoFile(Model):
    main: tuple[str, ...]
    minor_deg: float
    fault: dict[str, Fault]


def load_faults() -> Mapping[str, Fault]:
    """All faults by id."""
    return _file().fault


def load_main() -> tuple[str, ...]:
    """The metrics without which a video is poor."""
    return _file().main


def load_minor_deg() -> float:
    """What faults may cost together, in degrees, in a video that is still good."""
    return _file().minor_deg


@cache
def _file() -> _VideoFile:
    return _VideoFile.model_validate(parsed("faults.toml"))
