"""Before and after: what changed, and whether it is more than measurement error."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

import streamlit as st

from gait.analysis.kinematics.waveforms import ANGLES, ensemble_average
from gait.analysis.kinematics.waveforms import difference as curve_difference
from gait.analysis.results import Analysis
from gait.comparison.compare import compare
from gait.comparison.goals import advice, keep_goals, kept_goals, target
from gait.comparison.metronome import metronome
from gait.comparison.models import Change, Comparison, Goal
from gait.comparison.synced_video import write_pair
from gait.comparison.table import difference, number
from gait.io.run_folder import RunFolder
from gait.knowledge import knowledge
from gait.render.change_chart import change_charts
from gait.types import SIDES, GaitError
from gait.ui.library import label, readable
from gait.ui.site import complain, link, opened, plain, site

Runs = Sequence[tuple[RunFolder, Analysis]]

_VIDEOS = ".compare"
"""Folder of the workspace for videos side by side; hidden, like everything that is no run."""
_LATEST = 20


def page() -> None:
    """Show what changed between runs of one runner."""
    st.title("Compare")
    found = readable()
    if len(found) < 2:
        st.markdown("Two analyses are needed to compare; there are fewer in the library.")
        link("analyze", "Analyze a video")
        return
    names = [label(run, analysis) for run, analysis in found]
    left, right = st.columns(2)
    before, after = (
        [found[i] for i in column.multiselect(title, range(len(found)), default, names.__getitem__)]
        for column, title, default in ((left, "Before", [1]), (right, "After", [0]))
    )
    if not before or not after:
        st.info("Choose a video on each side, or several: two before make the answer your own.")
        return
    try:
        goals = [goal for run, _ in before for goal in kept_goals(run)]
        comparison = compare([a for _, a in before], [a for _, a in after], goals)
    except GaitError as e:
        complain(e)
        return
    _answer(comparison)
    _in_step(before[0][0], after[0][0])
    _curves(comparison, before[0][0], after[0][0])
    _goal(*before[0])


def _answer(comparison: Comparison) -> None:
    for mismatch in comparison.mismatches:
        st.warning(plain(mismatch.message), icon=":material/warning:")
    for goal in comparison.goals:
        st.markdown(f"**Goal.** {plain(goal.wording)}")
    compared = [c for c in comparison.changes if c.difference is not None]
    real = [c for c in compared if c.verdict == "real change"]
    st.subheader(f"Real changes: {len(real)} of {len(compared)} comparisons")
    if real:
        _table(real)
    with st.expander(f"Within measurement error: {len(compared) - len(real)}"):
        _table([c for c in compared if c.verdict != "real change"])
    with st.expander("Not comparable, and why"):
        reasons: dict[str, dict[str, None]] = {}
        for c in comparison.changes:
            if c.verdict == "not comparable":
                reasons.setdefault(c.why[0], {})[c.name] = None
        st.markdown("\n".join(f"- {', '.join(n)}: {plain(why)}" for why, n in reasons.items()))
    st.caption(
        "± is half of the 95 % interval of the change. A change beyond what is needed is real: the "
        "larger of that half and of the minimal detectable change. It is neither good nor bad by "
        "itself. " + plain(" ".join(comparison.notes))
    )


def _table(changes: Sequence[Change]) -> None:
    rows = [
        {
            "Measure": f"{c.name}, {c.unit}",
            "Side": f"{c.side}{' (far)' if c.far_side else ''}",
            "Before": number(c.before, c.unit),
            "After": number(c.after, c.unit),
            "Change": difference(c),
            "Needed": number(c.detectable, c.unit),
            "Verdict": c.verdict,
            "Typical": "stays typical" if c.towards == "typical" else c.towards or "",
        }
        for c in changes
    ]
    if rows:
        st.table(rows, border="horizontal", hide_index=True, alt="Changes with their verdict")


def _in_step(before: RunFolder, after: RunFolder) -> None:
    st.subheader("Side by side, in step")
    state = "".join(f"{r.path.name} {r.analysis.stat().st_mtime_ns} " for r in (before, after))
    folder = RunFolder(site().workspace / _VIDEOS)
    video = folder.path / f"{sha256(state.encode()).hexdigest()[:16]}.mp4"
    if not video.is_file():
        if not st.button("Put both videos in step", icon=":material/sync_alt:"):
            return
        bar = st.progress(0.0, text="Putting both videos in step")

        def report(done: int, total: int) -> None:
            bar.progress(done / total, text="Putting both videos in step")

        try:
            folder.path.mkdir(exist_ok=True)
            for old in sorted(folder.path.glob("*.mp4"), key=lambda p: p.stat().st_mtime)[
                :-_LATEST
            ]:
                old.unlink(missing_ok=True)
            with folder.replacing(video) as part:
                write_pair(before, after, part, report)
        except GaitError as e:
            complain(e)
            return
        st.rerun()
    st.video(
        video, loop=True, autoplay=True, muted=True, alt="Both videos, always in the same phase."
    )
    st.caption(
        "Both pictures show the same percentage of the stride from strike to strike, slower than "
        "life. Below: the mean curves over each other, and when the foot was on the ground."
    )


def _curves(comparison: Comparison, before: RunFolder, after: RunFolder) -> None:
    try:
        (one, trial), (other, other_trial) = opened(before), opened(after)
    except GaitError:
        return
    earlier = {(c.angle, c.side): c for c in ensemble_average(trial, one.strides)}
    later = {(c.angle, c.side): c for c in ensemble_average(other_trial, other.strides)}
    judged = {(c.metric, c.side): c for c in comparison.changes}
    fitting = {}
    for key in earlier.keys() & later.keys():
        metric = ANGLES[key[0]].metric
        change = judged.get((metric, key[1])) or judged.get((metric, "both"))
        if change is not None and change.verdict != "not comparable":
            fitting[key] = change
    if not fitting:
        return
    st.subheader("The average stride")
    angle = st.selectbox(
        "Angle", [a for a in ANGLES if any(k[0] == a for k in fitting)], format_func=_angle_name
    )
    for side in SIDES:
        if (angle, side) in fitting:
            change = fitting[angle, side]
            shared = 0.0 if change.why else knowledge().agreement.shared_variance
            far = one.view.near_side not in (None, side)
            found = curve_difference(earlier[angle, side], later[angle, side], shared, far)
            st.markdown(f"**{ANGLES[angle].name}, {side}**")
            for chart in change_charts(found):
                st.altair_chart(chart)
    st.caption(
        "Band: ± 1 SD between strides above, the 95 % interval of the difference below. The line "
        "is thick where the band leaves out zero; each phase is judged by itself."
    )


def _angle_name(angle: str) -> str:
    return ANGLES[angle].name


def _goal(run: RunFolder, analysis: Analysis) -> None:
    """Set a goal from the first run before; the next comparison judges it."""
    cadence = analysis.summary("cadence")
    if cadence is None or cadence.value is None:
        return
    with st.expander("Set a goal for the next videos", icon=":material/flag:"):
        if analysis.outcome is not None and analysis.outcome.gait_advice_withheld:
            st.warning(plain(f"{analysis.outcome.action} {analysis.outcome.why}"))
            return
        percent = st.number_input("Change of cadence, %", -10.0, 10.0, 5.0, 0.5)
        if percent == 0:
            return
        goal = Goal(metric="cadence", kind="percent", amount=percent)
        aim = target(goal, cadence.value)
        st.markdown(f"From {cadence.value:.1f} to {aim:.1f} steps/min at the same speed.")
        if (cue := advice(goal)) is not None and percent > 0:
            st.markdown(plain(f"{cue.text} {cue.dose} {cue.caution}"))
        row = st.container(horizontal=True)
        if row.button("Keep this goal", icon=":material/flag:"):
            try:
                keep_goals(run, [goal])
            except GaitError as e:
                complain(e)
            else:
                st.rerun()
        row.download_button(
            "Metronome (WAV)",
            lambda: metronome(aim),
            f"metronome-{aim:.0f}.wav",
            "audio/wav",
            on_click="ignore",
            icon=":material/download:",
        )
