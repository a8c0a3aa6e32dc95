"""Words with a fixed meaning: sides, planes, grades, and the kind of array that is everywhere."""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]
UInt8 = NDArray[np.uint8]

Z95: Final = 1.96
"""SDs in half of a 95 % interval of what is normally distributed."""

Side = Literal["left", "right"]
AnySide = Literal["left", "right", "both"]
Plane = Literal["side", "rear", "front"]
Direction = Literal["left", "right"]
Activity = Literal["running", "walking", "standing", "turning", "changing speed", "unclear"]
TimeBase = Literal["film", "told", "file", "seen", "unknown"]
DifferenceAnswer = Literal[
    "within what healthy runners show",
    "cannot be told from what healthy runners show",
    "more than healthy runners differ",
]
VideoLevel = Literal["good", "usable", "poor"]
Sex = Literal["female", "male"]
Grade = Literal["moderate", "limited", "very limited", "conflicting", "none"]
Injury = Literal[
    "patellofemoral pain",
    "iliotibial band syndrome",
    "medial tibial stress syndrome",
    "tibial stress fracture",
    "bone stress injury",
    "Achilles tendinopathy",
    "plantar heel pain",
    "hamstring injury",
    "calf strain",
    "running injury",
]
"""Injuries that links and answers have in common; "running injury" is any of them."""

SIDES: tuple[Side, Side] = ("left", "right")


def opposite(side: Side) -> Side:
    """The other side of the body."""
    return "right" if side == "left" else "left"
