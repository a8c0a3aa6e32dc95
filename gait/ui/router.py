"""The pages and the way between them."""

from __future__ import annotations

from typing import Any

import streamlit as st

from gait.ui import analyze, batch, compare, library, method
from gait.ui.context import PAGES


def main(start: str = "analyze") -> None:
    """Show the page that the address names.

    Parameters
    ----------
    start : str
        The page of the bare address.
    """
    st.set_page_config(page_title="gaitlens", page_icon=":material/directions_run:")
    shown = {
        "analyze": (analyze.page, "Analyze", ":material/directions_run:"),
        "library": (library.page, "Library", ":material/folder_open:"),
        "compare": (compare.page, "Compare", ":material/compare_arrows:"),
        "batch": (batch.page, "Batch", ":material/table_rows:"),
        "method": (method.page, "Method & accuracy", ":material/verified:"),
    }
    pages: dict[str, Any] = {
        name: st.Page(page, title=title, icon=icon, url_path=name, default=name == start)
        for name, (page, title, icon) in shown.items()
    }
    st.session_state[PAGES] = pages
    st.navigation(list(pages.values()), position="top").run()
