"""Which files are ours to replace or remove: what we noted when we wrote it, unchanged since.

Every folder that gaitlens writes in holds a record of what it wrote there. Folders of versions
before the record have none until they are written in again; until then files are known by what is
in them, not by their name.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from gait.io import writing
from gait.sanitize.files import (
    KEYPOINT_BYTES,
    VIDEO_BYTES,
    patiently,
    read_bytes,
    read_json,
    require_file,
    require_unused,
    sha256,
)
from gait.types import OutputError, TrackError, UsageError

RECORD: Final = ".gaitlens.json"
"""Its name; hidden, and no other program's."""

_HEAD: Final = 4096
_DRAWN_WITHIN: Final = 1 << 16
"""Bytes from the start of the pictures of a video, where the encoder tells how it was set."""
_BOXES: Final = 64
_ENCODER: Final = b"bframes=0 weightp=0 keyint=15 keyint_min=8 scenecut=0 intra_refresh=0 rc=crf"
PEOPLE_MARK: Final = b"tEXtSoftware\x00gaitlens"
"""Stands behind the header of a picture of people."""
_PEOPLE_PX: Final = 960
"""Its width in px (`gait.render.people`)."""

Noted = dict[str, tuple[str, ...]]
"""SHA-256 of what was written, by name. Two while one takes the place of the other."""


def require_ours(*targets: Path) -> None:
    """Refuse to replace files named in `KNOWN` that gaitlens did not write, or that changed since.

    Raises
    ------
    OutputError
        If one of them exists and is somebody else's. Nothing was changed.
    """
    for folder in dict.fromkeys(target.parent for target in targets):
        require_record(folder)
    for target in targets:
        if os.path.lexists(target) and not is_ours(target):
            raise OutputError(
                f"{target} {what_is_wrong(target)}.",
                "Choose another folder with --out DIR, or move that file away.",
            )


def require_record(folder: Path) -> None:
    """Refuse a folder whose record cannot be read, before there is anything to note in it."""
    if os.path.lexists(folder / RECORD) and _noted(folder) is None:
        raise OutputError(
            f"{folder / RECORD} is damaged, or not of gaitlens.", "Move it away, then try again."
        )


def is_ours(path: Path, digest: Callable[[Path], str] = sha256) -> bool:
    """Whether gaitlens wrote a file as it is there now; one that is not there is nobody's.

    `digest` gives the SHA-256; before a file is shown, a remembered one will do.
    """
    noted = _noted(path.parent)
    if noted is None:
        return path.name in KNOWN and KNOWN[path.name](path)
    return _is(path, noted.get(path.name, ()), digest)


def what_is_wrong(path: Path) -> str:
    """Why a file is not ours, as the end of a sentence."""
    if path.name in noted(path.parent):
        return "was changed since gaitlens wrote it"
    return "is not known to be of gaitlens"


def noted(folder: Path) -> Noted:
    """What the record of a folder says, whatever became of the files since."""
    return _noted(folder) or {}


@contextmanager
def replacing(*targets: Path) -> Iterator[tuple[Path, ...]]:
    """As `gait.io.writing.replacing`, for files that may be replaced again later: noted as ours.

    Whoever is killed amid it leaves files that are known: the record says beforehand what comes.
    """
    folder = targets[0].parent

    def promise(digests: Mapping[Path, str]) -> None:
        before = _held(folder)
        coming = {
            target.name: tuple(dict.fromkeys((*before.get(target.name, ()), digest)))
            for target, digest in digests.items()
        }
        _write(folder, before | coming)

    with writing.replacing(*targets, before=promise) as parts:
        yield parts
    settle(folder)


def note(path: Path, digest: str) -> None:
    """Note a file that came otherwise than by `replacing`; OutputError if impossible."""
    with writing.explained(path.parent):
        _write(path.parent, _held(path.parent) | {path.name: (digest,)})


def settle(folder: Path) -> None:
    """Bring the record of a folder in line with what is there; nothing happens without one."""
    noted = _noted(folder)
    if noted is None:
        return
    there = {name: digests for name, digests in noted.items() if os.path.lexists(folder / name)}
    settled = {
        name: tuple(d for d in digests if _is(folder / name, (d,))) or digests
        if len(digests) > 1
        else digests
        for name, digests in there.items()
    }
    if settled != noted:
        with suppress(OutputError, OSError):  # what it says is still true, only not short
            _write(folder, settled)


def forget(folder: Path) -> None:
    """Remove the record of a folder in which nothing is ours any more."""
    if _noted(folder) is not None:
        patiently((folder / RECORD).unlink)


def drop(*paths: Path) -> None:
    """Remove files of one folder as far as they are there and ours; none if one is in use."""
    known = [path for path in paths if is_ours(path)]  # some are known by what lies beside
    require_unused(*known)
    for path in known:
        patiently(path.unlink, True)
    if paths:
        settle(paths[0].parent)


def _is(path: Path, digests: Collection[str], digest: Callable[[Path], str] = sha256) -> bool:
    try:
        return bool(digests) and digest(path) in digests
    except (UsageError, OSError):
        return False


