"""Right minus left of people on force plates: error, what cancels, interval, healthy range.

    python benchmarks/differences.py --data VALIDATION_DIR [--write docs/accuracy.md]

Every trial is seen from the side as joints with noise, in videos of 12 s. The
truth is the difference over the whole 30 s with the contacts of the plates and joints without
noise: what the runner does, not what these strides happened to do. Joints are those of markers, so
that the part of an interval that stands for the pose model cannot be tested here: "held, no pose
part" leaves it out.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.stats import t as student_t
from scoring import arguments, publish

from gait import analyze_track
from gait.analysis.events import to_strides
from gait.analysis.kinematics import measure
from gait.analysis.trial import Trial
from gait.knowledge import knowledge
from gait.types import SIDES, Z95, Float
from gait.validation.force_plate import PlateTrial, plate_trials
from gait.validation.markdown import table
from gait.validation.people import NOISE_MM

SPANS_S = ((1.0, 13.0), (16.0, 28.0))
"""Parts of a trial that stand for videos of 12 s."""


class Value(NamedTuple):
    """One difference in one video."""

    runner: str
    error: float
    side_errors: tuple[float, float]
    half: float
    true: float
    called: bool


def true_values(trial: PlateTrial) -> dict[tuple[str, str], float]:
    """Median of every metric over the whole trial, with the contacts of the plates."""
    exact = trial.filmed("side", trial.recorded_hz)
    analysis = analyze_track(exact, trial.settings)
    whole = Trial(exact, analysis.view, trial.settings, to_strides(trial.events))
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    for m in measure(whole.with_view(ground_tilt_deg=0.0)).rows:
        found[m.metric, m.side].append(m.value)
    return {key: float(np.median(values)) for key, values in found.items()}


def values(folder: Path) -> tuple[dict[str, list[Value]], dict[str, list[tuple[str, float]]]]:
    """Every difference of every video, and the true ones of every trial, by metric."""
    seen: dict[str, list[Value]] = defaultdict(list)
    truth: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for trial in plate_trials(folder):
        known = true_values(trial)
        for metric in {m for m, side in known if side != "both"}:
            if metric in knowledge().differences.without:
                continue
            true = known[metric, "right"] - known[metric, "left"]
            truth[metric].append((trial.runner, true))
        for seed, span in enumerate(SPANS_S):
            track = trial.filmed("side", 60.0, NOISE_MM, seed).between(*span)
            analysis = analyze_track(track.with_(time=track.time - track.time[0]), trial.settings)
            for d in analysis.differences:
                if (d.metric, "left") not in known:
                    continue
                sides = [
                    s.value - known[d.metric, side]
                    for side in SIDES
                    if (s := analysis.summary(d.metric, side)) is not None and s.value is not None
                ]
                true = known[d.metric, "right"] - known[d.metric, "left"]
                half = (d.ci95[1] - d.ci95[0]) / 2
                called = d.answer == "more than healthy runners differ"
                seen[d.metric].append(
                    Value(trial.runner, d.value - true, (sides[0], sides[1]), half, true, called)
                )
    return seen, truth


def pose_half(metric: str) -> float:
    """What the points add to half of an interval."""
    own = knowledge().keypoint_sd(metric, by_model=False)
    return Z95 * own * float(np.sqrt(2 - 2 * knowledge().differences.landmark_shared))


def beyond_others(trials_of: list[tuple[str, float]]) -> float:
    """Share of trials beyond the limits that the other runners would have given."""
    runners = np.array([runner for runner, _ in trials_of])
    differences: Float = np.array([true for _, true in trials_of])
    out = []
    for runner in sorted(set(runners)):
        others = differences[runners != runner]
        n = len(set(runners)) - 1
        factor = student_t.ppf(0.975, n) * np.sqrt(1 + 1 / n)
        limit = factor * np.sqrt(np.mean(others**2))
        out += list(np.abs(differences[runners == runner]) > limit)
    return float(np.mean(out))


def rows(folder: Path) -> list[list[str]]:
    """One row per metric."""
    seen, truth = values(folder)
    out = []
    for metric in [m for m in knowledge().metrics if m in seen]:
        found = seen[metric]
        error, half = (np.array([getattr(v, name) for v in found]) for name in ("error", "half"))
        sides = np.array([v.side_errors for v in found])
        independent = np.sqrt(np.mean((sides**2).sum(axis=1)))
        rmse = np.sqrt(np.mean(error**2))
        bare = np.sqrt(np.maximum(half**2 - pose_half(metric) ** 2, 0))
        healthy = knowledge().differences.healthy.get(metric)
        called = sum(v.called for v in found)
        wrongly = sum(v.called and healthy is not None and abs(v.true) <= healthy for v in found)
        out.append(
            [
                metric,
                str(len(found)),
                f"{error.mean():.2g}",
                f"{rmse:.2g}",
                f"{100 * (1 - (rmse / independent) ** 2):.0f} %",
                f"{np.median(half):.2g}",
                f"{100 * np.mean(np.abs(error) <= half):.0f} %",
                f"{100 * np.mean(np.abs(error) <= bare):.0f} %",
                "-" if healthy is None else f"{healthy:g}",
                f"{100 * beyond_others(truth[metric]):.0f} %",
                f"{called} ({wrongly})",
            ]
        )
    return out


def main() -> None:
    """Write the table."""
    options = arguments(__doc__).parse_args()
    head = ["metric", "values", "bias", "RMSE", "cancels", "stated ±", "held", "held, no pose part"]
    head += ["healthy ±", "beyond others'", "called more (wrongly)"]
    publish("differences", table(head, rows(options.data / "forceplate")), options)


if __name__ == "__main__":
    main()
