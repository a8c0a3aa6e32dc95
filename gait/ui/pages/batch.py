"""All runs of the workspace by runner: who to look at first, what is under way, what failed."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Any, Final

import streamlit as st

from gait.analysis.grading import grade
from gait.analysis.results import Analysis
from gait.batch.roster import (
    HEIGHT,
    LAST,
    MAIN,
    ORDER,
    WIDTH,
    WITHHELD,
    Standing,
    attention,
    sparkline,
    standing,
    why_first,
)
from gait.io.run_folder import RunFolder
from gait.io.tables import csv_of, summary_table
from gait.knowledge import knowledge
from gait.knowledge.questionnaire import URGENT
from gait.present import wording
from gait.sanitize.text import data_uri, name_key
from gait.ui import progress
from gait.ui.intake import session
from gait.ui.pages.library import readable
from gait.ui.site import link, plain

_LEGEND: Final = (
    "± is half of the 95 % interval; left / right; * leg away from the camera. Lines show the "
    "strides one by one, left blue and right orange; what looks flat is within the interval."
)


_WRAPPED_PX: Final = 66
"""Rows that are less high keep each cell in one line: Streamlit wraps from 65 px on."""
_LINE_PX: Final = 20
_AIR_PX: Final = 6
"""Of a cell, above and below together."""
_MOST_LINES: Final = 8
_IN_A_LINE: Final = 25
"""Characters of a reason that fit beside each other."""
_HEAD_PX: Final = 38
"""Of the table."""
_MOST_ROWS: Final = 7
"""In sight at once; the others are scrolled to."""
_WHY_PX: Final = 200
_STRIDES_PX: Final = 100


def page() -> None:
    """Show the runners in the order in which to look at them, and give the numbers away."""
    st.set_page_config(layout="wide")
    st.title("Batch")
    found = readable()
    if session.take_in(found):
        st.rerun()
    progress.show_all()
    if not found:
        st.markdown("Runners appear here, with who to look at first, once their videos are done.")
        return
    runs = _by_runner((run, _standing(run, analysis)) for run, analysis in found)
    st.caption(f"{ORDER} Runs of one runner stay together. {LAST}")
    row_px = _row_px(why_first(s) for _, _, s in runs)
    chosen = st.dataframe(
        [_row(rank, run, s, row_px) for rank, run, s in runs],
        hide_index=True,
        column_config=_columns(),
        row_height=row_px,
        height=_HEAD_PX + row_px * min(len(runs), _MOST_ROWS),
        placeholder=wording.NONE,
        on_select="rerun",
        selection_mode="single-row",
        key=f"runs-{_order(runs)}",
        alt="One row for each run, by runner, with what stands out and its main numbers",
    )
    st.caption(_LEGEND)
    for index in chosen["selection"]["rows"]:
        _, run, s = runs[index]
        link("analyze", f"Open {run.path.name}", run=run.path.name)
        st.markdown("\n".join(f"- {plain(reason)}" for reason in (why_first(s), *s.reasons)))
    st.download_button(
        "All numbers of all runs (CSV)",
        lambda: _csv(found),
        "gaitlens-runs.csv",
        "text/csv",
        on_click="ignore",
        icon=":material/download:",
    )


def _standing(run: RunFolder, analysis: Analysis) -> Standing:
    return _kept_standing(str(run.path), run.analysis.stat().st_mtime_ns, analysis)


@st.cache_data(show_spinner=False, max_entries=5000)
def _kept_standing(path: str, changed_ns: int, _analysis: Analysis) -> Standing:
    return standing(_analysis.settings.runner or "", _analysis)


def _by_runner(
    runs: Iterable[tuple[RunFolder, Standing]],
) -> list[tuple[int, RunFolder, Standing]]:
    """Runners in the order of their most telling run, each with all runs; a video without a name of
    the runner stands for itself."""
    groups: dict[str, list[tuple[RunFolder, Standing]]] = {}
    for run, s in runs:
        groups.setdefault(name_key(s.runner) or f"\0{run.path.name}", []).append((run, s))
    for group in groups.values():
        group.sort(key=lambda entry: attention(entry[1]))
    ordered = sorted(groups.values(), key=lambda group: attention(group[0][1]))
    return [(rank, run, s) for rank, group in enumerate(ordered, 1) for run, s in group]


def _order(runs: Iterable[tuple[int, RunFolder, Standing]]) -> str:
    """Changes with the order of the rows: what is chosen by its row must not become another run."""
    return sha256("/".join(run.path.name for _, run, _ in runs).encode()).hexdigest()[:16]


def _row_px(reasons: Iterable[str]) -> int:
    """How high rows have to be for the longest reason."""
    lines = max(-(-len(reason) // _IN_A_LINE) for reason in reasons)
    return max(_WRAPPED_PX, _LINE_PX * min(lines, _MOST_LINES) + _AIR_PX)


def _row(rank: int, run: RunFolder, s: Standing, row_px: int) -> dict[str, Any]:
    row: dict[str, Any] = {
        "": rank,
        "Run": run.path.name,
        "Why": why_first(s),
        "Runner": s.runner,
        "Video": s.level,
    }
    if s.urgency in URGENT:
        row |= dict.fromkeys(MAIN, WITHHELD)
    for series in s.series:
        row[series.metric] = series.text
        if picture := sparkline(series):
            row[f"{series.metric} strides"] = data_uri(
                "image/svg+xml", _in_cell(picture, row_px).encode()
            )
    return row | {"Date": f"{run.filmed:%Y-%m-%d %H:%M}"}


def _in_cell(picture: str, row_px: int) -> str:
    """A picture of strides on a canvas as high as its cell, which is filled by its height."""
    height = WIDTH * (row_px - _AIR_PX) / _STRIDES_PX
    size = f'width="{WIDTH}" height="{height:.0f}"'
    moved = f'<g transform="translate(0 {(height - HEIGHT) / 2:.0f})">{picture}</g>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{moved}</svg>'


def _columns() -> dict[str, Any]:
    known = knowledge().metrics
    columns: dict[str, Any] = {
        "": st.column_config.NumberColumn("", width=36, pinned=True),
        "Run": st.column_config.TextColumn(width=96, pinned=True),
        # Next to the run and not wider, so that a phone shows it whole.
        "Why": st.column_config.TextColumn(width=_WHY_PX),
        "Runner": st.column_config.TextColumn(width=100),
    }
    for metric in MAIN:
        name = f"{known[metric].name}, {known[metric].unit}"
        columns[metric] = st.column_config.TextColumn(name)
        columns[f"{metric} strides"] = st.column_config.ImageColumn("by stride", width=_STRIDES_PX)
    return columns


def _csv(found: Iterable[tuple[RunFolder, Analysis]]) -> bytes:
    """One row for every metric and side of every run: runs of different views fit together."""
    import pyarrow as pa

    tables = []
    for run, analysis in found:
        table = summary_table(analysis)
        about = {
            "run": run.path.name,
            "date": f"{run.filmed:%Y-%m-%d %H:%M}",
            "view": analysis.view.plane,
            "video_grade": grade(analysis).level,
            "speed_mps": analysis.settings.speed_mps,
        }
        columns = [
            pa.array([value] * len(table), pa.float64() if name == "speed_mps" else pa.string())
            for name, value in about.items()
        ]
        tables.append(pa.table([*columns, *table.columns], [*about, *table.column_names]))
    return csv_of(pa.concat_tables(tables)).encode()
