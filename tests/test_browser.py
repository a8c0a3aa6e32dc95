"""The page in a real browser: the one place where an overlay can be seen to play."""

from __future__ import annotations

import csv
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import examples
import fake_backend
import pytest
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from gait.analysis.analyze import analyze_track
from gait.io.run_folder import RunFolder
from gait.settings import Settings

BROWSER, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
TOKEN = "1f3b5d7f9a2c4e6081a3c5e7"
PATIENCE_S = 400  # the real pose model on a real clip, on a machine with much other work

# In CI a missing browser is a failure: nobody else would notice that these tests do not run.
pytestmark = pytest.mark.skipif(
    not (BROWSER and DRIVER) and "CI" not in os.environ,
    reason="Chromium and its driver are not installed",
)


class Page:
    """A browser on the page."""

    def __init__(self, url: str, downloads: Path) -> None:
        options = webdriver.ChromeOptions()
        for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage"):
            options.add_argument(argument)
        options.add_argument("--window-size=1440,1200")
        options.add_experimental_option("prefs", {"download.default_directory": str(downloads)})
        options.binary_location = str(BROWSER)
        service = webdriver.ChromeService(executable_path=DRIVER)
        self.driver = webdriver.Chrome(options=options, service=service)
        self.url, self.downloads = url, downloads

    def wait(self, what: Callable[[], Any]) -> Any:
        """The first true answer; a redrawn page is asked again."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            try:
                if answer := what():
                    return answer
            except StaleElementReferenceException:
                pass
            time.sleep(0.2)
        raise AssertionError(f"not on the page:\n{self.text()}")

    def all(self, css: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def text(self) -> str:
        return "\n".join(e.text for e in self.all("[data-testid=stMain]"))

    def click(self, label: str) -> None:
        def button() -> WebElement | None:
            shown = (b for b in self.all("button") if b.text.strip().endswith(label))
            return next((b for b in shown if b.is_enabled()), None)

        found = self.wait(button)
        assert found is not None
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", found)
        found.click()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The page as a user starts it, from a folder of its own."""
    folder = tmp_path_factory.mktemp("server")
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gait.cli.main", "app", "--no-browser", f"--port={port}"]
    path = os.pathsep.join([str(fake_backend.HERE.parent), os.environ.get("PYTHONPATH", "")])
    env = os.environ | {"PYTHONPATH": path, "GAIT_TOKEN": TOKEN}
    with subprocess.Popen(command, cwd=folder, env=env) as process:
        url = f"http://localhost:{port}"
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            try:
                with urllib.request.urlopen(f"{url}/_stcore/health"):
                    break
            except OSError:
                time.sleep(0.2)
        try:
            yield url, folder / "gait_runs"
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def page(server: tuple[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    page = Page(server[0], tmp_path_factory.mktemp("downloads"))
    try:
        page.driver.get(page.url)
        assert "with its link only" in page.driver.page_source
        page.driver.get(f"{page.url}/?token={TOKEN}")
        assert "token" not in page.driver.current_url
        yield page
    finally:
        page.driver.quit()


@pytest.fixture(scope="module")
def result(page: Page, server: tuple[str, Path], sample_videos: Path, model_path: Path) -> Page:
    """A sample clip that was uploaded, analysed with the real pose model, and drawn.

    The drawn video takes the place of the plain one when it is there, in the middle of whatever
    a test does by then: the tests begin after that.
    """
    page.driver.get(page.url)
    page.wait(lambda: page.all("input[type=file]"))
    page.all("input[type=file]")[0].send_keys(str(sample_videos / "side_overstride.mp4"))
    page.click("Analyze")
    page.wait(lambda: page.all("[data-testid=stProgress]"))
    assert "side_overstride.mp4" in page.text()
    page.wait(lambda: "run=side_overstride" in page.driver.current_url)
    page.wait((server[1] / "side_overstride" / "overlay.mp4").is_file)
    return page


def test_a_clip_goes_in_and_a_playing_overlay_comes_out(
    result: Page, server: tuple[str, Path]
) -> None:
    page = result
    page.driver.get(f"{page.url}/?run=side_overstride")
    page.wait(lambda: "stand out" in page.text() or "stands out" in page.text())
    page.wait(lambda: "Cadence steps/min" in page.text())

    def played_s() -> float:
        script = (
            "const v = document.querySelector('video');"
            "if (!v) return 0; v.play(); return v.error ? -1 : v.currentTime"
        )
        return float(page.driver.execute_script(script))

    assert page.wait(lambda: played_s() > 0.5)
    assert (server[1] / "side_overstride" / "analysis.json").is_file()


PARTS = """
const all = [...document.querySelectorAll('*')].filter(e => e.shadowRoot).map(e => e.shadowRoot);
const part = (css) => all.find(root => root.querySelector(css));
const video = document.querySelector('.st-key-player video');
"""


def told(page: Page, script: str, *given: object) -> Any:
    """What JavaScript says of the player."""
    return page.driver.execute_script(PARTS + script, *given)


def press(page: Page, words: str) -> None:
    script = """for (const root of all) for (const b of root.querySelectorAll('button'))
        if (b.textContent === arguments[0]) b.click();"""
    told(page, script, words)


def ready(page: Page) -> None:
    script = "return Boolean(part('.grid svg') && part('.strip') && video && video.readyState > 1)"
    page.wait(lambda: told(page, script))


def at_s(page: Page) -> float:
    return float(told(page, "return video.currentTime"))


def phase(page: Page) -> float | None:
    """Where the cursor stands on the waveforms, % of the stride."""
    shown = told(page, "return part('.grid').querySelector('.root').dataset.phase")
    return float(shown) if shown else None


def test_the_video_moves_the_cursor_and_a_waveform_moves_the_video(result: Page) -> None:
    page = result
    page.driver.get(f"{page.url}/?run=side_overstride")
    ready(page)
    press(page, "Stride ▶")
    page.wait(lambda: (now := phase(page)) is not None and now < 3)  # % of the stride: one frame
    press(page, "Mid-stance")
    # Mid-stance of a contact that lasts a third of the stride.
    page.wait(lambda: (now := phase(page)) is not None and 12 < now < 22)
    before = at_s(page)
    curve = told(page, "return part('.grid').querySelector('figure svg')")
    page.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", curve)
    ActionChains(page.driver).move_to_element(curve).click().perform()
    page.wait(lambda: at_s(page) > before + 0.1)
    now = page.wait(lambda: phase(page))
    assert 40 < now < 58  # the middle of the drawing is a little left of that of the axis


def test_arrow_keys_step_single_frames_and_the_video_plays_at_a_quarter(result: Page) -> None:
    page = result
    page.driver.get(f"{page.url}/?run=side_overstride")
    ready(page)
    before = at_s(page)
    for key, frames in ((Keys.ARROW_RIGHT, 1), (Keys.ARROW_RIGHT, 2), (Keys.ARROW_LEFT, 1)):
        page.driver.switch_to.active_element.send_keys(key)
        wanted = before + frames / 60  # the sample has 60 frames per second
        page.wait(lambda wanted=wanted: abs(at_s(page) - wanted) < 0.009)
    press(page, "¼ \N{MULTIPLICATION SIGN}")
    page.wait(lambda: told(page, "return video.playbackRate") == 0.25)
    assert told(page, "return video.controls") is False  # its bar would cover the contacts


@pytest.mark.parametrize("exchange", ["video.load()", "video.replaceWith(other)"])
def test_a_video_that_is_exchanged_keeps_its_speed_and_place(result: Page, exchange: str) -> None:
    """As when the drawn video comes: the player of a busy computer went back to full speed."""
    page = result
    page.driver.get(f"{page.url}/?run=side_overstride")
    ready(page)
    press(page, "¼ \N{MULTIPLICATION SIGN}")
    press(page, "Stride ▶")
    place = page.wait(lambda: at_s(page))
    page.wait(lambda: not told(page, "return video.seeking"))
    other = "const other = video.cloneNode(true); other.controls = true;"
    told(page, f"{other} {exchange}")
    page.wait(lambda: told(page, "return video.readyState > 1") and abs(at_s(page) - place) < 0.02)
    assert told(page, "return video.playbackRate") == 0.25
    assert told(page, "return video.controls") is False


def test_a_finding_shows_its_picture_and_nothing_is_wider_than_a_phone(result: Page) -> None:
    page = result
    page.driver.get(f"{page.url}/?run=side_overstride")

    def picture() -> str:
        images = page.all(".st-key-picture img")
        return str(images[0].get_attribute("alt")) if images else ""

    first = page.wait(picture)
    label = next(e for e in page.all("[data-testid=stRadio] label") if "Another" in e.text)
    label.click()
    page.wait(lambda: picture() not in ("", first))
    phone = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", phone)
    try:
        script = """const m = document.querySelector('[data-testid=stMain]');
            return m.scrollWidth - m.clientWidth"""
        assert page.wait(lambda: page.driver.execute_script(script) == 0)
        wide = told(
            page, "return Math.max(...all.map(r => r.host.scrollWidth - r.host.clientWidth))"
        )
        assert wide <= 0
    finally:
        page.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_the_first_screen_holds_answer_picture_and_numbers(result: Page) -> None:
    page = result
    screen = {"width": 1440, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    try:
        page.driver.get(f"{page.url}/?run=side_overstride")
        ready(page)
        for css in ("[data-testid=stMain] h3", ".st-key-picture img", "ul.gl-numbers"):
            box = page.all(css)[0].rect
            assert box["y"] >= 0, css
            assert box["y"] + box["height"] <= 900, css
        assert page.all(".st-key-player video")[0].rect["height"] <= 0.7 * 900 + 1
    finally:
        page.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_the_chosen_contact_is_shown(result: Page) -> None:
    page = result
    page.driver.get(f"{page.url}/?run=side_overstride&section=Frame+by+frame")

    def picture() -> str:
        images = page.all("[data-testid=stImage] img")
        drawn = "return arguments[0].complete && arguments[0].naturalWidth > 0"
        if not images or not page.driver.execute_script(drawn, images[-1]):
            return ""
        return str(images[-1].get_attribute("alt"))

    first = page.wait(
        lambda: picture() if "Right foot, contact 1, initial contact" in picture() else ""
    )
    page.click("Toe-off")
    page.wait(lambda: "Right foot, contact 1, toe-off" in picture())
    page.click("Left")
    later = page.wait(lambda: picture() if "Left foot, contact 1, toe-off" in picture() else "")
    assert first.rpartition(": ")[2] != later.rpartition(": ")[2]


def test_the_table_of_strides_downloads(result: Page) -> None:
    page = result
    page.driver.get(f"{page.url}/?run=side_overstride&section=Download")
    page.click("Every stride (CSV)")
    name = page.downloads / "side_overstride-strides.csv"
    page.wait(name.is_file)
    with name.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {"cadence", "contact_time"} <= {row["metric"] for row in rows}


def test_the_page_asks_for_nothing_that_it_forbids_itself(result: Page) -> None:
    page = result
    for query in ("run=side_overstride", "run=side_overstride&section=Curves"):
        page.driver.get(f"{page.url}/?{query}")
        page.wait(lambda: page.all("video") or page.all("[data-testid=stVegaLiteChart]"))
        time.sleep(1)
        said = [entry["message"] for entry in page.driver.get_log("browser")]
        assert not [text for text in said if "Content Security Policy" in text]


def test_two_views_become_one_visit_with_one_pdf(result: Page, sample_videos: Path) -> None:
    page = result
    page.driver.get(page.url)
    page.wait(lambda: page.all("input[type=file]"))
    videos = [str(sample_videos / f"{name}.mp4") for name in ("side_overstride", "rear_bad")]
    page.all("input[type=file]")[0].send_keys("\n".join(videos))
    page.wait(lambda: "one runner on one day" in page.text())
    page.click("Analyze")
    page.wait(lambda: "run=side_overstride%2Brear_bad" in page.driver.current_url)
    # Measures of both views on one page, and the picture of the first finding.
    page.wait(lambda: "Overstride" in page.text() and "Pelvic drop" in page.text())
    page.wait(lambda: page.all(".st-key-picture img"))
    visit = f"{page.url}/?run=side_overstride%2Brear_bad"
    page.driver.get(f"{visit}&section=Download")
    page.click("Report (PDF)")
    name = page.downloads / "side_overstride+rear_bad-report-runner.pdf"
    page.wait(lambda: name.is_file() and name.read_bytes().startswith(b"%PDF"))


def test_nobody_outside_this_computer_is_asked_for_anything(result: Page) -> None:
    page = result
    page.driver.get(f"{page.url}/?run=side_overstride")
    page.wait(lambda: page.all("video"))
    script = "return performance.getEntriesByType('resource').map(e => new URL(e.name).hostname)"
    assert set(page.driver.execute_script(script)) <= {"localhost", ""}


def made(runs: Path, name: str, answers: dict[str, list[str]] | None = None) -> None:
    """A run of a runner made of equations, without its video."""
    run = RunFolder(runs / name)
    run.path.mkdir(parents=True)
    track = fake_backend.runner()
    run.save_track(track, name)
    info = examples.video_info(f"{name}.mp4", sha256=name)
    settings = Settings(speed_mps=3.0, runner="Anna")
    run.save_analysis(analyze_track(track, settings, info, answers=answers))


def test_two_runs_become_a_sheet_to_take_along(page: Page, server: tuple[str, Path]) -> None:
    for name in ("anna-before", "anna-after"):
        made(server[1], name)
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
    page: Page, server: tuple[str, Path]
) -> None:
    made(server[1], "berta", {"clot": ["breathless"]})
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
