"""Earlier runs: find one, open it, or delete it for good."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import streamlit as st

from gait.analysis.interpret.questionnaire import unsettled
from gait.analysis.results import Analysis
from gait.io.analysis_file import read_analysis
from gait.io.run_folder import RunFolder, runs
from gait.present import wording
from gait.present.table import rows
from gait.types import GaitError
from gait.ui.site import complain, go, link, plain, remove, shows, site

_ON_A_PAGE = 20


def page() -> None:
    """List the runs of the workspace, latest first."""
    st.title("Library")
    found = readable()
    if not found:
        st.markdown("Nothing here yet: earlier analyses appear in this place.")
        link("analyze", "Analyze a video")
        return
    wanted = st.text_input(
        "Find", placeholder="name of the runner, video or date", type="search"
    ).casefold()
    shown = [(run, a) for run, a in found if wanted in label(run, a).casefold()]
    pages = -(-len(shown) // _ON_A_PAGE)
    number = st.pagination(pages) if pages > 1 else 1
    for run, analysis in shown[_ON_A_PAGE * (number - 1) : _ON_A_PAGE * number]:
        _entry(run, analysis)
    if not shown:
        st.markdown("No run fits that.")
    st.caption(f"Kept in {plain(str(site().workspace))}")


def readable() -> list[tuple[RunFolder, Analysis]]:
    """The runs of the workspace that this version can read, latest first."""
    found = []
    for run in runs(site().workspace):
        try:
            analysis = _read(run.path, run.analysis.stat().st_mtime_ns)
        except FileNotFoundError:  # deleted in this moment
            continue
        if analysis is not None:
            shows(run)
            found.append((run, analysis))
    return found


def label(run: RunFolder, analysis: Analysis) -> str:
    """Runner, video and date of a run in one line.

    Not yet fit for places that read Markdown: see `gait.ui.site.plain`.
    """
    video = analysis.video.name if analysis.video and not analysis.parts else run.path.name
    parts = (analysis.settings.runner, video, _date(run.filmed))
    return " · ".join(part for part in parts if part)


@st.cache_data(show_spinner=False, max_entries=1000)
def _read(path: Path, changed_ns: int) -> Analysis | None:
    try:
        return read_analysis(path)
    except GaitError:
        return None


def _date(when: datetime) -> str:
    return f"{when:%d %B %Y, %H:%M}"


def _views(analysis: Analysis) -> str:
    seen = dict.fromkeys(wording.view_words(p.view) for p in analysis.parts or (analysis,))
    return " and ".join(seen).capitalize()


def _entry(run: RunFolder, analysis: Analysis) -> None:
    name = run.path.name
    with st.container(border=True):
        about, actions = st.columns([3, 2], vertical_alignment="center")
        about.markdown(f"**{plain(label(run, analysis))}**")
        cadence = next((r for r in rows(analysis) if r.metric == "cadence"), None)
        value = f", cadence {cadence.values['both']} {cadence.unit}" if cadence else ""
        urgent = unsettled(analysis)
        about.caption(
            f"{_views(analysis)}, {analysis.activity}{value}"
            if urgent is None
            else plain(f"{urgent.level.capitalize()}. {urgent.action}")
        )
        buttons = actions.container(horizontal=True, horizontal_alignment="right")
        if buttons.button("Open", key=f"open-{name}", icon=":material/open_in_new:"):
            go("analyze", run=name)
        with buttons.popover("Delete", icon=":material/delete:"):
            st.markdown(
                "Delete this run for good: the video kept here, the drawn video and all results? "
                "A video elsewhere on this computer is not touched."
            )
            if st.button("Yes, delete it", key=f"delete-{name}", type="primary"):
                try:
                    remove(site().run(name))
                except GaitError as e:
                    complain(e)
                else:
                    st.rerun()
