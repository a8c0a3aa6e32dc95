"""One runner over the visits: timelines of the measures, and the page that shows them."""

from __future__ import annotations

import os
import shutil
from datetime import datetime
from pathlib import Path

import examples
import fake_backend
import pytest
from streamlit.testing.v1 import AppTest

from gait.analysis.analyze import analyze_track
from gait.analysis.results import Analysis
from gait.comparison.compare import compare
from gait.comparison.goals import keep_goals
from gait.comparison.models import Goal
from gait.comparison.visits import MOST, timeline_chart, timeline_words, timelines
from gait.io.added.notes import Notes, keep_notes, kept_notes
from gait.io.added.practice import PRACTICE, keep_consent, kept_runner
from gait.io.run_folder import RunFolder
from gait.present import wording
from gait.settings import Settings

PATIENCE_S = 180
DAYS = ((3, 2), (5, 4), (6, 8))


@pytest.fixture(scope="module")
def analysed() -> Analysis:
    settings = Settings(speed_mps=3.0, runner="Anna")
    return analyze_track(fake_backend.runner(), settings, examples.video_info("a.mp4", sha256="a"))


def faster(analysis: Analysis, by: float, speed_mps: float | None = 3.0) -> Analysis:
    """The same with another cadence."""
    moved = tuple(
        s.model_copy(
            update={"value": s.value + by, "ci95": s.ci95 and tuple(e + by for e in s.ci95)}
        )
        if s.metric == "cadence" and s.value is not None
        else s
        for s in analysis.summaries
    )
    settings = analysis.settings.model_copy(update={"speed_mps": speed_mps})
    return analysis.model_copy(update={"summaries": moved, "settings": settings})


def test_a_timeline_has_values_intervals_and_the_runners_own_band(analysed: Analysis) -> None:
    later = faster(analysed, 15.0)
    goal = Goal(metric="cadence", kind="percent", amount=5.0)
    found = timelines([analysed, analysed, later], [(0, goal)], wording.MAIN)
    timeline = next(c for c in found if c.metric == "cadence")
    first = analysed.summary("cadence")
    assert first is not None
    assert first.value is not None
    values = [v.value for v in timeline.visits]
    assert values == pytest.approx([first.value, first.value, first.value + 15])
    assert [v.real for v in timeline.visits] == [False, False, True]
    assert all(v.ci95 is not None and v.ci95[0] < v.value < v.ci95[1] for v in timeline.visits)
    # The band is what the comparison of the two says a change must exceed.
    change = compare([analysed], [later]).change("cadence")
    assert change is not None
    assert change.detectable is not None
    assert timeline.band == pytest.approx(
        (first.value - change.detectable, first.value + change.detectable)
    )
    assert timeline.goal == pytest.approx(1.05 * first.value)


def test_at_most_six_measures_and_those_with_a_goal_first(analysed: Analysis) -> None:
    goal = Goal(metric="trunk_lean", kind="difference", amount=2.0)
    found = timelines([analysed, analysed], [(1, goal)], wording.MAIN)
    metrics = list(dict.fromkeys(c.metric for c in found))
    assert metrics[0] == "trunk_lean"
    assert len(metrics) == MOST


def test_what_cannot_be_compared_is_said_and_drawn_hollow(analysed: Analysis) -> None:
    other_speed = faster(analysed, 15.0, speed_mps=4.5)
    timeline = timelines([analysed, other_speed], [], ["cadence"])[0]
    assert [v.comparable for v in timeline.visits] == [True, False]
    assert "cannot be compared" in timeline_words(timeline, 0)
    points = timeline_chart([timeline], ["first", "second"]).layer[-1]
    assert [row["compared"] for row in points.data.values] == [True, False]
    assert timeline.band is None


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, analysed: Analysis) -> Path:
    """Anna three times, Ben once."""
    monkeypatch.setenv("GAIT_WORKSPACE", str(tmp_path / "runs"))
    for i, (month, day) in enumerate(DAYS):
        _put(tmp_path / "runs" / f"anna-{i}", faster(analysed, 8.0 * i), datetime(2026, month, day))
    settings = analysed.settings.model_copy(update={"runner": "Ben"})
    ben = analysed.model_copy(update={"settings": settings})
    _put(tmp_path / "runs" / "ben", ben, datetime(2026, 6, 8))
    return tmp_path / "runs"


