"""Background work: whole results or none, whatever is given and whatever is killed."""

from __future__ import annotations

import io
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import examples
import fake_backend
import pytest
from waiting import PATIENCE_S, until

from gait import pose
from gait.io.analysis_file import read_analysis
from gait.io.deletion import delete, note_own_copy, own_copy
from gait.io.ours import RECORD
from gait.io.run_folder import RunFolder, runs
from gait.jobs.queue import Jobs
from gait.jobs.staging import STAGING
from gait.jobs.status import Status
from gait.jobs.uploads import safe_name
from gait.pipeline import analyze
from gait.settings import PoseSettings, Settings
from gait.types import OutputError, UsageError
from gait.ui.server import Site
from gait.ui.site import plain

FAKE = Settings(pose=PoseSettings(backend="fake"))


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in fake_backend.install(tmp_path).items():
        monkeypatch.setenv(name, value)
    return tmp_path / "runs"


@pytest.fixture(scope="session")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fake_backend.video(tmp_path_factory.mktemp("video") / "run.mp4")


def finished(jobs: Jobs, job: str) -> Status:
    def over() -> Status | None:
        now = jobs.get(job)
        assert now is not None
        return now if now.over else None

    now = until(over, "the end of the job")
    assert now is not None
    return now


def drawn(jobs: Jobs, run: RunFolder) -> None:
    """Wait for the overlay, which comes after the answer."""
    until(lambda: jobs.drawing(run) is None, "the overlay")
    assert run.overlay.is_file()


def left(workspace: Path) -> list[str]:
    """Everything in the workspace and its staging folder."""
    return sorted(p.name for p in [*workspace.glob("*"), *workspace.glob(f"{STAGING}/*")])


def test_a_video_becomes_a_run_with_everything_in_it(workspace: Path, video: Path) -> None:
    jobs = Jobs(workspace)
    with video.open("rb") as upload:
        first = jobs.analyse(upload, "Läufer 1.MP4", FAKE)
    again = jobs.analyse(video, "Läufer 1.MP4", FAKE)
    assert finished(jobs, first).run == "Läufer 1"
    assert finished(jobs, again).run == "Läufer 1-2"  # nobody's run is written over
    run = RunFolder(workspace / "Läufer 1")
    drawn(jobs, run)
    drawn(jobs, RunFolder(workspace / "Läufer 1-2"))
    assert {p.name for p in run.path.iterdir()} == {
        "analysis.json", "video.mp4", "overlay.mp4", "pose.npz", "strides.parquet", RECORD,
    }  # fmt: skip
    assert own_copy(run) == run.path / "video.mp4"
    assert read_analysis(run.path).video.name == "Läufer 1.mp4"  # type: ignore[union-attr]
    # The folder of the drawing goes a moment after the drawing is there.
    until(lambda: left(workspace) == [STAGING, "Läufer 1", "Läufer 1-2"], "an empty staging folder")
    assert video.exists()


