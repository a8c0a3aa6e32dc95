"""A session: whose videos they are, what is done again and what is not, tables and roster."""

from __future__ import annotations

import csv
import os
import re
import shutil
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import examples
import fake_backend
import pyarrow.parquet as pq
import pytest

from gait import pose
from gait.analysis.results import Finding
from gait.batch.lock import alone_in
from gait.batch.roster import HEIGHT, Standing, StrideSeries, attention, sparkline, standing
from gait.batch.schedule import Failure, work_through
from gait.batch.session import Session, read_session, read_sheet
from gait.batch.tables import write_results
from gait.io.analysis_file import read_analysis
from gait.io.ours import RECORD
from gait.io.run_folder import RunFolder
from gait.jobs.job import Extras, Job, Labour, Outcome, perform
from gait.jobs.progress import Tally
from gait.sanitize.text import name_key
from gait.settings import PoseSettings, Settings
from gait.types import UsageError

FAKE = Settings(pose=PoseSettings(backend="fake"))


def named(folder: Path, *names: str) -> Path:
    """A folder of files with these names and different contents."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(name.encode())
    return folder


def known(session: Session) -> dict[str, tuple[str, str | None]]:
    return {entry.name: (entry.runner, entry.settings.view) for entry in session.videos}


# --- whose videos they are ---


def test_names_say_runner_and_view(tmp_path: Path) -> None:
    folder = named(
        tmp_path, "anna_side.mp4", "Anna rear 2.MOV", "ben-left.mp4", "IMG_0001.mov", "side.mp4"
    )
    assert known(read_session([folder], Settings())) == {
        "anna_side": ("anna", "side"),
        "Anna rear 2": ("Anna", "rear"),
        "ben-left": ("ben", "side"),
        "IMG_0001": ("IMG_0001", None),
        "side": ("side", None),  # somebody's name, or nobody's
    }


def test_what_is_no_video_is_said_and_left_out(tmp_path: Path) -> None:
    folder = named(tmp_path, "a.mp4", ".hidden.mp4", "notes.txt", "inner/b.mp4")
    session = read_session([folder], Settings())
    assert [entry.name for entry in session.videos] == ["a"]
    (remark,) = session.remarks
    assert "notes.txt" in remark


def test_a_video_is_taken_once_however_often_it_is_named(tmp_path: Path) -> None:
    folder = named(tmp_path, "a.mp4", "b.mp4")
    sources = [folder, folder / "a.mp4", folder / "*.mp4", folder / ".." / folder.name / "b.mp4"]
    assert [c.name for c in read_session(sources, Settings()).videos] == ["a", "b"]


def test_of_links_it_is_said_which_are_left_out(tmp_path: Path) -> None:
    folder = named(tmp_path / "videos", "carla.mp4")
    outside = named(tmp_path / "camera", "DSC0001.mp4") / "DSC0001.mp4"
    for name in ("anna_side.mp4", "berta.mp4"):
        (folder / name).symlink_to(outside)
    (folder / "also_carla.mp4").symlink_to(folder / "carla.mp4")
    (folder / "dora.mp4").symlink_to(tmp_path / "deleted.mp4")
    session = read_session([folder], Settings())
    assert known(session) == {"anna_side": ("anna", "side"), "carla": ("carla", None)}
    assert set(session.remarks) == {
        f"{folder / 'dora.mp4'} leads to a file that is not there: left out.",
        f"{folder / 'berta.mp4'} is the same file as {folder / 'anna_side.mp4'}: left out.",
        f"{folder / 'also_carla.mp4'} is the same file as {folder / 'carla.mp4'}: left out.",
    }
    for again in ([folder, folder / "*.mp4"], [folder / "*.mp4"]):
        assert known(read_session(again, Settings())) == known(session)
        assert set(read_session(again, Settings()).remarks) == set(session.remarks)
    (folder / "session.csv").write_text("video,runner\nberta.mp4,Berta\n")
    assert known(read_session([folder], Settings()))["berta"] == ("Berta", None)
    with pytest.raises(UsageError, match="leads to a file that is not there"):
        read_session([folder / "dora.mp4"], Settings())


def test_a_name_is_one_name_however_its_letters_are_composed(tmp_path: Path) -> None:
    folder = tmp_path / "videos"
    folder.mkdir()
    names = ("Zo\u00eb_side.mp4", "Zoe\u0308_side.mp4")  # as a PC and as a Mac writes it
    for name in names:
        (folder / name).write_bytes(b"same")
    if len(list(folder.iterdir())) < 2:
        pytest.skip("to this disk it is one name")
    one = read_session([folder], Settings())
    assert len(one.videos) == 1
    assert "is the same video as" in one.remarks[0]
    (folder / names[1]).write_bytes(b"other")
    both = read_session([folder], Settings())
    assert len({name_key(entry.name) for entry in both.videos}) == 2
    (folder / "answers.toml").write_text('night = "yes"')
    (folder / "session.csv").write_text(
        f"video,runner,intake\n{names[0]},{names[0][:3]},answers.toml\n{names[1]},{names[1][:4]},\n",
        encoding="utf-8",
    )
    shared = read_session([folder], Settings())
    assert [entry.answers for entry in shared.videos] == [{"night": "yes"}] * 2


def test_videos_of_one_name_get_folders_of_their_own(tmp_path: Path) -> None:
    folder = named(tmp_path, "a.mp4", "A.mov", "day2/a.mp4", "runners.mp4")
    session = read_session([folder, folder / "day2"], Settings())
    names = [entry.name.casefold() for entry in session.videos]
    assert len(set(names)) == 4
    assert "runners" not in names  # the folder of the results by runner
    shutil.copy(folder / "a.mp4", named(tmp_path / "day3") / "a.mp4")
    again = read_session([folder, folder / "day2", folder / "day3"], Settings())
    assert {c.name for c in again.videos} == {c.name for c in session.videos}
    assert any("same video" in remark for remark in again.remarks)


@pytest.mark.parametrize("source", ["nothing.mp4", "*.mp4", "empty"])
def test_no_video_is_a_mistake(tmp_path: Path, source: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError):
        read_session([tmp_path / source], Settings())


def test_a_list_goes_before_names(tmp_path: Path) -> None:
    folder = named(tmp_path, "a_side.mp4", "b_rear.mp4", "c.mp4")
    (folder / "session.csv").write_text(
        "Video;Runner;Speed;Height;Sex;View;Note;Person\n"
        "a_side.mp4;Anna Müller;3,2;1,78;Female;;new shoes;2\n"
        "b_rear.mp4;Anna Müller;3.2;;;;;\n",
        encoding="utf-8-sig",
    )
    session = read_session([folder], Settings(height_m=1.7))
    a, b, c = session.videos
    assert (a.runner, a.settings.speed_mps, a.settings.height_m) == ("Anna Müller", 3.2, 1.78)
    assert (a.settings.sex, a.settings.view, a.note) == ("female", "side", "new shoes")
    assert (a.settings.pose.person, b.settings.pose.person) == (2, None)
    assert (b.settings.height_m, b.settings.view) == (1.7, "rear")
    assert (c.runner, c.settings.speed_mps) == ("c", None)
    listed = read_session([folder / "session.csv"], Settings())
    assert [entry.name for entry in listed.videos] == ["a_side", "b_rear"]


@pytest.mark.parametrize(
    ("text", "where", "remedy"),
    [
        ("runner\nanna\n", "line 1", "video"),
        ("video,pace\na.mp4,4\n", "'pace'", "video, runner"),
        ("video,video\na.mp4,a.mp4\n", "line 1", "video"),
        ("video,speed\na.mp4,3\nb.mp4,fast\n", "line 3, column speed: 'fast'", "km/h"),
        ("video,height\na.mp4,178\n", "line 2, column height: A height of 178 m", "178 cm"),
        ("video,view\na.mp4,behind\n", "column view", "side, rear or front"),
        ("video,sex\na.mp4,x\n", "column sex", "female or male"),
        ("video,person\na.mp4,0\n", "column person: '0'", "furthest left"),
        ("video,note\na.mp4,one,two\n", "line 2", "quotes"),
        ("video\n\na.mp4\na.mp4\n", "line 4, column video", "Remove"),
        ("video,runner\n,anna\n", "line 2, column video", "file name"),
        ("video\nz.mp4\n", "line 2, column video", "ending"),
    ],
)
def test_mistakes_in_a_list_are_named(tmp_path: Path, text: str, where: str, remedy: str) -> None:
    folder = named(tmp_path, "a.mp4", "b.mp4")
    (folder / "session.csv").write_text(text)
    with pytest.raises(UsageError) as caught:
        read_session([folder], Settings())
    assert where in caught.value.problem
    assert "session.csv" in caught.value.problem
    assert remedy in caught.value.hint


def test_a_list_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "session.csv").write_bytes("video,runner\na.mp4,Jörg\n".encode("latin-1"))
    with pytest.raises(UsageError, match="UTF-8"):
        read_sheet(tmp_path / "session.csv")


# --- what is done, and what is not done again ---


class Backend(fake_backend.FakeBackend):
    """Counts the videos that it is given."""

    seen: list[str] = []  # noqa: RUF012 (one for all instances: the program makes its own)

    def track(self, path: Path, settings: PoseSettings, **options: Any) -> Any:
        self.seen.append(path.name)
        return super().track(path, settings, **options)


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return fake_backend.video(tmp_path_factory.mktemp("video") / "a.mp4").read_bytes()


def make_videos(folder: Path, video: bytes) -> Path:
    """Three videos of two runners and a broken one."""
    folder.mkdir()
    for i, name in enumerate(("anna_side_1", "anna_side_2", "=ben_side")):
        # Bytes behind the last box of an MP4 are not read: to a hash it is another video.
        (folder / f"{name}.mp4").write_bytes(video + bytes([i]))
    (folder / "cut_side.mp4").write_bytes(video[: len(video) // 8])
    return folder


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory, video: bytes) -> Path:
    """A session as it is when all is done."""
    pose.register("fake", Backend)
    base = tmp_path_factory.mktemp("once")
    worked(make_videos(base / "videos", video), base / "out")
    return base


@pytest.fixture
def videos(tmp_path: Path, video: bytes, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Videos of which none has been analysed."""
    pose.register("fake", Backend)
    monkeypatch.setattr(Backend, "seen", [])
    return make_videos(tmp_path / "videos", video)


