"""Before and after on one sheet: what changed, what cannot be told, and two pictures of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import Final

from gait.analysis.interpret.questionnaire import unsettled
from gait.comparison.models import Comparison
from gait.comparison.sheet import Summary, picture_moment, summarize
from gait.comparison.views import paired_runs
from gait.io.analysis_file import read_analysis
from gait.io.kept_run import reopen
from gait.io.run_folder import RunFolder
from gait.present import wording
from gait.render.key_frames import KeyFrame, key_frames
from gait.report.figures import FONTS
from gait.report.html import TEMPLATES, template
from gait.sanitize.text import data_uri, one_line
from gait.types import OutputError, UsageError

_MOST_NOTES: Final = 3
_LARGEST_VIDEO: Final = 40_000_000
"""Bytes of a video inside the page: what browsers open without complaint."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One picture of the pair."""

    when: str
    """"Before" or "After"."""
    caption: str
    alt: str
    """`caption` and `alt`: date and angles, and all of it for those who do not see it."""
    file: str
    """Name to refer to it by."""
    jpeg: bytes
    """The picture."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the sheet says."""

    title: str
    """The runner."""
    facts: tuple[str, ...]
    """Which videos."""
    urgent: tuple[str, ...]
    """What has to be done first, and why; then all the rest is empty."""
    summary: Summary | None
    """Headline, rows, goals and what is not the same in the videos."""
    pictures: tuple[Shown, ...]
    """Both at the same moment of the stride, or none."""
    notes: tuple[str, ...]
    """How to read it, and what would make it sharper."""
    footer: str
    """What this is, and who made it."""


READ: Final = (
    "Grey: measurement error. A dot is the change, its line the 95 % interval; outside the grey it "
    "is more than two videos of the same running would show.",
    "A change is neither good nor bad by itself. Values: left / right; * leg away from the camera.",
)


def collect_sheet(
    before: Sequence[RunFolder],
    after: Sequence[RunFolder],
    comparison: Comparison,
    *,
    blur_face: bool = False,
) -> Sheet:
    """What the sheet of a comparison says.

    With an emergency or a reason to stop in any run only that.

    Parameters
    ----------
    before, after : sequence of RunFolder
        The runs that were compared; pictures are of the first of each, of merged views of
        videos from the same side.
    comparison : Comparison
        Of these runs.
    blur_face : bool
        Whether to hide the face; the settings of a run may ask for it too.

    Raises
    ------
    GaitError
        If a run or its video cannot be read.
    """
    analyses = [read_analysis(run.path) for run in (*before, *after)]
    names = (one_line(str(a.settings.runner or "")) for a in analyses)
    title = next(filter(None, names), "Before and after")
    facts = (*_facts("Before", before, comparison), *_facts("After", after, comparison))
    footer = f"gaitlens {analyses[-1].versions.get('gaitlens', '')}".strip()
    if stops := [o for a in analyses if (o := unsettled(a)) is not None]:
        first = min(stops, key=lambda o: o.level != "emergency")
        said = (first.level.capitalize(), first.action or "", first.why or "")
        return Sheet(title, facts, said, None, (), (), footer)
    summary = summarize(comparison)
    pairs = (
        tuple(_pair([_frames(run, blur_face) for run in pair], summary, pair))
        for pair in paired_runs((before[0], analyses[0]), (after[0], analyses[len(before)]))
    )
    return Sheet(
        title=title,
        facts=facts,
        urgent=(),
        summary=summary,
        pictures=next(filter(None, pairs), ()),
        notes=(*READ, *comparison.notes[:_MOST_NOTES]),
        footer=f"{' '.join(wording.LIMITS[0])} {footer}",
    )


