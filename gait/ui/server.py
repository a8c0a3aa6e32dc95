"""Starts the page, from whatever folder, and leads from one page to the other."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import streamlit as st

from gait import resources
from gait.types import UsageError
from gait.ui import analyze, batch, compare, documents, library
from gait.ui.site import LOCAL_ADDRESSES, PAGES, SETTINGS_ENV, VIDEOS_ENV, WORKSPACE_ENV

_ICON: Final = """
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<rect width="32" height="32" rx="6" fill="#14191e"/>
<path d="M5 12h9M20 12h7" stroke="#56b4e9" stroke-width="5" stroke-linecap="round"/>
<path d="M11 21h10" stroke="#e69f00" stroke-width="5" stroke-linecap="round"/>
</svg>
"""
"""Left and right contacts. A named icon would be fetched from somebody else's server."""


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
    st.set_page_config(page_title="gaitlens", page_icon=_ICON)
    shown = {
        "analyze": (analyze.page, "Analyze", ":material/directions_run:"),
        "library": (library.page, "Library", ":material/folder_open:"),
        "compare": (compare.page, "Compare", ":material/compare_arrows:"),
        "batch": (batch.page, "Batch", ":material/table_rows:"),
        "method": (documents.page, "Method & accuracy", ":material/verified:"),
    }
    pages: dict[str, Any] = {
        name: st.Page(page, title=title, icon=icon, url_path=name, default=name == start)
        for name, (page, title, icon) in shown.items()
    }
    st.session_state[PAGES] = pages
    st.navigation(list(pages.values()), position="top").run()
