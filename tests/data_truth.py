"""Readers of the validation data: a runner whose contacts were measured."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from data_camera import Camera

from gait.analysis.results import Event
from gait.types import SIDES, DerivedSignals, Float, PelvicRoll, PoseTrack
from gait.validation.force_plate import EVENTS, PlateTrial

_MARKERS = {"hip": "HIP", "knee": "KNEE", "ankle": "ANKLE", "heel": "HEEL", "foot_index": "TOE"}

TRIAL = "rbds001_run_2.5ms"


def force_plate_runner(
    folder: Path, fps_hz: float, noise_mm: float, seed: int
) -> tuple[PoseTrack, tuple[Event, ...]]:
    """A marker recording filmed from the side, and the contacts that the treadmill felt.

    Parameters
    ----------
    folder : Path
        Holds the tables of joints and events.
    fps_hz : float
        Frame rate of the video.
    noise_mm : float
        SD of the error of every keypoint in x and in y.
    seed : int
        Of that error.
    """
    trial = plate_trial(folder)
    return trial.filmed("side", fps_hz, noise_mm, seed), trial.events


def plate_trial(folder: Path, trial: str = TRIAL) -> PlateTrial:
    """One runner at one speed."""
    return PlateTrial.of(folder / f"{trial}{EVENTS}")


def forceplate_contacts(folder: Path, trial: str = TRIAL) -> tuple[Event, ...]:
    """The contacts that the treadmill felt, in order of time; the recording starts at 0 s."""
    return plate_trial(folder, trial).events


def forceplate_rear(
    folder: Path,
    fps_hz: float = 60,
    noise_mm: float = 4,
    yaw_deg: float = 0,
    roll_deg: float = 0,
    seed: int = 0,
    *,
    roll_noise_deg: float = 0,
    distance_m: float = 3.2,
    height_m: float = 0.9,
    trial: str = TRIAL,
) -> PoseTrack:
    """The marker recording filmed from behind; there are no shoulders.

    Parameters
    ----------
    folder : Path
        Holds the tables of joints and events.
    fps_hz : float
        Frame rate of the video.
    noise_mm : float
        SD of the error of every keypoint in x and in y, at the distance of the runner.
    yaw_deg, roll_deg, distance_m, height_m : float
        See `data_camera.Camera`.
    seed : int
        Of all noise.
    roll_noise_deg : float
        SD of the noise of the signal ``pelvic_roll_deg``: the line through the middles of the
        ASIS and PSIS of both sides as the camera sees it, + = image-right end lower.
    trial : str
        Runner and speed.
    """
    joints = plate_trial(folder, trial).joints
    recorded = joints["time_s"]
    time = np.arange(recorded[0], recorded[-1], 1 / fps_hz)
    noise = np.random.default_rng(seed)
    camera = Camera(yaw_deg=yaw_deg, roll_deg=roll_deg, distance_m=distance_m, height_m=height_m)

    def world_m(marker: str) -> Float:
        """(T, 3) forward, up, right."""
        axes = [np.interp(time, recorded, joints[f"{marker}_{axis}"]) for axis in "xyz"]
        return np.stack(axes, axis=1) / 1000

    ground_m = (world_m("L_HIP") + world_m("R_HIP")).mean(axis=0) / 2 * [1, 0, 1]
    names = tuple(f"{side}_{point}" for side in SIDES for point in _MARKERS)
    columns = [f"{side[0].upper()}_{marker}" for side in SIDES for marker in _MARKERS.values()]
    xy = np.stack([camera.image(world_m(column), ground_m) for column in columns], axis=1)
    xy += noise.normal(0, noise_mm * camera.px_per_m / 1000, xy.shape)
    left, right = (
        camera.image((world_m(f"{s}_ASIS") + world_m(f"{s}_PSIS")) / 2, ground_m) for s in "LR"
    )
    pelvis_deg = np.degrees(np.arctan2(*(right - left).T[::-1]))
    roll = PelvicRoll(
        pelvic_roll_deg=pelvis_deg + noise.normal(0, roll_noise_deg, len(time)),
        pelvic_roll_sd_deg=np.full(len(time), roll_noise_deg),
        pelvic_roll_absolute=np.zeros(len(time)),
    )
    derived = DerivedSignals(pelvic_roll=roll)
    return PoseTrack(time, xy, np.ones(xy.shape[:2]), names, camera.size, derived=derived)
