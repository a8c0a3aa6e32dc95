"""Before and after: what changed, and whether it is more than two videos of the same running show.

A difference of two videos is a *real change* when it is larger than everything that makes videos
of an unchanged runner differ: the scatter between strides, the errors of contacts, keypoints and
camera as far as they are not the same in both, and the runner's own change from day to day.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

import numpy as np
from scipy.stats import t as student_t

from gait.analysis.kinematics.uncertainty import scatter_half
from gait.analysis.results import Analysis, Summary
from gait.comparison.comparability import mismatches, speed_error
from gait.comparison.differences import change_of_differences
from gait.comparison.goals import judge
from gait.comparison.models import Change, Comparison, Goal, Mismatch, Video
from gait.comparison.views import aligned, source_of
from gait.knowledge import knowledge
from gait.knowledge.metrics import TYPICAL_SDS
from gait.types import SIDES, Z95, AnySide, Float, UsageError

ENOUGH_STRIDES: Final = 20
"""Of each foot and video: then scatter between strides is no longer what limits a comparison."""


def compare(
    before: Sequence[Analysis], after: Sequence[Analysis], goals: Sequence[Goal] = ()
) -> Comparison:
    """What changed between videos of one runner, metric by metric and side by side.

    The interval of a difference adds in squares the scatter of both videos and, 1.96 times each,
    the part of their constant errors that is not the same in both (`shared_variance` in
    ``repeatability.toml``) and the variation from day to day where it was studied. The change is
    real if it exceeds both half of that interval and the minimal detectable change. With two or
    more videos before, the minimal detectable change is the runner's own: their scatter, weighed
    with that of other runners by degrees of freedom.

    Parameters
    ----------
    before, after : sequence of Analysis
        One video or more each, of one runner filmed alike. Of merged views those are compared that
        were filmed from the same side.
    goals : sequence of Goal, optional
        What the runner wanted to change.

    Returns
    -------
    Comparison
        A change for every metric and side that any of the videos has. Where videos differ in how
        they were made, the metrics that this touches get no verdict or a wider interval.

    Raises
    ------
    UsageError
        If there is no video before or none after.
    """
    if not before or not after:
        raise UsageError("A comparison needs videos before and after.", "Give one of each or more.")
    runs = aligned([*before, *after])
    before, after = runs[: len(before)], runs[len(before) :]
    found: dict[Mismatch, None] = {}
    changes = []
    for key in _keys((*before, *after)):
        change, touching = _change(key, before, after)
        changes.append(change)
        found.update(dict.fromkeys(touching))
    return Comparison(
        before=tuple(_video(a) for a in before),
        after=tuple(_video(a) for a in after),
        mismatches=tuple(found),
        changes=tuple(changes),
        differences=change_of_differences(before, after, changes),
        goals=tuple(judge(goal, changes) for goal in goals),
        notes=tuple(_notes(before, after)),
    )


Key = tuple[str, AnySide]


@dataclass(frozen=True, slots=True)
class _Reading:
    """One value: half of the interval from scatter, and SD of the constant error."""

    video: Analysis
    summary: Summary
    value: float
    scatter: float
    constant_sd: float


def _keys(analyses: Iterable[Analysis]) -> list[Key]:
    there = {(s.metric, s.side) for a in analyses for s in a.summaries}
    sides: tuple[AnySide, ...] = (*SIDES, "both")
    return [(m, side) for m in knowledge().repeatability for side in sides if (m, side) in there]


def _change(
    key: Key, before: Sequence[Analysis], after: Sequence[Analysis]
) -> tuple[Change, tuple[Mismatch, ...]]:
    """The change of one metric on one side, and the mismatches that touch it."""
    earlier, later = _readings(key, before), _readings(key, after)
    blank = _blank(key, earlier, later)
    if not earlier or not later:
        missing = before if not earlier else after
        return blank.model_copy(update={"why": _reasons(key, missing)}), ()
    reference, *others = (r.video for r in (*earlier, *later))
    touching = tuple(
        dict.fromkeys(
            m
            for m in chain.from_iterable(mismatches(reference, video) for video in others)
            if key[0] in m.metrics
        )
    )
    if removing := tuple(m.message for m in touching if m.effect == "removes"):
        return blank.model_copy(update={"why": removing}), touching
    alike = not any(m.effect == "widens" and m.what != "speed" for m in touching)
    drift = max(speed_error(key[0], reference, video) or 0.0 for video in others)
    return _judged(blank, earlier, later, alike, drift, touching), touching


def _judged(
    blank: Change,
    earlier: Sequence[_Reading],
    later: Sequence[_Reading],
    alike: bool,
    drift: float,
    touching: tuple[Mismatch, ...],
) -> Change:
    known = knowledge().repeatability[blank.metric]
    one_video = {_sha(r.video) for r in earlier} & {_sha(r.video) for r in later} - {None}
    own = _own_mdc(known.mdc, earlier, len(later))
    day_sd = 0.0 if own is not None or one_video else known.day_sd
    shared = knowledge().agreement.shared_variance if alike else 0.0
    half = float(np.hypot(_half(earlier, later, shared, day_sd), drift))
    assert blank.before is not None
    assert blank.after is not None
    difference = blank.after - blank.before
    mdc = known.mdc if own is None else own
    detectable = max(half, mdc or 0.0)
    real = abs(difference) > detectable
    return blank.model_copy(
        update={
            "difference": difference,
            "ci95": (difference - half, difference + half),
            "mdc": mdc,
            "mdc_of": None if mdc is None else "runners" if own is None else "this runner",
            "detectable": detectable,
            "verdict": "real change" if real else "within measurement error",
            "towards": _towards(blank, later[0].video) if real else None,
            "why": tuple(m.message for m in touching),
        }
    )


def _half(
    earlier: Sequence[_Reading], later: Sequence[_Reading], shared: float, day_sd: float
) -> float:
    """Half of the 95 % interval of the difference of two means of videos.

    The constant error of a video has one part that all have in proportion to its size, and one
    of its own.
    """
    scatter, own, common = 0.0, 0.0, 0.0
    for readings, sign in ((earlier, -1), (later, 1)):
        n = len(readings)
        scatter += sum(r.scatter**2 for r in readings) / n**2
        own += sum(r.constant_sd**2 for r in readings) / n**2
        common += sign * sum(r.constant_sd for r in readings) / n
    # Videos of one day share that day: more of them do not make it more typical.
    constant = (1 - shared) * own + shared * common**2 + 2 * day_sd**2
    return float(np.sqrt(scatter + Z95**2 * constant))


def _own_mdc(mdc: float | None, earlier: Sequence[_Reading], n_later: int) -> float | None:
    """The runner's own minimal detectable change; None from a single video before."""
    n = len(earlier)
    if mdc is None or n < 2:
        return None
    values: Float = np.array([r.value for r in earlier])
    prior = knowledge().agreement.own_prior_videos
    freedom = prior + n - 1
    of_runners = (mdc / (Z95 * np.sqrt(2))) ** 2
    variance = (prior * of_runners + float(np.sum((values - values.mean()) ** 2))) / freedom
    quantile = float(student_t.ppf(0.975, freedom))
    return quantile * float(np.sqrt(variance * (1 / n + 1 / n_later)))


