"""One complaint on the page: own values beside what studies found, and what has been tried."""

from __future__ import annotations

import streamlit as st

from gait.analysis.results import Analysis
from gait.knowledge import knowledge
from gait.present.complaint import TITLES, Measure, Studied, Tried, complaint, places, study_line
from gait.present.wording import NONE
from gait.types import Study
from gait.ui.site import plain


def show(analysis: Analysis, key: str) -> None:
    """A switch between complaints; it starts where the runner said that it hurts.

    Not to be called with an answer that forbids running.
    """
    hurts = places(analysis)
    st.header("What was studied for this pain", anchor=False)
    chosen = st.pills(
        "Where it hurts",
        list(TITLES),
        default=hurts[0] if hurts else None,
        format_func=TITLES.__getitem__,
        key=f"{key}complaint",
    )
    if chosen is None:
        st.caption("Choose a place to see what was studied for it, beside your own values.")
        return
    found = complaint(chosen, analysis)
    for text in found.first:
        st.markdown(plain(text))
    if found.measures:
        st.table(
            [_row(m) for m in found.measures],
            border="horizontal",
            hide_index=True,
            alt="Measures studied for this pain, beside your own values",
        )
        st.caption(
            "± is half of the 95 % interval; * leg away from the camera. The limit is what is rare "
            "among healthy runners: being beyond it is not an injury, and being clear of it is no "
            "promise."
        )
    for measure in found.measures:
        _evidence(measure)
    _tried(found.tried)


def _row(m: Measure) -> dict[str, str]:
    return {
        "Measure": f"{m.name}, {m.unit}",
        "Studied": m.graded,
        "Yours": m.own or NONE,
        "What that says": plain(m.says),
    }


def _evidence(m: Measure) -> None:
    with st.expander(f"{m.name}, {m.direction}: what studies found, and what speaks against it"):
        for studied in m.studied:
            st.markdown(f"**Evidence: {studied.grade}.** {plain(studied.wording)}")
            if studied.against:
                st.markdown(f"**Against it:** {plain(studied.against)}")
            _studies(studied)


def _studies(studied: Studied) -> None:
    for title, studies in (
        ("Runners followed over time", studied.over_time),
        ("Runners compared at one time, reviews and models", studied.at_one_time),
        ("Studies that speak against it", studied.counter),
    ):
        if studies:
            st.caption(f"{title}:\n" + "\n".join(f"- {_study(s)}" for s in studies))


def _study(study: Study) -> str:
    return plain(study_line(study))


def _tried(tried: tuple[Tried, ...] | None) -> None:
    st.markdown("**What has been tried**")
    if tried is None:
        st.markdown("Answer all questions about warning signs first.")
        return
    if not tried:
        st.markdown("No change of running form has been shown to help this pain. Load comes first.")
    for trial in tried:
        with st.container(border=True):
            st.markdown(f"**{plain(trial.name)}** (evidence that it helps: {trial.grade})")
            st.markdown(plain(trial.text))
            st.markdown(f"**How much:** {plain(trial.dose)}")
            st.markdown(f"**Mind:** {plain(trial.caution)}")
            st.markdown(f"**When:** {plain(trial.condition)}")
            with st.expander(f"Sources: {len(trial.sources)}"):
                st.caption("; ".join(plain(knowledge().sources[i].citation) for i in trial.sources))
