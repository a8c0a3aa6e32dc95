"""A runner from behind or in front whose pelvis, knees and feet move as they are told.

Seen without perspective. Hips, knees and ankles keep their heights; in stance the pelvis drops on
the other side and the knee goes inwards, both as half a sine wave. Lengths in m, x to the runner's
right from the middle of the belt, y up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from synthetic import strides_of

from gait.analysis.results import Event, View
from gait.analysis.trial import Strides
from gait.analysis.view.observe import FORESHORTENED
from gait.types import SIDES, DerivedSignals, Float, PelvicRoll, Plane, PoseTrack, Side

HIP_M, KNEE_M, ANKLE_M, SHOULDER_M = 0.90, 0.48, 0.08, 1.40
HALF_HIPS_M, HALF_SHOULDERS_M = 0.09, 0.18
PX_PER_M = 250
SIZE = (480, 480)
STRIDE_S, CONTACT_S = 0.7, 0.25


@dataclass(frozen=True)
class FrontalTruth:
    """How the track was made, and what the metrics have to be."""

    view: View
    strides: Strides
    values: Mapping[tuple[str, str], float]


def frontal_runner(
    plane: Plane = "rear",
    *,
    drop_deg: Mapping[Side, float] | None = None,
    fppa_deg: Mapping[Side, float] | None = None,
    tilt_deg: float = 0,
    step_width_m: float = 0.06,
    lean_deg: float = 3,
    wrist_m: float = 0.06,
    camera_roll_deg: float = 0,
    fps_hz: float = 120,
    duration_s: float = 8,
    roll_noise_deg: float = 0,
) -> tuple[PoseTrack, FrontalTruth]:
    """A track with the tilt of the pelvis, and the truth about it.

    Parameters
    ----------
    drop_deg, fppa_deg : Mapping of side to float
        Peak of the half sine wave in the stance of each side.
    tilt_deg : float
        Mean tilt of the pelvis, right side down positive; constant.
    lean_deg : float
        Constant lean of the trunk to the runner's right.
    wrist_m : float
        From the middle of the shoulders to each wrist; both swing by 10 cm to either side.
    camera_roll_deg : float
        A level line appears with its image-right end this much lower.
    """
    drop_deg = drop_deg or {"left": 6, "right": 4}
    fppa_deg = fppa_deg or {"left": 5, "right": 9}
    time = np.arange(round(duration_s * fps_hz)) / fps_hz
    start_s = {"right": 0.1, "left": 0.1 + STRIDE_S / 2}
    bump = {side: _bump(time, start_s[side]) for side in SIDES}
    right_down = tilt_deg + drop_deg["left"] * bump["left"] - drop_deg["right"] * bump["right"]
    hip_tilt = np.radians(right_down)
    level = np.zeros_like(time)
    points: dict[str, Float] = {}
    for side, sign in (("left", -1), ("right", 1)):
        hip_x = sign * HALF_HIPS_M + level
        ankle_x = sign * step_width_m / 2 + level
        wanted = np.radians(fppa_deg[side] * bump[side])
        knee_x = hip_x - sign * _knee_offset(-sign * (ankle_x - hip_x), wanted)
        shoulder_x = np.tan(np.radians(lean_deg)) * (SHOULDER_M - HIP_M) + sign * HALF_SHOULDERS_M
        points[f"{side}_hip"] = np.stack([hip_x, HIP_M + level], axis=1)
        points[f"{side}_knee"] = np.stack([knee_x, KNEE_M + level], axis=1)
        points[f"{side}_ankle"] = np.stack([ankle_x, ANKLE_M + level], axis=1)
        points[f"{side}_heel"] = np.stack([ankle_x, 0.04 + level], axis=1)
        points[f"{side}_foot_index"] = np.stack([ankle_x, 0.02 + level], axis=1)
        points[f"{side}_shoulder"] = np.stack([shoulder_x + level, SHOULDER_M + level], axis=1)
        swing = 0.1 * np.sin(2 * np.pi * time / STRIDE_S)
        middle = np.tan(np.radians(lean_deg)) * (SHOULDER_M - HIP_M)
        points[f"{side}_wrist"] = np.stack([middle + sign * (wrist_m + swing), 1.1 + level], axis=1)
    image_tilt = np.degrees(hip_tilt) * (1 if plane == "rear" else -1) + camera_roll_deg
    noise = np.random.default_rng(0).normal(0, roll_noise_deg, len(time))
    roll = PelvicRoll(
        pelvic_roll_deg=image_tilt + noise,
        pelvic_roll_sd_deg=np.full_like(time, 0.5),
        pelvic_roll_absolute=np.zeros_like(time),
    )
    xy = np.stack([_image(p, plane, camera_roll_deg) for p in points.values()], axis=1)
    derived = DerivedSignals(pelvic_roll=roll)
    track = PoseTrack(time, xy, np.ones(xy.shape[:2]), tuple(points), SIZE, derived=derived)
    view = View(
        plane=plane,
        plane_confidence=1.0,
        direction=None,
        near_side=None,
        surface="treadmill",
        fps_hz=fps_hz,
        camera_roll_deg=(camera_roll_deg, 0.1),
        camera_yaw_deg=(0.0, 1.0),
        leg_px=(HIP_M - ANKLE_M) * PX_PER_M,
        scale_m_per_px=1 / PX_PER_M,
        window_s=(0.1, 0.1 + STRIDE_S * int((duration_s - 0.2) / STRIDE_S)),
    )
    strides = strides_of(_events(start_s, float(time[-1])))
    return track, FrontalTruth(
        view, strides, _values(drop_deg, fppa_deg, step_width_m, lean_deg, wrist_m)
    )


def _bump(time: Float, start_s: float) -> Float:
    phase = np.mod(time - start_s, STRIDE_S) / CONTACT_S
    return np.where(phase < 1, np.sin(np.pi * np.minimum(phase, 1)), 0.0)


def _knee_offset(reach: Float, angle: Float) -> Float:
    """How far inwards of the hip the knee is, so that thigh and shank enclose an angle.

    With thigh t and shank s up and down of a knee at offset k, and the ankle at offset r:
    tan(angle) = tan(atan(k / t) + atan((k - r) / s)), a quadratic equation in k.
    """
    t, s = HIP_M - KNEE_M, KNEE_M - ANKLE_M
    tan = np.tan(angle)
    # (k s + (k - r) t) = tan (t s - k (k - r))
    a, b, c = tan, (s + t) - tan * reach, -(reach * t) - tan * t * s
    small = np.abs(a) < 1e-12
    root = (-b + np.sqrt(b**2 - 4 * a * c)) / (2 * np.where(small, 1, a))
    return np.where(small, -c / b, root)


def _image(point: Float, plane: Plane, camera_roll_deg: float) -> Float:
    x = point[:, 0] * PX_PER_M * (1 if plane == "rear" else -1)
    y = (0.8 - point[:, 1]) * PX_PER_M
    roll = np.radians(camera_roll_deg)
    turned = (np.cos(roll) * x - np.sin(roll) * y, np.sin(roll) * x + np.cos(roll) * y)
    return np.stack(turned, axis=1) + np.array(SIZE) / 2


def _events(start_s: Mapping[Side, float], last_s: float) -> tuple[Event, ...]:
    events = []
    for side in SIDES:
        for strike in np.arange(start_s[side], last_s, STRIDE_S).tolist():
            for kind, t in (("strike", strike), ("off", strike + CONTACT_S)):
                if t <= last_s:
                    events.append(Event(kind=kind, side=side, time_s=t, sd_s=0.0))
    return tuple(sorted(events, key=lambda e: e.time_s))


def _values(
    drop_deg: Mapping[Side, float],
    fppa_deg: Mapping[Side, float],
    step_width_m: float,
    lean_deg: float,
    wrist_m: float,
) -> dict[tuple[str, str], float]:
    values: dict[tuple[str, str], float] = {
        ("step_width", "both"): 100 * step_width_m,
        # Real legs are foreshortened in the picture; these are straight and upright.
        ("step_width_pct", "both"): 100 * FORESHORTENED * step_width_m / (HIP_M - ANKLE_M),
        ("pelvic_sway", "both"): 0.0,
    }
    for side in SIDES:
        values["pelvic_drop", side] = drop_deg[side]
        values["pelvic_drop_midstance", side] = drop_deg[side]
        values["pelvic_drop_excursion", side] = drop_deg[side]
        values["knee_fppa", side] = fppa_deg[side]
        values["lateral_trunk_lean", side] = lean_deg if side == "right" else -lean_deg
        values["arm_crossing", side] = 100 * max(0.0, 0.1 - wrist_m) / (2 * HALF_SHOULDERS_M)
    return values
