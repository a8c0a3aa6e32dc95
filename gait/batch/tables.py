"""What a session leaves besides a run folder for each video: runners, tables, roster."""

from __future__ import annotations

import csv
import hashlib
import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager, ExitStack, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gait.analysis.grading import grade
from gait.analysis.merge_views import merge_views
from gait.analysis.results import Analysis
from gait.batch.roster import RosterEntry, Standing, Video, attention, standing, write_roster
from gait.batch.schedule import ATTEMPTS, Failure
from gait.batch.session import RUNNERS, SessionVideo
from gait.io.analysis_file import read_analysis
from gait.io.ours import drop, replacing
from gait.io.run_folder import RunFolder, runs
from gait.io.tables import csv_of, stride_schema, summary_schema, summary_table
from gait.jobs.job import Labour
from gait.jobs.workers import Crew, WorkerLostError, fitting
from gait.sanitize.text import csv_safe, folder_name, name_key
from gait.types import UsageError

_log = logging.getLogger(__name__)

_ROW_GROUP: Final = 20_000
"""Rows that are written at a time: few enough for memory, many enough for Parquet."""


@dataclass(frozen=True, slots=True)
class _Runner:
    """Videos of one runner at one speed, in the order of their names."""

    title: str
    folder: str
    videos: tuple[SessionVideo, ...]


@dataclass(frozen=True, slots=True)
class _Unwritten:
    """A report that is to be written of several videos, with the folder and video of each."""

    run: RunFolder
    parts: tuple[tuple[RunFolder, Path], ...]


def write_results(
    out: Path,
    videos: Sequence[SessionVideo],
    failures: Sequence[Failure],
    reporters: Labour | None,
) -> tuple[Standing, ...]:
    """Merge the views of each runner, write the reports, the tables and the roster.

    Returns what the roster shows, in the order in which to look at it.

    Parameters
    ----------
    out : Path
        Folder of the session, with a finished run folder for each video.
    videos : sequence of SessionVideo
        Those that have one, in the order of their names.
    failures : sequence of Failure
        Those that have none.
    reporters : Labour or None
        Who writes the reports of merged views; None if nobody is to. Those who
        do not share the disk are spared: then worker processes of this machine do it.

    Raises
    ------
    OutputError
        If something cannot be written.
    """
    runners = _runners(videos)
    RunFolder(out).sweep()
    write_tables(out, ((entry, read_analysis(out / entry.name)) for entry in videos))
    write_failures(out, failures)
    entries, unwritten, kept = [], [], set()
    for runner in runners:
        entry, todo = _finish(out, runner)
        entries.append(entry)
        if entry.run.path.parent == out / RUNNERS:
            kept.add(runner.folder)
        if todo is not None:
            unwritten.append(todo)
    _remove_others(out / RUNNERS, kept)
    if reporters is not None and unwritten:
        _write_reports(unwritten, reporters)
    entries.sort(key=lambda entry: attention(entry.standing))
    write_roster(out, entries, failures)
    return tuple(entry.standing for entry in entries)


def _runners(videos: Iterable[SessionVideo]) -> list[_Runner]:
    """Videos of one runner at one speed belong together; at another speed it is another run."""
    groups: dict[tuple[str, float | None], list[SessionVideo]] = {}
    for entry in videos:
        groups.setdefault((name_key(entry.runner), entry.settings.speed_mps), []).append(entry)
    speeds = Counter(name for name, _ in groups)
    titles = {
        key: found[0].runner if speeds[key[0]] == 1 else f"{found[0].runner}, {_speed(key[1])}"
        for key, found in groups.items()
    }
    folders = {key: folder_name(title, "runner") for key, title in titles.items()}
    taken = Counter(name_key(name) for name in folders.values())
    return [
        _Runner(
            titles[key],
            folders[key]
            if taken[name_key(folders[key])] == 1
            else f"{folders[key]}-{hashlib.sha256(repr(key).encode()).hexdigest()[:8]}",
            tuple(found),
        )
        for key, found in groups.items()
    ]


def _speed(speed_mps: float | None) -> str:
    return "speed not known" if speed_mps is None else f"{speed_mps:g} m/s"


