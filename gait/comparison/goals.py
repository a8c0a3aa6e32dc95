"""What a runner wants to change, and how far that has come."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
from pydantic import TypeAdapter, ValidationError

from gait.analysis.interpret.questionnaire import may_suggest
from gait.analysis.results import Analysis
from gait.comparison.models import Change, Goal, Judgement, Progress
from gait.io.ours import require_ours
from gait.io.run_folder import RunFolder
from gait.knowledge import knowledge
from gait.sanitize.files import read_text
from gait.types import AnySide, Cue, UsageError

_FORM: Final = re.compile(
    r"(?P<metric>[a-z_]+)(:(?P<side>left|right))?=(?P<amount>[+-]?\d+([.,]\d+)?)(?P<percent>%?)"
)

OVERSHOT: Final = 1.5
"""Times the change that was asked for. The trials behind the goal of cadence asked for 5, 7.5 or
10 %: half as much again is the next dose, beyond it nobody has asked for."""

MOST_CADENCE: Final = 0.10
"""Share by which a goal may change cadence: nobody has asked more of runners."""

_LARGEST: Final = 1e6
"""No metric has such values in its unit."""

HOW: Final = "Write it as cadence=+7.5%, overstride:left=-6 or cadence=178."


def parse_goal(text: str) -> Goal:
    """A goal as it is written on the command line.

    Parameters
    ----------
    text : str
        Metric and, if wanted, side; then a change in percent, a change in the unit of the metric
        (with a sign), or the value itself (without).

    Raises
    ------
    UsageError
        If it is written otherwise or no such metric is known.

    Examples
    --------
    >>> parse_goal("cadence=+7.5%").kind
    'percent'
    """
    match = _FORM.fullmatch(text.replace(" ", ""))
    if match is None:
        raise UsageError(f"The goal {text!r} cannot be read.", HOW)
    metric, amount = match["metric"], float(match["amount"].replace(",", "."))
    if metric not in knowledge().repeatability:
        known = ", ".join(knowledge().metrics)
        raise UsageError(f"There is no metric {metric!r}.", f"Choose one of {known}.")
    signed = match["amount"][0] in "+-"
    if match["percent"] and not signed:
        raise UsageError(f"The goal {text!r} needs a sign before the percentage.", HOW)
    kind = "percent" if match["percent"] else "difference" if signed else "value"
    if not abs(amount) < _LARGEST:
        raise UsageError(f"The goal of {metric} is out of reach.", HOW)
    if kind != "value" and amount == 0:
        raise UsageError(f"The goal {text!r} changes nothing.", HOW)
    return Goal.model_validate(
        {"metric": metric, "side": match["side"], "kind": kind, "amount": amount}
    )


def parse_goals(texts: Sequence[str]) -> tuple[Goal, ...]:
    """Goals as they are written; UsageError as `parse_goal`, or if two are for the same measure."""
    goals: list[Goal] = []
    for text in texts:
        goal = parse_goal(text)
        for other, before in zip(goals, texts, strict=False):
            if goal.metric == other.metric and (
                None in (goal.side, other.side) or goal.side == other.side
            ):
                raise UsageError(
                    f"{before!r} and {text!r} are two goals for one measure.", "Give one of them."
                )
        goals.append(goal)
    return tuple(goals)


def target(goal: Goal, before: float) -> float:
    """The value that a goal asks for."""
    if goal.kind == "percent":
        return before * (1 + goal.amount / 100)
    return before + goal.amount if goal.kind == "difference" else goal.amount


def judge(goal: Goal, changes: Sequence[Change]) -> Judgement:
    """How far a goal is reached.

    It is reached when the change is real and its interval reaches what was asked for, and
    overshot when it is clearly more than half as much again: a cue has a dose.

    Parameters
    ----------
    goal : Goal
        What is wanted.
    changes : sequence of Change
        Of a comparison; for a metric of both legs without a side in the goal the leg that is
        further from it counts.

    Returns
    -------
    Judgement
        With a sentence for the runner.
    """
    own = [c for c in changes if c.metric == goal.metric and goal.side in (None, c.side)]
    judged = [_judged(goal, c) for c in own]
    if not judged:
        side: AnySide = goal.side or "both"
        why = (
            f"{knowledge().metrics[goal.metric].name}: not measured, so the goal cannot be judged."
        )
        return Judgement(goal=goal, side=side, target=None, progress="not comparable", wording=why)
    return max(judged, key=lambda j: _FURTHEST.index(j.progress))


_FURTHEST: Final[tuple[Progress, ...]] = (
    "not comparable",
    "reached",
    "beyond the goal",
    "on the way",
    "no clear change",
    "further away",
)


def _judged(goal: Goal, change: Change) -> Judgement:
    wanted = None if change.before is None else target(goal, change.before)
    progress = _progress(change, wanted)
    return Judgement(
        goal=goal,
        side=change.side,
        target=wanted,
        progress=progress,
        wording=_wording(change, wanted, progress),
    )


def _progress(change: Change, wanted: float | None) -> Progress:
    if wanted is None or change.before is None or change.difference is None or not change.ci95:
        return "not comparable"
    asked = wanted - change.before
    if change.verdict != "real change":
        return "no clear change"
    if change.difference * asked < 0:
        return "further away"
    furthest = change.ci95[1] if asked > 0 else -change.ci95[0]
    nearest = change.ci95[0] if asked > 0 else -change.ci95[1]
    if nearest > OVERSHOT * abs(asked):
        return "beyond the goal"
    return "reached" if furthest >= abs(asked) else "on the way"


def _wording(change: Change, wanted: float | None, progress: Progress) -> str:
    side = "" if change.side == "both" else f", {change.side}"
    start = f"{change.name}{side}"
    if wanted is None or change.before is None or change.after is None:
        return f"{start}: the videos do not allow a judgement."
    text = (
        f"{start}: from {change.before:.1f} to {change.after:.1f} {change.unit}, "
        f"goal {wanted:.1f}: {progress}."
    )
    if progress == "beyond the goal":
        text += " That is more than was asked for: go back towards the goal."
    if change.detectable is not None and abs(wanted - change.before) <= change.detectable:
        text += (
            f" Less than {change.detectable:.1f} {change.unit} cannot be told from measurement "
            "error with these videos: the goal is smaller than that."
        )
    return text


def reachable(goal: Goal, before: float) -> float:
    """The value that a goal asks for; UsageError if cadence is to change beyond `MOST_CADENCE`."""
    wanted = target(goal, before)
    if goal.metric == "cadence" and before <= 0:
        raise UsageError(
            f"A cadence of {before:.1f} steps/min is none to start from.",
            "Set the goal with a video in which somebody runs.",
        )
    if goal.metric == "cadence" and abs(wanted / before - 1) > MOST_CADENCE + 1e-9:
        nearest = before * (1 + np.copysign(MOST_CADENCE, wanted - before))
        raise UsageError(
            f"From {before:.1f} to {wanted:.1f} steps/min is {100 * (wanted / before - 1):+.0f} %: "
            "studies asked for 5 to 10 %.",
            f"Start with cadence={'+' if wanted > before else '-'}5%; do not go beyond "
            f"{nearest:.0f} steps/min.",
        )
    return wanted


def advice(goal: Goal, before: float, analysis: Analysis) -> tuple[Cue | None, str | None]:
    """Dose and caution for a goal: the cue that evidence names for such a change, if there is one.

    Parameters
    ----------
    goal : Goal
        What is wanted.
    before : float
        The value that it starts from.
    analysis : Analysis
        Whose: sex and pain decide on cues, as for findings.

    Returns
    -------
    cue : Cue or None
        The first that fits.
    caution : str or None
        If none fits: why the first of those that would change this is not suggested, or what has
        been linked with where the goal leads.
    """
    outcome = analysis.outcome
    pain = frozenset(outcome.injuries) if outcome is not None else frozenset()
    sex, rises = analysis.settings.sex, target(goal, before) > before
    away, towards = ("low", "high") if rises else ("high", "low")
    links = knowledge().links_of(goal.metric, away, sex)
    named = [knowledge().cues[cue] for link in links for cue in link.cues]
    may = may_suggest(outcome, analysis.intake)
    fitting = (info.cue for info in named if may and info.fits(pain, sex))
    reasons = [f"With a professional only. {info.withheld}" for info in named if info.withheld]
    linked = knowledge().links_of(goal.metric, towards, sex)
    reasons += [f"{link.evidence.wording} ({link.grade} evidence)" for link in linked]
    cue = next(fitting, None)
    return cue, None if cue is not None else next(iter(reasons), None)


def keep_goals(run: RunFolder, goals: Sequence[Goal]) -> None:
    """Leave goals with the run they start from; OutputError if impossible, or if what lies there
    was changed by somebody.

    UsageError if it cannot be read: it may be somebody's. Nothing was changed.
    """
    kept_goals(run)
    require_ours(run.goals)
    with run.writing(), run.replacing(run.goals) as temporary:
        temporary.write_bytes(_GOALS.dump_json(tuple(goals), indent=2) + b"\n")


def kept_goals(run: RunFolder) -> tuple[Goal, ...]:
    """The goals that were left with a run; UsageError if they cannot be read."""
    try:
        return _GOALS.validate_json(read_text(run.goals)) if run.goals.exists() else ()
    except (UsageError, ValidationError) as e:
        raise UsageError(
            f"{run.goals} is damaged, or not of gaitlens.", "Move it away, and set the goal again."
        ) from e


_GOALS: Final = TypeAdapter(tuple[Goal, ...])
