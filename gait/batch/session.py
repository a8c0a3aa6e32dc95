"""What a session consists of: videos, who runs in them, and what is known of each, from their names
or from a list that a coach writes in a spreadsheet."""

from __future__ import annotations

import csv
import glob
import io
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, cast

from pydantic import ValidationError

from gait.analysis.interpret.questionnaire import Answers, read_answers
from gait.sanitize.files import read_text, real, sha256
from gait.sanitize.text import csv_delimiter, folder_name, name_key, readable
from gait.settings import PoseSettings, Said, Settings, height_of, speed_of
from gait.types import Plane, UsageError
from gait.video import VIDEO_TYPES

SHEET: Final = "session.csv"
"""Name under which a list is looked for in a folder of videos."""
RUNNERS: Final = "runners"
"""Folder of the results by runner, so no video's folder can be called that."""

_VIEWS: Final[Mapping[str, Plane]] = {
    "side": "side",
    "left": "side",
    "right": "side",
    "rear": "rear",
    "front": "front",
}
_NAME = re.compile(
    rf"^(?P<runner>.+?)[_\- ](?P<view>{'|'.join(_VIEWS)})([_\- ]?\d+)?$", re.IGNORECASE
)
_LONGEST_NAME: Final = 80  # as in Settings

COLUMNS: Final = {
    "video": "the file name of the video",
    "runner": "a name of up to 80 characters",
    "speed": "a speed such as 3.2 m/s or 11.5 km/h",
    "height": "a height such as 1.78 m or 178 cm",
    "sex": "female or male",
    "view": "side, rear or front",
    "person": "1 for the person furthest left, 2 for the next",
    "intake": "a file of answers that `gait intake` wrote, beside the list",
    "note": "any words",
}
"""Columns of the list and what may be in them; all but the first may be left out or empty."""
_FIELDS: Final = {"runner": "runner", "speed": "speed_mps", "height": "height_m"}
LONGEST_CELL: Final = 1000
_READ: Final = {"speed": speed_of, "height": height_of}


@dataclass(frozen=True, slots=True)
class SessionVideo:
    """One video of a session."""

    name: str
    """Of its run folder; no two videos of a session share it, not even in another spelling."""
    video: Path
    """The video, as it was named: not what a link leads to."""
    settings: Settings
    """What is known of it, the runner's name included."""
    note: str = ""
    """What the list says besides."""
    answers: Answers | None = None
    """Of the runner, to the questionnaire."""

    @property
    def runner(self) -> str:
        """Whose video it is."""
        return self.settings.runner or readable(self.video.stem)


@dataclass(frozen=True, slots=True)
class Session:
    """All videos of a session, by name."""

    videos: tuple[SessionVideo, ...]
    """In the order of their names."""
    remarks: tuple[str, ...] = ()
    """What was left out, in sentences."""


def read_session(sources: Sequence[Path], settings: Settings) -> Session:
    """Find the videos of a session and who runs in them.

    Parameters
    ----------
    sources : sequence of Path
        Videos, folders of videos, patterns such as ``videos/*.mp4``, or lists (``.csv``). A folder
        may hold a list, ``session.csv``: it goes before what the names of its videos say.
    settings : Settings
        What is known of all videos; names and lists go before it.

    Returns
    -------
    Session
        A video called ``runner_view.mp4`` is of that runner and from that side; any other is of a
        runner called as the video.

    Raises
    ------
    UsageError
        If something named is not there, a list cannot be used, or there is no video at all.
    """
    remarks: list[str] = []
    found = _found(sources, remarks)
    if not found:
        raise UsageError(
            f"There is no video in {', '.join(map(str, sources))}.",
            f"Videos end in {', '.join(VIDEO_TYPES)}.",
        )
    entries: dict[str, SessionVideo] = {}
    names = _names(sorted(found))
    for video, name in names.items():
        if (key := name_key(name)) in entries:
            remarks.append(f"{video} is the same video as {entries[key].video}: left out.")
            continue
        entries[key] = _entry(name, video, found[video], settings)
    found_by_name = sorted(entries.values(), key=lambda entry: entry.name)
    return Session(_of_the_runner(found_by_name), tuple(dict.fromkeys(remarks)))


