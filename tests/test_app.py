"""Every page, run without a browser, with a pose backend that sees a runner made of equations."""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import time
from pathlib import Path

import examples
import fake_backend
import pytest
from streamlit.testing.v1 import AppTest
from waiting import PATIENCE_S, until

from gait import pose
from gait.io.analysis_file import read_analysis
from gait.io.deletion import note_own_copy
from gait.io.kept_run import reopen
from gait.io.npz import read_npz
from gait.io.run_folder import RunFolder
from gait.pipeline import analyze
from gait.present import wording
from gait.report import write_report
from gait.settings import PoseSettings, Settings
from gait.types import Outcome
from gait.ui.pages.library import label
from gait.ui.result.contacts import contacts
from gait.ui.result.details import stride_csv

APP = Path(__file__).resolve().parents[1] / "app.py"
SLOWER = "Slow motion: times slower than life"
FAKE = Settings(pose=PoseSettings(backend="fake"), speed_mps=3.0)


@pytest.fixture(scope="session")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fake_backend.video(tmp_path_factory.mktemp("video") / "anna.mp4")


@pytest.fixture(scope="session")
def analysed(tmp_path_factory: pytest.TempPathFactory, video: Path) -> Path:
    """A finished run, video included, to be copied."""
    pose.register("fake", fake_backend.FakeBackend)
    folder = tmp_path_factory.mktemp("analysed") / "anna"
    analyze(video, FAKE.model_copy(update={"runner": "Anna"}), out=folder)
    shutil.copyfile(video, folder / "video.mp4")
    note_own_copy(RunFolder(folder), folder / "video.mp4")
    return folder


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in fake_backend.install(tmp_path).items():
        monkeypatch.setenv(name, value)
    return tmp_path / "runs"


@pytest.fixture
def run(workspace: Path, analysed: Path) -> RunFolder:
    shutil.copytree(analysed, workspace / "anna")
    return RunFolder(workspace / "anna")


def page(name: str = "analyze", **query: str) -> AppTest:
    if name == "analyze":
        at = AppTest.from_file(APP, default_timeout=PATIENCE_S)
    else:
        at = AppTest.from_string(
            f"from gait.ui.server import main\nmain({name!r})", default_timeout=PATIENCE_S
        )
    for key, value in query.items():
        at.query_params[key] = value
    at.run()
    assert not at.exception
    return at


def section(name: str) -> AppTest:
    at = page(run="anna")
    at.session_state["section"] = name
    at.session_state["foot"] = "left"
    at.run()
    assert not at.exception
    return at


def click(at: AppTest, label: str) -> None:
    button = next(b for b in at.button if b.label == label)
    button.click().run()
    assert not at.exception


def text(at: AppTest) -> str:
    kinds = (at.title, at.header, at.markdown, at.caption, at.error, at.warning, at.info)
    return "\n".join(str(e.value) for kind in (*kinds, at.success) for e in kind)


def type_in(at: AppTest, label: str, words: str) -> None:
    next(field for field in at.text_input if field.label == label).set_value(words).run()
    assert not at.exception


def html(at: AppTest) -> str:
    return "\n".join(str(e.proto.body) for e in at.get("html"))


def upload(at: AppTest, name: str, content: bytes) -> None:
    at.file_uploader[0].set_value((name, content, "video/mp4")).run()
    click(at, "Analyze")


def wait(at: AppTest, *, until_run: bool = True) -> str:
    """Look again, as the page does, until the job is over; the text then."""

    def over() -> bool:
        at.run()
        assert not at.exception
        return "run" in at.query_params or bool(not until_run and (at.error or at.info))

    until(over, "the end of the job")
    return text(at)


