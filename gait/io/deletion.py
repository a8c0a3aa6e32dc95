"""Deleting a run: what gaitlens wrote of it goes, anything else stays.

A video in a run folder may be the only one that the user has: it is ours to remove only where the
page put it there, which it notes in the record of the folder.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from gait.io import ours
from gait.io.ours import KNOWN
from gait.io.run_folder import RunFolder, runs
from gait.io.writing import LOCK, explained
from gait.sanitize.files import patiently, read_json, require_unused
from gait.types import OutputError

_START: Final = b'{\n  "schema_version"'
"""How an `analysis.json` begins."""


def note_own_copy(run: RunFolder, video: Path) -> None:
    """Note that a video is a copy of gaitlens, which may be removed; OutputError if that fails."""
    ours.note(video, read_json(run.analysis)["video"]["sha256"])


def own_copy(run: RunFolder) -> Path | None:
    """The video of a run, if it is known to be a copy which gaitlens made of an upload."""
    video = run.video
    if video is None:
        return None
    analysed = read_json(run.analysis)["video"]["sha256"]
    return video if analysed in ours.noted(run.path).get(video.name, ()) else None


def may_delete(run: RunFolder) -> bool:
    """Whether a folder is a run that gaitlens wrote, whole or what is left of one.

    Of a damaged one the record tells. A link is none, wherever it leads.
    """
    if run.path.is_symlink() or not run.path.is_dir():
        return False
    return run.is_ours() or not {run.analysis.name, run.pose.name}.isdisjoint(ours.noted(run.path))


def _is_cut_off(run: RunFolder) -> bool:
    """Whether the analysis that the record tells of is the beginning of one, and nothing else."""
    start = ours.head(run.analysis)[: len(_START)]
    return run.analysis.name in ours.noted(run.path) and _START.startswith(start)


def _written(run: RunFolder) -> set[Path]:
    noted = map(run.path.joinpath, ours.noted(run.path))
    return {*run.results, run.notes, run.goals, *noted}


def delete(run: RunFolder) -> tuple[Path, ...]:
    """Remove a run with all that gaitlens wrote of it, and its folder unless more is in there.

    Of merged views also the run folders inside. Returns what stays, since gaitlens did not write
    it.

    Raises
    ------
    OutputError
        If it is not a run folder, or something could not be removed. Of a run of which another
        program has a file open, nothing was.
    """
    with explained(run.path):
        if not may_delete(run):
            raise OutputError(f"{run.path} is not a run folder.", "Nothing was deleted.")
        parts = [p for p in runs(run.path) if not p.path.is_symlink() and p.is_ours()]
        for whole in (run, *parts):
            require_unused(*_written(whole))
        for part in parts:
            delete(part)
        run.sweep()
        ours.drop(*_written(run) - {run.analysis})
        if not (lock := run.path / LOCK).is_dir():
            patiently(lock.unlink, True)
        # The analysis last, also if it was changed or is cut off: it tells that this is a run.
        if KNOWN[run.analysis.name](run.analysis) or _is_cut_off(run):
            patiently(run.analysis.unlink, True)
        ours.forget(run.path)
        stays = tuple(sorted(run.path.iterdir()))
        if not stays:
            patiently(run.path.rmdir)
    return stays
