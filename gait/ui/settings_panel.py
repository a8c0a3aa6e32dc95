"""What is said about a finished run, its corrections, and what follows from a change."""

from __future__ import annotations

from typing import Any

import streamlit as st
from pydantic import ValidationError

from gait.analysis.interpret.questionnaire import Answers
from gait.io.run_folder import RunFolder
from gait.pipeline import reanalyze
from gait.settings import EventEdit, Settings, refused
from gait.types import Analysis, GaitError, UsageError
from gait.ui.context import complain, opened
from gait.ui.inputs import about_the_runner, about_the_video


def change(
    run: RunFolder,
    analysis: Analysis,
    *,
    edits: tuple[EventEdit, ...] = (),
    undone: int | None = None,
    answers: Answers | None = None,
    **fields: Any,
) -> None:
    """Analyse a run again with other settings; its pose is kept.

    Parameters
    ----------
    run : RunFolder
        A finished run.
    analysis : Analysis
        As it is now.
    edits : tuple of EventEdit
        Corrections to add.
    undone : int, optional
        Position of a correction to take back.
    answers : mapping of str to str or sequence of str, optional
        To the questionnaire; by default those given before.
    **fields
        Fields of `Settings` to change.

    Raises
    ------
    GaitError
        If nothing can be concluded that way; then the run stays as it was.
    """
    now = Settings.model_validate(analysis.settings)
    kept = tuple(e for i, e in enumerate(now.edits) if i != undone)
    values = now.model_dump() | fields | {"edits": kept + edits}
    try:
        wanted = Settings.model_validate(values)
    except ValidationError as e:
        where, problem = refused(e)
        raise UsageError(f"{where} {problem}.", "Give another value.") from e
    reanalyze(run, wanted, analysis.intake if answers is None else answers or None)


def show(run: RunFolder) -> None:
    """Widgets for everything that can be changed without the pose model.

    Parameters
    ----------
    run : RunFolder
        A finished run.
    """
    analysis, _ = opened(run)
    now = Settings.model_validate(analysis.settings)
    key = f"{run.path.name}-"
    st.caption("Everything is computed again at once; the pose model does not run again.")
    wanted = about_the_runner(now, key) | about_the_video(now, key)
    before = now.model_dump()
    if any(before[name] != value for name, value in wanted.items()):
        _apply(run, analysis, **wanted)
    if now.edits:
        st.markdown("**Corrections by hand**")
    for i, edit in enumerate(now.edits):
        what, undo = st.columns([4, 1], vertical_alignment="center")
        what.markdown(_words(edit))
        if undo.button("Undo", key=f"undo-{i}", icon=":material/undo:"):
            _apply(run, analysis, undone=i)


def _apply(run: RunFolder, analysis: Analysis, **changes: Any) -> None:
    try:
        change(run, analysis, **changes)
    except GaitError as e:
        complain(e)
    else:
        st.rerun()


def _words(edit: EventEdit) -> str:
    event = f"{edit.side} {'strike' if edit.kind == 'strike' else 'toe-off'}"
    at = f"at {edit.video_s:.2f} s of the video"
    match edit.action:
        case "add":
            return f"Added a {event} {at}"
        case "delete":
            return f"Removed the {event} {at}"
        case "swap":
            return f"Gave the {event} {at} to the other foot"
        case "shift":
            return f"Moved the {event} {at} to {edit.to_video_s:.2f} s"
