"""Synthetic tracks of people who do something else than run evenly, or videos that play wrongly."""

from __future__ import annotations

import numpy as np
from data_tracks import RUNNING, WALKING, Scene, join
from numpy.typing import NDArray
from synthetic import TRUNK_M, runner

from gait.types import Float, PoseTrack

FPS_HZ = 60


def changing_speed(
    slow: Scene, fast: Scene, duration_s: float = 6, lean_deg: float = 0, *, backwards: bool = False
) -> PoseTrack:
    """A start (or, backwards, a stop): from the movement of one scene to that of another.

    Both are taken at the same phase of the stride and mixed; the trunk leans forward by
    `lean_deg` more in the beginning.
    """
    (track, one), (_, other) = (runner(FPS_HZ, duration_s, **scene) for scene in (slow, fast))
    share = np.linspace(0, 1, len(track))[:: -1 if backwards else 1]
    stride_s = [120 / scene["cadence_spm"] for scene in (slow, fast)]
    now_s = stride_s[0] + (stride_s[1] - stride_s[0]) * share
    phase = np.cumsum(1 / FPS_HZ / now_s)
    poses = [
        truth.pose(0.2 + phase * stride)
        for truth, stride in zip((one, other), stride_s, strict=True)
    ]
    weight = share[:, None]
    lean = np.radians(lean_deg) * (1 - share) * TRUNK_M
    points = []
    for name in track.names:
        at = poses[0][name] * (1 - weight) + poses[1][name] * weight
        if name.endswith(("shoulder", "ear", "nose")):
            at = at + np.stack([lean, 0 * lean], axis=1)
        points.append(at)
    xy = np.stack(points, axis=1) * [1, -1] * 250 + [300, 480]
    return track.with_(xy=xy + np.random.default_rng(0).normal(0, 1, xy.shape))


def standing(duration_s: float, scene: Scene = RUNNING["easy"]) -> PoseTrack:
    """Somebody who stands where the runner of that scene runs, as a pose model sees it."""
    _, truth = runner(FPS_HZ, 1, **scene)
    track, _ = runner(FPS_HZ, duration_s, **scene)
    at_midstance = np.array([0.2 + scene["contact_s"] / 2])
    pose = np.stack([truth.pose(at_midstance)[name][0] for name in track.names])
    for point in ("knee", "ankle", "heel", "foot_index"):  # both feet below the hips
        pose[track.index(f"left_{point}")] = pose[track.index(f"right_{point}")]
    xy = np.repeat(pose[None] * [1, -1] * 250 + [300, 480], len(track), axis=0)
    return track.with_(xy=xy + np.random.default_rng(1).normal(0, 1.5, xy.shape))


def walk_then_run(walk_s: float, run_s: float) -> PoseTrack:
    """On a treadmill that is put to running speed."""
    walk, _ = runner(FPS_HZ, walk_s, noise_px=1, **WALKING["usual"])
    run, _ = runner(FPS_HZ, run_s, noise_px=1, **RUNNING["easy"])
    return join(walk, run)


def slowed(track: PoseTrack, factor: float, fps_hz: float | None = None) -> PoseTrack:
    """The video of a camera that was `factor` times as fast, played slowly at `fps_hz`.

    Without a rate its frames are kept and only last longer.
    """
    slow = track.with_(time=track.time * factor)
    return slow if fps_hz is None else at_rate(slow, fps_hz)


def at_rate(track: PoseTrack, fps_hz: float) -> PoseTrack:
    """The same movement filmed at another rate, interpolated between frames."""
    time = np.arange(track.time[0], track.time[-1], 1 / fps_hz)
    flat = track.xy.reshape(len(track), -1)
    xy = np.full((len(time), flat.shape[1]), np.nan)
    for column, known in zip(xy.T, flat.T, strict=True):
        good = np.isfinite(known)
        if good.sum() > 1:
            column[:] = np.interp(time, track.time[good], known[good])
    nearest = np.searchsorted(track.time, time).clip(0, len(track) - 1)
    shape = (len(time), *track.xy.shape[1:])
    return track.rows(nearest, time).with_(xy=xy.reshape(shape))


def repeated(track: PoseTrack, factor: float, fps_hz: float) -> PoseTrack:
    """Slowed by showing every frame several times, as converters do."""
    time = np.arange(track.time[0], track.time[-1] * factor, 1 / fps_hz)
    shown = np.searchsorted(track.time * factor, time, side="right") - 1
    return _frames(track, shown, time)


def with_drops(track: PoseTrack, share: float, seed: int = 0) -> PoseTrack:
    """A video that has lost some of its frames, with truthful times."""
    kept = np.random.default_rng(seed).random(len(track)) >= share
    kept[[0, -1]] = True
    return _frames(track, np.flatnonzero(kept), track.time[kept])


def with_jitter(track: PoseTrack, share: float, seed: int = 0) -> PoseTrack:
    """Frames taken up to `share` of a half interval too early or late, with truthful times."""
    off = np.random.default_rng(seed).uniform(-share, share, len(track)) / track.fps_hz / 2
    off[0] = 0
    time = track.time + off
    flat = track.xy.reshape(len(track), -1)
    xy = np.stack([np.interp(time, track.time, known) for known in flat.T], axis=1)
    return track.with_(time=time, xy=xy.reshape(track.xy.shape))


def _frames(track: PoseTrack, index: NDArray[np.intp], time: Float) -> PoseTrack:
    return track.rows(index, time)
