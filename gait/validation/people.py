"""What the program says of people whose contacts force plates felt: events, values, intervals.

Every trial is seen by a level camera from the side and from behind, as joints with noise: no pose
model. Contacts are those of the plates. The truth of other metrics is the median over the whole
trial, by the same functions, with the true contacts and the joints without noise: the error of
events, frame rate, noise and camera and of a video that shows a part of the trial only, not that of
the definition or of a pose model.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

import numpy as np

from gait.analysis.analyze import analyze_track
from gait.analysis.events import to_strides
from gait.analysis.kinematics import measure
from gait.analysis.results import Analysis, View
from gait.analysis.trial import Trial
from gait.knowledge import knowledge
from gait.types import Z95, StrictModel
from gait.validation.agreement import Checked, EventAgreement, check, check_events
from gait.validation.force_plate import Camera, PlateTrial
from gait.validation.healthy import Cadence, Flagged, Seen, cadences, flagged
from gait.validation.truth import Truth

NOISE_MM: Final = 4.0
"""SD of the noise of every coordinate: markers and how they sit on the skin."""

FPS_HZ: Final = 60.0
OTHER_FPS_HZ: Final = (30.0, 120.0)
"""Frame rates at which contacts are found as well."""

PART_S: Final = 15.0
"""Length of a video: a trial of half a minute is two of them."""

OTHER_LENGTHS_S: Final = (10.0, 20.0)
"""Lengths of videos whose cadence is held against that of the whole trial as well."""

BEGIN_S: Final = 0.2
"""Into the recording, where the camera starts."""

COMPUTED: Final = frozenset(
    {"peak_force", "step_impulse", "vertical_stiffness", "leg_stiffness", "load_per_km"}
)
"""Follow from times by formulas whose own error no table of contacts tells."""

EDGE_S: Final = 0.4
"""A contact that began before the video did, or ends after it, need not be found."""


class Habit(StrictModel):
    """Whether the interval of the cadence of a short video holds that of the whole trial."""

    length_s: float
    runner: str
    held: bool


class People(StrictModel):
    """Accuracy over trials on force plates."""

    trials: tuple[str, ...]
    runners: tuple[str, ...]
    events: tuple[EventAgreement, ...]
    checked: tuple[Checked, ...]
    habits: tuple[Habit, ...]
    flags: tuple[Flagged, ...]
    cadences: tuple[Cadence, ...]


def people(
    trials: Sequence[PlateTrial], progress: Callable[[int], None] = lambda done: None
) -> People:
    """Everything about trials on force plates."""
    events: list[EventAgreement] = []
    checked: list[Checked] = []
    habits: list[Habit] = []
    seen: list[Seen] = []
    for i, trial in enumerate(trials):
        for camera in ("side", "rear"):
            true = truth(trial, camera)
            for analysis, begin_s in _parts(trial, camera, FPS_HZ, PART_S):
                part = _moved(true, begin_s)
                checked += _judged(trial, camera, analysis, part)
                events += check_events(trial.name, analysis, part, EDGE_S)
                seen.append(Seen(trial, part, analysis.summaries))
                habits += _habit(trial, PART_S, analysis) if camera == "side" else ()
        true = truth(trial, "side")
        for fps_hz in OTHER_FPS_HZ:
            for analysis, begin_s in _parts(trial, "side", fps_hz, PART_S, fewest=0):
                events += check_events(trial.name, analysis, _moved(true, begin_s), EDGE_S)
        habits += _habits(trial)
        progress(i + 1)
    return People(
        trials=tuple(trial.name for trial in trials),
        runners=tuple(dict.fromkeys(trial.runner for trial in trials)),
        events=tuple(events),
        checked=tuple(checked),
        habits=tuple(habits),
        flags=tuple(flagged(seen)),
        cadences=tuple(cadences(trials)),
    )


def truth(trial: PlateTrial, camera: Camera) -> Truth:
    """What is known of a trial seen by a camera: contacts, and medians over the whole of it."""
    exact = trial.filmed(camera, trial.recorded_hz, level=True)
    view = View(
        plane=camera,
        plane_confidence=1.0,
        direction="right" if camera == "side" else None,
        near_side="right" if camera == "side" else None,
        surface="treadmill",
        fps_hz=trial.recorded_hz,
        leg_px=exact.leg_px,
        camera_roll_deg=(0.0, 0.0),
        camera_yaw_deg=None if camera == "side" else (0.0, 0.0),
        window_s=(0.0, trial.duration_s),
    )
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    for m in measure(Trial(exact, view, trial.settings, to_strides(trial.events))).rows:
        found[m.metric, m.side].append(m.value)
    return Truth.model_validate(
        {
            "runner": trial.runner,
            "plane": camera,
            "settings": trial.settings,
            "values": [
                {"metric": metric, "side": side, "value": _centre(metric, values)}
                for (metric, side), values in found.items()
            ],
            "events": [{"kind": e.kind, "side": e.side, "time_s": e.time_s} for e in trial.events],
        }
    )


def _centre(metric: str, values: Sequence[float]) -> float:
    """Steps per minute are those of all minutes; of other values a stray stride is no part."""
    return float(np.mean(values) if metric == "cadence" else np.median(values))


def _judged(
    trial: PlateTrial, camera: Camera, analysis: Analysis, true: Truth
) -> Iterator[Checked]:
    """Values beside their truth; times from the side only, where contacts are best seen."""
    for c in check(trial.name, analysis, true):
        timed = knowledge().metrics[c.metric].view == "any"
        if c.metric not in COMPUTED and not (timed and camera == "rear"):
            yield c


def _moved(true: Truth, begin_s: float) -> Truth:
    """The truth of a video that begins later."""
    events = [
        e.model_copy(update={"time_s": e.time_s - begin_s})
        for e in true.events
        if e.time_s >= begin_s
    ]
    return true.model_copy(update={"events": tuple(events)})


def _parts(
    trial: PlateTrial, camera: Camera, fps_hz: float, length_s: float, fewest: int = 1
) -> Iterator[tuple[Analysis, float]]:
    """Videos of this length that follow each other, and when they begin; at least `fewest`,
    or the first one if that is 0."""
    usable_s = trial.duration_s - 2 * BEGIN_S
    n = max(round(usable_s / length_s), fewest) if fewest else 1
    step_s = max(0.0, (usable_s - length_s) / max(1, n - 1))
    for seed in range(n):
        begin_s = BEGIN_S + seed * step_s
        track = trial.filmed(camera, fps_hz, NOISE_MM, seed).between(begin_s, begin_s + length_s)
        began_s = float(track.time[0])
        track = track.with_(time=track.time - began_s)
        yield analyze_track(track, trial.settings), began_s


def _habits(trial: PlateTrial) -> Iterator[Habit]:
    for length_s in OTHER_LENGTHS_S:
        if trial.duration_s >= length_s + 2 * BEGIN_S:
            for analysis, _ in _parts(trial, "side", FPS_HZ, length_s, fewest=2):
                yield from _habit(trial, length_s, analysis)


def _habit(trial: PlateTrial, length_s: float, analysis: Analysis) -> Iterator[Habit]:
    cadence = analysis.summary("cadence")
    if cadence is not None and cadence.ci95 is not None:
        low, high = cadence.ci95
        yield Habit(length_s=length_s, runner=trial.runner, held=low <= trial.cadence <= high)


def marker_sds(checked: Iterable[Checked]) -> dict[str, float]:
    """SD of what the parts of the stated intervals do not explain, by metric; runners are the unit.

    Only metrics whose error comes from points: contacts and what is computed from them have none.
    Where a few runners err far more than most, it is what 95 % of the errors ask for.
    """
    errors: dict[str, dict[str, list[tuple[float, float]]]] = defaultdict(lambda: defaultdict(list))
    for c in checked:
        info = knowledge().metrics[c.metric]
        if info.landmark_prior and c.error is not None and c.half is not None:
            now = knowledge().keypoint_sd(c.metric, by_model=False)
            errors[c.metric][c.runner].append((c.error, (c.half / Z95) ** 2 - now**2))
    return {metric: _unexplained(tuple(own.values())) for metric, own in errors.items()}


def _unexplained(by_runner: Sequence[Sequence[tuple[float, float]]]) -> float:
    """SD to add to variances that are explained, both given with each error of each runner."""
    mean = np.mean([np.mean([e**2 - v for e, v in own]) for own in by_runner])
    error, explained = np.array([pair for own in by_runner for pair in own]).T
    tail = np.quantile((error / Z95) ** 2 - explained, 0.95)
    return float(np.sqrt(max(0.0, mean, tail)))
