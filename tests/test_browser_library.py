"""The page in a real browser with a library: runs made of equations, at once."""

from __future__ import annotations

import csv
import importlib.util
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import fake_backend
import pytest
from browser import NEEDS_BROWSER, PATIENCE_S, Page, made, opened, served
from selenium.webdriver.common.keys import Keys

from gait.io.analysis_file import read_analysis

pytestmark = NEEDS_BROWSER


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Page, Path]]:
    """A page whose pose model sees the same runner in every video, and where its runs are."""
    folder = tmp_path_factory.mktemp("library")
    environment = fake_backend.install(folder)
    with served(folder, **environment) as url, opened(url, folder) as page:
        yield page, folder / "gait_runs"


def test_two_runs_become_a_sheet_to_take_along(library: tuple[Page, Path]) -> None:
    page, runs = library
    for name in ("anna-before", "anna-after"):
        made(runs, name)
    page.driver.get(f"{page.url}/compare")
    page.wait(lambda: "cannot tell" in page.text())
    page.wait(lambda: "anna-before" in page.text())
    page.click("This sheet (PDF)")
    sheet = page.downloads / "before-after.pdf"
    page.wait(sheet.is_file)
    assert sheet.read_bytes().startswith(b"%PDF")
    page.driver.set_window_size(390, 844)
    try:
        wide = "return document.scrollingElement.scrollWidth - window.innerWidth"
        page.wait(lambda: page.driver.execute_script(wide) <= 0)
    finally:
        page.driver.set_window_size(1440, 1200)


def test_an_emergency_stands_alone_and_legs_ache_on_a_page_of_its_own(
    library: tuple[Page, Path],
) -> None:
    page, runs = library
    made(runs, "berta", {"clot": ["breathless"]})
    page.driver.get(f"{page.url}/?run=berta")
    page.wait(lambda: "Call the emergency number now." in page.text())
    assert "Cadence" not in page.text()
    assert "steps/min" not in page.text()
    page.driver.get(f"{page.url}/legs")
    page.wait(lambda: "What goes with aching legs" in page.text())
    assert "Question 1" in page.text()
    page.click("Skip")
    page.wait(lambda: "Question 2" in page.text())
    page.click("Back")
    page.wait(lambda: "Question 1" in page.text())


def test_a_decimal_comma_is_typed(library: tuple[Page, Path]) -> None:
    """A field of the browser for numbers makes 32 of it."""
    page, runs = library
    made(runs, "comma")
    page.driver.get(f"{page.url}/?run=comma&section=Settings")
    (field,) = page.wait(lambda: page.all("input[aria-label='Speed, km/h']"))
    field.send_keys(Keys.CONTROL, "a")
    field.send_keys("3,2", Keys.ENTER)
    page.wait(lambda: read_analysis(runs / "comma").settings.speed_mps == 3.2 / 3.6)
    page.wait(lambda: "treadmill · 3.2 km/h" in page.text())


def test_four_videos_become_a_roster(library: tuple[Page, Path], tmp_path: Path) -> None:
    page, runs = library
    names = ("anna_side", "anna_rear", "ben_side", "carla_side")
    videos = [
        fake_backend.video(tmp_path / f"{n}.mp4", shade=60 + 20 * i) for i, n in enumerate(names)
    ]
    page.driver.get(f"{page.url}/batch")
    page.wait(lambda: page.all("input[type=file]"))
    page.all("input[type=file]")[0].send_keys("\n".join(map(str, videos)))
    page.click("Analyze 4 videos")
    page.wait(lambda: all((runs / name / "analysis.json").is_file() for name in names))

    def listed() -> set[str]:
        page.click("All numbers of all runs (CSV)")  # lost if the page is drawn again meanwhile
        tables = page.downloads.glob("gaitlens-runs*.csv")
        rows = [row for table in tables for row in csv.DictReader(table.open(newline=""))]
        return {row["run"] for row in rows}

    page.wait(lambda: listed() >= set(names))  # the page hears of the last one a moment later
    page.driver.get(f"{page.url}/runner?runner=anna")
    page.wait(lambda: page.all("[data-testid=stVegaLiteChart]"))


