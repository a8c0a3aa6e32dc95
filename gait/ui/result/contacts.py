"""The contacts of a foot as they are counted on the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from gait.analysis.results import Analysis, Event
from gait.types import Side

Moment = Literal["Initial contact", "Mid-stance", "Toe-off"]

MOMENTS: Final[tuple[Moment, ...]] = ("Initial contact", "Mid-stance", "Toe-off")


@dataclass(frozen=True, slots=True)
class Contact:
    """One foot on the ground, as far as it was seen."""

    side: Side
    """Which foot."""
    strike: Event | None
    off: Event | None
    """`strike` and `off`: not both None; a video that starts or ends in mid-contact shows one of
    them only."""

    def at_s(self, moment: Moment) -> float | None:
        """When that moment is; None if the video does not show it."""
        match moment:
            case "Initial contact":
                return None if self.strike is None else self.strike.time_s
            case "Toe-off":
                return None if self.off is None else self.off.time_s
            case "Mid-stance":
                if self.strike is None or self.off is None:
                    return None
                return (self.strike.time_s + self.off.time_s) / 2


def contacts(analysis: Analysis, side: Side) -> tuple[Contact, ...]:
    """The contacts of one foot in order of time; one whose strike or toe-off is lost stays half.

    Every event is in exactly one.
    """
    found: list[Contact] = []
    for event in analysis.events:
        if event.side != side:
            continue
        if event.kind == "strike":
            found.append(Contact(side, event, None))
        elif found and found[-1].off is None:
            found[-1] = Contact(side, found[-1].strike, event)
        else:
            found.append(Contact(side, None, event))
    return tuple(found)
