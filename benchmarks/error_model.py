"""The constants of the stated intervals, fitted to videos whose truth is known.

``python benchmarks/error_model.py`` writes them to ``gait/knowledge/metrics.toml`` and prints those
that moved. Only videos with the use "fit" count: the others test what comes of
it.

The error of a value is taken to be the sum of independent parts: what event times cause, what the
video adds (camera, pelvis), the scatter between strides, and the rest, which the keypoints cause.
The rest is found here: the mean square error of a metric less the parts that are known. The runner
is the unit, and what was believed before counts as one more runner, so that few videos cannot make
an interval narrow by luck.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final

import numpy as np
from scipy.stats import t as student_t

from gait import knowledge as knowledge_package
from gait.analysis.analyze import analyze_track, measured_trial
from gait.analysis.kinematics import known_errors
from gait.io.kept_run import kept_track
from gait.io.run_folder import RunFolder
from gait.knowledge import knowledge
from gait.validation.truth import TRACKS, Known, known_videos

FEWEST_FOR_A_BIAS: Final = 5
"""Runners; of three, one metric in twenty would seem to have a bias by luck."""

PRIOR_RUNNERS: Final = 1
"""How many runners the earlier estimate counts for."""

KNEE_IN_STANCE: Final = frozenset({"knee_flexion_peak_stance", "knee_flexion_excursion"})
UNCORRECTED: Final = frozenset({"knee_flexion_ic"})
"""The knee at its peak and its excursion are corrected by one bias and the knee at strike by none:
strike plus excursion stay the peak."""


@dataclass(frozen=True, slots=True)
class Residual:
    """Error of one value, and the variance of it that other parts of the model account for.

    Parameters
    ----------
    runner : str
        Whose value.
    metric : str
        Which metric.
    far_side : bool
        Whether it is of the leg away from the camera.
    error : float
        Measured minus true, before any correction.
    known_variance : float
        Of event times and of how the video was made.
    """

    runner: str
    metric: str
    far_side: bool
    error: float
    known_variance: float


@dataclass(frozen=True, slots=True)
class Constants:
    """What a fit says of one metric.

    Parameters
    ----------
    bias : float
        Mean error over runners; 0 unless it differs from 0 at 95 %.
    landmark_sd : float
        SD of what is left, near leg.
    """

    bias: float
    landmark_sd: float


def residuals(videos: Iterable[Known]) -> list[Residual]:
    """Errors of all values that have a constant error of their own, by video."""
    found = []
    for known in videos:
        track = kept_track(RunFolder(known.source))
        analysis = analyze_track(track, known.truth.settings)
        true = known.truth.by_key
        parts = known_errors(measured_trial(track, analysis))
        for s in analysis.summaries:
            key = (s.metric, s.side)
            if s.value is not None and key in true and key in parts:
                error = s.value + knowledge().metrics[s.metric].pose_bias - true[key]
                runner = known.truth.runner or known.name
                found.append(Residual(runner, s.metric, s.far_side, error, parts[key] ** 2))
    return found


def fit(found: Sequence[Residual], far_factor: float) -> Mapping[str, Constants]:
    """Bias and SD of the keypoints' error of every metric that has one.

    Parameters
    ----------
    found : sequence of Residual
        Of the videos to fit.
    far_factor : float
        How much larger the error of the far leg is.
    """
    constants = {}
    for metric, bias in _biases(found).items():
        info = knowledge().metrics[metric]
        own = [r for r in found if r.metric == metric]
        squares = [
            np.mean([_square(r, bias) / (far_factor if r.far_side else 1) ** 2 for r in rows])
            for rows in _by_runner(own)
        ]
        n = len(squares)
        variance = n * max(0.0, float(np.mean(squares))) + PRIOR_RUNNERS * info.landmark_prior**2
        constants[metric] = Constants(bias, float(np.sqrt(variance / (n + PRIOR_RUNNERS))))
    return constants


def _biases(found: Sequence[Residual]) -> Mapping[str, float]:
    """Of every metric that has an error of its own, in the order of the metrics."""
    biases = {}
    for info in knowledge().metrics.values():
        if not info.landmark_prior or all(r.metric != info.id for r in found):
            continue
        alike = KNEE_IN_STANCE if info.id in KNEE_IN_STANCE else {info.id}
        rows_of_all = _by_runner(r for r in found if r.metric in alike)
        means = [float(np.mean([r.error for r in rows])) for rows in rows_of_all]
        biases[info.id] = 0.0 if info.id in UNCORRECTED else common_bias(means)
    return biases


def common_bias(by_runner: Sequence[float]) -> float:
    """Mean of the runners' errors, 0 unless its 95 % interval (Student's t) leaves 0 out."""
    n, mean = len(by_runner), float(np.mean(by_runner))
    if n < FEWEST_FOR_A_BIAS:
        return 0.0
    half = float(student_t.ppf(0.975, n - 1)) * float(np.std(by_runner, ddof=1)) / np.sqrt(n)
    return mean if abs(mean) > half else 0.0


def fit_far_factor(found: Sequence[Residual]) -> float:
    """How much larger errors are on the far leg, in the metrics that both legs have."""
    biases = _biases(found)
    sagittal = [r for r in found if knowledge().metrics[r.metric].view == "side"]
    paired = {r.metric for r in sagittal if r.far_side}

    def square(far: bool) -> float:
        scaled = []
        for r in (r for r in sagittal if r.metric in paired and r.far_side is far):
            if r.metric in biases:
                usual = knowledge().metrics[r.metric].landmark_prior
                scaled.append(((r.error - biases[r.metric]) / usual) ** 2)
        return float(np.mean(scaled))

    n = len({r.runner for r in sagittal})
    prior = knowledge().far_side.prior_factor ** 2
    return float(np.sqrt((n * square(True) / square(False) + prior) / (n + PRIOR_RUNNERS)))


def _square(r: Residual, bias: float) -> float:
    return (r.error - bias) ** 2 - r.known_variance


def _by_runner(rows: Iterable[Residual]) -> list[list[Residual]]:
    ordered = sorted(rows, key=lambda r: r.runner)
    return [list(group) for _, group in groupby(ordered, key=lambda r: r.runner)]


def written(text: str, factor: float, constants: Mapping[str, Constants]) -> str:
    """The text of ``metrics.toml`` with other constants, all else as it was."""
    text = re.sub(r"(?m)^landmark_factor = .*$", f"landmark_factor = {factor:.2f}", text)
    head, *metrics = text.split("[[metric]]\n")
    for i, metric in enumerate(metrics):
        name = re.search(r'(?m)^id = "(\w+)"$', metric)
        if name is None or name[1] not in constants:
            continue
        c = constants[name[1]]
        metric = re.sub(r"(?m)^pose_bias = .*\n", "", metric)
        bias = f"\npose_bias = {c.bias:.2g}" if round(c.bias, 2) else ""
        said = f"landmark_sd = {c.landmark_sd:.2g}{bias}"
        metrics[i] = re.sub(r"(?m)^landmark_sd = [^\n#]*?(?= *#|$)", said, metric)
    return "[[metric]]\n".join([head, *metrics])


def main() -> None:
    """Write the constants and print those that moved."""
    videos = [known for known in known_videos(TRACKS) if known.truth.use == "fit"]
    found = residuals(videos)
    factor = fit_far_factor(found)
    constants = fit(found, factor)
    for metric, c in constants.items():
        info = knowledge().metrics[metric]
        if (before := (info.landmark_sd, info.pose_bias)) != (
            now := (float(f"{c.landmark_sd:.2g}"), float(f"{c.bias:.2g}"))
        ):
            sys.stdout.write(f"{metric}: SD, bias {before} -> {now}\n")
    file = Path(knowledge_package.__file__).with_name("metrics.toml")
    file.write_text(written(file.read_text("utf-8"), factor, constants), "utf-8")


if __name__ == "__main__":
    main()
