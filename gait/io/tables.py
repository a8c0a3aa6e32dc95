"""Results as tidy tables: one row per measurement, one row per summary."""

from __future__ import annotations

import csv
import io
from typing import Any, Final

from gait.analysis.results import Analysis
from gait.sanitize.text import csv_safe
from gait.types import SIDES

_NO_STRIDE: Final = (None, None, None)


def stride_table(analysis: Analysis) -> Any:
    """A pyarrow table: one row per measurement, stride times null where it is of no single one."""
    import pyarrow as pa

    times: dict[tuple[str, int], tuple[float | None, ...]] = {
        (side, i): (s.strike_s, s.off_s, s.next_strike_s)
        for side in SIDES
        for i, s in enumerate(s for s in analysis.strides if s.side == side)
    }
    rows = [
        (m.metric, m.side, m.stride, m.time_s, m.value, *times.get((m.side, m.stride), _NO_STRIDE))
        for m in analysis.measurements
    ]
    schema = stride_schema()
    columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in schema]
    return pa.table(columns, schema=schema)


def stride_schema() -> Any:
    """Columns of a stride table, as a `pyarrow.Schema`."""
    import pyarrow as pa

    numbers = ("time_s", "value", "strike_s", "off_s", "next_strike_s")
    return pa.schema(
        [("metric", pa.string()), ("side", pa.string()), ("stride", pa.int32())]
        + [(name, pa.float64()) for name in numbers]
    )


def summary_schema() -> Any:
    """Columns of a summary table, as a `pyarrow.Schema`."""
    import pyarrow as pa

    words = pa.string()
    types = {
        **dict.fromkeys(("video", "runner", "metric", "name", "side"), words),
        "n": pa.int32(),
        **dict.fromkeys(("value", "sd", "ci95_low", "ci95_high"), pa.float64()),
        **dict.fromkeys(("unit", "tier", "label"), words),
        **dict.fromkeys(("typical_low", "typical_high"), pa.float64()),
        "far_side": pa.bool_(),
        **dict.fromkeys(("flag", "limit", "source", "caveat"), words),
    }
    return pa.schema(types)


def summary_table(analysis: Analysis) -> Any:
    """A pyarrow table: one row per metric and side, with video and runner to join tables."""
    import pyarrow as pa

    schema = summary_schema()
    rows = []
    for s in analysis.summaries:
        row = s.model_dump(include=set(schema.names))
        row["video"] = analysis.video.name if analysis.video else None
        row["runner"] = analysis.settings.runner
        row["ci95_low"], row["ci95_high"] = s.ci95 or (None, None)
        row["typical_low"], row["typical_high"] = s.typical or (None, None)
        rows.append(row)
    return pa.Table.from_pylist(rows, schema=schema)


def difference_schema() -> Any:
    """Columns of a table of right minus left, as a `pyarrow.Schema`."""
    import pyarrow as pa

    words, numbers = pa.string(), pa.float64()
    return pa.schema(
        [(name, words) for name in ("video", "runner", "metric", "name")]
        + [(name, numbers) for name in ("right_minus_left", "ci95_low", "ci95_high")]
        + [("unit", words), ("healthy", numbers), ("answer", words), ("caveat", words)]
    )


def difference_table(analysis: Analysis) -> Any:
    """A pyarrow table: right minus left, one row per metric."""
    import pyarrow as pa

    schema = difference_schema()
    rows = []
    for d in analysis.differences:
        row = d.model_dump(include=set(schema.names))
        row["video"] = analysis.video.name if analysis.video else None
        row["runner"] = analysis.settings.runner
        row["right_minus_left"] = d.value
        row["ci95_low"], row["ci95_high"] = d.ci95
        rows.append(row)
    return pa.Table.from_pylist(rows, schema=schema)


def csv_of(table: Any) -> str:
    """A pyarrow table as CSV: empty where null or NaN, text inert for spreadsheets."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table.column_names)
    for row in zip(*(column.to_pylist() for column in table.columns), strict=True):
        writer.writerow(map(_cell, row))
    return out.getvalue()


def _cell(value: Any) -> str:
    if value is None or value != value:
        return ""
    if isinstance(value, str):
        return csv_safe(value)
    return f"{value:.9g}" if isinstance(value, float) else str(value)
