"""Everything behind the answer: curves, strides, all numbers, files."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Final

import streamlit as st

from gait.analysis.kinematics.waveforms import ANGLES, ensemble_average
from gait.analysis.results import Analysis
from gait.export import Format, export
from gait.io.added.practice import keep_letterhead, letterhead
from gait.io.run_folder import RunFolder
from gait.present import wording
from gait.present.blocks import blocks
from gait.present.ranges import about
from gait.present.table import Row, rows, unmeasured
from gait.render import charts
from gait.render.crop import logo
from gait.render.style_chart import healthy_ring, style_chart
from gait.report import default_place, write_report
from gait.report.content import Reader
from gait.types import GaitError
from gait.ui.result.answer import cells
from gait.ui.site import analysis_of, complain, in_library, opened, plain, site

_TYPES: Final = {
    "csv": "text/csv",
    "json": "application/json",
    "mp4": "video/mp4",
    "trc": "text/tab-separated-values",
    "mot": "text/tab-separated-values",
    "c3d": "application/octet-stream",
}
_FOR_OTHERS: Final[Mapping[str, Format]] = {
    "Points for OpenSim (TRC)": "trc",
    "Joint angles for OpenSim (MOT)": "mot",
    "Points, angles, contacts (C3D)": "c3d",
}


def curves(run: RunFolder) -> None:
    """Angles over the average stride."""
    analysis, trial = opened(run)
    found = ensemble_average(trial)
    shown = [angle for angle in ANGLES if any(c.angle == angle for c in found)]
    if not shown:
        st.info("Curves need at least one whole stride.")
        return
    for angle in shown:
        own = [c for c in found if c.angle == angle]
        st.markdown(f"**{ANGLES[angle].name}**")
        st.altair_chart(
            charts.stride_curve(own, analysis),
            alt=f"{ANGLES[angle].name} over the average stride, left and right.",
        )
    strides = ", ".join(f"{c.n} {c.side}" for c in found if c.angle == shown[0])
    st.caption(f"{wording.CURVES.format(strides=strides)} See ± under All numbers.")


def strides(run: RunFolder) -> None:
    """When the feet were down, and one value in every stride."""
    analysis = analysis_of(run)
    st.markdown("**Feet on the ground**")
    st.altair_chart(
        charts.contact_timeline(analysis), alt="Contacts of the left and right foot over time."
    )
    st.caption(wording.CONTACTS)
    measured = {m.metric for m in analysis.measurements}
    choices = {row.metric: f"{row.name}, {row.unit}" for row in rows(analysis)}
    choices = {metric: name for metric, name in choices.items() if metric in measured}
    if not choices:
        return
    metric = st.selectbox("Measure", list(choices), format_func=choices.__getitem__)
    st.altair_chart(
        charts.stride_values(analysis, metric), alt=f"{choices[metric]} in every stride."
    )
    st.caption(
        "Points: single strides. Lines: mean of the video. Bars at the right: its 95 % interval. "
        "Grey: typical range."
    )


def numbers(run: RunFolder) -> None:
    """Every measure, and why some are missing."""
    analysis = analysis_of(run)
    table = [_with_remarks(row) for row in rows(analysis)]
    if table:
        st.table(table, border="horizontal", hide_index=True, alt="All numbers, left beside right")
    st.caption(" ".join(map(plain, (wording.BAND, wording.FAR, wording.TREND, *about(analysis)))))
    for block in blocks(analysis):
        st.markdown(f"**{block.title}**")
        st.table(block.records(), border="horizontal", hide_index=True, alt=block.title)
        st.caption(" ".join(map(plain, block.notes)))
    chart = style_chart(analysis)
    if chart is not None:
        st.markdown("**Running style**")
        st.altair_chart(chart, alt="Duty factor against step rate for leg length.")
        grey = "Grey: 95 % of healthy runners at this speed. " if healthy_ring(analysis) else ""
        st.caption(f"{grey}No style is better than another.")
    missing = unmeasured(analysis.summaries)
    if missing:
        st.markdown("**Not measured, and why**")
        st.markdown("\n".join(f"- {', '.join(n)}: {plain(why)}" for why, n in missing.items()))
    with st.expander("Log of the program, for developers", icon=":material/science:"):
        steps = [*analysis.quality.steps, *(f"{k} {v}" for k, v in analysis.versions.items())]
        st.markdown("\n".join(f"- {plain(step)}" for step in steps))


def _with_remarks(row: Row) -> dict[str, str]:
    """Below the name: with a column of their own the table is wider than a phone."""
    shown = cells(row)
    remarks = f"  \n:small[{plain(row.remarks)}]" if row.remarks else ""
    return shown | {"Measure": f"{shown['Measure']}{remarks}"}


def downloads(run: RunFolder) -> None:
    """Files to take along."""
    _reports(run)
    data(run, _FOR_OTHERS)


def data(run: RunFolder, for_others: Mapping[str, Format] = MappingProxyType({})) -> None:
    """The numbers as files; without what is made of the track, unless that is asked for."""
    analysis = analysis_of(run)
    stem = run.path.name
    st.markdown("**Data**")
    _button("Every stride (CSV)", stride_csv(analysis).encode(), f"{stem}-strides.csv")
    _button("Everything (JSON)", run.analysis.read_bytes(), f"{stem}.json")
    for label, form in for_others.items() if not analysis.parts else ():
        _export_button(run, label, form)
    if (drawn := run.drawn) is not None:
        _button("Drawn video (MP4)", drawn.read_bytes(), f"{stem}-drawn.mp4")
    st.caption(f"All files of this run are in {plain(str(run.path))}")


def _reports(run: RunFolder) -> None:
    st.markdown("**Report**")
    row = st.container(horizontal=True, vertical_alignment="center")
    reader = row.segmented_control(
        "For", ["runner", "clinician"], default="runner", required=True, format_func=str.capitalize
    )
    nameless = row.checkbox(
        "Anonymous", help="No names, no date, no notes; lines instead of the video."
    )
    hidden = row.checkbox("Hide the face", disabled=nameless)
    chosen: Reader = "clinician" if reader == "clinician" else "runner"

    def made(pdf: bool) -> bytes:
        path = write_report(run, reader=chosen, pdf=pdf, nameless=nameless, blur_face=hidden)
        return path.read_bytes()

    buttons = st.container(horizontal=True)
    for ending in ("pdf", "html"):
        name = default_place(run, reader=chosen, pdf=ending == "pdf", nameless=nameless).name
        buttons.download_button(
            f"Report ({ending.upper()})",
            partial(made, ending == "pdf"),
            name if nameless else f"{run.path.name}-{name}",
            "application/pdf" if ending == "pdf" else "text/html",
            on_click="ignore",
            icon=":material/description:",
        )
    st.caption("One page in plain words for the runner, all numbers behind it for a clinician.")
    with st.popover("Name and logo of your practice", icon=":material/business:"):
        _letterhead()


def _letterhead() -> None:
    """Give name and logo for all reports of this library."""
    library = site().workspace
    try:
        name, kept = letterhead(library)
        wanted = st.text_input("Name", name, max_chars=80, key="practice-name")
        given = st.file_uploader("Logo", type=["png", "jpg", "jpeg", "webp"], key="practice-logo")
        png = logo(given.getvalue()) if given is not None else kept
        if png:
            st.image(png, alt="The logo", width=220)
        row = st.container(horizontal=True)
        if row.button("Use in all reports", type="primary", key="practice-keep"):
            keep_letterhead(library, wanted, png)
            st.toast("Reports have it from now on")
        if (name or kept) and row.button("Remove", key="practice-drop"):
            keep_letterhead(library, "", b"")
            st.rerun()
    except GaitError as e:
        complain(e)


def stride_csv(analysis: Analysis) -> str:
    """Every metric of every stride as a tidy table."""
    units = {s.metric: s.unit for s in analysis.summaries}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["metric", "unit", "side", "stride", "time_s", "value"])
    for m in analysis.measurements:
        unit = units.get(m.metric, "")
        writer.writerow([m.metric, unit, m.side, m.stride, f"{m.time_s:.4f}", f"{m.value:.6g}"])
    return out.getvalue()


def _export_button(run: RunFolder, label: str, form: Format) -> None:
    try:
        name, data = _exported(run.path, run.analysis.stat().st_mtime_ns, form)
    except GaitError as e:
        st.caption(f"{label}: {plain(in_library(str(e)))}")
    else:
        _button(label, data, name)


@st.cache_data(show_spinner=False, max_entries=16)
def _exported(path: Path, changed_ns: int, form: Format) -> tuple[str, bytes]:
    with TemporaryDirectory() as folder:
        (file,) = export(RunFolder(path), form, Path(folder))
        return file.name, file.read_bytes()


def _button(label: str, data: bytes, name: str) -> None:
    st.download_button(
        label,
        data,
        name,
        _TYPES[name.rpartition(".")[2]],
        on_click="ignore",
        icon=":material/download:",
    )
