"""How a video was worked on, for those who want to check it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from gait.analysis.results import Analysis
from gait.present import table, wording
from gait.sanitize.text import one_line
from gait.settings import Settings

_LONGEST: Final = 400
"""Characters of a sentence with the name of a video in it."""


def method(analysis: Analysis) -> Iterable[tuple[str, tuple[str, ...]]]:
    """Headings and sentences: video and camera, steps, interval, settings, versions."""
    parts = analysis.parts or (analysis,)
    videos = []
    for part in parts:
        videos += [one_line(line, _LONGEST) for line in table.header(part)]
        videos += [*part.view.limits, *_camera(part)]
        if part.video and part.video.sha256:
            videos.append(f"SHA-256 of the video: {part.video.sha256}")
    yield "Video and camera", tuple(dict.fromkeys(videos))
    yield "Steps", tuple(dict.fromkeys(step for part in parts for step in part.quality.steps))
    yield "Interval", (wording.INTERVAL,)
    yield "Settings", tuple(_settings(analysis.settings))
    yield "Versions", tuple(f"{name}: {v}" for name, v in analysis.versions.items())


def _camera(analysis: Analysis) -> Iterable[str]:
    view = analysis.view
    for name, angle in (("roll", view.camera_roll_deg), ("yaw", view.camera_yaw_deg)):
        if angle is not None:
            yield f"Camera {name} {angle[0]:.1f} ± {1.96 * angle[1]:.1f}°"
    if view.ground_tilt_deg:
        yield f"Ground tilted by {view.ground_tilt_deg:.1f}° in the picture"
    if view.scale_m_per_px is not None:
        yield f"1 px is {1000 * view.scale_m_per_px:.2f} mm in the plane of running"


def _settings(settings: Settings) -> Iterable[str]:
    """What differs from the defaults; all corrections by hand in one line."""
    usual = Settings().model_dump(mode="json")
    for name, value in settings.model_dump(mode="json").items():
        if name == "edits" and value:
            yield f"edits: {len(value)} contact event(s) corrected by hand"
        elif name not in ("runner", "pose") and value != usual.get(name):
            yield one_line(f"{name}: {value}", 120)
    yield one_line(f"pose: {settings.pose.backend} {settings.pose.model}")
