"""A session on the page: several videos, a table to correct, answers per runner, the roster."""

from __future__ import annotations

from pathlib import Path

import examples
import fake_backend
import pytest
from pydantic import ValidationError
from streamlit.testing.v1 import AppTest
from waiting import PATIENCE_S, until

from gait.io.analysis_file import read_analysis
from gait.settings import Settings
from gait.types import UsageError
from gait.ui.intake.session import capture_check, row_of, runners, settings_of, understood


def test_a_name_fills_in_runner_and_view() -> None:
    row = row_of("anna_rear_2.mp4", "fine")
    assert (row["Runner"], row["View"], row["The file"]) == ("anna", "Behind", "fine")
    assert row_of("IMG_0001.MOV", "")["View"] == "Find out"


def test_a_corrected_row_goes_over_what_holds_for_all() -> None:
    row = row_of("anna_side.mp4", "") | {
        "Runner": " Anna ",
        "Speed, km/h": "10,8",
        "Height, cm": "178",
    }
    said = settings_of(row, Settings(sex="female", speed_mps=2.0))
    assert (said.runner, said.view, said.sex) == ("Anna", "side", "female")
    assert said.speed_mps == pytest.approx(3.0)
    assert said.height_m == pytest.approx(1.78)
    empty = settings_of(row_of("x.mp4", ""), Settings(speed_mps=2.0))
    assert (empty.speed_mps, empty.view) == (2.0, None)


def test_a_value_out_of_reach_is_refused() -> None:
    row = row_of("x.mp4", "") | {"Height, cm": "17"}
    with pytest.raises(UsageError, match="17 cm cannot be"):
        settings_of(row, Settings())
    with pytest.raises(ValidationError):
        settings_of(row_of("x.mp4", "") | {"Runner": "x" * 81}, Settings())


def test_what_is_typed_in_the_table_is_told_as_it_is_understood() -> None:
    row = row_of("x.mp4", "") | {"Speed, km/h": "5:30 min/km", "Height, cm": "1,78"}
    assert understood(row) == ("10.9 km/h, 178 cm", "")
    seen, refusal = understood(row | {"Speed, km/h": "108"})
    assert (seen, "108 km/h cannot be" in refusal) == ("178 cm", True)
    assert understood(row_of("x.mp4", "")) == ("", "")


def test_runners_are_named_once() -> None:
    table = [{"Runner": name} for name in ("Anna", "Berta", " anna", "", None)]
    assert runners(table) == ["Anna", "Berta"]


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"duration_s": 25.0, "fps_hz": 60.0}, None),
        ({"duration_s": 4.0, "fps_hz": 60.0}, "Film 20 to 30 seconds"),
        ({"duration_s": 25.0, "fps_hz": 30.0}, "frames per second"),
        ({"duration_s": 25.0, "fps_hz": 30.0, "capture_fps_hz": 120.0}, None),
        ({"duration_s": 25.0, "fps_hz": 60.0, "cut_off": True}, "copy it again"),
    ],
)
def test_the_file_is_checked_before_the_work(
    changes: dict[str, object], wanted: str | None
) -> None:
    said = capture_check(examples.video_info().model_copy(update=changes))
    assert said.startswith(f"{changes['duration_s']:.0f} s, ")
    assert (wanted is None and said.endswith("x 48.")) or (wanted is not None and wanted in said)


def test_videos_become_a_roster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in fake_backend.install(tmp_path).items():
        monkeypatch.setenv(name, value)
    script = "from gait.ui.server import main\nmain('batch')"
    at = AppTest.from_string(script, default_timeout=PATIENCE_S).run()
    assert not at.exception
    videos = []
    for i, name in enumerate(("anna_side", "berta_side")):
        content = fake_backend.video(tmp_path / f"{name}.mp4", shade=60 * i).read_bytes()
        videos.append((f"{name}.mp4", content, "video/mp4"))
    at.file_uploader[0].set_value(videos).run()
    assert not at.exception
    assert any(b.label == "Analyze 2 videos" for b in at.button)
    # Anna, who is chosen, is short of breath: said at once, and first in the roster.
    next(c for c in at.checkbox if "short of breath" in c.label).check().run()
    next(b for b in at.button if b.label == "Next").click().run()
    assert any("To be seen first: anna" in e.value for e in at.error)
    next(b for b in at.button if b.label == "Analyze 2 videos").click().run()
    until(lambda: len(list((tmp_path / "runs").glob("*/analysis.json"))) == 2, "a second run")
    at.run()
    assert not at.exception
    table = at.dataframe[-1].value
    assert list(table["Runner"]) == ["anna", "berta"]
    assert table["Why"][0].startswith("Emergency: Call the emergency number now.")
    assert table["Why"][1]
    kept = {
        p.parent.name: read_analysis(p.parent) for p in (tmp_path / "runs").glob("*/analysis.json")
    }
    assert kept["anna_side"].intake == {"clot": ("breathless",)}
    assert kept["berta_side"].intake is None
    assert {a.settings.view for a in kept.values()} == {"side"}
