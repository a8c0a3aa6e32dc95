"""C3D: points, angles and gait events, as Vicon's programs name them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np

from gait.analysis.results import Analysis
from gait.export.series import Series
from gait.sanitize.text import one_line
from gait.types import Float, OutputError, PoseTrack

EVENTS: Final = {"strike": "Foot Strike", "off": "Foot Off"}
LABELS: Final = {
    "knee": "KneeAngles",
    "ankle": "AnkleAngles",
    "thigh": "ThighAngles",
    "shank": "ShankAngles",
    "foot": "FootAngles",
    "adduction": "HipAdductionAngles",
    "trunk": "TrunkAngles",
    "pelvis_list": "PelvisListAngles",
}
UNEVEN: Final = 0.02
"""Share of a frame by which times may stray from an even grid; C3D has one rate."""


def write_c3d(
    path: Path,
    analysis: Analysis,
    track: PoseTrack,
    xyz: Float,
    unit: Literal["mm", "px"],
    angles: Mapping[str, Series],
) -> None:
    """Write a C3D file.

    Parameters
    ----------
    path : Path
        File to write.
    analysis : Analysis
        Gives the events.
    track : PoseTrack
        Gives names and times. Uneven frame times are put on an even grid.
    xyz : Float
        (T, K, 3) x forward, y up, z to the right, NaN where missing.
    unit : {"mm", "px"}
        Of `xyz`.
    angles : mapping of str to Series
        Stored as points whose x is the angle in degrees.

    Raises
    ------
    OutputError
        If the extra ``c3d`` is not installed.
    """
    try:
        import ezc3d
    except ImportError as e:
        raise OutputError(
            "C3D needs the package ezc3d.", "Install it: pip install 'gaitlens[c3d]'."
        ) from e
    labels = {name: _label(name) for name in angles}
    flat = [np.column_stack([s.degrees, 0 * s.degrees, 0 * s.degrees]) for s in angles.values()]
    every = np.concatenate([xyz, np.stack(flat, axis=1)], axis=1) if flat else xyz
    rate_hz, every = _evenly(track.time, every)
    missing = ~np.asarray(np.isfinite(every).all(axis=2))
    file = ezc3d.c3d()
    file["data"]["points"] = _rows(np.where(missing[..., None], 0.0, every))
    file["data"]["meta_points"]["residuals"] = np.where(missing, -1.0, 0.0).T[None]
    file["data"]["meta_points"]["camera_masks"] = np.zeros((7, every.shape[1], len(every)), bool)
    notes = [f"95 % interval: value +- {s.half_deg:.1f} deg" for s in angles.values()]
    point: dict[str, list[Any]] = {
        "LABELS": [*track.names, *labels.values()],
        "DESCRIPTIONS": [*("" for _ in track.names), *notes],
        "UNITS": [unit],
        "RATE": [rate_hz],
    }
    for name, value in point.items():
        file["parameters"]["POINT"][name]["value"] = value
    for name, value in {
        "X_SCREEN": ["+X"],
        "Y_SCREEN": ["+Y"],
        "ANGLES": list(labels.values()),
        "ANGLE_UNITS": ["deg"],
    }.items():
        file.add_parameter("POINT", name, value)
    runner = analysis.settings.runner
    file.add_parameter("SUBJECTS", "NAMES", [one_line(runner) if runner else "runner"])
    for event in sorted(analysis.events, key=lambda event: event.time_s):
        minutes, seconds = divmod(event.time_s - float(track.time[0]), 60)
        file.add_event([minutes, seconds], event.side.capitalize(), EVENTS[event.kind])
    file.write(str(path))


def _label(name: str) -> str:
    side, _, angle = name.partition("_")
    return f"{side[0].upper()}{LABELS[angle]}" if side in ("left", "right") else LABELS[name]


def _rows(xyz: Float) -> Float:
    """(4, N, T) homogeneous coordinates."""
    ones = np.ones((1, xyz.shape[1], xyz.shape[0]))
    return np.concatenate([np.transpose(xyz, (2, 1, 0)), ones])


def _evenly(time_s: Float, values: Float) -> tuple[float, Float]:
    """The mean rate, and the values at its even times."""
    rate_hz = (len(time_s) - 1) / float(time_s[-1] - time_s[0])
    even_s = time_s[0] + np.arange(len(time_s)) / rate_hz
    if np.abs(even_s - time_s).max() <= UNEVEN / rate_hz:
        return rate_hz, values
    flat = values.reshape(len(values), -1)
    moved = np.stack([np.interp(even_s, time_s, column) for column in flat.T], axis=1)
    return rate_hz, moved.reshape(values.shape)
