"""The player: the video with frame steps and jumps, and waveforms with a cursor tied to it.

Small components without a build step. Those two know only the video of the page: what moves it
moves the other, too. The third draws on a single picture.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import streamlit as st
from pydantic import ValidationError
from streamlit.components.v2.types import ComponentRenderer

from gait.analysis.kinematics.waveforms import (
    FRONTAL,
    PHASE_PCT,
    SAGITTAL,
    Curve,
    ensemble_average,
    readings,
)
from gait.analysis.results import Analysis
from gait.analysis.trial import Trial
from gait.io.added.notes import Mark, MarkedPicture
from gait.render.charts import reference_spans
from gait.sanitize.text import data_uri
from gait.types import SIDES, Float, UsageError
from gait.ui.result.contacts import contacts

_HERE: Final = Path(__file__).parent
_TICKS_DEG: Final = (5, 10, 20, 40)
_MOST_TICKS: Final = 5
_LEAST_SPAN_DEG: Final = 20.0


def transport(analysis: Analysis, trial: Trial) -> None:
    """Play, speeds, frame steps, jumps and the contacts of both feet, for the video of the page."""
    _part("transport")(data=_timing(analysis, trial), key="transport")


def waveforms(analysis: Analysis, trial: Trial) -> bool:
    """Every angle over the average stride, with the one that the video shows; False without any."""
    data = waveform_data(analysis, trial)
    if data["curves"]:
        _part("waveforms")(data=data, key="waveforms")
    return bool(data["curves"])


def drawing(
    jpeg: bytes, size: tuple[float, float], marks: Sequence[Mark], name: str, alt: str
) -> tuple[Mark, ...] | None:
    """A picture to draw lines and angles on: all marks when they were just saved, else None.

    Parameters
    ----------
    jpeg : bytes
        The picture.
    size : tuple of float
        Its width and height, px of the video.
    marks : sequence of Mark
        What is drawn already.
    name : str
        Which picture it is: what is not saved yet belongs to that one.
    alt : str
        What it shows.

    Raises
    ------
    UsageError
        If what a browser sent are no marks.
    """
    result = _part("drawing")(
        data={
            "jpeg": data_uri("image/jpeg", jpeg),
            "size": size,
            "marks": [mark.model_dump(mode="json") for mark in marks],
            "name": name,
            "alt": alt,
        },
        key="drawing",
        on_saved_change=lambda: None,
    )
    if result.saved is None:
        return None
    try:
        return MarkedPicture.model_validate({"video_s": 0, "marks": result.saved}).marks
    except ValidationError as e:
        raise UsageError("These marks cannot be kept.", "Draw fewer, with apart ends.") from e


@cache
def _part(name: str) -> ComponentRenderer:
    js = "\n".join((_HERE / f"{file}.js").read_text("utf-8") for file in ("common", name))
    css = (_HERE / "player.css").read_text("utf-8")
    return st.components.v2.component(
        f"gaitlens_{name}", html='<div class="root"></div>', css=css, js=js
    )


def _timing(analysis: Analysis, trial: Trial) -> dict[str, Any]:
    """Frames, contacts and strides in seconds of the video as it plays."""
    slow = analysis.view.time_scale
    times = trial.track.time * slow
    measured = {(s.side, s.strike_s) for s in analysis.strides}

    def at(seconds: float | None) -> float | None:
        return None if seconds is None else round(seconds * slow, 4)

    return {
        "times": [round(float(t), 4) for t in times],
        "lasts_s": round(float(times[-1] + np.median(np.diff(times))), 4),
        "time_scale": slow,
        "near": analysis.view.near_side or "left",
        "contacts": {
            side: [
                {
                    "on": at(c.at_s("Initial contact")),
                    "mid": at(c.at_s("Mid-stance")),
                    "off": at(c.at_s("Toe-off")),
                    "measured": c.strike is not None and (side, c.strike.time_s) in measured,
                }
                for c in contacts(analysis, side)
            ]
            for side in SIDES
        },
        "strides": {
            side: [
                {"on": at(s.strike_s), "off": at(s.off_s), "next": at(s.next_strike_s)}
                for s in analysis.strides
                if s.side == side
            ]
            for side in SIDES
        },
    }


def waveform_data(analysis: Analysis, trial: Trial) -> dict[str, Any]:
    """What the waveforms are drawn from.

    Fit for JSON: NaN is None.
    """
    frontal = analysis.view.plane != "side"
    angles = FRONTAL if frontal else SAGITTAL
    found = ensemble_average(trial)
    per_frame = {side: readings(trial, side) for side in SIDES}
    curves: list[dict[str, Any]] = []
    for name, angle in angles.items():
        own = [c for c in found if c.angle == name]
        if not own:
            continue
        usual = reference_spans(own, angle, analysis)
        span = _span(own, usual)
        curves.append(
            {
                "id": name,
                "name": angle.name,
                "standing": frontal,
                "usual": usual,
                "span": span,
                "ticks": _ticks(span),
            }
            | {c.side: _curve(c) for c in own}
        )
    series = {
        name: {
            side: _numbers(per_frame[side][name][0]) for side in SIDES if name in per_frame[side]
        }
        for name in [str(curve["id"]) for curve in curves]
    }
    return _timing(analysis, trial) | {"curves": curves, "series": series}


def _curve(curve: Curve) -> dict[str, Any]:
    assert len(curve.mean_deg) == len(PHASE_PCT)
    return {
        "mean": _numbers(curve.mean_deg),
        "sd": _numbers(curve.sd_deg),
        "off": round(curve.off_pct, 1),
    }


def _numbers(values: Float) -> list[float | None]:
    return [round(float(v), 1) if np.isfinite(v) else None for v in values]


def _span(curves: Iterable[Curve], usual: Iterable[Mapping[str, Any]]) -> tuple[float, float]:
    """Limits that hold every curve, its scatter and the ends of what is usual."""
    ends = [
        end
        for c in curves
        for sign in (-1, 1)
        for end in (c.mean_deg + sign * np.nan_to_num(c.sd_deg))
    ]
    ends += [box[key] for box in usual for key in ("low", "high") if box[key] is not None]
    low, high = float(np.nanmin(ends)), float(np.nanmax(ends))
    spare = max(0.06 * (high - low), (_LEAST_SPAN_DEG - (high - low)) / 2)
    return round(low - spare, 1), round(high + spare, 1)


def _ticks(span: tuple[float, float]) -> list[int]:
    step = next((s for s in _TICKS_DEG if (span[1] - span[0]) / s <= _MOST_TICKS), _TICKS_DEG[-1])
    return [v for v in range(-200, 201, step) if span[0] <= v <= span[1]]
