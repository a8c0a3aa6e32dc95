"""The roster of a session: who to look at first, as a page that opens from the disk, without
scripts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from gait.batch.ranking import Standing
from gait.batch.schedule import Failure
from gait.batch.sparkline import sparkline
from gait.io.run_folder import RunFolder
from gait.sanitize import one_line


@dataclass(frozen=True, slots=True)
class Video:
    """One video as the roster links to it.

    Parameters
    ----------
    run : RunFolder
        Of the video.
    view : str
        Where it was filmed from.
    note : str
        What the list of the session says.
    """

    run: RunFolder
    view: str
    note: str


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """One runner of the roster.

    Parameters
    ----------
    standing : Standing
        What is shown.
    run : RunFolder
        Whose report is the runner's.
    videos : tuple of Video
        What it was read from.
    """

    standing: Standing
    run: RunFolder
    videos: tuple[Video, ...]

    @property
    def n_videos(self) -> int:
        """How many that are."""
        return len(self.videos)


def write_roster(out: Path, entries: Sequence[RosterEntry], failures: Sequence[Failure]) -> None:
    """Write ``roster.html``, with links to the files that are there.

    Parameters
    ----------
    out : Path
        Folder of the session.
    entries : sequence of RosterEntry
        In the order of the page.
    failures : sequence of Failure
        Videos without a result.

    Raises
    ------
    OutputError
        If it cannot be written.
    """

    def link(path: Path) -> str:
        return quote(path.relative_to(out).as_posix()) if path.exists() else ""

    page = _template().render(entries=entries, failures=failures, link=link, sparkline=sparkline)
    with RunFolder(out).replacing(out / "roster.html") as temporary:
        temporary.write_text(page, encoding="utf-8")


@cache
def _template() -> Any:
    from jinja2 import Environment, StrictUndefined

    # autoescape: names and notes are whatever users wrote.
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["one_line"] = one_line
    text = (Path(__file__).parent / "roster.html.j2").read_text(encoding="utf-8")
    return environment.from_string(text)
