"""All runs of the workspace by runner: who to look at first, what is under way, what failed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import streamlit as st

from gait.analysis.grading import grade
from gait.analysis.results import Analysis
from gait.batch.roster import (
    LAST,
    MAIN,
    ORDER,
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
from gait.sanitize.text import data_uri
from gait.ui import progress
from gait.ui.intake import session
from gait.ui.pages.library import readable
from gait.ui.site import link, plain

_LEGEND: Final = (
    "± is half of the 95 % interval; left / right; * leg away from the camera. Lines show the "
    "strides one by one, left blue and right orange; what looks flat is within the interval."
)


def page() -> None:
    """Show the runners in the order in which to look at them, and give the numbers away."""
    st.set_page_config(layout="wide")
    st.title("Batch")
    if session.take_in():
        st.rerun()
    progress.show_all()
    found = readable()
    if not found:
        st.markdown("Runners appear here, with who to look at first, once their videos are done.")
        return
    runs = _by_runner((run, _standing(run, analysis)) for run, analysis in found)
    st.caption(f"{ORDER} Runs of one runner stay together. {LAST}")
    chosen = st.dataframe(
        [_row(rank, run, s) for rank, run, s in runs],
        hide_index=True,
        column_config=_columns(),
        row_height=40,
        placeholder=wording.NONE,
        on_select="rerun",
        selection_mode="single-row",
        key="runs",
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
        groups.setdefault(s.runner.casefold() or f"\0{run.path.name}", []).append((run, s))
    for group in groups.values():
        group.sort(key=lambda entry: attention(entry[1]))
    ordered = sorted(groups.values(), key=lambda group: attention(group[0][1]))
    return [(rank, run, s) for rank, group in enumerate(ordered, 1) for run, s in group]


def _row(rank: int, run: RunFolder, s: Standing) -> dict[str, Any]:
    row: dict[str, Any] = {
        "": rank,
        "Run": run.path.name,
        "Runner": s.runner,
        "Video": s.level,
        "Why": why_first(s),
    }
    if s.urgency in URGENT:
        row |= dict.fromkeys(MAIN, WITHHELD)
    for series in s.series:
        row[series.metric] = series.text
        if picture := sparkline(series):
            row[f"{series.metric} strides"] = data_uri("image/svg+xml", picture.encode())
    return row | {"Date": f"{run.filmed:%Y-%m-%d %H:%M}"}


def _columns() -> dict[str, Any]:
    known = knowledge().metrics
    columns: dict[str, Any] = {
        "": st.column_config.NumberColumn("", width=40, pinned=True),
        "Run": st.column_config.TextColumn(pinned=True),
        # Not wider, so that the first numbers are in sight; the cell opens to all of it.
        "Why": st.column_config.TextColumn(width=280),
    }
    for metric in MAIN:
        name = f"{known[metric].name}, {known[metric].unit}"
        columns[metric] = st.column_config.TextColumn(name)
        columns[f"{metric} strides"] = st.column_config.ImageColumn("by stride", width=100)
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
