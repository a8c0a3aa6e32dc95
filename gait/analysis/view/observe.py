"""How the runner was filmed: plane, direction, near side, surface, scale and the usable window."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gait.analysis.cleaning.leg_swaps import facing as facing_of
from gait.analysis.cleaning.view_plane import find_plane, misnamed, turned
from gait.analysis.results import View
from gait.analysis.trial import LOST_S
from gait.knowledge import THIGH_AND_SHANK
from gait.settings import Settings
from gait.types import Direction, Float, Plane, PoseError, PoseTrack, Side

# BlazePose draws the leg 6 % short: its hip points lie below the joint centres (rendered runners,
# docs/accuracy.md).
LEG_OF_STATURE = THIGH_AND_SHANK * 0.94
# From behind or in front both are foreshortened by bent knees: 0.83 and 0.82 on the rendered rear
# videos as the pose model draws them, 0.83 on a runner with markers.
FORESHORTENED = 0.83
FRONTAL_LEG_OF_STATURE = THIGH_AND_SHANK * FORESHORTENED
OVERGROUND_SPEED = 0.7  # leg lengths per s by which the pelvis crosses the image
# Somebody who runs away at 3 m/s shrinks by 15 % per s even 20 m off; on a belt, drifting by half a
# metre in 5 s, by 3 %.
OVERGROUND_GROWTH = 0.06
SHORTEST_S = 0.5
TURNS = "The person turns: only the longest stretch in one direction is measured."


def observe(track: PoseTrack, settings: Settings) -> View:
    """Work out from the cleaned track how the video was made.

    Parameters
    ----------
    track : PoseTrack
        Cleaned track, times already in true seconds.
    settings : Settings
        What the user has said wins over what is seen.

    Returns
    -------
    View
        With `window_s` as the longest time in which a person faces one way, lost or not.

    Raises
    ------
    PoseError
        If there is no segment of video with a person's legs in it.
    """
    leg_px = track.leg_px
    if not np.isfinite(leg_px):
        raise PoseError(
            "No person with visible legs was found in the video.",
            "Film the whole body, feet included, in good light.",
        )
    plane, confidence = find_plane(track)
    if settings.view is not None:
        plane, confidence = settings.view, 1.0
    facing = facing_of(track)
    if plane == "side":
        # Nobody runs backwards: moving against the way one faces is turning back, or being filmed
        # walking backwards, and its contacts would be read the wrong way round.
        facing[facing * _velocity(track, leg_px) < -OVERGROUND_SPEED] = 0.0
    else:
        facing = np.where(np.isfinite(facing), 1.0, np.nan)  # feet point neither left nor right
    away = turned(track, plane)
    ways = [(facing == way).sum() > SHORTEST_S * track.fps_hz for way in (1, -1)]
    try:
        window = _longest_segment(track, np.where(away, 0.0, facing))
    except PoseError:  # nothing straight
        window = _longest_segment(track, facing)
    inside = (track.time >= window[0]) & (track.time <= window[1])
    direction: Direction | None = None
    near: Side | None = None
    if plane == "side":
        direction = settings.direction or ("right" if np.nansum(facing[inside]) > 0 else "left")
        # Whoever runs to the image's right shows the camera the right side.
        near = direction
    surface = settings.surface or ("overground" if _travels(track, plane, inside) else "treadmill")
    leg_of_stature = LEG_OF_STATURE if track.by_blazepose else THIGH_AND_SHANK
    if plane != "side":
        leg_of_stature = FRONTAL_LEG_OF_STATURE
    scale = settings.height_m * leg_of_stature / leg_px if settings.height_m else None
    return View(
        plane=plane,
        plane_confidence=confidence,
        direction=direction,
        near_side=near,
        surface=surface,
        fps_hz=track.fps_hz,
        leg_px=leg_px,
        scale_m_per_px=scale,
        window_s=window,
        limits=(
            *((TURNS,) if (away.any() and not away.all()) or all(ways) else ()),
            *_limits(track, plane),
        ),
    )


def _travels(track: PoseTrack, plane: Plane, inside: NDArray[np.bool_]) -> bool:
    """Whether the runner crosses the picture or, along the line of sight, grows or shrinks."""
    if plane == "side":
        velocity = _velocity(track, track.leg_px)[inside]
        return bool(abs(np.median(velocity)) > OVERGROUND_SPEED)
    if not track.has("left_shoulder", "right_shoulder"):
        return False
    shoulders, hips = (track[f"left_{p}"] + track[f"right_{p}"] for p in ("shoulder", "hip"))
    trunk = np.linalg.norm(shoulders - hips, axis=1)
    if track.derived.body_growth is not None:
        trunk = trunk * track.derived.body_growth
    good = inside & (trunk > 0)
    if good.sum() < 2:
        return False
    growth = np.polyfit(track.time[good], np.log(trunk[good]), 1)[0]
    return bool(abs(growth) > OVERGROUND_GROWTH)


def _velocity(track: PoseTrack, leg_px: float) -> Float:
    """(T,) speed of the pelvis across the image over half a second, leg lengths per s."""
    x = track.middle("hip")[:, 0]
    good = np.isfinite(x)
    if good.sum() < 2:
        return np.zeros(len(track))
    before, after = (
        np.interp(track.time + shift_s, track.time[good], x[good]) for shift_s in (-0.25, 0.25)
    )
    return np.where(good, (after - before) / 0.5 / leg_px, 0.0)


def _longest_segment(track: PoseTrack, facing: Float) -> tuple[float, float]:
    """Start and end of the longest time in which the person faces one way.

    `facing` is 0 where the person is seen to face another one, and NaN where nothing is seen.
    """
    time = track.time
    stretches = _stretches(time, facing, max(0.25, 2 / track.fps_hz))
    joined: list[list[tuple[int, int]]] = []
    for start, stop in stretches:
        before = joined[-1][-1][1] if joined else start
        lost = np.isnan(facing[before + 1 : start]).all() and time[start] - time[before] <= LOST_S
        if joined and lost and facing[before] == facing[start]:
            joined[-1].append((start, stop))
        else:
            joined.append([(start, stop)])
    long = [
        (parts[0][0], parts[-1][1])
        for parts in joined
        if any(time[stop] - time[start] >= SHORTEST_S for start, stop in parts)
    ]
    if not long:
        raise PoseError(
            "No segment of the video shows a person's legs for half a second without a break.",
            "Film the whole body, feet included, for at least 10 s.",
        )
    start, stop = max(long, key=lambda rows: time[rows[1]] - time[rows[0]])
    return float(time[start]), float(time[stop])


def _stretches(time: Float, facing: Float, patience_s: float) -> list[tuple[int, int]]:
    """First and last frames of the stretches that face one way with short breaks only."""
    found: list[tuple[int, int]] = []
    for i in np.flatnonzero(np.nan_to_num(facing)).tolist():
        start, last = found[-1] if found else (i, i)
        if found and time[i] - time[last] <= patience_s and facing[i] == facing[last]:
            found[-1] = (start, i)
        else:
            found.append((i, i))
    return found


def _limits(track: PoseTrack, plane: Plane) -> tuple[str, ...]:
    if not misnamed(track, plane):
        return ()
    return (
        "The pose model took the runner's back for the front or the reverse; left and right "
        f"are named as in a video from the {plane}.",
    )
