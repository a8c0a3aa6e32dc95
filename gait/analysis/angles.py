"""Joint and segment angles in the plane of running, in degrees.

Image pixels are first turned into ground coordinates (`to_ground`): *forward* is positive in the
direction of running, *up* is positive away from the ground, both in pixels.

==================  ============================================  ==============================
angle               zero                                          positive
==================  ============================================  ==============================
thigh               vertical                                      knee ahead of the hip (flexed)
shank (tibia)       vertical                                      ankle ahead of the knee
knee flexion        straight leg (thigh and shank in one line)    flexed
foot                heel and toe points level with the ground     toe up
ankle dorsiflexion  foot at right angles to the shank             toe towards the shank
trunk lean          vertical                                      shoulders ahead of the hips
ground tilt         ground line horizontal in the image           ground rises to image right
==================  ============================================  ==============================

The heel and toe points of a pose model do not lie on the sole, so foot and ankle angles are only
meaningful after the value of the flat foot has been subtracted (see `gait.analysis.kinematics`).
The same table is in ``docs/conventions.md``.
"""

from __future__ import annotations

import numpy as np

from gait.types import Direction, Float


def to_ground(xy_px: Float, direction: Direction, ground_tilt_deg: float = 0.0) -> Float:
    """Turn image pixels into forward and up.

    Parameters
    ----------
    xy_px : Float
        (..., 2) image coordinates, x right, y down.
    direction : {"left", "right"}
        Image direction in which the runner faces.
    ground_tilt_deg : float
        Angle of the ground line in the image, positive if it rises to image right.

    Returns
    -------
    Float
        (..., 2) forward and up in px from the image origin.

    Examples
    --------
    >>> to_ground(np.array([3.0, -4.0]), "left").tolist()
    [-3.0, 4.0]
    """
    tilt = np.radians(ground_tilt_deg)
    right, up = xy_px[..., 0], -xy_px[..., 1]
    along = np.cos(tilt) * right + np.sin(tilt) * up
    above = np.cos(tilt) * up - np.sin(tilt) * right
    return np.stack([along if direction == "right" else -along, above], axis=-1)


def to_frontal(xy_px: Float, from_front: bool, camera_roll_deg: float = 0.0) -> Float:
    """Turn image pixels of a rear or front view into the runner's right and up.

    Parameters
    ----------
    xy_px : Float
        (..., 2) image coordinates, x right, y down.
    from_front : bool
        Whether the runner faces the camera.
    camera_roll_deg : float
        Angle at which a level line appears, positive if its image-right end is lower.

    Returns
    -------
    Float
        (..., 2) towards the runner's right and up in px from the image origin.

    Examples
    --------
    >>> to_frontal(np.array([3.0, -4.0]), from_front=True).tolist()
    [-3.0, 4.0]
    """
    # From behind, the runner's right is image right, as it is for one who runs to the right.
    return to_ground(xy_px, "left" if from_front else "right", -camera_roll_deg)


def wrap_deg(angle_deg: Float) -> Float:
    """The same angle in [-180, 180)."""
    return (angle_deg + 180) % 360 - 180


def segment_angle(proximal: Float, distal: Float) -> Float:
    """Angle of a segment that hangs down to the vertical.

    Parameters
    ----------
    proximal, distal : Float
        (..., 2) upper and lower end in ground coordinates.

    Returns
    -------
    Float
        (...) degrees, positive if the distal end is ahead.

    Examples
    --------
    >>> float(segment_angle(np.array([0.0, 1.0]), np.array([1.0, 0.0])))
    45.0
    """
    d = distal - proximal
    return np.degrees(np.arctan2(d[..., 0], -d[..., 1]))


def knee_flexion(hip: Float, knee: Float, ankle: Float) -> Float:
    """Knee flexion in degrees: thigh angle minus shank angle, 0 for a straight leg.

    Signed, unlike 180 minus the enclosed angle, so noise about a straight leg averages out.

    Parameters
    ----------
    hip, knee, ankle : Float
        (..., 2) ground coordinates.
    """
    return wrap_deg(segment_angle(hip, knee) - segment_angle(knee, ankle))


def foot_angle(heel: Float, toe: Float) -> Float:
    """Angle of the line from heel to toe to the ground, toe up positive.

    Parameters
    ----------
    heel, toe : Float
        (..., 2) ground coordinates.

    Returns
    -------
    Float
        (...) degrees; includes the constant offset of the flat foot.
    """
    d = toe - heel
    return np.degrees(np.arctan2(d[..., 1], d[..., 0]))


def ankle_dorsiflexion(knee: Float, ankle: Float, heel: Float, toe: Float) -> Float:
    """Ankle dorsiflexion in degrees: foot angle minus shank angle, offset of the flat foot and all.

    Parameters
    ----------
    knee, ankle, heel, toe : Float
        (..., 2) ground coordinates.
    """
    return wrap_deg(foot_angle(heel, toe) - segment_angle(knee, ankle))


def trunk_lean(hip: Float, shoulder: Float) -> Float:
    """Angle of the line from hip to shoulder to the vertical, forward positive.

    Parameters
    ----------
    hip, shoulder : Float
        (..., 2) ground coordinates.

    Returns
    -------
    Float
        (...) degrees.
    """
    d = shoulder - hip
    return np.degrees(np.arctan2(d[..., 0], d[..., 1]))