def test_an_uploaded_video_becomes_an_answer(workspace: Path, video: Path) -> None:
    at = page()
    type_in(at, "Speed, km/h", "10,8")
    assert "10.8 km/h" in [c.value for c in at.caption]
    upload(at, "My run.mp4", video.read_bytes())
    shown = wait(at)
    analysis = read_analysis(workspace / "My run")
    assert at.title[0].value == "My run"
    assert analysis.settings.speed_mps == pytest.approx(3.0)
    # Its thighs swing back less than those of people: the limits are people's.
    assert "One thing stands out: peak thigh extension is lower than usual." in shown
    assert "170.0 ±" in html(at)  # the cadence of the runner made of equations
    assert "usual 150 to 186" in html(at)  # one range, which ends at the limit
    # Of these ranges, only that of the trunk is one of any speed.
    assert "usual among healthy runners at 10.8 km/h" in shown


@pytest.mark.parametrize("name", ["junk.mp4", "<script>x</script>.mp4"])
def test_junk_gets_a_clear_message_and_leaves_nothing(workspace: Path, name: str) -> None:
    at = page()
    upload(at, name, b"<b>this is no video</b>" * 99)
    wait(at, until_run=False)
    (error,) = at.error
    assert "is not a video" in error.value
    assert "<" not in error.value
    until(lambda: [p.name for p in workspace.rglob("*")] == [".jobs"], "an empty staging folder")


def test_a_path_that_is_no_video_gets_a_message(workspace: Path) -> None:
    at = page()
    for path in ("/etc/../etc/passwd", "/no/such.mp4", str(APP)):
        next(t for t in at.text_input if t.label == "Path of the video").set_value(path).run()
        click(at, "Analyze")
        assert len(at.error) == 1
    assert not list(workspace.rglob("*.mp4"))


def test_two_sessions_do_not_mix(workspace: Path, video: Path, tmp_path: Path) -> None:
    other = fake_backend.video(tmp_path / "other.mp4", shade=60)
    first, second = page(), page()
    upload(first, "same name.mp4", video.read_bytes())
    upload(second, "same name.mp4", other.read_bytes())
    wait(first)
    wait(second)
    runs = [RunFolder(workspace / at.query_params["run"]) for at in (first, second)]
    assert runs[0].path != runs[1].path
    for run, given in zip(runs, (video, other), strict=True):
        assert run.video is not None
        assert run.video.read_bytes() == given.read_bytes()


def test_videos_of_one_day_become_one_result(workspace: Path, video: Path, tmp_path: Path) -> None:
    other = fake_backend.video(tmp_path / "other.mp4", shade=60)
    at = page()
    given = (("side.mp4", video), ("b.mp4", other))
    at.file_uploader[0].set_value([(n, v.read_bytes(), "video/mp4") for n, v in given]).run()
    click(at, "Analyze")
    shown = wait(at)
    visit = RunFolder(workspace / "side+b")
    assert [part.video and part.video.name for part in read_analysis(visit.path).parts] == [
        "side.mp4",
        "b.mp4",
    ]
    assert at.title[0].value == r"side+b"
    assert "measures that matter here" in shown
    assert len([p for p in workspace.iterdir() if not p.name.startswith(".")]) == 1
    at.session_state["section"] = "Settings"
    at.run()
    type_in(at, "Body height, cm", "1,80 m")
    assert not at.exception
    whole = read_analysis(visit.path)
    assert {part.settings.height_m for part in whole.parts} == {1.8}
    below = [read_analysis(file.parent) for file in visit.path.glob("*/pose.npz")]
    assert {part.settings.height_m for part in below} == {1.8}
    for name in ("Video", "Frame by frame", "Curves", "All numbers", "Pain", "Download"):
        at.session_state["section"] = name
        at.run()
        assert not at.exception, name
        assert not at.error, name
    assert write_report(visit, reader="runner").is_file()
    for other_page in ("library", "compare", "batch"):
        assert not page(other_page).error


