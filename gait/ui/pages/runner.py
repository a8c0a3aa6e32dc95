"""One runner over time: consent, visits, goals, progress, and how to delete all of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from typing import Final

import streamlit as st

from gait.analysis.interpret.questionnaire import unsettled
from gait.analysis.results import Analysis
from gait.comparison.goals import kept_goals
from gait.comparison.models import Goal
from gait.comparison.visits import Timeline, timeline_chart, timeline_words, timelines
from gait.io.added.notes import kept_notes
from gait.io.added.practice import CONSENT, keep_consent, kept_runner
from gait.io.run_folder import RunFolder
from gait.knowledge import decimals_of, knowledge
from gait.present import wording
from gait.sanitize.text import name_key
from gait.types import GaitError
from gait.ui.intake import goals, questionnaire
from gait.ui.pages.library import readable
from gait.ui.site import complain, link, plain, remove_runner, site

Visits = Sequence[tuple[RunFolder, Analysis]]

_SIX: Final = (
    "cadence",
    "contact_time",
    "overstride",
    "knee_flexion_peak_stance",
    "pelvic_drop",
    "hip_adduction",
)
"""What is looked at first over the visits: three of each view, where both were filmed."""

_ORDER: Final = tuple(dict.fromkeys((*_SIX, *wording.MAIN)))
_ABREAST: Final = 3
_ASKED: Final = "runner"
"""In the address: who is to be shown."""


def page() -> None:
    """Show a runner that is chosen by name."""
    st.set_page_config(layout="wide")
    st.title("Runners")
    by_name = _by_name()
    if not by_name:
        st.markdown(
            "Runners appear here once a video has the name of its runner. It is given with a new "
            "video, or later under Settings."
        )
        link("analyze", "Analyze a video")
        return
    names = {key: visits[-1][1].settings.runner or "" for key, visits in by_name.items()}
    asked = st.query_params.get(_ASKED)
    key = "" if asked is None else name_key(asked.strip())
    if asked is not None and key not in by_name:  # not the numbers of somebody else instead
        st.error(f"There is no runner called {plain(asked)}.", icon=":material/error:")
    chosen = st.selectbox(
        "Runner",
        list(by_name),
        0 if asked is None else list(by_name).index(key) if key in by_name else None,
        format_func=names.__getitem__,
        placeholder="Choose a runner",
        key=f"runner-{key}",
        on_change=lambda: _ask_for(st.session_state[f"runner-{key}"]),
    )
    if chosen is None:
        return
    name, visits = names[chosen], by_name[chosen]
    _consent(name)
    urgent = [analysis for _, analysis in visits if unsettled(analysis) is not None]
    if urgent:
        questionnaire.first(urgent[-1])
    else:
        try:
            _progress(visits)
        except GaitError as e:
            complain(e)
    _visits(visits)
    _delete(name, visits)


def _ask_for(runner: str | None) -> None:
    """The address names who is shown, to be kept and sent on."""
    if runner is not None:
        st.query_params[_ASKED] = runner


def _by_name() -> dict[str, Visits]:
    """The runs of every runner who has a name, the earliest run first."""
    found: dict[str, list[tuple[RunFolder, Analysis]]] = {}
    for run, analysis in readable():
        if name := (analysis.settings.runner or "").strip():
            found.setdefault(name_key(name), []).append((run, analysis))
    return {key: sorted(found[key], key=lambda visit: visit[0].filmed) for key in sorted(found)}


def _consent(name: str) -> None:
    """What was agreed and when, and a way to change it."""
    library = site().workspace
    try:
        known = kept_runner(library, name)
        answer = known.consent
        row = st.container(horizontal=True, vertical_alignment="center")
        if answer is None:
            row.badge("Consent: not asked yet", icon=":material/help:", color="orange")
        elif answer.agreed:
            row.badge(
                f"Agreed on {answer.at:%d %B %Y}", icon=":material/check_circle:", color="green"
            )
        else:
            row.badge(
                f"Withdrawn on {answer.at:%d %B %Y}: delete what is kept",
                icon=":material/error:",
                color="red",
            )
        agreed = answer is not None and answer.agreed
        with row.popover("Withdraw" if agreed else "Ask for consent"):
            st.markdown(plain(answer.wording if answer and agreed else CONSENT))
            for given in known.consents:
                what = "agreed" if given.agreed else "withdrawn"
                st.caption(f"{given.at:%d %B %Y, %H:%M}: {what}")
            if st.button("The runner withdraws" if agreed else "The runner agrees", type="primary"):
                keep_consent(library, name, agreed=not agreed)
                st.rerun()
    except GaitError as e:
        complain(e)


def _progress(visits: Visits) -> None:
    found = _found(visits)
    if not found:
        st.info("None of the main measures could be measured yet.")
        return
    if len(visits) == 1:
        st.caption("One visit so far: progress shows from the second.")
    labels = _labels(visits)
    measures = [list(own) for _, own in groupby(found, key=lambda timeline: timeline.metric)]
    for start in range(0, len(measures), _ABREAST):
        columns = st.columns(_ABREAST, gap="medium")
        for column, own in zip(columns, measures[start : start + _ABREAST], strict=False):
            with column:
                st.markdown(f"**{own[0].name}**, {plain(knowledge().metrics[own[0].metric].unit)}")
                words = [timeline_words(c, decimals_of(c.unit).sentence) for c in own]
                st.altair_chart(
                    timeline_chart(own, labels),
                    alt=f"{own[0].name} over the visits. {' '.join(words)}",
                )
                st.caption(plain("  ".join(words)))
    st.caption(
        "Lines through the points: 95 % interval. Shaded: the first value, plus and minus what "
        "two videos of the same running would differ by. Dashed green: the goal. Hollow: not to "
        "be compared with the first, for speed or camera changed."
    )
    with st.expander("Goals", icon=":material/flag:"):
        for run, _ in visits:
            goals.list_goals(run)
        run, analysis = visits[-1]
        st.caption(f"A new goal starts from the latest visit, {_day(run)}.")
        goals.set_goal(run, analysis, list(dict.fromkeys(c.metric for c in found)))


def _found(visits: Visits) -> tuple[Timeline, ...]:
    aims = [(i, goal) for i, (run, _) in enumerate(visits) for goal in kept_goals(run)]
    state = [(str(run.path), run.analysis.stat().st_mtime_ns) for run, _ in visits]
    return _kept_timelines(f"{state} {aims}", [analysis for _, analysis in visits], aims)


@st.cache_data(show_spinner=False, max_entries=50)
def _kept_timelines(
    state: str, _analyses: Sequence[Analysis], _aims: Sequence[tuple[int, Goal]]
) -> tuple[Timeline, ...]:
    return timelines(_analyses, _aims, _ORDER)


def _labels(visits: Visits) -> list[str]:
    """What each run is called on the charts: its day, and what else tells it from the others."""
    day = [_day(run) for run, _ in visits]
    view = [f"{d}, {a.view.plane}" for d, (_, a) in zip(day, visits, strict=True)]
    time = [f"{d}, {run.filmed:%H:%M}" for d, (run, _) in zip(day, visits, strict=True)]
    name = [run.path.name for run, _ in visits]  # with its day it is too long for an axis
    counts = [Counter(each) for each in (day, view, time)]
    return [
        next((c for c, n in zip(candidates, counts, strict=False) if n[c] == 1), candidates[-1])
        for candidates in zip(day, view, time, name, strict=True)
    ]


def _day(run: RunFolder) -> str:
    return f"{run.filmed:%d %b %Y}".lstrip("0")


def _visits(visits: Visits) -> None:
    st.header("Visits", anchor=False)
    for day, runs in groupby(reversed(visits), key=lambda visit: _day(visit[0])):
        with st.container(border=True):
            st.markdown(f"**{day}**")
            for run, analysis in runs:
                seen = dict.fromkeys(wording.view_words(p.view) for p in analysis.videos)
                speed = analysis.settings.speed_mps
                at = f", {speed * 3.6:.1f} km/h" if speed else ""
                name = run.path.name
                link("analyze", f"{name}: {', '.join(seen)}{at}", run=name)
                try:
                    text = kept_notes(run).text
                except GaitError as e:
                    complain(e)
                    continue
                for line in filter(None, map(str.strip, text.splitlines())):
                    st.caption(plain(line))


def _delete(name: str, visits: Visits) -> None:
    with st.popover("Delete this runner", icon=":material/delete:"):
        n = len(visits)
        st.markdown(
            f"Delete {plain(name)} for good: {n} run{'s' if n > 1 else ''} with the videos kept "
            "here, drawn videos, reports, notes, goals and consent? Videos elsewhere on this "
            "computer, and files already downloaded, stay where they are."
        )
        if st.button("Yes, delete everything", type="primary"):
            try:
                remove_runner(name, [run for run, _ in visits])
            except GaitError as e:
                complain(e)
            else:
                st.query_params.clear()
                st.rerun()
