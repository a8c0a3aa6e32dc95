"""`gait compare`, `gait goal` and `gait history` on run folders."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fake_backend import FakeBackend
from fake_backend import video as write_video

from gait import Comparison, pose
from gait.cli.main import main
from gait.comparison.goals import kept_goals
from gait.io.ours import RECORD
from gait.io.run_folder import RunFolder
from gait.pipeline import analyze
from gait.settings import PoseSettings, Settings


@pytest.fixture(scope="module")
def analysed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two run folders of a runner made of equations, overlay included."""
    pose.register("fake", FakeBackend)
    base = tmp_path_factory.mktemp("runs")
    for name, shade in (("first", 0), ("second", 60)):
        settings = Settings(pose=PoseSettings(backend="fake"), speed_mps=3.0, height_m=1.75)
        analyze(write_video(base / f"{name}.mp4", shade=shade), settings, out=base / name)
    return base / "first", base / "second"


@pytest.fixture
def runs(
    analysed: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[str, str]:
    monkeypatch.chdir(tmp_path)
    for run in analysed:
        (run / "goals.json").unlink(missing_ok=True)
    return str(analysed[0]), str(analysed[1])


def test_two_videos_of_one_runner(
    runs: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", *runs]) == 0
    out = capsys.readouterr().out
    assert "Real changes: 0 of" in out
    folder = tmp_path / "gait_runs" / "compare-first-second"
    assert {p.name for p in folder.iterdir()} == {RECORD, "comparison.json", "in_step.mp4"}


def test_videos_are_analysed_once_and_then_known(
    analysed: tuple[Path, Path], runs: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    Path("fake.toml").write_text('[pose]\nbackend = "fake"\n')
    videos = [f"{run}.mp4" for run in runs]
    command = ["compare", *videos, "--no-video"]
    assert main([*command, "--settings", "fake.toml", "--speed", "3"]) == 0
    capsys.readouterr()
    made = Path("gait_runs/first/analysis.json").stat().st_mtime_ns
    assert main(command) == 0
    assert "Real changes: 0 of" in capsys.readouterr().out
    assert Path("gait_runs/first/analysis.json").stat().st_mtime_ns == made


def test_json_and_nothing_else(
    runs: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["compare", runs[0], "--after", runs[1], "--json", "--no-video", "--out", "x"]
    assert main([*command, "--goal", "cadence=+5%"]) == 0
    found = Comparison.model_validate_json(capsys.readouterr().out)
    assert found.goals[0].progress == "no clear change"
    assert found == Comparison.model_validate_json((tmp_path / "x/comparison.json").read_text())


def test_a_goal_is_kept_with_the_run_and_judged_later(
    runs: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["goal", runs[0], "cadence=+5%", "--minutes", "1"]) == 0
    said = capsys.readouterr().out
    assert "metronome.wav" in said
    assert "less and less over some weeks" in " ".join(said.split())  # the dose
    assert (Path(runs[0]) / "metronome.wav").read_bytes()[:4] == b"RIFF"
    assert kept_goals(RunFolder(Path(runs[0])))[0].amount == 5
    assert main(["compare", *runs, "--no-video"]) == 0
    assert "no clear change" in capsys.readouterr().out


def test_a_goal_for_what_was_not_measured_says_why_it_was_not(
    runs: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["goal", runs[0], "pelvic_drop=-2"]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "no value of pelvic_drop. Needs a video from behind" in said


def test_history(runs: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["history", *runs, "--metric", "cadence", "--json"]) == 0
    (trend,) = json.loads(capsys.readouterr().out)
    assert trend["real"] == [False, False]
    assert main(["history", *runs]) == 0
    assert "no change within" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["compare", "RUN"], "which are before and which after"),
        (["compare", "RUN", "RUN", "--fatigue"], "one video"),
        (["compare", "RUN", "--fatigue"], "complete strides"),
        (["compare", "RUN", "RUN", "--goal", "pace=+5"], "no metric"),
        (["compare", "RUN", "nowhere.mp4"], "no file"),
        (["compare", "RUN", "RUN", "--speed", "100"], "A speed of 100 m/s would be 360 km/h"),
        (["goal", "RUN", "pelvic_drop=-2"], "no value"),
        (["goal", "RUN", "cadence=+20%"], "studies asked for"),
        (["goal", "RUN", "cadence=178", "cadence=190"], "'cadence=178' and 'cadence=190' are two"),
        (["goal", "RUN", "overstride=-6", "overstride:left=-3"], "are two goals for one measure"),
        (
            ["compare", "RUN", "RUN", "--goal", "cadence=+5", "--goal", "cadence=+7"],
            "are two goals",
        ),
        (["history", "RUN"], "more than 1 run"),
        (["history", "RUN", "RUN"], "is given twice. Give every run once."),
        (["compare", "RUN", "RUN"], "is both before and after. Give two different runs."),
        (["compare", "RUN", "RUN", "--after", "RUN"], "is given twice"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    arguments: list[str],
    problem: str,
    runs: tuple[str, str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main([runs[0] if a == "RUN" else a for a in arguments]) == 2
    said = capsys.readouterr()
    assert problem in said.err
    assert said.out == ""
    assert len(said.err.splitlines()) == 1


def test_without_overlays_there_is_a_comparison_and_no_video(
    runs: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (bare := tmp_path / "bare").mkdir()
    (bare / "analysis.json").write_bytes((Path(runs[0]) / "analysis.json").read_bytes())
    assert main(["compare", str(bare), runs[1]]) == 0
    assert "No video side by side" in capsys.readouterr().err


def test_a_goal_for_each_leg_is_kept(runs: tuple[str, str]) -> None:
    assert main(["goal", runs[0], "foot_strike_angle:left=-2", "foot_strike_angle:right=-3"]) == 0
    assert [goal.side for goal in kept_goals(RunFolder(Path(runs[0])))] == ["left", "right"]
