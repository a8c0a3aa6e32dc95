"""One server: its rules, how it starts from whatever folder, and which pages it has.

Streamlit and the pages are imported when a page is shown: before it runs, they would only make the
command slower and talk.
"""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
import webbrowser
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gait import resources
from gait.io.run_folder import RUNS, RunFolder
from gait.jobs.staging import sweep
from gait.jobs.uploads import require_video_type
from gait.settings import Settings
from gait.types import UsageError
from gait.ui.access.gate import FULL_HEADER, MOST_PAGES, Gate
from gait.ui.access.keys import PROFILES_ENV, TOKEN_ENV, Keys, profile_names

WORKSPACE_ENV: Final = "GAIT_WORKSPACE"
"""Folder of the run folders."""
VIDEOS_ENV: Final = "GAIT_VIDEOS"
"""Folders from which videos may be opened by path, separated as in PATH."""
SETTINGS_ENV: Final = "GAIT_SETTINGS"
"""TOML file of the settings that the page starts from."""

LOCAL_ADDRESSES: Final = ("localhost", "127.0.0.1", "::1")
"""Server addresses that only this computer can reach."""

_START_S: Final = 60.0
"""That the server may take until it answers; it takes one or two."""

_ICON: Final = """
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<rect width="32" height="32" rx="6" fill="#14191e"/>
<path d="M5 12h9M20 12h7" stroke="#56b4e9" stroke-width="5" stroke-linecap="round"/>
<path d="M11 21h10" stroke="#e69f00" stroke-width="5" stroke-linecap="round"/>
</svg>
"""
"""Left and right contacts. A named icon would be fetched from somebody else's server."""

_STYLE: Final = """
<style>
[data-testid="stMainBlockContainer"] { padding-top: 4rem; padding-bottom: 4rem; }
[data-testid="stMultiSelect"] [role="group"] { height: auto; max-height: none; }
[data-testid="stMultiSelect"] [data-tag] { height: auto; color: inherit;
  max-width: calc(100% - 1.2rem); padding-block: 0.2rem; line-height: 1.3;
  background: rgba(128, 128, 128, 0.2); }
[data-testid="stMultiSelect"] [data-tag] :is(span, button) { color: inherit; }
[data-testid="stMultiSelect"] [data-tag] span, [data-testid="stPageLink"] a > span:last-child {
  max-width: none; white-space: normal; overflow-wrap: anywhere; }
@media (max-width: 640px) {
  [data-testid="stTableStyledTable"] :is(th, td) { padding: 0.3rem 0.2rem; }
  [data-testid="stTableStyledTable"] p { font-size: 0.8rem; line-height: 1.35; }
}
@media (min-width: 641px) and (max-width: 900px) {
  [data-testid="stButtonGroup"] button { padding-inline: 0.55rem; }
}
</style>
"""
"""What is chosen can be read: Streamlit cuts it on a phone, and writes white on light blue in the
dark."""


@dataclass(frozen=True, slots=True)
class Site:
    """One server's rules."""

    workspace: Path
    """Everything that is written is below this folder."""
    videos: tuple[Path, ...] | None
    """Folders from which videos may be opened by path; None means any, () means none."""
    defaults: Settings
    """What an analysis starts from."""
    shared: Path | None = None
    """Where the libraries of all people are who share the server; `workspace` is one of them."""

    @classmethod
    def of(cls, environment: Mapping[str, str], address: str | None, profile: str = "") -> Site:
        """The rules for somebody on a server.

        Without `VIDEOS_ENV`, videos are opened by path only where nobody else can ask.

        Parameters
        ----------
        environment : Mapping of str to str
            `WORKSPACE_ENV`, `VIDEOS_ENV` and `SETTINGS_ENV`, all optional.
        address : str or None
            Where the server listens; None is everywhere.
        profile : str
            Name of the library, where several people have one each.
        """
        named = environment.get(VIDEOS_ENV)
        alone = address in LOCAL_ADDRESSES and not profile
        videos: tuple[Path, ...] | None = None if alone else ()
        if named:
            videos = tuple(Path(folder).resolve() for folder in named.split(os.pathsep) if folder)
        file = environment.get(SETTINGS_ENV)
        base = Path(environment.get(WORKSPACE_ENV) or RUNS).resolve()
        return cls(
            workspace=base / profile_names([profile])[0] if profile else base,
            videos=videos,
            defaults=Settings.from_toml(Path(file)) if file else Settings(),
            shared=base if profile else None,
        )

    def video(self, text: str) -> Path:
        """The video that a path typed by a user means.

        An existing file, symbolic links and ".." resolved.

        Raises
        ------
        UsageError
            If it is outside the folders that may be read, which is checked first and says nothing
            about what exists there; or if it is no file, or not a kind that holds videos.
        """
        try:
            path = Path(text.strip().strip("\"'")).expanduser().resolve()
        except (OSError, ValueError, RuntimeError) as e:  # too long, a null byte, no such ~user
            raise UsageError(f"{text[:80]} is no path.", "Check it, or upload the video.") from e
        refused = self.videos is not None and not any(map(path.is_relative_to, self.videos))
        of_others = self.shared is not None and path.is_relative_to(self.shared)
        if refused or (of_others and not path.is_relative_to(self.workspace)):
            raise UsageError(
                "This page may not open files there.",
                f"Give a video in {_listed(self.videos or ())}, or upload it.",
            )
        if not _is_file(path):
            raise UsageError(
                f"There is no file {str(path)[:200]}.", "Check the path, or upload the video."
            )
        require_video_type(path.name)
        return path

    def run(self, name: str) -> RunFolder:
        """The run folder of that name; UsageError unless it is a finished one of this workspace."""
        run = self.folder(name)
        if not _is_file(run.analysis):
            raise UsageError(f"There is no run called {name[:80]}.", "Choose one in the library.")
        return run

    def folder(self, name: str) -> RunFolder:
        """A folder of this workspace, finished or damaged; UsageError if there is none.

        A link is none: it may lead out of the workspace.
        """
        folder = self.workspace / name
        if folder.parent != self.workspace or ".." in name or name.startswith("."):
            raise UsageError("There is no such run.", "Choose one in the library.")
        if not _is_folder(folder) or folder.is_symlink():
            raise UsageError(f"There is no run called {name[:80]}.", "Choose one in the library.")
        return RunFolder(folder)