def _readings(key: Key, analyses: Iterable[Analysis]) -> tuple[_Reading, ...]:
    summaries = ((a, a.summary(*key)) for a in analyses)
    return tuple(
        _reading(source_of(a, s), s) for a, s in summaries if s is not None and s.value is not None
    )


def _reading(video: Analysis, summary: Summary) -> _Reading:
    assert summary.value is not None
    if summary.sd is None or summary.n < 2:  # stride variability: its interval is lopsided
        low, high = summary.ci95 or (summary.value, summary.value)
        longer = max(high - summary.value, summary.value - low)
        return _Reading(video, summary, summary.value, longer, 0.0)
    half = summary.half or 0.0
    scatter = min(half, scatter_half(summary.metric, summary.sd, summary.n, video.view))
    constant_sd = float(np.sqrt(half**2 - scatter**2)) / Z95
    return _Reading(video, summary, summary.value, scatter, constant_sd)


def _blank(key: Key, earlier: Sequence[_Reading], later: Sequence[_Reading]) -> Change:
    info, side = knowledge().metrics[key[0]], key[1]
    typical = next((r.summary.typical for r in (*later, *earlier) if r.summary.typical), None)
    return Change(
        metric=info.id,
        name=info.name,
        side=side,
        unit=info.unit,
        tier=info.tier,
        before=_mean(earlier),
        after=_mean(later),
        verdict="not comparable",
        typical=typical,
        far_side=any(r.summary.far_side for r in (*earlier, *later)),
    )


def _mean(readings: Sequence[_Reading]) -> float | None:
    return float(np.mean([r.value for r in readings])) if readings else None


def _reasons(key: Key, missing: Iterable[Analysis]) -> tuple[str, ...]:
    limits = (s.limit for a in missing if (s := a.summary(*key)) is not None and s.limit)
    return tuple(dict.fromkeys(limits)) or ("It was not measured in every video.",)


def _towards(change: Change, video: Analysis) -> str | None:
    """Where a change leads, seen from runners at this speed."""
    info, told = knowledge().metrics[change.metric], video.settings
    reference = info.reference(video.speed_mps, video.view.surface, told.height_m)
    if reference is None or change.before is None or change.after is None:
        return None
    mean, spread = reference[0], TYPICAL_SDS * (reference[1] or 0.0)
    earlier, later = (max(0.0, abs(v - mean) - spread) for v in (change.before, change.after))
    if earlier == later == 0:
        return "typical"
    return "towards typical" if later < earlier else "away from typical"


def _video(analysis: Analysis) -> Video:
    return Video(
        name=" + ".join(a.video.name if a.video else "track" for a in analysis.videos),
        sha256=_sha(analysis),
        plane=" + ".join(a.view.plane for a in analysis.videos),
        speed_mps=analysis.speed_mps,
        n_strides=min(map(_fewest, analysis.videos)),
    )


def _fewest(analysis: Analysis) -> int:
    return min(sum(s.side == side for s in analysis.strides) for side in SIDES)


def _sha(analysis: Analysis) -> str | None:
    return analysis.video.sha256 if analysis.video else None


def _notes(before: Sequence[Analysis], after: Sequence[Analysis]) -> Iterable[str]:
    fewest = min(_video(a).n_strides for a in (*before, *after))
    if fewest < ENOUGH_STRIDES:
        yield (
            f"One video has only {fewest} complete strides of each foot: 20 or more (30 s) make "
            "smaller changes detectable."
        )
    if len(before) < 2:
        yield (
            "With two or more videos before, on different days, changes are judged by this "
            "runner's own variation instead of that of others."
        )
