"""The constants of the stated intervals, fitted to videos whose truth is known.

``python benchmarks/error_model.py`` writes them to ``gait/knowledge/metrics.toml`` and prints those
that moved; where events did, run it again, since all else was read with the old ones. Only videos
with the use "fit" count: the others test what comes of it.

The error of a value is taken to be the sum of independent parts: what event times cause, what the
video adds (camera, pelvis), the scatter between strides, and the rest, which the keypoints cause.
The rest is found here: the mean square error of a metric less the parts that are known. The runner
is the unit, and what was believed before counts as one more runner, so that few videos cannot make
an interval narrow by luck.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
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
from gait.knowledge import PoseCorrection, knowledge
from gait.types import opposite
from gait.validation.force_plate import plate_trials
from gait.validation.matching import score
from gait.validation.people import marker_sds, people
from gait.validation.truth import TRACKS, Known, known_videos

FEWEST_FOR_A_BIAS: Final = 5
"""Runners; of three, one metric in twenty would seem to have a bias by luck."""

PRIOR_RUNNERS: Final = 1
"""How many runners the earlier estimate counts for."""

KNEE: Final = ("knee_flexion_ic", "knee_flexion_peak_stance", "knee_flexion_peak_swing")
"""Metrics that the gain of the knee is fitted to."""

FPPA: Final = "knee_fppa"
"""The metric whose gain and offset are fitted together."""

OFFSETS: Final = {"thigh_deg": ("hip_extension_peak", -1.0), "trunk_deg": ("trunk_lean", 1.0)}
"""Metrics that an offset of an angle is fitted to, and the sign of the angle in them."""


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
    value, true : float
        As measured, with the correction in use, and as it is.
    known_variance : float
        Of event times and of how the video was made.
    """

    runner: str
    metric: str
    far_side: bool
    value: float
    true: float
    known_variance: float

    @property
    def error(self) -> float:
        """Measured minus true."""
        return self.value - self.true


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
                runner = known.truth.runner or known.name
                variance = parts[key] ** 2
                found.append(Residual(runner, s.metric, s.far_side, s.value, true[key], variance))
    return found


def fit_correction(found: Sequence[Residual]) -> PoseCorrection:
    """What BlazePose's angles have to be multiplied with, and what has to be added to them."""
    now = knowledge().pose_correction
    knees = []
    for rows in _by_runner(r for r in found if r.metric in KNEE):
        far = np.array([r.far_side for r in rows], dtype=float)
        drawn = (np.array([r.value for r in rows]) - now.knee_far_deg * far) / now.knee_gain
        true = np.array([r.true for r in rows])
        knees.append(np.linalg.lstsq(np.column_stack([drawn, far]), true)[0].tolist())
    gains, far_offsets = zip(*knees, strict=True)
    offsets = {"knee_far_deg": common_bias(far_offsets)}
    for name, (metric, sign) in OFFSETS.items():
        by_runner = _by_runner(r for r in found if r.metric == metric)
        means = [sign * float(np.mean([r.error for r in rows])) for rows in by_runner]
        offsets[name] = -common_bias([mean - getattr(now, name) for mean in means])
    gain = 1 + common_bias([gain - 1 for gain in gains])
    fppa = [r for r in found if r.metric == FPPA]
    raw = [(r.value - now.fppa_deg) / now.fppa_gain for r in fppa]
    fppa_gain, fppa_deg = np.polyfit(raw, [r.true for r in fppa], 1).tolist()
    fitted = {"knee_gain": gain, "fppa_gain": fppa_gain, "fppa_deg": fppa_deg, **offsets}
    return now.model_copy(update=fitted)


def corrected(found: Iterable[Residual], correction: PoseCorrection) -> list[Residual]:
    """The same values with another correction of the angles."""
    now = knowledge().pose_correction
    added = {
        metric: sign * (getattr(correction, name) - getattr(now, name))
        for name, (metric, sign) in OFFSETS.items()
    }
    gain = correction.knee_gain / now.knee_gain
    gains = dict.fromkeys((*KNEE, "knee_flexion_excursion"), gain)
    gains[FPPA] = correction.fppa_gain / now.fppa_gain
    added[FPPA] = correction.fppa_deg - gains[FPPA] * now.fppa_deg
    far = dict.fromkeys(KNEE, correction.knee_far_deg - gain * now.knee_far_deg)

    def anew(r: Residual) -> float:
        offset = added.get(r.metric, 0.0) + (far.get(r.metric, 0.0) if r.far_side else 0.0)
        return float(r.value * gains.get(r.metric, 1.0) + offset)

    return [replace(r, value=anew(r)) for r in found]


def fit_off_far_s(videos: Iterable[Known]) -> float:
    """By how much toe-offs of the far leg are read too early, against those of the near one, s."""
    early = []
    for known in videos:
        analysis = analyze_track(kept_track(RunFolder(known.source)), known.truth.settings)
        far = analysis.view.far_side
        if far is None:
            continue
        errors = score("off", analysis.events, known.truth.contacts, analysis.view.window_s[1])
        mean_ms = {"left": np.mean(errors.left_ms), "right": np.mean(errors.right_ms)}
        early.append(float(mean_ms[opposite(far)] - mean_ms[far]) / 1000)
    return float(knowledge().pose_correction.off_far_s + common_bias(early))


