"""What a video from behind or in front shows of the body, and how far the camera falsifies it.

Frontal coordinates: x towards the runner's right, y up, px. The reader of a metric never has to
know whether it was filmed from behind or in front.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from gait.analysis.angles import segment_angle, to_frontal
from gait.analysis.kinematics.registry import SystematicError
from gait.analysis.stance import MIDDLE
from gait.analysis.trial import Leg, Trial, UnmeasurableError
from gait.knowledge import knowledge
from gait.types import SIDES, Float, PelvicRoll

# A camera off the line of running sees the leg partly from the side: sin(yaw) of a sagittal angle
# appears in the frontal one. Knee flexion at mid-stance in FPPA (mean and SD of 46 runners,
# g2_norms), the thigh's share of it in hip adduction.
KNEE_FLEXION_DEG: Final = (41.0, 5.2)
THIGH_FLEXION_DEG: Final = (20.5, 5.2)

ROLL_PRIOR_SD_DEG: Final = 2.0
"""SD of the roll of a phone that was set upright by eye."""

# RMS errors of landmarks that were not fitted to the silhouette (docs/accuracy.md, rendered
# videos).
LANDMARK_FPPA_SD_DEG: Final = 2.7
LANDMARK_THIGH_SD_DEG: Final = 2.0
LANDMARK_STEP_SD_CM: Final = 3.5
LANDMARK_STEP_SD_PCT: Final = 4.3
"""The same on a leg of 82 cm."""

UNKNOWN_YAW_SD_DEG: Final = 3.0
"""SD of the yaw of a camera that was set up by eye."""

NEUTRAL_SD_DEG: Final = 1.5
"""SD of a runner's mean pelvic obliquity, which the mean of a video cannot show.

Half the left-right difference of the peaks; differences of 2 to 3 deg are usual (asym2023). RMS 1.3
on twelve runners at three speeds each, the same at every speed of a runner, at most 2.9.
"""

LOW_CAMERA_DEG: Final = 9.0
"""Obliquity per unit of sin(yaw) for a camera 0.5 m below the hips and 3.2 m away: of a turned
pelvis the nearer hip is seen higher."""

ZERO_IS_MEAN: Final = "zero is the video's mean"
ZERO_IS_STANDING: Final = "zero is standing"
"""Said of a pelvic drop whose zero is not level ground."""


NOT_FOLLOWED: Final = (
    "The movement of the pelvis could not be followed in the picture: strips of bright tape on the "
    "back of the waistband make it visible."
)
NOT_FROM_THE_FRONT: Final = (
    "From the front the picture of the hips moves with the thighs more than with the pelvis: film "
    "from behind, or put strips of bright tape on the waistband."
)


def frontal(trial: Trial, name: str) -> Float:
    """(T, 2) a keypoint in frontal coordinates; `UnmeasurableError` without it."""
    if name not in trial.track:
        raise UnmeasurableError(f"Needs the {name.replace('_', ' ')}, which this track lacks.")
    roll_deg = _roll_deg(trial)[0]
    return to_frontal(trial.track[name], trial.view.plane == "front", roll_deg)


def middle(trial: Trial, point: str) -> Float:
    """(T, 2) midpoint of the left and the right point."""
    both: Float = np.mean([frontal(trial, f"{side}_{point}") for side in SIDES], axis=0)
    return both


def across(trial: Trial, point: str) -> Float:
    """(T,) px from the left to the right point towards the runner's right."""
    gap: Float = (frontal(trial, f"right_{point}") - frontal(trial, f"left_{point}"))[:, 0]
    return gap


def medial(leg: Leg) -> float:
    """The sign of "towards the other leg" along the axis that points to the runner's right."""
    return 1.0 if leg.side == "left" else -1.0


def drop(leg: Leg) -> Float:
    """(T,) contralateral pelvic drop in degrees, swing-side hip lower positive."""
    trial = leg.trial
    roll = _pelvic_roll(trial).pelvic_roll_deg
    right_down = -roll if trial.view.plane == "front" else roll
    zero = _zero_deg(trial, right_down)
    if not np.isfinite(zero):
        raise UnmeasurableError(NOT_FROM_THE_FRONT if trial.view.plane == "front" else NOT_FOLLOWED)
    return medial(leg) * (right_down - zero)


def adduction(leg: Leg) -> Float:
    """(T,) angle of the thigh against the pelvis in degrees, adducted positive."""
    leak, _ = leak_deg(leg.trial, THIGH_FLEXION_DEG)
    hip, knee = (frontal(leg.trial, f"{leg.side}_{point}") for point in ("hip", "knee"))
    return drop(leg) + medial(leg) * (segment_angle(hip, knee) - leak)


def leak_deg(trial: Trial, sagittal_deg: tuple[float, float]) -> tuple[float, float]:
    """What the yaw of the camera adds to a frontal angle, towards the runner's right, and its SD.

    Positive yaw shifts what lies ahead to the runner's right: from behind it is further away and
    moves to image right, from in front it is nearer and moves to image left.

    `sagittal_deg` is mean and SD of the angle as a side view would show it.
    """
    yaw, sd = np.radians(_yaw_deg(trial))
    mean, spread = sagittal_deg
    added = mean * np.sin(yaw)
    return float(added), float(np.hypot(mean * np.cos(yaw) * sd, spread * np.sin(yaw)))


