"""MOT: angles as a motion of an OpenSim model.

Names and signs are those of Rajagopal 2016 and Lai-Uhlrich 2022 (Sports2D, Pose2Sim): flexion,
dorsiflexion, adduction and extension of the trunk positive, the pelvis listing to its right
positive. Older models (gait2392) take knee extension as positive. A video does not show how the
pelvis is tilted forwards: hip and trunk angles are those to the vertical, right for a pelvic tilt
of 0, which a model has where the file names none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from gait.export.series import Series
from gait.sanitize.text import one_line
from gait.types import Float, UsageError

COORDINATES: Final = {
    "pelvis_list": ("pelvis_list", 1),
    "right_thigh": ("hip_flexion_r", 1),
    "left_thigh": ("hip_flexion_l", 1),
    "right_adduction": ("hip_adduction_r", 1),
    "left_adduction": ("hip_adduction_l", 1),
    "right_knee": ("knee_angle_r", 1),
    "left_knee": ("knee_angle_l", 1),
    "right_ankle": ("ankle_angle_r", 1),
    "left_ankle": ("ankle_angle_l", 1),
    "trunk": ("lumbar_extension", -1),
}
"""Our angle to the coordinate of the model and its sign."""


def mot(time_s: Float, angles: Mapping[str, Series], title: str) -> str:
    """The text of a MOT file: one row per frame in which all angles are known.

    OpenSim reads no gaps.

    Parameters
    ----------
    time_s : Float
        (T,) times.
    angles : mapping of str to Series
        By id; those without a coordinate are left out.
    title : str
        First line.

    Raises
    ------
    UsageError
        If there is no such frame.
    """
    known = {c: (angles[a], sign) for a, (c, sign) in COORDINATES.items() if a in angles}
    values = np.column_stack([time_s, *(sign * s.degrees for s, sign in known.values())])
    values = values[np.isfinite(values).all(axis=1)]
    if not known or not len(values):
        raise UsageError(
            "This run holds no joint angles that a MOT file could carry.",
            "Video from the side, or from behind with the hips in view.",
        )
    errors = ", ".join(f"{name} {s.half_deg:.1f}" for name, (s, _) in known.items())
    lines = [
        one_line(title),
        "version=1",
        f"nRows={len(values)}",
        f"nColumns={values.shape[1]}",
        "inDegrees=yes",
        f"Half of the 95 % interval, deg: {errors}",
        "endheader",
        "\t".join(["time", *known]),
    ]
    lines += ["\t".join([f"{row[0]:.9f}", *(f"{v:.6f}" for v in row[1:])]) for row in values]
    return "\n".join(lines) + "\n"
