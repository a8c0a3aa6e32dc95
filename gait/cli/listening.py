"""What has to be right before the page is served: otherwise it starts and nobody knows why."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Sequence
from pathlib import Path

from gait.types import UsageError


def require_free(host: str, port: int) -> None:
    """UsageError unless the page can listen at that address and port of this computer."""
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


def require_folders(workspace: Path, videos: Sequence[Path]) -> None:
    """UsageError if the workspace cannot be a folder or a folder of videos is not there."""
    there = next(p for p in (workspace, *workspace.absolute().parents) if os.path.lexists(p))
    if not there.is_dir():
        raise UsageError(f"{there} is not a folder.", "Give a folder with --workspace DIR.")
    for folder in videos:
        if not folder.is_dir():
            raise UsageError(f"There is no folder {folder}.", "Check the path after --videos.")
