"""Starts the page: Streamlit with our script, theme and rules, from whatever folder."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from gait import resources
from gait.types import UsageError
from gait.ui.site import LOCAL_ADDRESSES, SETTINGS_ENV, VIDEOS_ENV, WORKSPACE_ENV


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
