"""Who may come in, how many, and what a server says and leaves when it starts and ends."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import stat
from pathlib import Path
from typing import Any

import fake_backend
import pytest
from page_client import Client, fetch, served
from waiting import until

from gait.cli import main as cli
from gait.jobs import queue
from gait.jobs.queue import Jobs
from gait.jobs.staging import STAGING, sweep
from gait.settings import PoseSettings, Settings
from gait.types import OutputError, UsageError
from gait.ui.access import gate
from gait.ui.access.keys import Keys
from gait.ui.access.served import Served
from gait.ui.server import Site

SECRET = "0123456789abcdef0123"
FAKE = Settings(pose=PoseSettings(backend="fake"))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in fake_backend.install(tmp_path).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_token_opens_one_library_and_no_other() -> None:
    keys = Keys(SECRET, ["anna", "ben"])
    links = keys.links()
    assert set(links) == {"anna", "ben"}
    assert keys.profile(links["anna"]) == "anna"
    assert links["anna"] != links["ben"]
    for wrong in ("", SECRET, links["anna"][:-1], links["anna"] + "0", "\xff", "anna"):
        assert keys.profile(wrong) is None
    assert Keys(SECRET, ["anna", "ben"]).links() == links  # links outlast a server
    assert Keys(SECRET).links() == {"": SECRET}
    assert Keys.of({}).links() != Keys.of({}).links()


def test_a_code_for_the_browser_is_good_once() -> None:
    keys = Keys(SECRET)
    code = keys.once("")
    assert keys.profile(code) is None
    assert keys.redeem(code) == SECRET
    assert keys.redeem(code) is None
    assert keys.redeem(SECRET) == SECRET


@pytest.mark.parametrize("secret", ["short", "x" * 19, "with space and more of it", "ü" * 30])
def test_a_token_that_can_be_guessed_is_refused(
    here: Path, secret: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GAIT_TOKEN", secret)
    monkeypatch.setenv("GAIT_PROFILES", "")
    assert cli.main(["app", "--no-browser", "--port", str(free_port())]) == 2
    assert "GAIT_TOKEN" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["..", "a/b", ".jobs", "CON", "x" * 300, "a\nb"])
def test_a_library_has_a_name_that_stays_in_its_folder(
    here: Path, name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GAIT_PROFILES", "")
    assert cli.main(["app", "--profile", name, "--no-browser", "--port", str(free_port())]) == 2
    assert "name of a folder" in capsys.readouterr().err


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("localhost", 0))
        return int(free.getsockname()[1])


def test_a_path_does_not_lead_into_the_library_of_another(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    for name in ("anna", "ben"):
        (runs / name).mkdir(parents=True)
        (runs / name / "video.mp4").write_bytes(b"")
    environment = {"GAIT_WORKSPACE": str(runs), "GAIT_VIDEOS": str(tmp_path)}
    site = Site.of(environment, "localhost", "ben")
    assert site.video(str(runs / "ben" / "video.mp4"))
    with pytest.raises(UsageError, match="may not open"):
        site.video(str(runs / "anna" / "video.mp4"))
    assert Site.of({"GAIT_WORKSPACE": str(runs)}, "localhost", "ben").videos == ()


@pytest.mark.parametrize("text", ["~nosuchuser/a.mp4", "a" * 5000, "a\0.mp4", "~" * 300])
def test_what_is_no_path_is_said_in_one_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError) as found:
        Site.of({"GAIT_WORKSPACE": str(tmp_path)}, "localhost").video(text)
    assert len(str(found.value)) < 400


def converse(guard: gate.Gate, cookie: str) -> dict[str, str]:
    """What the application is told of a connection."""
    told: dict[str, str] = {}

    async def application(scope: Any, receive: Any, send: Any) -> None:
        told.update({k.decode(): v.decode() for k, v in scope["headers"]})

    guard._app = application
    scope = {
        "type": "websocket",
        "path": "/_stcore/stream",
        "query_string": b"",
        "headers": [(b"cookie", cookie.encode()), (b"x-gait-profile", b"forged")],
        "server": ("localhost", 1),
    }
    asyncio.run(guard(scope, None, None))  # type: ignore[arg-type]
    return told


def test_more_pages_than_fit_are_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "MOST_PAGES", 2)
    served_to = Served()
    guard = gate.Gate(None, Keys(SECRET), served_to)  # type: ignore[arg-type]
    cookie = f"gait-1={SECRET}"
    assert "x-gait-full" not in converse(guard, cookie)
    lines = [served_to.connect("") for _ in range(2)]
    told = converse(guard, cookie)
    assert told["x-gait-full"] == "yes"
    assert told["x-gait-profile"] == ""
    served_to.disconnect(lines[0])
    assert "x-gait-full" not in converse(guard, cookie)


def test_what_was_sent_is_served_until_it_is_withdrawn(tmp_path: Path) -> None:
    sent = Served()
    anna, ben = sent.connect("anna"), sent.connect("ben")
    sent.sent(anna, b"..\x12/media/0123456789abcdef0123.mp4\x1a..")
    sent.shows(tmp_path, anna, "session")
    assert sent.may_fetch("anna", "0123456789abcdef0123.mp4")
    assert not sent.may_fetch("ben", "0123456789abcdef0123.mp4")
    sent.sent(ben, b"/media/ffffffffffffffff.mp4")
    assert sent.withdraw(tmp_path) == ("session",)
    assert not sent.may_fetch("anna", "0123456789abcdef0123.mp4")
    assert sent.may_fetch("ben", "ffffffffffffffff.mp4")
    sent.disconnect(ben)
    assert sent.may_fetch("ben", "ffffffffffffffff.mp4")  # the tab may still ask
    sent.forget(ben)
    assert not sent.may_fetch("ben", "ffffffffffffffff.mp4")


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


_NIGHTLY = pytest.mark.nightly  # a server for each, and the page starts on localhost elsewhere
_IPV6 = pytest.mark.skipif(not has_ipv6(), reason="no IPv6")
HOSTS = [
    pytest.param("127.0.0.1", marks=_NIGHTLY),
    "0.0.0.0",
    pytest.param("::1", marks=[_NIGHTLY, _IPV6]),
    pytest.param("[::1]", marks=_IPV6),
]


@pytest.mark.parametrize("host", HOSTS)
def test_every_address_has_a_link_that_opens(here: Path, host: str) -> None:
    with served(here, "--host", host) as (url, links, process):
        assert fetch(url).status == 403
        client = Client(url, links["gaitlens"])
        assert client.get("").status == 200
        assert "How do you run?" in client.look()
        client.close()
        if host == "0.0.0.0":
            assert process.stdout is not None
            process.terminate()
            said = process.stdout.read()
            assert "not encrypted" in said
            assert "--profile" in said


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_page_that_is_ended_says_nothing_of_faults(here: Path, how: int) -> None:
    with served(here) as (url, _, process):
        assert fetch(f"{url}_stcore/health").body == b"ok"
        process.send_signal(how)
        assert process.stdout is not None
        said = process.stdout.read()
        assert "unexpected" not in said
        assert "Traceback" not in said
        assert process.wait(60) in (0, 130, -how, 128 + how)


def test_the_upload_of_a_killed_server_goes_when_the_next_one_starts(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import subprocess
    import sys

    script = (
        "import sys, time; from pathlib import Path; from gait.jobs.queue import Jobs\n"
        "from gait.settings import Settings\n"
        "Jobs(Path('gait_runs')).analyse(Path(sys.argv[1]), 'a.mp4',"
        " Settings(pose={'backend': 'fake'}))\n"
        "print('in', flush=True); time.sleep(600)"
    )
    video = fake_backend.video(here / "a.mp4")
    environment = os.environ | {fake_backend.SLOW: "600"}
    with subprocess.Popen(
        [sys.executable, "-c", script, str(video)], env=environment, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"in\n"
        left = [p for p in (here / "gait_runs" / STAGING).iterdir() if p.is_dir()]
        assert len(left) == 1
        sweep(here / "gait_runs")
        assert left[0].is_dir()  # its server lives
        other.send_signal(signal.SIGKILL)
    with served(here) as (url, _, _):
        assert fetch(f"{url}_stcore/health").status == 200

        def swept() -> bool:
            sweep(here / "gait_runs")
            return not list((here / "gait_runs" / STAGING).iterdir())

        until(swept, "the end of the worker, a moment after its server's,")
    assert video.is_file()


@pytest.fixture
def done(here: Path) -> Path:
    jobs = Jobs(here / "runs")
    video = fake_backend.video(here / "a.mp4")
    os.chmod(video, 0o644)
    with video.open("rb") as upload:
        job = jobs.analyse(upload, "a.mp4", FAKE)
    wait(jobs, job)
    return here / "runs" / "a"


def wait(jobs: Jobs, job: str) -> None:
    until(lambda: jobs.get(job).over, "the end of the job")  # type: ignore[union-attr]
    assert jobs.get(job).state == "done", jobs.get(job)  # type: ignore[union-attr]


@pytest.mark.skipif(os.name != "posix", reason="rights of POSIX")
def test_runs_are_for_nobody_else_to_read(done: Path) -> None:
    for folder in (done, done.parent, done.parent / STAGING):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for file in done.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    assert stat.S_IMODE((done.parents[1] / "a.mp4").stat().st_mode) == 0o644


@pytest.mark.skipif(os.name != "posix", reason="rights of POSIX")
def test_rights_that_a_user_gave_stay(done: Path) -> None:
    os.chmod(done / "analysis.json", 0o640)
    os.chmod(done, 0o750)
    assert cli.main(["report", str(done)]) == 0
    assert cli.main(["report", str(done)]) == 0
    assert stat.S_IMODE(done.stat().st_mode) == 0o750
    assert stat.S_IMODE((done / "report.html").stat().st_mode) == 0o600
    os.chmod(done / "report.html", 0o644)
    assert cli.main(["report", str(done)]) == 0
    assert stat.S_IMODE((done / "report.html").stat().st_mode) == 0o644


def test_a_disk_without_room_is_said_before_the_video_is_taken(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = fake_backend.video(here / "a.mp4")
    usage = shutil.disk_usage(here)._replace(free=50_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    with pytest.raises(OutputError, match="50 MB are free") as found:
        Jobs(here / "runs").analyse(video, "a.mp4", FAKE)
    assert "Delete runs" in found.value.hint
    assert not (here / "runs").exists()


def test_so_many_may_wait_and_no_more(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(fake_backend.SLOW, "600")
    monkeypatch.setattr(queue, "MOST_WAITING", 2)
    video = fake_backend.video(here / "a.mp4")
    jobs = Jobs(here / "runs")
    started = [jobs.analyse(video, "a.mp4", FAKE) for _ in range(2)]
    with pytest.raises(UsageError, match="waiting already"):
        jobs.analyse(video, "a.mp4", FAKE)
    for job in started:
        jobs.cancel(job)
