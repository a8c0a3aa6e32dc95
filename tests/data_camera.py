"""A camera behind, in front or at the right of a runner, and the synthetic runner through it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from data_tracks import LATERAL_M
from synthetic import Truth

from gait.types import Float, PoseTrack


@dataclass(frozen=True)
class Camera:
    """A pinhole camera that looks level, past a place at its own height.

    Parameters
    ----------
    yaw_deg : float
        It stands this far to the image's right of the line of running, looking at the runner: what
        is further away is shifted to the right. Sign of `View.camera_yaw_deg`.
    roll_deg : float
        A level line appears with its right end this much lower. Sign of `View.camera_roll_deg`.
    distance_m, height_m : float
        From the runner and above the ground.
    px_per_m : float
        Size in the picture at the distance of the runner; 250 makes a leg of some 210 px.
    """

    plane: Literal["rear", "front", "side"] = "rear"
    yaw_deg: float = 0
    roll_deg: float = 0
    distance_m: float = 3.2
    height_m: float = 0.9
    px_per_m: float = 250
    size: tuple[int, int] = (480, 640)

    def image(self, points_m: Float, runner_m: Float) -> Float:
        """(..., 2) px of points (..., 3) given as forward, up and to the runner's right.

        `runner_m` is the place on the ground that is in the middle of the picture.
        """
        seen = points_m - np.asarray(runner_m) - [0, self.height_m, 0]
        if self.plane == "front":
            seen = seen * [-1, 1, -1]
        elif self.plane == "side":
            seen = seen[..., ::-1] * [-1, 1, 1]
        yaw, roll = np.radians([self.yaw_deg, self.roll_deg])
        depth = self.distance_m + seen @ [np.cos(yaw), 0, -np.sin(yaw)]
        scale = self.px_per_m * self.distance_m / depth
        x, y = seen @ [np.sin(yaw), 0, np.cos(yaw)] * scale, -seen[..., 1] * scale
        turned = (np.cos(roll) * x - np.sin(roll) * y, np.sin(roll) * x + np.cos(roll) * y)
        return np.stack(turned, axis=-1) + np.array(self.size) / 2


def filmed(
    truth: Truth,
    camera: Camera,
    duration_s: float = 8,
    fps_hz: float = 60,
    noise_px: float = 1,
    seed: int = 0,
) -> PoseTrack:
    """The synthetic runner on a treadmill through a camera.

    Parameters
    ----------
    truth : Truth
        Of `synthetic.runner`.
    camera : Camera
        Behind, in front or at the right.
    duration_s, fps_hz : float
        Of the video.
    noise_px : float
        SD of the error of every coordinate.
    seed : int
        Of that error.
    """
    time = np.arange(round(duration_s * fps_hz)) / fps_hz
    points = truth.pose(time)
    xy = np.stack([camera.image(_in_space(n, p), np.zeros(3)) for n, p in points.items()], axis=1)
    xy += np.random.default_rng(seed).normal(0, noise_px, xy.shape)
    return PoseTrack(time, xy, np.full(xy.shape[:2], 0.99), tuple(points), camera.size)


def _in_space(name: str, points: Float) -> Float:
    side, _, point = name.partition("_")
    lateral_m = LATERAL_M.get(point, 0.0) * (-1 if side == "left" else 1)
    return np.column_stack([points, np.full(len(points), lateral_m)])
