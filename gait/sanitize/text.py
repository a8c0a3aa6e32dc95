"""Text that others wrote - names of runners, videos and shoes - made harmless; names of files."""

from __future__ import annotations

import re
import secrets
import unicodedata
from base64 import b64encode
from pathlib import Path
from typing import Final

_LONGEST: Final = 80
"""Characters of a name that are shown: as many as `Settings.runner` may have."""
_LONGEST_NAME: Final = 200
"""Bytes of the name of a folder: file systems take 255, with what is added to it."""
_FORBIDDEN: Final = '/\\:*?"<>|'
"""What separates folders, or is not allowed in names on Windows."""
_ELLIPSIS: Final = "\N{HORIZONTAL ELLIPSIS}"
_UNSEEN: Final = ("Cc", "Cf", "Cs", "Co")
"""Controls, format marks (those of direction among them), half characters, private use."""
_JOINERS: Final = "\u200c\u200d"
"""Format marks that spelling needs, in Persian and in pictures of families."""
_FORMULA: Final = re.compile(r"^[\s\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20|%]|^[\t\r\n]")
_NUMBER: Final = re.compile(r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$")
_DEVICE: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
"""Names that are devices on Windows, whatever ending they have."""

_UNFINISHED: Final = re.compile(
    r"\..+-[0-9a-f]{8}\.gait-part(\.\w+)?"
    # As they were named before 0.2.
    r"|\.(analysis|pose|strides|overlay|people|session|failures|roster|report(-\w+)*|goals"
    r"|comparison|in_step)-[0-9a-f]{8}\.\w+"
    r"|\.(overlay|\.?in_step-[0-9a-f]{8})\.\d+\.part\.mp4"
)
"""Only names that nobody else gives: what is known by one is deleted."""


def unfinished(target: Path) -> Path:
    """A hidden file beside `target`, with its ending, in which to write what is to become it.

    Every such place in the program is named here; `is_unfinished` knows it.
    """
    return target.with_name(f".{target.stem}-{secrets.token_hex(4)}.gait-part{target.suffix}")


def is_unfinished(name: str) -> bool:
    """Whether a file was left half-written by a process of ours that was killed.

    Examples
    --------
    >>> is_unfinished(unfinished(Path("overlay.mp4")).name), is_unfinished(".notes-20250101.txt")
    (True, False)
    """
    return _UNFINISHED.fullmatch(name) is not None


def readable(text: str) -> str:
    """Text that any writer takes: what could not be decoded is shown as a question mark.

    Examples
    --------
    >>> readable("run\\udcff.mp4")
    'run?.mp4'
    """
    return text.encode("utf-8", "replace").decode("utf-8")


def folder_name(text: str, instead: str = "video") -> str:
    """Text of others as the name of a folder or file that stays where it is put, on every system.

    Parameters
    ----------
    text : str
        Such as the name of a video without its ending.
    instead : str
        The name where nothing is left.

    Returns
    -------
    str
        One visible component of a path: no separator, not "..", no device of Windows, not longer
        than a file system takes. Ordinary names come back as they are.

    Examples
    --------
    >>> [folder_name(name) for name in ("Anna rear", "..", "../evil", "CON", "run. ")]
    ['Anna rear', 'video', 'evil', '_CON', 'run']
    """
    kept = "".join("_" if c in _FORBIDDEN or _is_unseen(c) else c for c in readable(text))
    kept = kept.strip(" ").lstrip("._" if kept.startswith(".") else ".")
    kept = kept.encode()[:_LONGEST_NAME].decode(errors="ignore").rstrip(" .")
    return f"_{kept}" if _DEVICE.fullmatch(kept) else kept or instead


def name_key(name: str) -> str:
    """What two spellings of one name share: a Mac writes ë as two letters, and A is a to a disk.

    Examples
    --------
    >>> name_key("Zoe\\u0308") == name_key("ZO\\u00cb")
    True
    """
    return unicodedata.normalize("NFC", name).casefold()


def one_line(text: str, longest: int = _LONGEST) -> str:
    """Text as one short line that neither controls a terminal nor turns what stands beside it.

    Parameters
    ----------
    text : str
        From a user or a file.
    longest : int
        Characters to keep; a cut is shown by an ellipsis.

    Returns
    -------
    str
        Without control and direction marks, half characters and repeated blanks. Letters of all
        scripts stay, also those that are written from right to left.

    Examples
    --------
    >>> one_line("Anna\\u202e\\n \\x1b[31mgpj.exe")
    'Anna [31mgpj.exe'
    """
    blanks = "".join(" " if c.isspace() else c for c in text)
    kept = "".join(c for c in blanks if not _is_unseen(c))
    line = " ".join(kept.split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + _ELLIPSIS


def _is_unseen(c: str) -> bool:
    return c not in _JOINERS and unicodedata.category(c) in _UNSEEN


def data_uri(kind: str, data: bytes) -> str:
    """Data as an address that holds all of it, for pages that load nothing; `kind` is MIME's."""
    return f"data:{kind};base64,{b64encode(data).decode()}"


def csv_safe(cell: str) -> str:
    """A cell of a CSV file that no spreadsheet takes for a formula.

    Returns
    -------
    str
        With an apostrophe before anything that a spreadsheet would calculate (OWASP, CSV
        injection); numbers stay numbers.

    Examples
    --------
    >>> csv_safe("=1+1"), csv_safe("-3.5"), csv_safe("Anna")
    ("'=1+1", '-3.5', 'Anna')
    """
    if _NUMBER.match(cell):
        return cell
    return f"'{cell}" if _FORMULA.match(cell) else cell


def csv_delimiter(text: str) -> str:
    """What separates the cells of a table: a semicolon where spreadsheets have decimal commas.

    Examples
    --------
    >>> csv_delimiter("video;speed\\nrun.mp4;3,1"), csv_delimiter("video,speed")
    (';', ',')
    """
    head = text.partition("\n")[0]
    return ";" if head.count(";") > head.count(",") else ","
