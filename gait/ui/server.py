"""One server: its rules, how it starts from whatever folder, and which pages it has.

Streamlit and the pages are imported when a page is shown: before it runs, they would only make the
command slower and talk.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gait import resources
from gait.io.run_folder import RUNS, RunFolder
from gait.jobs.uploads import require_video_type
from gait.settings import Settings
from gait.types import UsageError

WORKSPACE_ENV: Final = "GAIT_WORKSPACE"
"""Folder of the run folders."""
VIDEOS_ENV: Final = "GAIT_VIDEOS"
"""Folders from which videos may be opened by path, separated as in PATH."""
SETTINGS_ENV: Final = "GAIT_SETTINGS"
"""TOML file of the settings that the page starts from."""

LOCAL_ADDRESSES: Final = ("localhost", "127.0.0.1", "::1")
"""Server addresses that only this computer can reach."""

_ICON: Final = """
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<rect width="32" height="32" rx="6" fill="#14191e"/>
<path d="M5 12h9M20 12h7" stroke="#56b4e9" stroke-width="5" stroke-linecap="round"/>
<path d="M11 21h10" stroke="#e69f00" stroke-width="5" stroke-linecap="round"/>
</svg>
"""
"""Left and right contacts. A named icon would be fetched from somebody else's server."""


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


def serve(
    workspace: Path,
    *,
    host: str = "localhost",
    port: int = 8501,
    videos: Sequence[Path] = (),
    settings: Path | None = None,
    browser: bool = True,
) -> None:
    """Serve the page until it is stopped.

    Parameters
    ----------
    workspace : Path
        Folder of the run folders.
    host : str
        Address to listen at; the default can be reached from this computer only.
    port : int
        TCP port.
    videos : sequence of Path
        Folders from which videos may be opened by path. By default any on localhost, else none.
    settings : Path, optional
        TOML file of the settings that the page starts from.
    browser : bool
        Whether to open a browser.

    Raises
    ------
    UsageError
        If the page is not installed.
    """
    from streamlit.web import cli

    script = resources.find("app.py")
    if script is None:
        raise UsageError("The page is not installed.", "Install gaitlens again.")
    os.environ[WORKSPACE_ENV] = str(workspace.resolve())
    os.environ[VIDEOS_ENV] = os.pathsep.join(str(folder.resolve()) for folder in videos)
    if settings is not None:
        os.environ[SETTINGS_ENV] = str(settings.resolve())
    options = {"address": host, "port": str(port), "headless": str(not browser).lower()}
    if host not in LOCAL_ADDRESSES:
        options["allowedHosts"] = "*"
    flags = [f"--server.{name}={value}" for name, value in options.items()]
    cli.main(["run", str(script), *flags], standalone_mode=False)


def main(start: str = "analyze") -> None:
    """Show the page that the address names.

    Parameters
    ----------
    start : str
        The page of the bare address.
    """
    import streamlit as st

    from gait.ui import analyze, batch, compare, documents, legs, library
    from gait.ui.site import PAGES

    st.set_page_config(page_title="gaitlens", page_icon=_ICON)
    shown = {
        "analyze": (analyze.page, "Analyze", ":material/directions_run:"),
        "library": (library.page, "Library", ":material/folder_open:"),
        "compare": (compare.page, "Compare", ":material/compare_arrows:"),
        "batch": (batch.page, "Batch", ":material/table_rows:"),
        "legs": (legs.page, "Why do my legs ache?", ":material/healing:"),
        "method": (documents.page, "Method & accuracy", ":material/verified:"),
    }
    pages: dict[str, Any] = {
        name: st.Page(page, title=title, icon=icon, url_path=name, default=name == start)
        for name, (page, title, icon) in shown.items()
    }
    st.session_state[PAGES] = pages
    st.navigation(list(pages.values()), position="top").run()


def _listed(folders: tuple[Path, ...]) -> str:
    return " or ".join(str(folder) for folder in folders) or "no folder"
