"""The documentation as the page can show it: no HTML, no comments, no dead links."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from gait import resources
from gait.present.wording import LIMITS

_DOCUMENTS = {
    "Accuracy": "docs/accuracy.md",
    "Evidence": "docs/evidence.md",
    "Definitions": "docs/conventions.md",
    "How to film": "docs/filming.md",
}


@dataclass(frozen=True, slots=True)
class Part:
    """A section of a document.

    Parameters
    ----------
    summary : str
        Of what is folded away; empty for text that is always shown.
    text : str
        Markdown.
    """

    summary: str
    text: str


def body(name: str) -> str:
    """A short document without its title; a sentence if it is not installed."""
    return "\n".join(part.text for part in parts(name)).partition("\n")[2]


def parts(name: str) -> tuple[Part, ...]:
    """A document split where it folds text away (``<details>``)."""
    path = resources.find(name)
    if path is None:
        return (Part("", f"# {Path(name).stem}\nThis document is not installed."),)
    return split(with_drawings(path.read_text(encoding="utf-8"), path.parent))


def with_drawings(document: str, folder: Path) -> str:
    """The document with its drawings inside; those that are not installed keep their words.

    Parameters
    ----------
    document : str
        Markdown.
    folder : Path
        What its links are relative to.
    """

    def inside(match: re.Match[str]) -> str:
        path = folder / match[2]
        if not path.is_file():
            return match[1]
        data = b64encode(path.read_bytes()).decode()
        return f"![{match[1]}](data:image/svg+xml;base64,{data})"

    return re.sub(r"!\[([^\]]*)\]\((?!https?:)([^)]*\.svg)\)", inside, document)


def split(document: str) -> tuple[Part, ...]:
    """Markdown without HTML, split where text is folded away.

    Parameters
    ----------
    document : str
        Markdown that may hold comments, ``<details>`` and relative links.

    Returns
    -------
    tuple of Part
        In their order.

    Examples
    --------
    >>> [p.summary for p in split("a<details><summary>b</summary>c</details>")]
    ['', 'b']
    """
    text = re.sub(r"<!--.*?-->", "", document, flags=re.DOTALL)
    text = re.sub(r"\[([^\]]+)\]\((?!https?:|data:)[^)]*\)", r"\1", text)
    found: list[Part] = []
    folded = r"<details>\s*<summary>(.*?)</summary>(.*?)</details>"
    for i, section in enumerate(re.split(folded, text, flags=re.DOTALL)):
        if i % 3 == 1:
            found.append(Part(section, ""))
        elif i % 3 == 2:
            found[-1] = Part(found[-1].summary, section)
        elif section.strip():
            found.append(Part("", section))
    return tuple(found)


def show(name: str) -> None:
    """A document with its folded parts as expanders."""
    for part in parts(name):
        if part.summary:
            with st.expander(part.summary):
                st.markdown(part.text)
        else:
            st.markdown(part.text)


def page() -> None:
    """Show the limits, then the documents that are installed."""
    st.title("Method & accuracy")
    st.subheader("What it cannot do")
    st.markdown("\n".join(f"- **{what}** {rest}" for what, rest in LIMITS))
    installed = [title for title, name in _DOCUMENTS.items() if resources.find(name)]
    for tab, title in zip(st.tabs(installed), installed, strict=True):
        with tab:
            show(_DOCUMENTS[title])
