"""Text that others wrote - names of runners, films and shoes - made harmless."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_LONGEST: Final = 80
"""Characters of a name that are shown: as many as `Settings.runner` may have."""
_ELLIPSIS: Final = "\N{HORIZONTAL ELLIPSIS}"
_UNSEEN: Final = ("Cc", "Cf", "Cs", "Co")
"""Controls, format marks (those of direction among them), half characters, private use."""
_JOINERS: Final = "\u200c\u200d"
"""Format marks that spelling needs, in Persian and in pictures of families."""
_FORMULA: Final = re.compile(r"^[\s\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20|%]|^[\t\r\n]")
_NUMBER: Final = re.compile(r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$")


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
    kept = "".join(c for c in blanks if c in _JOINERS or unicodedata.category(c) not in _UNSEEN)
    line = " ".join(kept.split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + _ELLIPSIS


def csv_safe(cell: str) -> str:
    """A cell of a CSV file that no spreadsheet takes for a formula.

    Parameters
    ----------
    cell : str
        As it would be written.

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
