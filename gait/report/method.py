"""How a video was worked on, for those who want to check it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from gait.analysis.results import Analysis
from gait.present import table, wording
from gait.sanitize.text import one_line
from gait.settings import Settings
from gait.types import Z95

_LONGEST: Final = 400
"""Characters of a sentence with the name of a video in it."""


def method(analysis: Analysis) -> Iterable[tuple[str, tuple[str, ...]]]:
    """Headings and sentences: video and camera, interval, settings."""
    videos = []
    for part in analysis.videos:
        videos += [one_line(line, _LONGEST) for line in table.header(part)]
        videos += [*part.view.limits, *_camera(part)]
    yield "Video and camera", tuple(dict.fromkeys(videos))
    yield "Interval", (wording.INTERVAL,)
    yield "Settings", tuple(_settings(analysis.settings))


def log(analysis: Analysis) -> Iterable[tuple[str, tuple[str, ...]]]:
    """Headings and lines for developers: steps as the program names them, versions, hashes."""
    steps = (step for part in analysis.videos for step in part.quality.steps)
    yield "Steps", tuple(dict.fromkeys(steps))
    yield "Versions", tuple(f"{name}: {v}" for name, v in analysis.versions.items())
    hashes = [part.video.sha256 for part in analysis.videos if part.video and part.video.sha256]
    yield "SHA-256 of the video", tuple(dict.fromkeys(hashes))


def _camera(analysis: Analysis) -> Iterable[str]:
    view = analysis.view
    for name, angle in (("roll", view.camera_roll_deg), ("yaw", view.camera_yaw_deg)):
        if angle is not None:
            yield f"Camera {name} {angle[0]:.1f} ± {Z95 * angle[1]:.1f}°"
    if view.ground_tilt_deg:
        yield f"Ground tilted by {view.ground_tilt_deg:.1f}° in the picture"
    if view.scale_m_per_px is not None:
        yield f"1 px is {1000 * view.scale_m_per_px:.2f} mm in the plane of running"


def _settings(settings: Settings) -> Iterable[str]:
    """What differs from the defaults, in words; all corrections by hand in one line."""
    usual = Settings().model_dump(mode="json")
    for name, value in settings.model_dump(mode="json").items():
        if name == "edits" and value:
            n = len(value)
            yield f"{n} contact event{'s' if n > 1 else ''} corrected by hand"
        elif name not in ("runner", "pose", "edits") and value != usual.get(name):
            yield one_line(f"{_NAMES.get(name, name.replace('_', ' '))}: {_said(name, value)}", 120)
    pose = settings.pose
    yield one_line(f"Pose model: {pose.backend} {pose.model}, {pose.mode}")


_NAMES: Final = {
    "speed_mps": "Speed",
    "height_m": "Body height",
    "time_scale": "Times slower than life",
    "blur_face": "Face hidden",
    "view": "Camera",
    "direction": "Runner faces",
    "surface": "Running on",
    "sex": "Sex",
}


def _said(name: str, value: object) -> str:
    """With the unit in which people say it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name == "speed_mps" and isinstance(value, float):
        return f"{value * 3.6:.1f} km/h"
    if name == "height_m" and isinstance(value, float):
        return f"{100 * value:.0f} cm"
    return str(value)
