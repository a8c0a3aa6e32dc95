"""Pages of docs: examples run as they stand, what is made from data or docstrings is up to date."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import build_pages
import pytest

from gait import pose

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "api.md"
RUN = ROOT / "tests" / "golden" / "v1" / "side_normal"


def test_the_examples_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(RUN, tmp_path / "side_normal")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(pose, "_registered", {})
    names: dict[str, object] = {}
    blocks = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    for block in blocks:
        exec(compile(block, PAGE.name, "exec"), names)
    said = capsys.readouterr().out
    assert "12 strides" in said
    assert re.search(r"right: \d{3} ms, 95 % between", said)
    assert "0 real changes" in said
    assert "Check the path" in said
    assert {p.suffix for p in (tmp_path / "exports").iterdir()} == {".csv", ".trc", ".mot"}


@pytest.mark.parametrize("place", build_pages.PAGES)
def test_pages_made_from_data_are_up_to_date(place: str) -> None:
    stored = (ROOT / "docs" / place).read_text(encoding="utf-8")
    assert stored == build_pages.PAGES[place](), "run: python docs/build_pages.py"
