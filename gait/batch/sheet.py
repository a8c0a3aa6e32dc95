"""The list of a session that a coach writes in a spreadsheet: one line a video."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from gait.inputs import read_text
from gait.settings import PoseSettings, Settings
from gait.types import UsageError

COLUMNS: Final = {
    "video": "the file name of the video",
    "runner": "a name of up to 80 characters",
    "speed": "metres per second, such as 3.2",
    "height": "metres, such as 1.78",
    "sex": "female or male",
    "view": "side, rear or front",
    "person": "1 for the person furthest left, 2 for the next",
    "note": "any words",
}
"""Columns of the list and what may be in them; all but the first may be left out or empty."""

_FIELDS: Final = {"runner": "runner", "speed": "speed_mps", "height": "height_m"}
LONGEST_CELL: Final = 1000
_NUMBERS: Final = ("speed", "height")


@dataclass(frozen=True, slots=True)
class Line:
    """One video as it is listed.

    Parameters
    ----------
    number : int
        Line of the file, for messages.
    video : str
        As written: a path relative to the list.
    known : Mapping of str to value
        Fields of `Settings`, and `person` of `PoseSettings`, that the line gives.
    note : str
        Free text.
    """

    number: int
    video: str
    known: dict[str, Any]
    note: str


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
    head = text.partition("\n")[0]
    delimiter = ";" if head.count(";") > head.count(",") else ","
    try:
        return tuple(_lines(path, csv.reader(io.StringIO(text), delimiter=delimiter)))
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
        if not text or column in ("video", "note"):
            continue
        field = _FIELDS.get(column, column)
        try:
            given = float(text.replace(",", ".")) if column in _NUMBERS else text
            if column in ("sex", "view"):
                given = text.lower()
            model = PoseSettings if column == "person" else Settings
            known[field] = getattr(model.model_validate({field: given}), field)
        except (ValueError, ValidationError) as e:
            raise refuse(column) from e
    return Line(number, cells["video"], known, cells.get("note", ""))
