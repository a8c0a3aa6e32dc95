"""Where the tests find videos, truth and the pose model."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from gait.pose import weights

settings.register_profile("same every time", derandomize=True, deadline=None)
settings.load_profile("same every time")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--validation-dir",
        type=Path,
        default=os.environ.get("GAIT_VALIDATION_DIR") or None,
        help="folder of the validation data; without it (or GAIT_VALIDATION_DIR) tests marked"
        " 'validation' are deselected",
    )

    parser.addoption(
        "--nightly",
        action="store_true",
        help="with what takes too long to ask of every change (`make nightly`), marked 'nightly'",
    )


def pytest_configure(config: pytest.Config) -> None:
    folder = config.getoption("--validation-dir")
    if folder is not None and not Path(folder).is_dir():
        raise pytest.UsageError(f"--validation-dir: {folder} is not a folder")


LONGEST_FIRST = (
    "test_docs",
    "test_validation",
    "test_validation_comparison",
    "test_validation_frontal",
    "test_browser",
    "test_force_plate",
    "test_browser_library",
    "test_batch_processes",
    "test_jobs",
    "test_app",
    "test_edited_videos",
    "test_unusable_videos",
    "test_api_page",
)
"""Files that take a minute or more. They begin first, lest one is left when all else is done."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items.sort(
        key=lambda item: (
            LONGEST_FIRST.index(item.path.stem)
            if item.path.stem in LONGEST_FIRST
            else len(LONGEST_FIRST)
        )
    )
    asked = {
        "validation": config.getoption("--validation-dir") is not None,
        "nightly": config.getoption("--nightly"),
    }
    unwanted = [
        item
        for item in items
        if any(not wanted and item.get_closest_marker(mark) for mark, wanted in asked.items())
    ]
    config.hook.pytest_deselected(items=unwanted)
    items[:] = [item for item in items if item not in unwanted]


@pytest.fixture(scope="session", autouse=True)
def no_power_cut() -> Iterator[None]:
    """Nothing that a test writes has to outlast one: on a busy disk each wait takes a while."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        yield


@pytest.fixture(scope="session")
def validation_dir(request: pytest.FixtureRequest) -> Path:
    """The validation data; only for tests marked `validation`."""
    return Path(request.config.getoption("--validation-dir"))


@pytest.fixture(scope="session")
def sample_videos() -> Path:
    """The folder of the rendered videos and their truth."""
    return Path(__file__).resolve().parents[1] / "sample_videos"


@pytest.fixture(scope="session")
def model_path() -> Path:
    """The default pose model; `make` has put it into the user's cache."""
    return weights.resolve()