def write_sheet(sheet: Sheet, out: Path, *, video: Path | None = None) -> Path:
    """Write a sheet as HTML or PDF, as the ending of the file says.

    Parameters
    ----------
    sheet : Sheet
        What it says.
    out : Path
        The file, ``.html`` or ``.pdf``.
    video : Path, optional
        Both videos, phase-synchronised, to be shown inside the page; a PDF has none.

    Raises
    ------
    OutputError
        If it has another ending. Whoever calls it holds the folder (`RunFolder.writing`).
    """
    kind = out.suffix.lower()
    if kind not in (".html", ".pdf"):
        raise OutputError(f"{out} is neither .html nor .pdf.", "Give one of these endings.")
    with RunFolder(out.parent).replacing(out) as temporary:
        temporary.write_bytes(sheet_pdf(sheet) if kind == ".pdf" else sheet_html(sheet, video))
    return out


def sheet_html(sheet: Sheet, video: Path | None = None) -> bytes:
    """A sheet as one HTML file that loads nothing and runs nothing.

    Every text in it is escaped. A video that is too large for a page is left out.
    """
    style = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    data = ""
    if video is not None and video.is_file() and video.stat().st_size <= _LARGEST_VIDEO:
        data = data_uri("video/mp4", video.read_bytes())
    return template(TEMPLATES / "sheet.html.j2").render(s=sheet, style=style, video=data).encode()


def sheet_pdf(sheet: Sheet) -> bytes:
    """A sheet as a PDF of one page.

    It reaches the template as data: nothing in it is read as markup.
    """
    import typst

    with TemporaryDirectory(prefix="gait-sheet-") as name:
        folder = Path(name)
        copyfile(TEMPLATES / "sheet.typ", folder / "main.typ")
        for picture in sheet.pictures:
            (folder / picture.file).write_bytes(picture.jpeg)
        document = json.dumps(asdict(sheet), default=lambda _: None, ensure_ascii=False)
        (folder / "sheet.json").write_text(document, encoding="utf-8", newline="\n")
        made = typst.compile(folder / "main.typ", root=folder, font_paths=[FONTS])
    assert isinstance(made, bytes)
    return made


def _facts(when: str, runs: Sequence[RunFolder], comparison: Comparison) -> Iterator[str]:
    videos = comparison.before if when == "Before" else comparison.after
    for run, video in zip(runs, videos, strict=False):
        speed = f", {video.speed_mps * 3.6:.1f} km/h" if video.speed_mps else ""
        yield f"{when}: {one_line(video.name)}, {_day(run)}{speed}"


def _day(run: RunFolder) -> str:
    return f"{run.filmed:%d %B %Y}".lstrip("0")


def _frames(run: RunFolder, blur_face: bool) -> tuple[KeyFrame, ...]:
    """Key frames of a run of one video; none if its track is lost."""
    try:
        analysis, trial = reopen(run)
    except UsageError:
        return ()
    hidden = blur_face or bool(analysis.settings.blur_face)
    return key_frames(analysis, trial, run.video or run.drawn, blur_face=hidden)


def _pair(
    drawn: Sequence[Iterable[KeyFrame]], summary: Summary, runs: Sequence[RunFolder]
) -> Iterator[Shown]:
    """The same foot at the same moment, of each run; nothing if a run has no such picture."""
    moment = picture_moment(summary)
    by_side = [{p.side: p for p in pictures if p.moment == moment} for pictures in drawn]
    bars = [bar.side for row in summary.rows for bar in row.bars if bar.side != "both"]
    side = next((s for s in (*bars, "left", "right") if all(s in found for found in by_side)), "")
    for i, (when, found) in enumerate(zip(("Before", "After"), by_side, strict=True)):
        if side in found:
            picture = found[side]
            angles = ", ".join(
                f"{name} {round(degrees)}° ± {half:.0f}"
                for name, (degrees, half) in picture.angles.items()
            )
            yield Shown(
                when=when,
                caption=f"{_day(runs[i])}, {side} {moment}. {angles}",
                alt=f"{when}: the runner at {moment} of the {side} foot. {angles}".strip(),
                file=f"{when.lower()}.jpg",
                jpeg=picture.jpeg,
            )
