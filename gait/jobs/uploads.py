"""Videos that are given to the page: what they may be called, and how they are kept."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import BinaryIO

from gait.sanitize.text import folder_name
from gait.types import UsageError
from gait.video import VIDEO_TYPES


def safe_name(name: str) -> str:
    """A file name that stays where it is put, without any folder (see `folder_name`).

    With its ending in small letters.

    Raises
    ------
    UsageError
        If the ending is not one of `VIDEO_TYPES`.

    Examples
    --------
    >>> safe_name("../../Läufer <1>.MOV")
    'Läufer _1_.mov'
    """
    base = name.replace("\\", "/").rpartition("/")[2]
    require_video_type(base)
    stem, _, ending = base.rpartition(".")
    return f"{folder_name(stem)}.{ending.lower()}"


def require_video_type(name: str) -> None:
    """UsageError unless a file of that name may hold a video."""
    if name.rpartition(".")[2].lower() not in VIDEO_TYPES or "." not in name:
        kinds = ", ".join(VIDEO_TYPES)
        raise UsageError(f"{name[:80]} is not a video.", f"Give one of these: {kinds}.")


def take_in(video: BinaryIO | Path, target: Path) -> None:
    """Keep what was given: a path is linked where the file system can, else copied."""
    if isinstance(video, Path):
        try:
            target.hardlink_to(video)  # with the rights of the original: it is the same file
            return
        except OSError:  # another disk, or a file system without links
            shutil.copyfile(video, target)
    else:
        with target.open("wb") as kept:
            shutil.copyfileobj(video, kept, 1 << 20)
    target.chmod(0o600)
