"""Whether two videos may be compared, metric by metric.

Every rule looks at one thing that should be the same. What differs takes metrics out of the
comparison, or makes their interval wider because the errors of the two videos can then no longer
be expected to be alike.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from gait.analysis.results import Analysis
from gait.comparison.models import Mismatch
from gait.knowledge import knowledge
from gait.knowledge.limits import Dependence
from gait.types import Z95

FPS_RATIO: Final = 1.1
"""59.94 and 60, or 24 and 25 frames per second, are the same camera setting."""

NEARLY: Final = 0.97
"""As in `gait.analysis.kinematics.uncertainty`: 59.94 Hz passes as 60."""

SIZE_RATIO: Final = 1.25
"""A runner this much larger in the picture was filmed from nearer: perspective differs, too."""

ROLL_DEG: Final = 2.0
"""More than a phone set upright by eye differs from one time to the next (its SD, see
`gait.analysis.kinematics.frontal_geometry`); one degree of roll is one degree of trunk lean."""

YAW_DEG: Final = (2.0, 5.0)
"""From the first on, what yaw adds is no longer alike: 2 deg add 1.6 deg to the knee's frontal
angle; beyond the second, 4 deg and more, as much as retraining changes it (g4_geometry)."""

Rule = Callable[[Analysis, Analysis], Mismatch | None]


def mismatches(one: Analysis, other: Analysis) -> tuple[Mismatch, ...]:
    """Everything that is not the same in two videos, not merged views, and matters."""
    found = (rule(one, other) for rule in RULES)
    return tuple(m for m in found if m is not None)


def speed_error(metric: str, one: Analysis, other: Analysis) -> float | None:
    """By how much a value may differ merely because the speed does.

    Parameters
    ----------
    metric : str
        Id.
    one, other : Analysis
        Of single videos.

    Returns
    -------
    float or None
        In the unit of the metric, from how it changes with speed in runners in general; None where
        that matters and is not known.
    """
    speeds, slope = _speeds(one, other), _per_mps(metric)
    if speeds is None:
        return None if slope is None else abs(slope) * knowledge().agreement.untold_speed_mps
    return abs((slope or 0.0) * (speeds[1] - speeds[0]))


def _activity(one: Analysis, other: Analysis) -> Mismatch | None:
    if one.activity == other.activity == "running":
        return None
    message = (
        "Not both videos show running for certain: what changes mean is known for running only."
    )
    return _removes("activity", _all(), message)


def _runner(one: Analysis, other: Analysis) -> Mismatch | None:
    names = {str(a.settings.runner or "") for a in (one, other)} - {""}
    if len(names) < 2:
        return None
    return _removes("runner", _all(), f"Two runners: {' and '.join(sorted(names))}.")


def _plane(one: Analysis, other: Analysis) -> Mismatch | None:
    planes = one.view.plane, other.view.plane
    if planes[0] == planes[1]:
        return None
    message = (
        f"Filmed from another side ({planes[0]}, {planes[1]}): contacts are found in another way "
        "and the camera sees other things. Cadence and stride time remain."
    )
    return _removes("view", _needing("events", "landmarks"), message)


def _near_side(one: Analysis, other: Analysis) -> Mismatch | None:
    near = one.view.near_side, other.view.near_side
    if one.view.plane != other.view.plane or near[0] == near[1]:
        return None
    message = (
        f"Another leg is near the camera ({near[0]}, {near[1]}): the near leg reads otherwise than "
        "the far one. Video from the same side."
    )
    return _removes("near side", _needing("events", "landmarks"), message)


def _surface(one: Analysis, other: Analysis) -> Mismatch | None:
    if one.view.surface == other.view.surface:
        return None
    message = (
        "A treadmill and open ground: people run differently on them, foot strike by up to 10 deg."
    )
    return _removes("surface", _all(), message)


def _speed(one: Analysis, other: Analysis) -> Mismatch | None:
    limit = knowledge().agreement.speed_mps
    speeds = _speeds(one, other)
    if speeds is None:
        known = [m for m in _all() if speed_error(m, one, other) is not None]
        message = (
            "The speed of not every video is known: a difference of "
            f"{knowledge().agreement.untold_speed_mps} m/s is allowed for. Give the speed of all."
        )
        return Mismatch(what="speed", effect="widens", metrics=tuple(known), message=message)
    if abs(speeds[0] - speeds[1]) <= limit + 1e-9:
        return None
    message = (
        f"Speeds of {speeds[0]:.2f} and {speeds[1]:.2f} m/s: more than {limit} m/s apart, and "
        "nearly everything changes with speed."
    )
    return _removes("speed", _all(), message)


def _unknown_slope(one: Analysis, other: Analysis) -> Mismatch | None:
    if _speeds(one, other) is not None:
        return None
    lost = tuple(m for m in _all() if speed_error(m, one, other) is None)
    message = (
        "The speed of not every video is known, and how this changes with speed is not known. "
        "Give the speed of all."
    )
    return _removes("speed", lost, message)


def _frame_rate(one: Analysis, other: Analysis) -> Mismatch | None:
    low, high = sorted((one.view.fps_hz, other.view.fps_hz))
    if high <= FPS_RATIO * low:
        return None
    lost = tuple(i for i, m in knowledge().metrics.items() if low < NEARLY * m.min_fps_hz)
    message = (
        f"{low:.0f} and {high:.0f} frames per second: what needs more than {low:.0f} reads "
        "otherwise in the two videos."
    )
    return _removes("frame rate", lost, message) if lost else None


def _time_scale(one: Analysis, other: Analysis) -> Mismatch | None:
    if "unknown" in (one.view.time_base, other.view.time_base):
        message = (
            "How fast one of the videos plays is not known: times cannot be compared. Give its "
            "slow motion in the settings."
        )
        return _removes("time scale", _needing("clock"), message)
    told = {1.0} | {
        a.view.time_scale for a in (one, other) if a.view.time_base not in ("seen", "file")
    }
    alike = one.view.time_scale == other.view.time_scale
    if (alike or told == {1.0}) and _clock(one) == _clock(other) == 1:
        return None
    message = (
        "Slow motion, told or suspected, differs between the videos: times rest on the factor. "
        "Give the slow motion in the settings, and film both at normal speed."
    )
    return _removes("time scale", _needing("clock"), message)


def _pose_model(one: Analysis, other: Analysis) -> Mismatch | None:
    names = one.versions.get("pose"), other.versions.get("pose")
    if names[0] == names[1]:
        return None
    message = (
        f"Another pose model or version ({names[0] or 'not recorded'}; {names[1] or 'not recorded'}"
        "): it puts the joints elsewhere. Analyse both videos again with the same one."
    )
    return _removes("pose model", _needing("events", "landmarks"), message)


def _methods(one: Analysis, other: Analysis) -> Mismatch | None:
    chosen = [
        (a.settings.strike_detector, a.settings.off_detector, a.settings.cutoff_hz)
        for a in (one, other)
    ]
    if chosen[0] == chosen[1]:
        return None
    message = "Contacts were found with other settings. Analyse both videos with the same."
    return _removes("methods", _needing("events", "landmarks"), message)


def _version(one: Analysis, other: Analysis) -> Mismatch | None:
    versions = one.versions.get("gaitlens"), other.versions.get("gaitlens")
    if versions[0] == versions[1]:
        return None
    message = (
        f"Analysed with gaitlens {versions[0]} and {versions[1]}: analyse both again with one "
        "version, which takes a moment."
    )
    return _widens("version", _all(), message)


def _stature(one: Analysis, other: Analysis) -> Mismatch | None:
    heights = one.settings.height_m, other.settings.height_m
    if heights[0] == heights[1]:
        return None
    return _removes("height", _needing("height"), "Another body height was given.")


def _shoes(one: Analysis, other: Analysis) -> Mismatch | None:
    shoes = [str(a.settings.shoes or "").strip() for a in (one, other)]
    if shoes[0].casefold() == shoes[1].casefold() or not all(shoes):
        return None
    message = (
        f"Other shoes ({shoes[0]}, {shoes[1]}): the foot points lie elsewhere on them, and shoes "
        "alone change foot strike and contact."
    )
    return _removes("shoes", _needing("shoes"), message)


def _distance(one: Analysis, other: Analysis) -> Mismatch | None:
    if one.video is None or other.video is None or one.view.plane != other.view.plane:
        return None
    sizes = sorted(a.view.leg_px / a.video.height for a in (one, other) if a.video)
    if sizes[1] <= SIZE_RATIO * sizes[0]:
        return None
    message = f"The runner is {sizes[1] / sizes[0]:.1f} times larger in one picture: video alike."
    return _widens("camera distance", _needing("landmarks"), message)


def _roll(one: Analysis, other: Analysis) -> Mismatch | None:
    apart = _apart(one.view.camera_roll_deg, other.view.camera_roll_deg)
    tilt = _apart(*((a.view.ground_tilt_deg, a.view.ground_tilt_sd_deg) for a in (one, other)))
    if max(apart, tilt) <= ROLL_DEG:
        return None
    message = f"The camera was tilted by {max(apart, tilt):.0f} deg between the videos."
    return _widens("camera roll", _needing("roll"), message)


def _yaw(one: Analysis, other: Analysis) -> Mismatch | None:
    apart = _apart(one.view.camera_yaw_deg, other.view.camera_yaw_deg)
    if apart <= YAW_DEG[0]:
        return None
    message = f"The camera looked along another line, {apart:.0f} deg apart."
    rule = _removes if apart > YAW_DEG[1] else _widens
    return rule("camera yaw", _needing("yaw"), message)


RULES: Final[tuple[Rule, ...]] = (
    _activity,
    _runner,
    _surface,
    _speed,
    _unknown_slope,
    _plane,
    _near_side,
    _frame_rate,
    _time_scale,
    _pose_model,
    _methods,
    _version,
    _stature,
    _shoes,
    _distance,
    _roll,
    _yaw,
)
"""What is compared, in the order in which it is told."""


def _removes(what: str, metrics: tuple[str, ...], message: str) -> Mismatch:
    return Mismatch(what=what, effect="removes", metrics=metrics, message=message)


def _widens(what: str, metrics: tuple[str, ...], message: str) -> Mismatch:
    return Mismatch(what=what, effect="widens", metrics=metrics, message=message)


def _all() -> tuple[str, ...]:
    return tuple(knowledge().repeatability)


def _needing(*things: Dependence) -> tuple[str, ...]:
    known = knowledge().repeatability.items()
    return tuple(i for i, metric in known if metric.depends.intersection(things))


def _speeds(one: Analysis, other: Analysis) -> tuple[float, float] | None:
    a, b = (analysis.speed_mps for analysis in (one, other))
    return None if a is None or b is None else (a, b)


def _per_mps(metric: str) -> float | None:
    """Change of the mean of runners with speed; None where their means are not known."""
    info = knowledge().metrics[metric]
    if info.speed_model is not None:
        return info.speed_model.slope_per_mps
    if any(row.speed_mps is None for row in info.typical):
        return 0.0
    means = [(row.speed_mps, row.mean) for row in info.typical if row.speed_mps is not None]
    if len(means) < 2:
        return None
    (slowest, first), (fastest, last) = means[0], means[-1]
    return (last - first) / (fastest - slowest)


def _clock(analysis: Analysis) -> float:
    """Seconds of the analysis per second of life, as far as the file tells; 1 if all is well."""
    video = analysis.video
    if video is None or video.capture_fps_hz is None:
        return 1.0
    ratio = video.capture_fps_hz / analysis.view.fps_hz
    return 1.0 if 1 / FPS_RATIO < ratio < FPS_RATIO else ratio


def _apart(one: tuple[float, float] | None, other: tuple[float, float] | None) -> float:
    """Degrees by which two estimates with SD differ beyond what their errors explain."""
    if one is None or other is None:
        return 0.0
    return max(0.0, abs(one[0] - other[0]) - Z95 * float(np.hypot(one[1], other[1])))
