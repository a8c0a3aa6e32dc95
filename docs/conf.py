"""How Sphinx makes a site of these pages: ``make docs``. Nothing is fetched from a network."""

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sphinx.application import Sphinx

ROOT: Final = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from gait.resources import own_version  # noqa: E402

project = "gaitlens"
author = "The gaitlens developers"
copyright = "The gaitlens developers, MIT licence"
version = release = own_version()

extensions = ["myst_parser", "sphinx.ext.autodoc", "numpydoc"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["templates"]
myst_heading_anchors = 4  # the pages link to headings as GitHub names them
suppress_warnings = ["misc.highlighting_failure"]  # nobody needs colours in lists of a session
myst_enable_extensions = ["attrs_inline"]

autosummary_generate = False  # numpydoc brings autosummary along
default_role = "literal"  # single backquotes in docstrings are code, as in Markdown

autodoc_typehints = "none"  # numpydoc says the types
autodoc_member_order = "bysource"
numpydoc_show_class_members = False

html_theme = "furo"
html_title = "gaitlens"
html_show_sourcelink = False
html_copy_source = False


def setup(app: "Sphinx") -> None:
    """Make targets of anchors in HTML, such as those of sources; Sphinx would not know them."""
    app.connect("source-read", _anchors)


def _anchors(app: "Sphinx", name: str, source: list[str]) -> None:
    source[0] = re.sub(r'<a id="([^"]+)"></a>', r"[]{#\1}", source[0])