@pytest.fixture
def out(videos: Path, once: Path, tmp_path: Path) -> Path:
    """What a batch of these videos left."""
    shutil.copytree(once / "out", tmp_path / "out")
    return tmp_path / "out"


def here(**changes: Any) -> Labour:
    labour = Labour(ThreadPoolExecutor(2), perform, lambda: 2, True, (ConnectionResetError,))
    return replace(labour, **changes)


def worked(
    videos: Path,
    out: Path,
    labour: Labour | None = None,
    settings: Settings = FAKE,
    *,
    report: bool = False,
) -> tuple[dict[str, str], tuple[Failure, ...], tuple[Standing, ...]]:
    """Work through a session as the command does; without reports, which take a while."""
    labour = labour or here()
    states: dict[str, str] = {}
    session = read_session([videos], settings)
    failures = work_through(
        session,
        out,
        labour,
        extras=Extras(overlay=False, report=report),
        changed=lambda entry, state: states.update({entry.name: state}),
    )
    failed = {f.entry.name for f in failures}
    done = [entry for entry in session.videos if entry.name not in failed]
    return states, failures, write_results(out, done, failures, labour if report else None)


def contents(out: Path) -> dict[str, bytes]:
    return {str(p.relative_to(out)): p.read_bytes() for p in out.rglob("*") if p.is_file()}


