"""Deleting a run: what gaitlens wrote of it goes, anything else stays."""

from __future__ import annotations

from pathlib import Path

from gait.io.ours import KNOWN
from gait.io.run_folder import RunFolder, runs
from gait.io.writing import LOCK, explained
from gait.types import OutputError


def delete(run: RunFolder) -> tuple[Path, ...]:
    """Remove a run with all that gaitlens wrote of it, and its folder unless more is in there.

    Parameters
    ----------
    run : RunFolder
        Of one video, or of videos put together with a run folder for each inside.

    Returns
    -------
    tuple of Path
        What stays, since gaitlens did not write it.

    Raises
    ------
    OutputError
        If it is not a run folder, or something could not be removed.
    """
    with explained(run.path):
        if run.path.is_symlink() or not run.analysis.exists() or not run.is_ours():
            raise OutputError(f"{run.path} is not a run folder.", "Nothing was deleted.")
        for part in runs(run.path):
            if not part.path.is_symlink() and part.is_ours():
                delete(part)
        run.sweep()
        known = [*run.results, run.path / LOCK]
        known += [path for path in (run.notes, run.goals) if KNOWN[path.name](path)]
        known += [video] if (video := run.video) is not None else []
        # The analysis last: it tells that this is a run, and which video is its own.
        for path in reversed(known):
            if not path.is_dir():
                path.unlink(missing_ok=True)
        stays = tuple(sorted(run.path.iterdir()))
        if not stays:
            run.path.rmdir()
    return stays