def _noted(folder: Path) -> Noted | None:
    """What the record of a folder says; None if there is none that can be read."""
    try:
        document = read_json(folder / RECORD)
        wrote = document["wrote_by_gaitlens"]
        return {
            str(name): tuple(map(str, digests))
            for name, digests in wrote.items()
            if Path(name).name == name and isinstance(digests, list)
        }
    except (UsageError, ValueError, LookupError, TypeError, AttributeError):
        return None


def _held(folder: Path) -> Noted:
    """As `_noted`; of a folder without a record what is there and known."""
    require_record(folder)
    noted = _noted(folder)
    if noted is not None:
        return noted
    there = (folder / name for name in KNOWN)
    return {path.name: (sha256(path),) for path in there if KNOWN[path.name](path)}


def _write(folder: Path, noted: Noted) -> None:
    if not noted:
        patiently((folder / RECORD).unlink, True)
        return
    document = {"wrote_by_gaitlens": dict(sorted(noted.items()))}
    # After a power cut an older record does: what it does not know is left alone, and of what takes
    # the place of something else it tells both.
    with writing.replacing(folder / RECORD, names_last=False) as (part,):
        part.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8", newline="\n")


def _begins(start: bytes) -> Callable[[Path], bool]:
    return lambda path: head(path).startswith(start)


def head(path: Path) -> bytes:
    """How a file begins; nothing of what is no file."""
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


def _columns(path: Path) -> set[str]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not head(path).startswith(b"PAR1"):
        return set()
    try:
        return set(pq.read_schema(path.absolute()).names)  # "a:/b" is an address to it
    except (OSError, pa.ArrowException):
        return set()


def _is_table(path: Path) -> bool:
    return {"video", "runner", "metric"} <= _columns(path)


def _is_strides(path: Path) -> bool:
    """Of a session, or of the run beside it: both tables have the same name."""
    of_a_run = {"metric", "side", "stride", "time_s", "value"} <= _columns(path)
    return _is_table(path) or (of_a_run and _beside("analysis.json")(path))


def _is_track(path: Path) -> bool:
    from gait.io import read_key

    try:
        read_key(path)
    except (FileNotFoundError, TrackError):
        return False
    return True


def _is_people(path: Path) -> bool:
    """By the name of its maker; before that was there, by its size and what has no header."""
    start = head(path)
    plain = start.startswith(b"\x89PNG") and start[37:41] == b"IDAT"
    of_that_width = start[16:20] == _PEOPLE_PX.to_bytes(4, "big")
    return PEOPLE_MARK in start or (plain and of_that_width and _beside("analysis.json")(path))


def _is_drawn(path: Path) -> bool:
    """A video as `gait.video.Writer` sets its encoder, which writes that down in the video."""
    try:
        require_file(path, VIDEO_BYTES)
        with path.open("rb") as file:
            for _ in range(_BOXES):  # of an MP4, one behind the other: size, kind, content
                start, box = file.tell(), file.read(16)
                size, kind = int.from_bytes(box[:4], "big"), box[4:8]
                if kind == b"mdat":
                    return _ENCODER in file.read(_DRAWN_WITHIN)
                size = int.from_bytes(box[8:16], "big") if size == 1 else size
                if size < 8:
                    return False
                file.seek(start + size)
    except (UsageError, OSError, ValueError, OverflowError):
        pass
    return False


def _is_report(path: Path) -> bool:
    """Known by its title, and on paper by who set it as well: both are there in clear."""
    if path.suffix == ".html":
        return b": running analysis</title>" in head(path)
    try:
        document = read_bytes(path, 1 << 30)
    except UsageError:
        return False
    return document.startswith(b"%PDF") and all(
        words in document for words in (b": running analysis", b"Typst")
    )


def _is_sheet(path: Path) -> bool:
    title = b": before and after</title>" if path.suffix == ".html" else b"%PDF"
    return title in head(path) and _beside("comparison.json")(path)


def _beside(name: str) -> Callable[[Path], bool]:
    return lambda path: path.is_file() and KNOWN[name](path.with_name(name))


REPORTS: Final = tuple(
    f"report{reader}{anonymous}.{ending}"
    for reader in ("", "-runner")
    for anonymous in ("", "-anonymous")
    for ending in ("html", "pdf")
)
"""The names that `gait.report.default_place` gives; no other name is ever taken for a report."""

KNOWN: Final[Mapping[str, Callable[[Path], bool]]] = {
    "analysis.json": _holds("schema_version", "summaries"),
    "pose.npz": _is_track,
    "overlay.mp4": _is_drawn,
    "people.png": _is_people,
    "session.csv": _begins(b"video,view,activity"),
    "failures.csv": _begins(b"video,runner,problem,hint"),
    "session.parquet": _is_table,
    "strides.parquet": _is_strides,
    "roster.html": lambda path: b"<title>Who to look at first</title>" in head(path),
    "comparison.json": _holds("schema_version", "before", "after", "changes"),
    "in_step.mp4": _is_drawn,
    "before-after.html": _is_sheet,
    "before-after.pdf": _is_sheet,
    "goals.json": _is_goals,
    "notes.json": _holds("text", "text_in_report", "pictures"),
    "validation.json": _holds("videos", "metrics", "events", "checked"),
    **dict.fromkeys(REPORTS, _is_report),
    "bland-altman.svg": _beside("validation.json"),
}
"""How each is recognised in a folder that has no record."""

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
