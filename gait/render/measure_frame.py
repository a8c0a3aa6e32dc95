"""The one picture that shows a measure best: the right moment of a stride like most of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np

from gait.analysis.cleaning.stabilize import as_filmed
from gait.analysis.kinematics.pelvic_obliquity import tilt_hips
from gait.analysis.kinematics.waveforms import readings
from gait.analysis.results import Analysis, Stride, Summary
from gait.analysis.trial import Trial
from gait.knowledge import knowledge
from gait.present.ranges import usual
from gait.render.crop import HEIGHT_PX, WIDTH_PX, close_up, crops, jpeg
from gait.render.draw import conceal, to_point
from gait.render.key_frames import frames_at
from gait.render.skeleton import COLOURS, HEAD_OF_LEG, draw_skeleton, heads, points
from gait.render.usual_range import Drawn, Mark, draw_measure
from gait.skeleton import LEG
from gait.types import Side

Moment = Literal["initial contact", "loading", "mid-stance", "toe-off", "swing"]

_EM_PX: Final = 19.0
_LOADING: Final = (0.1, 0.6)
"""Shares of stance between which knee, pelvis and thigh have their peak."""


@dataclass(frozen=True, slots=True)
class Show:
    """How a measure is shown."""

    moment: Moment
    """Of the stride."""
    mark: Mark | None = None
    """What is drawn, if it can be drawn into one picture."""
    series: str | None = None
    """Angle whose peak the moment is."""
    ranged: bool = True
    """Whether the usual range can be drawn: a change of an angle has no place of its own."""


SHOWN: Final[Mapping[str, Show]] = {
    "overstride": Show("initial contact", "reach"),
    "overstride_cm": Show("initial contact"),
    "tibia_angle_ic": Show("initial contact", "shank"),
    "knee_flexion_ic": Show("initial contact", "knee"),
    "foot_strike_angle": Show("initial contact", "foot"),
    "ankle_dorsiflexion_ic": Show("initial contact"),
    "knee_flexion_peak_stance": Show("loading", "knee", "knee"),
    "knee_flexion_excursion": Show("loading", "knee", "knee", ranged=False),
    "knee_flexion_peak_swing": Show("swing", "knee", "knee"),
    "hip_extension_peak": Show("toe-off", "thigh"),
    "trunk_lean": Show("mid-stance", "trunk"),
    "pelvic_drop": Show("loading", "pelvis", "pelvis"),
    "pelvic_drop_midstance": Show("mid-stance", "pelvis"),
    "pelvic_drop_excursion": Show("loading", "pelvis", "pelvis", ranged=False),
    "hip_adduction": Show("loading", "adduction", "adduction"),
    "knee_fppa": Show("mid-stance", "fppa"),
    "knee_window": Show("mid-stance"),
    "step_width": Show("mid-stance"),
    "step_width_pct": Show("mid-stance"),
    "lateral_trunk_lean": Show("mid-stance"),
    "vertical_oscillation": Show("mid-stance"),
    "vertical_oscillation_pct": Show("mid-stance"),
}
"""By metric; what is not here is shown at initial contact."""


_CLOSE: Final[Mapping[Mark, tuple[str, ...]]] = {
    **dict.fromkeys(("knee", "thigh", "shank", "foot", "reach", "fppa", "adduction"), LEG),
    **dict.fromkeys(("trunk", "pelvis"), ("shoulder", "hip", "knee")),
}
"""What a picture is a close-up of, by what is drawn."""


@dataclass(frozen=True, slots=True)
class MeasureFrame:
    """A picture of a measure."""

    side: Side
    """Whose stride."""
    moment: Moment
    """Of that stride."""
    time_s: float
    """Of the picture, true seconds."""
    video_s: float
    """Where it is in the video."""
    drawn: bool
    """Whether the measure is drawn in it."""
    ranged: bool
    """Whether its usual range is, too."""
    jpeg: bytes
    """The picture."""


def measure_frame(
    analysis: Analysis,
    trial: Trial,
    video: Path | None,
    summary: Summary,
    *,
    blur_face: bool = False,
) -> MeasureFrame | None:
    """The picture of the stride in which a measure is nearest to its median; None without a stride.

    Parameters
    ----------
    analysis, trial, blur_face
        As for `gait.render.key_frames.key_frames`.
    video : Path or None
        Where the picture comes from: the video, or its overlay; None draws on plain paper.
    summary : Summary
        The measure; one of both legs is shown on the leg towards the camera.

    Raises
    ------
    GaitError
        If the video cannot be read.
    """
    show = SHOWN.get(summary.metric, Show("initial contact"))
    side = summary.side if summary.side != "both" else (analysis.view.near_side or "left")
    found = _typical(analysis, summary, side)
    if found is None:
        return None
    stride, value = found
    track = as_filmed(tilt_hips(trial.track))
    index = _index(trial, stride, show)
    parts = _CLOSE.get(show.mark) if show.mark else None
    crop = close_up(track, index, parts) if parts else crops(track, [index])[index]
    image = frames_at(video, track, analysis, {index}).get(index)
    canvas = crop.of(image, track.size)
    head = heads(track)
    leg_px = analysis.view.leg_px * crop.scale
    if blur_face and head is not None and image is not None:
        conceal(canvas, to_point(crop.on(head[index])), HEAD_OF_LEG * leg_px)
    figure = points(crop.on(track.xy[index]), track.score[index], track.names, WIDTH_PX, HEIGHT_PX)
    draw_skeleton(canvas, figure, stride.side, _EM_PX)
    ranged = show.ranged and usual(summary) is not None
    drawn = show.mark is not None and draw_measure(
        canvas,
        {name: place for name, (place, _) in figure.items()},
        Drawn(
            show.mark,
            stride.side,
            value,
            usual(summary) if ranged else None,
            _told(value, summary.unit),
        ),
        leg_px,
        COLOURS[stride.side],
        _EM_PX,
    )
    return MeasureFrame(
        stride.side,
        show.moment,
        float(track.time[index]),
        float(track.time[index] * analysis.view.time_scale),
        drawn,
        drawn and ranged,
        jpeg(canvas),
    )


def _told(value: float, unit: str) -> str:
    short = knowledge().texts.unit[unit].short
    return f"{value:.0f}{short}"


def _typical(analysis: Analysis, summary: Summary, side: Side) -> tuple[Stride, float] | None:
    """The stride of that leg whose value is nearest to that of the summary, and its value."""
    own = [s for s in analysis.strides if s.side == side]
    values = [
        (m.time_s, m.value)
        for m in analysis.measurements
        if (m.metric, m.side) == (summary.metric, summary.side)
    ]
    if not own or summary.value is None:
        return None
    if not values:
        return own[len(own) // 2], summary.value
    wanted = summary.value

    def strangeness(stride: Stride) -> tuple[float, float]:
        at_s, value = min(values, key=lambda pair: abs(pair[0] - stride.strike_s))
        return abs(value - wanted), abs(at_s - stride.strike_s)

    best = min(own, key=strangeness)
    _, value = min(values, key=lambda pair: abs(pair[0] - best.strike_s))
    return best, value


def _index(trial: Trial, stride: Stride, show: Show) -> int:
    """The frame of that moment."""
    time = trial.track.time
    contact_s = stride.off_s - stride.strike_s
    at_s = {
        "initial contact": stride.strike_s,
        "loading": stride.strike_s + 0.4 * contact_s,
        "mid-stance": stride.strike_s + 0.5 * contact_s,
        "toe-off": stride.off_s,
        "swing": (stride.off_s + stride.next_strike_s) / 2,
    }[show.moment]
    if show.series is not None:
        series, _ = readings(trial, stride.side).get(show.series, (None, 0.0))
        first, last = (stride.strike_s + share * contact_s for share in _LOADING)
        if show.moment == "swing":
            first, last = stride.off_s, stride.next_strike_s
        inside = np.flatnonzero((time >= first) & (time <= last))
        if series is not None and len(inside) and np.isfinite(series[inside]).any():
            return int(inside[np.nanargmax(series[inside])])
    return int(np.abs(time - at_s).argmin())
