"""A browser on the page, for the tests that need one."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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

from gait.settings import Settings

BROWSER, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
TOKEN = "1f3b5d7f9a2c4e6081a3c5e7"
MOST_TABS = 60
PATIENCE_S = 400  # the real pose model on a real video, on a machine with much other work

# In CI a missing browser is a failure: nobody else would notice that these tests do not run.
NEEDS_BROWSER = pytest.mark.skipif(
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
        options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
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


@contextmanager
def opened(url: str, downloads: Path) -> Iterator[Page]:
    """A browser that was let in."""
    page = Page(url, downloads)
    try:
        page.driver.get(page.url)
        assert "with its link only" in page.driver.page_source
        page.driver.get(f"{page.url}/?token={TOKEN}")
        assert "token" not in page.driver.current_url
        yield page
    finally:
        page.driver.quit()


@contextmanager
def served(folder: Path, **environment: str) -> Iterator[str]:
    """The page as a user starts it, from a folder of its own."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gait.cli.main", "app", "--no-browser", f"--port={port}"]
    path = os.pathsep.join([str(fake_backend.HERE.parent), os.environ.get("PYTHONPATH", "")])
    env = os.environ | {"PYTHONPATH": path, "GAIT_TOKEN": TOKEN} | environment
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
            yield url
        finally:
            process.terminate()


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


def tab_to(page: Page, css: str, words: str = "") -> WebElement:
    """Press the tabulator until something has the focus, as somebody without a mouse does."""
    for _ in range(MOST_TABS):
        ActionChains(page.driver).send_keys(Keys.TAB).perform()
        script = "return arguments[0].matches(arguments[1])"
        focused = page.driver.switch_to.active_element
        try:
            if page.driver.execute_script(script, focused, css) and words in focused.text:
                return focused
        except StaleElementReferenceException:
            continue
    raise AssertionError(f"{css} {words} is not reached:\n{page.text()}")


def press_key(page: Page, key: str) -> None:
    ActionChains(page.driver).send_keys(key).perform()


def made(runs: Path, name: str, answers: dict[str, list[str]] | None = None) -> None:
    """A run of a runner made of equations, without its video: anna-later is of Anna."""
    settings = Settings(speed_mps=3.0, runner=name.partition("-")[0].capitalize())
    examples.kept_run(runs / name, {name: fake_backend.runner()}, settings, answers)
