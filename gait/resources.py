"""Files that stand beside the package in a checkout and inside it once installed."""

from __future__ import annotations

from pathlib import Path


def find(name: str) -> Path | None:
    """A file or folder that comes with the program.

    Parameters
    ----------
    name : str
        Its path in a checkout, for example ``"docs/filming.md"``.

    Returns
    -------
    Path or None
        None if this installation lacks it.
    """
    package = Path(__file__).parent
    places = (folder / name for folder in (package.parent, package))
    return next((place for place in places if place.exists()), None)
