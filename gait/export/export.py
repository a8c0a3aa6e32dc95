"""Which files an export has, and where they go."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np

from gait.analysis.results import Analysis
from gait.analysis.trial import Trial
from gait.export.c3d import write_c3d
from gait.export.mot import mot
from gait.export.series import angle_series, ground_px, scale_m_per_px, series_table
from gait.io import tables, write_trc
from gait.io.analysis_file import read_analysis
from gait.io.kept_run import reopen
from gait.io.run_folder import RunFolder
from gait.io.writing import replacing
from gait.sanitize.files import real
from gait.types import Float, OutputError, UsageError

Format = Literal["csv", "parquet", "trc", "mot", "c3d", "json"]
Unit = Literal["px", "m"]

Write = Callable[[Path], object]


def export(
    run: RunFolder,
    form: Format,
    out: Path = Path(),
    unit: Unit | None = None,
    *,
    force: bool = False,
) -> tuple[Path, ...]:
    """Write a run for other programs.

    Parameters
    ----------
    run : RunFolder
        Holds an analysis and its track.
    form : {"csv", "parquet", "trc", "mot", "c3d", "json"}
        csv and parquet: tables of strides, summaries, right minus left and time series. trc and
        c3d: points, cleaned; c3d with angles and events too. mot: angles. json: the analysis.
    out : Path
        Folder for the files, which are named after the run.
    unit : {"px", "m"}, optional
        Of trc and c3d; default is m if the run has a scale, otherwise px.

    force : bool
        Whether to replace files that are there already; those of the run itself never are.

    Returns
    -------
    tuple of Path
        The files that were written. Times are true seconds from the first frame.

    Raises
    ------
    UsageError
        If the run holds no analysis or track, or no scale for metres.
    OutputError
        If a file cannot be written or is there already, or ``ezc3d`` is missing.
    """
    name = real(run.path).name
    analysis = read_analysis(run.path)
    if form == "json":
        files: Mapping[str, Write] = {f"{name}.json": _text(analysis.model_dump_json(indent=2))}
    elif form in ("csv", "parquet"):
        files = _tables(name, run, analysis, form)
    else:
        files = _motion(name, *_opened(run, analysis), form, unit)
    for file in files:
        if real(out / file) in {real(path) for path in (run.analysis, run.pose)}:
            raise OutputError(f"{out / file} is what is exported.", "Choose another --out DIR.")
        if not force and os.path.lexists(out / file):
            hint = "Give --force to replace it, or another folder with --out DIR."
            raise OutputError(f"{out / file} exists already.", hint)
    folder = RunFolder(out)
    with folder.writing(), replacing(*(out / file for file in files)) as parts:
        for part, write in zip(parts, files.values(), strict=True):
            write(part)
    return tuple(out / file for file in files)


def _opened(run: RunFolder, analysis: Analysis) -> tuple[Analysis, Trial]:
    if analysis.parts:
        raise UsageError(f"{run.path} merges several videos.", "Export the run folders inside it.")
    return reopen(run)


def _tables(name: str, run: RunFolder, analysis: Analysis, form: str) -> dict[str, Write]:
    made = {
        "strides": tables.stride_table(analysis),
        "summaries": tables.summary_table(analysis),
    }
    if analysis.differences:
        made["differences"] = tables.difference_table(analysis)
    if not analysis.parts:  # each video has frames of its own
        made["series"] = series_table(reopen(run)[1])
    return {
        f"{name}_{what}.{form}": _text(tables.csv_of(table)) if form == "csv" else _parquet(table)
        for what, table in made.items()
    }


def _motion(
    name: str, analysis: Analysis, trial: Trial, form: str, unit: Unit | None
) -> dict[str, Write]:
    if form == "mot":
        return {f"{name}.mot": _text(mot(trial.track.time, angle_series(trial), name))}
    track = trial.track
    if unit is None:
        unit = "px" if trial.view.scale_m_per_px is None else "m"
    per_px = scale_m_per_px(trial) if unit == "m" else 1.0
    if form == "trc":
        # Pixels stay as they are in the picture, so that they can be analysed again.
        xyz = _flat(track.xy) if unit == "px" else per_px * ground_px(trial)
        title = f"{name}_{unit}.trc"
        return {title: lambda path: write_trc(path, track, xyz, unit, title)}
    xyz = ground_px(trial) * (1000 * per_px if unit == "m" else 1.0)
    angles = angle_series(trial)
    in_file: Literal["mm", "px"] = "mm" if unit == "m" else "px"
    return {
        f"{name}_{unit}.c3d": lambda path: write_c3d(path, analysis, track, xyz, in_file, angles)
    }


def _flat(xy: Float) -> Float:
    """(T, K, 3) with a third coordinate of 0, NaN where the point is missing."""
    depth = np.where(np.isfinite(xy).all(axis=2), 0.0, np.nan)
    return np.concatenate([xy, depth[..., None]], axis=2)


def _parquet(table: Any) -> Write:
    import pyarrow.parquet as pq

    return lambda path: pq.write_table(table, path.absolute())  # "a:/b" is an address to it


def _text(text: str) -> Write:
    return lambda path: path.write_text(text, encoding="utf-8", newline="\n")
