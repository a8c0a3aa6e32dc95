"""Where what is not finished lies: a hidden folder for each job, held by this process."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import sys
from itertools import count
from pathlib import Path
from threading import Lock
from typing import BinaryIO, Final

from gait.io.writing import private_folder
from gait.jobs.uploads import take_in
from gait.sanitize.files import patiently
from gait.types import OutputError

STAGING: Final = ".jobs"
"""Folder of the workspace for what is not finished; hidden, like every unfinished file."""

_NAME: Final = re.compile(r"\d+-[0-9a-f]{16}")
"""Of the folder of a job: the process that made it, and a number; no other is ever swept."""
_ROOM_BYTES: Final = 100_000_000
"""That stay free beside a video and what is drawn of it, for tracks, reports and the system."""


class Staging:
    """Folders of the jobs of one library, whose run folders are in `workspace`.

    What earlier servers left unfinished in it is removed.
    """

    def __init__(self, workspace: Path) -> None:
        self.workspace = workspace
        self._held: dict[Path, int] = {}
        self._naming = Lock()
        sweep(workspace)

    def open(self) -> Path:
        """A new folder, held by this process until it is dropped; OutputError if impossible."""
        folder = self.workspace / STAGING / f"{os.getpid()}-{secrets.token_hex(8)}"
        try:
            private_folder(folder)
            self._held[folder] = _hold(folder)
        except OSError as e:
            problem = f"Cannot write in {self.workspace}: {e.strerror}."
            raise OutputError(problem, "Start `gait app` with another --workspace.") from e
        return folder

    def keep(self, video: BinaryIO | Path, name: str, target: Path, folder: Path) -> None:
        """Take a video into a folder of a job.

        Parameters
        ----------
        video : binary file or Path
            What to take in.
        name : str
            What the user calls it.
        target : Path
            Where it goes, in `folder`.
        folder : Path
            From `open`; removed if the video cannot be kept.

        Raises
        ------
        OutputError
            If there is no room.
        """
        try:
            private_folder(target.parent)
            take_in(video, target)
        except OSError as e:
            self.drop(folder)
            problem = f"{name} cannot be kept in {self.workspace}: {e.strerror or e}."
            raise OutputError(problem, "Make room there, or give a shorter video.") from e

    def drop(self, folder: Path) -> None:
        """Remove a folder with what is left in it, if it still has not got its place."""
        shutil.rmtree(folder, ignore_errors=True)
        if (held := self._held.pop(folder, None)) is not None:
            os.close(held)

    def publish(self, folder: Path, stem: str) -> str:
        """Give a finished folder its place; the first free of stem, stem-2, stem-3, …"""
        with self._naming:
            for n in count(1):
                target = self.workspace / (stem if n == 1 else f"{stem}-{n}")
                if not os.path.lexists(target):
                    patiently(folder.rename, target)
                    return target.name
        raise AssertionError("count never ends")

    def require_room(self, video: BinaryIO | Path, name: str) -> None:
        """Say it before a video is taken in, not when the disk is full amid the work."""
        there = next(p for p in (self.workspace, *self.workspace.parents) if p.exists())
        needed, free = 2 * _size(video) + _ROOM_BYTES, shutil.disk_usage(there).free
        if free < needed:
            raise OutputError(
                f"{name} needs {needed / 1e6:.0f} MB in {self.workspace}, and {free / 1e6:.0f} MB "
                "are free.",
                "Delete runs in the library, or make room on that disk.",
            )


def sweep(workspace: Path) -> None:
    """Remove what servers that are no more have left unfinished: uploads of people are in there."""
    for folder in tuple((workspace / STAGING).glob("*-*")):
        if _NAME.fullmatch(folder.name) is None:
            continue
        try:
            held = _hold(folder)
        except OSError:  # somebody works there, or it is gone
            continue
        shutil.rmtree(folder, ignore_errors=True)
        os.close(held)


def _hold(folder: Path) -> int:
    """Lock a folder until the descriptor is closed or this process ends; OSError if it is held.

    Numbers of processes are given out again, locks are not. Windows cannot lock a folder, and
    there cannot remove one either in which a file is open.
    """
    if sys.platform == "win32":
        return os.open(os.devnull, os.O_RDONLY)
    import fcntl

    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(held)
        raise
    return held


def _size(video: BinaryIO | Path) -> int:
    if isinstance(video, Path):
        return video.stat().st_size
    here = video.tell()
    size = video.seek(0, os.SEEK_END)
    video.seek(here)
    return size
