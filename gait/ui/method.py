"""How it is measured, how well, and what it cannot do."""

from __future__ import annotations

import streamlit as st

from gait import resources
from gait.present.wording import LIMITS
from gait.ui import documents

_DOCUMENTS = {
    "Accuracy": "docs/accuracy.md",
    "Evidence": "docs/evidence.md",
    "Definitions": "docs/conventions.md",
    "Why do my legs ache?": "docs/legs-ache.md",
    "How to film": "docs/filming.md",
}


def page() -> None:
    """Show the limits, then the documents that are installed."""
    st.title("Method & accuracy")
    st.subheader("What it cannot do")
    st.markdown("\n".join(f"- **{what}** {rest}" for what, rest in LIMITS))
    installed = [title for title, name in _DOCUMENTS.items() if resources.find(name)]
    for tab, title in zip(st.tabs(installed), installed, strict=True):
        with tab:
            documents.show(_DOCUMENTS[title])
