"""The report as one HTML file that loads nothing and runs nothing."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gait.report.content import CHOSEN_NOTE, Number, Report

if TYPE_CHECKING:  # imported where needed
    from jinja2 import Template

TEMPLATES: Final = Path(__file__).parent / "templates"
"""Style and templates, also of the sheet."""
_ROOMY: Final = (2000, 3300)
"""Characters that fit on the runner's page with a wide typeface: with pictures of 44 mm, and in
smaller type with pictures of 28 mm."""


def html(report: Report) -> str:
    """A report as an HTML document.

    Parameters
    ----------
    report : Report
        What it says; every text in it is escaped.

    Returns
    -------
    str
        Pictures and style are inside; a policy in its head forbids everything else.
    """
    style = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    return _template().render(
        report=report, style=style, dense=_density(report), chosen_note=CHOSEN_NOTE
    )


@cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {
        "jpeg": _jpeg,
        "png": _png,
        "svg": _svg,
        "groupby_in_order": _grouped,
    }
    text = (TEMPLATES / "report.html.j2").read_text(encoding="utf-8")
    return environment.from_string(text)


def _density(report: Report) -> int:
    """How much smaller the runner's page has to be set to fit one sheet of paper, 0 to 2."""
    if report.details is not None:
        return 0
    advice = report.advice
    said = [text for p in (*report.points, *report.more) for text in (p.measured, p.typical)]
    said += [text for p in (*report.points, *report.more) for text in (p.wording, p.cue)]
    said += report.added.notes
    said += [text for pair in report.missing for text in pair]
    said += [advice.action, advice.why, *map(" ".join, advice.also)] if advice else []
    length = len(" ".join((*said, *report.video_reasons)))
    return sum(length > most for most in _ROOMY)


def _jpeg(picture: bytes) -> str:
    return f"data:image/jpeg;base64,{b64encode(picture).decode()}"


def _png(picture: bytes) -> str:
    return f"data:image/png;base64,{b64encode(picture).decode()}"


def _svg(drawing: str) -> str:
    return f"data:image/svg+xml;base64,{b64encode(drawing.encode()).decode()}"


def _grouped(numbers: Iterable[Number]) -> list[tuple[str, list[Number]]]:
    return [(group, list(own)) for group, own in groupby(numbers, key=lambda n: n.group)]