def serve(
    workspace: Path,
    *,
    host: str = "localhost",
    port: int = 8501,
    videos: Sequence[Path] = (),
    settings: Path | None = None,
    browser: bool = True,
    profiles: Sequence[str] = (),
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
    profiles : sequence of str
        Names of people who share the server, each with a library and a link of their own.

    Raises
    ------
    UsageError
        If the page is not installed, or a name or token is not fit.
    """
    script = resources.find("app.py")
    if script is None:
        raise UsageError("The page is not installed.", "Install gaitlens again.")
    os.environ[PROFILES_ENV] = "/".join(profile_names(profiles))
    Keys.of(os.environ)  # now, not where nobody explains it
    from click import Abort
    from streamlit.web import cli

    os.environ[WORKSPACE_ENV] = str(workspace.resolve())
    os.environ[VIDEOS_ENV] = os.pathsep.join(str(folder.resolve()) for folder in videos)
    if settings is not None:
        os.environ[SETTINGS_ENV] = str(settings.resolve())
    options = {"address": host, "port": str(port), "headless": str(not browser).lower()}
    if host not in LOCAL_ADDRESSES:
        options["allowedHosts"] = "*"
    flags = [f"--server.{name}={value}" for name, value in options.items()]
    with suppress(Abort, KeyboardInterrupt):  # Ctrl-C or a signal: it has stopped by now
        cli.main(["run", str(script), *flags], standalone_mode=False)


def walls() -> dict[str, Any]:
    """What `streamlit.App` is given: nobody gets in without a token, and the links are told."""
    from starlette.middleware import Middleware

    keys = Keys.of(os.environ)
    os.environ.pop(TOKEN_ENV, None)  # no business of the processes that this one starts

    @asynccontextmanager
    async def told(app: object) -> AsyncIterator[None]:
        base = Path(os.environ.get(WORKSPACE_ENV) or RUNS).resolve()
        for profile in keys.links():
            sweep(base / profile)
        threading.Thread(target=_announce, args=(keys, base), daemon=True).start()
        yield

    return {"middleware": [Middleware(Gate, keys=keys)], "lifespan": told}


def _announce(keys: Keys, base: Path) -> None:
    """Tell the links once they can be opened, and open the first."""
    import streamlit as st

    address, port = st.get_option("server.address") or "0.0.0.0", st.get_option("server.port")
    near = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address, address)
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection((near, port), timeout=1):
            break
        time.sleep(0.05)
    root = f"http://{f'[{near}]' if ':' in near else near}:{port}/"
    text = "\n".join(_links(keys, base, root, local=address in LOCAL_ADDRESSES))
    with suppress(OSError, ValueError):  # nobody has to listen
        sys.stdout.write(f"\n{text}\n\n")
        sys.stdout.flush()
    if not st.get_option("server.headless"):
        webbrowser.open(f"{root}?token={keys.once(next(iter(keys.links())))}")


def _links(keys: Keys, base: Path, root: str, *, local: bool) -> Iterator[str]:
    """What is said of them."""
    shared = "" not in keys.links()
    for profile, token in keys.links().items():
        yield f"  {profile or 'gaitlens'}: {root}?token={token}"
    yield ""
    if shared:
        yield "  Nothing else opens the page. Whoever has a link sees and deletes its runs, below"
    else:
        yield "  Nothing else opens the page. Whoever has this link sees and deletes every run in"
    yield f"  {base}. Ctrl-C ends the page."
    if local:
        return
    yield f"  Others reach it with the name of this computer ({socket.gethostname()}) in the link."
    yield "  What is sent is not encrypted: use it only in a network that you trust."
    if not shared:
        yield "  Several people? --profile NAME gives each of them a library and a link."


def main(start: str = "analyze") -> None:
    """Show the page that the address names."""
    import streamlit as st

    from gait.ui.pages import analyze, batch, compare, documents, legs, library, runner
    from gait.ui.site import PAGES

    st.set_page_config(page_title="gaitlens", page_icon=_ICON)
    if st.context.headers.get(FULL_HEADER):
        st.error(
            f"{MOST_PAGES} pages of this server are open, and no more fit. Close one, then load "
            "this page again.",
            icon=":material/error:",
        )
        st.stop()
    shown = {
        "analyze": (analyze.page, "Analyze", ":material/directions_run:"),
        "library": (library.page, "Library", ":material/folder_open:"),
        "runner": (runner.page, "Runners", ":material/person:"),
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
    st.html(_STYLE)
    st.navigation(list(pages.values()), position="top").run()


def _is_folder(path: Path) -> bool:
    """As `_is_file`."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _is_file(path: Path) -> bool:
    """Whether there is a file; what cannot be the name of one is none."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _listed(folders: tuple[Path, ...]) -> str:
    return " or ".join(str(folder) for folder in folders) or "no folder"
