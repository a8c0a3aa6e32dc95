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
from gait.sanitize.files import read_json
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


def delete(run: RunFolder) -> tuple[Path, ...]:
    """Remove a run with all that gaitlens wrote of it, and its folder unless more is in there.

    Of merged views also the run folders inside. Returns what stays, since gaitlens did not write
    it.

    Raises
    ------
    OutputError
        If it is not a run folder, or something could not be removed.
    """
    with explained(run.path):
        if not may_delete(run):
            raise OutputError(f"{run.path} is not a run folder.", "Nothing was deleted.")
        for part in runs(run.path):
            if not part.path.is_symlink() and part.is_ours():
                delete(part)
        run.sweep()
        known = {*run.results, run.notes, run.goals, *map(run.path.joinpath, ours.noted(run.path))}
        known.discard(run.analysis)
        ours.drop(*known)
        if not (lock := run.path / LOCK).is_dir():
            lock.unlink(missing_ok=True)
        # The analysis last, also if it was changed or is cut off: it tells that this is a run.
        if KNOWN[run.analysis.name](run.analysis) or _is_cut_off(run):
            run.analysis.unlink(missing_ok=True)
        ours.forget(run.path)
        stays = tuple(sorted(run.path.iterdir()))
        if not stays:
            run.path.rmdir()
    return stays
