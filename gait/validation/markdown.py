"""Accuracy as tables: in Markdown for the documentation, in colour for the terminal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from rich.table import Table

from gait.io.writing import replacing
from gait.knowledge import decimals_of, knowledge
from gait.sanitize.files import read_text
from gait.types import UsageError
from gait.validation.agreement import Checked, MetricAgreement, by_metric
from gait.validation.conditions import UnderCondition
from gait.validation.report import Report

HEADER: Final = (
    "metric",
    "n",
    "bias",
    "SD",
    "MAE",
    "95 % limits",
    "stated ±",
    "covered",
    "published",
)


WATCHED: Final = (
    "cadence",
    "contact_time",
    "overstride",
    "foot_strike_angle",
    "knee_flexion_ic",
    "knee_flexion_excursion",
    "trunk_lean",
    "pelvic_drop",
    "knee_fppa",
)
"""Metrics that are shown for every condition."""


def rows(report: Report) -> list[tuple[str, ...]]:
    """One row per metric, as text, below `HEADER`."""
    return [_row(m) for m in report.metrics]


def terminal_table(report: Report) -> Table:
    """The metrics for a `rich` console of 80 columns; published figures do not fit in there."""
    shown = [i for i, name in enumerate(HEADER) if name not in ("SD", "published")]
    table = Table(*(HEADER[i] for i in shown), box=None, header_style="bold")
    for column in table.columns[1:]:
        column.justify = "right"
    for row in rows(report):
        table.add_row(*(row[i] for i in shown))
    return table


def conclusion(report: Report) -> str:
    """How many intervals held the truth, in words."""
    lines = []
    for use, name in (
        ("fit", "videos that constants were fitted to"),
        ("test", "the other videos"),
    ):
        given = [c for c in report.checked if c.value is not None and c.use == use]
        if given:
            lines.append(f"{share(c.inside for c in given)} on {name}")
    return f"The stated 95 % intervals held the truth in {'; '.join(lines)}."


def conditions_table(conditions: Iterable[UnderCondition]) -> str:
    """Mean absolute errors and coverage under each condition, as Markdown."""
    conditions = list(conditions)
    body = []
    for c in conditions:
        errors = {m.metric: m for m in by_metric(c.checked)}
        cells = ["" if m not in errors else f"{errors[m].mae:.1f}" for m in WATCHED]
        body.append([c.condition, *cells, *_held_out(c.checked)])
    everything = [c for condition in conditions for c in condition.checked]
    body.append(["all together", *[""] * len(WATCHED), *_held_out(everything)])
    names = [knowledge().metrics[m].name.lower() for m in WATCHED]
    return table(["condition", *names, "intervals", "their constant part"], body)


def _held_out(checked: Sequence[Checked]) -> tuple[str, str]:
    given = [c for c in checked if c.value is not None and c.use == "test"]
    constant = [c for c in given if knowledge().metrics[c.metric].landmark_prior]
    return share(c.inside for c in given), share(c.inside_constant for c in constant)


def share(inside: Iterable[bool]) -> str:
    """How many of all, and in percent."""
    known = list(inside)
    return f"{sum(known)} of {len(known)} ({100 * sum(known) / max(1, len(known)):.1f} %)"


def markdown(report: Report) -> str:
    """All of a report as Markdown."""
    events = [
        (
            f"`{e.video}`",
            e.plane,
            "strike" if e.kind == "strike" else "toe-off",
            f"{e.n}/{e.n + e.missed}" + (f" (+{e.invented})" if e.invented else ""),
            "" if e.bias_ms is None else f"{e.bias_ms:+.1f}",
            "" if e.sd_ms is None else f"{e.sd_ms:.1f}",
        )
        for e in report.events
    ]
    return "\n\n".join(
        [
            table(HEADER, rows(report)),
            conclusion(report),
            table(("video", "view", "event", "found", "bias, ms", "SD, ms"), events),
            "Published: " + "; ".join(_published_events()) + ".",
        ]
    )


def table(header: Sequence[str], body: Iterable[Sequence[str]]) -> str:
    """A Markdown table, first column to the left and the others to the right."""
    lines = [header, [":--", *["--:"] * (len(header) - 1)], *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def replace_block(document: Path, block: str, text: str) -> None:
    """Put a text between ``<!-- begin BLOCK -->`` and ``<!-- end BLOCK -->``.

    Parameters
    ----------
    document : Path
        The file to change.
    block : str
        Name of the block.
    text : str
        Its new content.

    Raises
    ------
    UsageError
        If the file does not hold the block once.
    """
    begin, end = f"<!-- begin {block} -->", f"<!-- end {block} -->"
    before = read_text(document)
    pattern = f"(?s)(?<={re.escape(begin)}\n).*?(?={re.escape(end)})"
    after, n = re.subn(pattern, lambda _: f"\n{text}\n\n", before)
    if n != 1:
        raise UsageError(f"{document} lacks a block to fill.", f"Add the lines {begin} and {end}.")
    with replacing(document) as (part,):
        part.write_text(after, encoding="utf-8", newline="\n")


def _row(m: MetricAgreement) -> tuple[str, ...]:
    d = decimals_of(m.unit).table + (m.unit == "m") + (m.unit != "ms" and m.half < 1)
    limits = "" if m.limits is None else f"{m.limits[0]:+.{d}f} to {m.limits[1]:+.{d}f}"
    given = f"{m.n}" if m.n == m.asked else f"{m.n} of {m.asked}"
    return (
        f"{knowledge().metrics[m.metric].name}, {m.unit}",
        given,
        f"{m.bias + 0.0:+.{d}f}",
        "" if m.sd is None else f"{m.sd:.{d}f}",
        f"{m.mae:.{d}f}",
        limits,
        f"{m.half:.{d}f}",
        f"{m.covered}/{m.n}",
        _published(m.metric),
    )


def _published(metric: str) -> str:
    return "; ".join(
        f"{p.text} ({p.how}; {_author(p.source)})"
        for p in knowledge().published
        if metric in p.metrics
    )


def _published_events() -> Iterable[str]:
    for p in knowledge().published:
        for kind in p.events:
            name = "strike" if kind == "strike" else "toe-off"
            yield f"{name}: {p.text} ({p.how}; {_author(p.source)})"


def _author(source: str) -> str:
    """First author and year: how a table cites."""
    citation = knowledge().sources[source].citation
    year = re.search(r"(19|20)\d\d", source) or re.search(r"(19|20)\d\d", citation)
    first = citation.split(",")[0].split(".")[0]
    name = first.rpartition(" ")[0] if re.search(r" [A-Z]{1,4}$", first) else "VueMotion study"
    return f"{name} {year.group() if year else ''}".strip()
