"""Strike, mid-stance and toe-off of each foot as small pictures with the angles drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np

from gait.analysis.cleaning.stabilize import as_filmed
from gait.analysis.kinematics.pelvic_obliquity import tilt_hips
from gait.analysis.kinematics.waveforms import Reading, readings
from gait.analysis.results import Analysis, Stride
from gait.analysis.trial import Trial
from gait.render.angle_arcs import LABELS, draw_angles
from gait.render.crop import HEIGHT_PX, WIDTH_PX, crops, jpeg
from gait.render.draw import SHADOW, conceal, dot, to_point
from gait.render.skeleton import COLOURS, HEAD_OF_LEG, draw_skeleton, heads, points
from gait.types import SIDES, Float, PoseTrack, Side, UInt8
from gait.video import frames

Moment = Literal["strike", "mid-stance", "toe-off"]

MOMENTS: Final[tuple[Moment, ...]] = ("strike", "mid-stance", "toe-off")
_EM_PX: Final = 19.0
_HEAD_RADIUS: Final = 0.12
"""Of thigh plus shank: half of the 0.13 of stature by the 0.49 of it (Winter)."""
_BESIDE_S: Final = 1e-4


@dataclass(frozen=True, slots=True)
class KeyFrame:
    """One picture."""

    side: Side
    """Which foot."""
    moment: Moment
    """Of its contact."""
    time_s: float
    """Of the picture, true seconds."""
    angles: Mapping[str, tuple[float, float]]
    """What is drawn, by what is said of it: degrees and 95 % half-interval."""
    jpeg: bytes
    """The picture."""


def key_frames(
    analysis: Analysis,
    trial: Trial,
    video: Path | None,
    *,
    blur_face: bool = False,
) -> tuple[KeyFrame, ...]:
    """Pictures of one contact of each foot, neighbours that come nearest to the runner's own means.

    Parameters
    ----------
    analysis : Analysis
        Of one video.
    trial : Trial
        Its cleaned track.
    video : Path or None
        Where the pictures come from: the video, or its overlay, whose read-out is cut off. None
        draws the runner as lines on plain paper.
    blur_face : bool
        Whether to hide the face.

    Returns
    -------
    tuple of KeyFrame
        Left foot before right, each in the order of `MOMENTS`; none of a foot without a stride.

    Raises
    ------
    GaitError
        If the video cannot be read.
    """
    track = as_filmed(tilt_hips(trial.track))
    wanted = [
        (stride.side, moment, int(np.abs(track.time - at_s).argmin()))
        for stride in sorted(typical_strides(analysis), key=lambda stride: stride.side)
        for moment, at_s in zip(MOMENTS, _moments_s(stride), strict=True)
    ]
    if not wanted:
        return ()
    shown_of = crops(track, sorted({index for _, _, index in wanted}))
    found = {side: _angles(trial, side) for side in SIDES}
    pictures = frames_at(video, track, analysis, {index for _, _, index in wanted})
    head = heads(track)
    made = []
    for side, moment, index in wanted:
        crop = shown_of[index]
        canvas = crop.of(pictures.get(index), track.size)
        if blur_face and head is not None and index in pictures:
            place = to_point(crop.on(head[index]))
            conceal(canvas, place, HEAD_OF_LEG * analysis.view.leg_px * crop.scale)
        on_paper = crop.on(track.xy[index])
        figure = points(on_paper, track.score[index], track.names, WIDTH_PX, HEIGHT_PX)
        if head is not None and index not in pictures:
            _draw_head(
                canvas, crop.on(head[index]), _HEAD_RADIUS * analysis.view.leg_px * crop.scale
            )
        draw_skeleton(canvas, figure, side, _EM_PX)
        shown = {
            name: (float(degrees[index]), half)
            for name, (degrees, half) in found[side].items()
            if np.isfinite(degrees[index]) and (name != "fppa" or moment == "mid-stance")
        }
        at = {name: place for name, (place, _) in figure.items()}
        values = {name: degrees for name, (degrees, _) in shown.items()}
        draw_angles(canvas, at, side, values, COLOURS[side], _EM_PX)
        named = {LABELS[name]: value for name, value in shown.items()}
        made.append(KeyFrame(side, moment, float(track.time[index]), named, jpeg(canvas)))
    return tuple(made)


def typical_strides(analysis: Analysis) -> tuple[Stride, ...]:
    """One stride of each foot, neighbours in time, whose values are nearest to their medians.

    Neighbours, so that both show the same moment of the video and it is opened at one place only.

    Two, or as many feet as have strides.
    """
    odd = _oddness(analysis)
    by_side = {side: [s for s in analysis.strides if s.side == side] for side in SIDES}
    own: dict[Side, list[tuple[Stride, float]]] = {
        side: [(s, odd.get((side, i), 0.0)) for i, s in enumerate(strides)]
        for side, strides in by_side.items()
    }
    if not all(own.values()):
        return tuple(min(each, key=lambda pair: pair[1])[0] for each in own.values() if each)
    pairs = [(a, b) for a in own["left"] for b in own["right"]]
    stride_s = float(np.median([s.next_strike_s - s.strike_s for s in analysis.strides]))

    def cost(pair: tuple[tuple[Stride, float], tuple[Stride, float]]) -> float:
        (left, odd_left), (right, odd_right) = pair
        apart = abs(left.strike_s - right.strike_s) / stride_s
        return odd_left + odd_right + (0.0 if apart < 1 else 100 * apart)

    best = min(pairs, key=cost)
    return tuple(stride for stride, _ in best)


def _oddness(analysis: Analysis) -> dict[tuple[Side, int], float]:
    """How far each stride is from the median of its leg, mean over the metrics, in their MAD."""
    values: dict[tuple[str, Side], dict[int, float]] = {}
    for m in analysis.measurements:
        if m.side != "both":
            values.setdefault((m.metric, m.side), {})[m.stride] = m.value
    far: dict[tuple[Side, int], list[float]] = {}
    for (_, side), series in values.items():
        middle = float(np.median(list(series.values())))
        spread = float(np.median([abs(v - middle) for v in series.values()]))
        if spread > 0:
            for stride, value in series.items():
                far.setdefault((side, stride), []).append(abs(value - middle) / spread)
    return {key: float(np.mean(each)) for key, each in far.items()}


def _moments_s(stride: Stride) -> tuple[float, float, float]:
    return stride.strike_s, (stride.strike_s + stride.off_s) / 2, stride.off_s


def _angles(trial: Trial, side: Side) -> dict[str, Reading]:
    """What can be drawn of a leg in every frame."""
    return {name: read for name, read in readings(trial, side).items() if name in LABELS}


def frames_at(
    video: Path | None, track: PoseTrack, analysis: Analysis, wanted: set[int]
) -> dict[int, UInt8]:
    """(H, W, 3) RGB frames by their numbers, in one pass; one that is damaged is missing.

    Empty without a video.

    Parameters
    ----------
    video : Path or None
        The video, or its overlay.
    track : PoseTrack
        Its cleaned track.
    analysis : Analysis
        Of the video.
    wanted : set of int
        Numbers in the track.
    """
    if video is None:
        return {}
    video_s = track.time * analysis.view.time_scale
    first, last = video_s[min(wanted)] - _BESIDE_S, video_s[max(wanted)] + _BESIDE_S
    found: dict[int, UInt8] = {}
    nearest_s = dict.fromkeys(wanted, np.inf)
    for frame in frames(video, float(first), float(last)):
        index = int(np.abs(video_s - frame.time_s).argmin())
        off_s = abs(video_s[index] - frame.time_s)
        if index in wanted and off_s < nearest_s[index]:  # of frames that repeat it, its own
            found[index], nearest_s[index] = frame.image, off_s
    return found


def _draw_head(picture: UInt8, at: Float, radius: float) -> None:
    dot(picture, to_point(at), radius, SHADOW)
    dot(picture, to_point(at), radius - 0.1 * _EM_PX, COLOURS[None])
