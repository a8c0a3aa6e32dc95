"""A file of the user's is never replaced or deleted by results, and no name leaves its folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import examples
import numpy as np
import pytest

from gait.cli import main as cli
from gait.comparison.goals import keep_goals, parse_goal
from gait.comparison.models import Goal
from gait.io.added.notes import Notes, keep_notes
from gait.io.deletion import delete, note_own_copy, own_copy
from gait.io.kept_run import reanalyze
from gait.io.ours import RECORD, drop, is_ours
from gait.io.run_folder import RunFolder, place, place_together
from gait.io.visit import visit_of
from gait.jobs.staging import sweep
from gait.pipeline import analyze_into, identify
from gait.present.questionnaire import require_free, save
from gait.render.people import _signed
from gait.report import write_report
from gait.sanitize.text import folder_name
from gait.settings import Settings
from gait.types import OutputError, UsageError

KEPT = Path(__file__).parents[1] / "gait" / "validation" / "tracks" / "side_normal" / "pose.npz"
NAMES = ("analysis.json", "overlay.mp4", "strides.parquet", "people.png", "pose.npz", "report.html")


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    folder = RunFolder(tmp_path / "run")
    folder.path.mkdir()
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.iterdir()}


def analyzed(run: RunFolder, source: Path = KEPT) -> None:
    analyze_into(run, source, identify(source), Settings(), overlay=False)


@pytest.mark.parametrize("name", NAMES)
def test_a_file_of_somebody_else_is_refused_and_stays(run: RunFolder, name: str) -> None:
    (run.path / name).write_bytes(b'{"made by": "another program"}')
    before = contents(run.path)
    with pytest.raises(OutputError, match=name.replace(".", r"\.")):
        analyzed(run)
    assert contents(run.path) == before


@pytest.mark.parametrize("content", [b"the only copy", b'{"made by": "another program"}'])
def test_a_file_that_took_the_place_of_the_analysis_stays(run: RunFolder, content: bytes) -> None:
    """The record tells of an analysis, and this is none."""
    analyzed(run)
    run.analysis.write_bytes(content)
    assert delete(run) == (run.analysis,)
    assert contents(run.path) == {"analysis.json": content}


def test_an_analysis_that_is_cut_off_goes_with_its_run(run: RunFolder) -> None:
    analyzed(run)
    run.analysis.write_bytes(run.analysis.read_bytes()[:500])
    assert delete(run) == ()
    assert not run.path.exists()


def test_the_run_of_another_video_with_its_goals_stays(run: RunFolder, tmp_path: Path) -> None:
    analyzed(run)
    keep_goals(run, [parse_goal("cadence=+5%")])
    before = contents(run.path)
    again = KEPT.parents[1] / "side_overstride" / "pose.npz"  # exported again under its name
    other = tmp_path / "other.npz"
    other.write_bytes(again.read_bytes())
    with pytest.raises(OutputError, match=r"holds the run of pose\.npz"):
        analyzed(run, other)
    assert contents(run.path) == before
    analyzed(run, again)
    assert contents(run.path)["analysis.json"] != before["analysis.json"]


@pytest.mark.parametrize("name", ["report_tax_2025.pdf", "reports.html", "report card.pdf"])
def test_what_only_begins_like_a_report_stays(run: RunFolder, name: str) -> None:
    analyzed(run)
    (run.path / name).write_bytes(b"mine")
    analyzed(run)
    assert (run.path / name).read_bytes() == b"mine"


RESULTS = [name for name in NAMES if not name.startswith("report")]


@pytest.mark.parametrize("recorded", [True, False])
@pytest.mark.parametrize("name", RESULTS)
def test_a_file_of_the_users_in_a_run_of_ours_is_kept(
    run: RunFolder, name: str, recorded: bool
) -> None:
    """Whether put there, or made of what was there; also in folders from before the record."""
    analyzed(run)
    if not recorded:
        (run.path / RECORD).unlink()
    mine = run.path / name
    mine.write_bytes(b"the only copy")
    before = contents(run.path)
    hidden = Settings(speed_mps=3, blur_face=True)
    with pytest.raises(OutputError, match=name.replace(".", r"\.")):
        analyze_into(run, KEPT, identify(KEPT), hidden, overlay=False)
    if name not in ("analysis.json", "pose.npz"):
        with pytest.raises(OutputError, match=name.replace(".", r"\.")):
            reanalyze(run, hidden)
        assert contents(run.path) == before
        assert delete(run) == (mine,)
        assert contents(run.path) == {name: b"the only copy"}
    assert mine.read_bytes() == b"the only copy"


@pytest.mark.parametrize("kind", ["folder", "link to nothing", "link"])
@pytest.mark.parametrize("name", ["overlay.mp4", "people.png"])
def test_what_is_no_file_is_kept_too(run: RunFolder, tmp_path: Path, name: str, kind: str) -> None:
    analyzed(run)
    theirs, elsewhere = run.path / name, tmp_path / "elsewhere.mp4"
    if kind == "folder":
        theirs.mkdir()
    else:
        theirs.symlink_to(elsewhere)
    if kind == "link":
        elsewhere.write_bytes(b"the only copy")
    with pytest.raises(OutputError, match=name.replace(".", r"\.")):
        analyzed(run)
    assert delete(run) == (theirs,)
    assert kind != "link" or elsewhere.read_bytes() == b"the only copy"


def test_what_was_changed_is_nobody_elses_to_replace(run: RunFolder) -> None:
    """A report that was edited is the work of who did it."""
    analyzed(run)
    keep_notes(run, Notes(text="Ours"))
    write_report(run)
    edited = {path: path.read_text(encoding="utf-8") + " " for path in (run.report, run.notes)}
    for path, text in edited.items():
        path.write_text(text, encoding="utf-8")
    with pytest.raises(OutputError, match="exists already"):
        write_report(run)
    with pytest.raises(OutputError, match="was changed since"):
        keep_notes(run, Notes(text="Other"))
    analyzed(run)
    assert set(delete(run)) == edited.keys()
    assert {path: path.read_text(encoding="utf-8") for path in edited} == edited


def test_a_copy_from_another_run_is_not_what_was_written_here(run: RunFolder) -> None:
    analyzed(run)
    run.people.write_bytes(people())
    assert delete(run) == (run.people,)


def people() -> bytes:
    return _signed(cv2.imencode(".png", np.zeros((4, 4, 3), np.uint8))[1].tobytes())


def draw(path: Path) -> None:
    from gait.video import Writer

    with Writer(path, 64, 48, 30) as writer:
        for i in range(40):
            writer.write(np.full((48, 64, 3), 5 * i, np.uint8), i / 30)


def test_folders_from_before_the_record_are_replaced_and_deleted_whole(run: RunFolder) -> None:
    analyzed(run)
    write_report(run)
    (run.path / RECORD).unlink()
    draw(run.overlay)
    run.people.write_bytes(people())
    assert all(map(is_ours, (*run.results[:5], run.report)))
    analyzed(run)  # the first that is written notes all that was there
    assert not run.report.exists()
    assert delete(run) == ()


def test_an_overlay_of_another_encoder_is_not_ours(run: RunFolder) -> None:
    import av

    analyzed(run)
    (run.path / RECORD).unlink()
    with av.open(str(run.overlay), "w") as container:
        stream = container.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for i in range(20):
            picture = np.full((48, 64, 3), 9 * i, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
        container.mux(stream.encode(None))
    assert not is_ours(run.overlay)


@pytest.mark.parametrize("killed_before", [0, 1])
def test_who_is_killed_while_writing_leaves_files_that_are_known(
    run: RunFolder, monkeypatch: pytest.MonkeyPatch, killed_before: int
) -> None:
    """Between the record and the names, and between two names."""
    analyzed(run)
    replaced: list[Path] = []

    def dies(part: Path, target: Path) -> Path:
        if target.parent == run.path and target.name != RECORD:
            if len(replaced) == killed_before:
                raise SystemExit
            replaced.append(target)
        return rename(part, target)

    rename = Path.replace
    monkeypatch.setattr(Path, "replace", dies)
    with pytest.raises(SystemExit):
        reanalyze(run, Settings(speed_mps=3))
    monkeypatch.undo()
    assert is_ours(run.strides)
    assert is_ours(run.analysis)
    analyzed(run)
    again = RunFolder(run.path.with_name("again"))
    analyzed(again)
    assert contents(run.path)[RECORD] == contents(again.path)[RECORD]


def test_nothing_is_noted_of_what_is_gone(run: RunFolder) -> None:
    analyzed(run)
    drop(run.strides)
    run.strides.write_bytes(b"mine")
    assert not is_ours(run.strides)
    analyzed_before = contents(run.path)
    drop(run.strides)
    assert contents(run.path) == analyzed_before


@pytest.mark.parametrize("name", ["overlay.mp4", "pose.npz", "people.png"])
def test_an_input_is_not_an_output(run: RunFolder, name: str) -> None:
    analyzed(run)
    source = run.path / name
    source.write_bytes(b"the only copy")
    before = contents(run.path)
    with pytest.raises(OutputError, match="overwritten"):
        run.claim(source)
    assert contents(run.path) == before


def test_a_run_of_ours_is_replaced(run: RunFolder) -> None:
    analyzed(run)
    first = run.analysis.read_bytes()
    analyzed(run)
    assert run.analysis.read_bytes() == first


def test_a_deleted_run_leaves_what_is_not_ours(run: RunFolder) -> None:
    analyzed(run)
    keep_notes(run, Notes(text="Ours"))
    write_report(run)
    (run.path / "pictures").mkdir()
    mine = [run.path / name for name in ("diary.txt", "video.mp4", "goals.json", "pictures/me.jpg")]
    for path in mine:
        path.write_bytes(b'"the only copy"')
    with pytest.raises(UsageError, match="not of gaitlens"):
        keep_goals(run, [Goal(metric="cadence", kind="percent", amount=5)])
    assert set(delete(run)) == {*mine[:3], run.path / "pictures"}
    assert sorted(p for p in run.path.rglob("*") if p.is_file()) == sorted(mine)
    assert {path.read_bytes() for path in mine} == {b'"the only copy"'}
    with pytest.raises(OutputError, match="Nothing was deleted"):
        delete(run)


def test_a_deleted_run_of_several_videos_leaves_nothing_else(run: RunFolder) -> None:
    analyzed(run)
    part = RunFolder(run.path / "side")
    analyzed(part)
    keep_goals(run, [Goal(metric="cadence", kind="percent", amount=5)])
    assert delete(run) == ()
    assert not run.path.exists()


def test_a_folder_in_a_run_that_is_not_ours_stays(run: RunFolder, tmp_path: Path) -> None:
    analyzed(run)
    elsewhere = RunFolder(tmp_path / "elsewhere")
    analyzed(elsewhere)
    before = contents(elsewhere.path)
    link, theirs = run.path / "link", run.path / "theirs"
    link.symlink_to(elsewhere.path)
    theirs.mkdir()
    (theirs / "analysis.json").write_text("{}")
    assert delete(run) == (link, theirs)
    assert (theirs / "analysis.json").read_text() == "{}"
    assert contents(elsewhere.path) == before


def test_people_who_were_shown_before_do_not_stand_in_the_way(run: RunFolder) -> None:
    run.people.write_bytes(people())
    run.claim()
    assert cv2.imread(str(run.people)).shape == (4, 4, 3)  # still a picture that opens


def test_a_report_replaces_reports_only(run: RunFolder, tmp_path: Path) -> None:
    analyzed(run)
    mine = tmp_path / "video.mp4"
    mine.write_bytes(b"the only copy")
    for out in (mine, run.analysis):
        before = out.read_bytes()
        with pytest.raises(OutputError, match="exists already"):
            write_report(run, out=out)
        assert out.read_bytes() == before
    write_report(run)
    assert write_report(run, out=run.report).read_text(encoding="utf-8").startswith("<!")


@pytest.mark.parametrize("pdf", [False, True])
def test_a_report_of_somebody_else_stays(run: RunFolder, pdf: bool) -> None:
    analyzed(run)
    mine = run.path / f"report.{'pdf' if pdf else 'html'}"
    mine.write_bytes(b"%PDF-1.7 of the clinic" if pdf else b"<title>Of the clinic</title>")
    before = mine.read_bytes()
    with pytest.raises(OutputError, match="no report of this run"):
        write_report(run, pdf=pdf)
    analyzed(run)
    keep_notes(run, Notes(text="Ours"))
    files = {path.name: path.read_bytes() for path in (run.analysis, run.pose, run.strides)}
    with pytest.raises(OutputError, match="not known to be of gaitlens"):
        run.save_files({**files, mine.name: b"theirs"})
    assert delete(run) == (mine,)
    assert mine.read_bytes() == before


@pytest.mark.parametrize("pdf", [False, True])
@pytest.mark.parametrize("nameless", [False, True])
def test_reports_are_known_and_go_with_the_run(run: RunFolder, pdf: bool, nameless: bool) -> None:
    analyzed(run)
    for reader in ("clinician", "runner"):
        write_report(run, reader=reader, pdf=pdf, nameless=nameless)
    assert len(run.reports) == 2
    assert delete(run) == ()


def upload(folder: Path) -> tuple[RunFolder, Path]:
    """A run as the page leaves it, without a pose model: the upload is a file of keypoints."""
    run, video = RunFolder(folder), folder / "video.npz"
    folder.mkdir()
    video.write_bytes(KEPT.read_bytes())
    analyzed(run, video)
    return run, video


def test_a_video_goes_with_its_run_only_where_the_page_put_it(tmp_path: Path) -> None:
    mine, video = upload(tmp_path / "mine")  # the user's only copy happens to have that name
    assert mine.video == video
    assert delete(mine) == (video,)
    assert video.read_bytes() == KEPT.read_bytes()

    page, copy = upload(tmp_path / "page")
    note_own_copy(page, copy)
    assert own_copy(page) == copy
    assert delete(page) == ()


def test_a_video_that_took_the_place_of_the_copy_stays(tmp_path: Path) -> None:
    other = KEPT.parents[1] / "rear_normal" / "pose.npz"
    run, video = upload(tmp_path / "run")
    note_own_copy(run, video)
    video.write_bytes(other.read_bytes())
    analyzed(run, video)
    assert run.video == video
    assert own_copy(run) is None
    assert delete(run) == (video,)


RECORDS = {
    "empty": "",
    "list": "[]",
    "no names": "{}",
    "another digest": '{"wrote_by_gaitlens": {"video.npz": ["0"]}}',
    "no digests": '{"wrote_by_gaitlens": {"video.npz": 1}}',
    "list of names": '{"wrote_by_gaitlens": ["video.npz"]}',
}


@pytest.mark.parametrize("record", RECORDS)
def test_a_record_that_says_nothing_of_the_video_does_not_count(
    tmp_path: Path, record: str
) -> None:
    run, video = upload(tmp_path / "run")
    (run.path / RECORD).write_text(RECORDS[record])
    assert own_copy(run) is None
    assert video in delete(run)


def test_a_record_of_somebody_else_is_not_replaced(run: RunFolder) -> None:
    (run.path / RECORD).write_text("mine")
    with pytest.raises(OutputError, match="Move it away"):
        analyzed(run)
    assert contents(run.path) == {RECORD: b"mine"}


def test_a_lock_of_another_program_stays(run: RunFolder) -> None:
    theirs = run.path / ".lock"
    theirs.write_bytes(b"4711")
    analyzed(run)
    assert theirs.read_bytes() == b"4711"
    assert delete(run) == (theirs,)


def test_notes_that_could_be_read_as_ours_are_not_replaced(run: RunFolder) -> None:
    analyzed(run)
    run.notes.write_text('{"text": "my diary"}')
    for notes in (Notes(text="Ours"), Notes()):
        with pytest.raises(OutputError, match="not known to be of gaitlens"):
            keep_notes(run, notes)
    assert run.notes.read_text() == '{"text": "my diary"}'


def test_notes_leave_reports_of_a_folder_above_that_is_no_visit(run: RunFolder) -> None:
    (run.path.parent / "analysis.json").write_text('{"made by": "another program"}')
    analyzed(run)
    assert visit_of(run) is None
    (run.path.parent / "analysis.json").write_text(run.analysis.read_text())
    assert visit_of(run) == RunFolder(run.path.parent)


def test_only_folders_of_jobs_are_swept(tmp_path: Path) -> None:
    theirs = tmp_path / ".jobs" / "nightly-build" / "result.txt"
    ours = tmp_path / ".jobs" / f"4711-{'0' * 16}" / "video.mp4"
    for file in (theirs, ours):
        file.parent.mkdir(parents=True)
        file.write_bytes(b"x")
    sweep(tmp_path)
    assert theirs.exists()
    assert not ours.parent.exists()


def test_answers_replace_answers_only(tmp_path: Path) -> None:
    mine, ours = tmp_path / "mine.txt", tmp_path / "answers.toml"
    mine.write_text("a diary")
    with pytest.raises(OutputError, match="exists already"):
        require_free(mine)
    save({}, ours)
    require_free(ours)
    require_free(tmp_path / "none.toml")
    save({"night": "no", "heat": "none"}, ours)
    require_free(ours)
    ours.write_text(ours.read_text(encoding="utf-8") + "# she was in a hurry\n", encoding="utf-8")
    with pytest.raises(OutputError, match="was changed"):
        require_free(ours)


@pytest.mark.parametrize(
    "text", ["..", "...", ".", "", " ", "../x", "..\\x", "a/b", "CON", "nul.txt", "x. ", ".jobs"]
)
def test_a_name_stays_in_its_folder(text: str, tmp_path: Path) -> None:
    folder = tmp_path / folder_name(text)
    assert folder.parent == tmp_path
    assert folder.resolve().parent == tmp_path.resolve()
    assert not folder.name.startswith(".")
    assert folder.name == folder.name.rstrip(" .")
    assert folder.name.partition(".")[0].casefold() not in {"con", "nul"}


@pytest.mark.parametrize("text", ["Anna rear", "run_2026-11-29", "Läufer", "走る"])
def test_an_ordinary_name_is_kept(text: str) -> None:
    assert folder_name(text) == text


PLACES: dict[str, Callable[[Path, str], Path]] = {
    "one": lambda base, name: place(base, examples.video_info(name)),
    "together": lambda base, name: place_together(base, [Path(name)]),
}


@pytest.mark.parametrize("kind", PLACES)
def test_a_video_called_dots_gets_a_folder_below_the_base(kind: str, tmp_path: Path) -> None:
    assert PLACES[kind](tmp_path, "...mp4").resolve().parent == tmp_path.resolve()


@pytest.mark.parametrize("content", [b"", b"RIFF my drums", b"\0" * 100_000])
def test_a_metronome_of_somebody_else_stays(run: RunFolder, content: bytes) -> None:
    mine = run.path / "metronome.wav"
    analyzed(run)
    mine.write_bytes(content)
    before = contents(run.path)
    assert cli.main(["goal", str(run.path), "cadence=+5%"]) == 1
    assert contents(run.path) == before
    mine.unlink()
    assert cli.main(["goal", str(run.path), "cadence=+5%"]) == 0
    first = mine.read_bytes()
    assert cli.main(["goal", str(run.path), "cadence=+8%"]) == 0  # ours is replaced
    assert mine.read_bytes() != first


@pytest.mark.parametrize("name", ["video.mp4", "video.mov", "film.mp4", "video.txt"])
def test_what_is_called_like_the_kept_video_need_not_be_it(run: RunFolder, name: str) -> None:
    analyzed(run)
    (run.path / name).write_bytes(b"somebody else's")
    assert run.video is None
    (run.path / "video.mkv").write_bytes(KEPT.read_bytes())  # what was analysed here
    assert run.video == run.path / "video.mkv"
    (run.path / "video.mkv").write_bytes(b"changed")
    assert run.video is None
