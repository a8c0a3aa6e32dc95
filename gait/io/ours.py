"""Which files beside run folders are ours to replace: known by what is in them, not by their name.

What an analysis leaves in a run folder is known by the folder (`RunFolder.claim`); what people
leave there later is not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from gait.sanitize.files import KEYPOINT_BYTES, read_json, require_file
from gait.types import OutputError, UsageError

_HEAD: Final = 4096


def require_ours(*targets: Path) -> None:
    """Refuse to replace a file that gaitlens did not write.

    Parameters
    ----------
    *targets : Path
        Files that are going to be written, with a name in `KNOWN`.

    Raises
    ------
    OutputError
        If one of them exists and is somebody else's. Nothing was changed.
    """
    for target in targets:
        if target.exists() and not KNOWN[target.name](target):
            raise OutputError(
                f"{target} is not known to be of gaitlens.",
                "Choose another folder with --out DIR, or move that file away.",
            )


def _begins(start: bytes) -> Callable[[Path], bool]:
    return lambda path: _head(path).startswith(start)


def _head(path: Path) -> bytes:
    try:
        require_file(path, 1 << 40)
        with path.open("rb") as file:
            return file.read(_HEAD)
    except (UsageError, OSError):
        return b""


def _holds(*keys: str) -> Callable[[Path], bool]:
    def look(path: Path) -> bool:
        try:
            document = read_json(path, 4 * KEYPOINT_BYTES)
        except (UsageError, ValueError):
            return False
        return isinstance(document, dict) and document.keys() >= set(keys)

    return look


def _is_goals(path: Path) -> bool:
    try:
        document = read_json(path)
    except (UsageError, ValueError):
        return False
    return isinstance(document, list) and all(
        isinstance(goal, dict) and goal.keys() >= {"metric", "side"} for goal in document
    )


def _is_table(path: Path) -> bool:
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not _head(path).startswith(b"PAR1"):
        return False
    try:
        return {"video", "runner", "metric"} <= set(pq.read_schema(path).names)
    except (OSError, pa.ArrowException):
        return False


def _is_report(path: Path) -> bool:
    """Known by its title, and on paper by who set it as well: both are there in clear."""
    if path.suffix == ".html":
        return b": running analysis</title>" in _head(path)
    try:
        require_file(path, 1 << 30)
        document = path.read_bytes()
    except (UsageError, OSError):
        return False
    return document.startswith(b"%PDF") and all(
        words in document for words in (b": running analysis", b"Typst")
    )


def _beside(name: str) -> Callable[[Path], bool]:
    return lambda path: KNOWN[name](path.with_name(name))


REPORTS: Final = tuple(
    f"report{reader}{anonymous}.{ending}"
    for reader in ("", "-runner")
    for anonymous in ("", "-anonymous")
    for ending in ("html", "pdf")
)
"""The names that `gait.report.default_place` gives; no other name is ever taken for a report."""

KNOWN: Final[Mapping[str, Callable[[Path], bool]]] = {
    "session.csv": _begins(b"video,view,activity"),
    "failures.csv": _begins(b"video,runner,problem,hint"),
    "session.parquet": _is_table,
    "strides.parquet": _is_table,
    "roster.html": lambda path: b"<title>Who to look at first</title>" in _head(path),
    "comparison.json": _holds("schema_version", "before", "after", "changes"),
    "in_step.mp4": _beside("comparison.json"),
    "before-after.html": _beside("comparison.json"),
    "before-after.pdf": _beside("comparison.json"),
    "goals.json": _is_goals,
    "notes.json": _holds("text", "text_in_report", "pictures"),
    "validation.json": _holds("videos", "metrics", "events", "checked"),
    "own_copy.json": _holds("own_copy", "sha256"),
    **dict.fromkeys(REPORTS, _is_report),
    "bland-altman.svg": _beside("validation.json"),
}
"""How each is recognised."""

SESSION: Final = (
    "session.csv",
    "failures.csv",
    "session.parquet",
    "strides.parquet",
    "roster.html",
)
"""What `gait batch` writes beside the run folders."""

SHEETS: Final = ("before-after.html", "before-after.pdf")
"""What `gait compare --report` writes beside the comparison."""
