"""All videos of a session as tables: one row a metric, side and video, and one a stride."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

from gait.analysis.grading import grade
from gait.batch.schedule import Failure
from gait.batch.session import SessionVideo
from gait.io.run_folder import RunFolder
from gait.io.tables import csv_of, stride_schema, summary_schema, summary_table
from gait.sanitize import csv_safe
from gait.types import Analysis

_ROW_GROUP: Final = 20_000
"""Rows that are written at a time: few enough for memory, many enough for Parquet."""


def write_tables(out: Path, session_videos: Iterable[tuple[SessionVideo, Analysis]]) -> None:
    """Write ``session.csv``, ``session.parquet`` and ``strides.parquet``, video by video.

    Parameters
    ----------
    out : Path
        Folder of the run folders and of the tables.
    session_videos : iterable of (Video, Analysis)
        In the order of the rows; taken one by one, so that all need not fit into memory.

    Raises
    ------
    OutputError
        If the tables cannot be written; then those from before stay.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder = RunFolder(out)
    # "video" is the run folder here, as in the table of strides; the name of the file goes along.
    summaries = [f.with_name("file") if f.name == "video" else f for f in summary_schema()]
    session_schema = pa.schema([*_about_schema(), *summaries])
    whose = [pa.field("video", pa.string()), pa.field("runner", pa.string())]
    strides_schema = pa.schema([*whose, *stride_schema()])
    with ExitStack() as stack:
        text, session, strides = (
            stack.enter_context(folder.replacing(out / name))
            for name in ("session.csv", "session.parquet", "strides.parquet")
        )
        lines = stack.enter_context(text.open("w", encoding="utf-8", newline=""))
        lines.write(csv_of(session_schema.empty_table()))
        by_metric = _Buffer(stack.enter_context(pq.ParquetWriter(session, session_schema)))
        by_stride = _Buffer(stack.enter_context(pq.ParquetWriter(strides, strides_schema)))
        for entry, analysis in session_videos:
            found = summary_table(analysis)
            about = pa.Table.from_pylist([_about(entry, analysis)] * len(found), _about_schema())
            table = pa.table([*about.columns, *found.columns], session_schema)
            lines.write(csv_of(table).partition("\n")[2])
            by_metric.add(table)
            kept = pq.read_table(RunFolder(out / entry.name).strides)
            names = [pa.array([name] * len(kept)) for name in (entry.name, entry.runner)]
            by_stride.add(pa.table([*names, *kept.columns], strides_schema))
        by_metric.flush()
        by_stride.flush()


def write_failures(out: Path, failures: Iterable[Failure]) -> None:
    """Write ``failures.csv``: video, runner, what is wrong and what to do; OutputError."""
    folder = RunFolder(out)
    with (
        folder.replacing(out / "failures.csv") as path,
        path.open("w", encoding="utf-8", newline="") as file,
    ):
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("video", "runner", "problem", "hint"))
        for f in failures:
            cells = (f.entry.name, f.entry.runner, f.problem, f.hint)
            writer.writerow([csv_safe(cell) for cell in cells])


def _about_schema() -> Any:
    import pyarrow as pa

    words = dict.fromkeys(("video", "view", "activity", "video_grade", "note"), pa.string())
    return pa.schema([*words.items(), ("speed_mps", pa.float64()), ("height_m", pa.float64())])


def _about(entry: SessionVideo, analysis: Analysis) -> dict[str, Any]:
    """What all rows of a video have in common."""
    return {
        "video": entry.name,
        "view": analysis.view.plane,
        "activity": analysis.activity,
        "video_grade": grade(analysis).level,
        "note": entry.note,
        "speed_mps": entry.settings.speed_mps,
        "height_m": entry.settings.height_m,
    }


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
