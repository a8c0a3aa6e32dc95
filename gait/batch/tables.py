"""All clips of a session as tables: one row a metric, side and clip, and one a stride."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

from gait.batch.session import Clip
from gait.batch.work import Failure
from gait.grading import grade
from gait.store import RunFolder, stride_schema
from gait.types import Analysis

_TEXT, _NUMBER, _COUNT, _YES_NO = "string", "float64", "int64", "bool_"

SESSION: Final[Mapping[str, str]] = {
    "clip": _TEXT,
    "runner": _TEXT,
    "view": _TEXT,
    "activity": _TEXT,
    "film_grade": _TEXT,
    "speed_mps": _NUMBER,
    "height_m": _NUMBER,
    "sex": _TEXT,
    "metric": _TEXT,
    "side": _TEXT,
    "n": _COUNT,
    "value": _NUMBER,
    "sd": _NUMBER,
    "ci95_low": _NUMBER,
    "ci95_high": _NUMBER,
    "unit": _TEXT,
    "tier": _TEXT,
    "far_side": _YES_NO,
    "flag": _TEXT,
    "label": _TEXT,
    "limit": _TEXT,
    "note": _TEXT,
}
"""Columns of the session table; `limit` says why there is no value."""

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


_ROW_GROUP: Final = 20_000
"""Rows that are written at a time: few enough for memory, many enough for Parquet."""


def write_tables(out: Path, clips: Iterable[tuple[Clip, Analysis]]) -> None:
    """Write ``session.csv``, ``session.parquet`` and ``strides.parquet``, clip by clip.

    Parameters
    ----------
    out : Path
        Folder of the run folders and of the tables.
    clips : iterable of (Clip, Analysis)
        In the order of the rows; taken one by one, so that all need not fit into memory.

    Raises
    ------
    OutputError
        If the tables cannot be written; then those from before stay.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder = RunFolder(out)
    schema = pa.schema([(name, getattr(pa, kind)()) for name, kind in SESSION.items()])
    whose = [pa.field("clip", pa.string()), pa.field("runner", pa.string())]
    all_strides = pa.schema([*whose, *stride_schema()])
    with ExitStack() as stack:
        text, session, strides = (
            stack.enter_context(folder.replacing(out / name))
            for name in ("session.csv", "session.parquet", "strides.parquet")
        )
        lines = csv.DictWriter(
            stack.enter_context(text.open("w", encoding="utf-8", newline="")),
            list(SESSION),
            lineterminator="\n",
        )
        lines.writeheader()
        by_metric = _Buffer(stack.enter_context(pq.ParquetWriter(session, schema)))
        by_stride = _Buffer(stack.enter_context(pq.ParquetWriter(strides, all_strides)))
        for clip, analysis in clips:
            rows = session_rows(clip, analysis)
            lines.writerows({name: safe(cell) for name, cell in row.items()} for row in rows)
            by_metric.add(pa.Table.from_pylist(rows, schema))
            table = pq.read_table(RunFolder(out / clip.name).strides)
            names = [pa.array([name] * len(table)) for name in (clip.name, clip.runner)]
            by_stride.add(pa.table([*names, *table.columns], all_strides))
        by_metric.flush()
        by_stride.flush()


def session_rows(clip: Clip, analysis: Analysis) -> list[dict[str, Any]]:
    """Every metric and side of a clip, with the columns of `SESSION`."""
    film = {
        "clip": clip.name,
        "runner": clip.runner,
        "view": analysis.view.plane,
        "activity": analysis.activity,
        "film_grade": grade(analysis).level,
        "speed_mps": clip.settings.speed_mps,
        "height_m": clip.settings.height_m,
        "sex": clip.settings.sex,
        "note": clip.note,
    }
    return [
        film
        | {
            "metric": s.metric,
            "side": s.side,
            "n": s.n,
            "value": s.value,
            "sd": s.sd,
            "ci95_low": s.ci95[0] if s.ci95 else None,
            "ci95_high": s.ci95[1] if s.ci95 else None,
            "unit": s.unit,
            "tier": s.tier,
            "far_side": s.far_side,
            "flag": s.flag,
            "label": s.label,
            "limit": s.limit,
        }
        for s in sorted(analysis.summaries, key=lambda s: (s.metric, s.side))
    ]


def write_failures(out: Path, failures: Iterable[Failure]) -> None:
    """Write ``failures.csv``: clip, runner, what is wrong and what to do; OutputError."""
    folder = RunFolder(out)
    with (
        folder.replacing(out / "failures.csv") as path,
        path.open("w", encoding="utf-8", newline="") as file,
    ):
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("clip", "runner", "problem", "hint"))
        for f in failures:
            cells = (f.clip.name, f.clip.runner, f.problem, f.hint)
            writer.writerow([safe(cell) for cell in cells])


def safe(cell: Any) -> Any:
    """A cell that no spreadsheet takes for a formula; numbers with six digits.

    Parameters
    ----------
    cell : str, number or None
        What is to be in it.

    Returns
    -------
    str, number or None
        Names and notes come from users, and "=HYPERLINK(...)" in them would be run.

    Examples
    --------
    >>> safe("=1+1"), safe(-0.123456789), safe("Anna")
    ("'=1+1", '-0.123457', 'Anna')
    """
    if isinstance(cell, float):
        return f"{cell:.6g}"
    if isinstance(cell, str) and cell.startswith(_FORMULA):
        return f"'{cell}"
    return cell


class _Buffer:
    """Tables that are written when there are enough rows of them."""

    def __init__(self, writer: Any) -> None:
        self._writer = writer
        self._waiting: list[Any] = []

    def add(self, table: Any) -> None:
        self._waiting.append(table)
        if sum(map(len, self._waiting)) >= _ROW_GROUP:
            self.flush()

    def flush(self) -> None:
        import pyarrow as pa

        if self._waiting:
            self._writer.write_table(pa.concat_tables(self._waiting))
        self._waiting = []
