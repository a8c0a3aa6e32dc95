"""Whether the tests bite: faults put in on purpose, each of which a unit test has to notice.

Every line of ``mutations.toml`` is one fault: a text that stands once in a file of `gait/`, what
takes its place, and the tests of that area. Each fault is made in a copy of the program, where
only these tests run. A fault that they let pass shows a behaviour that nothing watches.

    python benchmarks/mutations.py [--only WORD] [--jobs N]

Accuracy gates are no such tests: they see a fault only where it makes numbers worse on average,
after minutes, and say nothing about the place.
"""

from __future__ import annotations

import argparse
import contextlib
import multiprocessing
import os
import re
import shutil
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias

ROOT: Final = Path(__file__).resolve().parents[1]
TABLE: Final = Path(__file__).with_suffix(".toml")
PRELOADED: Final = ["hypothesis", "numpy", "pandas", "pydantic", "pytest", "rich", "scipy.stats"]
"""What takes longest to import; nothing of the program, which every copy brings by itself."""
LONGEST_S: Final = 600.0
"""Tests of a fault that run longer hang, which is a way to notice it."""

OTHER: Final = 70
"""Exit code if another program was tested than the one with the fault."""

Outcome: TypeAlias = Literal["killed", "survived", "hung", "broken"]


@dataclass(frozen=True, slots=True)
class Mutation:
    """One fault.

    Parameters
    ----------
    file : str
        Path below the root of the project.
    old, new : str
        A text that stands exactly once in the file, and what takes its place.
    tests : tuple of str
        Ids of tests, as pytest takes them.
    """

    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    def applied(self, source: str) -> str:
        """The source with the fault in it.

        Raises
        ------
        ValueError
            If the text does not stand there exactly once: then the line has to be written anew.
        """
        times = source.count(self.old)
        if times != 1:
            raise ValueError(f"{self.file}: {self.old!r} stands there {times} times, not once")
        return source.replace(self.old, self.new)

    def __str__(self) -> str:
        return f"{self.file}: {self.old!r} -> {self.new!r}"


def mutations() -> tuple[Mutation, ...]:
    """All faults of the table."""
    with TABLE.open("rb") as file:
        table = tomllib.load(file)
    return tuple(
        Mutation(file, old, new, tuple(f"tests/{test}" for test in tests))
        for file, faults in table.items()
        for old, (new, *tests) in faults.items()
    )


def outcome(mutation: Mutation | None, tests: Iterable[str]) -> tuple[Outcome, str]:
    """What tests say of the program with a fault, and what pytest printed.

    Parameters
    ----------
    mutation : Mutation or None
        The fault; None for the program as it is.
    tests : iterable of str
        Ids of tests.

    Returns
    -------
    {"killed", "survived", "hung", "broken"}
        "broken" if no test ran at all: a name is wrong, or the program does not even start.
    str
        The report of pytest.
    """
    with _copied() as copy:
        if mutation is not None:
            path = copy / mutation.file
            path.write_text(mutation.applied(path.read_text(encoding="utf-8")), encoding="utf-8")
        log = copy / "pytest.log"
        process = _context().Process(target=_run, args=(copy, tuple(tests), log))
        process.start()
        process.join(LONGEST_S)
        if process.is_alive():
            process.kill()
            process.join()
            return "hung", ""
        said = log.read_text(encoding="utf-8")
        match process.exitcode:
            case 0:
                return "survived", said
            case 1:
                return "killed", said
            case _:
                return "broken", said


def _context() -> multiprocessing.context.ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    return context


def _run(copy: Path, tests: tuple[str, ...], log: Path) -> None:
    import pytest

    os.chdir(copy)
    sys.path.insert(0, str(copy))
    with (
        log.open("w", encoding="utf-8") as out,
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(out),
    ):
        code = pytest.main(["-x", "-q", "-p", "no:cacheprovider", *tests])
        import gait

        if not Path(gait.__file__).is_relative_to(copy):
            code = OTHER
    raise SystemExit(int(code))


@contextmanager
def _copied() -> Iterator[Path]:
    """The project in a folder of its own; what no fault is put into is only linked."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder).resolve()
        for name in ("gait", "tests"):
            shutil.copytree(ROOT / name, copy / name)
        for name in ("benchmarks", "docs", "sample_videos", "pyproject.toml", "README.md"):
            (copy / name).symlink_to(ROOT / name)
        yield copy


def main() -> int:
    """Make every fault, print what became of it, fail if one survived."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--only", default="", help="faults whose file or text holds this word")
    parser.add_argument("--jobs", type=int, default=2, help="faults at a time (default: 2)")
    options = parser.parse_args()
    chosen = [m for m in mutations() if options.only in str(m)]
    for mutation in chosen:
        mutation.applied((ROOT / mutation.file).read_text(encoding="utf-8"))
    started = time.monotonic()
    counts: dict[Outcome, int] = {}
    noticed: dict[str, None] = {}
    with ThreadPoolExecutor(options.jobs) as pool:
        for mutation, (became, said) in zip(
            chosen, pool.map(lambda m: outcome(m, m.tests), chosen), strict=True
        ):
            counts[became] = counts.get(became, 0) + 1
            failed = re.findall(r"^FAILED ([^\s[]+)", said, re.MULTILINE)
            noticed |= dict.fromkeys(failed)
            _tell(f"{became:9}{mutation}{''.join(f'  by {test}' for test in failed)}")
            if became == "broken":
                _tell(said)
    told = ", ".join(f"{n} {became}" for became, n in counts.items())
    _tell(f"{len(chosen)} faults in {time.monotonic() - started:.0f} s: {told}")
    # A test that fails anyway notices nothing.
    sound, said = outcome(None, noticed) if noticed else ("survived", "")
    if sound != "survived":
        _tell(f"{said}\nTests fail without any fault in the program.")
    return int(sound != "survived" or bool(counts.keys() - {"killed", "hung"}))


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
