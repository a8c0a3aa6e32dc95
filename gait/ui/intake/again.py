"""Videos that are given a second time: which run there is of them already."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import streamlit as st

from gait.analysis.interpret.questionnaire import Answers
from gait.analysis.results import Analysis
from gait.io.run_folder import RunFolder
from gait.sanitize.files import sha256
from gait.types import GaitError
from gait.ui.site import link, plain

Found = Iterable[tuple[RunFolder, Analysis]]


def say(
    videos: Sequence[tuple[BinaryIO | Path, str]],
    found: Found,
    said: Mapping[str, Any] | None = None,
    answers: Answers | None = None,
    *,
    together: bool = False,
) -> None:
    """Tell of videos that were analysed already, with a link to what was found.

    Parameters
    ----------
    videos : sequence of (binary file or Path, str)
        What is given, and its names.
    found : iterable of (RunFolder, Analysis)
        The runs of the library, latest first.
    said : mapping of str to Any, optional
        Fields of `Settings` that are asked for now; a run with others is not meant. Without, any.
    answers : mapping of str to str or sequence of str, optional
        To the questionnaire, as `said`.
    together : bool
        Whether the videos are to become one result.
    """
    runs = [
        (run, analysis) for run, analysis in found if _as_asked(analysis, said or {}, answers or {})
    ]
    groups = [list(videos)] if together else [[video] for video in videos]
    for group in groups:
        try:
            run = run_of({_digest(video) for video, _ in group}, runs)
        except (GaitError, OSError):  # it is told when the video is read
            continue
        if run is not None:
            names = " and ".join(name for _, name in group)
            how = "" if said is None else " with these settings"
            st.info(
                f"Analysed already{how}: {plain(names)}. Analyze makes a second result.",
                icon=":material/history:",
            )
            link("analyze", f"Open the earlier one, {plain(run.path.name)}", run=run.path.name)


def run_of(digests: Collection[str], found: Found) -> RunFolder | None:
    """The first run that is of just these videos, by their SHA-256; None if there is none."""
    wanted = set(digests)
    for run, analysis in found:
        if {part.video.sha256 for part in analysis.videos if part.video is not None} == wanted:
            return run
    return None


def _as_asked(analysis: Analysis, said: Mapping[str, Any], answers: Answers) -> bool:
    """Whether everything that is said now holds of a run; what is left open holds of any."""
    if answers and dict(answers) != dict(analysis.intake or {}):
        return False
    told = {name: value for name, value in said.items() if value is not None}
    for part in analysis.videos:
        held: Mapping[str, Any] = dict(part.settings)
        if "pose" in told:  # who of several people is the runner was asked later
            held = {**held, "pose": held["pose"].model_copy(update={"person": None})}
        if not all(_alike(held[name], value) for name, value in told.items()):
            return False
    return True


def _alike(held: object, said: object) -> bool:
    """Numbers come from other units: 10.8 km/h are not quite 3 m/s."""
    if isinstance(held, float) and isinstance(said, float):
        return math.isclose(held, said, rel_tol=1e-6)
    return held == said


def _digest(video: BinaryIO | Path) -> str:
    if isinstance(video, Path):
        seen = video.stat()
        return _kept_digest(f"{video} {seen.st_size} {seen.st_mtime_ns}", video)
    return _kept_digest(video.file_id, video)  # type: ignore[attr-defined]


@st.cache_data(show_spinner="Looking at the files", max_entries=500)
def _kept_digest(which: str, _video: BinaryIO | Path) -> str:
    if isinstance(_video, Path):
        return sha256(_video)
    _video.seek(0)
    found = hashlib.file_digest(_video, "sha256").hexdigest()  # type: ignore[arg-type]
    _video.seek(0)
    return found
