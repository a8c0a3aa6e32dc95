"""What `gait batch` costs beside bare inference, and whether it survives being killed.

    python benchmarks/batch.py speed            24 videos, three of them broken, real pose model;
                                                then reports and overlay videos of the kept tracks
    python benchmarks/batch.py kill [--times 20] [--real]
    python benchmarks/batch.py many [--videos 2000]

Figures in docs/scaling.md. Needs the sample videos; `kill` and `many` use the pose backend of the
tests, which sees a runner made of equations, so that they test everything but the model.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path
from typing import Any

from gait.io.writing import LOCK

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "tests")]

SAMPLES = ("side_normal", "side_overstride", "rear_normal", "rear_bad")
STARTS_S = (0.0, 0.4, 0.8, 1.2, 1.6)
CUT_S = 2.0


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def cut(video: Path, start_s: float, stop_s: float, out: Path) -> None:
    """A segment of a video as a video of its own."""
    from gait.video import Writer, frames, probe

    info = probe(video)
    with Writer(out, info.width, info.height, info.fps_hz) as writer:
        for frame in frames(video, start_s, stop_s):
            writer.write(frame.image, frame.time_s - start_s)


def session(folder: Path) -> list[Path]:
    """24 videos: 20 cuts and a copy of the samples, one cut off, one no video, one of nobody."""
    import examples

    folder.mkdir()
    samples = HERE.parent / "sample_videos"
    for (i, start_s), name in product(enumerate(STARTS_S), SAMPLES):
        runner, view = f"{name.partition('_')[2]}{i}", name.partition("_")[0]
        video = samples / f"{name}.mp4"
        cut(video, start_s, start_s + CUT_S, folder / f"{runner}_{view}.mp4")
    shutil.copy(samples / "side_normal.mp4", folder / "copy_side.mp4")
    good = sorted(folder.iterdir())
    (folder / "broken_cut.mp4").write_bytes((samples / "rear_bad.mp4").read_bytes()[:400_000])
    (folder / "broken_text.mp4").write_text("not a video")
    examples.video(folder / "broken_nobody.mp4", n_frames=60)
    return good


def bare_s(videos: list[Path], workers: int) -> tuple[float, float]:
    """Wall and CPU seconds of inference alone, `workers` at a time, frames in memory."""
    import mediapipe
    from mediapipe.tasks.python import BaseOptions, vision
    from speed import squared

    from gait.pose import weights
    from gait.video import frames

    options = vision.PoseLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=str(weights.resolve())),
        running_mode=vision.RunningMode.IMAGE,
    )
    landmarkers = [vision.PoseLandmarker.create_from_options(options) for _ in range(workers)]
    wall = cpu = 0.0
    with ThreadPoolExecutor(workers) as pool:
        for video in videos:
            images = [squared(frame.image) for frame in frames(video)]

            def share(first: int, images: list[Any] = images) -> None:
                for image in images[first::workers]:
                    landmarkers[first].detect(
                        mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=image)
                    )

            start, used = time.perf_counter(), time.process_time()
            list(pool.map(share, range(workers)))
            wall += time.perf_counter() - start
            cpu += time.process_time() - used
    return wall, cpu


def timed(folder: Path, out: Path, workers: int, extras: str) -> None:
    """Do what `gait batch` does and print how long that took; in a process of its own."""
    began = time.perf_counter()
    from gait.batch.schedule import work_through
    from gait.batch.session import read_session
    from gait.batch.tables import write_results
    from gait.jobs.job import Extras, Labour, perform
    from gait.jobs.workers import Crew, WorkerLostError
    from gait.settings import Settings

    first: list[float] = []

    def heard(message: tuple[str, str, int, int]) -> None:
        if message[1] == "pose" and not first:
            first.append(time.perf_counter() - began)

    found = read_session([folder], Settings())
    with Crew(workers, heard) as crew:
        labour = Labour(crew, perform, lambda: crew.size, True, (WorkerLostError,))
        wanted = Extras(overlay="overlay" in extras, report="report" in extras)
        failures = work_through(
            found, out, labour, extras=wanted, changed=lambda entry, state: None
        )
        failed = {f.entry.name for f in failures}
        done = [entry for entry in found.videos if entry.name not in failed]
        write_results(out, done, failures, labour if wanted.report else None)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    own = resource.getrusage(resource.RUSAGE_SELF)
    say(
        json.dumps(
            {
                "total_s": time.perf_counter() - began,
                "first_pose_s": first[0] if first else 0.0,
                "cpu_s": children.ru_utime + children.ru_stime + own.ru_utime + own.ru_stime,
                "worker_peak_mb": children.ru_maxrss / 1024,
                "parent_peak_mb": own.ru_maxrss / 1024,
                "failures": {f.entry.name: f.problem for f in failures},
                "done": len(found.videos) - len(failures),
            }
        )
    )


def in_a_process(*arguments: str, env: dict[str, str] | None = None) -> dict[str, Any]:
    command = [sys.executable, __file__, *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=env)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def speed(workers: int) -> None:
    """Print bare inference, the batch on the same videos, and then what is added to its tracks."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "videos"
        good = session(folder)
        half = len(good) // 2
        before = bare_s(good[:half], workers)
        timed_here = ("_timed", str(folder), f"{scratch}/out", str(workers))
        batch = in_a_process(*timed_here, "analysis")
        after = bare_s(good[half:], workers)
        wall, cpu = (a + b for a, b in zip(before, after, strict=True))
        ratio = (batch["total_s"] - batch["first_pose_s"]) / wall
        say(f"bare {wall:.0f} s ({cpu:.0f} s CPU), analysis alone {json.dumps(batch)}")
        say(f"{ratio:.2f} times bare plus start-up; CPU {batch['cpu_s'] / cpu:.2f} times")
        # From here on the tracks are kept: what is left is start-up, analysis and the extras.
        again = in_a_process(*timed_here, "report")
        say(f"reports in a second run {json.dumps(again)}")
        drawn = in_a_process(*timed_here, "report overlay")
        say(f"overlay videos in a third run, reports again {json.dumps(drawn)}")