CUT = """
const cut = e => {
  const style = getComputedStyle(e);
  const hides = style.textOverflow === 'ellipsis' || ['auto', 'scroll'].includes(style.overflowX);
  return hides && e.innerText && e.clientWidth && e.scrollWidth > e.clientWidth + 1;
};
const own = e => !e.closest('[data-testid=stFileUploader], [data-testid=stDataFrame]');
return [...document.querySelectorAll('[data-testid=stMain] *')].filter(own).filter(cut)
  .map(e => e.innerText);
"""
"""Text that ends in dots or is scrolled sideways to; of Streamlit's own, a list of file endings and
the grid of a batch do so."""


ADDRESSES = ("", "?run=anna", "?run=anna&section=Notes", "?run=anna&section=Download", "library")
ADDRESSES += ("?run=anna&section=All+numbers",)
ADDRESSES += ("runner?runner=anna", "compare", "batch", "legs", "method")
ADDRESSES += ("?run=missing", "runner?runner=nobody")


@contextmanager
def seen_on(page: Page, width: int, height: int, theme: str) -> Iterator[None]:
    """A screen of that size, on a device that is set to dark or light."""
    say = page.driver.execute_cdp_cmd
    screen = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 641}
    say("Emulation.setDeviceMetricsOverride", screen)
    wished = {"name": "prefers-color-scheme", "value": theme}
    say("Emulation.setEmulatedMedia", {"features": [wished]})
    try:
        yield
    finally:
        say("Emulation.setEmulatedMedia", {"features": []})
        say("Emulation.clearDeviceMetricsOverride", {})


def drawn(page: Page, address: str) -> None:
    """Go there and wait until nothing more comes."""
    page.driver.get(f"{page.url}/{address}")
    page.wait(lambda: page.all("[data-testid=stMain] h1"))
    page.wait(lambda: page.all("[data-test-script-state=notRunning]"))
    page.wait(lambda: not page.all("[data-testid=stStatusWidget]"))


def test_no_text_is_cut_on_a_phone(library: tuple[Page, Path]) -> None:
    page, runs = library
    for name in ("anna-in-a-run-with-a-long-name-of-its-own", "anna-in-another"):
        made(runs, name)
    with seen_on(page, 390, 844, "light"):
        for address, shown in (
            ("?run=anna-in-another&section=All+numbers", "[data-testid=stTable]"),
            ("compare", "[data-tag]"),
            ("runner?runner=anna", "[data-testid=stPageLink]"),
            ("library", "[data-testid=stPopover]"),
        ):
            drawn(page, address)
            page.wait(lambda shown=shown: page.all(shown))
            assert page.driver.execute_script(CUT) == [], address


DESK = (1440, 1200, "light")
PHONE = (390, 844, "dark")


@pytest.mark.parametrize(
    ("screen", "addresses"),
    [
        (DESK, ADDRESSES[::2]),
        (PHONE, ADDRESSES[1::2]),
        pytest.param(DESK, ADDRESSES[1::2], marks=pytest.mark.nightly),
        pytest.param(PHONE, ADDRESSES[::2], marks=pytest.mark.nightly),
    ],
)
def test_axe_finds_nothing_serious_on_any_page(
    library: tuple[Page, Path], screen: tuple[int, int, str], addresses: tuple[str, ...]
) -> None:
    axe = importlib.util.find_spec("axe_core_python")
    if axe is None and "CI" not in os.environ:
        pytest.skip("axe-core-python is not installed")
    assert axe is not None
    assert axe.origin is not None
    script = (Path(axe.origin).parent / "axe.min.js").read_text(encoding="utf-8")
    page, runs = library
    for name in ("anna", "anna-later"):
        if not (runs / name).exists():  # of another screen
            made(runs, name)
    page.driver.set_script_timeout(PATIENCE_S)
    # Streamlit's own sign that it is at work comes and goes, and is too pale on a phone.
    with seen_on(page, *screen):
        for address in addresses:
            drawn(page, address)
            page.driver.execute_script(script)
            found = page.driver.execute_async_script(
                "const done = arguments[0], all = {exclude: [['[data-testid=stStatusWidget]']]};"
                "axe.run(all, {resultTypes: ['violations']})"
                ".then(found => done(found.violations.map(v => [v.impact, v.id, v.nodes[0].html])))"
            )
            serious = [v for v in found if v[0] in ("serious", "critical") or "heading" in v[1]]
            assert not serious, address