def _put(path: Path, analysis: Analysis, when: datetime) -> RunFolder:
    run = RunFolder(path)
    path.mkdir(parents=True)
    run.save_track(fake_backend.runner(), path.name)
    run.save_analysis(analysis)
    os.utime(run.pose, (when.timestamp(), when.timestamp()))
    return run


def page(runner: str = "anna") -> AppTest:
    at = AppTest.from_string(
        "from gait.ui.server import main\nmain('runner')", default_timeout=PATIENCE_S
    )
    at.query_params["runner"] = runner
    at.run()
    assert not at.exception
    return at


def click(at: AppTest, label: str) -> None:
    next(b for b in at.button if b.label == label).click().run()
    assert not at.exception


def text(at: AppTest) -> str:
    kinds = (at.title, at.header, at.markdown, at.caption, at.error, at.warning, at.info)
    return "\n".join(element.value for kind in kinds for element in kind)


def test_the_page_of_a_runner_shows_visits_progress_and_notes(library: Path) -> None:
    keep_notes(RunFolder(library / "anna-1"), Notes(text="Felt *lighter*"))
    keep_goals(RunFolder(library / "anna-0"), [Goal(metric="cadence", kind="percent", amount=5.0)])
    at = page()
    said = text(at)
    assert "2 Mar 2026" in said
    assert "8 Jun 2026" in said
    assert "more than measurement error; goal" in said
    assert "Felt \\*lighter\\*" in said
    assert "+5 %" in said
    assert len(at.get("arrow_vega_lite_chart") or at.get("vega_lite_chart")) == MOST


def test_consent_is_asked_on_the_page_and_kept(library: Path) -> None:
    at = page()
    click(at, "The runner agrees")
    known = kept_runner(library, "Anna").consent
    assert known is not None
    assert known.agreed
    click(at, "The runner withdraws")
    known = kept_runner(library, "Anna").consent
    assert known is not None
    assert not known.agreed


def test_deleting_a_runner_leaves_no_copy(library: Path) -> None:
    keep_notes(RunFolder(library / "anna-2"), Notes(text="Private"))
    keep_consent(library, "Anna", agreed=True)
    keep_consent(library, "Ben", agreed=True)
    pair = library / ".compare" / "0123456789abcdef.mp4"
    pair.parent.mkdir()
    shutil.copyfile(library / "anna-0" / "pose.npz", pair)  # both videos: it shows her, too
    at = page()
    click(at, "Yes, delete everything")
    left = {p.relative_to(library).parts[0] for p in library.rglob("*") if p.is_file()}
    assert left == {"ben", PRACTICE}
    assert kept_runner(library, "Anna").consent is None
    assert kept_runner(library, "Ben").consent is not None


def test_a_name_is_one_however_a_computer_spells_it(library: Path, analysed: Analysis) -> None:
    for i, name in enumerate(
        ("Zoe\N{COMBINING DIAERESIS}", "ZO\N{LATIN CAPITAL LETTER E WITH DIAERESIS}")
    ):
        settings = analysed.settings.model_copy(update={"runner": name})
        zoe = analysed.model_copy(update={"settings": settings})
        _put(library / f"zoe-{i}", zoe, datetime(2026, 8, 1 + i))
    at = page("zo\N{LATIN SMALL LETTER E WITH DIAERESIS}")
    assert "**1 Aug 2026**" in text(at)
    assert "**2 Aug 2026**" in text(at)


def test_an_emergency_hides_the_progress(library: Path, analysed: Analysis) -> None:
    urgent = analyze_track(
        fake_backend.runner(),
        analysed.settings,
        examples.video_info("u.mp4", sha256="u"),
        answers={"clot": ["breathless"]},
    )
    _put(library / "anna-9", urgent, datetime(2026, 7, 1))
    at = page()
    assert "emergency number" in text(at)
    assert "measurement error" not in text(at)


def test_notes_are_written_on_the_page_of_a_run(library: Path) -> None:
    at = AppTest.from_string(
        "from gait.ui.server import main\nmain('analyze')", default_timeout=PATIENCE_S
    )
    at.query_params["run"] = "anna-0"
    at.run()
    at.session_state["section"] = "Notes"
    at.run()
    at.text_area[0].set_value("Shoes worn on the left.").run()
    next(c for c in at.checkbox if c.label.startswith("Show these notes")).check().run()
    assert not at.exception
    kept = kept_notes(RunFolder(library / "anna-0"))
    assert (kept.text, kept.text_in_report) == ("Shoes worn on the left.", True)
