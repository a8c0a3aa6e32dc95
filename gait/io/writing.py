"""How anything is written: by one writer at a time, for nobody else to read."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from gait.sanitize.files import patiently, private_file, require_unused, sha256
from gait.sanitize.text import unfinished
from gait.types import GaitError, OutputError

LOCK: Final = ".gaitlens.lock"
"""Its name in a folder, of a run or of a batch; no other program's, as it is removed."""


@contextmanager
def explained(folder: Path) -> Iterator[None]:
    """What the system says of a folder that cannot be written, as OutputError."""
    try:
        yield
    except OSError as e:
        there = next((p for p in (folder, *folder.parents) if os.path.lexists(p)), folder)
        if isinstance(e, FileExistsError | NotADirectoryError) and not there.is_dir():
            raise OutputError(
                f"{there} is a file, not a folder.", "Choose a folder with --out DIR."
            ) from e
        raise OutputError(
            f"Cannot write in {folder}: {e.strerror or e}.",
            "Choose a folder with room that you may write to, with --out DIR.",
        ) from e


@contextmanager
def replacing(
    *targets: Path,
    before: Callable[[Mapping[Path, str]], object] | None = None,
    names_last: bool = True,
) -> Iterator[tuple[Path, ...]]:
    """Temporary files that take the places of others only when the block succeeds.

    Parameters
    ----------
    *targets : Path
        Files of one folder; they get their places in this order.
    before : callable, optional
        Told the SHA-256 of each when all are whole, before the first gets its place.
    names_last : bool
        Whether the names, too, have to outlast a power cut.

    Yields
    ------
    tuple of Path
        Where to write each; same folder and suffix as the target.

    Raises
    ------
    OutputError
        If they cannot be written (no permission, disk full, open in another program).
    """
    folder = targets[0].parent
    parts = {target: unfinished(target) for target in targets}
    try:
        with explained(folder):
            require_unused(*targets)
            yield tuple(parts.values())
            for target, part in parts.items():
                private_file(part, target)
                _to_disk(part)
            if before is not None:
                before({target: sha256(part) for target, part in parts.items()})
            for target, part in parts.items():
                patiently(part.replace, target)
            if names_last and os.name == "posix":
                _to_disk(folder)
    finally:
        for part in parts.values():
            with suppress(OSError):
                part.unlink()


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def alone_in(folder: Path, patience_s: float, busy: GaitError) -> Iterator[None]:
    """Keep other writers out of a folder; the lock ends with this process.

    Parameters
    ----------
    folder : Path
        It has to exist.
    patience_s : float
        How long to wait for another writer.
    busy : GaitError
        What is raised if it takes longer.

    Raises
    ------
    OutputError
        If the folder cannot be written.
    """
    lock = FileLock(folder / LOCK, timeout=patience_s, mode=0o600)
    with explained(folder):
        try:
            lock.acquire()
        except Timeout as e:
            raise busy from e
    try:
        yield
    finally:
        # While it is held: who waits for a lock whose file is gone makes a new one.
        with suppress(OSError):
            Path(lock.lock_file).unlink()
        lock.release()


def private_folder(folder: Path) -> tuple[Path, ...]:
    """Make a folder, with those it lies in, that only this user can enter; one that is there stays.

    Returns the folders that were made, the innermost first; OSError if that fails.
    """
    made = tuple(path for path in (folder, *folder.parents) if not path.exists())
    for path in reversed(made):
        path.mkdir(mode=0o700, exist_ok=True)
    if not made:
        folder.mkdir(exist_ok=True)  # says so if it is no folder
    return made
