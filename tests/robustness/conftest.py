"""Every case in an empty folder of its own, and none takes longer than 30 s."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

LONGEST_S = 30


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    def hangs(*_: object) -> None:
        pytest.fail(f"hangs for {LONGEST_S} s", pytrace=True)

    monkeypatch.chdir(tmp_path)
    before = signal.signal(signal.SIGALRM, hangs)
    signal.alarm(LONGEST_S)
    yield tmp_path
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)
