"""Text of users made harmless where another program would act on it."""

from __future__ import annotations

from typing import Final

_STARTS_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_text(text: str) -> str:
    """Text for a cell of a CSV file that no spreadsheet takes for a formula.

    An apostrophe goes before what would start one (OWASP, "CSV injection"). Quotes, commas and
    line breaks are left to the CSV writer; numbers are not to go through here.

    Parameters
    ----------
    text : str
        For example the name of a runner or of a film.

    Returns
    -------
    str
        The text, or the text after an apostrophe.

    Examples
    --------
    >>> csv_text("=1+1"), csv_text("-2"), csv_text("Ann, 2nd run")
    ("'=1+1", "'-2", 'Ann, 2nd run')
    """
    # A spreadsheet passes over blanks before the sign.
    return f"'{text}" if text.lstrip(" ").startswith(_STARTS_A_FORMULA) else text


def header_text(text: str) -> str:
    """Text for one field of a tab-separated header: one line, no tab, no control character.

    Parameters
    ----------
    text : str
        For example the name of a film.

    Returns
    -------
    str
        Every run of white space and control characters is one blank.

    Examples
    --------
    >>> header_text("run\\t1\\nendheader\\x00")
    'run 1 endheader'
    """
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
