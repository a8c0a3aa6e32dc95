"""Small videos, tracks and analyses for tests in which their content does not matter."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from gait.analysis.analyze import analyze_track
from gait.analysis.interpret.questionnaire import Answers
from gait.analysis.merge_views import merge_views
from gait.analysis.results import (
    Analysis,
    Event,
    Finding,
    Measurement,
    Quality,
    Stride,
    Summary,
    View,
)
from gait.io.run_folder import RunFolder
from gait.settings import Settings
from gait.types import DerivedSignals, Evidence, PoseTrack, Study, VideoInfo
from gait.video import Writer

SIZE_PX = (64, 48)


def video(path: Path, *, shade: int = 0, n_frames: int = 45, fps_hz: float = 30.0) -> Path:
    """Write a video of one shade of grey."""
    path.parent.mkdir(parents=True, exist_ok=True)
    width, height = SIZE_PX
    with Writer(path, width, height, fps_hz) as writer:
        for i in range(n_frames):
            writer.write(np.full((height, width, 3), shade, np.uint8), i / fps_hz)
    return path


def track(n_frames: int = 45, fps_hz: float = 30.0, n_missing: int = 2) -> PoseTrack:
    """A track of two points with odd values; nobody is seen in the first frames."""
    rng = np.random.default_rng(1)
    xy = rng.uniform(0, 48, (n_frames, 2, 2))
    xy[:n_missing] = np.nan
    return PoseTrack(
        time=np.arange(n_frames) / fps_hz,
        xy=xy,
        score=rng.uniform(0, 1, (n_frames, 2)),
        names=("left_ankle", "right_ankle"),
        size=SIZE_PX,
        steps=("model heavy", "padded to square"),
        derived=DerivedSignals(body_growth=rng.uniform(0, 1, n_frames)),
    )


def kept_run(
    folder: Path,
    tracks: Mapping[str, PoseTrack],
    settings: Settings,
    answers: Answers | None = None,
) -> RunFolder:
    """A run without its videos: of one track, or of several that are merged, by their names."""
    found = []
    for name, each in tracks.items():
        part = RunFolder(folder / name if len(tracks) > 1 else folder)
        part.path.mkdir(parents=True)
        part.save_track(each, name)
        info = video_info(f"{name}.mp4", sha256=f"{folder.name} {name}")
        found.append(analyze_track(each, settings, info, answers=answers))
        part.save_analysis(found[-1])
    run = RunFolder(folder)
    if len(found) > 1:
        run.save_analysis(merge_views(found))
    return run


def video_info(name: str = "run.mp4", sha256: str = "a" * 64) -> VideoInfo:
    """What a file of that name and content says about itself."""
    return VideoInfo(
        name=name,
        sha256=sha256,
        width=64,
        height=48,
        n_frames=45,
        duration_s=1.5,
        fps_hz=30,
        codec="h264",
    )


def summary(metric: str, side: str = "both", **changes: Any) -> Summary:
    """A measured value of 10 ± 2 deg."""
    fields: dict[str, Any] = {
        "metric": metric,
        "name": metric.replace("_", " ").capitalize(),
        "side": side,
        "n": 12,
        "value": 10.0,
        "sd": 1.0,
        "ci95": (8.0, 12.0),
        "unit": "deg",
        "tier": "B",
    }
    return Summary(**(fields | changes))


def unmeasured(metric: str, side: str, limit: str) -> Summary:
    """A value that could not be measured."""
    return summary(metric, side, n=0, value=None, sd=None, ci95=None, limit=limit)


def analysis(**changes: Any) -> Analysis:
    """Two strides, three measurements, one summary."""
    strides = [
        Stride(
            side=side,
            strike_s=at,
            off_s=at + 0.25,
            next_strike_s=at + 0.7,
            strike_sd_s=0.004,
            off_sd_s=0.006,
        )
        for side, at in (("left", 0.10), ("right", 0.45))
    ]
    fields: dict[str, Any] = {
        "video": video_info(),
        "settings": {"speed_mps": 3.0},
        "activity": "running",
        "view": View(
            plane="side",
            plane_confidence=0.98,
            direction="left",
            near_side="left",
            surface="treadmill",
            fps_hz=30,
            leg_px=20,
            window_s=(0.1, 1.4),
        ),
        "quality": Quality(
            n_frames=45,
            frames_without_person=2,
            swaps_repaired=3,
            swaps_undecided=1,
            strikes=4,
            steps=("lowpass",),
        ),
        "events": (Event(kind="strike", side="left", time_s=0.1, sd_s=0.004),),
        "strides": strides,
        "measurements": [
            Measurement(metric="knee_flexion_ic", side="left", stride=0, time_s=0.1, value=11.0),
            Measurement(metric="knee_flexion_ic", side="right", stride=0, time_s=0.45, value=12.0),
            Measurement(metric="cadence", side="both", stride=0, time_s=0.1, value=170.0),
        ],
        "summaries": [summary("cadence", value=170.0, ci95=(169.5, 170.5), unit="steps/min")],
        "versions": {"gaitlens": "0"},
    }
    return Analysis(**(fields | changes))


def linked_finding(injury: str = "patellofemoral pain", **changes: Any) -> Finding:
    """A low step rate, linked with pain."""
    link = Evidence(
        id="L",
        injury=injury,
        injuries=(injury,),  # type: ignore[arg-type]
        grade="limited",
        population="runners",
        wording="Linked in one study.",
        studies=(Study(source="neal2016", design="meta-analysis"),),
        counter=(Study(source="prospmeta2022", design="meta-analysis"),),
    )
    fields: dict[str, Any] = {
        "id": "cadence_low",
        "metric": "cadence",
        "side": "both",
        "kind": "linked",
        "flag": "low",
        "value": 140.0,
        "ci95": (139.0, 141.0),
        "unit": "steps/min",
        "tier": "A",
        "limit_value": 150.0,
        "measured": "",
        "typical": "",
        "wording": "",
        "links": (link,),
    }
    return Finding(**(fields | changes))
