"""What the program says of people whose contacts force plates felt: events, values, intervals.

    python benchmarks/people.py --data VALIDATION_DIR [--write docs/accuracy.md]

Every trial in ``forceplate`` (runner x speed) is seen by a camera from the side, as joints with
noise: no pose model. Contacts are those of the plates. Other values are held against what the same
functions give for the same strides with true contacts and the joints without noise, at 150 Hz: the
error of events, frame rate, noise and camera, not that of the definition or of a pose model.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from material import force_plate
from scoring import arguments, publish

from gait import analyze_track
from gait.analysis.events import to_strides
from gait.analysis.kinematics import measure
from gait.analysis.results import Analysis, Event
from gait.analysis.trial import Strides, Trial
from gait.settings import Settings
from gait.types import Float, PoseTrack
from gait.validation.markdown import table
from gait.validation.matching import score

NOISE_MM = 4.0
RECORDED_HZ = 150.0
SPANS_S = ((1.0, 13.0), (16.0, 28.0))
"""Parts of a trial that stand for videos of 12 s."""
LENGTHS_S = (10.0, 15.0, 20.0)
_TRIAL = re.compile(r"(\w+)_run_([\d.]+)ms_events\.csv")


class PlateTrial(NamedTuple):
    """One runner at one speed."""

    name: str
    runner: str
    settings: Settings


def trials(folder: Path) -> list[PlateTrial]:
    """All there are, by name."""
    found = (_TRIAL.fullmatch(path.name) for path in sorted(folder.glob("*_events.csv")))
    return [
        PlateTrial(f"{m[1]}_run_{m[2]}ms", m[1], Settings(speed_mps=float(m[2])))
        for m in found
        if m
    ]


def events_rows(folder: Path, fps_hz: float) -> list[list[str]]:
    """Bias, SD between trials, worst trial and SD within trials of strikes and toe-offs."""
    errors: dict[str, list[Float]] = {"strike": [], "off": []}
    lost = 0
    for trial in trials(folder):
        track, true = force_plate(folder, fps_hz, NOISE_MM, 0, trial.name)
        analysis = analyze_track(track, trial.settings)
        for kind, of_trials in errors.items():
            found = score(kind, analysis.events, true, float(track.time[-1]))
            of_trials.append(found.all_ms)
            lost += found.missed + found.invented
    rows = []
    for kind, of_trials in errors.items():
        mean = np.array([e.mean() for e in of_trials])
        within = np.sqrt(np.mean([e.var() for e in of_trials]))
        numbers = (mean.mean(), mean.std(ddof=1), np.abs(mean).max(), within)
        rows.append([kind, f"{fps_hz:.0f}", *(f"{n:.1f}" for n in numbers), str(lost)])
    return rows


def values(folder: Path) -> Iterator[tuple[str, float, float]]:
    """Metric, error and half of the stated interval, for every value of every video."""
    for trial in trials(folder):
        exact, true = force_plate(folder, RECORDED_HZ, 0.0, 0, trial.name)
        strides = to_strides(true)
        for seed, (start_s, stop_s) in enumerate(SPANS_S):
            track, _ = force_plate(folder, 60.0, NOISE_MM, seed, trial.name)
            seen = track.between(start_s, stop_s)
            began_s = float(seen.time[0])
            seen = seen.with_(time=seen.time - began_s)
            analysis = analyze_track(seen, trial.settings)
            known = _truth(exact, strides, analysis, began_s, trial.settings)
            for s in analysis.summaries:
                if s.value is not None and s.ci95 is not None and (s.metric, s.side) in known:
                    error = s.value - known[s.metric, s.side]
                    yield s.metric, error, (s.ci95[1] - s.ci95[0]) / 2


def _truth(
    exact: PoseTrack,
    strides: Strides,
    analysis: Analysis,
    began_s: float,
    settings: Settings,
) -> dict[tuple[str, str], float]:
    """Medians over the strides that were measured, with true contacts and exact joints."""
    when = [(s.side, s.strike_s + began_s) for s in analysis.strides]
    same = Strides(
        tuple(s for s in strides if any(s.side == x and abs(s.strike_s - t) < 0.1 for x, t in when))
    )
    view = analysis.view.model_copy(
        update={"leg_px": exact.leg_px, "fps_hz": RECORDED_HZ, "ground_tilt_deg": 0.0}
    )
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    for m in measure(Trial(exact, view, settings, same)).rows:
        found[m.metric, m.side].append(m.value)
    return {key: float(np.median(of_strides)) for key, of_strides in found.items()}


def interval_rows(folder: Path) -> list[list[str]]:
    """Bias, RMSE, stated half-width and how many intervals hold, for every metric."""
    by_metric: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for metric, error, half in values(folder):
        by_metric[metric].append((error, half))
    rows = []
    for metric, pairs in by_metric.items():
        error, half = np.array(pairs).T
        held = 100 * np.mean(np.abs(error) <= half)
        numbers = (error.mean(), np.sqrt(np.mean(error**2)), np.median(half))
        rows.append([metric, str(len(pairs)), *(f"{n:.3g}" for n in numbers), f"{held:.0f} %"])
    return rows


def habit_rows(folder: Path) -> list[list[str]]:
    """How many intervals of the cadence of a short video hold that of the whole trial."""
    rows = []
    for length_s in LENGTHS_S:
        held = []
        for trial in trials(folder):
            track, true = force_plate(folder, 60.0, NOISE_MM, 0, trial.name)
            whole = _cadence_spm(true)
            for start_s in np.arange(0.5, track.time[-1] - length_s, 5.0):
                seen = track.between(start_s, start_s + length_s)
                seen = seen.with_(time=seen.time - seen.time[0])
                cadence = analyze_track(seen, trial.settings).summary("cadence")
                if cadence is not None and cadence.ci95 is not None:
                    held.append(cadence.ci95[0] <= whole <= cadence.ci95[1])
        rows.append([f"{length_s:.0f}", str(len(held)), f"{100 * np.mean(held):.0f} %"])
    return rows


def _cadence_spm(true: tuple[Event, ...]) -> float:
    durations = to_strides(true).stride_s
    return 120 / float(np.mean(durations))


def main() -> None:
    """Write the tables."""
    options = arguments(__doc__).parse_args()
    folder = options.data / "forceplate"
    shapes = ("bias, ms", "SD between", "worst", "SD within", "missed or invented")
    events = [row for fps_hz in (30.0, 60.0, 120.0) for row in events_rows(folder, fps_hz)]
    parts = [
        f"{len(trials(folder))} trials of {len({t.runner for t in trials(folder)})} runners.",
        table(["event", "fps", *shapes], events),
        table(["metric", "values", "bias", "RMSE", "stated ±", "held"], interval_rows(folder)),
        table(["video, s", "videos", "cadence of the whole trial held"], habit_rows(folder)),
    ]
    publish("people", "\n\n".join(parts), options)


if __name__ == "__main__":
    main()
