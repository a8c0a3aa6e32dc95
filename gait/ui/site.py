"""What every page needs: links, the jobs of this server, and runs as they were left."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NoReturn, ParamSpec
from urllib.parse import unquote

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from gait.analysis.results import Analysis
from gait.analysis.trial import Trial
from gait.io.added.practice import forget_runner
from gait.io.analysis_file import read_analysis
from gait.io.deletion import delete
from gait.io.kept_run import forget_tracks, reopen
from gait.io.run_folder import RunFolder
from gait.io.writing import explained
from gait.jobs.queue import Jobs, crew
from gait.jobs.workers import Crew
from gait.sanitize.files import patiently
from gait.sanitize.text import one_line
from gait.types import GaitError, UsageError
from gait.ui.access.gate import LINE_HEADER, PROFILE_HEADER
from gait.ui.access.served import SERVED
from gait.ui.server import Site

P = ParamSpec("P")

_LONGEST_LINE: Final = 1000
"""Characters of a text that is shown: no sentence of ours is longer."""

PAIRS: Final = ".compare"
"""Folder of the workspace for videos side by side; hidden, like everything that is no run."""

PAIR_FILES: Final = f"{'[0-9a-f]' * 16}.mp4"
"""Their names in it, as a pattern."""

PAGES: Final = "pages"
"""Where a session keeps its pages by name, for links."""


def plain(text: str) -> str:
    """Text as it is, for places that would read Markdown in it.

    One line with every mark of Markdown escaped.

    Examples
    --------
    >>> print(plain("a*b [c](d) <e> $f$ :g:"))
    a\\*b \\[c\\](d) &lt;e> \\$f\\$ \\:g\\:
    """
    line = one_line(text, _LONGEST_LINE)
    escaped = re.sub(r"([\\`*_{}\[\]#|~$:])", r"\\\1", line)
    return escaped.replace("<", "&lt;")


def go(page: str, **query: str) -> NoReturn:
    """Leave for another page."""
    st.switch_page(st.session_state[PAGES][page], query_params=query)


def link(page: str, label: str, **query: str) -> None:
    """A link to another page.

    Parameters
    ----------
    page : str
        Its name in `gait.ui.server`.
    label : str
        What is to be read.
    **query : str
        What the address says after the question mark.
    """
    st.page_link(st.session_state[PAGES][page], label=label, query_params=query)


def site() -> Site:
    """The rules of this server, for whoever looks at the page."""
    profile = unquote(st.context.headers.get(PROFILE_HEADER) or "")
    return Site.of(os.environ, st.get_option("server.address"), profile)


def jobs() -> Jobs:
    """All jobs of this library; the same for every session."""
    return _jobs(site().workspace)


@st.cache_resource(show_spinner=False)
def _jobs(workspace: Path) -> Jobs:
    return Jobs(workspace, _crew())


@st.cache_resource(show_spinner=False)
def _crew() -> Crew:
    """The processes of this server, whoever's videos they work on."""
    return crew()


def opened(run: RunFolder) -> tuple[Analysis, Trial]:
    """A run and its cleaned track, kept in memory until it changes; GaitError if damaged."""
    shows(run)
    with _explained(run):
        return _opened(run.path, run.analysis.stat().st_mtime_ns)


def analysis_of(run: RunFolder) -> Analysis:
    """What was found, also in merged views; kept in memory until it changes."""
    shows(run)
    with _explained(run):
        return _analysis(run.path, run.analysis.stat().st_mtime_ns)


@contextmanager
def _explained(run: RunFolder) -> Iterator[None]:
    """Say what is damaged to somebody who has a page, not a terminal."""
    try:
        yield
    except GaitError as e:
        if "`gait" not in e.hint:
            raise
        raise UsageError(
            f"The result of {run.path.name} is damaged and cannot be shown.",
            "Analyze its video again; what is left of the run can be deleted.",
        ) from e


@st.cache_resource(show_spinner=False, max_entries=16)
def _analysis(path: Path, changed_ns: int) -> Analysis:
    return read_analysis(path)


@st.cache_resource(show_spinner=False, max_entries=16)
def _opened(path: Path, changed_ns: int) -> tuple[Analysis, Trial]:
    return reopen(RunFolder(path))


def shows(run: RunFolder) -> None:
    """Note that this session shows something of a run: deleting the run takes it away again."""
    context = get_script_run_ctx()
    session = context.session_id if context else ""
    SERVED.shows(run.path, st.context.headers.get(LINE_HEADER) or "", session)


def remove(run: RunFolder) -> None:
    """Delete a run for good: on disk, in memory, and what any browser could still fetch."""
    stays = delete(run)
    if stays:
        names = ", ".join(plain(str(path)) for path in stays)
        st.toast(f"Not written by gaitlens, so it stays: {names}", duration="infinite")
    sessions = SERVED.withdraw(run.path)
    st.cache_data.clear()
    _opened.clear()
    _analysis.clear()
    forget_tracks()
    media = st.runtime.get_instance().media_file_mgr
    for session in sessions:
        media.clear_session_refs(session)
    for _ in range(2):  # downloads are marked the first time, and go the second
        media.remove_orphaned_files()
    # Any of them may show the run; they are made again at need.
    with explained(run.path.parent / PAIRS):
        for pair in (run.path.parent / PAIRS).glob(PAIR_FILES):
            patiently(pair.unlink, True)


def remove_runner(name: str, found: Iterable[RunFolder]) -> None:
    """Delete runs, jobs and consent of a runner for good; GaitError if something stays."""
    jobs().cancel_of(name)
    for run in found:
        remove(run)
    forget_runner(site().workspace, name)


def in_library(text: str) -> str:
    """A text in which files of the library go by their names there, without the folders above."""
    return text.replace(f"{site().workspace}{os.sep}", "")


def complain(error: GaitError) -> None:
    """Say what is wrong and what to do."""
    said = (plain(in_library(text)) for text in (error.problem, error.hint))
    st.error("  \n".join(said), icon=":material/error:")


def keep(write: Callable[P, object], *given: P.args, **named: P.kwargs) -> None:
    """Write what somebody changed and show the page with it, or say why it could not be.

    Parameters
    ----------
    write : callable
        What writes; it raises a `GaitError` where it cannot.
    *given, **named
        What it takes.
    """
    try:
        write(*given, **named)
    except GaitError as e:
        complain(e)
    else:
        st.rerun()
