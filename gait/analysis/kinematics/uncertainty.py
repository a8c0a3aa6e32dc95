"""What is said about each metric of a video: value, scatter, interval, typical range or the reason
why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from math import hypot
from typing import Final

import numpy as np
from scipy.stats import chi2
from scipy.stats import t as student_t

from gait.analysis.kinematics.measure import Key, Measured, Sample, measure, sides_of
from gait.analysis.results import Summary, View
from gait.analysis.trial import Strides, Trial
from gait.knowledge import MetricInfo, knowledge
from gait.settings import Settings
from gait.types import SIDES, Z95, AnySide, Float, Plane

STRIDE_VARIABILITY: Final = "stride_variability"
VARIABILITY: Final[Mapping[str, str]] = {
    STRIDE_VARIABILITY: "stride_time",
    "contact_variability": "contact_time",
}
"""Metrics that have no value in a single stride, and what they are the scatter of."""

CONTACT_NOISE_S: Final = {True: 0.0074, False: 0.0039}
"""SD of contact times of strides that are all alike, in tracks of a pose model (rendered
runners) and of markers (joints with noise, against plates): as large as what people really vary."""

CONVERTED_HZ: Final = 28.0
TAKEN_SD: Final = 1 / np.sqrt(12)
"""Below this rate a video may be a conversion of one of 30 frames per second, whose pictures are
shown up to a frame after they were taken: so long is the SD of when, in frames."""

MIN_STRIDES: Final = 3
"""With fewer strides nothing can be said about their scatter."""

LONG_S: Final = 20.0
"""A video as long as what is asked for: a longer one would not narrow an interval by much."""

TOO_FEW: Final = f"Needs at least {MIN_STRIDES} complete strides of each foot"
"""How the reason begins where strides are missing."""

SEEN_FROM: Final[Mapping[Plane, str]] = {
    "side": "from the side",
    "rear": "from behind",
    "front": "from in front",
}

WITHIN_STRIKE_SD_S: Final = 0.0036
"""Scatter of strike times from stride to stride on force plates: what of the SD of an event a
runner's strides do not share."""

HABIT_S: Final = (10.0, 15.0, 20.0, 30.0)
HABIT_WIDENING: Final = (2.3, 2.1, 1.6, 1.0)
"""Neighbouring strides are alike, so a short video says less of a runner's half minute than
independent strides would. With the scatter times this, the cadence of 10, 15 and 20 s held that of
30 s in 92 to 98 % of 36 trials on force plates."""
_RHYTHM: Final = (
    "cadence",
    "stride_time",
    "step_time",
    "stride_length",
    "step_length",
    "step_time_asymmetry",
)

UNKNOWN_CLOCK_SD_S: Final = 0.006
"""Rules that find contacts add 25 to 40 ms of life; where the speed of the video is guessed, that
is wrong by some 15 %."""

SHARP_FPS_HZ: Final = 60.0
"""From here on event times are no more biased than at 120 Hz: force plate and rendered videos, see
docs/accuracy.md. In a real video at 30 Hz, with its longer exposure, strikes came 20 ms early."""

NEARLY: Final = 0.97
"""59.94 Hz passes as 60; a dropped frame now and then does no harm."""


def summarize(measured: Measured) -> tuple[Summary, ...]:
    """One summary per metric and side, in the order of the knowledge base.

    The value is the median of all pairwise means of the strides (Hodges and Lehmann 1963): nearly
    as efficient as the mean, and not moved by a stray stride. The 95 % interval adds in squares
    the scatter between strides (Student's t), 1.96 times the systematic SD of event times carried
    over to the value, and 1.96 times the SDs that the keypoints and the camera cause. What a timing
    error does to a value is found by measuring again with the events moved.

    Parameters
    ----------
    measured : Measured
        Every metric in every stride. Typical ranges are those of runners and given only for
        running.

    Returns
    -------
    tuple of Summary
        Metrics that cannot be had carry `limit`, a sentence that says what is missing.
    """
    trial, view = measured.trial, measured.trial.view
    summaries = []
    for info in knowledge().metrics.values():
        if info.id in VARIABILITY:
            summaries.append(_variability(info, measured))
            continue
        for side in sides_of(info.id):
            sample = measured.samples[info.id, side]
            summary = (
                _missing(info, side, sample, view)
                if isinstance(sample, str)
                else _summary(info, side, sample, measured)
            )
            if summary.value is not None and trial.activity == "running":
                summary = _compared(summary, info, trial.settings, view)
            summaries.append(summary)
    return tuple(summaries)


def known_errors(trial: Trial) -> Mapping[Key, float]:
    """SD of each value from event times and from how the video was made, without the keypoints."""
    measured, errors = measure(trial), {}
    for (metric, side), sample in measured.samples.items():
        if isinstance(sample, Sample):
            event = _event_error(knowledge().metrics[metric], side, measured)
            errors[metric, side] = float(np.hypot(event, sample.systematic.sd))
    return errors