def test_the_answer_is_there_before_the_overlay(
    workspace: Path, video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = Jobs(workspace)
    asked: list[Path] = []
    with monkeypatch.context() as held:  # the drawing, lest it is done before anybody looks
        held.setattr(Jobs, "draw", lambda self, run, name: asked.append(run.path))
        name = finished(jobs, jobs.analyse(video, "run.mp4", FAKE)).run
        until(lambda: asked, "the drawing")
    assert name is not None
    run = RunFolder(workspace / name)
    assert asked == [run.path]
    assert read_analysis(run.path).summaries
    assert not run.overlay.exists()
    jobs.draw(run, "run.mp4")
    drawn(jobs, run)


def test_where_faces_are_hidden_nothing_is_shown_before_it_is_drawn(
    workspace: Path, video: Path
) -> None:
    jobs = Jobs(workspace)
    hidden = FAKE.model_copy(update={"blur_face": True})
    name = finished(jobs, jobs.analyse(video, "run.mp4", hidden)).run
    assert name is not None
    run = RunFolder(workspace / name)
    assert run.overlay.is_file()
    assert run.video is None


def test_a_visit_goes_with_the_copies_of_its_uploads(
    workspace: Path, video: Path, tmp_path: Path
) -> None:
    jobs = Jobs(workspace)
    other = fake_backend.video(tmp_path / "rear.mp4", shade=90)
    name = finished(jobs, jobs.analyse_visit([(video, "side.mp4"), (other, "rear.mp4")], FAKE)).run
    assert name is not None
    visit = RunFolder(workspace / name)
    parts = runs(visit.path)
    assert [own_copy(part) for part in parts] == [part.path / "video.mp4" for part in parts]
    assert len(parts) == 2
    until(lambda: not any(map(jobs.drawing, parts)), "the drawings")
    assert delete(visit) == ()
    assert video.exists()
    assert other.exists()


@pytest.mark.parametrize("noted", [True, False])
def test_a_video_that_shows_a_face_goes_if_it_is_the_copy_of_an_upload(
    workspace: Path, video: Path, noted: bool
) -> None:
    jobs = Jobs(workspace)
    run = RunFolder(workspace / "run")
    pose.register("fake", fake_backend.FakeBackend)
    analyze(video, FAKE.model_copy(update={"blur_face": True}), out=run.path, overlay=False)
    kept = run.path / "video.mp4"
    shutil.copyfile(video, kept)
    if noted:
        note_own_copy(run, kept)
    assert finished(jobs, jobs.draw(run, "run.mp4")).run == "run"
    assert kept.exists() is not noted


@pytest.mark.parametrize("content", [b"", b"<html>not a video</html>", b"\0" * 5000])
def test_what_is_no_video_leaves_a_message_and_nothing_else(
    workspace: Path, content: bytes
) -> None:
    jobs = Jobs(workspace)
    job = finished(jobs, jobs.analyse(io.BytesIO(content), "notes.mp4", FAKE))
    assert job.state == "failed"
    assert job.problem.startswith("notes.mp4")
    assert str(workspace) not in job.problem + job.hint
    assert job.hint
    until(lambda: left(workspace) == [STAGING], "an empty staging folder")


def test_names_that_are_no_video_are_refused_before_anything_is_written(workspace: Path) -> None:
    for name in ("run.exe", "mp4", "../../etc/passwd", ""):
        with pytest.raises(UsageError):
            Jobs(workspace).analyse(io.BytesIO(b"x"), name, FAKE)
    assert left(workspace) == []


def test_a_workspace_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="--workspace"):
        Jobs(tmp_path / "file" / "runs").analyse(io.BytesIO(b"x"), "a.mp4", FAKE)


