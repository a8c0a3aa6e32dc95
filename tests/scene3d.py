"""The synthetic runner in space: a pelvis that tilts, legs of constant length, feet on the ground.

The sagittal motion is that of `synthetic.runner`: feet that the belt carries in stance, ballistic
flight. Here the pelvis drops on the swing side as half a sine wave, the feet keep their distance,
and each knee follows from its thigh and shank, which lie in one plane that may point outwards.
Points are forward, up and to the runner's right, in m.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from data_camera import Camera
from data_tracks import LATERAL_M
from synthetic import SHANK_M, THIGH_M, Truth

from gait.analysis.results import Stride
from gait.types import SIDES, Float, PoseTrack, Side

HALF_HIPS_M = 0.09
SIGN: Mapping[Side, int] = {"left": -1, "right": 1}


@dataclass(frozen=True)
class Scene:
    """A runner in space.

    Parameters
    ----------
    truth : Truth
        The sagittal motion.
    drop_deg : float
        Peak drop of the pelvis on the swing side.
    step_width_m : float
        From the left to the right foot.
    """

    truth: Truth
    drop_deg: float = 5.0
    step_width_m: float = 0.06

    def points(self, time_s: Float) -> dict[str, Float]:
        """(T, 3) of every keypoint."""
        flat = self.truth.pose(time_s)
        tilt = np.radians(self._right_hip_down_deg(time_s))
        points = {
            name: np.column_stack([xy, np.full(len(xy), self._across_m(name))])
            for name, xy in flat.items()
        }
        for side in SIDES:
            hip = points[f"{side}_hip"]
            hip[:, 1] -= SIGN[side] * HALF_HIPS_M * np.sin(tilt)
            hip[:, 2] = SIGN[side] * HALF_HIPS_M * np.cos(tilt)
            points[f"{side}_knee"] = _knee(hip, points[f"{side}_ankle"])
        return points

    def video(
        self, camera: Camera, fps_hz: float = 60, duration_s: float = 6, noise_m: float = 0.004
    ) -> PoseTrack:
        """What a camera sees, with white noise on every coordinate.

        Parameters
        ----------
        camera : Camera
            Where it stands.
        fps_hz, duration_s : float
            Of the video.
        noise_m : float
            SD of the noise, at the distance of the runner.
        """
        time = np.arange(round(duration_s * fps_hz)) / fps_hz
        points = self.points(time)
        xy = np.stack([camera.image(p, np.zeros(3)) for p in points.values()], axis=1)
        xy += np.random.default_rng(0).normal(0, noise_m * camera.px_per_m, xy.shape)
        return PoseTrack(time, xy, np.full(xy.shape[:2], 0.99), tuple(points), camera.size)

    def _across_m(self, name: str) -> float:
        side, _, point = name.partition("_")
        if point in ("ankle", "heel", "foot_index"):
            return SIGN[side] * self.step_width_m / 2  # type: ignore[index]
        return LATERAL_M.get(point, 0.0) * (-1 if side == "left" else 1)

    def _right_hip_down_deg(self, time_s: Float) -> Float:
        down = np.zeros_like(time_s)
        for stride in self.truth.strides:
            down -= SIGN[stride.side] * self.drop_deg * _bump(time_s, stride)
        return down


def _bump(time_s: Float, stride: Stride) -> Float:
    phase = (time_s - stride.strike_s) / (stride.off_s - stride.strike_s)
    return np.where((phase > 0) & (phase < 1), np.sin(np.pi * np.clip(phase, 0, 1)), 0.0)


def _knee(hip: Float, ankle: Float) -> Float:
    """Two links of constant length; the knee is ahead of the line from hip to ankle."""
    to_ankle = ankle - hip
    d = np.minimum(np.linalg.norm(to_ankle, axis=1, keepdims=True), THIGH_M + SHANK_M)
    along = to_ankle / np.linalg.norm(to_ankle, axis=1, keepdims=True)
    share = (THIGH_M**2 + d**2 - SHANK_M**2) / (2 * d)
    out = np.sqrt(np.maximum(0.0, THIGH_M**2 - share**2))
    ahead = np.array([1.0, 0.0, 0.0]) - along * along[:, :1]
    ahead /= np.linalg.norm(ahead, axis=1, keepdims=True)
    return np.asarray(hip + share * along + out * ahead)
