"""Every case in an empty folder of its own, and none works for longer than 30 s."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hostile import in_time


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    with in_time():
        yield tmp_path
