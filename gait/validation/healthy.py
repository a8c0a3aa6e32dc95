"""Healthy runners held against typical values: how many are pointed out, and whose cadence fits.

A runner who is among those a range was made of is likelier to be inside it. So every runner is also
judged by limits that the others alone would give.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.stats import norm

from gait.analysis.interpret.reference_limits import deviation
from gait.analysis.results import Summary
from gait.knowledge import Flag, knowledge
from gait.knowledge.metrics import TYPICAL_SDS
from gait.types import Z95, StrictModel
from gait.validation.force_plate import PlateTrial
from gait.validation.truth import Truth

FEWEST_OTHERS: Final = 5
"""Runners whose mean and SD are worth a limit."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One video of a healthy runner."""

    trial: PlateTrial
    """Whom it shows, and how fast."""
    true: Truth
    """What is known of it."""
    summaries: tuple[Summary, ...]
    """What the program read."""


class Flagged(StrictModel):
    """Whether a healthy runner's value was called unlike that of other runners.

    `beyond` tells whether the true value is beyond a limit, `left_out` whether the value would have
    been pointed out by limits that the other runners give (None where they are too few).
    `expected` is the share of healthy runners who are, by arithmetic: their values normal and
    measured with the uncertainty of this one; None where a limit is not one of mean and SD.
    """

    metric: str
    runner: str
    speed_mps: float
    flagged: bool
    beyond: bool
    left_out: bool | None
    expected: float | None


class Cadence(StrictModel):
    """A cadence that plates felt over a whole trial, beside those of typical runners.

    `by_speed` and `by_leg` are typical of the speed and of speed and leg length, in steps/min;
    `leg_m` is thigh plus shank.
    """

    runner: str
    speed_mps: float
    leg_m: float
    true: float
    by_speed: float
    by_leg: float


def cadences(trials: Sequence[PlateTrial]) -> Iterator[Cadence]:
    """One of every trial at a speed at which a cadence is typical."""
    info = knowledge().metrics["cadence"]
    assert info.speed_model is not None
    assert info.leg_model is not None
    for trial in trials:
        by_speed = info.speed_model.at(trial.speed_mps)
        by_leg = info.leg_model.of_leg(trial.speed_mps, trial.leg_m)
        if by_speed is not None and by_leg is not None:
            yield Cadence(
                runner=trial.runner,
                speed_mps=trial.speed_mps,
                leg_m=trial.leg_m,
                true=trial.cadence,
                by_speed=by_speed,
                by_leg=by_leg,
            )


def flagged(seen: Sequence[Seen]) -> Iterator[Flagged]:
    """Every value that was held against a limit."""
    truths = _truths(seen)
    for video in seen:
        by_metric: dict[str, list[Summary]] = defaultdict(list)
        for s in video.summaries:
            if s.value is not None and s.flag_limits is not None:
                by_metric[s.metric].append(s)
        for metric, own in by_metric.items():
            yield from _judged(metric, tuple(own), video, truths[metric])


Truths = Mapping[str, Sequence[tuple[float, float]]]
"""Speed and true value of every leg in every trial, by runner."""


def _truths(seen: Sequence[Seen]) -> Mapping[str, Truths]:
    found: dict[str, dict[str, dict[tuple[str, str], tuple[float, float]]]] = defaultdict(
        lambda: defaultdict(dict)
    )
    for video in seen:
        for (metric, side), value in video.true.by_key.items():
            trial = video.trial
            found[metric][trial.runner][trial.name, side] = (trial.speed_mps, value)
    return {m: {r: tuple(of.values()) for r, of in by.items()} for m, by in found.items()}


def _judged(
    metric: str, own: tuple[Summary, ...], video: Seen, truths: Truths
) -> Iterator[Flagged]:
    """The values of one metric in one video."""
    flags = [f for f in knowledge().flags if f.metric == metric and not f.note]
    others = _by_others(truths, video.trial.runner, video.trial.speed_mps)
    true = video.true.by_key
    limits = [(f, _end(own[0], f)) for f in flags]
    again = [(f, _moved(f, limit, others)) for f, limit in limits]
    left_out = None if others is None else _pointed_out(own, again)
    for s in own:
        value = true.get((metric, s.side))
        if value is not None:
            yield Flagged(
                metric=metric,
                runner=video.trial.runner,
                speed_mps=video.trial.speed_mps,
                flagged=s.flag is not None,
                beyond=any(f.sign * (value - limit) > 0 for f, limit in limits),
                left_out=None if left_out is None else s.side in left_out,
                expected=_expected(s, flags),
            )


def _end(summary: Summary, flag: Flag) -> float:
    assert summary.flag_limits is not None
    limit = summary.flag_limits[1 if flag.direction == "high" else 0]
    return float("inf") * flag.sign if limit is None else limit


def _by_others(truths: Truths, runner: str, speed_mps: float) -> tuple[float, float] | None:
    """Mean and SD at a speed, off a line through the true values of the others."""
    rest = [pair for other, pairs in truths.items() if other != runner for pair in pairs]
    if len(truths) - (runner in truths) < FEWEST_OTHERS:
        return None
    speeds, values = np.array(rest).T
    several = len(np.unique(speeds)) > 1
    line = np.polyfit(speeds, values, 1 if several else 0)
    residuals = values - np.polyval(line, speeds)
    freedom = len(values) - len(line)
    return float(np.polyval(line, speed_mps)), float(np.sqrt((residuals**2).sum() / freedom))


def _moved(flag: Flag, limit: float, others: tuple[float, float] | None) -> float:
    """The limit that the others give, or the same if it is not one of mean and SD."""
    if others is None or flag.limit.above_mean_sd is None:
        return limit
    mean, sd = others
    return mean + flag.limit.above_mean_sd * sd


def _pointed_out(own: tuple[Summary, ...], limits: Sequence[tuple[Flag, float]]) -> set[str]:
    """The sides that are beyond one of the limits by more than their uncertainty."""
    sides: set[str] = set()
    for flag, limit in limits:
        found = deviation(flag, limit, own)
        if found is not None:
            sides |= {"left", "right", "both"} if found.side == "both" else {found.side}
    return sides


def _expected(summary: Summary, flags: Sequence[Flag]) -> float | None:
    """Share of healthy runners pointed out, if they are normal and measured as exactly as this."""
    if summary.typical is None or summary.ci95 is None:
        return None
    ks = [f.limit.above_mean_sd for f in flags]
    (lowest, highest), (low, high) = summary.ci95, summary.typical
    noise = (highest - lowest) / (2 * Z95) / ((high - low) / (2 * TYPICAL_SDS))
    shares = [norm.sf((abs(k) + noise) / np.hypot(1, noise)) for k in ks if k is not None]
    return float(sum(shares)) if len(shares) == len(ks) else None
