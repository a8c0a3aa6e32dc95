"""How anything is written: by one writer at a time, for nobody else to read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from gait.types import GaitError, OutputError

LOCK: Final = ".gaitlens.lock"
"""Its name in a folder, of a run or of a batch; no other program's, as it is removed."""


@contextmanager
def explained(folder: Path) -> Iterator[None]:
    """What the system says of a folder that cannot be written, as OutputError."""
    try:
        yield
    except OSError as e:
        raise OutputError(
            f"Cannot write in {folder}: {e.strerror or e}.",
            "Choose a folder with room that you may write to, with --out DIR.",
        ) from e


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
    """Make a folder, with those it lies in, that only this user can enter.

    Parameters
    ----------
    folder : Path
        Left as it is if it exists.

    Returns
    -------
    tuple of Path
        The folders that were made, the innermost first.

    Raises
    ------
    OSError
        If it cannot be made.
    """
    made = tuple(path for path in (folder, *folder.parents) if not path.exists())
    for path in reversed(made):
        path.mkdir(mode=0o700, exist_ok=True)
    if not made:
        folder.mkdir(exist_ok=True)  # says so if it is no folder
    return made
