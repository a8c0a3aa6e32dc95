"""All runs of the workspace in one table."""

from __future__ import annotations

import csv
import io

import streamlit as st

from gait.grading import grade
from gait.table import rows
from gait.types import Analysis
from gait.ui.context import link
from gait.ui.library import readable

_COLUMNS = ("cadence", "contact_time", "overstride", "trunk_lean", "pelvic_drop")
_HEAD = ("run", "runner", "date", "view", "film grade", "speed m/s")


def page() -> None:
    """Show one row a run, and give the table away."""
    st.title("Batch")
    st.markdown(
        "Upload several films at once on the first page and they are worked through one after the "
        "other. All of them, and those analyzed with `gait analyze`, are rows of this table."
    )
    found = readable()
    if not found:
        link("analyze", "Analyze films")
        return
    overview = [
        {
            "Run": run.path.name,
            "Runner": analysis.settings.get("runner") or "",
            "Date": f"{run.filmed:%Y-%m-%d %H:%M}",
            "Film": grade(analysis).level,
            **_main(analysis),
        }
        for run, analysis in found
    ]
    st.dataframe(overview, hide_index=True, alt="One row for each run with its main numbers")
    st.caption("± is half of the 95 % interval; left / right; * leg away from the camera.")
    st.download_button(
        "All numbers of all runs (CSV)",
        _csv([(run.path.name, f"{run.filmed:%Y-%m-%d %H:%M}", a) for run, a in found]),
        "gaitlens-runs.csv",
        "text/csv",
        on_click="ignore",
        icon=":material/download:",
    )


def _main(analysis: Analysis) -> dict[str, str]:
    by_metric = {row.metric: row for row in rows(analysis)}
    return {
        f"{row.name}, {row.unit}": " / ".join(row.values.values())
        for metric in _COLUMNS
        if (row := by_metric.get(metric)) is not None
    }


def _csv(found: list[tuple[str, str, Analysis]]) -> bytes:
    """One row for every value of every run: tidy, so that runs of different views fit together."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow((*_HEAD, "metric", "side", "n", "value", "ci95_low", "ci95_high", "unit"))
    for name, date, a in found:
        head = (name, a.settings.get("runner") or "", date, a.view.plane, grade(a).level)
        for s in a.summaries:
            if s.value is not None:
                low, high = s.ci95 or ("", "")
                speed = a.settings.get("speed_mps") or ""
                numbers = (s.metric, s.side, s.n, s.value, low, high, s.unit)
                writer.writerow((*head, speed, *numbers))
    return out.getvalue().encode()
