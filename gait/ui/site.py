"""What every page needs: the rules of this server, its jobs, and runs as they were left."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn

import streamlit as st

from gait.analysis.kinematics.registry import Trial
from gait.io.run_folder import RUNS, RunFolder
from gait.jobs.queue import Jobs
from gait.jobs.uploads import require_video_type
from gait.pipeline import reopen
from gait.sanitize.text import one_line
from gait.settings import Settings
from gait.types import Analysis, GaitError, UsageError

WORKSPACE_ENV: Final = "GAIT_WORKSPACE"
"""Folder of the run folders."""
VIDEOS_ENV: Final = "GAIT_VIDEOS"
"""Folders from which videos may be opened by path, separated as in PATH."""
SETTINGS_ENV: Final = "GAIT_SETTINGS"
"""TOML file of the settings that the page starts from."""

LOCAL_ADDRESSES: Final = ("localhost", "127.0.0.1", "::1")
"""Server addresses that only this computer can reach."""

_LONGEST_LINE: Final = 1000
"""Characters of a text that is shown: no sentence of ours is longer."""

PAGES: Final = "pages"
"""Where a session keeps its pages by name, for links."""


@dataclass(frozen=True, slots=True)
class Site:
    """One server's rules.

    Parameters
    ----------
    workspace : Path
        Everything that is written is below this folder.
    videos : tuple of Path or None
        Folders from which videos may be opened by path; None means any, () means none.
    defaults : Settings
        What an analysis starts from.
    """

    workspace: Path
    videos: tuple[Path, ...] | None
    defaults: Settings

    @classmethod
    def of(cls, environment: Mapping[str, str], address: str | None) -> Site:
        """The rules for a server.

        Parameters
        ----------
        environment : Mapping of str to str
            `WORKSPACE_ENV`, `VIDEOS_ENV` and `SETTINGS_ENV`, all optional.
        address : str or None
            Where the server listens; None is everywhere.

        Returns
        -------
        Site
            Without `VIDEOS_ENV`, videos are opened by path only where nobody else can ask.
        """
        named = environment.get(VIDEOS_ENV)
        videos: tuple[Path, ...] | None = None if address in LOCAL_ADDRESSES else ()
        if named:
            videos = tuple(Path(folder).resolve() for folder in named.split(os.pathsep) if folder)
        file = environment.get(SETTINGS_ENV)
        return cls(
            workspace=Path(environment.get(WORKSPACE_ENV) or RUNS).resolve(),
            videos=videos,
            defaults=Settings.from_toml(Path(file)) if file else Settings(),
        )

    def video(self, text: str) -> Path:
        """The video that a path typed by a user means.

        Parameters
        ----------
        text : str
            As typed.

        Returns
        -------
        Path
            An existing file, symbolic links and ".." resolved.

        Raises
        ------
        UsageError
            If it is outside the folders that may be read, which is checked first and says nothing
            about what exists there; or if it is no file, or not a kind that holds videos.
        """
        path = Path(text.strip().strip("\"'")).expanduser().resolve()
        if self.videos is not None and not any(path.is_relative_to(root) for root in self.videos):
            raise UsageError(
                "This page may not open files there.",
                f"Give a video in {_listed(self.videos)}, or upload it.",
            )
        if not path.is_file():
            raise UsageError(f"There is no file {path}.", "Check the path, or upload the video.")
        require_video_type(path.name)
        return path

    def run(self, name: str) -> RunFolder:
        """The run folder of that name; UsageError unless it is a finished one of this workspace."""
        folder = self.workspace / name
        if folder.parent != self.workspace or ".." in name or name.startswith("."):
            raise UsageError("There is no such run.", "Choose one in the library.")
        run = RunFolder(folder)
        if folder.is_symlink() or not run.analysis.is_file():
            raise UsageError(f"There is no run called {name}.", "Choose one in the library.")
        return run


def plain(text: str) -> str:
    """Text as it is, for places that would read Markdown in it.

    Parameters
    ----------
    text : str
        From a user or a file.

    Returns
    -------
    str
        One line with every mark of Markdown escaped.

    Examples
    --------
    >>> print(plain("a*b [c](d) <e> $f$ :g:"))
    a\\*b \\[c\\](d) &lt;e> \\$f\\$ \\:g\\:
    """
    line = one_line(text, _LONGEST_LINE)
    escaped = re.sub(r"([\\`*_{}\[\]#|~$:])", r"\\\1", line)
    return escaped.replace("<", "&lt;")


def _listed(folders: tuple[Path, ...]) -> str:
    return " or ".join(str(folder) for folder in folders) or "no folder"


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
    """The rules of this server."""
    return Site.of(os.environ, st.get_option("server.address"))


def jobs() -> Jobs:
    """All jobs of this server; the same for every session."""
    return _jobs(site().workspace)


@st.cache_resource(show_spinner=False)
def _jobs(workspace: Path) -> Jobs:
    return Jobs(workspace)


def opened(run: RunFolder) -> tuple[Analysis, Trial]:
    """A run and its cleaned track, kept in memory until it changes; GaitError if damaged."""
    return _opened(run.path, run.analysis.stat().st_mtime_ns)


@st.cache_resource(show_spinner=False, max_entries=16)
def _opened(path: Path, changed_ns: int) -> tuple[Analysis, Trial]:
    return reopen(RunFolder(path))


def complain(error: GaitError) -> None:
    """Say what is wrong and what to do."""
    st.error(f"{plain(error.problem)}  \n{plain(error.hint)}", icon=":material/error:")
