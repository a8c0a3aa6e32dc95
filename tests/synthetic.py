"""A side-view runner (or walker) whose every joint position and event time is known exactly.

The foot is a rigid body that touches a belt: in stance the point of contact moves at exactly the
belt speed and stays on the ground, in swing the ankle follows polynomials that match position and
velocity at both ends. The hip flies ballistically and is carried by half-sine forces; the knee
follows from two-link inverse kinematics. Lengths in m, x forward from the mean hip position, y up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import BPoly

from gait.analysis.results import Event, Stride, View
from gait.analysis.trial import Strides
from gait.types import SIDES, Direction, Float, PoseTrack, Side

STATURE_M = 1.75
THIGH_M = SHANK_M = 0.43
TRUNK_M = 0.50
G_MPS2 = 9.81

# Points of the foot relative to the ankle while the foot is flat; the sole is 8 cm below the ankle.
# The tip of the shoe lies ahead of the toe landmark, so the landmark has already risen at toe-off.
HEEL_SOLE, TIP_SOLE = np.array([-0.06, -0.08]), np.array([0.16, -0.08])
HEEL, TOE = np.array([-0.06, -0.05]), np.array([0.13, -0.06])
FLAT_DEG = float(np.degrees(np.arctan2(*(TOE - HEEL)[::-1])))

SLAP_S = 0.04  # strike pitch to flat
RETRACTION_S = 0.03  # the foot stops moving forward this long before contact


@dataclass(frozen=True)
class Truth:
    """What is exactly known of a synthetic video.

    `values` are the metrics of every stride (of the right leg for side-specific ones; with
    `step_asymmetry` 0 the legs are equal); `pose(time_s)` gives the noiseless keypoints in m.
    """

    near_side: Side
    view: View
    events: tuple[Event, ...]
    strides: Strides
    values: Mapping[str, float]
    pose: Callable[[Float], dict[str, Float]]


def runner(
    fps_hz: float = 60,
    duration_s: float = 10,
    *,
    cadence_spm: float = 170,
    speed_mps: float = 3.0,
    contact_s: float = 0.25,
    facing: Direction = "right",
    foot_strike_deg: float = 12,
    overstride_m: float = 0.20,
    trunk_lean_deg: float = 6,
    min_knee_deg: float = 8,
    retraction: float = 0.45,
    lift_m: float = 0.36,
    toe_off_pitch_deg: float = -55,
    step_asymmetry: float = 0,
    first_strike_s: float = 0.2,
    surface: str = "treadmill",
    px_per_m: float = 250,
    tilt_deg: float = 0,
    noise_px: float = 0,
    dt_jitter: float = 0,
    missing_s: tuple[float, float] | None = None,
    seed: int = 0,
) -> tuple[PoseTrack, Truth]:
    """A track of the runner and the truth about it.

    Plausible for speeds up to about 4 m/s; above that the hip sinks to keep the foot within reach.
    The near leg is the right one if the runner faces right. Keypoints have the canonical names.

    Parameters
    ----------
    contact_s : float
        More than one step time gives double support: walking, with the hip highest at mid-stance.
    foot_strike_deg : float
        Foot angle to the ground at strike, toe up positive, relative to the flat foot.
    retraction : float
        Backward speed of the foot just before contact as a share of the belt speed.
    step_asymmetry : float
        (right - left) / mean step time; the step of a side ends with the strike of the other side.
    first_strike_s : float
        Time of the first strike of the right foot.
    tilt_deg : float
        Rotation of the scene in the image, positive if the ground rises towards image right.
    dt_jitter : float
        Frame intervals vary by up to this share (below 0.5).
    missing_s : tuple of float, optional
        Between these times every keypoint is NaN.
    """
    stride_s = 120 / cadence_spm
    left_at = 0.5 * (1 + step_asymmetry / 2) * stride_s
    walking = contact_s > stride_s / 2
    foot = _foot(
        stride_s, contact_s, speed_mps, np.radians(foot_strike_deg), overstride_m,
        np.radians(toe_off_pitch_deg), retraction, 0.12 if walking else lift_m,
    )  # fmt: skip
    delay_s = {"right": first_strike_s, "left": first_strike_s + left_at}
    cycle = np.linspace(0, stride_s, 2048, endpoint=False)
    bob = _bob_walking(cycle, contact_s) if walking else _bob_running(cycle, left_at, contact_s)
    reach = np.sqrt(
        THIGH_M**2 + SHANK_M**2 + 2 * THIGH_M * SHANK_M * np.cos(np.radians(min_knee_deg))
    )
    room = []
    for side in SIDES:
        ankle, _ = foot(cycle - delay_s[side] + first_strike_s)
        room.append(np.min(ankle[:, 1] + np.sqrt(reach**2 - ankle[:, 0] ** 2) - bob))
    hip_m = min(room)

    def pose(time_s: Float) -> dict[str, Float]:
        t = np.asarray(time_s, dtype=float)
        drift = speed_mps * t if surface == "overground" else np.zeros_like(t)
        height = hip_m + np.interp(t - first_strike_s, cycle, bob, period=stride_s)
        hip = np.stack([np.zeros_like(t), height], axis=1)
        lean = np.radians(trunk_lean_deg)
        up = np.array([np.sin(lean), np.cos(lean)])
        points = {"nose": hip + (TRUNK_M + 0.2) * up + [0.1, 0]}
        for side in SIDES:
            tau = t - delay_s[side]
            ankle, pitch = foot(tau)
            # The arm is back when the leg of the same side is ahead.
            swing = 0.2 * np.cos(2 * np.pi * tau / stride_s)
            shoulder = hip + TRUNK_M * up
            points[f"{side}_ear"] = hip + (TRUNK_M + 0.2) * up
            points[f"{side}_shoulder"] = shoulder
            points[f"{side}_elbow"] = shoulder + np.stack([-swing, 0 * t - 0.28], axis=1)
            points[f"{side}_wrist"] = shoulder + np.stack([0.2 - swing, 0 * t - 0.25], axis=1)
            points[f"{side}_hip"] = hip
            points[f"{side}_knee"] = _knee(hip, ankle)
            points[f"{side}_ankle"] = ankle
            points[f"{side}_heel"] = ankle + _turn(HEEL, pitch)
            points[f"{side}_foot_index"] = ankle + _turn(TOE, pitch)
        return {name: xy + np.stack([drift, 0 * t], axis=1) for name, xy in points.items()}

    rng = np.random.default_rng(seed)
    dt = 1 / fps_hz
    time = np.arange(round(duration_s * fps_hz)) * dt
    time = time + dt_jitter * dt * rng.uniform(-0.5, 0.5, len(time))
    time -= time[0]
    track = _video(pose(time), time, facing, px_per_m, tilt_deg, speed_mps, duration_s, surface)
    xy = track.xy + rng.normal(0, noise_px, track.xy.shape) if noise_px else track.xy.copy()
    score = track.score.copy()
    if missing_s is not None:
        gone = (time >= missing_s[0]) & (time <= missing_s[1])
        xy[gone], score[gone] = np.nan, 0.0
    track = track.with_(xy=xy, score=score)

    events = _events(delay_s, stride_s, contact_s, float(time[-1]))
    near: Side = "right" if facing == "right" else "left"
    view = View(
        plane="side",
        plane_confidence=1.0,
        direction=facing,
        near_side=near,
        surface="overground" if surface == "overground" else "treadmill",
        fps_hz=fps_hz,
        ground_tilt_deg=tilt_deg,
        leg_px=(THIGH_M + SHANK_M) * px_per_m,
        scale_m_per_px=1 / px_per_m,
        window_s=(0.0, float(time[-1])),
    )
    values = _values(pose, first_strike_s, stride_s, contact_s, speed_mps, left_at)
    return track, Truth(near, view, events, strides_of(events), values, pose)


def strides_of(events: tuple[Event, ...]) -> Strides:
    """Strides of alternating true events of each foot, in order of time."""
    strides = []
    for side in SIDES:
        own = [e for e in events if e.side == side]
        for strike, off, following in zip(own, own[1:], own[2:], strict=False):
            if strike.kind == "strike":
                strides.append(
                    Stride(
                        side=side,
                        strike_s=strike.time_s,
                        off_s=off.time_s,
                        next_strike_s=following.time_s,
                        strike_sd_s=strike.sd_s,
                        off_sd_s=off.sd_s,
                    )
                )
    return Strides(tuple(sorted(strides, key=lambda s: s.strike_s)))


def _turn(vector: Float, angle: Float) -> Float:
    """(T, 2): one vector turned counter-clockwise by each angle in rad."""
    c, s = np.cos(angle), np.sin(angle)
    return np.stack([c * vector[0] - s * vector[1], s * vector[0] + c * vector[1]], axis=-1)


def _foot(
    stride_s: float,
    contact_s: float,
    speed_mps: float,
    strike: float,
    overstride_m: float,
    toe_off: float,
    retraction: float,
    lift_m: float,
) -> Callable[[Float], tuple[Float, Float]]:
    """Ankle (T, 2) in m and pitch (T,) in rad as a function of the time since any strike."""
    heel_off_s = max(0.45 * contact_s, SLAP_S)
    push_rate = 1.4 * toe_off / (contact_s - heel_off_s)
    slap_rate = -strike / SLAP_S
    stance_pitch = BPoly.from_derivatives(
        [0, SLAP_S, heel_off_s, contact_s],
        [[strike, slap_rate], [0, 0], [0, 0], [toe_off, push_rate]],
    )

    def pivot_of(pitch: Float) -> Float:
        return np.where(pitch[:, None] > 0, HEEL_SOLE, TIP_SOLE)

    def turned_pivot(pitch: Float) -> Float:
        return np.where(pitch[:, None] > 0, _turn(HEEL_SOLE, pitch), _turn(TIP_SOLE, pitch))

    start = np.array([strike])
    flat_x = overstride_m - (pivot_of(start) - turned_pivot(start))[0, 0]

    def stance(tau: Float) -> tuple[Float, Float]:
        pitch = stance_pitch(tau)
        pivot = pivot_of(pitch)
        on_ground = np.stack([flat_x - speed_mps * tau + pivot[:, 0], 0 * tau], axis=1)
        return on_ground - turned_pivot(pitch), pitch

    h = 1e-5
    at_strike = stance(np.array([0.0]))[0][0]
    before, at_off = stance(np.array([contact_s - h, contact_s]))[0]
    off_mps = (at_off - before) / h
    swing_s = stride_s - contact_s
    # The mean of heel and toe, not the ankle, has the asked speed; the turning foot adds to it.
    strike_vx = -retraction * speed_mps + slap_rate * (HEEL + TOE)[1] / 2
    strike_vy = -0.5
    stop_s = swing_s - RETRACTION_S
    stop_x = at_strike[0] - strike_vx * RETRACTION_S / 2
    braking = strike_vx / RETRACTION_S
    # Accelerations at toe-off that put knee extension and toe rise where force plates put them
    # (about +8 and +12 ms).
    swing_x = BPoly.from_derivatives(
        [0, stop_s, swing_s],
        [[at_off[0], off_mps[0], 25], [stop_x, 0, braking], [at_strike[0], strike_vx]],
    )
    swing_y = BPoly.from_derivatives(
        [0, 0.4 * swing_s, swing_s],
        [[at_off[1], off_mps[1], 80], [0.08 + lift_m, 0], [at_strike[1], strike_vy]],
    )
    swing_pitch = BPoly.from_derivatives(
        [0, 0.3 * swing_s, 0.88 * swing_s, swing_s],
        [
            [toe_off, push_rate],
            [toe_off - np.radians(35), 0],
            [strike + np.radians(4), 0],
            [strike, slap_rate],
        ],
    )

    def foot(time_s: Float) -> tuple[Float, Float]:
        tau = np.mod(time_s, stride_s)
        down = tau <= contact_s
        stand, stand_pitch = stance(np.minimum(tau, contact_s))
        u = np.clip(tau - contact_s, 0, swing_s)
        fly = np.stack([swing_x(u), swing_y(u)], axis=1)
        ankle = np.where(down[:, None], stand, fly)
        return ankle, np.where(down, stand_pitch, swing_pitch(u))

    return foot


def _bob_running(cycle: Float, left_at: float, contact_s: float) -> Float:
    """Height of the hip over one stride, zero mean: gravity and a half-sine force per contact."""
    stride_s = cycle[1] * len(cycle)
    peak = G_MPS2 * np.pi / 4 * stride_s / contact_s
    acceleration = np.full_like(cycle, -G_MPS2)
    for start in (0.0, left_at):
        tau = np.mod(cycle - start, stride_s)
        down = tau < contact_s
        acceleration += np.where(down, peak * np.sin(np.pi * tau / contact_s), 0)
    spectrum = np.fft.rfft(acceleration)
    omega = 2 * np.pi * np.arange(len(spectrum)) / stride_s
    spectrum[0], omega[0] = 0, 1
    return np.fft.irfft(-spectrum / omega**2, len(cycle))


def _bob_walking(cycle: Float, contact_s: float) -> Float:
    """Inverted pendulum: highest when the middle of a contact is reached."""
    step_s = cycle[1] * len(cycle) / 2
    return 0.02 * np.cos(2 * np.pi * (cycle - contact_s / 2) / step_s)


def _knee(hip: Float, ankle: Float) -> Float:
    """Two-link inverse kinematics with the knee in front of the line from hip to ankle."""
    to_ankle = ankle - hip
    d = np.linalg.norm(to_ankle, axis=1, keepdims=True)
    u = to_ankle / d
    along = (THIGH_M**2 + d**2 - SHANK_M**2) / (2 * d)
    ahead = np.sqrt(THIGH_M**2 - along**2)
    return hip + along * u + ahead * np.stack([-u[:, 1], u[:, 0]], axis=1)


def _video(
    points: Mapping[str, Float],
    time: Float,
    facing: Direction,
    px_per_m: float,
    tilt_deg: float,
    speed_mps: float,
    duration_s: float,
    surface: str,
) -> PoseTrack:
    """The scene in image pixels: x right, y down."""
    way = speed_mps * duration_s if surface == "overground" else 0.0
    size_m = np.array([2.4 + way, 2.1])
    size = (round(size_m[0] * px_per_m), round(size_m[1] * px_per_m))
    xy = np.stack(list(points.values()), axis=1)
    x = (1.2 + xy[..., 0]) * px_per_m
    y = (size_m[1] - 0.15 - xy[..., 1]) * px_per_m
    if facing == "left":
        x = size[0] - x
    centre = np.array(size) / 2
    dx, dy = x - centre[0], y - centre[1]
    tilt = np.radians(tilt_deg)
    image = np.stack(
        [
            centre[0] + np.cos(tilt) * dx + np.sin(tilt) * dy,
            centre[1] - np.sin(tilt) * dx + np.cos(tilt) * dy,
        ],
        axis=-1,
    )
    return PoseTrack(time, image, np.full(image.shape[:2], 0.99), tuple(points), size)


def _events(
    delay_s: Mapping[Side, float], stride_s: float, contact_s: float, last_s: float
) -> tuple[Event, ...]:
    events = []
    for side in SIDES:
        for k in range(-2, int(last_s / stride_s) + 2):
            strike = delay_s[side] + k * stride_s
            for kind, t in (("strike", strike), ("off", strike + contact_s)):
                if 0 <= t <= last_s:
                    events.append(Event(kind=kind, side=side, time_s=t, sd_s=0.0))
    return tuple(sorted(events, key=lambda e: e.time_s))


def _values(
    pose: Callable[[Float], dict[str, Float]],
    strike_s: float,
    stride_s: float,
    contact_s: float,
    speed_mps: float,
    left_at: float,
) -> dict[str, float]:
    """Metrics of a stride of the right leg from the noiseless geometry, 0.1 ms apart."""
    right_step, left_step = left_at, stride_s - left_at
    t = np.append(np.arange(strike_s, strike_s + stride_s, 1e-4), strike_s + stride_s)
    p = pose(t)
    hip, knee, ankle = p["right_hip"], p["right_knee"], p["right_ankle"]
    foot = p["right_foot_index"] - p["right_heel"]
    thigh = np.degrees(np.arctan2((knee - hip)[:, 0], (hip - knee)[:, 1]))
    shank = np.degrees(np.arctan2((ankle - knee)[:, 0], (knee - ankle)[:, 1]))
    flexion = thigh - shank
    pitch = np.degrees(np.arctan2(foot[:, 1], foot[:, 0])) - FLAT_DEG
    stance = t <= strike_s + contact_s
    step = t <= strike_s + right_step
    up = p["right_shoulder"] - hip
    rise = float(np.ptp(hip[step, 1]))
    reach = float((ankle - hip)[0, 0])
    # Half sine that carries the body (Morin 2005), in body weights; leg of 53 % of STATURE_M.
    half_sine = np.pi / 2 * ((stride_s / 2 - contact_s) / contact_s + 1)
    sinks = 9.81 * contact_s**2 * (half_sine / np.pi**2 - 1 / 8)
    leg = 0.53 * STATURE_M
    shorter = leg - np.sqrt(leg**2 - min(speed_mps * contact_s / 2, 0.95 * leg) ** 2)
    return {
        "cadence": 120 / stride_s,
        "step_time": right_step,
        "stride_time": stride_s,
        "step_length": speed_mps * right_step,
        "stride_length": speed_mps * stride_s,
        "contact_time": 1000 * contact_s,
        "flight_time": 1000 * (right_step - contact_s),
        "duty_factor": 100 * contact_s / stride_s,
        "vertical_oscillation": 100 * rise,
        "vertical_oscillation_pct": 100 * rise / (THIGH_M + SHANK_M),
        "vertical_ratio": 100 * rise / (speed_mps * right_step),
        "overstride": 100 * reach / (THIGH_M + SHANK_M),
        "overstride_cm": 100 * reach,
        "tibia_angle_ic": float(shank[0]),
        "knee_flexion_ic": float(flexion[0]),
        "knee_flexion_peak_stance": float(flexion[t <= strike_s + 0.35 * stride_s].max()),
        "knee_flexion_excursion": float(
            flexion[t <= strike_s + 0.35 * stride_s].max() - flexion[0]
        ),
        "knee_flexion_peak_swing": float(flexion[~stance].max()),
        "foot_strike_angle": float(pitch[0]),
        "ankle_dorsiflexion_ic": float(pitch[0] - shank[0]),
        "trunk_lean": float(np.degrees(np.arctan2(up[:, 0], up[:, 1]))[stance].mean()),
        "hip_extension_peak": float(-thigh.min()),
        "step_time_asymmetry": 100 * (right_step - left_step) / (stride_s / 2),
        "stride_variability": 0.0,
        "contact_variability": 0.0,
        "peak_force": 1.08 * half_sine,
        "step_impulse": stride_s / 2,
        "vertical_stiffness": half_sine / sinks,
        "leg_stiffness": half_sine / (shorter + sinks),
        "load_per_km": 1000 / (speed_mps * stride_s / 2) * 1.08 * half_sine,
        "step_rate_normalized": 2 / stride_s * np.sqrt(leg / 9.81),
    }
