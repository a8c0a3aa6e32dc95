"""A run given away: how somebody moved, and nothing that says who it was."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from gait.analysis.results import Analysis
from gait.io import write_npz
from gait.io.analysis_file import read_analysis
from gait.io.kept_run import kept_track
from gait.io.run_folder import RunFolder
from gait.io.writing import replacing
from gait.skeleton import LEG
from gait.types import SIDES, OutputError, PixelSignals, PoseTrack, UsageError

POINTS: Final = tuple(
    f"{side}_{point}"
    for side in SIDES
    for point in ("shoulder", "elbow", "wrist", *LEG, "small_toe")
)
"""What is given: every point that a measure rests on. Face and fingers stay."""

_CONSENT: Final = Path(__file__).with_name("consent.txt")

TOLD: Final = ("speed_mps", "height_m", "sex", "surface", "time_scale", "standing_s")
"""Settings that are given: facts of the run. Texts, names, paths and corrections stay."""

_FORM: Final = """\
# What is known of this run by other means than the video.
# Take the "# " off a block that you can fill in, and put your own numbers there.
# Keep out names, places and dates. How it is read: docs/validation-format.md

runner = "A"  # another letter for each person whose runs you give
{known}
# How was it measured? Plate and limit in N, tape, clock, step counter; in words, on this line:

# Means over the strides that the video shows: a clock, a counter, tape on the belt.
# [[values]]
# metric = "cadence"
# value = 168.9

# Peak drop of the pelvis from tape on the waistband, or from markers; degrees.
# [[values]]
# metric = "pelvic_drop"
# side = "left"
# value = 4.2

# Contacts of a force plate or a foot switch; seconds from the first picture, in real time.
# [[events]]
# kind = "strike"
# side = "left"
# time_s = 1.234

# [[events]]
# kind = "off"
# side = "left"
# time_s = 1.471
"""


def donate(run: RunFolder, out: Path = Path()) -> tuple[Path, ...]:
    """Write what of a run may leave the machine, and nothing else. Nothing is sent.

    Parameters
    ----------
    run : RunFolder
        Holds an analysis of one video and its track.
    out : Path
        Folder that gets a new folder, named after the movement and not after the run.

    Returns
    -------
    tuple of Path
        ``pose.npz``, ``truth.toml`` and ``consent.txt``. `gait.validation` reads such a folder.

    Raises
    ------
    UsageError
        If the run holds several videos, or its analysis or track is lost.
    OutputError
        If the files cannot be written, or the folder is there already.
    """
    analysis = read_analysis(run.path)
    if analysis.parts:
        raise UsageError(f"{run.path} merges several videos.", "Give the run folders inside it.")
    track = nameless(kept_track(run))
    folder = RunFolder(out / f"donation-{hashlib.sha256(track.xy.tobytes()).hexdigest()[:8]}")
    if os.path.lexists(folder.path):  # a form that was filled in is not written over
        raise OutputError(
            f"{folder.path} exists already.", "Send what is in it, or move it out of the way."
        )
    files: dict[str, Callable[[Path], object]] = {
        "pose.npz": lambda path: write_npz(path, track),
        "truth.toml": lambda path: path.write_text(form(analysis), encoding="utf-8", newline="\n"),
        "consent.txt": lambda path: path.write_bytes(_CONSENT.read_bytes()),
    }
    with folder.writing(), replacing(*(folder.path / name for name in files)) as parts:
        for part, write in zip(parts, files.values(), strict=True):
            write(part)
    return tuple(folder.path / name for name in files)


def nameless(track: PoseTrack) -> PoseTrack:
    """A track with the points of `POINTS` alone, and without other people and file names.

    Examples
    --------
    >>> import numpy as np
    >>> track = PoseTrack(
    ...     np.arange(2.0), np.zeros((2, 2, 2)), np.ones((2, 2)), ("nose", "left_hip"), (9, 9),
    ...     ("read from Anna.trc",),
    ... )
    >>> given = nameless(track)
    >>> given.names, given.steps
    (('left_hip',), ('points of another program',))
    """
    kept = [name for name in track.names if name in POINTS]
    places = [track.index(name) for name in kept]
    # Only this program's own pass over the pixels is known to name its steps and signals itself.
    ours = track.by_blazepose
    return track.with_(
        names=tuple(kept),
        xy=track.xy[:, places],
        score=track.score[:, places],
        steps=track.steps[:1] if ours else ("points of another program",),
        signals=replace(track.signals, people=None) if ours else PixelSignals(),
    )


def form(analysis: Analysis) -> str:
    """The form for what was measured otherwise, with what the program was told of the run."""
    told = analysis.settings.model_dump(mode="json", include=set(TOLD), exclude_none=True)
    lines = [f'plane = "{analysis.view.plane}"', "", "[settings]"]
    lines += [f"{name} = {_toml(told[name])}" for name in TOLD if name in told]
    return _FORM.format(known="\n".join(lines) + "\n")


def _toml(value: object) -> str:
    if isinstance(value, str):
        return f'"{value}"'  # a word of ours, such as "female"
    return str(value)
