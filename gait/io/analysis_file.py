"""`analysis.json`, of this version and earlier ones: read with care, for anybody may send one."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from gait.analysis.results import SCHEMA_VERSION, Analysis
from gait.knowledge import knowledge
from gait.sanitize.files import read_json
from gait.types import UsageError

ANALYSIS: Final = "analysis.json"
"""Its name in a run folder."""

_LARGEST: Final = 1e9
_AGAIN: Final = "Analyse the video again with `gait analyze`."

Document = dict[str, Any]


def read_analysis(folder: Path) -> Analysis:
    """The analysis in a run folder.

    Raises
    ------
    UsageError
        If there is none, or it is damaged or written by a later version.
    """
    path = folder / ANALYSIS
    try:
        document = read_json(path)
        version = document["schema_version"]
    except UsageError as e:
        raise _cause(folder, e) from e
    except (ValueError, LookupError, TypeError) as e:
        raise UsageError(f"{path} is damaged.", _AGAIN) from e
    try:
        document = upgrade(document)
    except (LookupError, TypeError, AttributeError, RecursionError) as e:
        raise UsageError(
            f"{path} has schema version {version!s:.20}; 1 to {SCHEMA_VERSION} can be read.",
            "Update gaitlens, or analyse the video again.",
        ) from e
    try:
        _require_sane(document, path)
        analysis = Analysis.model_validate(document)
    except ValidationError as e:
        first = e.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise UsageError(f"{path} is damaged: {where}: {first['msg']}.", _AGAIN) from e
    _require_known(analysis, path)
    return analysis


def _cause(folder: Path, refused: UsageError) -> UsageError:
    """Why there is no analysis to read, looked for from the outside in."""
    if isinstance(refused.__cause__, PermissionError):
        return refused
    if not os.path.lexists(folder):
        return UsageError(f"There is no folder {folder}.", "Check the path.")
    if not os.path.isdir(folder):
        return UsageError(
            f"{folder} is a file, not a run folder.",
            "Give the folder that `gait analyze` made of the video.",
        )
    if not os.path.lexists(folder / ANALYSIS):
        return UsageError(
            f"{folder} holds no analysis.",
            "Give the folder that `gait analyze` made of the video, or analyse the video again.",
        )
    if isinstance(refused.__cause__, UnicodeDecodeError):
        return UsageError(f"{folder / ANALYSIS} is damaged.", _AGAIN)
    return refused


def _require_known(analysis: Analysis, path: Path) -> None:
    """Refuse names of which nothing is known: what is said of them is looked up."""
    cited = (
        study for f in analysis.findings for e in f.links for study in (*e.studies, *e.counter)
    )
    contributors = analysis.outcome.contributors if analysis.outcome else ()
    sources = {study.source for study in cited} | {i for c in contributors for i in c.sources}
    metrics = {s.metric for s in analysis.summaries} | {f.metric for f in analysis.findings}
    metrics |= {d.metric for d in analysis.differences}
    for what, unknown in (
        ("metric", metrics - knowledge().metrics.keys()),
        ("source", sources - knowledge().sources.keys()),
    ):
        if unknown:
            raise UsageError(f"{path} is damaged: {min(unknown)!r} is no {what}.", _AGAIN)
    for part in analysis.parts:
        _require_known(part, path)


def _require_sane(value: Any, path: Path) -> None:
    """Refuse numbers that no measure, time or count of a video has: sums of them overflow."""
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            _require_sane(inner, path)
    elif isinstance(value, int | float) and not abs(value) <= _LARGEST:
        raise UsageError(f"{path} is damaged: it holds {value:.3g}.", _AGAIN)


def _to_2(document: Document) -> Document:
    """Version 2 adds fields only; their defaults say that a version 1 did not know."""
    return document


STEPS: Final[Mapping[int, Callable[[Document], Document]]] = {1: _to_2}
"""What leads from a version to the next. A version is never taken out of here."""


def upgrade(document: Document) -> Document:
    """A document of any version in the shape of this one, `parts` too; not yet validated.

    KeyError if its version is unknown: later than this one, or none at all.
    """
    version = document["schema_version"]
    while version != SCHEMA_VERSION:
        document, version = STEPS[version](document), version + 1
    parts = [upgrade(part) for part in document.get("parts", ())]
    return {**document, "schema_version": version, "parts": parts}
