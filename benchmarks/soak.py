"""Many videos and many kills: whether anything grows, gets lost or is left behind.

    python benchmarks/soak.py page --videos 100     # one after the other, uploaded and looked at
    python benchmarks/soak.py kills --kills 20      # of a command, of a batch, of its workers

The pose comes from the fake backend of the tests, everything else is the program as it is.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from gait.io.writing import LOCK

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
PATIENCE_S = 1800
ORPHANS_S = 120
"""How long a process may take to see that whoever started it is gone."""


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def status(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return ""


def memory_mb(pid: int) -> float:
    """Resident memory of a process."""
    found = re.search(r"VmRSS:\s+(\d+)", status(pid))
    return int(found[1]) / 1024 if found else 0.0


def children(pid: int) -> Iterator[int]:
    for entry in Path("/proc").glob("[0-9]*"):
        if f"\nPPid:\t{pid}\n" in status(int(entry.name)):
            yield int(entry.name)


def page(n: int) -> None:
    """Videos through the page: uploaded over HTTP, analysed, looked at, their media fetched."""
    import fake_backend
    from page_client import Client, served

    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        environment = fake_backend.install(folder)
        video = fake_backend.video(folder / "a.mp4").read_bytes()
        options = ("--workspace", "runs", "--settings", environment["GAIT_SETTINGS"])
        with served(folder, *options, env=environment) as (url, links, process):
            token = links["gaitlens"]
            for i in range(1, n + 1):
                name = f"v{i:03d}"
                client = Client(url, token)
                client.look()
                state = client.upload(f"{name}.mp4", video)
                client.look(states=[state])
                client.look(clicked=[client.button("Analyze")], states=[state])
                run = folder / "runs" / name
                end = time.monotonic() + PATIENCE_S
                while not (run / "overlay.mp4").exists():
                    assert time.monotonic() < end, name
                    time.sleep(0.05)
                shown = client.look(f"run={name}")
                assert "Cadence" in shown, shown[:4000]
                assert all(client.get(address).status == 200 for address in client.media())
                client.close()
                if i in (1, 2, 5) or i % 10 == 0:
                    disk = sum(p.stat().st_size for p in folder.joinpath("runs").rglob("*.*"))
                    staged = len(list((folder / "runs" / ".jobs").iterdir()))
                    descriptors = len(list(Path(f"/proc/{process.pid}/fd").iterdir()))
                    say(
                        f"{i:4d} videos: {memory_mb(process.pid):5.0f} MB, {disk / i / 1e6:.2f} MB "
                        f"on disk for each, {staged} staged, {descriptors} open files, "
                        f"{len(list(children(process.pid)))} child processes"
                    )


def digests(out: Path) -> dict[str, str]:
    return {
        str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(out.rglob("*"))
        if path.is_file()
    }


def below(pid: int) -> set[int]:
    """Its children and theirs."""
    found = set(children(pid))
    return found.union(*map(below, found))


def workers(pid: int) -> list[int]:
    """Its processes that work on a task, by what they were started with."""
    found = []
    for child in children(pid):
        with suppress(OSError):
            if b"gait.jobs.workers" in Path(f"/proc/{child}/cmdline").read_bytes():
                found.append(child)
    return sorted(found)


def end_by_themselves(pids: set[int]) -> bool:
    """Whether processes end once the one that started them has."""
    end = time.monotonic() + ORPHANS_S
    while any((text := status(pid)) and "\nState:\tZ" not in text for pid in pids):
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


VICTIMS = ("analyze", "batch", "worker")
"""A command that is killed itself, or a batch of which a worker is."""


def kills(victim: str, n: int, seed: int, n_videos: int) -> None:
    """Something with overlay and report that is killed again and again, and that is not."""
    import fake_backend

    chance = random.Random(f"{seed} {victim}")
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        environment = os.environ | fake_backend.install(folder) | {fake_backend.SLOW: "1"}
        videos = folder / "videos"
        videos.mkdir()
        for i in range(n_videos):
            fake_backend.video(videos / f"v{i:02d}.mp4", shade=100 + i)
        given = ["analyze", str(videos / "v00.mp4")]
        if victim != "analyze":
            given = ["batch", str(videos), "--workers", "2"]
        command = [
            *(sys.executable, "-m", "gait.cli.main", *given, "--report"),
            *("--settings", environment["GAIT_SETTINGS"], "--out"),
        ]

        def begin(out: str) -> subprocess.Popen[bytes]:
            return subprocess.Popen(
                [*command, out],
                cwd=folder,
                env=environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )

        def works(process: subprocess.Popen[bytes], out: str, since_ns: int) -> None:
            """Wait until it has the folder for itself."""
            lock = folder / out / LOCK
            while process.poll() is None:
                with suppress(OSError):
                    if lock.stat().st_mtime_ns >= since_ns:
                        return
                time.sleep(0.01)

        now_ns = time.time_ns()
        process = begin("whole")
        works(process, "whole", now_ns)
        began = time.monotonic()
        assert process.wait() == 0
        took_s = time.monotonic() - began
        before, whole = digests(videos), digests(folder / "whole")
        killed = orphans = 0
        finished: list[dict[str, str]] = []
        half: set[str] = set()
        states: set[tuple[str, ...]] = set()

        def see_the_end(process: subprocess.Popen[bytes]) -> None:
            assert process.wait() == 0
            finished.append(digests(folder / "killed"))
            shutil.rmtree(folder / "killed")

        while killed < n:
            now_ns = time.time_ns()
            process = begin("killed")
            works(process, "killed", now_ns)
            # At any moment; a batch has to get further in between, or nothing is ever kept.
            until = time.monotonic() + chance.uniform(0, 1 if victim == "analyze" else 0.7) * took_s
            while process.poll() is None and time.monotonic() < until:
                time.sleep(0.01)
            doomed = workers(process.pid) if victim == "worker" else [process.pid]
            if process.poll() is not None or not doomed:
                see_the_end(process)
                continue
            started = below(process.pid)
            os.kill(chance.choice(doomed), signal.SIGKILL)
            killed += 1
            if victim == "worker":
                see_the_end(process)  # what it worked on is begun anew
                continue
            process.wait()
            orphans += not end_by_themselves(started)
            if (folder / "killed").is_dir():
                left = digests(folder / "killed")
                states.add(tuple(sorted(left)))
                # The tables of a session grow; what stands in a run folder is whole or not there.
                half |= {
                    name
                    for name, digest in left.items()
                    if (victim == "analyze" or os.sep in name)
                    and not Path(name).name.startswith(".")
                    and digest != whole.get(name)
                }
        see_the_end(begin("killed"))
        differ = {
            name
            for found in finished
            for name in found.keys() | whole.keys()
            if found.get(name) != whole.get(name)
        }
        say(
            f"{victim}: {killed} kills, {len(states)} different states left by them, "
            f"{len(half)} files half-written {sorted(half)[:3]}, {orphans} left processes; "
            f"{len(finished)} times at the end, {len(whole)} files, {len(differ)} ever differ "
            f"{sorted(differ)[:3]}; videos {'same' if digests(videos) == before else 'CHANGED'}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("page", "kills"))
    parser.add_argument("--videos", type=int, default=0, help="100, or 3 in a batch")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="*", choices=VICTIMS, default=VICTIMS)
    asked = parser.parse_args()
    if asked.what == "page":
        page(asked.videos or 100)
    else:
        for victim in asked.only:
            kills(victim, asked.kills, asked.seed, asked.videos or 3)


if __name__ == "__main__":
    main()
