"""Where what is not finished lies: a hidden folder for each job, held by this process."""

from __future__ import annotations

import os
import re
import secrets
import shutil
from contextlib import suppress
from itertools import count
from pathlib import Path
from threading import Lock
from typing import BinaryIO, Final

from filelock import FileLock

from gait.io.writing import private_folder
from gait.jobs.uploads import take_in
from gait.sanitize.files import patiently
from gait.types import OutputError

STAGING: Final = ".jobs"
"""Folder of the workspace for what is not finished; hidden, like every unfinished file."""

_NAME: Final = re.compile(r"\d+-[0-9a-f]{16}")
"""Of the folder of a job: the process that made it, and a number; no other is ever swept."""
_LOCK: Final = ".lock"
_ROOM_BYTES: Final = 100_000_000
"""That stay free beside a video and what is drawn of it, for tracks, reports and the system."""


class Staging:
    """Folders of the jobs of one library, whose run folders are in `workspace`.

    What earlier servers left unfinished in it is removed.
    """

    def __init__(self, workspace: Path) -> None:
        self.workspace = workspace
        self._held: dict[Path, FileLock] = {}
        self._naming = Lock()
        sweep(workspace)

    def open(self) -> Path:
        """A new folder, held by this process until it is dropped; OutputError if impossible."""
        folder = self.workspace / STAGING / f"{os.getpid()}-{secrets.token_hex(8)}"
        try:
            private_folder(folder.parent)
            self._held[folder] = _hold(folder)  # before it is there, so that nobody sweeps it
            private_folder(folder)
        except OSError as e:
            self.drop(folder)
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
            _let_go(held)

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
    there = {p.name.removesuffix(_LOCK) for p in (workspace / STAGING).glob("*-*")}
    for folder in (workspace / STAGING / name for name in there if _NAME.fullmatch(name)):
        try:
            held = _hold(folder)
        except OSError:  # somebody works there, or it is gone
            continue
        shutil.rmtree(folder, ignore_errors=True)
        _let_go(held)


def _hold(folder: Path) -> FileLock:
    """Lock a folder until it is let go or this process ends; OSError if it is held.

    Numbers of processes are given out again, locks are not. The lock lies beside the folder: on
    Windows none can be locked itself, or get its name while a file in it is open.
    """
    lock = FileLock(f"{folder}{_LOCK}", timeout=0, mode=0o600, thread_local=False)
    lock.acquire()
    return lock


def _let_go(held: FileLock) -> None:
    with suppress(OSError):  # while it is held, as nobody else may have it then; Windows waits
        os.unlink(held.lock_file)
    held.release()


def _size(video: BinaryIO | Path) -> int:
    if isinstance(video, Path):
        return video.stat().st_size
    here = video.tell()
    size = video.seek(0, os.SEEK_END)
    video.seek(here)
    return size
