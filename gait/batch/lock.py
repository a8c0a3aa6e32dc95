"""One batch at a time in a folder: a second one would sweep away what the first is writing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder / ".lock", os.O_CREAT | os.O_RDWR)
    except OSError as e:
        raise OutputError(
            f"Cannot write in {folder}: {e.strerror}.", "Choose another folder with --out."
        ) from e
    try:
        _lock(descriptor)
        yield
    except BlockingIOError as e:
        raise UsageError(
            f"Another `gait batch` is working in {folder}.", "Wait for it, or choose another --out."
        ) from e
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> None:
    try:
        import fcntl
    except ImportError:  # Windows, where an open file cannot be replaced either
        return
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
