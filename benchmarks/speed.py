"""How long `gait analyze` takes beside bare inference on the same frames.

Both run the same model on the same number of threads, in turns, because machines are noisy. Bare
inference is MediaPipe's, timed without decoding, padding or loading anything; `gait analyze` from
start to exit, overlay video included. Seconds are of the processor: what else a shared machine does
makes all waiting longer, but not these.

    python benchmarks/speed.py VIDEO [--runs 3] [--backend graph]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import mediapipe
import numpy as np
from mediapipe.tasks.python import BaseOptions, vision

from gait.pose import weights
from gait.pose.inference import available_cores
from gait.video import frames


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


def whole_analysis_s(video: Path, workers: int, backend: str) -> float:
    """Processor seconds of `gait analyze` in a process of its own, nothing cached."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "gait.cli.main", "analyze", str(video)]
        command += ["--out", f"{folder}/run", "--workers", str(workers), "--json"]
        before = os.times()
        subprocess.run([*command, "--backend", backend], check=True, capture_output=True)
        after = os.times()
    user_s = after.children_user - before.children_user
    return user_s + after.children_system - before.children_system


def main() -> None:
    """Print both times of every run, and the median of their ratios."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("video", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--workers", type=int, default=available_cores())
    parser.add_argument("--backend", default="blazepose")
    given = parser.parse_args()
    ratios = []
    for _ in range(given.runs):
        bare = bare_inference_s(given.video, given.workers)
        whole = whole_analysis_s(given.video, given.workers, given.backend)
        ratios.append(whole / bare)
        sys.stdout.write(f"bare {bare:.1f} s, gait analyze {whole:.1f} s, {ratios[-1]:.2f} times\n")
    sys.stdout.write(f"median {np.median(ratios):.2f} times\n")


if __name__ == "__main__":
    main()
