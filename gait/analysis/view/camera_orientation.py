"""How a camera behind or in front of a runner stood: rolled, or off the line of running.

Both are read off what must be so whatever the runner's own asymmetry: over whole strides the body
is balanced above its feet, and a foot on the ground is carried straight along the line of running.
Perspective needs no correction: at 2 m distance it turns the lines of a leg by about 1 degree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from gait.analysis.results import View
from gait.analysis.stance import CARRIED
from gait.analysis.trial import Trial
from gait.skeleton import FOOT
from gait.types import SIDES, Float, PoseTrack, Side

MIN_CONTACTS = 3  # of each foot
# A foot on a belt moves with it; in leg lengths as a camera behind sees them (knees bent: 0.71 m)
# at the speed of somebody who does not tell it, with the SDs that brings.
USUAL_SPEED_MPS, SPEED_SD = 3.0, 0.2
LEG_M, LEG_SD = 0.71, 0.08
STATURE_SD = 0.05
# What landmarks and the body leave, degrees. Roll: the force-plate runner stands 0.7 off balance
# over his feet; 0.2 to 0.6 on four rendered videos. Yaw: 0.5 to 1.0 on these (RMS 0.7), whose
# shoes are easier to find than most.
ROLL_SD_DEG = 1.0
YAW_SD_DEG = 1.0
SURE_ROLL_SD_DEG = 1.0  # lines of the background that agree less well are not used
DISAGREE = 3.0  # SDs between body and background: then one of them is not what it seems
# A foot on the ground is on average behind the trunk, by this share of the trunk's height above it
# (force-plate runner 0.14, rendered ones 0.12): seen from off the line, that looks like a lean.
BEHIND = 0.13
UNKNOWN_YAW_DEG = (0.0, 3.0)
# The carrying foot moves towards a camera behind the runner and sinks in the image, by 0.3 (camera
# at the knee) to 1 leg length per s (at the hip).
CARRIED_PER_S = 0.2
UNSURE = 0.4  # confidence in the plane where feet and names contradict each other


@dataclass(frozen=True, slots=True)
class _Foot:
    """(n,) contacts of one foot.

    `place` and `speed` are (n, 2) means over the whole contact, in px and px per s; `sinking` is
    the downward speed while the foot lies flat.
    """

    place: Float
    speed: Float
    sinking: Float


def background_roll(track: PoseTrack) -> tuple[float, float] | None:
    """Roll of the camera and its SD, deg, as upright lines of the background show it.

    Medians of `UprightLinesSignals` over the frames with a runner: the others may be of another
    camera. None where too few lines agree.
    """
    lines = track.signals.upright_lines
    if lines is None:
        return None
    roll, sd = lines.background_roll_deg, lines.background_roll_sd_deg
    known = np.isfinite(roll) & np.isfinite(sd) & np.isfinite(track.xy).any(axis=(1, 2))
    if not known.any():
        return None
    found = float(np.median(roll[known])), float(np.median(sd[known]))
    return found if found[1] < SURE_ROLL_SD_DEG else None


def levelled(trial: Trial) -> Trial:
    """A side view with the roll of its camera, if the background shows it.

    `UprightLinesSignals` give `camera_roll_deg`; the tilt of level ground follows from it.
    """
    roll = background_roll(trial.track)
    if trial.view.plane != "side" or roll is None:
        return trial
    return trial.with_view(
        camera_roll_deg=roll, ground_tilt_deg=-roll[0], ground_tilt_sd_deg=roll[1]
    )


def with_camera(trial: Trial) -> Trial:
    """What the contacts tell about the camera of a video from behind or in front.

    Parameters
    ----------
    trial : Trial
        With steady strides of both feet; belt speed and stature make the yaw surer.

    Returns
    -------
    Trial
        Its view with `camera_roll_deg`, `camera_yaw_deg`, limits that follow from them, and less
        confidence in the plane if the feet move the wrong way for it. Unchanged from the side or
        with fewer than three contacts of a foot.
    """
    view = trial.view
    if view.plane == "side":
        return trial
    left, right = (_foot(trial, side) for side in SIDES)
    if min(len(left.place), len(right.place)) < MIN_CONTACTS:
        return trial
    lean = _lean_deg(trial, left, right)
    yaw = _yaw_deg(trial, left, right, lean) if view.surface == "treadmill" else None
    roll = _combined(_roll_deg(view, lean, yaw or UNKNOWN_YAW_DEG), background_roll(trial.track))
    limits = list(view.limits)
    confidence = view.plane_confidence
    sinking = _mean(left.sinking, right.sinking)[0] / view.leg_px
    if (sinking if view.plane == "rear" else -sinking) < -CARRIED_PER_S:
        limits.append(_which_end(trial))
        confidence = min(confidence, UNSURE)
    return trial.with_view(
        camera_roll_deg=roll,
        camera_yaw_deg=yaw,
        plane_confidence=confidence,
        limits=tuple(limits),
    )


def _which_end(trial: Trial) -> str:
    if trial.settings.view is not None:
        return (
            f"The feet move as in a video from the other end than the {trial.view.plane}: if "
            "that was a mistake, left and right are exchanged."
        )
    return (
        "It is not clear whether the video is from behind or from in front, so left and right may "
        "be exchanged: say from where, rear or front."
    )


def _foot(trial: Trial, side: Side) -> _Foot:
    track = trial.track
    points = [track[f"{side}_{p}"] for p in FOOT if f"{side}_{p}" in track]
    xy = np.mean(points, axis=0)
    own = [(r.strike_s, r.off_s - r.strike_s) for r in trial.strides.of(side)]
    contacts = [_read(track.time, xy, start, start + length) for start, length in own]
    flats = [
        _read(track.time, xy, *(start + share * length for share in CARRIED))
        for start, length in own
    ]
    seen = [
        i
        for i, (contact, flat) in enumerate(zip(contacts, flats, strict=True))
        if np.isfinite(contact[0]).all() and np.isfinite(flat[0]).all()
    ]
    return _Foot(
        place=np.array([contacts[i][0].mean(axis=0) for i in seen]).reshape(-1, 2),
        speed=np.array([_slope(*contacts[i]) for i in seen]).reshape(-1, 2),
        sinking=np.array([_slope(*flats[i])[1] for i in seen]),
    )


def _read(time: Float, xy: Float, start_s: float, stop_s: float) -> tuple[Float, Float]:
    """(9, 2) evenly from a stretch of time, NaN beside missing frames, and (9,) when."""
    at = np.linspace(start_s, stop_s, 9)
    return np.stack([np.interp(at, time, axis) for axis in xy.T], axis=1), at


def _slope(xy: Float, at: Float) -> Float:
    return np.asarray(np.polyfit(at - at[0], xy, 1)[0])


def _mean(left: Float, right: Float) -> tuple[Any, Any]:
    """Mean of both feet over their contacts and its standard error.

    A landmark that lies too far out on both feet cancels.
    """
    mean = (np.median(left, axis=0) + np.median(right, axis=0)) / 2
    error = np.sqrt(sum(np.var(v, axis=0, ddof=1) / len(v) for v in (left, right))) / 2
    return mean, error


def _lean_deg(trial: Trial, left: _Foot, right: _Foot) -> tuple[float, float]:
    """Lean of the mean trunk over the mean support, which on average must be nil.

    A pelvis or shoulder line says less: runners carry them tilted by degrees.
    """
    track, strides = trial.track, trial.strides
    start = strides.strike_s.min()
    end = strides.of(strides.each[0].side).next_strike_s.max()
    inside = (track.time >= start) & (track.time <= end)
    names = [f"{s}_{p}" for p in ("hip", "shoulder") for s in SIDES if f"{s}_{p}" in track]
    trunk = np.mean([np.nanmean(track[name][inside], axis=0) for name in names], axis=0)
    support, error = _mean(left.place, right.place)
    height = support[1] - trunk[1]
    lean = np.degrees(np.arctan2(trunk[0] - support[0], height))
    return float(lean), float(np.hypot(ROLL_SD_DEG, np.degrees(error[0] / height)))


def _combined(body: tuple[float, float], room: tuple[float, float] | None) -> tuple[float, float]:
    """Mean of what body and background say, weighted by exactness; the body's if they disagree."""
    if room is None or abs(body[0] - room[0]) > DISAGREE * np.hypot(body[1], room[1]):
        return body
    weights = np.array([1 / body[1] ** 2, 1 / room[1] ** 2])
    return float(weights @ [body[0], room[0]] / weights.sum()), float(1 / np.sqrt(weights.sum()))


