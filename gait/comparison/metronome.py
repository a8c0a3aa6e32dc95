"""A click for every step, as sound."""

from __future__ import annotations

import io
import os
import wave
from pathlib import Path
from typing import Final

import numpy as np

from gait.io.ours import noted
from gait.io.ours import require_ours as require_unchanged
from gait.sanitize.files import require_file
from gait.types import Float, OutputError, UsageError

RATE_HZ: Final = 8000
"""Samples per second: enough for a click, and 10 minutes stay below 5 MB."""

CLICK_HZ: Final = 1200.0
CLICK_S: Final = 0.03
DECAY_S: Final = 0.006

_LARGEST_BYTES: Final = 1 << 30

STEPS_PER_MIN: Final = (100.0, 260.0)
"""From a brisk walk to a sprint."""


def metronome(steps_per_min: float, minutes: float = 10.0) -> bytes:
    """A WAV file with one click per step.

    Parameters
    ----------
    steps_per_min : float
        Rate of the clicks. Every click is placed by itself, so that the rate is exact over any
        length.
    minutes : float
        How long; the default is the dose of the cue for step rate.

    Returns
    -------
    bytes
        The file: mono, 8 bit.

    Raises
    ------
    UsageError
        If nobody runs at that rate, or the length is not between 0 and 60 minutes.
    """
    if not STEPS_PER_MIN[0] <= steps_per_min <= STEPS_PER_MIN[1]:
        low, high = STEPS_PER_MIN
        raise UsageError(
            f"A metronome of {steps_per_min:.1f} steps per minute is of no use.",
            f"Give a rate between {low:.0f} and {high:.0f}.",
        )
    if not 0 < minutes <= 60:
        raise UsageError(f"A metronome of {minutes:g} minutes is of no use.", "Give 1 to 60.")
    click = _click()
    n = int(minutes * steps_per_min)
    sound = np.zeros(round(minutes * 60 * RATE_HZ) + len(click))
    for at in np.round(np.arange(n) * 60 / steps_per_min * RATE_HZ).astype(int):
        sound[at : at + len(click)] += click
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(1)
        out.setframerate(RATE_HZ)
        out.writeframes(_samples(sound))
    return file.getvalue()


def require_ours(path: Path) -> None:
    """Refuse to replace a sound that is no metronome of ours: OutputError.

    One that no record tells of, from a version before there were any, is known by its first click.
    """
    if path.name in noted(path.parent):
        require_unchanged(path)
        return
    expected = _samples(_click())
    try:
        require_file(path, _LARGEST_BYTES)
        with path.open("rb") as file, wave.open(file) as sound:
            form = (sound.getnchannels(), sound.getsampwidth(), sound.getframerate())
            ours = form == (1, 1, RATE_HZ) and sound.readframes(len(expected)) == expected
    except (UsageError, OSError, EOFError, wave.Error):
        ours = not os.path.lexists(path)
    if not ours:
        raise OutputError(
            f"{path} is not known to be of gaitlens.", "Move that file away, then try again."
        )


def _click() -> Float:
    t = np.arange(round(CLICK_S * RATE_HZ)) / RATE_HZ
    return np.asarray(np.sin(2 * np.pi * CLICK_HZ * t) * np.exp(-t / DECAY_S))


def _samples(sound: Float) -> bytes:
    return np.round(128 + 120 * sound).astype(np.uint8).tobytes()
