"""One batch at a time in a folder: a second one would sweep away what the first is writing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from gait.types import OutputError, UsageError


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Make a folder and keep other batches out of it; the lock ends with this process.

    Parameters
    ----------
    folder : Path
        Need not exist yet.

    Raises
    ------
    UsageError
        If another batch works there.
    OutputError
        If it cannot be written.
    """
    lock = FileLock(folder / ".lock", timeout=0)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout as e:
        raise UsageError(
            f"Another `gait batch` is working in {folder}.", "Wait for it, or choose another --out."
        ) from e
    except OSError as e:
        raise OutputError(
            f"Cannot write in {folder}: {e.strerror or e}.", "Choose another folder with --out."
        ) from e
    try:
        yield
    finally:
        lock.release()