def _found(sources: Sequence[Path], remarks: list[str]) -> dict[Path, Line | None]:
    """Every video once, as it was named first; a line of a list goes before that."""
    found: dict[Path, tuple[Path, Line | None]] = {}
    for source in sources:
        for given, line in _videos(source, remarks):
            # A pattern and a folder may both hold it, and two links may lead to it.
            video = real(given.parent) / given.name
            kept, listed = found.setdefault(real(given), (video, line))
            if listed is None and line is not None:
                found[real(given)] = (video, line)
                kept, video = video, kept
            if video != kept:
                remarks.append(f"{video} is the same file as {kept}: left out.")
    return dict(found.values())


def is_video(path: Path) -> bool:
    """Whether a file in a folder is taken for a video, by its name."""
    return (
        path.suffix.lower().lstrip(".") in VIDEO_TYPES
        and not path.name.startswith(".")
        and path.is_file()
    )


def from_name(stem: str) -> Said:
    """The runner that the name of a video without its ending tells, and the view if it ends in one.

    Examples
    --------
    >>> from_name("anna_rear_2")
    {'runner': 'anna', 'view': 'rear'}
    >>> from_name("IMG_0001")
    {'runner': 'IMG_0001'}
    """
    if match := _NAME.match(stem):
        runner = match["runner"].strip()[:_LONGEST_NAME]
        return {"runner": runner, "view": _VIEWS[match["view"].lower()]}
    return {"runner": stem[:_LONGEST_NAME]}


def _videos(source: Path, remarks: list[str]) -> Iterable[tuple[Path, Line | None]]:
    if source.is_dir():
        sheet = source / SHEET
        listed = dict(_listed(sheet)) if sheet.is_file() else {}
        inside = sorted(p for p in source.iterdir() if not p.name.startswith("."))
        answers = {line.intake for line in listed.values()}
        remarks += [f"{_leads_nowhere(p)}: left out." for p in inside if _is_broken(p)]
        other = [
            p.name
            for p in inside
            if not (p.is_dir() or is_video(p) or _is_broken(p) or p.name in {SHEET, *answers})
        ]
        if other:
            shown = ", ".join(other[:5]) + (" …" if len(other) > 5 else "")
            remarks.append(f"Not videos, left out of {source}: {shown}.")
        return [*listed.items(), *_files_first(inside)]
    if source.suffix.lower() == ".csv" and os.path.lexists(source):
        return _listed(source)
    if os.path.exists(source):
        return [(source, None)]
    if _is_broken(source):
        raise UsageError(f"{_leads_nowhere(source)}.", "Give the file itself.")
    matches = [Path(p) for p in glob.glob(str(source), recursive=True)]
    if not matches:
        raise UsageError(f"There is nothing called {source}.", "Check the path.")
    remarks += [f"{_leads_nowhere(p)}: left out." for p in sorted(matches) if _is_broken(p)]
    return _files_first(matches)


def _files_first(paths: Iterable[Path]) -> list[tuple[Path, None]]:
    """The videos among them by name, a file before the links that lead to it."""
    videos = filter(is_video, paths)
    return [(p, None) for p in sorted(videos, key=lambda p: (p.is_symlink(), p))]


def _is_broken(path: Path) -> bool:
    return os.path.islink(path) and not os.path.exists(path)


def _leads_nowhere(link: Path) -> str:
    return f"{link} leads to a file that is not there"


def _listed(sheet: Path) -> Iterable[tuple[Path, Line]]:
    for line in read_sheet(sheet):
        video = sheet.parent / line.video
        if not video.is_file():
            raise UsageError(
                f"{sheet}, line {line.number}, column video: there is no file {line.video!r} in "
                f"{sheet.parent}.",
                "Write the name of the video with its ending.",
            )
        yield video, _with_answers(sheet, line)


def _with_answers(sheet: Path, line: Line) -> Line:
    """The line with the answers it names read, so that a mistake is found before the work."""
    if not line.intake:
        return line
    try:
        return replace(line, answers=read_answers(sheet.parent / line.intake))
    except UsageError as e:
        raise UsageError(f"{sheet}, line {line.number}, column intake: {e.problem}", e.hint) from e


def _of_the_runner(entries: Sequence[SessionVideo]) -> tuple[SessionVideo, ...]:
    """Answers are a runner's: all videos of a runner have them."""
    answers: dict[str, Answers] = {}
    for entry in entries:
        if entry.answers is None:
            continue
        if answers.setdefault(name_key(entry.runner), entry.answers) != entry.answers:
            raise UsageError(
                f"The videos of {entry.runner} have different answers.",
                "Name one file for all videos of a runner, or only in one line.",
            )
    return tuple(replace(e, answers=answers.get(name_key(e.runner))) for e in entries)


