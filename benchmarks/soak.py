"""Many videos and many kills: whether anything grows, gets lost or is left behind.

    python benchmarks/soak.py page --videos 100     # one after the other, uploaded and looked at
    python benchmarks/soak.py kills --kills 20      # of a batch, and as many of its workers

The pose comes from the fake backend of the tests, everything else is the program as it is.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
KINDS = ("analysis.json", "pose.npz", "strides.parquet", "overlay.mp4")
PATIENCE_S = 1800


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


def kills(n: int, seed: int, n_videos: int) -> None:
    """A batch with overlay and report that is killed again and again, and one that is not."""
    import fake_backend

    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        environment = os.environ | fake_backend.install(folder) | {fake_backend.SLOW: "1"}
        videos = folder / "videos"
        videos.mkdir()
        for i in range(n_videos):
            fake_backend.video(videos / f"v{i:02d}.mp4", shade=100 + i)
        command = [
            *(sys.executable, "-m", "gait.cli.main", "batch", str(videos), "--report"),
            *("--settings", environment["GAIT_SETTINGS"], "--workers", "2", "--out"),
        ]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        began = time.monotonic()
        subprocess.run([*command, "whole"], cwd=folder, env=environment, check=True, **quiet)
        took_s = time.monotonic() - began
        before = digests(videos)
        for kind in ("batch", "worker"):
            done, killed = f"killed-{kind}", 0
            while killed < n:
                with subprocess.Popen(
                    [*command, done], cwd=folder, env=environment, **quiet
                ) as process:
                    # Both early and late in what is left to do.
                    until = time.monotonic() + chance.uniform(0.5, 2 + took_s / 6)
                    while process.poll() is None and time.monotonic() < until:
                        time.sleep(0.02)
                    if process.poll() is not None:  # it came to its end: from the beginning
                        subprocess.run(["rm", "-r", str(folder / done)], check=True)
                        continue
                    victim = process.pid
                    if kind == "worker":
                        victim = next(iter(sorted(children(process.pid))), 0)
                    if victim:
                        os.kill(victim, signal.SIGKILL)
                        killed += 1
                    if kind == "worker":
                        process.wait()
            subprocess.run([*command, done], cwd=folder, env=environment, check=False, **quiet)
            ended = subprocess.run(
                [*command, done], cwd=folder, env=environment, check=False, **quiet
            )
            whole, found = digests(folder / "whole"), digests(folder / done)
            differ = [name for name in whole if whole[name] != found.get(name)]
            say(
                f"{killed} kills of a {kind}: exit {ended.returncode}, {len(whole)} files, "
                f"{len(differ)} differ {differ[:3]}, {len(found.keys() - whole.keys())} orphaned "
                f"{sorted(found.keys() - whole.keys())[:3]}, videos "
                f"{'unchanged' if digests(videos) == before else 'CHANGED'}"
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("page", "kills"))
    parser.add_argument("--videos", type=int, default=0, help="100 or 12")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    if asked.what == "page":
        page(asked.videos or 100)
    else:
        kills(asked.kills, asked.seed, asked.videos or 12)


if __name__ == "__main__":
    main()