def contents(out: Path) -> dict[str, bytes]:
    """Every file that is meant to be seen."""
    return {
        str(p.relative_to(out)): p.read_bytes()
        for p in sorted(out.rglob("*"))
        if p.is_file() and p.name != LOCK
    }


def batch_command(folder: Path, out: Path, settings: Path | None) -> list[str]:
    command = [sys.executable, "-m", "gait.cli.main", "batch", str(folder), "--out", str(out)]
    command += ["--workers", "2"]
    return command + (["--settings", str(settings)] if settings else [])


def workers_of(parent: int) -> list[int]:
    """Processes of a batch that were spawned to work."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            line = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if int(fields[1]) == parent and b"gait.jobs.workers" in line:
            found.append(int(entry.name))
    return found


def kill(times: int, real: bool) -> None:
    """Kill the parent, and separately a worker, at random moments; compare what is there in the end
    with what an undisturbed run leaves."""
    import fake_backend

    chance = random.Random(7)
    with tempfile.TemporaryDirectory() as scratch:
        base = Path(scratch)
        environment = dict(os.environ)
        settings = None
        videos = base / "videos"
        videos.mkdir()
        if real:
            samples = HERE.parent / "sample_videos"
            for name in SAMPLES[:3]:
                cut(samples / f"{name}.mp4", 0, 1.5, videos / f"{name}.mp4")
        else:
            environment |= fake_backend.install(base / "backend")
            environment[fake_backend.SLOW] = "0.3"
            settings = base / "backend" / "settings.toml"
            for i in range(2):
                fake_backend.video(videos / f"runner_side{i}.mp4", shade=100 + i)
        start = time.perf_counter()
        undisturbed = batch_command(videos, base / "reference", settings)
        subprocess.run(undisturbed, env=environment, check=True, capture_output=True)
        took_s = time.perf_counter() - start
        reference = contents(base / "reference")
        say(f"undisturbed: {took_s:.1f} s, {len(reference)} files")
        equal = {"parent": 0, "worker": 0}
        for i in range(times):
            for victim in equal:
                out = base / f"{victim}{i}"
                command = batch_command(videos, out, settings)
                hit = disturbed(command, environment, victim, chance.uniform(0.3, 1.0) * took_s)
                equal[victim] += contents(out) == reference
                shutil.rmtree(out)
                say(f"{victim} killed {hit}: {equal[victim]} of {i + 1} equal byte for byte")


def disturbed(command: list[str], environment: dict[str, str], victim: str, after_s: float) -> str:
    """Run a batch to its end although somebody is killed; says who."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, env=environment, **quiet)  # type: ignore[call-overload]
    end = time.monotonic() + after_s
    while time.monotonic() < end and process.poll() is None:
        time.sleep(0.02)
    workers = workers_of(process.pid)
    hit = "nobody: it was over"
    if process.poll() is None and victim == "parent":
        process.send_signal(signal.SIGKILL)
        hit = f"after {after_s:.1f} s"
    elif workers and victim == "worker":
        os.kill(random.choice(workers), signal.SIGKILL)
        hit = f"after {after_s:.1f} s"
    process.wait()
    if victim == "parent":
        wait_for_the_end(workers)
        subprocess.run(command, env=environment, check=True, capture_output=True)
    return hit