def answered(folder: Path, sheet: str, **files: str) -> Path:
    """A folder of two videos of Anna and one of Berta, a list, and files of answers."""
    for video in ("a.mp4", "b.mp4", "c.mp4"):
        (folder / video).write_bytes(video.encode())
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text)
    (folder / "session.csv").write_text(sheet)
    return folder


def test_answers_are_those_of_a_runner(tmp_path: Path) -> None:
    sheet = "video,runner,intake\na.mp4,Anna,anna.toml\nb.mp4,ANNA,\nc.mp4,Berta,\n"
    session = read_session([answered(tmp_path, sheet, anna='night = "yes"')], Settings())
    assert [entry.answers for entry in session.videos] == [{"night": "yes"}] * 2 + [None]
    assert session.remarks == ()


@pytest.mark.parametrize(
    ("intake", "problem"),
    [
        ("missing.toml", "line 2, column intake"),
        ("anna.toml", "there is no answer 'perhaps'"),
        ("berta.toml", "different answers"),
    ],
)
def test_answers_that_cannot_be_used_are_named_before_the_work(
    tmp_path: Path, intake: str, problem: str
) -> None:
    sheet = f"video,runner,intake\na.mp4,Anna,{intake}\nb.mp4,Anna,carla.toml\n"
    files = {"anna": 'night = "perhaps"', "berta": 'night = "yes"', "carla": 'night = "no"'}
    with pytest.raises(UsageError) as caught:
        read_session([answered(tmp_path, sheet, **files)], Settings())
    assert problem in caught.value.problem