def withheld(summaries: tuple[Summary, ...], reason: str) -> tuple[Summary, ...]:
    """The same summaries without values, for `reason` where there was no other one."""
    return tuple(s if s.value is None else s.withheld(reason) for s in summaries)


def scatter_half(metric: str, sd: float, n: int, view: View) -> float:
    """Half of the 95 % interval that the scatter between strides causes in their mean.

    Parameters
    ----------
    metric : str
        Id of the metric.
    sd : float
        Between the strides.
    n : int
        How many there are.
    view : View
        Says how long they took.
    """
    half = float(student_t.ppf(0.975, n - 1)) * sd / float(np.sqrt(n))
    if metric not in _RHYTHM:
        return half
    return half * float(np.interp(view.window_s[1] - view.window_s[0], HABIT_S, HABIT_WIDENING))


def _summary(info: MetricInfo, side: AnySide, sample: Sample, measured: Measured) -> Summary:
    view, values = measured.trial.view, measured.values(info.id, side)
    n, systematic = len(values), sample.systematic
    if n < MIN_STRIDES:
        whole = len(sample.value)
        reason = _too_few(whole) if whole < MIN_STRIDES else _hidden(n, whole, side)
        return _missing(info, side, reason, view, n)
    value, sd = centre(values), float(np.std(values, ddof=1))
    scatter = scatter_half(info.id, sd, n, view)
    far = _is_far(info, side, view)
    by_model = measured.trial.track.by_model
    landmark = knowledge().keypoint_sd(info.id, by_model=by_model, far=far)
    event = _event_error(info, side, measured)
    systematic_sd = np.linalg.norm([landmark, systematic.sd, event])
    half = float(np.hypot(scatter, Z95 * systematic_sd))
    if half > info.max_halfwidth:
        parts = {
            "strides": scatter / Z95,
            "events": event,
            "points": float(landmark),
            "camera": systematic.sd,
        }
        remedy = _remedy(max(parts, key=parts.__getitem__), info, view, far=far)
        reason = f"Too uncertain in this video (± {half:.2g} {info.unit}): {remedy}"
        return _missing(info, side, reason, view, n)
    return Summary(
        metric=info.id,
        name=info.name,
        side=side,
        n=n,
        value=value,
        sd=sd,
        ci95=(value - half, value + half),
        unit=info.unit,
        tier=info.tier,
        label=_joined(systematic.note, _label(info, view.fps_hz)),
        far_side=far,
        caveat=_too_slow(info, view.fps_hz),
    )


def _missing(info: MetricInfo, side: AnySide, reason: str, view: View, n: int = 0) -> Summary:
    return Summary(
        metric=info.id,
        name=info.name,
        side=side,
        n=n,
        value=None,
        sd=None,
        ci95=None,
        unit=info.unit,
        tier=info.tier,
        far_side=_is_far(info, side, view),
        limit=reason,
    )


def _variability(info: MetricInfo, measured: Measured) -> Summary:
    """Scatter of a time within each foot, without that of the measurement; of strides as a CV."""
    trial, view = measured.trial, measured.trial.view
    unknown = measured.samples[VARIABILITY[info.id], SIDES[0]]
    if isinstance(unknown, str):
        return _missing(info, "both", unknown, view)
    noise_sd = _noise_s(info.id, trial) * (1 if info.id == STRIDE_VARIABILITY else 1000)
    times = [measured.values(VARIABILITY[info.id], side) for side in SIDES]
    feet = [f for f in times if len(f) >= MIN_STRIDES]
    n = sum(len(f) for f in feet)
    if not feet:
        return _missing(info, "both", _too_few(max(map(len, times))), view)
    freedom = n - len(feet)
    variance = sum(float(np.var(f, ddof=1)) * (len(f) - 1) for f in feet) / freedom
    unit = 100 / float(np.mean(np.concatenate(feet))) if info.id == STRIDE_VARIABILITY else 1.0
    value = unit * np.sqrt(max(0.0, variance - noise_sd**2))
    # The error of events is itself not known exactly: all of the scatter may be the runner's.
    least, most = variance * freedom / chi2.ppf([0.975, 0.025], freedom)
    low = unit * np.sqrt(max(0.0, least - noise_sd**2))
    high = float(unit * np.sqrt(most))
    bound = None if low > 0 else f"at most {high:.1f}"  # "0 ± half" would say something else
    return Summary(
        metric=info.id,
        name=info.name,
        side="both",
        n=n,
        value=value,
        sd=None,
        ci95=(float(low), high),
        unit=info.unit,
        tier=info.tier,
        label=_joined(bound, _label(info, view.fps_hz)),
        caveat=_too_slow(info, view.fps_hz),
    )


