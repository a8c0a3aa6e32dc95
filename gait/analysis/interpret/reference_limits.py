"""Which values of a video differ from those of other runners."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gait.analysis.kinematics.uncertainty import NEARLY, STRIDE_VARIABILITY
from gait.analysis.results import Summary, View
from gait.analysis.trial import Trial
from gait.knowledge import Flag, MetricInfo, knowledge
from gait.types import Z95, AnySide


@dataclass(frozen=True, slots=True)
class Deviation:
    """A value beyond a limit."""

    flag: Flag
    """The limit as the knowledge base has it."""
    limit: float
    """What it comes to for this runner."""
    side: AnySide
    """Where; "both" also if both legs are beyond it."""
    value: float
    """Of that leg, or the mean of both weighted by their exactness."""
    ci95: tuple[float, float]
    """Its 95 % interval."""
    n: int
    """Strides it rests on."""
    summaries: tuple[Summary, ...]
    """All sides of the metric that were measured."""

    @property
    def distance(self) -> float:
        """How far beyond the limit, in standard uncertainties."""
        near_end = self.ci95[0] if self.flag.sign > 0 else self.ci95[1]
        half = abs(self.value - near_end)
        beyond = self.flag.sign * (self.value - self.limit)
        return beyond / (half / Z95) if half else float("inf") * beyond

    @property
    def clear(self) -> bool:
        """Whether the whole interval is beyond the limit."""
        return self.distance > Z95


def deviations(trial: Trial, summaries: tuple[Summary, ...]) -> tuple[Deviation, ...]:
    """All values that are beyond a limit by more than their uncertainty.

    The uncertainty is the standard uncertainty (JCGM 100) of scatter, timing and landmarks
    together. Limits lie about 2 SD from the mean of healthy runners. With this guard no larger
    share of them is flagged than without any error of measurement, as long as the uncertainty is
    below 4/3 SD of runners. To ask for the whole 95 % interval beyond the limit would hide most
    real deviations: the rendered overstride (true 33 % of leg length, limit 30) is measured to
    within 5. `Deviation.clear` tells the two apart, words say which it is, and only what is clear
    gets a cue.

    Parameters
    ----------
    trial : Trial
        Limits are those of runners at this speed, of this sex and, if stature is told, with legs as
        long.
    summaries : tuple of Summary
        From `gait.analysis.kinematics.summarize`.

    Returns
    -------
    tuple of Deviation
        In the order of the knowledge base, notes included.
    """
    found = []
    for flag in knowledge().flags:
        limit = _limit(flag, trial, summaries)
        if limit is None:
            continue
        beyond = deviation(flag, limit, summaries)
        if beyond is not None:
            found.append(beyond)
    return tuple(found)


def deviation(flag: Flag, limit: float, summaries: tuple[Summary, ...]) -> Deviation | None:
    """What is beyond one limit by more than its uncertainty: both legs, or one that is seen well.

    Parameters
    ----------
    flag : Flag
        Whose metric and direction count.
    limit : float
        What it comes to, in the unit of the metric.
    summaries : tuple of Summary
        Of this metric and of others.
    """
    return next(
        (v for v in _candidates(flag, limit, summaries) if v.distance > 1 and _enough(v.n)),
        None,
    )


def mark(trial: Trial, summaries: tuple[Summary, ...]) -> tuple[Summary, ...]:
    """The summaries with their limits, and flagged where they are beyond one.

    In the same order.
    """
    limits: dict[str, dict[str, float | None]] = {}
    for flag in knowledge().flags:
        limit = _limit(flag, trial, summaries)
        if limit is not None and not flag.note:
            limits.setdefault(flag.metric, {"low": None, "high": None})[flag.direction] = limit
    flagged = {
        (v.flag.metric, side): v.flag.direction
        for v in deviations(trial, summaries)
        if not v.flag.note
        for side in (("left", "right", "both") if v.side == "both" else (v.side,))
    }
    return tuple(
        s
        if s.value is None or s.metric not in limits
        else s.model_copy(
            update={
                "flag_limits": (limits[s.metric]["low"], limits[s.metric]["high"]),
                "flag": flagged.get((s.metric, s.side)),
            }
        )
        for s in summaries
    )


def _limit(flag: Flag, trial: Trial, summaries: tuple[Summary, ...]) -> float | None:
    """The limit for this runner; None if this video may not be held against it."""
    view, settings = trial.view, trial.settings
    info = knowledge().metrics.get(flag.metric)
    own = [s for s in summaries if s.metric == flag.metric and s.value is not None]
    if info is None or trial.activity != "running" or not _enough(sum(s.n for s in own)):
        return None
    if view.fps_hz < NEARLY * min(info.min_fps_hz, knowledge().gate.min_fps_hz):
        return None
    if flag.metric != STRIDE_VARIABILITY and _contacts_lost(summaries):
        return None
    if not flag.note and not _same_surface(info, view):
        return None
    return flag.limit.at(info, settings.speed_mps, view.surface, settings.sex, settings.height_m)


def _same_surface(info: MetricInfo, view: View) -> bool:
    return info.reference_surface in ("any", view.surface)


def _enough(n: int) -> bool:
    return n >= knowledge().gate.min_strides


def _contacts_lost(summaries: tuple[Summary, ...]) -> bool:
    limit = knowledge().gate.max_stride_variability_pct
    values = [s.value for s in summaries if s.metric == STRIDE_VARIABILITY]
    return any(value is not None and value > limit for value in values)


def _candidates(flag: Flag, limit: float, summaries: tuple[Summary, ...]) -> Iterable[Deviation]:
    """Both legs together if both are beyond the limit, then each leg that is seen well."""
    own = tuple(s for s in summaries if s.metric == flag.metric and s.value is not None)
    beyond = [s for s in own if s.value is not None and flag.sign * (s.value - limit) > 0]
    if len(beyond) == 2:
        yield _pooled(flag, limit, (beyond[0], beyond[1]), own)
    for s in beyond:
        if not s.far_side and s.value is not None and s.ci95 is not None:
            yield Deviation(flag, limit, s.side, s.value, s.ci95, s.n, own)


def _pooled(
    flag: Flag, limit: float, legs: tuple[Summary, Summary], own: tuple[Summary, ...]
) -> Deviation:
    """The mean of both legs, weighted by exactness.

    Their errors are taken as independent: on rendered runners the landmark errors of the near and
    of the far leg have no common sign (docs/accuracy.md).
    """
    values = [s.value for s in legs if s.value is not None]
    halves = [s.half for s in legs if s.half is not None]
    weights = [1 / half**2 for half in halves]
    value = sum(w * v for w, v in zip(weights, values, strict=True)) / sum(weights)
    half = sum(weights) ** -0.5
    ci95 = (value - half, value + half)
    return Deviation(flag, limit, "both", value, ci95, sum(s.n for s in legs), own)
