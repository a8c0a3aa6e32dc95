"""The command `gait app`."""

import errno
import os
import socket
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from gait.cli import terminal


def page(
    workspace: Annotated[
        Path | None,
        typer.Option(metavar="DIR", show_default="gait_runs", help="Folder of the run folders."),
    ] = None,
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Where to listen; others can reach 0.0.0.0.")
    ] = "localhost",
    port: Annotated[int, typer.Option(min=1, max=65535, metavar="N", help="TCP port.")] = 8501,
    videos: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="DIR",
            show_default="any on localhost, else none",
            help="Folder from which videos may be opened by path; may be repeated.",
        ),
    ] = None,
    settings: Annotated[
        Path | None, typer.Option(metavar="FILE.toml", help="Settings that the page starts from.")
    ] = None,
    browser: Annotated[bool, typer.Option(help="Open a browser.")] = True,
    profile: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="Give NAME a library and a link of their own; may be repeated."
        ),
    ] = None,
) -> int:
    """Show the page in the browser, for whoever has its link; videos stay on this computer."""
    from gait.io.run_folder import RUNS
    from gait.settings import Settings
    from gait.ui.server import serve

    host = host.strip("[]")  # as an address with a port has it
    _require_free(host, port)
    _require_folders(workspace or RUNS, videos or ())
    if settings is not None:
        Settings.from_toml(settings)  # now, not in the browser
    if workspace is not None and not workspace.exists():
        terminal.complain(f"{workspace} does not exist yet; the first run makes it.")
    serve(
        workspace or RUNS,
        host=host,
        port=port,
        videos=videos or (),
        settings=settings,
        browser=browser,
        profiles=profile or (),
    )
    return 0


def _require_free(host: str, port: int) -> None:
    """Complain unless the page can listen at that address and port of this computer."""
    from gait.types import UsageError

    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as e:
        raise UsageError(f"{host} is no address.", "Give --host localhost.") from e
    refused: list[OSError] = []
    for family, kind, protocol, _, address in found:
        try:
            with socket.socket(family, kind, protocol) as probe:
                if os.name == "posix":  # a page that just ended does not count
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
        except OSError as e:
            refused.append(e)
    if taken := [e for e in refused if e.errno in (errno.EADDRINUSE, errno.EACCES)]:
        why = "is taken by another program" if taken[0].errno == errno.EADDRINUSE else "is reserved"
        raise UsageError(f"Port {port} {why}.", "Give another with --port N.")
    if len(refused) == len(found):
        raise UsageError(f"{host} is no address of this computer.", "Give --host localhost.")


def _require_folders(workspace: Path, videos: Sequence[Path]) -> None:
    """Complain if nothing can be written in the workspace or a folder of videos is not there."""
    from gait.types import UsageError

    there = next(p for p in (workspace, *workspace.absolute().parents) if os.path.lexists(p))
    if not there.is_dir():
        raise UsageError(f"{there} is not a folder.", "Give a folder with --workspace DIR.")
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as e:
        raise UsageError(
            f"Nothing can be written in {there}: {e.strerror or e}.",
            "Give a folder with room that you may write to, with --workspace DIR.",
        ) from e
    for folder in videos:
        if not os.path.isdir(folder):
            what = "is a file, not a folder" if os.path.lexists(folder) else "is not there"
            raise UsageError(f"{folder} {what}.", "Check the path after --videos.")
        if not os.access(folder, os.R_OK | os.X_OK):
            raise UsageError(f"{folder} may not be read.", "Change its permissions.")