def _noise_s(metric: str, trial: Trial) -> float:
    """SD that the measurement gives to the times whose scatter is wanted."""
    own_s = CONTACT_NOISE_S[trial.track.by_model]
    if metric == STRIDE_VARIABILITY:  # both ends of a stride carry the error of a strike
        own_s = float(np.sqrt(2)) * _within_sd_s(_timing_sd(trial.strides)[0])
    fps_hz = trial.view.fps_hz
    return hypot(own_s, np.sqrt(2) * TAKEN_SD / fps_hz) if fps_hz < CONVERTED_HZ else own_s


def centre(values: Float) -> float:
    """Median of all pairwise means (Hodges and Lehmann 1963)."""
    i, j = np.triu_indices(len(values))
    return float(np.median((values[i] + values[j]) / 2))


def _label(info: MetricInfo, fps_hz: float) -> str | None:
    """The warning that belongs to the frame rate."""
    return "trend only" if fps_hz < NEARLY * info.min_fps_hz else None


def _too_slow(info: MetricInfo, fps_hz: float) -> str | None:
    if _label(info, fps_hz) is None:
        return None
    return (
        f"Asks for {info.min_fps_hz:.0f} frames per second for more than a trend; read were "
        f"{fps_hz:.0f}."
    )


def _compared(summary: Summary, info: MetricInfo, settings: Settings, view: View) -> Summary:
    """With the class and the typical range of runners at this speed and with legs as long."""
    assert summary.value is not None
    labels = [summary.label]
    if info.classes is not None and view.fps_hz >= NEARLY * (info.min_fps_class_hz or 0):
        labels.insert(0, info.classes.label(summary.value, settings.speed_mps))
    return summary.model_copy(
        update={
            "label": _joined(*labels),
            "typical": info.typical_range(settings.speed_mps, view.surface, settings.height_m),
        }
    )


def _joined(*labels: str | None) -> str | None:
    return "; ".join(label for label in labels if label) or None


def _is_far(info: MetricInfo, side: AnySide, view: View) -> bool:
    return info.view == "side" and side == view.far_side


def _too_few(n: int) -> str:
    return f"{TOO_FEW}; this video has {n}: film 20 to 30 s of steady running."


def _hidden(n: int, whole: int, side: AnySide) -> str:
    whose = "both legs" if side == "both" else f"the {side} leg"
    return (
        f"Could be read in {n} of {whole} strides only: see that nothing hides {whose}, feet and "
        "hips included."
    )


def _remedy(part: str, info: MetricInfo, view: View, *, far: bool) -> str:
    """What to change about the part of an interval that is the widest."""
    if part == "strides":
        short = view.window_s[1] - view.window_s[0] < LONG_S
        return "film 20 to 30 s of steady running." if short else "film running of even speed."
    if part == "events" and view.fps_hz < NEARLY * info.min_fps_hz:
        return f"film at {info.min_fps_hz:.0f} frames per second or more."
    if far:
        return "film this leg from its own side."
    if part == "camera":
        return f"film exactly {SEEN_FROM[view.plane]}, with a level phone."
    return "film from nearer, in good light, with the whole body in the picture."


def _event_error(info: MetricInfo, side: AnySide, measured: Measured) -> float:
    """SD of a value from the systematic error of event times.

    The random error of single events is part of the scatter between strides. Below `SHARP_FPS_HZ`
    it also counts as systematic: interpolation between frames removes their spacing, but not the
    blur of a foot that moves while a long exposure lasts.
    """
    view, strides = measured.trial.view, measured.trial.strides
    slopes, bias = measured.slopes[info.id, side], knowledge().event_bias_in(view.plane)
    needed_hz = min(info.min_fps_hz, SHARP_FPS_HZ)
    own = strides if side == "both" else strides.of(side)
    strike_sd_s, off_sd_s = _timing_sd(own) if view.fps_hz < NEARLY * needed_hz else (0.0, 0.0)
    clock_sd_s = UNKNOWN_CLOCK_SD_S if view.time_base == "unknown" else 0.0
    return hypot(
        slopes.strike * hypot(bias.strike_sd_s, strike_sd_s, clock_sd_s),
        slopes.off * hypot(bias.off_sd_s, off_sd_s, clock_sd_s),
        slopes.side_difference * bias.side_difference_sd_s,
    )


def _within_sd_s(strike_sd_s: float) -> float:
    """The part of the SD of strike times that differs from stride to stride."""
    shared = knowledge().event_bias_in("side").strike_sd_s
    return max(WITHIN_STRIKE_SD_S, float(np.sqrt(max(0.0, strike_sd_s**2 - shared**2))))


def _timing_sd(strides: Strides) -> tuple[float, float]:
    """Root mean square of the SD of strike and toe-off times."""
    sd = np.array([(s.strike_sd_s, s.off_sd_s) for s in strides])
    strike, off = np.sqrt(np.mean(sd**2, axis=0)) if len(sd) else (0.0, 0.0)
    return float(strike), float(off)
