"""The documentation as the page can show it: no HTML, no comments, no dead links."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import streamlit as st

from gait import resources
from gait.knowledge import knowledge
from gait.present.wording import LIMITS, MAIN
from gait.sanitize.text import data_uri

_FOLDED: Final = "## "
"""Headings under which a long document is folded away."""

_ERROR, _STATED, _COVERED = 4, 6, 7
"""Columns of the table of errors."""

_FILMING: Final = (
    (
        "docs/images/video-side.svg",
        "From the side",
        (
            "Phone on a tripod at **knee height**, 3 to 5 m away",
            "**Square** to the runner, head to feet in the picture",
            "**120** frames per second (60 will do), bright light",
            "20 to 30 s of steady running; note the **speed**",
        ),
    ),
    (
        "docs/images/video-rear.svg",
        "From behind",
        (
            "Phone **upright** at hip height, 3 to 4 m behind",
            "**Exactly in line**: both rails look alike",
            "Tight shorts, shirt tucked in, hair up",
            "Two strips of tape show the pelvis best",
        ),
    ),
    (
        "docs/images/video-faults.svg",
        "Worth less",
        (
            "Feet or head cut off, runner small",
            "Camera rolled, panned, or from an angle",
            "Bars or people in front of the legs",
            "Night mode and portrait effects",
        ),
    ),
)
"""The drawings of docs/filming.md with what matters most."""


@dataclass(frozen=True, slots=True)
class Part:
    """A section of a document."""

    summary: str
    """Of what is folded away; empty for text that is always shown."""
    text: str
    """Markdown."""


def parts(name: str) -> tuple[Part, ...]:
    """A document split where it folds text away (``<details>``)."""
    path = resources.find(name)
    if path is None:
        return (Part("", f"# {Path(name).stem}\nThis document is not installed."),)
    return split(with_drawings(path.read_text(encoding="utf-8"), path.parent))


def with_drawings(document: str, folder: Path) -> str:
    """The document with its drawings inside; those that are not installed keep their words."""

    def inside(match: re.Match[str]) -> str:
        path = folder / match[2]
        if not path.is_file():
            return match[1]
        return f"![{match[1]}]({data_uri('image/svg+xml', path.read_bytes())})"

    return re.sub(r"!\[([^\]]*)\]\((?!https?:)([^)]*\.svg)\)", inside, document)


def split(document: str) -> tuple[Part, ...]:
    """Markdown without HTML, split where text is folded away.

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


def sections(name: str) -> tuple[Part, ...]:
    """A document as headings under which it can be folded, without commands for developers.

    The text before the first heading has no summary.
    """
    flat = "\n\n".join(
        f"**{part.summary}**\n{part.text}" if part.summary else part.text for part in parts(name)
    )
    flat = re.sub(r"^```.*?^```$\n?", "", flat, flags=re.DOTALL | re.MULTILINE)
    first, *rest = re.split(rf"^{_FOLDED}", flat, flags=re.MULTILINE)
    found = [Part("", first.partition("\n")[2])]
    for text in rest:
        heading, _, below = text.partition("\n")
        found.append(Part(heading.strip(), below))
    return tuple(found)


def folded(name: str, title: str) -> None:
    """A document without what stands before its first heading, folded away."""
    with st.expander(title, icon=":material/menu_book:"):
        for part in sections(name):
            if part.summary:  # what comes before is for developers
                st.markdown(f"## {part.summary}\n{part.text}")


def filming() -> None:
    """How to film: three drawings with what matters, the rest folded away."""
    for drawing, title, points in _FILMING:
        picture, words = st.columns([3, 2], vertical_alignment="center")
        path = resources.find(drawing)
        if path is not None:
            picture.image(
                path, width="stretch", alt=f"{title}: {'; '.join(points)}.".replace("*", "")
            )
        words.markdown(f"**{title}**\n" + "\n".join(f"- {point}" for point in points))
    with st.expander("All about filming, and why", icon=":material/videocam:"):
        for part in sections("docs/filming.md"):
            st.markdown(f"### {part.summary}\n{part.text}" if part.summary else part.text)


def page() -> None:
    """What it cannot do, how exact it is, and what is known: a screen each, the rest folded."""
    st.title("Method & accuracy")
    limits, accuracy, evidence = st.tabs(["What it cannot do", "How exact it is", "What is known"])
    with limits:
        st.markdown("\n".join(f"- **{what}** {rest}" for what, rest in LIMITS))
        folded("docs/conventions.md", "How every measure is defined")
    with accuracy:
        st.markdown(
            "Every number comes with its 95 % interval. The table tells how far the main measures "
            "of rendered runners are from the exact truth, and how often the interval holds it."
        )
        table = _errors("docs/accuracy.md")
        if table:
            st.table(table, border="horizontal", hide_index=True, alt="Errors of the main measures")
        folded("docs/accuracy.md", "What was tried, on whom, and how it came out")
    with evidence:
        st.markdown(
            "A link between a way of running and an injury is an **association**: it does not say "
            "which came first, and nothing about one person. No such link is strong. *Moderate*: "
            "studies that followed runners, and agree. *Limited*: one such study. *Very limited*: "
            "experts or a model. *Conflicting*: studies disagree."
        )
        folded("docs/evidence.md", "Every link, limit and cue with its studies")


def _errors(name: str) -> list[dict[str, str]]:
    """The main measures of the table that `gait validate` writes into a document."""
    path = resources.find(name)
    text = path.read_text(encoding="utf-8") if path is not None else ""
    _, _, table = text.partition("<!-- begin validate -->")
    main = {knowledge().metrics[metric].name for metric in MAIN}
    found = []
    for line in table.partition("<!-- end validate -->")[0].splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        measure, _, unit = cells[0].rpartition(", ")
        if measure in main and len(cells) > _COVERED:
            found.append(
                {
                    "Measure": f"{measure}, {unit}",
                    "Mean error": cells[_ERROR],
                    "Stated ±": cells[_STATED],
                    "Held the truth": cells[_COVERED],
                }
            )
    return found
