"""Nothing about the running is shown before an emergency or a reason to stop is dealt with.

The report has its test in ``test_report.py``, the terminal in ``test_questionnaire.py``.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import examples
import fake_backend
import pytest
from streamlit.testing.v1 import AppTest
from waiting import PATIENCE_S

from gait.analysis.analyze import analyze_track
from gait.analysis.interpret.questionnaire import evaluate
from gait.analysis.results import Analysis
from gait.batch.roster import RosterEntry, Video, attention, standing, why_first, write_roster
from gait.io.run_folder import RunFolder
from gait.knowledge import knowledge
from gait.settings import Settings

APP = Path(__file__).resolve().parents[1] / "app.py"
EMERGENCY = {"clot": ["breathless"]}
STOP = {"night": "yes"}
CLINICIAN = {"tightness": "yes"}
GAIT = (
    "Cadence",
    "steps/min",
    "170",
    "strides",
    "stands out",
    "side view",
    "Typical",
    "poor video",
)
"""Words that only what was measured on the video would bring in."""


def told(answers: dict[str, str | list[str]], **changes: object) -> Analysis:
    """An analysis with answers and a finding that studies link with injury."""
    found = [examples.linked_finding()]
    outcome = evaluate(answers, found) if answers else None
    return examples.analysis(
        **{"findings": tuple(found), "intake": answers or None, "outcome": outcome} | changes
    )


# ---------------------------------------------------------------------------------------- roster


@pytest.fixture
def roster(tmp_path: Path) -> str:
    runners = {
        "Anna, unusual": told({}),
        "Berta, emergency": told(EMERGENCY),
        "Carla, stop": told(STOP),
        "Dora, clinician": told(CLINICIAN, findings=()),
    }
    entries = []
    for name, analysis in runners.items():
        run = RunFolder(tmp_path / name)
        run.path.mkdir()
        run.save_analysis(analysis)
        entries.append(RosterEntry(standing(name, analysis), run, (Video(run, "side", ""),)))
    entries.sort(key=lambda entry: attention(entry.standing))
    write_roster(tmp_path, entries, ())
    return (tmp_path / "roster.html").read_text()


def test_the_roster_begins_with_the_emergency(roster: str) -> None:
    names = ("Berta, emergency", "Carla, stop", "Dora, clinician", "Anna, unusual")
    assert sorted(names, key=roster.index) == list(names)


def test_the_roster_says_what_to_do_and_nothing_about_the_running(roster: str) -> None:
    rows = {
        name: part
        for part in roster.split('<li class="runner">')
        for name in ("Berta", "Carla", "Anna")
        if name in part
    }
    for name, action in (("Berta", "Call the emergency number now."), ("Carla", "Stop running")):
        assert action in rows[name]
        assert "Shown once a clinician has looked at it." in rows[name]
        assert [word for word in GAIT if word in rows[name]] == []
    assert "Cadence" in rows["Anna"]


def test_every_runner_has_a_reason() -> None:
    for analysis in (
        told(EMERGENCY),
        told({}),
        told({}, findings=()),
        told({}, findings=(), activity="walking"),
    ):
        assert why_first(standing("Anna", analysis))


# -------------------------------------------------------------------------------------- terminal


@pytest.mark.parametrize("answers", [EMERGENCY, STOP])
def test_the_terminal_shows_nothing_else(
    answers: dict[str, str | list[str]], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    from gait.cli.analyze import _show

    track = fake_backend.runner()
    for given, nothing in ((None, False), (answers, True)):
        analysis = analyze_track(track, Settings(speed_mps=3.0), answers=given)
        _show(RunFolder(tmp_path), analysis)
        shown = capsys.readouterr().out
        assert ("Right minus left" not in shown) == nothing
        assert not (nothing and [word for word in GAIT if word in shown])


# ------------------------------------------------------------------------------------------ page


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in fake_backend.install(tmp_path).items():
        monkeypatch.setenv(name, value)
    return tmp_path / "runs"


@pytest.fixture
def warned(workspace: Path) -> RunFolder:
    """A run whose runner is short of breath."""
    run = RunFolder(workspace / "anna")
    run.path.mkdir(parents=True)
    track = fake_backend.runner()
    run.save_track(track, "key")
    info = examples.video_info("anna.mp4")
    settings = Settings(speed_mps=3.0, runner="Anna")
    run.save_analysis(analyze_track(track, settings, info, answers=EMERGENCY))
    return run


def everything(at: AppTest) -> str:
    kinds = (at.title, at.header, at.markdown, at.caption, at.error, at.warning, at.info)
    tables = [table.value.to_string() for table in (*at.table, *at.dataframe)]
    return "\n".join([*(str(e.value) for kind in kinds for e in kind), *tables])


def drawn(at: AppTest) -> int:
    """How many drawings, tables and pictures are there."""
    kinds = ("html", "arrow_vega_lite_chart", "imgs", "video", "table", "dataframe", "button_group")
    shown = [element for kind in kinds for element in at.get(kind)]
    return len([e for e in shown if not getattr(e.proto, "body", "").startswith("<style>")])


def opened(name: str = "", **query: str) -> AppTest:
    script = f"from gait.ui.server import main\nmain({name!r})"
    at = AppTest.from_string(script, default_timeout=PATIENCE_S) if name else AppTest.from_file(APP)
    at.default_timeout = PATIENCE_S
    for key, value in query.items():
        at.query_params[key] = value
    at.run()
    assert not at.exception
    return at


def test_the_page_shows_the_emergency_alone_until_it_was_looked_at(warned: RunFolder) -> None:
    at = opened(run="anna")
    assert at.error[0].value.startswith("**Emergency.** Call the emergency number now.")
    assert [word for word in GAIT if word in everything(at)] == []
    assert drawn(at) == 0
    go_on = next(b for b in at.button if b.label == "Go on to the video")
    assert go_on.disabled
    at.radio[0].set_value("no").run()
    assert next(b for b in at.button if b.label == "Go on to the video").disabled
    at.radio[0].set_value("yes").run()
    next(b for b in at.button if b.label == "Go on to the video").click().run()
    assert not at.exception
    assert "Usable video" in everything(at)
    assert drawn(at) > 0
    assert "a clinician has looked at a warning sign" in everything(at)


@pytest.mark.parametrize("name", ["library", "batch"])
def test_lists_on_the_page_say_what_to_do(warned: RunFolder, name: str) -> None:
    said = everything(opened(name))
    assert "Call the emergency number now." in said
    assert "steps/min ±" not in said
    assert "170." not in said


def test_comparing_waits_for_it_too(warned: RunFolder) -> None:
    shutil.copytree(warned.path, warned.path.parent / "again")
    at = opened("compare")
    assert "Call the emergency number now." in everything(at)
    assert "Real changes" not in everything(at)


# ------------------------------------------------------------------------------- the questions


def test_the_page_asks_one_question_at_a_time_warning_signs_first(workspace: Path) -> None:
    at = opened("legs")
    asked = []
    for _ in range(3):
        asked += [m.value for m in at.markdown if m.value.startswith("**") and "?" in m.value][:1]
        next(b for b in at.button if b.label in ("Next", "Skip")).click().run()
    assert "swollen" in asked[0]
    assert len(set(asked)) == 3


def test_an_urgent_answer_is_said_at_once_and_hides_the_guide(workspace: Path) -> None:
    at = opened("legs")
    assert "Shoes" in everything(at)
    next(c for c in at.checkbox if "short of breath" in c.label).check().run()
    next(b for b in at.button if b.label == "Next").click().run()
    assert at.error[0].value.startswith("**Emergency.**")
    assert "Shoes" not in everything(at)
    assert any("Has a doctor" in r.label for r in at.radio)


def test_the_page_on_aching_legs_shows_every_reason_and_tip(workspace: Path) -> None:

    shown = everything(opened("legs"))
    guide = knowledge().guide
    for section in guide.section:
        assert section.title in shown
        assert all(f"**{point.name}.**" in shown for point in section.point)
    assert all(f"**{tip.name}.**" in shown for tip in guide.tip)