def drop_error(leg: Leg) -> SystematicError:
    """Of an angle of the pelvis to level ground."""
    trial, signal = leg.trial, _signal_sd_deg(leg)
    if not _is_absolute(trial):
        return SystematicError(float(np.hypot(signal, NEUTRAL_SD_DEG)), ZERO_IS_MEAN)
    if trial.settings.standing_s is not None:
        return SystematicError(signal, ZERO_IS_STANDING)
    low_camera = LOW_CAMERA_DEG * np.hypot(*np.sin(np.radians(_yaw_deg(trial))))
    return SystematicError(float(np.linalg.norm([signal, _roll_deg(trial)[1], low_camera])))


def excursion_error(leg: Leg) -> SystematicError:
    """Of a change of the angle of the pelvis from strike on: at strike the thighs are apart."""
    return SystematicError(max(_signal_sd_deg(leg), _signal_sd_deg(leg, stance_share=0.0)))


def adduction_error(leg: Leg) -> SystematicError:
    """Of the angle of the thigh against the pelvis."""
    pelvis, (_, leak_sd) = drop_error(leg), leak_deg(leg.trial, THIGH_FLEXION_DEG)
    # Roll tilts thigh and pelvis alike unless the zero of the pelvis was taken from the runner.
    thigh = _roll_deg(leg.trial)[1] if pelvis.note else 0.0
    points = _landmarks_sd(leg.trial, LANDMARK_THIGH_SD_DEG)
    return SystematicError(float(np.linalg.norm([pelvis.sd, leak_sd, thigh, points])), pelvis.note)


def fppa_error(leg: Leg) -> SystematicError:
    """Of the frontal-plane projection angle: roll turns thigh and shank alike, yaw does not."""
    gain, _ = fppa_correction(leg.trial)
    leak_sd = gain * leak_deg(leg.trial, KNEE_FLEXION_DEG)[1]
    return SystematicError(float(np.hypot(leak_sd, _landmarks_sd(leg.trial, LANDMARK_FPPA_SD_DEG))))


def fppa_correction(trial: Trial) -> tuple[float, float]:
    """What the frontal-plane projection angle is multiplied with, and what is added to it, deg."""
    if not _on_outline(trial):
        return 1.0, 0.0
    known = knowledge().pose_correction
    return known.fppa_gain, known.fppa_deg


def step_error(leg: Leg) -> SystematicError:
    """Of a distance between the feet in cm: the feet themselves; a scale wrong by 4 % is little."""
    return SystematicError(_landmarks_sd(leg.trial, LANDMARK_STEP_SD_CM))


def step_pct_error(leg: Leg) -> SystematicError:
    """The same in percent of leg length."""
    return SystematicError(_landmarks_sd(leg.trial, LANDMARK_STEP_SD_PCT))


def roll_error(leg: Leg) -> SystematicError:
    """Of an angle to the vertical."""
    return SystematicError(_roll_deg(leg.trial)[1])


def _roll_deg(trial: Trial) -> tuple[float, float]:
    """What is seen of the roll, weighed against what is to be expected of a camera."""
    if trial.view.camera_roll_deg is None:
        return 0.0, ROLL_PRIOR_SD_DEG
    roll, sd = trial.view.camera_roll_deg
    trust = ROLL_PRIOR_SD_DEG**2 / (ROLL_PRIOR_SD_DEG**2 + sd**2)
    return trust * roll, float(np.sqrt(trust)) * sd


def _yaw_deg(trial: Trial) -> tuple[float, float]:
    return trial.view.camera_yaw_deg or (0.0, UNKNOWN_YAW_SD_DEG)


def _pelvic_roll(trial: Trial) -> PelvicRoll[Float]:
    roll = trial.track.derived.pelvic_roll
    if roll is None:
        raise UnmeasurableError(
            "Needs the tilt of the pelvis from the picture, which this track lacks: the hip points "
            "of a pose model stay level."
        )
    return roll


def _is_absolute(trial: Trial) -> bool:
    """Whether the zero of the pelvic roll is a level line (tape) or the mean of the video."""
    roll = trial.track.derived.pelvic_roll
    return roll is not None and bool(np.any(roll.pelvic_roll_absolute))


def _landmarks_sd(trial: Trial, sd: float) -> float:
    """The SD if the legs are where a pose model draws them, 0 on the outline and of markers."""
    return sd if trial.track.by_model and not _on_outline(trial) else 0.0


def _on_outline(trial: Trial) -> bool:
    """Whether the legs were put on the outline of the body."""
    found = trial.track.derived.on_outline
    return found is not None and bool(np.any(found))


def _zero_deg(trial: Trial, right_down_deg: Float) -> float:
    """The pelvic roll that counts as level: of a level line, of standing, or of the video."""
    if not _is_absolute(trial):
        between = trial.view.window_s
    elif trial.settings.standing_s is not None:
        between = trial.settings.standing_s
    else:
        camera = _roll_deg(trial)[0]
        return -camera if trial.view.plane == "front" else camera
    inside = right_down_deg[(trial.time_s >= between[0]) & (trial.time_s <= between[1])]
    return float(np.nanmean(inside)) if np.isfinite(inside).any() else float("nan")


def _signal_sd_deg(leg: Leg, stance_share: float = MIDDLE) -> float:
    """SD of the pelvic roll at mid-stance: systematic, for an error of the picture recurs."""
    moment_s = leg.strike_s + stance_share * leg.contact_s
    sd = leg.at(moment_s, _pelvic_roll(leg.trial).pelvic_roll_sd_deg)
    return float(np.nanmedian(sd)) if np.isfinite(sd).any() else 0.0