def _finish(out: Path, runner: _Runner) -> tuple[RosterEntry, _Unwritten | None]:
    """What the roster shows of one runner; the views of several videos are merged first."""
    runs = [RunFolder(out / entry.name) for entry in runner.videos]
    analyses = [read_analysis(run.path) for run in runs]
    videos = tuple(
        Video(run, analysis.view.plane, entry.note)
        for run, analysis, entry in zip(runs, analyses, runner.videos, strict=True)
    )
    # The same video under two names cannot be merged with itself.
    different = {
        analysis.video.sha256: (analysis, run, entry.video)
        for analysis, run, entry in zip(analyses, runs, runner.videos, strict=True)
        if analysis.video is not None
    }
    if len(different) < 2:
        return RosterEntry(standing(runner.title, analyses[0]), runs[0], videos), None
    whole = merge_views([analysis for analysis, _, _ in different.values()])
    folder = RunFolder(out / RUNNERS / runner.folder)
    folder.claim()
    with folder.writing():
        if not _holds(folder, whole):
            folder.save_analysis(whole)
    parts = tuple((run, video) for _, run, video in different.values())
    todo = None if folder.report in folder.reports else _Unwritten(folder, parts)
    return RosterEntry(standing(runner.title, whole), folder, videos), todo


def _holds(folder: RunFolder, whole: Analysis) -> bool:
    try:
        return folder.strides.exists() and read_analysis(folder.path) == whole
    except UsageError:
        return False


def _write_reports(unwritten: Sequence[_Unwritten], reporters: Labour) -> None:
    """Write reports with all hands; one that fails is complained of, and tried by the next run."""
    from gait.report import write_report

    if reporters.shares_disk:
        hands: AbstractContextManager[Executor] = nullcontext(reporters.executor)
    else:
        hands = Crew(fitting())
    deaths = (*reporters.deaths, WorkerLostError)
    with hands as executor:
        for attempt in range(1, ATTEMPTS + 1):
            futures = [executor.submit(write_report, u.run, parts=u.parts) for u in unwritten]
            errors = [future.exception() for future in futures]
            for u, error in zip(unwritten, errors, strict=True):
                if error is not None and (attempt == ATTEMPTS or not isinstance(error, deaths)):
                    _log.warning("The report of %s was not written: %s", u.run.path.name, error)
            unwritten = [
                u for u, error in zip(unwritten, errors, strict=True) if isinstance(error, deaths)
            ]


def _remove_others(base: Path, kept: set[str]) -> None:
    """Remove runners of an earlier session, but nothing that is not ours."""
    for folder in base.iterdir() if base.is_dir() else ():
        run = RunFolder(folder)
        # With a track or runs inside it is what somebody analysed there, not a runner of a batch.
        others = folder.name in kept or run.pose.exists() or bool(runs(folder))
        if not others and folder.is_dir() and run.is_ours():
            drop(run.strides, *run.reports, run.analysis)
            with suppress(OSError):
                folder.rmdir()
    with suppress(OSError):
        base.rmdir()


def write_tables(out: Path, videos: Iterable[tuple[SessionVideo, Analysis]]) -> None:
    """Write ``session.csv``, ``session.parquet`` and ``strides.parquet``, video by video.

    Videos are taken one by one, so that all need not fit into memory.

    Raises
    ------
    OutputError
        If the tables cannot be written; then those from before stay.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    # "video" is the run folder here, as in the table of strides; the name of the file goes along.
    summaries = [f.with_name("file") if f.name == "video" else f for f in summary_schema()]
    session_schema = pa.schema([*_about_schema(), *summaries])
    whose = [pa.field("video", pa.string()), pa.field("runner", pa.string())]
    strides_schema = pa.schema([*whose, *stride_schema()])
    with ExitStack() as stack:
        tables = (out / name for name in ("session.csv", "session.parquet", "strides.parquet"))
        text, session, strides = stack.enter_context(replacing(*tables))
        lines = stack.enter_context(text.open("w", encoding="utf-8", newline=""))
        lines.write(csv_of(session_schema.empty_table()))
        by_metric, by_stride = (
            _Buffer(stack.enter_context(pq.ParquetWriter(path.absolute(), schema)))
            for path, schema in ((session, session_schema), (strides, strides_schema))
        )
        for entry, analysis in videos:
            found = summary_table(analysis)
            about = pa.Table.from_pylist([_about(entry, analysis)] * len(found), _about_schema())
            table = pa.table([*about.columns, *found.columns], session_schema)
            lines.write(csv_of(table).partition("\n")[2])
            by_metric.add(table)
            kept = pq.read_table(RunFolder(out / entry.name).strides.absolute())
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
