"""One batch at a time in a folder: a second one would sweep away what the first is writing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gait.io import writing
from gait.types import UsageError


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Make a folder and keep all other writers out of it until this process ends.

    UsageError if another batch works there, OutputError if it cannot be written.
    """
    busy = UsageError(
        f"Another `gait batch` is working in {folder}.", "Wait for it, or choose another --out."
    )
    with writing.explained(folder):
        writing.private_folder(folder)
    with writing.alone_in(folder, 0, busy):
        yield
