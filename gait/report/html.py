"""The report as one HTML file that loads nothing and runs nothing."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from gait.report.content import Number, Report

if TYPE_CHECKING:  # imported where needed
    from jinja2 import Template

_HERE = Path(__file__).parent


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
    style = (_HERE / "report.css").read_text(encoding="utf-8")
    return _template().render(report=report, style=style)


@cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {
        "jpeg": lambda data: _uri("image/jpeg", data),
        "svg": lambda text: _uri("image/svg+xml", text.encode()),
        "groupby_in_order": _grouped,
    }
    text = (_HERE / "report.html.j2").read_text(encoding="utf-8")
    return environment.from_string(text)


def _uri(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{b64encode(data).decode()}"


def _grouped(numbers: Iterable[Number]) -> list[tuple[str, list[Number]]]:
    return [(group, list(own)) for group, own in groupby(numbers, key=lambda n: n.group)]
