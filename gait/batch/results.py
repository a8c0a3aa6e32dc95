"""What a session leaves besides a run folder for each clip: runners, tables, roster."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from gait.batch.pages import Shown, shown, write_report, write_roster
from gait.batch.ranking import Standing, attention, standing
from gait.batch.session import RUNNERS, Clip
from gait.batch.tables import write_failures, write_tables
from gait.batch.work import Failure
from gait.store import RunFolder, read_analysis
from gait.together import together
from gait.types import Analysis


@dataclass(frozen=True, slots=True)
class _Runner:
    """Clips of one runner at one speed, in the order of their names."""

    title: str
    folder: str
    clips: tuple[Clip, ...]


def write_results(
    out: Path, clips: Sequence[Clip], failures: Sequence[Failure]
) -> tuple[Standing, ...]:
    """Put films of one runner together, write the tables, the roster and a report a runner.

    Parameters
    ----------
    out : Path
        Folder of the session, with a finished run folder for each clip.
    clips : sequence of Clip
        Those that have one, in the order of their names.
    failures : sequence of Failure
        Those that have none.

    Returns
    -------
    tuple of Standing
        In the order in which to look at them.

    Raises
    ------
    OutputError
        If something cannot be written.
    """
    runners = _runners(clips)
    RunFolder(out).sweep()
    write_tables(out, ((clip, read_analysis(out / clip.name)) for clip in clips))
    write_failures(out, failures)
    listed = []
    for runner in runners:
        analyses = [read_analysis(out / clip.name) for clip in runner.clips]
        folder = RunFolder(out / RUNNERS / runner.folder)
        found, films = _finish(out, folder, runner, analyses)
        listed.append((found, quote(f"{RUNNERS}/{runner.folder}"), films))
    _remove_others(out / RUNNERS, {runner.folder for runner in runners})
    listed.sort(key=lambda entry: attention(entry[0]))
    write_roster(out, listed, failures)
    return tuple(found for found, _, _ in listed)


def _runners(clips: Iterable[Clip]) -> list[_Runner]:
    """Films of one runner at one speed belong together; at another speed it is another run."""
    groups: dict[tuple[str, float | None], list[Clip]] = {}
    for clip in clips:
        groups.setdefault((clip.runner.casefold(), clip.settings.speed_mps), []).append(clip)
    speeds = Counter(name for name, _ in groups)
    titles = {
        key: found[0].runner if speeds[key[0]] == 1 else f"{found[0].runner}, {_speed(key[1])}"
        for key, found in groups.items()
    }
    folders = {key: re.sub(r"[^\w.-]+", "_", title).strip("._-") for key, title in titles.items()}
    taken = Counter(name.casefold() for name in folders.values())
    return [
        _Runner(
            titles[key],
            folders[key]
            if folders[key] and taken[folders[key].casefold()] == 1
            else f"{folders[key]}-{hashlib.sha256(repr(key).encode()).hexdigest()[:8]}",
            tuple(found),
        )
        for key, found in groups.items()
    ]


def _speed(speed_mps: float | None) -> str:
    return "speed not known" if speed_mps is None else f"{speed_mps:g} m/s"


def _finish(
    out: Path, folder: RunFolder, runner: _Runner, analyses: Sequence[Analysis]
) -> tuple[Standing, list[Shown]]:
    """Write what belongs to one runner; what the roster shows of it."""
    folder.sweep()
    # The same film under two names cannot be put together with itself.
    different = {a.video.sha256: a for a in analyses if a.video is not None}
    whole = analyses[0]
    with folder.writing():
        if len(different) > 1:
            whole = together(tuple(different.values()))
            folder.save_analysis(whole)
        else:
            for left in (folder.analysis, folder.strides):
                left.unlink(missing_ok=True)
        found = standing(runner.title, whole)
        films = [
            shown(clip, analysis, RunFolder(out / clip.name))
            for clip, analysis in zip(runner.clips, analyses, strict=True)
        ]
        write_report(folder.path, found, whole, films)
    return found, films


def _remove_others(base: Path, kept: set[str]) -> None:
    """Remove runners of an earlier list, but nothing that is not ours."""
    for folder in base.iterdir() if base.is_dir() else ():
        if folder.name not in kept and folder.is_dir():
            run = RunFolder(folder)
            for file in (run.analysis, run.strides, folder / "report.html"):
                file.unlink(missing_ok=True)
            with suppress(OSError):
                folder.rmdir()
