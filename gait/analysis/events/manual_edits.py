"""What the eye puts right: events added, taken away, moved or given to the other foot."""

from __future__ import annotations

from typing import Final

from gait.analysis.results import Event
from gait.settings import EventEdit
from gait.types import opposite

REACH_S: Final = 0.15
"""How far an edit may lie from its event: other settings move events by some hundredths of a
second, and two events of one kind and foot are at least half a second apart."""

BY_EYE_SD_FRAMES: Final = 0.5
"""An eye that steps through a video is good to about half a frame (docs/accuracy.md)."""


def correct(
    events: tuple[Event, ...], edits: tuple[EventEdit, ...], time_scale: float, fps_hz: float
) -> tuple[tuple[Event, ...], int]:
    """Events with edits applied, one after the other.

    Parameters
    ----------
    events : tuple of Event
        As detected, true seconds.
    edits : tuple of EventEdit
        In the order in which they were made; each sees the work of those before it.
    time_scale : float
        How many times slower the video plays than life.
    fps_hz : float
        True frames per second, for the SD of times read by eye.

    Returns
    -------
    tuple of Event
        In order of time.
    int
        Edits that found no event to change.
    """
    corrected = list(events)
    missed = 0
    for edit in edits:
        at_s = edit.video_s / time_scale
        if edit.action == "add":
            corrected.append(_by_eye(edit, at_s, fps_hz))
            continue
        found = _nearest(corrected, edit, at_s)
        if found is None:
            missed += 1
            continue
        corrected.remove(found)
        if edit.action == "swap":
            corrected.append(found.model_copy(update={"side": opposite(found.side)}))
        elif edit.to_video_s is not None:
            corrected.append(_by_eye(edit, edit.to_video_s / time_scale, fps_hz))
    return tuple(sorted(corrected, key=lambda e: (e.time_s, e.side))), missed


def _by_eye(edit: EventEdit, time_s: float, fps_hz: float) -> Event:
    return Event(kind=edit.kind, side=edit.side, time_s=time_s, sd_s=BY_EYE_SD_FRAMES / fps_hz)


def _nearest(events: list[Event], edit: EventEdit, at_s: float) -> Event | None:
    alike = (e for e in events if (e.kind, e.side) == (edit.kind, edit.side))
    within = [e for e in alike if abs(e.time_s - at_s) <= REACH_S]
    return min(within, key=lambda e: abs(e.time_s - at_s), default=None)