def wait_for_the_end(workers: list[int]) -> None:
    """Workers of a killed parent have to end by themselves."""
    end = time.monotonic() + 10
    while any(Path(f"/proc/{pid}").exists() for pid in workers):
        if time.monotonic() > end:
            raise AssertionError("workers outlive their parent")
        time.sleep(0.05)


def many(n_videos: int) -> None:
    """Print how long a session of many finished videos takes to go through, and its memory."""
    import fake_backend

    with tempfile.TemporaryDirectory() as scratch:
        base = Path(scratch)
        environment = os.environ | fake_backend.install(base / "backend")
        settings = base / "backend" / "settings.toml"
        for n in (n_videos // 10, n_videos):
            videos, out = base / f"videos{n}", base / f"out{n}"
            prepare(n, videos, out, environment, settings)
            command = [*batch_command(videos, out, settings), "--no-overlay"]
            start = time.perf_counter()
            done = in_a_process("_peak", *command, env=environment)
            wall_s = time.perf_counter() - start
            size_mb = (out / "roster.html").stat().st_size / 1e6
            say(f"{n} videos: {wall_s:.1f} s, {json.dumps(done)}, roster {size_mb:.1f} MB")
            kept = base.parent / f"gait_many_{n}"
            shutil.rmtree(kept, ignore_errors=True)
            shutil.move(out, kept)
            say(f"  kept in {kept}")


def prepare(n: int, videos: Path, out: Path, environment: dict[str, str], settings: Path) -> None:
    """Analyse one video, and pretend that n others with the same content have been analysed."""
    import fake_backend
    import numpy as np

    from gait.io.run_folder import RunFolder
    from gait.pipeline import track_key
    from gait.settings import Settings

    one = fake_backend.video(videos.with_suffix(".mp4")).read_bytes()
    videos.mkdir()
    names = [f"runner{i:04d}_side" for i in range(n)]
    for i, name in enumerate(names):
        # Bytes behind the last box of an MP4 are not read: to a hash it is another video.
        (videos / f"{name}.mp4").write_bytes(one + i.to_bytes(8, "big"))
    command = batch_command(videos / f"{names[0]}.mp4", out, settings)
    subprocess.run([*command, "--no-overlay"], env=environment, check=True, capture_output=True)
    first = out / names[0]
    text = (first / "analysis.json").read_text()
    first_sha = json.loads(text)["video"]["sha256"]
    arrays = dict(np.load(first / "pose.npz"))
    meta = json.loads(str(arrays.pop("meta")))
    fingerprint = fake_backend.FakeBackend().fingerprint(Settings().pose)
    assert meta["key"] == track_key(first_sha, fingerprint)
    for name in names[1:]:
        run = RunFolder(out / name)
        run.path.mkdir()
        sha = hashlib.sha256((videos / f"{name}.mp4").read_bytes()).hexdigest()
        meta["key"] = track_key(sha, fingerprint)
        with run.replacing(run.pose) as part, part.open("wb") as file:
            np.savez(file, meta=np.array(json.dumps(meta)), **arrays)
        with run.replacing(run.strides) as part:
            shutil.copy(first / run.strides.name, part)
        for written in (run.report, run.analysis):
            told = (first / written.name).read_text().replace(first_sha, sha)
            with run.replacing(written) as part:
                part.write_text(told.replace(names[0], name).replace(names[0][:-5], name[:-5]))


def peak(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = used.ru_utime + used.ru_stime
    say(json.dumps({"peak_mb": used.ru_maxrss / 1024, "cpu_s": cpu_s}))


def main() -> None:
    """Do what the command line asks for."""
    if sys.argv[1:2] == ["_timed"]:
        folder, out, workers, extras = sys.argv[2:]
        timed(Path(folder), Path(out), int(workers), extras)
        return
    if sys.argv[1:2] == ["_peak"]:
        peak(sys.argv[2:])
        return
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("what", choices=("speed", "kill", "many"))
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--real", action="store_true", help="kill: with the real pose model")
    parser.add_argument("--videos", type=int, default=2000)
    given = parser.parse_args()
    if given.what == "speed":
        speed(given.workers)
    elif given.what == "kill":
        kill(given.times, given.real)
    else:
        many(given.videos)


if __name__ == "__main__":
    main()
