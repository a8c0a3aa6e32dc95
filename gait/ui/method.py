"""How it is measured, how well, and what it cannot do."""

from __future__ import annotations

import streamlit as st

from gait import resources
from gait.ui import texts

_DOCUMENTS = {
    "Accuracy": "docs/accuracy.md",
    "Evidence": "docs/evidence.md",
    "Definitions": "docs/conventions.md",
    "Why do my legs ache?": "docs/legs-ache.md",
    "How to film": "docs/filming.md",
}

_LIMITS = """
- **It measures movement.** What is wrong with a leg only an examination can tell, and no number
  here says that a way of running is wrong.
- **The far leg** is partly hidden in a film from the side: its values are marked and less certain.
- **30 pictures per second** give cadence and posture; contact times are rough, angles at contact
  rougher.
- **Forces and pain** are not in a film at all.
- Pain at night or at rest, swelling, a limp, pain on one spot of bone, numbness, or pain that gets
  worse from run to run: stop, and see a clinician.
"""


def page() -> None:
    """Show the limits, then the documents that are installed."""
    st.title("Method & accuracy")
    st.subheader("What it cannot do")
    st.markdown(_LIMITS)
    installed = [title for title, name in _DOCUMENTS.items() if resources.find(name)]
    for tab, title in zip(st.tabs(installed), installed, strict=True):
        with tab:
            texts.show(_DOCUMENTS[title])
