"""Before and after on one sheet: the headline, six rows at most, and one page of paper."""

from __future__ import annotations

import io
import re
from pathlib import Path

import examples
import fake_backend
import pytest
from pypdf import PdfReader
from test_comparison import summary, video

from gait.analysis.interpret.questionnaire import evaluate
from gait.analysis.results import Analysis
from gait.cli.main import main
from gait.comparison.compare import compare
from gait.comparison.goals import parse_goal
from gait.comparison.sheet import FAMILIES, MOST_ROWS, bar_svg, summarize
from gait.comparison.views import paired_runs
from gait.io.analysis_file import read_analysis
from gait.io.ours import RECORD
from gait.io.run_folder import RunFolder
from gait.knowledge import knowledge
from gait.report.sheet import collect_sheet, sheet_html, sheet_pdf
from gait.settings import Settings


def of(**values: float) -> Analysis:
    return video().model_copy(
        update={
            "summaries": tuple(summary(m, v, sd=0.5, constant_sd=0.3) for m, v in values.items())
        }
    )


def test_the_headline_says_what_changed_and_what_cannot_be_told() -> None:
    before = of(cadence=160.0, step_time=0.375, contact_time=250.0, trunk_lean=8.0)
    after = of(cadence=173.4, step_time=0.346, contact_time=225.0, trunk_lean=8.2)
    found = summarize(compare([before], [after]))
    assert re.match(r"Cadence rose by 8\.4 ± \d\.\d %", found.headline) or (
        "cadence rose by 8.4 ± " in found.headline
    )
    assert "more than measurement error" in found.headline
    assert "trunk lean: cannot tell" in found.headline
    # Step time is cadence turned over: one row for both.
    assert [row.metric for row in found.rows].count("cadence") == 1
    assert "step_time" not in [row.metric for row in found.rows]


def test_no_change_is_not_called_fine() -> None:
    found = summarize(compare([of(cadence=170.0)], [of(cadence=170.2)]))
    assert found.headline == "No change can be told for sure; cadence: cannot tell."
    assert found.rows[0].words.startswith("Cannot tell: only a change beyond")


def test_at_most_six_rows_and_the_wanted_one_first() -> None:
    values = dict.fromkeys((family[0] for family in FAMILIES), 10.0)
    later = dict.fromkeys(values, 14.0) | {"arm_crossing": 10.1}
    goal = parse_goal("arm_crossing=+1")
    found = summarize(compare([of(**values)], [of(**later)], [goal]))
    assert len(found.rows) == MOST_ROWS
    assert found.rows[0].metric == "arm_crossing"
    assert len(found.goals) == 1


def test_no_measure_is_in_two_families_and_none_is_lost() -> None:
    named = [metric for family in FAMILIES for metric in family]
    assert len(named) == len(set(named))
    for metric in knowledge().repeatability:
        name = metric if metric in ("cadence", "trunk_lean") else f"{metric}_left"
        found = compare([of(**{name: 10.0})], [of(**{name: 30.0})])
        assert [row.metric for row in summarize(found).rows] == [metric]


def test_what_is_worked_out_from_a_measure_has_no_row_beside_it() -> None:
    rhythm = ("cadence", "step_rate_normalized", "load_per_km", "step_time")
    bounce = ("contact_time", "step_impulse", "peak_force", "vertical_stiffness", "leg_stiffness")
    before = dict.fromkeys((*rhythm, *bounce), 10.0)
    after = dict.fromkeys(before, 20.0)
    rows = summarize(compare([of(**before)], [of(**after)])).rows
    assert {row.metric for row in rows} == {"cadence", "contact_time"}


def test_bars_leave_the_grey_exactly_where_the_change_is_real() -> None:
    before, after = of(cadence=160.0, trunk_lean=8.0), of(cadence=173.4, trunk_lean=8.2)
    for row in summarize(compare([before], [after])).rows:
        (bar,) = row.bars
        inside = bar.error_low <= bar.value <= bar.error_high
        assert inside == (row.told == "cannot tell")
        assert 0 <= min(bar.low, bar.error_low) < max(bar.high, bar.error_high) <= 100
        assert bar_svg(row).count("<circle") == 1


