"""What leaves the machine is three files that name nobody, and gaitlens reads them as truth."""

from __future__ import annotations

import re
import shutil
import tomllib
import zipfile
from pathlib import Path

import numpy as np
import pytest
import synthetic
from columns import with_also

from gait.analysis.analyze import analyze_track
from gait.cli import main as cli
from gait.export import donate
from gait.export.donate import POINTS
from gait.io import read_npz
from gait.io.analysis_file import read_analysis
from gait.io.run_folder import RunFolder
from gait.settings import Settings
from gait.types import OutputError, UsageError
from gait.validation.truth import TRACKS, Truth, known_videos

GOLDEN = Path(__file__).parent / "golden" / "v1" / "side_normal"
SECRET = "Anna_Svensson_2026-05-01"
"""In the name of the run, of the video, in settings and in the names of points and steps."""


def named_run(folder: Path, name: str) -> RunFolder:
    """A run with a name wherever one can be, and with everything a run folder may hold."""
    run = RunFolder(folder / SECRET)
    run.path.mkdir()
    track, _ = read_npz(TRACKS / name / "pose.npz")
    box = {f"person_1_{side}": np.zeros(len(track)) for side in ("x0", "y0", "x1", "y1")}
    track = with_also(track, {"person_chosen": np.ones(len(track)), **box})
    video = read_analysis(GOLDEN).video.model_copy(update={"name": f"{SECRET}.mp4"})
    settings = Settings(
        speed_mps=3.0, height_m=1.84, sex="female", runner=SECRET, shoes=SECRET, blur_face=True
    )
    run.save_track(track, SECRET)
    run.save_analysis(analyze_track(track, settings, video))
    (run.path / "video.mp4").write_bytes(b"footage")
    (run.path / "people.png").write_bytes(b"faces")
    (run.path / "answers.toml").write_text("pain = 'yes'")
    return run


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    return named_run(tmp_path_factory.mktemp("made"), "mocap_rbds001_side_2.5")


@pytest.fixture
def run(made: RunFolder, tmp_path: Path) -> RunFolder:
    return RunFolder(Path(shutil.copytree(made.path, tmp_path / SECRET)))


def test_three_files_leave_and_nothing_else(run: RunFolder, tmp_path: Path) -> None:
    out = tmp_path / "out"
    files = donate(run, out)
    assert {path.name for path in files} == {"pose.npz", "truth.toml", "consent.txt"}
    assert set(out.rglob("*")) == {*files, files[0].parent}


def test_nobody_is_named(run: RunFolder, tmp_path: Path) -> None:
    files = donate(run, tmp_path / "out")
    secrets = (SECRET, "Anna", read_analysis(run.path).video.sha256, str(tmp_path))
    for path in files:
        texts = [path.parent.name, path.name]
        if path.suffix == ".npz":
            with zipfile.ZipFile(path) as archive:
                assert {info.date_time[0] for info in archive.infolist()} == {1980}
                assert not archive.comment
            with np.load(path) as arrays:
                texts += [*arrays.files, str(arrays["meta"])]
                kinds = {name: arrays[name].dtype.kind for name in arrays.files}
            assert set(kinds.values()) == {"f", "U"}
            assert [name for name, kind in kinds.items() if kind == "U"] == ["meta"]
        else:
            texts.append(path.read_text(encoding="utf-8"))
        for secret in secrets:
            assert not [text for text in texts if secret in text], path.name


def test_no_face_no_fingers_no_other_people(run: RunFolder, tmp_path: Path) -> None:
    given, key = read_npz(donate(run, tmp_path / "out")[0])
    assert key == ""
    assert set(given.names) <= set(POINTS)
    assert not re.search("nose|eye|ear|mouth|index(?<!foot_index)|thumb|pinky", " ".join(POINTS))
    assert given.signals.people is None


@pytest.mark.parametrize("name", ["mocap_rbds001_side_2.5", "mocap_rbds014_rear_2.5"])
def test_the_points_given_are_worth_what_all_were(tmp_path: Path, name: str) -> None:
    run = named_run(tmp_path, name)
    analysis = read_analysis(run.path)
    given, _ = read_npz(donate(run, tmp_path / "out")[0])
    again = analyze_track(given, analysis.settings, analysis.video)
    assert again.summaries == analysis.summaries
    assert again.events == analysis.events


def test_it_is_a_video_with_a_truth(run: RunFolder, tmp_path: Path) -> None:
    files = donate(run, tmp_path / "out")
    (known,) = known_videos(tmp_path / "out")
    assert known.source == files[0].parent
    assert not known.truth.values
    assert known.truth.plane == read_analysis(run.path).view.plane
    assert known.truth.settings == Settings(speed_mps=3.0, height_m=1.84, sex="female")


def test_every_block_of_the_form_can_be_filled_in(run: RunFolder, tmp_path: Path) -> None:
    _, form, _ = donate(run, tmp_path / "out")
    text = form.read_text(encoding="utf-8")
    filled = re.sub(r"^# (\[\[|\w+ = )", r"\1", text, flags=re.MULTILINE)
    form.write_text(filled, encoding="utf-8")
    truth = Truth.read(form)
    assert {value.metric for value in truth.values} == {"cadence", "pelvic_drop"}
    assert {event.kind for event in truth.events} == {"strike", "off"}


def test_settings_of_words_and_pairs_are_toml(run: RunFolder, tmp_path: Path) -> None:
    analysis = read_analysis(run.path)
    told = Settings(surface="treadmill", standing_s=(0.5, 1.5), time_scale=4.0)
    run.save_analysis(analysis.model_copy(update={"settings": told}))
    _, form, _ = donate(run, tmp_path / "out")
    assert Settings.model_validate(tomllib.loads(form.read_text())["settings"]) == told


def test_points_of_another_program_bring_no_names(tmp_path: Path) -> None:
    track, _ = synthetic.runner(60, 6)
    run = RunFolder(tmp_path / "run")
    run.path.mkdir()
    foreign = track.with_(steps=(f"read from {SECRET}.trc",))
    run.save_track(foreign, "")
    info = read_analysis(GOLDEN).video
    run.save_analysis(analyze_track(foreign, Settings(), info))
    given, _ = read_npz(donate(run, tmp_path / "out")[0])
    assert given.steps == ("points of another program",)
    assert not given.columns()


def test_a_form_that_was_filled_in_is_not_written_over(run: RunFolder, tmp_path: Path) -> None:
    _, form, _ = donate(run, tmp_path / "out")
    form.write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match="exists already"):
        donate(run, tmp_path / "out")
    assert form.read_text(encoding="utf-8") == "mine"


def test_several_videos_are_given_one_by_one(run: RunFolder, tmp_path: Path) -> None:
    analysis = read_analysis(run.path)
    run.save_analysis(analysis.model_copy(update={"parts": (analysis, analysis)}))
    with pytest.raises(UsageError, match="several videos"):
        donate(run, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_command_says_what_it_wrote_and_that_nothing_was_sent(
    run: RunFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["export", str(run.path), "--donate", "--out", str(tmp_path / "out")]) == 0
    said = capsys.readouterr().out
    written = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert all(str(path) in said for path in written)
    assert "Nothing was sent" in said


@pytest.mark.parametrize("options", [[], ["--donate", "--format", "csv"]])
def test_one_of_format_and_donate_is_needed(
    run: RunFolder, options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["export", str(run.path), *options]) == 2
    assert "--donate" in capsys.readouterr().err
