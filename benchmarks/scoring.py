"""Errors of events against truth, and tables of them in Markdown."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pooch

from gait.types import Event, Float, Side

MATCH_S = 0.2  # an event this far from every true one of its kind and foot is another event
EDGE_S = 0.05  # no detector can be asked for an event this near the ends of the film


@dataclass(frozen=True)
class Score:
    """Errors of matched events of one kind in ms, positive if late, and what did not match."""

    left_ms: Float
    right_ms: Float
    missed: int
    invented: int

    @property
    def all_ms(self) -> Float:
        return np.concatenate([self.left_ms, self.right_ms])

    @property
    def found(self) -> str:
        n = len(self.all_ms)
        extra = f" (+{self.invented})" if self.invented else ""
        return f"{n}/{n + self.missed}{extra}"


def score(kind: str, found: Iterable[Event], true: Iterable[Event], end_s: float) -> Score:
    """Match the events of one kind one to one with the nearest true ones of the same foot."""
    true = [e for e in true if e.kind == kind]
    rest = [e for e in found if e.kind == kind]
    errors: dict[Side, list[float]] = {"left": [], "right": []}
    missed = 0
    for event in true:
        near = [e for e in rest if e.side == event.side and abs(e.time_s - event.time_s) < MATCH_S]
        if near:
            match = min(near, key=lambda e: abs(e.time_s - event.time_s))
            rest.remove(match)
            errors[event.side].append(1000 * (match.time_s - event.time_s))
        elif EDGE_S < event.time_s < end_s - EDGE_S:
            missed += 1
    # Truth may begin and end inside the film.
    first, last = true[0].time_s - MATCH_S, true[-1].time_s + MATCH_S
    invented = sum(first < e.time_s < last for e in rest)
    return Score(np.array(errors["left"]), np.array(errors["right"]), missed, invented)


def bias_sd(errors: Float) -> str:
    """Mean ± SD, "-" without values."""
    return f"{errors.mean():+.1f} ± {errors.std():.1f}" if len(errors) else "-"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table, first column to the left and the others to the right."""
    lines = [header, [":--", *["--:"] * (len(header) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def arguments(
    description: str | None, *, held_out: bool = False, data: bool = True
) -> argparse.ArgumentParser:
    """The options that benchmarks share; `held_out` for those that take more rendered films, `data`
    for those that need the validation folder."""
    parser = argparse.ArgumentParser(description=description)
    if data:
        parser.add_argument("--data", type=Path, required=True, help="the validation folder")
    parser.add_argument(
        "--cache",
        type=Path,
        default=Path(pooch.os_cache("gaitlens")) / "benchmarks",
        help="where pose tracks are kept (default: %(default)s)",
    )
    if held_out:
        parser.add_argument(
            "--held-out", type=Path, help="rendered films that nothing was tuned on"
        )
    parser.add_argument("--markdown", type=Path, help="write the tables to this file")
    parser.add_argument("--write", type=Path, help="replace the marked block in this file")
    return parser


def publish(block: str, text: str, options: argparse.Namespace) -> None:
    """Write tables to where the options say, to standard output if they name no file.

    A block in a document lies between ``<!-- begin BLOCK -->`` and ``<!-- end BLOCK -->``.
    """
    if options.markdown:
        options.markdown.write_text(text + "\n", encoding="utf-8")
    if options.write:
        begin, end = f"<!-- begin {block} -->", f"<!-- end {block} -->"
        document = options.write.read_text(encoding="utf-8")
        pattern = f"(?s)(?<={re.escape(begin)}\n).*?(?={re.escape(end)})"
        document, n = re.subn(pattern, lambda _: f"\n{text}\n\n", document)
        if n != 1:
            sys.exit(f"{options.write} must hold the lines {begin} and {end} once.")
        options.write.write_text(document, encoding="utf-8")
    if not options.markdown and not options.write:
        sys.stdout.write(text + "\n")
