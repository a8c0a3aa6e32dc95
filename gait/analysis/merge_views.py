"""Several videos of one run, from different sides, merged into one analysis."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from gait.analysis.interpret.findings import ordered
from gait.analysis.interpret.questionnaire import evaluate
from gait.analysis.kinematics.measure import VIEWS
from gait.analysis.kinematics.side_differences import both_legs, difference
from gait.analysis.results import Analysis, Finding, SideDifference, Summary
from gait.knowledge import knowledge
from gait.types import Activity, UsageError


def merge_views(analyses: Sequence[Analysis]) -> Analysis:
    """One analysis of one runner at one speed from videos taken from different sides.

    Every metric comes from the video that measures it with the narrowest intervals, and says which
    one that is. Two videos from the side give each leg from the video in which it is the near one.

    Parameters
    ----------
    analyses : sequence of Analysis
        Two or more, of different videos.

    Returns
    -------
    Analysis
        The first one's, with the best summaries of all and all of them as `parts`. Where the videos
        contradict each other - another cadence, walking in one of them - `quality.notes` says so.

    Raises
    ------
    UsageError
        If there are fewer than two videos, or the same one twice.
    """
    names = [_name(a, i) for i, a in enumerate(analyses)]
    require_different(
        [a.video.sha256 if a.video else n for a, n in zip(analyses, names, strict=True)]
    )
    first = analyses[0]
    summaries = _best(analyses, names)
    findings = _findings(analyses, names, summaries)
    activities = {a.activity for a in analyses}
    notes = [note for a in analyses for note in a.quality.notes]
    return first.model_copy(
        update={
            "activity": first.activity if len(activities) == 1 else "unclear",
            "quality": first.quality.model_copy(
                update={"notes": (*_contradictions(analyses, names), *dict.fromkeys(notes))}
            ),
            "summaries": summaries,
            "differences": _differences(analyses, names, summaries, first.activity),
            "findings": findings,
            "outcome": None if first.intake is None else evaluate(first.intake, findings),
            "parts": tuple(analyses),
        }
    )


def require_different(videos: Sequence[str]) -> None:
    """UsageError unless these are the hashes of two or more videos, all different."""
    if len(set(videos)) < max(2, len(videos)):
        raise UsageError(
            "Merging views needs two videos or more, all different.",
            "Give one from the side and one from behind.",
        )


def _name(analysis: Analysis, index: int) -> str:
    return analysis.video.name if analysis.video else f"video {index + 1}"


def _best(analyses: Sequence[Analysis], names: Sequence[str]) -> tuple[Summary, ...]:
    """Every metric from one video, so that its sides can be compared; a far leg from another."""
    best: dict[tuple[str, str], Summary] = {}
    for metric in dict.fromkeys(s.metric for a in analyses for s in a.summaries):
        planes, _ = VIEWS[knowledge().metrics[metric].view]
        videos = [
            {
                s.side: s.model_copy(update={"source": name})
                for s in a.summaries
                if s.metric == metric
            }
            # Where nothing was measured, the video that could have says why not.
            for a, name in sorted(
                zip(analyses, names, strict=True),
                key=lambda video: video[0].view.plane not in planes,
            )
        ]
        videos.sort(key=lambda sides: sum(_rank(s)[1] for s in sides.values()) or float("inf"))
        for side in dict.fromkeys(side for sides in videos for side in sides):
            chosen = min((f[side] for f in videos if side in f), key=lambda s: _rank(s)[0])
            if chosen.value is None:
                chosen = chosen.model_copy(update={"source": None})
            best[metric, side] = chosen
    return tuple(best.values())


def _differences(
    analyses: Sequence[Analysis],
    names: Sequence[str],
    summaries: Sequence[Summary],
    activity: Activity,
) -> tuple[SideDifference, ...]:
    """Right minus left, from the video of both legs; of legs from two videos nothing cancels."""
    own = {
        (d.metric, name): d for a, name in zip(analyses, names, strict=True) for d in a.differences
    }
    found = []
    for left, right in both_legs(summaries):
        one_video = (
            own.get((left.metric, left.source or "")) if left.source == right.source else None
        )
        found.append(one_video or difference(left, right, 0.0, activity))
    return tuple(found)


def _rank(summary: Summary) -> tuple[int, float]:
    """0 for a value, 1 for one of a far leg, 2 for none; and half of the interval."""
    return 2 if summary.value is None else int(summary.far_side), _half(summary)


def _findings(
    analyses: Sequence[Analysis], names: Sequence[str], summaries: Sequence[Summary]
) -> tuple[Finding, ...]:
    """What stands out in each video about the values that are read from it, once each."""
    read = {(s.metric, s.side, s.source) for s in summaries}
    found: dict[str, Finding] = {}
    for analysis, name in zip(analyses, names, strict=True):
        for finding in analysis.findings:
            sides = ("left", "right", "both") if finding.side == "both" else (finding.side,)
            if any((finding.metric, side, name) in read for side in sides):
                found.setdefault(finding.id, finding)
    return ordered(found.values())


def _half(summary: Summary) -> float:
    return float("inf") if summary.half is None else summary.half


def _contradictions(analyses: Sequence[Analysis], names: Sequence[str]) -> list[str]:
    # What cadence changes by from one filming to the next without meaning anything.
    allowed = knowledge().repeatability["cadence"].mdc or 0.0
    found = []
    for (one, name), (other, other_name) in combinations(zip(analyses, names, strict=True), 2):
        a, b = one.summary("cadence"), other.summary("cadence")
        if a is None or b is None or a.value is None or b.value is None:
            videos = ((a, name), (b, other_name))
            unknown = [n for s, n in videos if s is None or s.value is None]
            found.append(
                f"Cadence is not known in {' and '.join(unknown)}: whether {name} and {other_name} "
                "show the same run cannot be checked."
            )
        elif abs(a.value - b.value) > max(allowed, _half(a) + _half(b)):
            found.append(
                f"Cadence differs: {a.value:.1f} steps/min in {name}, {b.value:.1f} in "
                f"{other_name}. These are not the same run or speed; read each number as one of "
                "its own video."
            )
        if one.activity != other.activity:
            found.append(
                f"{name} shows {_doing(one)}, {other_name} {_doing(other)}: they do not belong "
                "together."
            )
    return found


def _doing(analysis: Analysis) -> str:
    return "an unclear activity" if analysis.activity == "unclear" else analysis.activity
