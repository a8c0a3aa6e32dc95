"""What a runner wants to change until the next videos."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from gait.analysis.results import Analysis
from gait.comparison.goals import MOST_CADENCE, advice, keep_goals, kept_goals, target
from gait.comparison.metronome import metronome
from gait.comparison.models import Goal
from gait.io.run_folder import RunFolder
from gait.knowledge import knowledge
from gait.ui.intake.typed import bare_number, field
from gait.ui.site import keep, plain

_CADENCE: Final = "cadence"


def set_goal(run: RunFolder, analysis: Analysis, metrics: Sequence[str] = (_CADENCE,)) -> None:
    """Set a goal that starts from a run; comparisons and the chart of progress judge it.

    Parameters
    ----------
    run : RunFolder
        From whose values the goal is counted.
    analysis : Analysis
        As read from it.
    metrics : sequence of str
        What may be chosen; measures that the run lacks are left out.
    """
    values = {
        m: own[0] for m in metrics if (own := [s for s in analysis.summaries if s.metric == m])
    }
    values = {m: s for m, s in values.items() if s.value is not None}
    if not values:
        st.caption("This run has no measure for which a goal can be set.")
        return
    key = f"goal-{run.path.name}"
    metric = next(iter(values))
    if len(values) > 1:
        metric = st.selectbox(
            "Measure", list(values), format_func=lambda m: values[m].name, key=f"{key}-metric"
        )
    summary = values[metric]
    assert summary.value is not None
    unit = knowledge().metrics[metric].unit
    if metric == _CADENCE:
        wanted = bare_number("%", (-100 * MOST_CADENCE, 100 * MOST_CADENCE))
        amount, fit = field(st.container(), "Change of cadence, %", wanted, 5.0, f"{key}-pct")
    else:
        wanted = bare_number(unit, (-50.0, 50.0))
        amount, fit = field(st.container(), f"Change, {unit}", wanted, None, f"{key}-{metric}")
    if not amount or not fit:
        return
    goal = Goal(
        metric=metric, kind="percent" if metric == _CADENCE else "difference", amount=amount
    )
    aim = target(goal, summary.value)
    side = "" if summary.side == "both" else f" on the {summary.side}"
    st.markdown(plain(f"From {summary.value:.1f} to {aim:.1f} {unit}{side}, at the same speed."))
    cue, caution = advice(goal, summary.value, analysis)
    if cue is not None:
        st.markdown(plain(f"{cue.text} {cue.dose} {cue.caution}"))
    elif caution is not None:
        st.markdown(plain(caution))
    row = st.container(horizontal=True)
    if row.button("Keep this goal", key=f"{key}-keep", icon=":material/flag:"):
        others = [g for g in kept_goals(run) if g.metric != metric]
        keep(keep_goals, run, [*others, goal])
    if metric == _CADENCE:
        row.download_button(
            "Metronome (WAV)",
            lambda: metronome(aim),
            f"metronome-{aim:.0f}.wav",
            "audio/wav",
            on_click="ignore",
            icon=":material/download:",
            key=f"{key}-metronome",
        )


def list_goals(run: RunFolder) -> None:
    """The goals that start from a run, each with a button to drop it."""
    for number, goal in enumerate(kept_goals(run)):
        what, drop = st.columns([4, 1], vertical_alignment="center")
        what.markdown(plain(goal_words(goal)))
        if drop.button("Drop", key=f"goal-{run.path.name}-drop-{number}", icon=":material/close:"):
            keep(keep_goals, run, [g for g in kept_goals(run) if g != goal])


def goal_words(goal: Goal) -> str:
    """A goal in words."""
    info = knowledge().metrics[goal.metric]
    side = f", {goal.side}" if goal.side else ""
    unit = " %" if goal.kind == "percent" else f" {info.unit}"
    sign = "" if goal.kind == "value" else "+" if goal.amount > 0 else ""
    return f"{info.name}{side}: {sign}{goal.amount:g}{unit}"
