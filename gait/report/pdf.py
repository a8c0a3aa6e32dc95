"""The report as a PDF, set by Typst."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import Any, Final

from gait.report.content import CHOSEN_NOTE, Report
from gait.report.figures import FONTS
from gait.report.html import TEMPLATES
from gait.report.pictures import Chart, Picture

MOST_PAGES: Final = 4
"""Of a clinician's report."""
A4_MM: Final = 297
SCALES: Final = (1.0, 0.97, 0.94, 0.91, 0.88, 0.85, 0.82, 0.79, 0.76, 0.73)
"""Sizes of the type that are tried, so that it fits and the last page is used."""

_TEMPLATE: Final = TEMPLATES / "report.typ"


def pdf(report: Report) -> bytes:
    """A report as a tagged PDF with its typefaces inside.

    It reaches the template as data: nothing in it is read as markup. Letters that Source Sans lacks
    come from the fonts of this computer; where it has none an empty box stands for them.
    """
    import typst

    with TemporaryDirectory(prefix="gait-report-") as name:
        folder = Path(name)
        copyfile(_TEMPLATE, folder / "main.typ")
        for file, data in _files(report):
            (folder / file).write_bytes(data)
        for scale in SCALES if report.details else SCALES[:1]:
            document = asdict(report) | {"scale": scale, "chosen_note": CHOSEN_NOTE}
            text = json.dumps(document, default=_nothing, ensure_ascii=False)
            (folder / "report.json").write_text(text, encoding="utf-8", newline="\n")
            if scale == SCALES[-1] or not report.details or _well_filled(folder):
                break
        made = typst.compile(folder / "main.typ", root=folder, font_paths=[FONTS])
    assert isinstance(made, bytes)
    return made


def _well_filled(folder: Path) -> bool:
    """Whether it is no more pages than a clinician reads, the last of them used."""
    import typst

    found = json.loads(
        typst.query(folder / "main.typ", "<end>", field="value", root=folder, font_paths=[FONTS])
    )
    end = found[0]
    page, y_mm = int(end["page"]), float(end["y_mm"])
    return page <= MOST_PAGES and (page == 1 or y_mm >= A4_MM / 3)


def _files(report: Report) -> Iterable[tuple[str, bytes]]:
    videos = report.details.videos if report.details else ()
    pictures: list[Picture] = [*report.pictures, *(p for video in videos for p in video.pictures)]
    pictures += report.added.chosen
    head = report.added.letterhead
    if head.file:
        yield head.file, head.png
    charts: list[Chart] = [chart for video in videos for chart in video.charts]
    yield from ((p.file, p.jpeg) for p in pictures)
    yield from ((c.file, c.svg.encode()) for c in charts)


def _nothing(value: Any) -> None:
    """Pictures are files, not data."""