def test_one_bad_video_does_not_stop_the_rest(videos: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    states, failures, standings = worked(videos, out)
    assert states == {
        "=ben_side": "done",
        "anna_side_1": "done",
        "anna_side_2": "done",
        "cut_side": "failed",
    }
    (failure,) = failures
    assert failure.problem.startswith("cut_side.mp4 is cut off")
    assert str(videos) not in failure.problem
    assert {s.runner for s in standings} == {"anna", "=ben"}
    assert len(read_analysis(out / "runners" / "anna").parts) == 2
    assert not (out / "cut_side").exists()


def test_the_tables_hold_every_video_and_nothing_that_a_spreadsheet_would_run(out: Path) -> None:
    with (out / "session.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    analyses = [read_analysis(out / name) for name in ("=ben_side", "anna_side_1", "anna_side_2")]
    assert len(rows) == sum(len(a.summaries) for a in analyses)
    cadence = next(r for r in rows if r["metric"] == "cadence" and r["video"] == "anna_side_1")
    summary = analyses[1].summary("cadence")
    assert summary is not None
    assert float(cadence["value"]) == pytest.approx(summary.value, rel=1e-8)  # nine digits
    assert cadence["file"] == "anna_side_1.mp4"
    assert {r["runner"] for r in rows} == {"anna", "'=ben"}
    table = pq.read_table(out / "session.parquet")
    assert len(table) == len(rows)
    assert set(table["runner"].to_pylist()) == {"anna", "=ben"}
    strides = pq.read_table(out / "strides.parquet")
    assert len(strides) == sum(len(a.measurements) for a in analyses)
    assert strides.schema.names[:3] == ["video", "runner", "metric"]
    assert (out / "failures.csv").read_text().count("\n") == 2


def test_what_is_finished_is_not_done_again(videos: Path, out: Path) -> None:
    before = contents(out)
    states, _, _ = worked(videos, out)
    assert {state for name, state in states.items() if name != "cut_side"} == {"kept"}
    assert Backend.seen == []
    assert contents(out) == before


def test_other_settings_need_no_pose(videos: Path, out: Path) -> None:
    states, _, _ = worked(videos, out, settings=FAKE.model_copy(update={"speed_mps": 3.0}))
    assert states["anna_side_1"] == "done"
    assert Backend.seen == []
    assert read_analysis(out / "anna_side_1").settings.speed_mps == 3.0


def test_another_video_of_the_same_name_is_analysed(videos: Path, out: Path) -> None:
    with (videos / "anna_side_1.mp4").open("ab") as file:
        file.write(b"x")
    worked(videos, out)
    assert Backend.seen == ["anna_side_1.mp4"]


@pytest.mark.parametrize("lost", ["pose.npz", "analysis.json", "strides.parquet"])
def test_half_a_run_folder_is_done_again(videos: Path, out: Path, lost: str) -> None:
    before = contents(out)
    file = out / "anna_side_1" / lost
    file.unlink()
    left = file.with_name(f".{file.stem}-0123abcd{file.suffix}")
    left.write_bytes(b"half")  # as a killed process leaves it
    states, _, _ = worked(videos, out)
    assert states["anna_side_1"] == "done"
    assert contents(out) == before


@pytest.mark.parametrize("changed", ["pose.npz", "analysis.json", "strides.parquet"])
def test_what_somebody_changed_in_a_run_folder_stays(videos: Path, out: Path, changed: str) -> None:
    """Files are whole or not there, so what is otherwise was not left so by gaitlens."""
    file = out / "anna_side_1" / changed
    file.write_bytes(file.read_bytes()[:100])
    _, failures, _ = worked(videos, out)
    problems = {failure.entry.name: failure.problem for failure in failures}
    assert f"{changed}, which was changed since" in problems["anna_side_1"]
    assert len(file.read_bytes()) == 100


def test_without_a_common_disk_the_result_is_the_same(videos: Path, once: Path) -> None:
    asked: list[Job] = []

    def elsewhere(job: Job) -> Outcome:
        """A machine on which the path of the video means nothing."""
        asked.append(job)
        return perform(replace(job, video=Path("/not/there") / job.video.name))

    there = here(perform=elsewhere, shares_disk=False)
    out = videos.parent / "there"
    _, failures, _ = worked(videos, out, there)
    assert contents(out) == contents(once / "out")
    assert len(failures) == 1
    assert len(asked) == 8  # each video is asked for before it is sent
    Backend.seen.clear()
    worked(videos, out, there, FAKE.model_copy(update={"speed_mps": 3.0}))
    assert Backend.seen == []  # the track travels along


class LostError(Exception):
    """The worker died."""


def test_a_worker_may_die_once_on_a_video(videos: Path, out: Path) -> None:
    deaths: list[str] = []

    def dangerous(job: Job) -> Outcome:
        if job.id == "=ben_side" or job.id not in deaths:
            deaths.append(job.id)
            raise LostError
        return perform(job)

    for name in ("=ben_side", "anna_side_1"):
        shutil.rmtree(out / name)
    labour = here(perform=dangerous, deaths=(LostError,), executor=ThreadPoolExecutor(1))
    states, failures, _ = worked(videos, out, labour)
    assert (states["=ben_side"], states["anna_side_1"]) == ("failed", "done")
    problems = {f.entry.name: f.problem for f in failures}
    assert "twice" in problems["=ben_side"]
    assert deaths.count("=ben_side") == 2


def test_lost_workers_end_the_batch_with_what_to_do(videos: Path, tmp_path: Path) -> None:
    class Gone(ThreadPoolExecutor):
        def submit(self, *call: Any, **options: Any) -> Future[Any]:
            future: Future[Any] = Future()
            future.set_exception(ConnectionError("scheduler"))
            return future

    with pytest.raises(UsageError, match="Run the same command again"):
        worked(videos, tmp_path / "out", here(executor=Gone()))


def test_videos_of_different_speed_are_different_runs(videos: Path, out: Path) -> None:
    (videos / "session.csv").write_text("video,speed\nanna_side_1.mp4,3\nanna_side_2.mp4,3.5\n")
    _, _, standings = worked(videos, out)
    assert {s.runner for s in standings} == {"anna, 3 m/s", "anna, 3.5 m/s", "=ben"}
    assert not (out / "runners").exists()  # nothing is merged any more


def test_one_batch_at_a_time(tmp_path: Path) -> None:
    with alone_in(tmp_path / "out"):  # noqa: SIM117 (the first is to be open)
        with pytest.raises(UsageError, match="Another"), alone_in(tmp_path / "out"):
            pass
    with alone_in(tmp_path / "out"):
        pass


# --- who to look at first ---


def finding(kind: str, metric: str = "cadence") -> Finding:
    return Finding(
        id=f"{metric}_{kind}",
        metric=metric,
        side="both",
        kind=kind,  # type: ignore[arg-type]
        flag=None if kind == "note" else "low",
        value=150,
        ci95=(149, 151),
        unit="steps/min",
        tier="A",
        limit_value=155,
        measured="Measured.",
        typical="Typical.",
        wording="Words.",
    )


def test_findings_go_before_the_grade_of_the_video() -> None:
    def of(runner: str, *kinds: str, **changes: Any) -> Standing:
        findings = tuple(finding(kind) for kind in kinds)
        return standing(runner, examples.analysis(findings=findings, **changes))

    nothing_read = (examples.unmeasured("cadence", "both", "No."),)
    runners = [
        of("unreadable", "linked", summaries=nothing_read),
        of("note", "note"),
        of("plain"),
        of("unusual", "unusual", "unusual"),
        of("linked", "linked"),
        of("both", "linked", "unusual"),
    ]
    order = [s.runner for s in sorted(runners, key=attention)]
    assert order == ["both", "linked", "unusual", "note", "plain", "unreadable"]


def test_a_sparkline_stays_flat_within_the_interval() -> None:
    def height(span: tuple[float, float]) -> float:
        series = StrideSeries("m", "M", "deg", "10", False, {"left": (10.0, 11.0)}, span)
        points = sparkline(series).partition('points="')[2].partition('"')[0].split()
        ys = [float(point.partition(",")[2]) for point in points]
        return max(ys) - min(ys)

    assert height((10, 11)) == HEIGHT - 2
    assert height((0, 20)) == pytest.approx((HEIGHT - 2) / 20, abs=0.11)  # one decimal


def test_names_of_users_are_no_html(videos: Path, out: Path) -> None:
    evil = "<script>alert(1)</script>\N{RIGHT-TO-LEFT OVERRIDE}"
    (videos / "session.csv").write_text(f"video,runner,note\nanna_side_1.mp4,{evil},{evil}\n")
    worked(videos, out)
    text = (out / "roster.html").read_text()
    assert "<script" not in text
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in text
    assert text.count("&lt;script&gt;alert(1)") == 2  # runner and note
    assert "http" not in text.replace("http://www.w3.org", "")


# --- reports ---


def links(out: Path) -> list[str]:
    return [unquote(link) for link in re.findall(r'href="([^"#]+)"', read_roster(out))]


def read_roster(out: Path) -> str:
    return (out / "roster.html").read_text()


@pytest.fixture(scope="module")
def reported(once: Path, video: bytes) -> Path:
    """A session with its reports, one of them of two videos, and with a name to stumble over."""
    shutil.copytree(once, base := once.with_name("reported"))
    (base / "videos" / "=ben_side.mp4").rename(base / "videos" / "ben #1? 100%_side.mp4")
    (base / "out" / "=ben_side").rename(base / "out" / "ben #1_ 100%_side")
    worked(base / "videos", base / "out", report=True)
    return base


def test_every_runner_is_linked_with_one_report(reported: Path) -> None:
    out = reported / "out"
    reports = sorted(str(p.relative_to(out)) for p in out.rglob("report*"))
    assert reports == [
        "anna_side_1/report.html",
        "anna_side_2/report.html",
        "ben #1_ 100%_side/report.html",
        "runners/anna/report.html",
    ]
    assert sorted(link for link in links(out) if "report" in link) == reports
    assert all((out / link).exists() for link in links(out))
    whole = (out / "runners" / "anna" / "report.html").read_text()
    assert all(f"anna_side_{i}.mp4" in whole for i in (1, 2))
    assert whole.count("<h2>One stride") == 2


def test_a_report_is_written_when_it_is_missing_and_only_then(
    reported: Path, tmp_path: Path
) -> None:
    shutil.copytree(reported, tmp_path / "copy")
    videos, out = tmp_path / "copy" / "videos", tmp_path / "copy" / "out"
    before = contents(out)
    lost = {out / "anna_side_1" / "report.html", out / "runners" / "anna" / "report.html"}
    others = {p: p.stat().st_mtime_ns for p in out.rglob("report.html") if p not in lost}
    for report in lost:
        report.unlink()
    states, _, _ = worked(videos, out)
    assert set(states.values()) == {"kept", "failed"}  # nobody asked for reports
    assert not any(report.exists() for report in lost)
    states, _, _ = worked(videos, out, report=True)
    assert [name for name, state in states.items() if state == "done"] == ["anna_side_1"]
    assert contents(out) == before
    assert {p: p.stat().st_mtime_ns for p in others} == others


def test_a_report_from_elsewhere_tells_the_date_of_the_video(
    reported: Path, tmp_path: Path
) -> None:
    shutil.copytree(reported, tmp_path / "copy")
    videos, out = tmp_path / "copy" / "videos", tmp_path / "copy" / "out"
    for track in out.rglob("pose.npz"):
        os.utime(track, (1e9, 1e9))  # 9 September 2001
    (report := out / "anna_side_1" / "report.html").unlink()
    worked(videos, out, here(shares_disk=False), report=True)
    assert "9 September 2001" in report.read_text()


def test_remaining_time_counts_what_is_to_be_done() -> None:
    tally = Tally({"a": 100, "b": 100, "c": 200}, overlay=False)
    assert tally.remaining_s() is None
    tally.change("a", "kept")
    tally.change("b", "started")
    assert tally.fraction() == 0
    tally.hear("b", "pose", 3, 4)
    assert tally.fraction() == pytest.approx(75 / 300)  # what is kept is no work
    tally.change("b", "done")
    tally.change("c", "failed")
    assert (tally.fraction(), tally.n_over) == (1, 3)


def test_files_that_were_sent_are_written_whole(tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "run")
    with run.writing():
        run.save_analysis(examples.analysis())
    with run.replacing(run.overlay) as drawn:
        drawn.write_bytes(b"video")
    with run.replacing(run.report) as report:
        report.write_text("<title>of an earlier analysis: running analysis</title>")
    files = {"analysis.json": run.analysis.read_bytes(), "pose.npz": b"1", "strides.parquet": b"2"}
    run.save_files(files)
    kept = {p.name: p.read_bytes() for p in run.path.iterdir() if p.name != RECORD}
    assert kept == {**files, "overlay.mp4": b"video"}  # it shows the same as before
    other = examples.analysis(events=())
    run.save_files({**files, "analysis.json": other.model_dump_json().encode()})
    assert not run.overlay.exists()
    assert read_analysis(run.path) == other
    assert os.listdir(tmp_path) == ["run"]
