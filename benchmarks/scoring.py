"""Options of the benchmarks and where their tables go."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pooch

from gait.types import Float
from gait.validation.markdown import replace_block


def bias_sd(errors: Float) -> str:
    """Mean ± SD, "-" without values."""
    return f"{errors.mean():+.1f} ± {errors.std():.1f}" if len(errors) else "-"


def arguments(
    description: str | None, *, held_out: bool = False, data: bool = True
) -> argparse.ArgumentParser:
    """The options that benchmarks share; `held_out` for those that take more renders, `data`
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
            "--held-out", type=Path, help="rendered videos that nothing was tuned on"
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
        replace_block(options.write, block, text)
    if not options.markdown and not options.write:
        sys.stdout.write(text + "\n")
