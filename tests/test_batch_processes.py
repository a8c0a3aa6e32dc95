"""A session in processes that are killed, here and on a cluster: the end is the same."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import fake_backend
import pytest
from distributed import Client
from waiting import PATIENCE_S, until

import gait.jobs.dask
from gait import pose
from gait.batch.schedule import work_through
from gait.batch.session import read_session
from gait.batch.tables import write_results
from gait.cli.main import main
from gait.io.writing import LOCK
from gait.jobs import workers
from gait.jobs.job import Extras, Labour, perform
from gait.jobs.workers import Crew, WorkerLostError
from gait.settings import Settings

VIDEOS = ("anna_side_1", "anna_side_2", "ben_side")


def gone(pid: int) -> bool:
    """Whether a process is no more, or waits for nothing but its funeral."""
    try:
        return "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return True


# --- worker processes ---


def kill_myself() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def say(word: str) -> int:
    workers.tell(word)
    return os.getpid()


def test_a_death_is_the_failure_of_one_task() -> None:
    heard: list[str] = []
    with Crew(1, heard.append) as workers:
        first = workers.submit(say, "one").result(PATIENCE_S)
        with pytest.raises(WorkerLostError):
            workers.submit(kill_myself).result(PATIENCE_S)
        second = workers.submit(say, "two").result(PATIENCE_S)
        with pytest.raises(ValueError, match="invalid literal"):
            workers.submit(int, "x").result(PATIENCE_S)
        assert workers.submit(say, "three").result(PATIENCE_S) == second
    assert heard == ["one", "two", "three"]
    assert first != second != os.getpid()
    assert gone(second)


def test_something_wrong_here_ends_the_workers_at_once() -> None:
    heard: list[str] = []
    with suppress(KeyboardInterrupt), Crew(1, heard.append) as workers:
        pid = workers.submit(say, "").result(PATIENCE_S)
        waiting = [workers.submit(time.sleep, 600) for _ in range(2)]
        raise KeyboardInterrupt
    assert gone(pid)
    assert all(future.done() for future in waiting)


def test_a_worker_may_die_while_it_waits() -> None:
    with Crew(1) as workers:
        first = workers.submit(os.getpid).result(PATIENCE_S)
        os.kill(first, signal.SIGKILL)
        with suppress(WorkerLostError):  # the task that finds out is lost, the next one is not
            workers.submit(os.getpid).result(PATIENCE_S)
        assert workers.submit(os.getpid).result(PATIENCE_S) != first


def test_a_task_is_killed_whether_it_waits_or_runs() -> None:
    heard: list[str] = []
    with Crew(1, heard.append) as workers:
        running, waiting = workers.submit(sleep_aloud, 600), workers.submit(sleep_aloud, 600)
        until(lambda: heard)
        workers.kill(waiting)
        workers.kill(running)
        assert waiting.cancelled()
        with pytest.raises(WorkerLostError):
            running.result(PATIENCE_S)
        done = workers.submit(say, "after")
        pid = done.result(PATIENCE_S)
        workers.kill(done)  # too late: its process is not ended for it
        assert workers.submit(say, "again").result(PATIENCE_S) == pid


def sleep_aloud(seconds: float) -> None:
    workers.tell("asleep")
    time.sleep(seconds)


def test_what_cannot_be_sent_back_costs_one_task() -> None:
    with Crew(1) as workers:
        with pytest.raises(WorkerLostError):
            workers.submit(open, os.devnull).result(PATIENCE_S)
        assert workers.submit(int, "1").result(PATIENCE_S) == 1


def test_memory_is_given_back_and_cores_are_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "7")  # whoever sets it knows why
    names = ("MALLOC_MMAP_THRESHOLD_", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")
    with Crew(1, threads=2, lasting=False) as workers:
        assert [workers.submit(os.getenv, name).result(PATIENCE_S) for name in names] == [
            str(4 << 20), "2", "7",
        ]  # fmt: skip
        pids = {workers.submit(os.getpid).result(PATIENCE_S) for _ in range(2)}
        assert len(pids) == 2
        assert all(map(gone, pids))


def test_there_is_always_one_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "memory_bytes", lambda: workers.WORKER_BYTES // 2)
    assert workers.fitting() == 1
    monkeypatch.setattr(workers, "memory_bytes", lambda: 10**15)
    assert workers.fitting() == workers.available_cores()


# --- the whole command ---


@pytest.fixture(scope="module")
def videos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("videos")
    one = fake_backend.video(folder / "one.mp4")
    for i, name in enumerate(VIDEOS):
        # Bytes behind the last box of an MP4 are not read: to a hash it is another video.
        (folder / f"{name}.mp4").write_bytes(one.read_bytes() + bytes([i]))
    one.unlink()
    return folder


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, videos: Path) -> dict[str, bytes]:
    """What a session leaves, from threads of this process."""
    pose.register("fake", fake_backend.FakeBackend)
    base = tmp_path_factory.mktemp("undisturbed")
    fake_backend.install(base / "backend")
    session = read_session([videos], Settings.from_toml(base / "backend" / "settings.toml"))
    labour = Labour(ThreadPoolExecutor(1), perform, lambda: 1, True, ())
    extras = Extras(overlay=False, report=True)
    assert not work_through(
        session, base / "out", labour, extras=extras, changed=lambda entry, state: None
    )
    write_results(base / "out", session.videos, (), labour)
    return contents(base / "out")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    installed = fake_backend.install(tmp_path / "backend")
    return os.environ | installed | {fake_backend.SLOW: "0.5"}


def contents(out: Path) -> dict[str, bytes]:
    return {
        str(p.relative_to(out)): p.read_bytes()
        for p in out.rglob("*")
        if p.is_file() and p.name != LOCK
    }


def start(
    videos: Path, tmp_path: Path, environment: dict[str, str], *options: str
) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "gait.cli.main", "batch", str(videos), "--out"]
    command += [str(tmp_path / "out"), "--settings", str(tmp_path / "backend" / "settings.toml")]
    command += ["--no-overlay", *options]
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def children(pid: int) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(entry.read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(entry.parent.name))
        except OSError:
            continue
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
def test_kill_9_costs_only_what_was_under_way(
    videos: Path, undisturbed: dict[str, bytes], environment: dict[str, str], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    batch = start(videos, tmp_path, environment, "--workers", "1")
    until(lambda: (out / VIDEOS[0] / "analysis.json").exists())
    workers = children(batch.pid)
    batch.kill()
    batch.communicate()
    until(lambda: all(map(gone, workers)))  # nothing goes on behind our back
    for name, content in contents(out).items():  # and nothing half-written is to be seen
        assert content == undisturbed[name] or Path(name).name.startswith(".")
    done = (out / VIDEOS[0] / "pose.npz").stat().st_mtime_ns
    again = start(videos, tmp_path, environment, "--workers", "1")
    until(lambda: len(workers_of_a_task(again.pid)) == 1)
    os.kill(workers_of_a_task(again.pid)[0], signal.SIGKILL)  # a worker this time
    printed, said = again.communicate(timeout=PATIENCE_S)
    assert again.returncode == 0, said
    assert "roster.html" in printed
    assert contents(out) == undisturbed
    assert (out / VIDEOS[0] / "pose.npz").stat().st_mtime_ns == done


def workers_of_a_task(pid: int) -> list[int]:
    """Workers of this batch, by what they were started with."""
    return [
        child
        for child in children(pid)
        if b"gait.jobs.workers" in Path(f"/proc/{child}/cmdline").read_bytes()
    ]


def test_the_folder_of_the_videos_is_not_written(videos: Path) -> None:
    before = sorted(videos.iterdir())
    assert main(["batch", str(videos), "--out", str(videos)]) == 2
    assert sorted(videos.iterdir()) == before


# --- a cluster ---


@pytest.fixture
def cluster(environment: dict[str, str], tmp_path: Path) -> Iterator[tuple[str, list[int]]]:
    """A scheduler and two workers, each a process of its own; address and workers."""
    file = tmp_path / "scheduler.json"
    common = ["--no-dashboard", "--scheduler-file", str(file)]
    scheduler = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1"]
    worker = [sys.executable, "-m", "distributed.cli.dask_worker", "--no-nanny", "--nthreads", "1"]
    commands = [[*scheduler, "--port", "0", *common]]
    commands += [[*worker, *common, "--local-directory", str(tmp_path / f"w{i}")] for i in (1, 2)]
    running = []
    for command in commands:
        running.append(
            subprocess.Popen(
                command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
        )
        until(file.exists)
    yield json.loads(file.read_text())["address"], [process.pid for process in running[1:]]
    for process in running:
        process.kill()
        process.wait()


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
def test_a_cluster_gives_the_same_and_may_lose_a_worker(
    videos: Path,
    undisturbed: dict[str, bytes],
    environment: dict[str, str],
    tmp_path: Path,
    cluster: tuple[str, list[int]],
) -> None:
    address, workers = cluster
    batch = start(videos, tmp_path, environment, "--scheduler", address)
    with Client(address, set_as_default=False) as watching:
        until(lambda: all(watching.processing().values()))  # both have something to do
    os.kill(workers[0], signal.SIGKILL)
    _, said = batch.communicate(timeout=PATIENCE_S)
    assert batch.returncode == 0, said
    assert contents(tmp_path / "out") == undisturbed


def test_a_scheduler_that_is_not_there(
    videos: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gait.jobs.dask, "_PATIENCE_S", 0.2)
    code = main(
        ["batch", str(videos), "--out", str(tmp_path / "out"), "--scheduler", "tcp://127.0.0.1:9"]
    )
    assert code == 2
    assert "dask scheduler" in capsys.readouterr().err