def _roll_deg(
    view: View, lean: tuple[float, float], yaw: tuple[float, float]
) -> tuple[float, float]:
    seen = BEHIND if view.plane == "rear" else -BEHIND
    return lean[0] - seen * yaw[0], float(np.hypot(lean[1], BEHIND * yaw[1]))


def _yaw_deg(
    trial: Trial, left: _Foot, right: _Foot, lean: tuple[float, float]
) -> tuple[float, float]:
    """Angle between the line of sight and the line of running, from the sideways drift of feet."""
    view, settings = trial.view, trial.settings
    speed, error = _mean(left.speed, right.speed)
    # A rolled camera turns the sinking of the foot into sideways drift.
    roll, roll_sd = np.radians(lean)
    across = speed[0] * np.cos(roll) + speed[1] * np.sin(roll)
    across_sd = np.hypot(error[0], speed[1] * roll_sd)
    known = settings.speed_mps is not None
    px_per_m = view.leg_px / LEG_M if view.scale_m_per_px is None else 1 / view.scale_m_per_px
    belt_px = (settings.speed_mps or USUAL_SPEED_MPS) * px_per_m
    away = -1 if view.plane == "rear" else 1  # belts carry feet towards a camera behind
    yaw = float(np.degrees(np.arcsin(np.clip(away * across / belt_px, -1, 1))))
    relative = np.hypot(
        0 if known else SPEED_SD, LEG_SD if view.scale_m_per_px is None else STATURE_SD
    )
    parts = (YAW_SD_DEG, np.degrees(across_sd / belt_px), yaw * relative)
    return yaw, float(np.linalg.norm(parts))