def _names(videos: Sequence[Path]) -> dict[Path, str]:
    """A folder for every video: its name, with a part of its hash where that is taken."""
    names = {video: folder_name(video.stem) for video in videos}
    taken = Counter(name_key(name) for name in names.values())
    taken[RUNNERS] += 1
    return {
        video: name if taken[name_key(name)] == 1 else f"{name}-{sha256(video)[:8]}"
        for video, name in names.items()
    }


def _entry(name: str, video: Path, line: Line | None, settings: Settings) -> SessionVideo:
    said = from_name(readable(video.stem))
    if line is not None:
        said |= line.said
    person = said.pop("person", None)
    pose = settings.pose if person is None else settings.pose.model_copy(update={"person": person})
    chosen = Settings.model_validate(settings.model_dump() | said | {"pose": pose})
    note, answers = (line.note, line.answers) if line else ("", None)
    return SessionVideo(name, video, chosen, note, answers)


@dataclass(frozen=True, slots=True)
class Line:
    """One video as it is listed."""

    number: int
    """Line of the file, for messages."""
    video: str
    """As written: a path relative to the list."""
    said: Said
    """What the line gives."""
    note: str
    """Free text."""
    intake: str = ""
    """A path relative to the list; empty for none."""
    answers: Answers | None = None
    """What that file holds, once it has been read."""


def read_sheet(path: Path) -> tuple[Line, ...]:
    """The lines of a session list.

    Parameters
    ----------
    path : Path
        CSV with a header of `COLUMNS` in any order, separated by commas or semicolons; then
        decimals may have a comma.

    Returns
    -------
    tuple of Line
        In the order of the file; empty lines are passed over.

    Raises
    ------
    UsageError
        With line and column, if something in it cannot be used.
    """
    text = read_text(path)
    try:
        return tuple(_lines(path, csv.reader(io.StringIO(text), delimiter=csv_delimiter(text))))
    except csv.Error as e:
        raise UsageError(f"{path} is no CSV file: {e}.", "Save it as 'CSV UTF-8' again.") from e


def _lines(path: Path, reader: Any) -> Iterator[Line]:
    head = [name.strip().lower() for name in next(reader, [])]
    unknown = [name for name in head if name not in COLUMNS]
    if "video" not in head or unknown or len(set(head)) < len(head):
        what = f"column {unknown[0]!r} is not known" if unknown else "the column 'video' is missing"
        if len(set(head)) < len(head):
            what = "a column is there twice"
        raise UsageError(
            f"{path}, line 1: {what}.", f"Name the columns {', '.join(COLUMNS)}; video is needed."
        )
    first: dict[str, int] = {}
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        number = reader.line_num
        if len(cells) > len(head):
            raise UsageError(
                f"{path}, line {number}: {len(cells)} cells for {len(head)} columns.",
                "Put text that holds a comma into quotes.",
            )
        line = _line(path, number, dict(zip(head, (c.strip() for c in cells), strict=False)))
        if first.setdefault(line.video, number) != number:
            raise UsageError(
                f"{path}, line {number}, column video: {line.video!r} is in line "
                f"{first[line.video]} already.",
                "Remove one of the two lines.",
            )
        yield line


def _line(path: Path, number: int, cells: dict[str, str]) -> Line:
    def refuse(column: str) -> UsageError:
        shown = cells.get(column, "")[:80]
        return UsageError(
            f"{path}, line {number}, column {column}: {shown!r} cannot be used.",
            f"Write {COLUMNS[column]}.",
        )

    for column, text in cells.items():
        if len(text) > LONGEST_CELL or "\0" in text:
            raise refuse(column)
    if not cells["video"]:
        raise refuse("video")
    known: dict[str, Any] = {}
    for column, text in cells.items():
        if not text or column in ("video", "note", "intake"):
            continue
        field = _FIELDS.get(column, column)
        try:
            given = _READ[column](text) if column in _READ else text
            if column in ("sex", "view"):
                given = text.lower()
            model = PoseSettings if column == "person" else Settings
            known[field] = getattr(model.model_validate({field: given}), field)
        except UsageError as e:
            raise UsageError(f"{path}, line {number}, column {column}: {e.problem}", e.hint) from e
        except ValidationError as e:
            raise refuse(column) from e
    said = cast("Said", known)  # the columns are fields, and each value was checked as its field
    return Line(number, cells["video"], said, cells.get("note", ""), cells.get("intake", ""))
