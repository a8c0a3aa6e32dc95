"""Every room of the program is on the map."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_every_module_is_on_the_map() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    there = {
        path.stem if path.is_file() else f"{path.name}/"
        for path in (ROOT / "gait").iterdir()
        if path.name[0] not in "._" and (path.is_dir() or path.suffix == ".py")
    } - {"__init__"}
    assert {name for name in there if f"`{name}`" not in page} == set()