def fit(found: Sequence[Residual], far_factor: float) -> Mapping[str, float]:
    """SD of the keypoints' error of every metric that has one, near leg.

    Parameters
    ----------
    found : sequence of Residual
        Of the videos to fit.
    far_factor : float
        How much larger the error of the far leg is.
    """
    constants = {}
    for metric, prior in _priors(found).items():
        squares = [
            np.mean([_square(r) / (far_factor if r.far_side else 1) ** 2 for r in rows])
            for rows in _by_runner(r for r in found if r.metric == metric)
        ]
        n = len(squares)
        variance = n * max(0.0, float(np.mean(squares))) + PRIOR_RUNNERS * prior**2
        constants[metric] = float(np.sqrt(variance / (n + PRIOR_RUNNERS)))
    return constants


def _priors(found: Sequence[Residual]) -> Mapping[str, float]:
    """Of every metric that has an error of its own, in the order of the metrics."""
    measured = {r.metric for r in found}
    return {
        info.id: info.landmark_prior
        for info in knowledge().metrics.values()
        if info.landmark_prior and info.id in measured
    }


def common_bias(by_runner: Sequence[float]) -> float:
    """Mean of the runners' errors, 0 unless its 95 % interval (Student's t) leaves 0 out."""
    n, mean = len(by_runner), float(np.mean(by_runner))
    if n < FEWEST_FOR_A_BIAS:
        return 0.0
    half = float(student_t.ppf(0.975, n - 1)) * float(np.std(by_runner, ddof=1)) / np.sqrt(n)
    return mean if abs(mean) > half else 0.0


def fit_far_factor(found: Sequence[Residual]) -> float:
    """How much larger errors are on the far leg, in the metrics that both legs have."""
    priors = _priors(found)
    sagittal = [r for r in found if knowledge().metrics[r.metric].view == "side"]
    paired = {r.metric for r in sagittal if r.far_side} & priors.keys()

    def square(far: bool) -> float:
        own = [r for r in sagittal if r.metric in paired and r.far_side is far]
        return float(np.mean([(r.error / priors[r.metric]) ** 2 for r in own]))

    n = len({r.runner for r in sagittal})
    prior = knowledge().far_side.prior_factor ** 2
    return float(np.sqrt((n * square(True) / square(False) + prior) / (n + PRIOR_RUNNERS)))


def _square(r: Residual) -> float:
    return r.error**2 - r.known_variance


def _by_runner(rows: Iterable[Residual]) -> list[list[Residual]]:
    ordered = sorted(rows, key=lambda r: r.runner)
    return [list(group) for _, group in groupby(ordered, key=lambda r: r.runner)]


def written(text: str, name: str, constants: Mapping[str, float]) -> str:
    """The text of ``metrics.toml`` with another column, all else as it was."""
    head, *metrics = text.split("[[metric]]\n")
    for i, metric in enumerate(metrics):
        found = re.search(r'(?m)^id = "(\w+)"$', metric)
        if found is None or found[1] not in constants:
            continue
        said = f"{name} = {constants[found[1]]:.2g}"
        metric = re.sub(rf"(?m)^{name} = [^\n#]*?(?= *#|$)", said, metric)
        if not re.search(rf"(?m)^{name} = ", metric):
            metric = re.sub(r"(?m)^(landmark_sd = .*)$", rf"\1\n{said}", metric)
        metrics[i] = metric
    return "[[metric]]\n".join([head, *metrics])


def _line(text: str, name: str, value: float) -> str:
    return re.sub(rf"(?m)^{name} = .*$", f"{name} = {value:.4g}", text)


def main() -> None:
    """Write the constants and print those that moved."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="runners on force plates: fits marker_sd too")
    options = parser.parse_args()
    videos = [known for known in known_videos(TRACKS) if known.truth.use == "fit"]
    raw = residuals(videos)
    correction = fit_correction(raw).model_copy(update={"off_far_s": fit_off_far_s(videos)})
    found = corrected(raw, correction)
    factor = fit_far_factor(found)
    columns = {"landmark_sd": fit(found, factor)}
    if options.data:
        columns["marker_sd"] = marker_sds(people(plate_trials(options.data)).checked)
    file = Path(knowledge_package.__file__).with_name("metrics.toml")
    text = _line(file.read_text("utf-8"), "landmark_factor", round(factor, 2))
    for name in ("knee_gain", "knee_far_deg", "off_far_s", "fppa_gain", "fppa_deg", *OFFSETS):
        before, now = getattr(knowledge().pose_correction, name), getattr(correction, name)
        if f"{before:.4g}" != f"{now:.4g}":
            sys.stdout.write(f"{name}: {before:.4g} -> {now:.4g}\n")
        text = _line(text, name, now)
    for name, constants in columns.items():
        for metric, now in constants.items():
            before = getattr(knowledge().metrics[metric], name)
            if before is None or f"{before:.2g}" != f"{now:.2g}":
                sys.stdout.write(f"{metric}, {name}: {before} -> {now:.2g}\n")
        text = written(text, name, constants)
    file.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
