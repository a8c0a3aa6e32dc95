"""The command line and the run it starts, with a pose backend that needs no model."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import MagicMock

import examples
import fake_backend
import numpy as np
import pytest
from columns import with_only

from gait import pipeline, resources
from gait.analysis.interpret.questionnaire import Answers, evaluate
from gait.analysis.results import Analysis
from gait.cli import doctor
from gait.cli import main as cli
from gait.cli.analyze import SAMPLES_MPS
from gait.io.analysis_file import read_analysis
from gait.io.ours import RECORD
from gait.io.run_folder import RunFolder
from gait.settings import PoseSettings, Settings
from gait.types import OutputError, PersonError, PoseTrack, VideoInfo


@dataclass
class FakeBackend:
    """Gives the same track for every video and counts how often it is asked."""

    asked: list[Path] = field(default_factory=list)
    answer: PoseTrack = field(default_factory=examples.track)
    before: Callable[[], object] = lambda: None

    def fingerprint(self, settings: PoseSettings) -> str:
        return settings.model

    def track(
        self,
        path: Path,
        settings: PoseSettings,
        *,
        workers: int | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> PoseTrack:
        self.asked.append(path)
        if progress is not None:
            for done in (0, len(self.answer)):
                progress(done, len(self.answer))
        self.before()
        return self.answer


@pytest.fixture(autouse=True)
def backend(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeBackend:
    """Run in an empty folder, with the fake backend and an analysis that only echoes its input."""
    fake = FakeBackend()

    def analyze_track(
        _: PoseTrack, settings: Settings, video: VideoInfo | None, answers: Answers | None
    ) -> Analysis:
        return examples.analysis(
            video=video,
            settings=settings.model_dump(mode="json"),
            intake=answers,
            outcome=None if answers is None else evaluate(answers),
        )

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(pipeline, "get_backend", lambda _: fake)
    monkeypatch.setattr("gait.analysis.analyze.analyze_track", analyze_track)
    return fake


@pytest.fixture
def video(tmp_path: Path) -> Path:
    return examples.video(tmp_path / "run.mp4")


def left_behind(folder: Path, *expected: Path) -> set[str]:
    """Everything below the folder but what is expected."""
    return {str(p) for p in folder.rglob("*") if p not in expected}


def the_line(capsys: pytest.CaptureFixture[str]) -> str:
    """The one line on standard error; nothing is on standard output."""
    out, err = capsys.readouterr()
    assert out == ""
    (line,) = err.splitlines()
    assert line.startswith("gait: ")
    return line


# ------------------------------------------------------------------------------------- a good run


@pytest.mark.parametrize("arguments", [[], ["--help"]])
def test_the_bare_command_shows_what_to_type(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(arguments) == 0
    shown = capsys.readouterr().out
    assert "Commands:" in shown
    assert len(re.findall(r"^    gait (app|analyze|compare)\b", shown, re.MULTILINE)) == 3


def test_a_run_writes_its_folder_and_prints_the_table(
    video: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["analyze", str(video)]) == 0
    out, err = capsys.readouterr()
    assert {p.name for p in Path("gait_runs/run").iterdir()} == {
        RECORD,
        "analysis.json",
        "pose.npz",
        "strides.parquet",
        "overlay.mp4",
    }
    assert "Cadence" in out
    assert "gait_runs/run" in out
    assert err.splitlines() == ["gait: run.mp4: pose", "gait: run.mp4: overlay"]


def test_json_is_all_that_is_printed(video: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["analyze", str(video), "--json", "--out", "here", "--no-overlay"]) == 0
    printed = Analysis.model_validate(json.loads(capsys.readouterr().out))
    assert printed == read_analysis(Path("here"))
    assert not Path("here/overlay.mp4").exists()


def test_several_videos_print_a_list_and_one_that_fails_does_not_stop_the_rest(
    video: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = examples.video(tmp_path / "later.mp4", shade=90)
    argv = ["analyze", str(video), "missing.mp4", str(other), "--json", "--out", "all"]
    assert cli.main(argv) == 1
    out, err = capsys.readouterr()
    assert [document["video"]["name"] for document in json.loads(out)] == ["run.mp4", "later.mp4"]
    assert "missing.mp4" in err
    assert {p.name for p in Path("all").iterdir()} == {"run", "later"}


def test_videos_of_one_run_become_one_result(
    video: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = examples.video(tmp_path / "rear.mp4", shade=90)
    argv = ["analyze", str(video), str(other), "--together", "--no-overlay"]
    assert cli.main(argv) == 0
    out, err = capsys.readouterr()
    assert "In gait_runs/run+rear: analysis.json, rear, run, strides.parquet" in out
    assert err.splitlines() == ["gait: together: run.mp4 pose", "gait: together: rear.mp4 pose"]
    both = read_analysis(Path("gait_runs/run+rear"))
    assert both.parts == tuple(
        read_analysis(Path("gait_runs/run+rear", n)) for n in ("run", "rear")
    )
    assert cli.main([*argv, "--json"]) == 0
    assert Analysis.model_validate_json(capsys.readouterr().out) == both


def test_one_video_cannot_be_merged_with_itself(video: Path, backend: FakeBackend) -> None:
    assert cli.main(["analyze", str(video), str(video), "--together"]) == 2
    assert backend.asked == []
    assert not Path("gait_runs").exists()


def test_videos_of_the_same_name_do_not_overwrite_each_other(tmp_path: Path) -> None:
    videos = [
        examples.video(tmp_path / "monday" / "run.mp4", shade=10),
        examples.video(tmp_path / "friday" / "run.mp4", shade=200),
        (tmp_path / "monday" / "run.mov"),
    ]
    videos[2].write_bytes(videos[0].read_bytes())
    for _ in range(2):  # the second time every video finds its own folder again
        assert cli.main(["analyze", *map(str, videos), "--out", "all"]) == 0
        runs = [read_analysis(p).video for p in Path("all").iterdir()]
        assert len(runs) == 3
        assert sorted(v.name for v in runs if v) == ["run.mov", "run.mp4", "run.mp4"]
        assert len({v.sha256 for v in runs if v}) == 2


def test_options_go_before_the_settings_file(video: Path, tmp_path: Path) -> None:
    toml = tmp_path / "settings.toml"
    toml.write_text('view = "rear"\nspeed_mps = 2.5\nheight_m = 1.7\n[pose]\nmodel = "lite"\n')
    argv = ["analyze", str(video), "--settings", str(toml), "--view", "auto", "--speed", "3.1"]
    assert cli.main([*argv, "--sex", "female", "--time-scale", "8", "--out", "here"]) == 0
    used = Settings.model_validate(read_analysis(Path("here")).settings)
    assert used == Settings(
        view=None,
        speed_mps=3.1,
        height_m=1.7,
        sex="female",
        time_scale=8,
        pose=PoseSettings(model="lite"),
    )


def test_pose_runs_again_only_for_another_model_or_video(video: Path, backend: FakeBackend) -> None:
    def times_asked(*options: str) -> int:
        assert cli.main(["analyze", str(video), "--out", "here", *options]) == 0
        return len(backend.asked)

    assert times_asked() == 1
    assert times_asked("--speed", "3") == 1
    assert read_analysis(Path("here")).settings.speed_mps == 3
    assert times_asked("--model", "lite") == 2
    examples.video(video, shade=77)
    assert times_asked("--model", "lite") == 3


def test_a_report_that_goes_with_the_earlier_result_is_named(
    video: Path, backend: FakeBackend, capsys: pytest.CaptureFixture[str]
) -> None:
    analyze = ["analyze", str(video), "--out", "here", "--no-overlay"]
    assert cli.main([*analyze, "--report"]) == 0
    assert "went with it" not in capsys.readouterr().err
    assert cli.main([*analyze, "--speed", "3"]) == 0
    assert "report.html told of the earlier result and went with it" in capsys.readouterr().err
    assert cli.main([*analyze, "--speed", "3"]) == 0
    assert "went with it" not in capsys.readouterr().err


def test_demo_analyses_both_samples_and_says_where_the_overlay_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for shade, name in enumerate(SAMPLES_MPS):
        examples.video(tmp_path / "sample_videos" / f"{name}.mp4", shade=shade)
    monkeypatch.setattr(resources, "__file__", str(tmp_path / "gait" / "resources.py"))
    assert cli.main(["demo"]) == 0
    out = capsys.readouterr().out
    for name, speed_mps in SAMPLES_MPS.items():
        assert f"In gait_runs/{name}: analysis.json, overlay.mp4" in out
        assert read_analysis(Path("gait_runs", name)).settings.speed_mps == speed_mps
    (report,) = re.findall(r"Open (\S+) in a browser", out)
    assert Path(report).is_file()


def test_demo_without_samples_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(resources, "__file__", str(tmp_path / "gait" / "resources.py"))
    assert cli.main(["demo"]) == 2
    assert "side_normal.mp4" in the_line(capsys)


@pytest.mark.parametrize(("ok", "code"), [(True, 0), (False, 1)])
def test_doctor_fails_when_something_is_wrong(
    ok: bool, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    checks = (
        doctor.Check("Python", True, "3.11"),
        doctor.Check("model", ok, "detail", None if ok else "Install it."),
    )
    monkeypatch.setattr(doctor, "check", lambda: checks)
    assert cli.main(["doctor"]) == code
    assert ("Install it." in capsys.readouterr().out) is not ok


# ------------------------------------------------------------------------------- what can go wrong


def folder(path: Path) -> None:
    path.mkdir()


def empty(path: Path) -> None:
    path.touch()


def text(path: Path) -> None:
    path.write_text("My training diary. " * 50)


def truncated(path: Path) -> None:
    examples.video(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def one_frame(path: Path) -> None:
    examples.video(path, n_frames=1)


def half_a_second(path: Path) -> None:
    examples.video(path, n_frames=15)


def missing(path: Path) -> None:
    assert not path.exists()


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (missing, 2),
        (folder, 2),
        (empty, 1),
        (text, 1),
        (truncated, 1),
        (one_frame, 1),
        (half_a_second, 1),
    ],
)
def test_a_bad_video_is_one_line_and_leaves_nothing(
    make: Callable[[Path], None],
    code: int,
    tmp_path: Path,
    backend: FakeBackend,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "bad.mp4"
    make(path)
    assert cli.main(["analyze", str(path), "--json"]) == code
    assert "bad.mp4" in the_line(capsys)
    assert backend.asked == []
    assert left_behind(tmp_path, path) == set()


@pytest.mark.parametrize(("seen", "said"), [(0, "in no frame"), (20, "in only 20 of 45 frames")])
def test_a_video_with_hardly_a_person_leaves_nothing(
    seen: int,
    said: str,
    video: Path,
    tmp_path: Path,
    backend: FakeBackend,
    capsys: pytest.CaptureFixture[str],
) -> None:
    backend.answer = examples.track(n_missing=45 - seen)
    assert cli.main(["analyze", str(video), "--json"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err.splitlines()[-1]
    assert left_behind(tmp_path, video) == set()


def test_a_folder_that_cannot_be_written_is_found_out_before_the_pose(
    video: Path, backend: FakeBackend, capsys: pytest.CaptureFixture[str]
) -> None:
    # Root may write anywhere, but nobody can make a folder below a file.
    assert cli.main(["analyze", str(video), "--out", str(video / "run")]) == 1
    assert f"{video} is a file, not a folder. Choose a folder with --out DIR." in the_line(capsys)
    assert backend.asked == []


@pytest.mark.parametrize(
    "command",
    [
        ["analyze", "run.mp4", "--out"],
        ["export", "made", "--format", "csv", "--out"],
        ["compare", "made", "second", "--out"],
        ["batch", "run.mp4", "--out"],
        ["validate", "--tracks", "--out"],
    ],
    ids=lambda command: command[0],
)
def test_a_file_is_no_folder_for_results(
    command: list[str],
    video: Path,
    backend: FakeBackend,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("gait.validation.known_videos", lambda _: ())
    examples.kept_run(Path("made"), {"made": fake_backend.runner()}, Settings())
    examples.kept_run(Path("second"), {"second": fake_backend.runner()}, Settings())
    Path("taken.txt").write_text("mine")
    assert cli.main([*command, "taken.txt"]) == 1
    assert "taken.txt is a file, not a folder. Choose a folder with --out" in the_line(capsys)
    assert Path("taken.txt").read_text() == "mine"
    assert backend.asked == []


@pytest.mark.parametrize("command", [["report"], ["export", "--format", "csv"], ["goal"]])
@pytest.mark.parametrize(
    ("make", "said"),
    [
        (missing, "There is no folder here.mp4. Check the path."),
        (text, "here.mp4 is a file, not a run folder. Give the folder that"),
        (folder, "here.mp4 holds no analysis. Give the folder that"),
    ],
)
def test_what_is_no_run_says_why(
    command: list[str],
    make: Callable[[Path], None],
    said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    make(Path("here.mp4"))
    goal = ["cadence=178"] if command == ["goal"] else []
    assert cli.main([*command, "here.mp4", *goal]) == 2
    assert said in the_line(capsys)


def test_an_analysis_that_may_not_be_read_is_not_called_damaged(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def closed(path: Path, *_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    examples.kept_run(Path("made"), {"made": fake_backend.runner()}, Settings())
    monkeypatch.setattr(Path, "open", closed)  # root may read all
    assert cli.main(["report", "made"]) == 2
    assert "made/analysis.json may not be read. Change its permissions" in the_line(capsys)


def test_a_failed_overlay_leaves_the_analysis_and_no_video(
    video: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from gait.render import overlay

    def fail(*_: object) -> None:
        raise OutputError("The disk is full.", "Make room.")

    monkeypatch.setattr(overlay, "write_overlay", fail)
    assert cli.main(["analyze", str(video), "--out", "here"]) == 1
    assert capsys.readouterr().err.splitlines()[-1] == "gait: The disk is full. Make room."
    assert left_behind(Path("here"), Path("here", RECORD)) == {
        "here/analysis.json",
        "here/pose.npz",
        "here/strides.parquet",
    }


def test_an_analysis_that_fails_keeps_the_pose(
    video: Path, backend: FakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("gait.analysis.analyze.analyze_track", lambda *_: 1 / 0)
        assert cli.main(["analyze", str(video), "--out", "here"]) == 1
    assert left_behind(Path("here"), Path("here", RECORD)) == {"here/pose.npz"}
    assert cli.main(["analyze", str(video), "--out", "here"]) == 0
    assert len(backend.asked) == 1


def interrupt(*_: object, **__: object) -> None:
    """As Ctrl-C does."""
    raise KeyboardInterrupt


def test_an_interruption_is_one_line_and_leaves_nothing(
    video: Path, tmp_path: Path, backend: FakeBackend, capsys: pytest.CaptureFixture[str]
) -> None:
    backend.before = interrupt
    assert cli.main(["analyze", str(video)]) == 130
    assert capsys.readouterr().err.splitlines() == [
        "gait: run.mp4: pose",
        "gait: stopped. What was finished is kept, and nothing is left half-written.",
    ]
    assert left_behind(tmp_path, video) == set()


@pytest.mark.parametrize(
    ("argv", "where", "said"),
    [
        (["report", "run", "--pdf"], "gait.report.write_report", "What was finished is kept"),
        (["validate", "--tracks"], "gait.validation.known_videos", "What was finished is kept"),
        (
            ["batch", "run.mp4", "--out", "all"],
            "gait.batch.schedule.work_through",
            "The same command goes on from here.",
        ),
        (["live", "run.mp4"], "gait.jobs.live.readings", "Of a live view nothing is kept."),
    ],
    ids=lambda part: part[0] if isinstance(part, list) else "",
)
def test_whatever_is_interrupted_says_so_once(
    argv: list[str],
    where: str,
    said: str,
    video: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("gait.pose.blazepose.BlazePose", MagicMock())
    monkeypatch.setattr("gait.pose.weights.resolve", lambda *_: None)
    monkeypatch.setattr(where, interrupt)
    assert cli.main(argv) == 130
    assert the_line(capsys).startswith(f"gait: stopped. {said}")


@pytest.mark.parametrize(("options", "traceback"), [([], False), (["--debug"], True)])
def test_a_bug_shows_a_traceback_only_on_request(
    options: list[str],
    traceback: bool,
    video: Path,
    backend: FakeBackend,
    capsys: pytest.CaptureFixture[str],
) -> None:
    backend.before = lambda: [][1]
    assert cli.main([*options, "analyze", str(video)]) == 1
    err = capsys.readouterr().err
    assert ("Traceback" in err) is traceback
    assert "unexpected IndexError" in err.splitlines()[-1]
    assert "--debug" in err.splitlines()[-1]


@pytest.mark.parametrize(("options", "noise"), [([], False), (["--debug"], True)])
def test_native_libraries_are_silent_unless_debugging(
    options: list[str],
    noise: bool,
    video: Path,
    backend: FakeBackend,
    capfd: pytest.CaptureFixture[str],
) -> None:
    backend.before = lambda: os.write(2, b"W0000 inference_feedback_manager.cc\n")
    assert cli.main([*options, "analyze", str(video)]) == 0
    err = capfd.readouterr().err
    assert ("W0000" in err) is noise
    assert "gait: run.mp4: pose" in err


@pytest.mark.parametrize(
    "argv",
    [
        ["analyse"],
        ["analyze"],
        ["analyze", "run.mp4", "--sped", "3"],
        ["analyze", "run.mp4", "--speed", "fast"],
        ["analyze", "run.mp4", "--speed", "99"],
        ["analyze", "run.mp4", "--height", "178"],
        ["analyze", "run.mp4", "--view", "top"],
        ["analyze", "run.mp4", "--time-scale", "slow"],
        ["analyze", "run.mp4", "--workers", "0"],
        ["analyze", "run.mp4", "--settings", "missing.toml"],
    ],
)
def test_bad_usage_is_one_line(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(argv) == 2
    the_line(capsys)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            ["--time-scale", "slow"],
            "--time-scale has to be a number, not 'slow'. Give a value such",
        ),
        (["--time-scale", "0"], "--time-scale has to be above 0. Give a value such as 8."),
        (["--person", "101"], "--person has to be at most 100. Give a value such as 2."),
    ],
)
def test_an_option_that_cannot_be_says_how_it_is_written(
    options: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["analyze", "run.mp4", *options]) == 2
    assert said in the_line(capsys)


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["live", "v.mp4", "--target", "abc"], "--target has to be a number, not 'abc'."),
        (["app", "--port", "abc"], "--port has to be a whole number, not 'abc'."),
        (["app", "--port", "99999"], "--port has to be at most 65535."),
        (["analyze", "v.mp4", "--person", "0"], "--person has to be at least 1."),
        (["analyze", "v.mp4", "--view", "top"], "--view cannot be used: 'top' is not one of"),
        (["goal", "run", "cadence=178", "--minutes", "x"], "--minutes has to be a number"),
        (["analyse"], "No such command 'analyse'. Did you mean 'analyze'? See"),
    ],
)
def test_arguments_are_refused_in_our_words(
    argv: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(argv) == 2
    line = the_line(capsys)
    assert said in line
    assert line.endswith(" See `gait --help`.")
    assert ".." not in line


@pytest.mark.parametrize("command", ["analyze", "check", "batch", "compare"])
def test_a_file_that_may_not_be_read_is_said_so(
    command: str,
    video: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.R_OK)  # root may read all
    assert cli.main([command, str(video)]) == 2
    assert f"{video} may not be read. Change its permissions or copy it." in the_line(capsys)


def test_help_loads_nothing_heavy() -> None:
    heavy = {"av", "cv2", "mediapipe", "numpy", "pandas", "pyarrow", "scipy"}
    code = (
        "import sys; from gait.cli.main import main; main(['analyze', '--help']);"
        f"sys.exit(', '.join({heavy} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(cli.__file__).parents[2],
    )
    assert done.stderr.strip() == ""
    assert "--time-scale" in done.stdout


# ------------------------------------------------------------------------------------- the function


def test_analyze_needs_only_a_video_and_settings(video: Path) -> None:
    stages: list[tuple[str, int, int]] = []

    def note(stage: str, done: int, total: int) -> None:
        stages.append((stage, done, total))

    found = pipeline.analyze(video, Settings(), progress=note)
    run = RunFolder(Path("gait_runs/run"))
    assert read_analysis(run.path) == found
    assert {stage for stage, *_ in stages} == {"pose", "overlay"}
    assert stages[-1] == ("overlay", 45, 45)
    np.testing.assert_array_equal(np.load(run.pose)["xy"], examples.track().xy)


# ------------------------------------------------------------------------------- questionnaire


def test_answers_are_part_of_the_analysis(video: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("answers.toml").write_text('night = "yes"\n')
    assert cli.main(["analyze", str(video), "--intake", "answers.toml", "--out", "here"]) == 0
    assert read_analysis(Path("here")).intake == {"night": "yes"}
    out, err = capsys.readouterr()
    assert "Stop running and hopping" in " ".join(out.splitlines()[:3])
    assert err.startswith("gait: Stop running and hopping")


def test_app_starts_the_page_with_what_it_was_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr("streamlit.web.cli.main", lambda args, **_: told.extend(args))
    monkeypatch.setenv("GAIT_WORKSPACE", "")
    monkeypatch.setenv("GAIT_VIDEOS", "")
    assert cli.main(["app", "--port", "9000", "--no-browser"]) == 0
    assert Path(told[1]).name == "app.py"
    assert {"--server.address=localhost", "--server.port=9000"} <= set(told)
    assert "--server.allowedHosts=*" not in told
    assert os.environ["GAIT_WORKSPACE"] == str(tmp_path / "gait_runs")
    told.clear()
    for name in "ab":
        (tmp_path / name).mkdir()
    assert cli.main(["app", "--host", "0.0.0.0", "--videos", "a", "--videos", "b"]) == 0
    assert {"--server.address=0.0.0.0", "--server.allowedHosts=*"} <= set(told)
    assert os.environ["GAIT_VIDEOS"] == os.pathsep.join(str(tmp_path / name) for name in "ab")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--videos", "missing"], "missing is not there. Check the path after --videos."),
        (["--videos", "run.mp4"], "run.mp4 is a file, not a folder. Check the path after --videos"),
        (
            ["--workspace", "run.mp4"],
            "run.mp4 is not a folder. Give a folder with --workspace DIR.",
        ),
    ],
)
def test_app_says_at_once_which_folder_it_cannot_use(
    arguments: list[str], said: str, video: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["app", "--no-browser", "--port", "8765", *arguments]) == 2
    assert said in the_line(capsys)


@pytest.mark.parametrize("workspace", [".", "not/made/yet"])
def test_app_does_not_start_where_it_cannot_write(
    workspace: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def closed(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("streamlit.web.cli.main", interrupt)
    monkeypatch.setattr("tempfile.TemporaryFile", closed)  # root may write everywhere
    assert cli.main(["app", "--no-browser", "--port", "8765", "--workspace", workspace]) == 2
    line = the_line(capsys)
    assert "Nothing can be written in" in line
    assert "Permission denied. Give a folder with room" in line
    assert "--workspace DIR" in line


def test_two_runners_are_a_question_with_a_picture(
    backend: FakeBackend, video: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    corners = zip(("x0", "y0", "x1", "y1"), (0.1, 0.1, 0.4, 0.9), strict=True)
    boxes = {f"person_1_{name}": np.full(len(backend.answer), share) for name, share in corners}

    def ask() -> None:
        error = PersonError("2 people run in this video.", "Choose one with --person 1 or 2.")
        error.track = with_only(backend.answer, {**boxes, "person_chosen": 0})
        raise error

    backend.before = ask
    assert cli.main(["analyze", str(video), "--out", "run"]) == 1
    said = capsys.readouterr().err
    assert "--person 1 or 2. run/people.png shows who is who." in said
    assert {p.name for p in Path("run").iterdir()} == {RECORD, "people.png"}

    backend.before = lambda: None
    backend.answer = with_only(backend.answer, {**boxes, "person_chosen": 0})
    assert cli.main(["analyze", str(video), "--out", "run", "--person", "2", "--no-overlay"]) == 0
    assert read_analysis(Path("run")).settings.pose.person == 2
    assert "people.png" in capsys.readouterr().out
