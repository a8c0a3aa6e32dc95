"""A camera that moves, a runner who comes or goes: taken out of the track, put back for drawing.

Angles do not mind a camera that turns or shakes. What is read against the picture does: the rise of
the trunk, steps along the ground, and whether the runner runs on the spot.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from gait.analysis.cleaning.drift import jolts
from gait.types import SIDES, CameraPath, Float, PoseTrack

# Lengths are fractions of the leg (thigh + shank), so they hold at any image size.
MOVES: Final = 0.015  # motion of the room within a second; a tenth of the rise of a runner's trunk
ZOOMS: Final = 0.05  # change of scale over the video; an unsteady hand seems to give 0.03 in 5 s
KNOWN: Final = 0.8  # share of the frames in which the room has to be seen


def stabilized(track: PoseTrack) -> tuple[PoseTrack, tuple[str, ...]]:
    """The track as a camera that stands still would have filmed it.

    Parameters
    ----------
    track : PoseTrack
        Raw track. The room behind the runner says how the camera moved (`SceneSignals`); without
        it only a knock is seen. That of a camera that stood still is returned unchanged.

    Returns
    -------
    PoseTrack
        Positions in the picture of the first frame with the runner. `DerivedSignals.camera_path`
        says how to go back (`as_filmed`).
    tuple of str
        What the motion of the camera means for the numbers; empty if it did not move.
    """
    track, told = _still(track)
    path = jolts(track)
    if not path.any():
        return track, told
    at = track.time[np.flatnonzero(np.diff(path, axis=0).any(axis=1)) + 1]
    when = ", ".join(f"{time_s:.1f}" for time_s in at)
    track = _taken_out(track, np.ones(len(track)), path, f"jolts taken out: {when} s")
    return track, (
        *told,
        f"The picture jumps at {when} s, as if the camera was knocked. This was taken out of the "
        "numbers. Put the camera on something firm.",
    )


def _still(track: PoseTrack) -> tuple[PoseTrack, tuple[str, ...]]:
    """Without the motion of the camera, as far as signals of the background tell it."""
    scene = track.signals.scene
    leg_px = track.leg_px
    inside = np.isfinite(track.xy).any(axis=(1, 2))
    if scene is None or not inside.any():
        return track, ()
    dx, dy, growth = scene.camera_x_px, scene.camera_y_px, scene.camera_scale
    first, last = np.flatnonzero(inside)[[0, -1]].tolist()
    part = slice(first + 1, last + 1)
    if last == first or np.isfinite(dx[part]).mean() < KNOWN:
        return track, ()
    scale, path = _path(dx, dy, growth, first, last)
    zoom = float(np.ptp(np.log(scale[first : last + 1])))
    if zoom < ZOOMS:
        scale, path = _path(dx, dy, np.ones(len(dx)), first, last)
    x_moves, y_moves = (_within_a_second(p[first : last + 1], track) / leg_px for p in path.T)
    if max(x_moves, y_moves) < MOVES and zoom < ZOOMS:
        return track, ()
    told = _in_words(max(x_moves, y_moves), zoom)
    return _taken_out(track, scale, path, "motion of camera taken out"), (told,)


def followed(track: PoseTrack, scale: Float, shift: Float) -> PoseTrack:
    """The track as a camera would have filmed it that goes along with the runner.

    Parameters
    ----------
    track : PoseTrack
        Raw track, stabilized before if the camera moved.
    scale, shift : Float
        (T,) and (T, 2) from `gait.analysis.cleaning.drift.drift`.

    Returns
    -------
    PoseTrack
        With the runner always as large as on average, and where he is on average.
    """
    out = _taken_out(track, scale, shift, "drift and change of size taken out")
    return out.with_(derived=replace(out.derived, body_growth=scale)) if np.ptp(scale) else out


def _taken_out(track: PoseTrack, scale: Float, path: Float, step: str) -> PoseTrack:
    """The track with a (T,) scale and a (T, 2) path undone, after any that are undone already."""
    middle = np.array(track.size) / 2
    xy = (track.xy - middle - path[:, None]) / scale[:, None, None] + middle
    signals = track.signals.unscaled(scale)
    if signals.knees is not None and track.has("left_knee", "right_knee"):
        flow_px = []
        for side in SIDES:
            # What did not move in the picture since the frame before has moved by this against it.
            before = np.nan_to_num(xy[:-1, track.index(f"{side}_knee")] - middle)
            back = (scale[:-1, None] * before + path[:-1] - path[1:]) / scale[1:, None] - before
            flow_px.append(signals.knees.flow_px(side) + np.concatenate([np.zeros((1, 2)), back]))
        signals = replace(signals, knees=signals.knees.with_flow_px(*flow_px))
    earlier = track.derived.camera_path
    if earlier is not None:
        path = earlier.path_px() + earlier.camera_path_scale[:, None] * path
        scale = earlier.camera_path_scale * scale
    camera_path = CameraPath(
        camera_path_x_px=path[:, 0], camera_path_y_px=path[:, 1], camera_path_scale=scale
    )
    derived = replace(track.derived, camera_path=camera_path)
    return track.with_(xy=xy, signals=signals, derived=derived, step=step)


def as_filmed(track: PoseTrack) -> PoseTrack:
    """A track that was `stabilized` or `followed`, in the pictures of the video to be drawn on."""
    camera = track.derived.camera_path
    if camera is None:
        return track
    middle, scale = np.array(track.size) / 2, camera.camera_path_scale
    xy = (track.xy - middle) * scale[:, None, None] + middle + camera.path_px()[:, None]
    return track.with_(xy=xy)


def _path(dx: Float, dy: Float, growth: Float, first: int, last: int) -> tuple[Float, Float]:
    """(T,) scale and (T, 2) shift px of the room since the first frame; constant outside."""
    n = len(dx)
    scale, path = np.ones(n), np.zeros((n, 2))
    for t in range(first + 1, n):
        known = t <= last and np.isfinite(dx[t] + dy[t] + growth[t])
        step, by = ((dx[t], dy[t]), growth[t]) if known else ((0.0, 0.0), 1.0)
        scale[t] = scale[t - 1] * by
        path[t] = path[t - 1] * by + step
    return scale, path


def _within_a_second(path: Float, track: PoseTrack) -> float:
    """Median over the video of how far a series goes within a second."""
    length = max(2, round(track.fps_hz))
    parts = [path[i : i + length] for i in range(0, max(1, len(path) - length // 2), length)]
    return float(np.median([np.ptp(part) for part in parts]))


def _in_words(moves: float, zoom: float) -> str:
    did = "zoomed" if zoom >= ZOOMS else "moved"
    if zoom >= ZOOMS and moves >= MOVES:
        did = "moved and zoomed"
    return (
        f"The camera {did}. This was taken out of the numbers as far as the room behind the runner "
        "shows it; heights and lengths are rough. Put the camera on something firm."
    )
