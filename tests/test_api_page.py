"""Pages of docs: examples run as they stand, what is made from data or docstrings is up to date."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import build_pages
import pytest

from gait import pose
from gait.batch.session import read_sheet

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


def test_the_list_of_a_session_is_read_as_documented(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "scaling.md").read_text(encoding="utf-8")
    (block,) = (b for b in re.findall(r"^```\n(.*?)^```", text, re.M | re.S) if ",runner," in b)
    sheet = tmp_path / "session.csv"
    sheet.write_text(block, encoding="utf-8")
    assert [line.video for line in read_sheet(sheet)] == ["anna_side.mp4", "IMG_0042.MOV"]


@pytest.mark.parametrize("place", build_pages.PAGES)
def test_pages_made_from_data_are_up_to_date(place: str) -> None:
    stored = (ROOT / "docs" / place).read_text(encoding="utf-8")
    assert stored == build_pages.PAGES[place](), "run: python docs/build_pages.py"


def test_the_reference_is_built_without_warnings(tmp_path: Path) -> None:
    script = ROOT / "docs" / "build_reference.py"
    done = subprocess.run(
        [sys.executable, "-W", "error::UserWarning", str(script), str(tmp_path)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    summary = (tmp_path / "gait" / "analysis" / "results.html").read_text(encoding="utf-8")
    assert "One metric over the whole video." in summary
    assert (tmp_path / "gait" / "export.html").is_file()
