"""What the commands say: complaints, logs and progress on standard error, where results are."""

import codecs
import io
import json
import logging
import os
import re
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from gait.sanitize.text import one_line

if TYPE_CHECKING:  # imported where needed: it would slow `gait --help`
    from rich.console import Console


_LONGEST = 2000
"""Characters of a complaint; longer is a name made to fill the screen."""


_ESCAPED = "gait.escaped"
"""How letters are written that an output has no room for: JSON stays JSON."""


def _escaped(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    return json.dumps(error.object[error.start : error.end])[1:-1], error.end


codecs.register_error(_ESCAPED, _escaped)


def complain(message: str) -> None:
    """Write one line; of what fills a page the ends are enough: how it begins, and the remedy."""
    short = re.sub(r"\S{300,}", lambda word: f"{word[0][:100]}…{word[0][-40:]}", message)
    if len(short) > _LONGEST:
        short = f"{short[: _LONGEST // 2]}…{short[1 - _LONGEST // 2 :]}"
    typer.echo(f"gait: {one_line(short, _LONGEST)}", err=True)


def mend_streams() -> None:
    """Give the program the standard streams that its caller closed, and every letter to all."""
    for descriptor, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest that is free, which is this one
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(descriptor, "r" if descriptor == 0 else "w"))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_ESCAPED)


@contextmanager
def if_stopped(consequence: str) -> Iterator[None]:
    """Have `main` say what Ctrl-C meant for a command, where that is not what it always says."""
    try:
        yield
    except KeyboardInterrupt as e:
        raise KeyboardInterrupt(consequence) from e


def stopped(error: KeyboardInterrupt) -> int:
    """Say in one line that somebody stopped the command; returns the exit code."""
    usual = "What was finished is kept, and nothing is left half-written."
    complain(f"stopped. {error.args[0] if error.args else usual}")
    return 130


def discard_output() -> None:
    """Let what is still to be written to standard output go nowhere, Python's last flush too."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.close(null)


def list_folder(console: "Console", folder: Path) -> None:
    """Say on standard output where results are and which."""
    kept = ", ".join(sorted(p.name for p in folder.iterdir() if not p.name.startswith(".")))
    console.print(f"\nIn {folder}: {kept}\n", markup=False, soft_wrap=True)


@contextmanager
def progress(name: str) -> Iterator[Callable[[str, int, int], None]]:
    """A bar with the remaining time on a terminal, elsewhere one line when a stage begins.

    Yields
    ------
    callable
        To be called with (stage, done, total).
    """
    from rich import progress as rich_progress
    from rich.console import Console

    console = Console(stderr=True)
    tasks: dict[str, rich_progress.TaskID] = {}
    bar = rich_progress.Progress(
        rich_progress.TextColumn("{task.description}", markup=False),
        rich_progress.BarColumn(),
        rich_progress.TaskProgressColumn(),
        rich_progress.TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )

    def report(stage: str, done: int, total: int) -> None:
        if stage not in tasks:
            tasks[stage] = bar.add_task(f"{name}: {stage}")
            if bar.disable:
                complain(f"{name}: {stage}")
        bar.update(tasks[stage], completed=done, total=total)

    with bar:
        yield report


@contextmanager
def native_code_silenced() -> Iterator[None]:
    """Keep standard error for Python while C++ libraries write to descriptor 2.

    MediaPipe logs there before any of its switches is read, also in worker processes.
    """
    sys.stderr.flush()
    kept = os.dup(2)
    try:
        with open(os.devnull, "w") as null:
            os.dup2(null.fileno(), 2)
        with open(os.dup(kept), "w", buffering=1, errors="backslashreplace") as terminal:
            ours = terminal if sys.stderr is sys.__stderr__ else sys.stderr
            with redirect_stderr(ours):
                yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


@contextmanager
def logs() -> Iterator[None]:
    """Show the library's log."""
    logger = logging.getLogger("gait")
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("gait: %(message)s"))
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)


def failed(error: Exception) -> int:
    """Say in one line what went wrong; returns the exit code."""
    from gait.types import GaitError, UsageError

    if logging.getLogger("gait").isEnabledFor(logging.DEBUG):
        traceback.print_exception(error)
    if isinstance(error, GaitError):
        complain(str(error))
    elif isinstance(error, MemoryError):
        complain("There is too little memory. Give fewer --workers, or a shorter video.")
    elif isinstance(error, OSError):
        where = error.filename or "The output"
        complain(
            f"{where} cannot be read or written: {error.strerror or error}. Make sure that it is "
            "there, that you may, and that the disk has room."
        )
        if error.filename is None:
            discard_output()
    else:
        complain(
            f"unexpected {type(error).__name__}: {error}. Run `gait doctor`, or the same command "
            "again as `gait --debug …` and report what it prints."
        )
    return 2 if isinstance(error, UsageError) else 1
