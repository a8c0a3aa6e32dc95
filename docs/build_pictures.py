"""Every picture of the README and the pages that shows the program, made anew.

``PYTHONPATH=tests python docs/build_pictures.py`` analyses the rendered runners of `sample_videos`,
as the demo does and as three visits of one runner, starts the page, and photographs it. Needs
chromium and the pose model; nobody was filmed for these pictures. That of the report belongs to
`build_first_run.py`.
"""

from __future__ import annotations

import base64
import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final
from unittest.mock import patch

import typst
from browser import Page, opened, served
from PIL import Image

from gait.comparison.compare import compare
from gait.comparison.goals import parse_goal
from gait.io.analysis_file import read_analysis
from gait.io.run_folder import RunFolder
from gait.report import write_report
from gait.report.sheet import collect_sheet, sheet_pdf
from gait.video import frames

DOCS: Final = Path(__file__).parent
PICTURES: Final = DOCS / "images"
SAMPLES: Final = DOCS.parent / "sample_videos"

SETTINGS: Final = 'runner = "Anna"\nspeed_mps = 2.9\nheight_m = 1.78\nsex = "male"\n'
VISITS: Final = {
    "first": (datetime(2026, 3, 2, 9, 30), ("side_overstride", "rear_bad")),
    "second": (datetime(2026, 5, 4, 9, 30), ("side_overstride", "rear_bad")),
    "third": (datetime(2026, 6, 8, 9, 30), ("side_normal", "rear_normal")),
}
BEFORE, AFTER = "first/side_overstride", "third/side_normal"
"""Of these visits: the sheet shows one moment from one side."""

DEMO: Final = "side_overstride"
"""Run of `gait demo` that the pages speak of."""

SHOWN_S: Final = 2.02
"""A moment shortly after an initial contact, for the picture of the drawn video."""


def gait(*arguments: str | Path, folder: Path) -> None:
    """A command as a user types it."""
    command = [sys.executable, "-m", "gait.cli.main", *map(str, arguments)]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)


def visit(folder: Path, name: str, when: datetime, videos: tuple[str, ...]) -> None:
    """A run of those videos that was made on that day."""
    run = RunFolder(folder / "gait_runs" / name)
    paths = [SAMPLES / f"{video}.mp4" for video in videos]
    together = ["--together"] if len(paths) > 1 else []
    settings = ["--settings", folder / "anna.toml"]
    gait("analyze", *paths, *together, *settings, "--out", run.path, folder=folder)
    for file in (*run.path.rglob("analysis.json"), *run.path.rglob("pose.npz")):
        os.utime(file, (when.timestamp(), when.timestamp()))


def keep(picture: bytes, name: str) -> None:
    """Write a picture. With a palette it would be smaller, and left and right of other colours."""
    Image.open(io.BytesIO(picture)).convert("RGB").save(PICTURES / name, optimize=True)


@contextmanager
def printed(ppi: float) -> Iterator[None]:
    """What would be a PDF is a picture of its page instead."""
    with patch("typst.compile", partial(typst.compile, format="png", ppi=ppi)):
        yield


def photographed(
    page: Page, address: str, shown: str, size: tuple[int, int], scale: float
) -> bytes:
    """The top of a page of the program on a screen of that size."""
    page.driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": size[0], "height": size[1], "deviceScaleFactor": scale, "mobile": False},
    )
    page.driver.get(f"{page.url}/{address}")
    page.wait(lambda: page.all(shown))
    page.wait(lambda: page.all("[data-test-script-state=notRunning]"))
    drawn = "return [...document.images].every(image => image.complete && image.naturalWidth)"
    page.wait(lambda: page.driver.execute_script(drawn))
    taken = page.driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})
    return base64.b64decode(taken["data"])


def of_the_page(folder: Path) -> None:
    """The result of one video, and the runner over three visits."""
    with served(folder) as url, opened(url, folder) as page:
        result = photographed(page, f"?run={DEMO}", "ul.gl-numbers", (1440, 900), 5 / 6)
        keep(result, "result-light.png")
        charts = "[data-testid=stColumn] [data-testid=stVegaLiteChart] :is(svg, canvas)"
        runner = photographed(page, "runner?runner=anna", charts, (1440, 900), 1.0)
        keep(runner, "progress.png")


def of_reports(runs: Path) -> None:
    """The runner's page of a report, and the sheet of before and after."""
    with printed(80):
        report = write_report(RunFolder(runs / DEMO), reader="runner", pdf=True)
    keep(report.read_bytes(), "report-runner.png")
    before, after = RunFolder(runs / BEFORE), RunFolder(runs / AFTER)
    found = [read_analysis(run.path) for run in (before, after)]
    comparison = compare(found[:1], found[1:], [parse_goal("cadence=168")])
    with printed(110):
        keep(sheet_pdf(collect_sheet([before], [after], comparison)), "sheet.png")


def of_the_video(run: RunFolder) -> None:
    """One picture of the drawn video."""
    shown = next(frame.image for frame in frames(run.overlay) if frame.time_s >= SHOWN_S)
    picture = io.BytesIO()
    Image.fromarray(shown).save(picture, "png")
    keep(picture.getvalue(), "overlay.png")


def main() -> None:
    """Make all of them."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "anna.toml").write_text(SETTINGS, encoding="utf-8")
        gait("demo", folder=folder)
        for each, (when, videos) in VISITS.items():
            visit(folder, each, when, videos)
        of_the_video(RunFolder(folder / "gait_runs" / DEMO))
        of_reports(folder / "gait_runs")
        of_the_page(folder)


if __name__ == "__main__":
    main()