def test_cancel_in_the_page(workspace: Path, video: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(fake_backend.SLOW, "600")
    at = page()
    upload(at, "slow.mp4", video.read_bytes())
    at.run()
    click(at, "Cancel")
    assert "cancelled" in wait(at, until_run=False)
    assert not list(workspace.glob("*/analysis.json"))


def test_settings_recompute_without_the_pose_model(run: RunFolder) -> None:
    os.environ["FAKE_POSE_TAKES_S"] = "600"
    try:
        pose_before = run.pose.stat().st_mtime_ns
        at = section("Settings")
        type_in(at, "Body height, cm", "180")
        assert read_analysis(run.path).settings.height_m == 1.8
        type_in(at, "Speed, km/h", "5:00 min/km")
        assert read_analysis(run.path).settings.speed_mps == pytest.approx(12 / 3.6)
        assert run.overlay.is_file()  # it shows nothing that has changed
        type_in(at, SLOWER, "1,5")
    finally:
        del os.environ["FAKE_POSE_TAKES_S"]
    analysis = read_analysis(run.path)
    cadence = analysis.summary("cadence")
    assert cadence is not None
    assert cadence.value == pytest.approx(255, abs=1)
    assert run.pose.stat().st_mtime_ns == pose_before
    assert not run.overlay.exists()
    assert not at.exception


def test_settings_that_cannot_be_leave_the_run_as_it_was(run: RunFolder) -> None:
    before = run.analysis.read_bytes()
    at = section("Settings")
    type_in(at, SLOWER, "100")
    assert len(at.error) == 1
    assert run.analysis.read_bytes() == before


@pytest.mark.parametrize(
    ("label", "words", "why"),
    [
        ("Speed, km/h", "108", "A speed of 108 km/h cannot be."),
        ("Speed, km/h", "fast", "'fast' is not a speed."),
        ("Body height, cm", "17,8", "A height of 17,8 cm cannot be."),
        (SLOWER, "two", "'two' is not a number."),
    ],
)
def test_what_cannot_be_used_is_refused_in_words_and_changes_nothing(
    run: RunFolder, label: str, words: str, why: str
) -> None:
    before = run.analysis.read_bytes()
    at = section("Settings")
    type_in(at, label, words)
    (error,) = at.error
    assert error.value.replace("\\", "").startswith(why)
    assert run.analysis.read_bytes() == before
    at = page()
    at.file_uploader[0].set_value(("a.mp4", b"", "video/mp4")).run()
    type_in(at, label, words)
    (button,) = (b for b in at.button if b.label == "Analyze")
    assert button.disabled
    assert len(at.error) == 1


def test_a_decimal_comma_is_no_thousand(run: RunFolder) -> None:
    at = section("Settings")
    type_in(at, "Speed, km/h", "3,2")
    assert read_analysis(run.path).settings.speed_mps == pytest.approx(3.2 / 3.6)
    assert "3.2 km/h" in [c.value for c in at.caption]


def test_opening_settings_changes_nothing(run: RunFolder) -> None:
    before = run.analysis.stat().st_mtime_ns
    section("Settings").run()
    assert run.analysis.stat().st_mtime_ns == before


def test_a_contact_that_began_before_the_video_has_no_initial_contact(run: RunFolder) -> None:
    """It would show, and with one click keep, a toe-off as the moment of landing."""
    analysis = read_analysis(run.path)
    first = next(e for e in analysis.events if (e.side, e.kind) == ("left", "strike"))
    events = tuple(e for e in analysis.events if e is not first)
    run.save_analysis(analysis.model_copy(update={"events": events}))
    at = section("Frame by frame")
    assert contacts(read_analysis(run.path), "left")[0].strike is None
    shown = text(at)
    assert "Initial contact of this contact was not seen" in shown
    offered = [b.label for b in at.button]
    assert "The initial contact is in this picture" not in offered
    assert "The toe-off is in this picture" in offered


def test_near_a_limit_there_is_no_tick(run: RunFolder) -> None:
    """The drop of the rendered runner from behind: 7.6 ± 4.2 where 8 is the limit."""
    drop = examples.summary(
        "pelvic_drop", "left", value=7.6, ci95=(3.4, 11.8), flag_limits=(None, 8.0)
    )
    analysis = read_analysis(run.path)
    changes = {"summaries": (drop,), "findings": ()}
    run.save_analysis(analysis.model_copy(update=changes))
    at = page(run="anna")
    assert not at.success
    assert "This video cannot decide: 1 of the 1 measures" in at.info[0].value
    assert "Near the limit, so that this video cannot decide: pelvic drop (left)" in text(at)


def test_a_contact_is_moved_and_the_move_undone(run: RunFolder) -> None:
    before, _ = reopen(run)
    strike = contacts(before, "left")[1].strike
    assert strike is not None
    at = section("Frame by frame")
    next(n for n in at.number_input if n.label.startswith("Contact")).set_value(2).run()
    at.slider[0].set_value(3).run()
    click(at, "The initial contact is in this picture")
    after = read_analysis(run.path)
    moved = contacts(after, "left")[1].strike
    assert moved is not None
    # Three frames later, counted from the frame next to the strike.
    assert moved.time_s - strike.time_s == pytest.approx(3 / fake_backend.FPS_HZ, abs=0.009)
    assert [e.action for e in after.settings.edits] == ["shift"]
    assert any("by hand" in step for step in after.quality.steps)
    at = section("Settings")
    click(at, "Undo")
    assert read_analysis(run.path).events == before.events


@pytest.mark.parametrize(
    ("button", "lost", "gained"),
    [
        ("It is the other foot", 2, 2),
        ("There is no contact", 2, 0),
        ("Add an initial contact of the right foot here", 0, 1),
    ],
)
def test_contacts_are_corrected(run: RunFolder, button: str, lost: int, gained: int) -> None:
    before = set(read_analysis(run.path).events)
    click(section("Frame by frame"), button)
    after = set(read_analysis(run.path).events)
    assert len(before - after) == lost
    assert len(after - before) == gained


@pytest.mark.parametrize("name", ["Video", "Curves", "Every stride", "All numbers", "Download"])
def test_every_section_shows_something(run: RunFolder, name: str) -> None:
    at = section(name)
    assert not at.error
    assert len(at.main) > 3


def test_the_table_of_strides_is_tidy(run: RunFolder) -> None:
    analysis = read_analysis(run.path)
    table = list(csv.DictReader(io.StringIO(stride_csv(analysis))))
    assert len(table) == len(analysis.measurements)
    assert {row["unit"] for row in table if row["metric"] == "contact_time"} == {"ms"}


def test_a_warning_comes_first_and_holds_back_advice(run: RunFolder) -> None:
    warning = Outcome(
        level="stop", action="Stop running.", why="Because.", gait_advice_withheld=True
    )
    unasked = " ".join(wording.STOP)
    assert unasked in [c.value for c in page(run="anna").caption]
    run.save_analysis(read_analysis(run.path).model_copy(update={"outcome": warning}))
    at = page(run="anna")
    assert unasked not in [c.value for c in at.caption]
    assert at.error[0].value.startswith("**Stop.** Stop running.")
    assert "stands out" not in text(at)


def test_walking_is_not_judged_as_running(run: RunFolder) -> None:
    run.save_analysis(read_analysis(run.path).model_copy(update={"activity": "walking"}))
    at = page(run="anna")
    assert "walking, not running" in at.warning[0].value


def test_names_of_runners_are_text_not_markup(run: RunFolder) -> None:
    analysis = read_analysis(run.path)
    name = "![x](http://e.com/x.png) <img src=x>"
    run.save_analysis(
        analysis.model_copy(
            update={"settings": analysis.settings.model_copy(update={"runner": name})}
        )
    )
    for at in (page(run="anna"), page("library")):
        assert r"!\[x\](http\://e.com/x.png) &lt;img src=x>" in text(at)


@pytest.mark.parametrize("name", ["missing", "../anna", "/etc", ".jobs"])
def test_runs_that_do_not_exist_get_a_message(run: RunFolder, name: str) -> None:
    at = page(run=name)
    assert len(at.error) == 1


def test_a_damaged_run_gets_a_message(run: RunFolder) -> None:
    run.analysis.write_text("{")
    at = page(run="anna")
    assert at.title[0].value == "This run cannot be shown"
    (error,) = at.error
    assert "damaged" in error.value
    assert str(run.path.parent) not in error.value
    assert "`" not in error.value  # no command of a terminal
    assert "Nothing here yet" in text(page("library"))


@pytest.mark.parametrize("lost", [b"", None])
def test_a_run_without_its_track_shows_its_numbers(run: RunFolder, lost: bytes | None) -> None:
    if lost is None:
        run.pose.unlink()
    else:
        run.pose.write_bytes(lost)
    at = page(run="anna")
    assert not at.error
    assert "without pictures" in at.warning[0].value
    assert str(run.path.parent) not in text(at)
    assert "170.0 ±" in html(at)
    for name in ("Every stride", "All numbers", "Notes", "Download"):
        at.session_state["section-without-tracks"] = name
        at.run()
        assert not at.exception, name
        assert not at.error, name


@pytest.mark.parametrize("name", ["pose.npz", "analysis.json"])
def test_a_visit_without_one_track_shows_its_numbers(workspace: Path, name: str) -> None:
    kept = APP.parent / "gait/validation/tracks"
    tracks = {n: read_npz(kept / n / "pose.npz")[0] for n in ("side_normal", "rear_normal")}
    visit = examples.kept_run(workspace / "anna", tracks, Settings(runner="Anna", speed_mps=3.0))
    (visit.path / "rear_normal" / name).unlink()
    at = page(run="anna")
    assert not at.error
    assert "without pictures" in at.warning[0].value
    assert "Cadence" in html(at)
    assert str(workspace) not in text(at)
    for section_name in ("Notes", "Download"):
        at.session_state["section-without-tracks"] = section_name
        at.run()
        assert not at.exception, section_name


@pytest.mark.parametrize("left", ["a damaged result", "no result", "neither result nor track"])
def test_what_is_left_of_a_run_is_listed_and_can_be_deleted(run: RunFolder, left: str) -> None:
    run.analysis.write_text("{")
    if left == "no result":
        run.analysis.unlink()
    elif left != "a damaged result":
        run.pose.unlink()
    at = page("library")
    assert "1 that cannot be shown" in [e.label for e in at.expander]
    assert str(run.path.parent / "anna") not in text(at)
    next(b for b in at.button if b.key == "delete-anna").click().run()
    assert not at.exception
    assert {p.name for p in run.path.glob("*")} <= {"video.mp4"}
    assert not at.expander


def test_folders_of_others_in_the_library_are_not_listed(run: RunFolder, workspace: Path) -> None:
    (workspace / "holiday").mkdir()
    (workspace / "holiday" / "notes.json").write_text("{}")
    assert not page("library").expander


def test_a_link_in_the_library_is_told_and_neither_opened_nor_deleted(
    run: RunFolder, workspace: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    shutil.copytree(run.path, outside)
    (workspace / "linked").symlink_to(outside)
    at = page("library")
    assert [b.key for b in at.button if b.label == "Open"] == ["open-anna"]
    assert "It is a link" in text(at)
    assert "delete-linked" not in [b.key for b in at.button]
    assert "fewer" in text(page("compare"))
    assert list(page("batch").dataframe[0].value["Run"]) == ["anna"]
    assert len(page(run="linked").error) == 1
    assert (outside / "analysis.json").is_file()


def test_runs_of_videos_with_one_name_are_told_apart(
    run: RunFolder, analysed: Path, workspace: Path
) -> None:
    second(analysed, workspace, runner=None)
    assert text(page("library")).count("(second)") == 0  # one has a runner
    assert page(run="second").title[0].value == r"anna (second)"
    second(analysed, workspace, "third", runner=None)
    shown = text(page("library"))
    for name in ("second", "third"):
        assert shown.count(f"({name})") == 2  # on the card and in the question
        assert f"Delete **anna.mp4 · {RunFolder(workspace / name).filmed:%d %B}" in shown
    assert "(anna)" not in shown


def test_a_video_that_was_analysed_already_is_told_unless_more_is_known_now(
    run: RunFolder, video: Path
) -> None:
    at = page()
    at.file_uploader[0].set_value(("copy.mp4", video.read_bytes(), "video/mp4")).run()
    (told,) = at.info
    assert told.value.startswith("Analysed already with these settings: copy.mp4.")
    type_in(at, "Speed, km/h", "12")
    assert not at.info
    type_in(at, "Speed, km/h", "10.8")
    assert len(at.info) == 1
    click(at, "Analyze")
    wait(at)
    assert at.title[0].value == "copy"


def test_what_failed_is_told_once_by_name_and_goes_when_closed(workspace: Path) -> None:
    at = page()
    upload(at, "junk.mp4", b"this is no video" * 99)
    wait(at, until_run=False)
    batch = page("batch")
    for shown in (at, batch):
        (error,) = shown.error
        assert error.value.count("junk.mp4") == 1
    click(batch, "Close what failed")
    assert not batch.error
    at.run()
    assert not at.error


def test_a_link_to_a_runner_who_is_not_there_shows_nobody_else(
    run: RunFolder, analysed: Path, workspace: Path
) -> None:
    second(analysed, workspace, runner="Berta")
    at = page("runner", runner="zzz")
    assert at.error[0].value == "There is no runner called zzz."
    assert "Visits" not in text(at)
    at.selectbox[0].set_value("berta").run()
    assert at.query_params["runner"] == "berta"
    at.run()
    assert not at.error
    assert "Visits" in text(at)
    assert page("runner", runner="Berta").selectbox[0].value == "berta"
    assert page("runner").selectbox[0].value == "anna"


def test_a_visit_is_not_called_by_one_of_its_videos(tmp_path: Path) -> None:
    """Else the library shows the same name twice: for the visit, and for the video alone."""
    run = RunFolder(tmp_path / "anna-march")
    run.path.mkdir()
    side = examples.analysis(video=examples.video_info("side.mp4"))
    run.save_analysis(side)
    assert "side.mp4" in label(run, side)
    visit = side.model_copy(update={"parts": (side, side)})
    assert "anna-march" in label(run, visit)
    assert "side.mp4" not in label(run, visit)


def test_the_library_finds_and_deletes(run: RunFolder, analysed: Path, workspace: Path) -> None:
    shutil.copytree(analysed, workspace / "second")
    at = page("library")
    assert text(at).count("\n**Anna") == 2
    at.text_input[0].set_value("nobody").run()
    assert "No run fits" in text(at)
    at.text_input[0].set_value("ANNA").run()
    next(b for b in at.button if b.key == "delete-anna").click().run()
    assert not run.path.exists()
    assert (workspace / "second").exists()
    assert text(at).count("\n**Anna") == 1


def names(at: AppTest) -> tuple[list[str], list[str]]:
    before, after = at.multiselect
    return list(before.value), list(after.value)


def second(analysed: Path, workspace: Path, name: str = "second", **settings: object) -> RunFolder:
    """A later run; of the same runner, unless the settings say otherwise."""
    shutil.copytree(analysed, workspace / name)
    run = RunFolder(workspace / name)
    analysis = read_analysis(run.path)
    changed = analysis.settings.model_copy(update=settings)
    run.save_analysis(analysis.model_copy(update={"settings": changed}))
    os.utime(run.pose, (time.time() + 60, time.time() + 60))
    return run


def test_two_runs_are_compared(run: RunFolder, analysed: Path, workspace: Path) -> None:
    assert "fewer" in text(page("compare"))
    second(analysed, workspace)
    at = page("compare")
    assert names(at) == (["anna"], ["second"])
    # The same video twice: nothing changed, and nothing can be said to have.
    assert "No change can be told for sure" in text(at)
    (rows,) = (e.proto.body for e in at.get("html") if "gl-changes" in e.proto.body)
    pairs = re.findall(r"([^>]*) → ([^<]*)</span>", rows)
    assert 1 < len(pairs) <= 6
    assert all(before == after for before, after in pairs)
    assert {b.label for b in at.get("download_button")} >= {"This sheet (PDF)", "This sheet (HTML)"}
    assert not at.warning
    click(at, "Show both videos in the same phase")
    assert len(list((workspace / ".compare").glob("*.mp4"))) == 1


@pytest.mark.parametrize("videos", [("rear_normal",), ("side_normal", "rear_normal")])
def test_runs_from_behind_and_whole_visits_are_compared(
    workspace: Path, videos: tuple[str, ...]
) -> None:
    kept = APP.parent / "gait/validation/tracks"
    tracks = {name: read_npz(kept / name / "pose.npz")[0] for name in videos}
    for name in ("first", "second"):
        examples.kept_run(workspace / name, tracks, Settings(runner="Anna", speed_mps=3.0))
    at = page("compare")
    assert not at.error
    assert "The average stride" in text(at)
    assert {b.label for b in at.get("download_button")} >= {"This sheet (PDF)"}
    assert "Pelvic drop" in at.selectbox[0].options
    at.selectbox[0].set_value("pelvis").run()
    assert not at.exception


def test_a_choice_stays_when_runs_come_and_go(
    run: RunFolder, analysed: Path, workspace: Path
) -> None:
    second(analysed, workspace)
    at = page("compare")
    third = second(analysed, workspace, "third")
    at.run()
    assert names(at) == (["anna"], ["second"])
    at.multiselect[0].set_value(["third"]).run()
    shutil.rmtree(third.path)
    at.run()
    assert not at.exception
    assert names(at) == ([], ["second"])


def test_what_is_offered_is_two_runs_of_one_runner(
    run: RunFolder, analysed: Path, workspace: Path
) -> None:
    second(analysed, workspace)
    second(analysed, workspace, "latest", runner="Berta")
    assert names(page("compare")) == (["anna"], ["second"])
    shutil.rmtree(workspace / "second")
    assert names(page("compare")) == ([], [])


def test_the_same_run_on_both_sides_is_refused(
    run: RunFolder, analysed: Path, workspace: Path
) -> None:
    second(analysed, workspace)
    at = page("compare")
    at.multiselect[0].set_value(["anna", "second"]).run()
    assert "On both sides" in at.error[0].value
    assert not at.main.get("html")


def test_a_goal_is_kept_and_judged(run: RunFolder, analysed: Path, workspace: Path) -> None:
    second(analysed, workspace)
    at = page("compare")
    click(at, "Keep this goal")
    assert "no clear change" in text(at)
    assert sum(f.name == "goals.json" for f in workspace.rglob("*")) == 1


def test_videos_that_do_not_fit_get_a_warning(
    run: RunFolder, analysed: Path, workspace: Path
) -> None:
    second(analysed, workspace, "faster", speed_mps=4.0)
    at = page("compare")
    assert "more than 0.1 m/s apart" in at.warning[0].value
    assert "Nothing can be compared" in text(at)


def test_all_runs_in_one_table(run: RunFolder) -> None:
    at = page("batch")
    assert list(at.dataframe[0].value["Runner"]) == ["Anna"]
    # The reason stands beside the run, in rows that are high enough for Streamlit to wrap it.
    assert list(at.dataframe[0].value)[:3] == ["", "Run", "Why"]
    assert at.dataframe[0].proto.row_height > 64


def test_what_is_chosen_in_the_table_does_not_become_another_run(
    run: RunFolder, analysed: Path, workspace: Path
) -> None:
    """It is chosen by its row, and rows move when a run comes or goes."""
    at = page("batch")
    before = at.dataframe[0].proto.id
    second(analysed, workspace, runner="Aaron")
    at.run()
    assert at.dataframe[0].proto.id != before


def test_empty_pages_point_to_the_first(workspace: Path) -> None:
    for name in ("library", "compare", "batch"):
        assert not page(name).error


def test_method_is_three_tabs_with_the_rest_folded_and_no_commands() -> None:
    at = page("method")
    shown = text(at)
    assert "only an examination can tell" in shown
    assert [tab.label for tab in at.tabs] == [
        "What it cannot do",
        "How exact it is",
        "What is known",
    ]
    assert len(at.expander) == 3
    errors = at.table[0].value
    assert "Pelvic drop, deg" in set(errors["Measure"])
    for wrong in ("<details>", "<!--", "python benchmarks/ablations.py"):
        assert wrong not in shown


def test_a_sample_can_be_tried_without_a_video_of_ones_own(workspace: Path) -> None:
    at = page()
    click(at, "Runner from the side")
    wait(at)
    assert at.title[0].value == r"side\_overstride"
