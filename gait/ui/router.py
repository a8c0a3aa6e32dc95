"""The pages and the way between them."""

from __future__ import annotations

from typing import Any, Final

import streamlit as st

from gait.ui import analyze, batch, compare, library, method
from gait.ui.context import PAGES

_ICON: Final = """
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<rect width="32" height="32" rx="6" fill="#14191e"/>
<path d="M5 12h9M20 12h7" stroke="#56b4e9" stroke-width="5" stroke-linecap="round"/>
<path d="M11 21h10" stroke="#e69f00" stroke-width="5" stroke-linecap="round"/>
</svg>
"""
"""Left and right contacts. A named icon would be fetched from somebody else's server."""


def main(start: str = "analyze") -> None:
    """Show the page that the address names.

    Parameters
    ----------
    start : str
        The page of the bare address.
    """
    st.set_page_config(page_title="gaitlens", page_icon=_ICON)
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
