"""What a full disk leaves: every command, with the room ending at another write each time.

Needs to mount a small file system, so start it as root or in a namespace of its own:

    unshare --map-root-user --mount python benchmarks/disk_full.py --steps 20
"""

from __future__ import annotations

import argparse
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
GOLDEN = ROOT / "tests" / "golden" / "v1"
KEPT = ROOT / "gait" / "validation" / "tracks" / "side_normal" / "pose.npz"
DISK_BYTES = 128 << 20
PAGE_BYTES = 4096
PATIENCE_S = 600


def contents(folder: Path) -> dict[str, str]:
    """Digest of every file, by its path."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def run_folder(disk: Path) -> None:
    shutil.copytree(GOLDEN / "side_normal", disk / "run")


def two_runs(disk: Path) -> None:
    run_folder(disk)
    shutil.copytree(GOLDEN / "side_normal", disk / "later")


def analysed(disk: Path) -> None:
    assert command("analyze", VIDEO, "--settings", FAKE, "--out", disk / "run")[0] == 0


def nothing(disk: Path) -> None:
    pass


def command(*argv: object) -> tuple[int, str]:
    """Exit code and complaints of the command, in this process."""
    from gait.cli.main import main

    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main([str(a) for a in argv])
    return code, err.getvalue()


def page(disk: Path) -> tuple[int, str]:
    """A video through the jobs of the page."""
    from gait.jobs.queue import Jobs
    from gait.jobs.staging import Staging
    from gait.settings import Settings
    from gait.types import GaitError

    Staging.require_room = lambda self, video, name: None  # type: ignore[method-assign]
    jobs = Jobs(disk / "runs")
    try:
        job = jobs.analyse(VIDEO, "a.mp4", Settings.from_toml(FAKE))
    except GaitError as e:
        return 1, f"gait: {e}"
    end = time.monotonic() + PATIENCE_S
    while not (status := jobs.get(job)).over and time.monotonic() < end:  # type: ignore[union-attr]
        time.sleep(0.02)
    end = time.monotonic() + PATIENCE_S
    while any((disk / "runs" / ".jobs").iterdir()) and time.monotonic() < end:
        time.sleep(0.02)
    return int(status.state != "done"), f"gait: {status.problem} {status.hint}"


VIDEO = FAKE = Path()
CASES: dict[str, tuple[Callable[[Path], None], Callable[[Path], tuple[int, str]]]] = {
    "analyze TRACK": (nothing, lambda d: command("analyze", KEPT, "--out", d / "out")),
    "analyze VIDEO": (
        nothing,
        lambda d: command("analyze", VIDEO, "--settings", FAKE, "--out", d / "out"),
    ),
    "analyze VIDEO again": (
        analysed,
        lambda d: command(
            *("analyze", VIDEO, "--settings", FAKE, "--speed", "3.1", "--out", d / "run")
        ),
    ),
    "report": (run_folder, lambda d: command("report", d / "run")),
    "report --pdf": (run_folder, lambda d: command("report", d / "run", "--pdf")),
    "compare": (
        two_runs,
        lambda d: command("compare", d / "run", d / "later", "--no-video", "--out", d / "cmp"),
    ),
    "export": (
        run_folder,
        lambda d: command("export", d / "run", *FORMATS, "--out", d / "exported"),
    ),
    "goal": (run_folder, lambda d: command("goal", d / "run", "cadence=+5%")),
    "batch": (
        nothing,
        lambda d: command(
            *("batch", VIDEO, "--settings", FAKE, "--out", d / "out", "--report", "--workers", 1)
        ),
    ),
    "page": (nothing, page),
}
FORMATS = tuple(x for f in ("csv", "json", "trc", "mot", "parquet") for x in ("--format", f))


def tried(disk: Path, case: str, free: int | None) -> tuple[int, str, dict[str, str], int]:
    """Exit code, complaints, files that differ from before, and what was used."""
    for left in disk.iterdir():
        shutil.rmtree(left) if left.is_dir() else left.unlink()
    prepare, act = CASES[case]
    prepare(disk)
    (disk / "diary.txt").write_text("mine")
    for name in ("out", "run"):  # what somebody else keeps in the folder that is written
        if (disk / name).is_dir():
            (disk / name / "notes.txt").write_text("mine too")
    before = contents(disk)
    filler = disk / ".filler"
    if free is not None:
        room = shutil.disk_usage(disk).free
        with filler.open("wb") as file:
            file.write(bytes(max(0, room - free)))
    used = shutil.disk_usage(disk).free
    code, said = act(disk)
    used -= shutil.disk_usage(disk).free
    filler.unlink(missing_ok=True)
    after = contents(disk)
    names = sorted(before.keys() | after.keys())
    changed = {
        n: "new" if n not in before else "gone" if n not in after else "changed"
        for n in names
        if before.get(n) != after.get(n)
    }
    return code, said, changed, used


def main() -> None:
    global VIDEO, FAKE
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=20, help="rooms tried for each command")
    parser.add_argument("--only", nargs="*", default=list(CASES))
    parser.add_argument("-v", action="store_true", help="show every outcome")
    asked = parser.parse_args()
    import fake_backend

    from gait import pose

    pose.register("fake", fake_backend.FakeBackend)
    with tempfile.TemporaryDirectory() as work:
        os.environ |= fake_backend.install(Path(work))
        VIDEO, FAKE = fake_backend.video(Path(work) / "a.mp4"), Path(work) / "fake.toml"
        FAKE.write_text('[pose]\nbackend = "fake"\n')
        disk = Path(work) / "disk"
        disk.mkdir()
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(disk)], check=True
        )
        try:
            for case in asked.only:
                report(disk, case, asked.steps, asked.v)
        finally:
            # A worker that is about to end may still look into it.
            subprocess.run(["umount", "--lazy", str(disk)], check=True)


def report(disk: Path, case: str, steps: int, verbose: bool) -> None:
    """A line for a command."""
    code, said, whole, used = tried(disk, case, None)
    assert code == 0, (case, said)
    # More room than is used in the end may be needed on the way.
    most = 2 * max(used, 1 << 20 if "again" in case else 0)
    rooms = sorted({PAGE_BYTES * round(most * i / steps / PAGE_BYTES) for i in range(steps)})
    refused = worked = 0
    faults = []
    for free in rooms:
        code, said, changed, _ = tried(disk, case, free)
        lines = [t for t in said.splitlines() if not t.endswith(SAID_MEANWHILE)]
        if code == 0:
            worked += 1
            later = {"runs/a/overlay.mp4"}  # on the page: the run is whole without it
            if changed.keys() - later != whole.keys() - later:
                faults.append((free, "not whole", changed))
        else:
            refused += 1
            if changed.keys() - whole.keys() - {"out/failures.csv"}:
                faults.append((free, "lost or orphaned", changed))
            faults += [(free, problem) for problem in damaged(disk)]
            if "Traceback" in said or "unexpected" in said or len(lines) != 1:
                faults.append((free, "said", lines))
        if verbose:
            say(f"{free} {code} {lines} {changed}")
    say(f"{case:22} {refused} refused, {worked} done, {len(faults)} faults")
    for fault in faults:
        say(f"    {fault}")


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


SAID_MEANWHILE = (": pose", ": overlay", "(1 of 1)")


def damaged(disk: Path) -> list[str]:
    """What is wrong with what is left: an analysis opens with its track, a track opens.

    And what was written is known as ours, so that the same command goes on from there.
    """
    from gait.io import read_npz
    from gait.io.kept_run import reopen
    from gait.io.ours import RECORD, is_ours, noted
    from gait.io.run_folder import RunFolder
    from gait.types import GaitError

    hidden = (".filler", ".jobs", RECORD)
    problems = [str(path) for path in disk.rglob(".*") if path.name not in hidden]
    for record in disk.rglob(RECORD):
        kept = (record.with_name(name) for name in noted(record.parent))
        problems += [f"{path} is not known" for path in kept if path.exists() and not is_ours(path)]
    for track in disk.rglob("pose.npz"):
        try:
            read_npz(track)
            if track.with_name("analysis.json").exists():
                reopen(RunFolder(track.parent))
        except GaitError as e:
            problems.append(str(e))
    return problems


if __name__ == "__main__":
    main()
