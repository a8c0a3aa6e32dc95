"""The report as one HTML file that loads nothing and runs nothing."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, partial
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gait.report.content import CHOSEN_NOTE, Number, Report
from gait.sanitize.text import data_uri, one_line

if TYPE_CHECKING:  # imported where needed
    from jinja2 import Template

TEMPLATES: Final = Path(__file__).parent / "templates"
"""Style and templates, also of the sheet."""
_ROOMY: Final = (2000, 3300)
"""Characters that fit on the runner's page with a wide typeface: with pictures of 44 mm, and in
smaller type with pictures of 28 mm."""


def html(report: Report) -> str:
    """A report as an HTML document, every text in it escaped.

    Pictures and style are inside; a policy in its head forbids everything else.
    """
    style = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    return template(TEMPLATES / "report.html.j2").render(
        report=report, style=style, dense=_density(report), chosen_note=CHOSEN_NOTE
    )


@cache
def template(path: Path) -> Template:
    """A page to be filled in; names and notes are whatever users wrote, so all of it is escaped."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {
        "jpeg": partial(data_uri, "image/jpeg"),
        "png": partial(data_uri, "image/png"),
        "svg": lambda drawing: data_uri("image/svg+xml", drawing.encode()),
        "groupby_in_order": _grouped,
        "one_line": one_line,
    }
    return environment.from_string(path.read_text(encoding="utf-8"))


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


def _grouped(numbers: Iterable[Number]) -> list[tuple[str, list[Number]]]:
    return [(group, list(own)) for group, own in groupby(numbers, key=lambda n: n.group)]
