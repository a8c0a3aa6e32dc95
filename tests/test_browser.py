"""The page in a real browser: the one place where an overlay can be seen to play."""

from __future__ import annotations

import csv
import json
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from browser import NEEDS_BROWSER, Page, opened, press, press_key, served, tab_to, told
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from gait.io.added.notes import Notes, keep_notes, kept_notes
from gait.io.run_folder import RunFolder

pytestmark = NEEDS_BROWSER


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A page with the real pose model; its address and where its runs are."""
    folder = tmp_path_factory.mktemp("server")
    with served(folder) as url:
        yield url, folder / "gait_runs"


@pytest.fixture(scope="module")
def page(server: tuple[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with opened(server[0], tmp_path_factory.mktemp("downloads")) as page:
        yield page


@pytest.fixture(scope="module")
def result(page: Page, server: tuple[str, Path], sample_videos: Path, model_path: Path) -> Page:
    """A sample video that was uploaded, analysed with the real pose model, and drawn.

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


def test_a_video_goes_in_and_a_playing_overlay_comes_out(
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
    # The middle of the drawing is a little left of that of the axis. The cursor follows the video.
    page.wait(lambda: (now := phase(page)) is not None and 40 < now < 58)


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


AT_ONCE = "Object.defineProperty(other, 'readyState', {value: 4});"
"""As where a video has its first picture before anybody was told so."""


@pytest.mark.parametrize(
    "exchange",
    ["video.load()", "video.replaceWith(other)", f"{AT_ONCE} video.replaceWith(other)"],
    ids=["load", "replace", "replace-at-once"],
)
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


@contextmanager
def first_screen(page: Page, run: str) -> Iterator[None]:
    """A result on a screen of 1440 x 900, once it is seen that all of the answer is on it."""
    screen = {"width": 1440, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    try:
        page.driver.get(f"{page.url}/?run={run}")
        ready(page)
        for css in ("[data-testid=stMain] h2", ".st-key-picture img", "ul.gl-numbers"):
            box = page.all(css)[0].rect
            assert box["y"] >= 0, css
            assert box["y"] + box["height"] <= 900, css
        yield
    finally:
        page.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_the_first_screen_holds_answer_picture_and_numbers(result: Page) -> None:
    page = result
    with first_screen(page, "side_overstride"):
        assert page.all(".st-key-player video")[0].rect["height"] <= 0.7 * 900 + 1


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
    with first_screen(page, "side_overstride%2Brear_bad"):
        assert len(page.all("ul.gl-numbers li")) >= 9  # of both views
    visit = f"{page.url}/?run=side_overstride%2Brear_bad"
    page.driver.get(f"{visit}&section=Download")
    page.click("Report (PDF)")
    name = page.downloads / "side_overstride+rear_bad-report-runner.pdf"
    page.wait(lambda: name.is_file() and name.read_bytes().startswith(b"%PDF"))


def test_no_request_leaves_this_computer(result: Page, server: tuple[str, Path]) -> None:
    """Of everything that this browser did in these tests, and of every page once more."""
    page = result
    for address in (
        "?run=side_overstride",
        "library",
        "runner",
        "compare",
        "batch",
        "legs",
        "method",
    ):
        page.driver.get(f"{page.url}/{address}")
        page.wait(lambda: page.all("[data-testid=stMain] h1"))
    asked = set()
    for entry in page.driver.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            asked.add(message["params"]["request"]["url"])
        elif message["method"] == "Network.webSocketCreated":
            asked.add(message["params"]["url"])
    assert any("/_stcore/stream" in url for url in asked)  # what is asked for is seen at all
    addresses = [urllib.parse.urlsplit(url) for url in asked]
    outside = {a.hostname for a in addresses if a.scheme in ("http", "https", "ws", "wss")}
    assert outside == {"localhost"}
    assert {a.scheme for a in addresses} <= {"http", "ws", "data", "blob"}


def test_a_result_is_read_and_left_with_the_keyboard_alone(result: Page) -> None:
    page = result
    page.driver.get(f"{page.url}/?run=side_overstride&section=Frame+by+frame")

    def alt(css: str) -> str:
        images = page.all(f"{css} img")
        return str(images[0].get_attribute("alt")) if images else ""

    first = page.wait(lambda: alt(".st-key-picture"))
    page.wait(lambda: alt(".st-key-frame"))
    tab_to(page, "[data-testid=stRadio] input")
    press_key(page, Keys.ARROW_DOWN)
    page.wait(lambda: alt(".st-key-picture") not in ("", first))
    before = page.wait(lambda: alt(".st-key-frame"))
    tab_to(page, "button", "Initial contact")
    for key in (Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ENTER):  # on to toe-off, as in any group
        press_key(page, key)
    page.wait(lambda: alt(".st-key-frame") not in ("", before))
    page.driver.get(page.url)
    page.wait(lambda: page.all("[data-testid=stMain] h1"))
    tab_to(page, "a", "Library")
    press_key(page, Keys.ENTER)
    page.wait(lambda: "/library" in page.driver.current_url)


def test_an_angle_is_drawn_by_hand_without_a_mouse_and_kept(
    result: Page, server: tuple[str, Path]
) -> None:
    page = result
    page.driver.get(f"{page.url}/?run=side_overstride&section=Frame+by+frame")
    page.wait(lambda: page.all(".st-key-frame img"))
    label = next(e for e in page.all("[data-testid=stCheckbox] label") if "Draw" in e.text)
    label.click()
    page.wait(lambda: told(page, "return Boolean(part('.canvas'))"))
    told(page, "part('.canvas').querySelector('.canvas').focus()")
    right, down = [Keys.ARROW_RIGHT] * 10, [Keys.ARROW_DOWN] * 10
    for key in (Keys.ENTER, *right, Keys.ENTER, *down, Keys.ENTER):
        press_key(page, key)
    page.wait(
        lambda: "90°" in told(page, "return part('.says').querySelector('.says').textContent")
    )
    press(page, "Save")
    kept = server[1] / "side_overstride"
    page.wait(lambda: kept_notes(RunFolder(kept)).pictures)
    (picture,) = kept_notes(RunFolder(kept)).pictures
    (mark,) = picture.marks
    assert mark.degrees == pytest.approx(90, abs=0.5)
    page.driver.get(f"{page.url}/?run=side_overstride&section=Frame+by+frame")
    page.wait(lambda: "By hand: angle 90°" in page.driver.page_source)
    keep_notes(RunFolder(kept), Notes())