def test_two_runners_are_shown_and_one_is_chosen(
    workspace: Path, video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(fake_backend.PEOPLE, "2")
    jobs = Jobs(workspace)
    asking = finished(jobs, jobs.analyse(video, "run.mp4", FAKE))
    assert (asking.state, asking.people) == ("failed", 2)
    assert asking.picture is not None
    assert asking.picture.read_bytes()[1:4] == b"PNG"
    done = finished(jobs, jobs.choose(asking.id, 2))
    run = RunFolder(workspace / str(done.run))
    drawn(jobs, run)
    assert read_analysis(run.path).settings.pose.person == 2
    assert run.people.exists()
    until(lambda: left(workspace) == [STAGING, "run"], "an empty staging folder")
    with pytest.raises(UsageError, match="no longer"):
        jobs.choose(asking.id, 1)


def test_a_runner_chosen_at_once_still_has_a_video(
    workspace: Path, video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Hasty(Jobs):
        again = ""

        def _change(self, job: str, **changes: Any) -> None:
            super()._change(job, **changes)
            if changes.get("people"):
                self.again = self.choose(job, 2)

    monkeypatch.setenv(fake_backend.PEOPLE, "2")
    jobs = Hasty(workspace)
    finished(jobs, jobs.analyse(video, "run.mp4", FAKE))
    assert finished(jobs, jobs.again).state == "done"


def test_a_question_that_nobody_answers_leaves_nothing(
    workspace: Path, video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(fake_backend.PEOPLE, "2")
    jobs = Jobs(workspace)
    asking = finished(jobs, jobs.analyse(video, "run.mp4", FAKE))
    jobs.cancel(asking.id)
    until(lambda: left(workspace) == [STAGING], "an empty staging folder")


def test_cancel_stops_at_once_and_leaves_nothing(
    workspace: Path, video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(fake_backend.SLOW, "600")
    jobs = Jobs(workspace)
    running, waiting = (jobs.analyse(video, "run.mp4", FAKE) for _ in range(2))
    until(lambda: "running" in {jobs.get(j).state for j in (running, waiting)})  # type: ignore[union-attr]
    for job in (running, waiting):
        jobs.cancel(job)
        assert jobs.get(job).state == "cancelled"  # type: ignore[union-attr]
        jobs.cancel(job)  # once more does nothing
    until(lambda: left(workspace) == [STAGING], "an empty staging folder")


def test_what_is_over_is_forgotten_and_nothing_else(
    workspace: Path, video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(fake_backend.SLOW, "600")
    jobs = Jobs(workspace)
    job = jobs.analyse(video, "slow.mp4", FAKE)
    jobs.forget(job)
    assert [status.id for status in jobs.all()] == [job]
    jobs.cancel(job)

    def forgotten() -> bool:
        jobs.forget(job)  # once its process has said that it ended
        return not jobs.all()

    until(forgotten, "an empty list")
    assert jobs.get(job) is None


def test_a_killed_server_takes_its_work_along_and_leaves_no_broken_run(
    workspace: Path, video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = Jobs(workspace)
    done = finished(jobs, jobs.analyse(video, "done.mp4", FAKE))
    drawn(jobs, RunFolder(workspace / "done"))
    monkeypatch.setenv(fake_backend.SLOW, "600")
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(workspace), str(video)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    worker = int(server.stdout.readline())
    server.send_signal(signal.SIGKILL)
    server.wait()
    server.stdout.close()
    until(lambda: not exists(worker), "the end of the worker, whose server is gone,")
    assert [run.path.name for run in runs(workspace)] == [done.run]
    Jobs(workspace)  # the next server
    assert left(workspace) == [STAGING, "done"]


SERVER = f"""
import sys, time
from pathlib import Path
from gait.jobs.queue import Jobs
from gait.settings import Settings
jobs = Jobs(Path(sys.argv[1]))
job = jobs.analyse(Path(sys.argv[2]), "half.mp4", Settings(pose={{"backend": "fake"}}))
while jobs.get(job).stage != "pose":
    time.sleep(0.05)
print(*(worker.process.pid for worker in jobs._crew._doing.values()), flush=True)
time.sleep({PATIENCE_S})
"""


def exists(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_the_overlay_is_drawn_again_unless_the_run_changed_meanwhile(
    workspace: Path, video: Path
) -> None:
    jobs = Jobs(workspace)
    name = finished(jobs, jobs.analyse(video, "run.mp4", FAKE)).run
    assert name is not None
    run = RunFolder(workspace / name)
    drawn(jobs, run)
    run.overlay.unlink()
    assert finished(jobs, jobs.draw(run, "run.mp4")).state == "done"
    assert run.overlay.is_file()
    run.overlay.unlink()
    job = jobs.draw(run, "run.mp4")
    os.utime(run.analysis, (1, 1))
    assert finished(jobs, job).state == "done"
    assert not run.overlay.exists()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("run.MP4", "run.mp4"),
        ("../../../etc/cron.mp4", "cron.mp4"),
        ("..\\..\\win.mov", "win.mov"),
        ("<script>alert(1)</script>.mp4", "script_.mp4"),
        ("....mp4", "video.mp4"),
        (f"{'x' * 300}.mp4", f"{'x' * 200}.mp4"),
        ("a\0b\n.mp4", "a_b_.mp4"),
    ],
)
def test_file_names_keep_no_folder_and_no_markup(given: str, kept: str) -> None:
    assert safe_name(given) == kept


def test_text_of_users_stays_text() -> None:
    assert "<" not in plain("<img src=x onerror=alert(1)>")
    assert plain("![x](http://e.com) `a`") == r"!\[x\](http\://e.com) \`a\`"


def test_videos_open_by_path_only_where_allowed(tmp_path: Path) -> None:
    videos, elsewhere = tmp_path / "videos", tmp_path / "elsewhere"
    inside, outside = examples.video(videos / "a.mp4"), examples.video(elsewhere / "b.mp4")
    (videos / "link.mp4").symlink_to(outside)
    public = Site.of({"GAIT_VIDEOS": str(videos)}, "0.0.0.0")
    assert public.video(str(inside)) == inside
    for path in (
        outside,
        videos / ".." / "elsewhere" / "b.mp4",
        videos / "link.mp4",
        "/etc/passwd",
    ):
        with pytest.raises(UsageError, match="may not open"):
            public.video(str(path))
    with pytest.raises(UsageError, match="may not open"):  # not a word on what exists
        public.video(str(elsewhere / "missing.mp4"))
    assert Site.of({}, None).videos == ()
    local = Site.of({}, "localhost")
    assert local.video(f' "{outside}" ') == outside
    with pytest.raises(UsageError, match="no file"):
        local.video(str(videos))
    with pytest.raises(UsageError, match="not a video"):
        local.video(__file__)


@pytest.mark.parametrize("name", ["", "..", "../secret", ".jobs", "a/b", "missing", "/etc"])
def test_runs_outside_the_workspace_do_not_exist(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "analysis.json").write_text("{}")
    site = Site.of({"GAIT_WORKSPACE": str(tmp_path / "runs")}, "localhost")
    with pytest.raises(UsageError):
        site.run(name)
