"""Documents of older versions of ``analysis.json`` brought up to this one, a version at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from gait.analysis.results import SCHEMA_VERSION

Document = dict[str, Any]


def _to_2(document: Document) -> Document:
    """Version 2 adds fields only; their defaults say that a version 1 did not know."""
    return document


STEPS: Final[Mapping[int, Callable[[Document], Document]]] = {1: _to_2}
"""What leads from a version to the next. A version is never taken out of here."""


def upgrade(document: Document) -> Document:
    """A document in this version's shape.

    Parameters
    ----------
    document : dict
        Of any version up to this one.

    Returns
    -------
    dict
        With `schema_version` of today, in `parts` too; not yet validated.

    Raises
    ------
    KeyError
        If its version is unknown: later than this one, or none at all.
    """
    version = document["schema_version"]
    while version != SCHEMA_VERSION:
        document, version = STEPS[version](document), version + 1
    parts = [upgrade(part) for part in document.get("parts", ())]
    return {**document, "schema_version": version, "parts": parts}
