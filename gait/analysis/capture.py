"""Whether a video is worth taking, told from its first second while there is time to change it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from gait.analysis.cleaning.repeated_pictures import as_pictured
from gait.analysis.quality import AMOUNTS
from gait.analysis.results import Stride, View
from gait.analysis.trial import Strides, Trial
from gait.analysis.view.camera_orientation import background_roll
from gait.analysis.view.observe import observe
from gait.analysis.view.speed_ramps import clearest_rhythm
from gait.knowledge import knowledge
from gait.settings import Settings
from gait.types import PoseError, PoseTrack

DARK: Final = 45.0
"""Mean grey level of a picture in which a runner cannot be told from the room."""

_ASKS: Final = {
    "whole_body": "Whole body",
    "one_person": "One person",
    "level": "Level",
    "square": "Square to the runner",
    "distance": "Distance",
    "frames": "Frames per second",
    "light": "Light",
}
_FAULTS: Final = {
    "whole_body": ("feet_cut", "head_cut", "lost", "hidden"),
    "square": ("oblique", "turned_side"),
    "distance": ("small",),
    "light": ("grainy", "soft", "motion_blur"),
}
"""What can be wrong, by its id in ``faults.toml``; the others are looked at here."""
_PLANES: Final = {"side": "From the side.", "rear": "From behind.", "front": "From in front."}
_UNKNOWN: Final = "Cannot be told yet."


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing a coach can still change."""

    id: str
    """Which: whole_body, one_person, level, square, distance, frames, light."""
    asks: str
    """What was looked at, in words."""
    ok: bool | None
    """Whether it can stay as it is; None if that is not seen."""
    found: str
    """What is seen, in a sentence."""
    change: str | None = None
    """What to change; None exactly if `ok`."""


def check_capture(track: PoseTrack, pictures: PoseTrack, people: int) -> tuple[Advice, ...]:
    """What to change about a video, from a look at its beginning.

    Always the same seven, in the order in which they are worth changing.

    Parameters
    ----------
    track : PoseTrack
        Runner in some frames of about a second, with their sharpness and upright lines.
    pictures : PoseTrack
        All frames of it, with their `SceneSignals`.
    people : int
        How many are seen.
    """
    seen = _seen(track)
    asked = {
        "whole_body": _whole_body(seen),
        "one_person": _one_person(people),
        "level": _level(track),
        "square": _square(seen if track.upright == "upright" else None),
        "distance": _distance(seen),
        "frames": _frames(pictures),
        "light": _light(seen, pictures),
    }
    return tuple(
        Advice(id, _ASKS[id], ok, found, change) for id, (ok, found, change) in asked.items()
    )


_Answer = tuple[bool | None, str, str | None]


def _seen(track: PoseTrack) -> Trial | None:
    """The runner as the faults of a video are found in it; None if nobody is seen."""
    try:
        view = observe(track, Settings())
    except PoseError:
        return None
    start_s, stop_s = view.window_s
    rhythm = clearest_rhythm(track)
    stride_s = 2 * rhythm.step_s if rhythm else stop_s - start_s
    # Whole strides, in which the shoulders turn as far to one side as to the other.
    stop_s = start_s + max(1, int((stop_s - start_s) / stride_s + 0.15)) * stride_s
    view = view.model_copy(update={"window_s": (start_s, stop_s)})
    return Trial(track, view, Settings(), Strides((_some_stride(view),)))


def _some_stride(view: View) -> Stride:
    """A stride, wherever it begins: faults that are means over strides ask for one."""
    start_s, stop_s = view.window_s
    return Stride(
        side=view.near_side or "left",
        strike_s=start_s,
        off_s=(start_s + stop_s) / 2,
        next_strike_s=stop_s,
        strike_sd_s=0.0,
        off_sd_s=0.0,
    )


def _worst(trial: Trial, ask: str) -> _Answer | None:
    """What is wrong most; None if nothing is."""
    found = {id: AMOUNTS[id](trial) for id in _FAULTS[ask]}
    times = {id: knowledge().faults[id].times(amount.value) for id, amount in found.items()}
    bad = {id: n for id, n in times.items() if n >= 1}
    if not bad:
        return None
    id = max(bad, key=bad.__getitem__)
    fault = knowledge().faults[id]
    told = fault.found.format(amount=found[id].value, **found[id].words)
    return False, told, fault.change


def _whole_body(trial: Trial | None) -> _Answer:
    if trial is None:
        return (
            False,
            "No runner is seen in the first second.",
            "Have somebody run in the picture, head to feet.",
        )
    return _worst(trial, "whole_body") or (True, "Head and feet are in the picture.", None)


def _one_person(people: int) -> _Answer:
    if people > 1:
        return (
            False,
            f"{people} people are in the picture.",
            "Ask the others to step aside, or say later who is meant.",
        )
    return (True, "Nobody else.", None) if people else (None, _UNKNOWN, "Film a runner first.")


def _level(track: PoseTrack) -> _Answer:
    if track.upright != "upright":
        return False, f"The picture is {track.upright}.", "Turn the phone."
    roll = background_roll(track)
    if roll is None:
        return (
            None,
            "Nothing upright in the room shows it.",
            "Level the phone by its own level, or by a door frame.",
        )
    limit, angle = knowledge().faults["camera_roll"], abs(roll[0])
    if limit.times(angle) >= 1:
        end = "right" if roll[0] > 0 else "left"
        return False, f"The {end} side hangs {angle:.0f}° low in the picture.", limit.change
    return True, f"Level to {max(1.0, angle + roll[1]):.0f}°.", None


def _square(trial: Trial | None) -> _Answer:
    if trial is None:
        return None, _UNKNOWN, knowledge().faults["oblique"].change
    return _worst(trial, "square") or (True, _PLANES[trial.view.plane], None)


def _distance(trial: Trial | None) -> _Answer:
    if trial is None:
        return None, _UNKNOWN, knowledge().faults["small"].change
    tall_px = AMOUNTS["small"](trial).value
    return _worst(trial, "distance") or (True, f"The runner is {tall_px:.0f} pixels tall.", None)


def _frames(pictures: PoseTrack) -> _Answer:
    if len(pictures) < 2:
        return None, "There is one frame only.", knowledge().faults["frame_rate"].change
    pictured, repeats = as_pictured(pictures)
    rate_hz, fault = float(np.round(pictured.fps_hz)), knowledge().faults["frame_rate"]
    found = f"{rate_hz:.0f} frames per second."
    if repeats and rate_hz + 1 < pictures.fps_hz:
        found = f"{rate_hz:.0f} new pictures in {pictures.fps_hz:.0f} frames per second."
    return (False, found, fault.change) if fault.times(rate_hz) >= 1 else (True, found, None)


def _light(trial: Trial | None, pictures: PoseTrack) -> _Answer:
    scene = pictures.signals.scene
    if scene is not None and np.nanmedian(scene.brightness) < DARK:
        return False, "The picture is dark.", knowledge().faults["grainy"].change
    if trial is None:
        return None, _UNKNOWN, knowledge().faults["grainy"].change
    return _worst(trial, "light") or (True, "Bright and sharp.", None)
