"""The one door for files that others made: a regular file of a sane size, or one line why not.

And the one place that says who may read what we make, and that waits for what is in use.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import time
import tomllib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from gait.types import OutputError, UsageError

VIDEO_BYTES: Final = 256 << 30
MODEL_BYTES: Final = 2 << 30
KEYPOINT_BYTES: Final = 64 << 20
"""Of text: Python takes up to thirty times as much for JSON. Ten minutes of one runner are half."""
FORM_BYTES: Final = 4 << 20
"""Of what people write: settings, answers, a session list."""
_IN_USE: Final = (5, 32, 33)
"""What Windows answers where a file is open in another program: access denied, sharing, locked."""
_PATIENCE_S: Final = 3.0
"""A virus scanner looks at a new file for less than that; a player keeps it open."""
_LONGEST_INTEGER: Final = 18
"""Digits that a 64-bit number holds."""


def require_file(path: Path, longest: int) -> None:
    """Refuse what cannot be read to its end: a pipe or device never ends, and memory is finite.

    Raises
    ------
    UsageError
        If it is not a regular file of at most that size, or may not be read.
    """
    try:
        found = path.stat()
        if stat.S_ISREG(found.st_mode):
            path.open("rb").close()
    except FileNotFoundError as e:
        raise UsageError(f"There is no file {path}.", "Check the path.") from e
    except PermissionError as e:
        raise UsageError(f"{path} may not be read.", "Change its permissions or copy it.") from e
    except (OSError, ValueError) as e:  # too long a name, a null byte in it, a disk that fails
        reason = getattr(e, "strerror", None) or e
        raise UsageError(f"{path} cannot be read: {reason}.", "Check the path.") from e
    if stat.S_ISDIR(found.st_mode):
        raise UsageError(f"{path} is a folder.", "Give a file, not a folder.")
    if not stat.S_ISREG(found.st_mode):
        raise UsageError(f"{path} is a pipe or a device, not a file.", "Save it to a file first.")
    if found.st_size > longest:
        raise UsageError(
            f"{path} has {found.st_size / 1e6:.0f} MB; more than {longest / 1e6:.0f} MB are not "
            "read.",
            "Check that it is the right file, or cut it into shorter ones.",
        )


def real(path: Path) -> Path:
    """Where links lead; a link to itself, of which `Path.resolve` raises, leads to itself."""
    return Path(os.path.realpath(path))


def sha256(path: Path, longest: int = VIDEO_BYTES) -> str:
    """Hex digest of a file; UsageError as `require_file`, OSError if it is gone meanwhile."""
    require_file(path, longest)
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_bytes(path: Path, longest: int) -> bytes:
    """All of a file; UsageError as `require_file`, or if it cannot be read to its end."""
    require_file(path, longest)
    try:
        return path.read_bytes()
    except OSError as e:
        raise UsageError(f"{path} cannot be read: {e.strerror}.", "Copy it elsewhere.") from e


def read_text(path: Path, longest: int = FORM_BYTES) -> str:
    """A text file in UTF-8, with or without byte order mark.

    Raises
    ------
    UsageError
        As `require_file`, or if it is not text.
    """
    try:
        text = read_bytes(path, longest).decode("utf-8-sig")
    except UnicodeDecodeError as e:
        raise UsageError(f"{path} is not text in UTF-8.", "Save it as text, UTF-8.") from e
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_toml(path: Path) -> dict[str, Any]:
    """What a TOML file says; UsageError as `read_text`, or if it is not TOML."""
    try:
        return tomllib.loads(read_text(path))
    except (ValueError, RecursionError) as e:  # ValueError: also numbers of thousands of digits
        reason = "nested too deeply" if isinstance(e, RecursionError) else str(e).rstrip(".")
        raise UsageError(f"{path} is not TOML: {reason}.", "Correct that, or leave it out.") from e


def read_json(path: Path, longest: int = KEYPOINT_BYTES) -> Any:
    """What a JSON file says.

    Raises
    ------
    UsageError
        As `read_text`.
    ValueError
        If it is not JSON, nested too deeply, or holds integers that no machine counts with.
    """
    try:
        return json.loads(read_text(path, longest), parse_int=_integer)
    except RecursionError as e:
        raise ValueError("nested too deeply") from e


def _integer(digits: str) -> int:
    if len(digits) > _LONGEST_INTEGER:
        raise ValueError(f"a number of {len(digits)} digits")
    return int(digits)


def private_file(written: Path, target: Path) -> None:
    """Let only this user read a new file; one that is replaced keeps the rights it was given."""
    try:
        rights = target.stat().st_mode & 0o777
    except OSError:
        rights = 0o600
    with suppress(OSError):  # a file system without rights
        os.chmod(written, rights)


def patiently(action: Callable[..., object], *given: object) -> None:
    """Rename or remove a file; on Windows that fails while another program has it open.

    Parameters
    ----------
    action : callable
        Such as `Path.replace` or `Path.unlink`; tried again for a moment.
    *given
        What it takes.

    Raises
    ------
    OutputError
        If it stays open.
    OSError
        Anything else that the system says.
    """
    until = time.monotonic() + _PATIENCE_S
    while True:
        try:
            action(*given)
        except PermissionError as e:
            if getattr(e, "winerror", None) not in _IN_USE:
                raise
            if time.monotonic() > until:
                raise OutputError(
                    f"{e.filename2 or e.filename} is open in another program, or write-protected.",
                    "Close it there (a player, a browser, a spreadsheet), then try again.",
                ) from e
            time.sleep(0.1)
        else:
            return


def require_unused(*paths: Path) -> None:
    """Before anything is changed: OutputError if another program has one of these files open.

    Windows then lets nobody rename it, not even to the name that it has.
    """
    for path in paths:
        if path.is_file():
            patiently(path.rename, path)
