"""Angles and distances in the plane of running. Definitions: ``gait/knowledge/metrics.toml``."""

from __future__ import annotations

import numpy as np

from gait.analysis.kinematics import leg_angles
from gait.analysis.kinematics.registry import SystematicError, SystematicErrorOf, metric
from gait.analysis.trial import Leg
from gait.types import Float

STANCE_PEAK_SHARE = 0.35
"""The stance peak of the knee lies in this first share of the stride; in walking the knee is more
flexed again at toe-off."""

PASSING_SD_DEG = {"contact": 5.0, "excursion": 4.5, "tibia": 2.0}
"""What landmarks of the near leg are off besides, where the motion of the picture did not correct
them: six rendered videos without the correction against the same with it (root mean squares of 6
and 3 degrees at contact), and two of figures that move as people did, who need less."""


def tilt_error(leg: Leg) -> SystematicError:
    """Of an angle to the vertical: the camera may be rolled."""
    return SystematicError(leg.trial.view.ground_tilt_sd_deg)


def reach_error(leg: Leg) -> SystematicError:
    """Of a distance ahead, in percent of leg length: a leg that looks tilted seems to reach."""
    return SystematicError(100 * float(np.radians(leg.trial.view.ground_tilt_sd_deg)))


def reach_error_cm(leg: Leg) -> SystematicError:
    """The same in cm."""
    leg_m = leg.trial.scale_m_per_px * leg.trial.view.leg_px
    return SystematicError(leg_m * reach_error(leg).sd)


def passing_error(sd_deg: float) -> SystematicErrorOf:
    """Of the near knee at contact, if it was not carried across the passing of the other one."""

    def error(leg: Leg) -> SystematicError:
        track = leg.trial.track
        near = leg.side == leg.trial.view.near_side
        carried = not near or not track.by_blazepose or track.derived.knee_bridged is not None
        return SystematicError(0.0 if carried else sd_deg)

    return error


def tibia_error(leg: Leg) -> SystematicError:
    """Of the shank: the camera may be rolled, and its upper end is the knee."""
    parts = tilt_error(leg).sd, passing_error(PASSING_SD_DEG["tibia"])(leg).sd
    return SystematicError(float(np.hypot(*parts)))


@metric("overstride", systematic=reach_error)
def overstride(leg: Leg) -> Float:
    """Ankle ahead of hip at strike in percent of leg length."""
    return 100 * _reach_px(leg) / leg.trial.view.leg_px


@metric("overstride_cm", systematic=reach_error_cm)
def overstride_cm(leg: Leg) -> Float:
    """Ankle ahead of hip at strike in cm."""
    return 100 * leg.trial.scale_m_per_px * _reach_px(leg)


@metric("tibia_angle_ic", systematic=tibia_error)
def tibia_angle_ic(leg: Leg) -> Float:
    """Shank angle at strike in degrees, ankle ahead of the knee positive."""
    return leg.at(leg.strike_s, leg_angles.shank(leg))


@metric("knee_flexion_ic", systematic=passing_error(PASSING_SD_DEG["contact"]))
def knee_flexion_ic(leg: Leg) -> Float:
    """Knee flexion at strike in degrees."""
    return leg.at(leg.strike_s, leg_angles.knee_flexion(leg))


@metric("knee_flexion_peak_stance")
def knee_flexion_peak_stance(leg: Leg) -> Float:
    """Largest knee flexion in stance in degrees."""
    stop = np.minimum(leg.off_s, leg.strike_s + STANCE_PEAK_SHARE * leg.stride_s)
    return leg.peaks(leg_angles.knee_flexion(leg), leg.strike_s, stop)


@metric("knee_flexion_excursion", systematic=passing_error(PASSING_SD_DEG["excursion"]))
def knee_flexion_excursion(leg: Leg) -> Float:
    """Knee flexion from strike to the peak in stance in degrees."""
    return knee_flexion_peak_stance(leg) - knee_flexion_ic(leg)


@metric("knee_flexion_peak_swing")
def knee_flexion_peak_swing(leg: Leg) -> Float:
    """Largest knee flexion in swing in degrees."""
    return leg.peaks(leg_angles.knee_flexion(leg), leg.off_s, leg.next_strike_s)


@metric("foot_strike_angle")
def foot_strike_angle(leg: Leg) -> Float:
    """Foot angle at strike minus that of the flat foot in degrees, toe up positive."""
    return leg.at(leg.strike_s, leg_angles.foot(leg))


@metric("ankle_dorsiflexion_ic", systematic=tilt_error)
def ankle_dorsiflexion_ic(leg: Leg) -> Float:
    """Ankle dorsiflexion at strike in degrees, offset by the flat foot."""
    return leg.at(leg.strike_s, leg_angles.ankle_dorsiflexion(leg))


@metric("trunk_lean", pooled=True, systematic=tilt_error)
def trunk_lean(leg: Leg) -> Float:
    """Forward lean of the trunk in degrees, mean over stance."""
    return leg.means(leg_angles.trunk_lean(leg), leg.strike_s, leg.off_s)


@metric("hip_extension_peak", systematic=tilt_error)
def hip_extension_peak(leg: Leg) -> Float:
    """Largest backward angle of the thigh to the vertical in degrees."""
    return leg.peaks(-leg_angles.thigh(leg), leg.strike_s, leg.next_strike_s)


def _reach_px(leg: Leg) -> Float:
    return leg.at(leg.strike_s, leg.point("ankle")[:, 0] - leg.point("hip")[:, 0])
