"""Earlier runs: find one, open it, or delete it for good."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

import streamlit as st

from gait.analysis.interpret.questionnaire import unsettled
from gait.analysis.results import Analysis
from gait.io.analysis_file import read_analysis
from gait.io.deletion import may_delete
from gait.io.run_folder import RunFolder, runs
from gait.present import wording
from gait.present.table import rows
from gait.sanitize.text import name_key
from gait.types import GaitError
from gait.ui.site import analysis_of, complain, go, in_library, link, plain, remove, shows, site

_ON_A_PAGE = 20


def page() -> None:
    """List the runs of the workspace, latest first."""
    st.title("Library")
    found = readable()
    if not found:
        st.markdown("Nothing here yet: earlier analyses appear in this place.")
        link("analyze", "Analyze a video")
        _damaged()
        return
    named = titles(found)
    wanted = name_key(
        st.text_input("Find", placeholder="name of the runner, video or date", type="search")
    )
    shown = [(run, a) for run, a in found if wanted in name_key(named[run.path.name])]
    pages = -(-len(shown) // _ON_A_PAGE)
    number = st.pagination(pages) if pages > 1 else 1
    for run, analysis in shown[_ON_A_PAGE * (number - 1) : _ON_A_PAGE * number]:
        _entry(run, analysis, named[run.path.name])
    if not shown:
        st.markdown("No run fits that.")
    _damaged()
    st.caption(f"Kept in {plain(str(site().workspace))}")


def readable() -> list[tuple[RunFolder, Analysis]]:
    """The runs of the workspace that this version can read, latest first.

    A link is not followed: what it leads to lies outside of the library.
    """
    found = []
    for run in runs(site().workspace):
        if run.path.is_symlink():
            continue
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
    return " · ".join(part for part in _about(run, analysis) if part)


def titles(found: Iterable[tuple[RunFolder, Analysis]]) -> dict[str, str]:
    """The label of every run by the name of its folder, which is told as well where they repeat.

    As `label`, not yet fit for places that read Markdown.
    """
    known = {run.path.name: (run, analysis) for run, analysis in found}
    videos = {name: _about(*of)[:-1] for name, of in known.items()}
    times = Counter(videos.values())
    return {
        name: label(*of) if times[videos[name]] == 1 else f"{label(*of)} ({name})"
        for name, of in known.items()
    }


def _about(run: RunFolder, analysis: Analysis) -> tuple[str | None, ...]:
    video = analysis.video.name if analysis.video and not analysis.parts else run.path.name
    return analysis.settings.runner, video, _date(run.filmed)


@st.cache_data(show_spinner=False, max_entries=1000)
def _read(path: Path, changed_ns: int) -> Analysis | None:
    try:
        return read_analysis(path)
    except GaitError:
        return None


def _date(when: datetime) -> str:
    return f"{when:%d %B %Y, %H:%M}"


def _views(analysis: Analysis) -> str:
    seen = dict.fromkeys(wording.view_words(p.view) for p in analysis.videos)
    return " and ".join(seen).capitalize()


def _entry(run: RunFolder, analysis: Analysis, title: str) -> None:
    name = run.path.name
    with st.container(border=True):
        about, actions = st.columns([3, 2], vertical_alignment="center")
        about.markdown(f"**{plain(title)}**")
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
            _delete(name, title)


def _delete(name: str, title: str) -> None:
    st.markdown(
        f"Delete **{plain(title)}** for good: the video kept here, the drawn video and all "
        "results? A video elsewhere on this computer is not touched."
    )
    if st.button("Yes, delete it", key=f"delete-{name}", type="primary"):
        try:
            remove(site().folder(name))
        except GaitError as e:
            complain(e)
        else:
            st.rerun()


def _damaged() -> None:
    """What is in the library and cannot be shown, each with why, and a way to delete it."""
    found = list(_unreadable())
    if not found:
        return
    n = len(found)
    with st.expander(f"{n} that cannot be shown", icon=":material/error:", expanded=True):
        for run, why in found:
            name = run.path.name
            about, actions = st.columns([3, 2], vertical_alignment="center")
            about.markdown(f"**{plain(name)}**  \n{plain(why)}")
            buttons = actions.container(horizontal=True, horizontal_alignment="right")
            if may_delete(run):
                with buttons.popover("Delete", icon=":material/delete:", key=f"damaged-{name}"):
                    _delete(name, name)


def _unreadable() -> Iterator[tuple[RunFolder, str]]:
    """Folders of the library in which there is a run, or what is left of one."""
    for path in sorted(site().workspace.glob("[!.]*")):
        run = RunFolder(path)
        if path.is_symlink():
            if run.analysis.exists():
                yield run, "It is a link, and only what lies in the library itself is opened."
        elif run.analysis.exists():
            try:
                analysis_of(run)
            except GaitError as e:
                yield run, in_library(f"{e.problem} {e.hint}")
            except FileNotFoundError:  # deleted in this moment
                continue
        elif may_delete(run):
            yield run, "Its result is gone. Analyze its video again, or delete what is left."
