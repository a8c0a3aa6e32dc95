"""The roster of a session and one page a runner: HTML that opens from the disk, without scripts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from gait.batch.ranking import Standing, finding_title
from gait.batch.session import Clip
from gait.batch.sparkline import sparkline
from gait.batch.work import Failure
from gait.store import RunFolder
from gait.table import rows, unmeasured
from gait.types import Analysis


@dataclass(frozen=True, slots=True)
class Shown:
    """One clip as the pages link to it.

    Parameters
    ----------
    folder : str
        Its run folder, as it is written in an address.
    view : str
        Where it was filmed from.
    overlay : bool
        Whether there is a film to be seen.
    note : str
        What the list of the session says.
    """

    folder: str
    view: str
    overlay: bool
    note: str


def shown(clip: Clip, analysis: Analysis, run: RunFolder) -> Shown:
    """What the pages show of a clip.

    Parameters
    ----------
    clip : Clip
        The clip.
    analysis : Analysis
        What was found in it.
    run : RunFolder
        Where that is kept.

    Returns
    -------
    Shown
        To be given to `write_roster` and `write_report`.
    """
    from urllib.parse import quote

    return Shown(quote(clip.name), analysis.view.plane, run.overlay.exists(), clip.note)


def write_roster(
    out: Path,
    standings: Sequence[tuple[Standing, str, Sequence[Shown]]],
    failures: Sequence[Failure],
) -> None:
    """Write ``roster.html``: who to look at first.

    Parameters
    ----------
    out : Path
        Folder of the session.
    standings : sequence of (Standing, str, sequence of Shown)
        In the order of the page, each with its folder and its clips.
    failures : sequence of Failure
        Clips without a result.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    _write(
        out / "roster.html",
        "roster.html.j2",
        title="Who to look at first",
        standings=standings,
        failures=failures,
        n_clips=sum(len(clips) for _, _, clips in standings),
        sparkline=sparkline,
    )


def write_report(
    folder: Path, standing: Standing, analysis: Analysis, clips: Sequence[Shown]
) -> None:
    """Write ``report.html`` of one runner.

    Parameters
    ----------
    folder : Path
        Of the runner, two levels below that of the session.
    standing : Standing
        Of the runner.
    analysis : Analysis
        Of the runner's film or films.
    clips : sequence of Shown
        These films.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    findings = [f for f in analysis.findings if f.kind != "note"]
    _write(
        folder / "report.html",
        "report.html.j2",
        title=standing.runner,
        s=standing,
        clips=clips,
        findings=[(finding_title(f, analysis), f) for f in findings],
        rows=rows(analysis),
        missing=unmeasured(analysis.summaries),
    )


def _write(path: Path, template: str, **content: Any) -> None:
    text = _templates().get_template(template).render(content)
    with RunFolder(path.parent).replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


@cache
def _templates() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    # autoescape: names and notes are whatever users wrote.
    return Environment(
        loader=PackageLoader("gait.batch"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
