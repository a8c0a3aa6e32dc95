"""Notes of the clinician on a run, and the pictures that were chosen."""

from __future__ import annotations

import streamlit as st

from gait.io.added.notes import LONGEST_NOTE, keep_notes, kept_notes
from gait.io.run_folder import RunFolder
from gait.io.visit import folders
from gait.types import GaitError
from gait.ui.result import marked
from gait.ui.site import analysis_of, complain, plain


def show(run: RunFolder) -> None:
    """Write notes and say whether the report has them; list the pictures."""
    analysis = analysis_of(run)
    try:
        notes = kept_notes(run)
        key = f"notes-{run.path.name}"
        text = st.text_area(
            "Notes of the clinician", notes.text, max_chars=LONGEST_NOTE, height=180, key=key
        )
        shown = st.checkbox(
            "Show these notes in the report", notes.text_in_report, key=f"{key}-shown"
        )
        if (text.strip(), shown) != (notes.text, notes.text_in_report):
            fields = {"text": text.strip(), "text_in_report": shown}
            keep_notes(run, notes.model_copy(update=fields))
            st.toast("Notes kept with this run")
        st.caption("Kept with the run on this computer. An anonymous report has none of it.")
        st.markdown("**Pictures**")
        any_kept = False
        for one in folders(run, analysis):
            own = kept_notes(one)
            if own.pictures and analysis.parts:
                st.caption(plain(one.path.name))
            marked.listed(one, own)
            any_kept |= bool(own.pictures)
        if not any_kept:
            st.caption("Choose pictures, or draw on them, under Frame by frame.")
    except GaitError as e:
        complain(e)
