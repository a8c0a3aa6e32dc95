"""How tests wait: for something that can be seen, and so long that only what hangs is given up.

A limit in seconds says how busy the machine is. Where the time that something takes matters, it
is counted in seconds of work, which the work of others does not change.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

PATIENCE_S = 600
"""A worker imports SciPy first; with twenty others beside it that has taken two minutes."""

T = TypeVar("T")


def until(look: Callable[[], T], hoped: str = "what was waited for") -> T:
    """The first answer that is true; AssertionError if there is none."""
    end = time.monotonic() + PATIENCE_S
    while not (answer := look()):
        assert time.monotonic() < end, f"{hoped} does not come"
        time.sleep(0.02)
    return answer
