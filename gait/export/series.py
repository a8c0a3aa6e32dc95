"""What is exported frame by frame: angles with their uncertainty, points on the axes of OpenSim."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from gait.analysis.angles import to_frontal, to_ground, wrap_deg
from gait.analysis.kinematics.waveforms import constant_sd, readings
from gait.analysis.trial import Trial, UnmeasurableError
from gait.skeleton import FOOT
from gait.types import SIDES, Z95, Float, UsageError


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """One angle in every frame."""

    column: str
    """Name with unit."""
    degrees: Float
    """(T,) NaN where it is not known."""
    half_deg: float
    """Half of the 95 % interval that keypoints and camera cause in any frame."""


_COLUMNS: Final = {
    "knee": "knee_flexion_deg",
    "thigh": "thigh_deg",
    "shank": "shank_deg",
    "foot": "foot_deg",
    "trunk": "trunk_lean_deg",
}


def angle_series(trial: Trial) -> Mapping[str, Series]:
    """Every angle that this video shows, by id: ``left_knee``, ``trunk``, ``pelvis_list``, …

    Signs are those of docs/conventions.md; the pelvic list is positive with the right side lower.
    """
    return _sagittal(trial) if trial.view.plane == "side" else _frontal(trial)


def _sagittal(trial: Trial) -> dict[str, Series]:
    found: dict[str, Series] = {}
    for side in SIDES:
        angles = readings(trial, side)
        for name, (degrees, half_deg) in angles.items():
            key, column = f"{side}_{name}", f"{side}_{_COLUMNS[name]}"
            if name == "trunk":  # one trunk, the same from both legs
                key, column = name, _COLUMNS[name]
            found[key] = Series(column, degrees, half_deg)
        if {"foot", "shank"} <= angles.keys():
            ankle = wrap_deg(angles["foot"][0] - angles["shank"][0])
            half_deg = Z95 * constant_sd(trial.leg(side), "ankle_dorsiflexion_ic")
            found[f"{side}_ankle"] = Series(f"{side}_ankle_dorsiflexion_deg", ankle, half_deg)
    return found


def _frontal(trial: Trial) -> dict[str, Series]:
    found: dict[str, Series] = {}
    for side in SIDES:
        angles = readings(trial, side)
        if "pelvis" in angles and side == "left":  # contralateral of the left leg is the right
            found["pelvis_list"] = Series("pelvis_right_down_deg", *angles["pelvis"])
        if "adduction" in angles:
            column = f"{side}_hip_adduction_deg"
            found[f"{side}_adduction"] = Series(column, *angles["adduction"])
    return found


def ground_px(trial: Trial) -> Float:
    """(T, K, 3) px as OpenSim has its axes: x forward, y up, z to the runner's right.

    The axis that a video does not show is 0. Zero of y is the lowest place of the feet, zero across
    the picture the middle place of the hips.
    """
    track, view = trial.track, trial.view
    if view.plane == "side":
        flat = to_ground(track.xy, view.direction or "right", view.ground_tilt_deg)
    else:
        roll_deg = view.camera_roll_deg[0] if view.camera_roll_deg else 0.0
        flat = to_frontal(track.xy, view.plane == "front", roll_deg)
    feet = [track.index(f"{s}_{p}") for s in SIDES for p in FOOT if f"{s}_{p}" in track]
    hips = [track.index(f"{s}_hip") for s in SIDES]
    # The first percentile rather than the lowest point ever: one bad frame must not lift the rest.
    origin = np.nanmedian(flat[:, hips, 0]), np.nanpercentile(flat[:, feet, 1], 1)
    flat = flat - origin
    xyz = np.zeros((*flat.shape[:2], 3))
    xyz[..., 0 if view.plane == "side" else 2] = flat[..., 0]
    xyz[..., 1] = flat[..., 1]
    xyz[~np.isfinite(flat).all(axis=2)] = np.nan
    return xyz


def scale_m_per_px(trial: Trial) -> float:
    """Metres per pixel; UsageError if this run does not know."""
    try:
        return trial.scale_m_per_px
    except UnmeasurableError as e:
        raise UsageError(
            "Lengths in m need a scale, which this run does not have.",
            "Analyse again with --height M, or export with --unit px.",
        ) from e


def series_table(trial: Trial) -> Any:
    """A pyarrow table: one row per frame, with cleaned keypoints in px and all angles."""
    import pyarrow as pa

    columns = {"time_s": trial.track.time}
    for k, name in enumerate(trial.track.names):
        columns[f"{name}_x_px"], columns[f"{name}_y_px"] = trial.track.xy[:, k].T
    for series in angle_series(trial).values():
        columns[series.column] = series.degrees
        columns[series.column.replace("_deg", "_half_ci95_deg")] = np.full(
            len(trial.track), series.half_deg
        )
    return pa.table({name: pa.array(values) for name, values in columns.items()})
