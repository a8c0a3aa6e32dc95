"""How long `gait analyze` takes beside bare inference on the same frames, in every mode.

Both run the same model on the same number of threads, in turns, because machines are noisy. Bare
inference is MediaPipe's, timed without decoding, padding or loading anything; `gait analyze` from
start to exit, overlay video included. Seconds are of the processor: what else a shared machine does
makes all waiting longer, but not these. *Past the start* leaves out what does not grow with the
length of a video (imports, loading the model), by taking away its first
frames.

    python benchmarks/speed.py VIDEO [--pose standard fast] [--runs 3] [--workers 1 2]
                                     [--size 3840x2160] [--fps 240]

`--size` and `--fps` make the video larger, and play its frames faster: what a frame costs depends
on neither what it shows nor how it looks. `--workers` with two numbers also says how much sooner
the numbers and the drawn video are there. A batch is timed by `benchmarks/batch.py`.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import cv2
import mediapipe
import numpy as np
from mediapipe.tasks.python import BaseOptions, vision

from gait.pipeline import MIN_DURATION_S
from gait.pose import weights
from gait.pose.inference import available_cores
from gait.validation.markdown import table
from gait.video import Writer, frames, probe

HEAD_FRAMES = 72
HEAD_S = 1.1 * MIN_DURATION_S
LOOK_S = 0.02


@dataclass(frozen=True)
class Whole:
    """One run of `gait analyze`.

    Parameters
    ----------
    processor_s : float
        Of the processor.
    answer_s, end_s : float
        On the clock, until the numbers are in the run folder and until the video is drawn too.
    """

    processor_s: float
    answer_s: float
    end_s: float


def bare_inference_s(video: Path, workers: int) -> float:
    """Processor seconds of inference alone, frames already in memory as the model wants them."""
    images = [squared(frame.image) for frame in frames(video)]
    options = vision.PoseLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=str(weights.resolve())),
        running_mode=vision.RunningMode.IMAGE,
    )
    landmarkers = [vision.PoseLandmarker.create_from_options(options) for _ in range(workers)]

    def share(first: int) -> None:
        for image in images[first::workers]:
            landmarkers[first].detect(
                mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=image)
            )

    start = time.process_time()
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(share, range(workers)))
    return time.process_time() - start


def squared(image: np.ndarray) -> np.ndarray:
    """The image in the middle of a black square."""
    height, width = image.shape[:2]
    side = max(height, width)
    rows, columns = (side - height) // 2, (side - width) // 2
    return np.pad(
        image,
        ((rows, side - height - rows), (columns, side - width - columns), (0, 0)),
    )


def whole_analysis(video: Path, workers: int, mode: str) -> Whole:
    """`gait analyze` in a process of its own, nothing cached."""
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "run"
        command = [sys.executable, "-m", "gait.cli.main", "analyze", str(video), "--json"]
        command += ["--out", str(run), "--workers", str(workers), "--pose", mode]
        before, start = os.times(), time.perf_counter()
        answer_s = np.nan
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as gait:
            while gait.poll() is None:
                if np.isnan(answer_s) and (run / "analysis.json").exists():
                    answer_s = time.perf_counter() - start
                time.sleep(LOOK_S)
            if gait.returncode:
                assert gait.stderr is not None
                raise SystemExit(gait.stderr.read().decode())
        end_s, after = time.perf_counter() - start, os.times()
    used_s = after.children_user - before.children_user
    used_s += after.children_system - before.children_system
    return Whole(used_s, answer_s, end_s)


def changed(video: Path, out: Path, size: str | None, fps_hz: float | None, n: int | None) -> Path:
    """The video in another size, at another rate, or its first frames alone."""
    info = probe(video)
    width, height = (info.width, info.height) if size is None else map(int, size.split("x"))
    rate_hz = fps_hz or info.fps_hz
    with Writer(out, width, height, rate_hz) as writer:
        for i, frame in enumerate(islice(frames(video), n)):
            image = frame.image[: info.height // 2 * 2, : info.width // 2 * 2]
            if size is not None:
                image = np.asarray(cv2.resize(image, (width, height)), np.uint8)
            writer.write(image, i / rate_hz)
    return out


def main() -> None:
    """Print the medians of all runs, a row for every mode and number of workers."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("video", type=Path)
    parser.add_argument("--pose", nargs="+", default=["standard"])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--workers", type=int, nargs="+", default=[available_cores()])
    parser.add_argument("--size")
    parser.add_argument("--fps", type=float)
    given = parser.parse_args()
    ways = [(mode, workers) for mode in given.pose for workers in given.workers]
    ratios: dict[tuple[str, int], list[tuple[float, float]]] = {way: [] for way in ways}
    clocks: dict[tuple[str, int], list[tuple[float, float]]] = {way: [] for way in ways}
    with tempfile.TemporaryDirectory() as folder:
        video = given.video
        if given.size or given.fps:
            video = changed(video, Path(folder) / "all.mp4", given.size, given.fps, None)
        info = probe(video)
        n_head = max(HEAD_FRAMES, round(HEAD_S * info.fps_hz))
        head = changed(video, Path(folder) / "head.mp4", None, None, n_head)
        past = 1 - n_head / info.n_frames
        for _ in range(given.runs):
            bare_s = bare_inference_s(video, 1)
            for mode, workers in ways:
                whole = whole_analysis(video, workers, mode)
                more_s = whole.processor_s - whole_analysis(head, workers, mode).processor_s
                ratios[mode, workers].append((whole.processor_s / bare_s, more_s / bare_s / past))
                clocks[mode, workers].append((whole.answer_s, whole.end_s))
                sys.stderr.write(f"bare {bare_s:.1f} s, {mode} {whole}, past {more_s:.1f} s\n")
    header = ["mode", "workers", "times bare inference", "past the start"]
    header += ["numbers after, s", "drawn after, s"]
    rows = [
        [mode, str(workers)]
        + [f"{value:.2f}" for value in np.median(ratios[mode, workers], axis=0)]
        + [f"{value:.1f}" for value in np.median(clocks[mode, workers], axis=0)]
        for mode, workers in ways
    ]
    sys.stdout.write(f"{table(header, rows)}\n")


if __name__ == "__main__":
    main()
