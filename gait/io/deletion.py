"""Deleting a run: what gaitlens wrote of it goes, anything else stays.

A video in a run folder may be the only one that the user has: it is ours to remove only where the
page put it there, which it notes beside it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from gait.io.ours import KNOWN
from gait.io.run_folder import RunFolder, runs
from gait.io.writing import LOCK, explained
from gait.sanitize.files import read_json
from gait.types import OutputError, UsageError

OWN_COPY: Final = "own_copy.json"
"""Says of which file in a run folder the page made a copy of an upload."""


def note_own_copy(run: RunFolder, video: Path) -> None:
    """Note that the video of a run is a copy which gaitlens made, so that it may be removed.

    Parameters
    ----------
    run : RunFolder
        With an analysis of the video.
    video : Path
        In the run folder.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    note = {"own_copy": video.name, "sha256": read_json(run.analysis)["video"]["sha256"]}
    with run.replacing(run.path / OWN_COPY) as temporary:
        temporary.write_text(json.dumps(note), encoding="utf-8")


def own_copy(run: RunFolder) -> Path | None:
    """The video of a run, if it is known to be a copy which gaitlens made of an upload."""
    video = run.video
    if video is None:
        return None
    try:
        note = read_json(run.path / OWN_COPY)
        noted = (note["own_copy"], note["sha256"])
        analysed = read_json(run.analysis)["video"]["sha256"]
    except (UsageError, OSError, ValueError, LookupError, TypeError):
        return None
    return video if noted == (video.name, analysed) else None


def delete(run: RunFolder) -> tuple[Path, ...]:
    """Remove a run with all that gaitlens wrote of it, and its folder unless more is in there.

    Parameters
    ----------
    run : RunFolder
        Of one video, or of merged views with a run folder for each inside.

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
        added = (run.notes, run.goals, run.path / OWN_COPY)
        known = [run.analysis, run.pose, run.strides, run.overlay, run.people, *run.reports]
        known += [run.path / LOCK, *(path for path in added if KNOWN[path.name](path))]
        known += [video] if (video := own_copy(run)) is not None else []
        # The analysis last: it tells that this is a run, and which video it is of.
        for path in reversed(known):
            if not path.is_dir():
                path.unlink(missing_ok=True)
        stays = tuple(sorted(run.path.iterdir()))
        if not stays:
            run.path.rmdir()
    return stays
