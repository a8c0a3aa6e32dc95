"""One runner beside things that a pose model takes for people: who is counted, and what it costs.

    PYTHONPATH=tests python benchmarks/composites.py [--seconds 3]

The sample videos, each with a bag, a poster, a mirror or a bystander at several places, a little
noise on all of it. Figures are pasted with the wall around them. Takes a quarter of a minute of one
core for each video.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Final

import cv2
import data_edited
import numpy as np
from numpy.typing import NDArray

from gait.pose.blazepose import BlazePose
from gait.pose.person_tracking import boxes_of
from gait.settings import PoseSettings
from gait.types import PersonError
from gait.validation.markdown import table

Image = NDArray[np.uint8]
Beside = Callable[[Image, int], Image]
NOISE: Final = 1.5
OTHERS: Final = {
    "side_normal": "rear_normal",
    "side_overstride": "rear_bad",
    "rear_normal": "side_overstride",
    "rear_bad": "side_normal",
}
"""Sample, and whose picture is put beside it."""


def put(image: Image, patch: Image, left: int, top: int) -> Image:
    """The picture with a patch laid over it, as far as it reaches."""
    out = image.copy()
    height, width = (
        min(a, b)
        for a, b in zip(patch.shape[:2], (out.shape[0] - top, out.shape[1] - left), strict=True)
    )
    out[top : top + height, left : left + width] = patch[:height, :width]
    return out


def bag(x: float, size: float = 0.07) -> Beside:
    """Something dark with handles, on the floor."""

    def beside(image: Image, _: int) -> Image:
        out = image.copy()
        height, width = out.shape[:2]
        at, wide = (int(x * width), int(0.75 * height)), int(size * height)
        cv2.ellipse(out, at, (wide, int(1.5 * wide)), 0, 0, 360, (35, 30, 60), -1, cv2.LINE_AA)
        top = (at[0], at[1] - int(1.5 * wide))
        cv2.ellipse(out, top, (wide // 2, wide), 0, 180, 360, (25, 20, 40), 4, cv2.LINE_AA)
        return out

    return beside


def figure(of: str, x: float, tall: float, sways_px: float = 0.0) -> Beside:
    """A picture of somebody, as a share of the height: a poster, or one who stands if it sways."""
    still = next(data_edited.sample(of))
    upright = still.shape[0] > still.shape[1]
    still = data_edited.middle(still, 1.0 if upright else 0.24)

    def beside(image: Image, i: int) -> Image:
        shown = data_edited.scaled(still, tall * image.shape[0] / still.shape[0])
        sway = round(sways_px * np.sin(2.5 * i / data_edited.FPS_HZ))
        left = max(0, int(x * (image.shape[1] - shown.shape[1])))
        return put(image, np.roll(shown, sway, axis=1), left, int(0.15 * image.shape[0]))

    return beside


def mirror(x: float, scale: float) -> Beside:
    """The runner once more, the other way round, smaller and paler."""

    def beside(image: Image, _: int) -> Image:
        seen = data_edited.scaled(data_edited.middle(image, 0.4)[:, ::-1], scale)
        left = int(x * (image.shape[1] - seen.shape[1]))
        return put(image, (0.7 * seen + 60).astype(np.uint8), left, int(0.1 * image.shape[0]))

    return beside


def composites() -> Iterator[tuple[str, str, int, Beside]]:
    """Sample, what is beside the runner, how many people there are, how it is put there."""
    for sample, other in OTHERS.items():
        yield sample, "nothing", 1, lambda image, _: image
        for x in (0.0, 1.0):
            yield sample, "bag", 1, bag(0.1 + 0.8 * x)
            yield sample, "poster", 1, figure(other, x, 0.7)
            yield sample, "mirror", 1, mirror(x, 0.5)
            yield sample, "bystander", 2, figure(other, x, 0.8, sways_px=3)
        yield sample, "smaller bag", 1, bag(0.2, size=0.05)
        yield sample, "smaller poster", 1, figure(other, 0.05, 0.5)
        yield sample, "larger mirror", 1, mirror(1.0, 0.6)
        yield sample, "bystander further away", 2, figure(other, 0.95, 0.6, sways_px=3)


def pictures(sample: str) -> Iterator[Image]:
    """Those of a sample; an upright one gets strips beside it that are half as wide."""
    for image in data_edited.sample(sample):
        beside = image.shape[1] // 2 if image.shape[0] > image.shape[1] else 0
        yield np.pad(image, ((0, 0), (beside, beside), (0, 0)), mode="edge")


def counted(sample: str, beside: Beside, seconds: float, folder: Path) -> tuple[int, float]:
    """People that are said to be in the video, and seconds of processor time."""
    noise = np.random.default_rng(0)
    seen = islice(pictures(sample), round(seconds * data_edited.FPS_HZ))

    def grainy(image: Image) -> Image:
        return np.clip(image + noise.normal(0, NOISE, image.shape), 0, 255).astype(np.uint8)

    video = (grainy(beside(image, i)) for i, image in enumerate(seen))
    path = data_edited.write(video, folder / "composite.mp4")
    start_s = time.process_time()
    try:
        track = BlazePose().track(path, PoseSettings(), workers=1)
        people = max(1, len(boxes_of(track)))
    except PersonError as e:
        people = e.people or 0
    return people, time.process_time() - start_s


def main() -> None:
    """One row per video."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0)
    seconds = parser.parse_args().seconds
    rows, right, alone_s = [], 0, {}
    with tempfile.TemporaryDirectory() as folder:
        for sample, what, people, beside in composites():
            found, cost_s = counted(sample, beside, seconds, Path(folder))
            alone_s.setdefault(sample, cost_s)
            right += found == people
            cost = f"{cost_s / alone_s[sample]:.2f}"
            rows.append([sample, what, str(people), str(found), cost])
            print(" | ".join(rows[-1]), flush=True)  # noqa: T201
    print(table(["sample", "beside", "people", "counted", "cost"], rows))  # noqa: T201
    print(f"{right} of {len(rows)} right")  # noqa: T201


if __name__ == "__main__":
    main()