@pytest.mark.parametrize(
    ("after", "progress"), [(178.5, "reached"), (182.0, "reached"), (188.7, "beyond the goal")]
)
def test_more_than_was_asked_for_is_not_reached(after: float, progress: str) -> None:
    (found,) = compare([of(cadence=170.0)], [of(cadence=after)], [parse_goal("cadence=+5%")]).goals
    assert found.progress == progress
    assert ("go back" in found.wording) == (progress != "reached")


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[RunFolder, RunFolder]:
    """Two runs of one runner, drawn as lines."""
    base = tmp_path_factory.mktemp("pair")
    settings = Settings(runner="Anna <b>", speed_mps=3.0)
    runs = [
        examples.kept_run(base / name, {name: fake_backend.runner()}, settings)
        for name in ("first", "second")
    ]
    return runs[0], runs[1]


def test_the_sheet_is_one_page_with_both_pictures(pair: tuple[RunFolder, RunFolder]) -> None:
    comparison = compare(*([read_analysis(run.path)] for run in pair), [parse_goal("cadence=+5%")])
    sheet = collect_sheet(*([run] for run in pair), comparison)
    assert [p.when for p in sheet.pictures] == ["Before", "After"]
    reader = PdfReader(io.BytesIO(sheet_pdf(sheet)))
    (paper,) = reader.pages
    said = " ".join(paper.extract_text().split())
    for words in ("Anna <b>", "cannot tell", "Goal", "Before", "After", "What changed"):
        assert words in said
    assert len(paper.images) >= 1  # of one track both are the same picture, kept once
    document = sheet_html(sheet).decode()
    assert "Anna &lt;b&gt;" in document
    assert "<script" not in document
    assert not re.search(r"(src|href)=.https?:", document)


def test_visits_of_several_videos_have_a_sheet_with_pictures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tracks = {"right": fake_backend.runner(), "left": fake_backend.runner().mirrored()}
    settings = Settings(runner="Anna", speed_mps=3.0)
    runs = [examples.kept_run(tmp_path / name, tracks, settings) for name in ("first", "second")]
    before, after = ((run, read_analysis(run.path)) for run in runs)
    pairs = paired_runs(before, after)
    assert [(a.path.name, b.path.name) for a, b in pairs] == [("right",) * 2, ("left",) * 2]
    out = tmp_path / "out"
    assert main(["compare", *(str(run.path) for run in runs), "--report", "--out", str(out)]) == 0
    assert "No video side by side" in capsys.readouterr().err  # nothing was drawn
    assert (out / "before-after.html").read_text(encoding="utf-8").count("data:image/jpeg") == 2


def test_an_emergency_is_all_the_sheet_says(
    pair: tuple[RunFolder, RunFolder], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import shutil

    warned = RunFolder(tmp_path / "warned")
    shutil.copytree(pair[1].path, warned.path)
    outcome = evaluate({"clot": "breathless"})
    analysis = read_analysis(warned.path).model_copy(update={"outcome": outcome})
    warned.save_analysis(analysis)
    before = read_analysis(pair[0].path)
    sheet = collect_sheet([pair[0]], [warned], compare([before], [analysis]))
    document = sheet_html(sheet).decode()
    assert "Call the emergency number now." in document
    assert "cadence" not in document.lower()
    assert len(PdfReader(io.BytesIO(sheet_pdf(sheet))).pages) == 1
    first, second = str(pair[0].path), str(warned.path)
    for command in (
        ["compare", first, second, "--out", str(tmp_path / "x")],
        ["history", first, second],
        ["goal", second, "cadence=+5%"],
    ):
        capsys.readouterr()
        assert main(command) == 1
        told = capsys.readouterr()
        assert "Call the emergency number now." in told.err
        assert told.out == ""


def test_the_command_writes_the_sheet_and_refuses_one_run_twice(
    pair: tuple[RunFolder, RunFolder], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = (str(run.path) for run in pair)
    out = tmp_path / "out"
    assert main(["compare", first, second, "--report", "--no-video", "--out", str(out)]) == 0
    assert {p.name for p in out.iterdir()} == {
        RECORD,
        "comparison.json",
        "before-after.html",
        "before-after.pdf",
    }
    headline = "No change can be told for sure"
    assert capsys.readouterr().out.startswith(headline)
    assert main(["compare", first, first, "--out", str(out)]) == 2
    assert "both before and after" in capsys.readouterr().err
