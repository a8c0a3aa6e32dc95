"""Good videos made worse in known ways."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from gait.types import PoseTrack
from gait.video import Writer, frames

Image = NDArray[np.uint8]
Videos = Iterator[tuple[float, Image]]
Degradation = Callable[[Videos, PoseTrack], Videos]

EXPOSURES = 8  # pictures that are averaged into a blurred one


def write(video: Path, true_track: PoseTrack, change: Degradation, to: Path) -> Path:
    """A changed copy of a video; nothing is done if it is there already."""
    if not to.exists():
        to.parent.mkdir(parents=True, exist_ok=True)
        changed = change(((f.time_s, f.image) for f in frames(video)), true_track)
        time_s, image = next(changed)
        with Writer(to, image.shape[1], image.shape[0], true_track.fps_hz) as writer:
            writer.write(image, time_s)
            for time_s, image in changed:
                writer.write(image, time_s)
    return to


def each(change: Callable[[Image], Any]) -> Degradation:
    """Every frame changed by itself."""
    return lambda video, _: ((t, np.asarray(change(image), np.uint8)) for t, image in video)


def motion_blur(video: Videos, _: PoseTrack) -> Videos:
    """The shutter open from one frame to the next: the way between them by optical flow."""
    flow = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    for (time_s, image), (_, after) in pairwise(video):
        grey = [cv2.cvtColor(i, cv2.COLOR_RGB2GRAY) for i in (image, after)]
        way = flow.calc(*grey, None)
        y, x = np.mgrid[: image.shape[0], : image.shape[1]].astype(np.float32)
        passed = [
            cv2.remap(image, x - s * way[..., 0], y - s * way[..., 1], cv2.INTER_LINEAR)
            for s in np.linspace(0, 1, EXPOSURES, dtype=np.float32)
        ]
        yield time_s, np.mean(passed, axis=0).astype(np.uint8)


def smaller(share: float) -> Degradation:
    """The runner filmed from further away: the picture scaled down within its frame."""

    def change(image: Image) -> Image:
        small = cv2.resize(image, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
        down, right = (a - b for a, b in zip(image.shape[:2], small.shape[:2], strict=True))
        edges = (down // 2, down - down // 2, right // 2, right - right // 2)
        return np.asarray(cv2.copyMakeBorder(small, *edges, cv2.BORDER_REPLICATE), np.uint8)

    return each(change)


def cropped(point: str, *, keep_above: bool) -> Degradation:
    """The picture ends at the mean height of a point."""

    def change(video: Videos, track: PoseTrack) -> Videos:
        at = int(np.nanmean([track[f"{side}_{point}"][:, 1] for side in ("left", "right")]))
        for time_s, image in video:
            yield time_s, image[:at] if keep_above else image[at:]

    return change


def dark(image: Image) -> Any:
    """A fifth of the light, and the noise of a sensor that makes up for it."""
    noise = np.random.default_rng(int(image.sum())).normal(0, 12, image.shape)
    return np.clip(0.2 * image + noise, 0, 255)


def compressed(video: Videos, _: PoseTrack) -> Videos:
    """As a messenger might send it: H.264 at a tenth of the bits."""
    times, file = [], BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream: Any = None
        for time_s, image in video:
            if stream is None:
                stream = container.add_stream("libx264", rate=60, options={"crf": "42"})
                stream.width, stream.height = image.shape[1], image.shape[0]
                stream.pix_fmt = "yuv420p"
            times.append(time_s)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(stream.encode())
    file.seek(0)
    with av.open(file) as container:
        decoded = container.decode(video=0)
        for time_s, frame in zip(times, decoded, strict=True):
            yield time_s, frame.to_ndarray(format="rgb24")


def console(video: Videos, track: PoseTrack) -> Videos:
    """A grey box that hides the hips and, most of the time, the hands."""
    hips = np.nanmedian((track["left_hip"] + track["right_hip"]) / 2, axis=0)
    half = np.array([0.45, 0.3]) * track.leg_px
    (x0, y0), (x1, y1) = (hips - half).astype(int), (hips + half).astype(int)
    for time_s, image in video:
        hidden = image.copy()
        hidden[y0:y1, x0:x1] = 110
        yield time_s, hidden


def rolled(degrees: float) -> Degradation:
    """A camera that was rolled: what it shows turns clockwise. The corners are cut off."""

    def change(image: Image) -> Image:
        height, width = image.shape[:2]
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
        turned = cv2.warpAffine(image, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(turned, np.uint8)

    return each(change)


def first(seconds: float) -> Degradation:
    """The beginning only."""
    return lambda video, _: ((t, image) for t, image in video if t < seconds)


def every(fps_hz: float) -> Degradation:
    """Fewer frames per second: the nearest of those there are, at even times."""

    def change(video: Videos, _: PoseTrack) -> Videos:
        n = 0
        for time_s, image in video:
            if time_s >= n / fps_hz - 1e-6:
                yield n / fps_hz, image
                n += 1

    return change


DEGRADATIONS: Mapping[str, Degradation] = {
    "as it was": lambda video, _: video,
    "shutter open all the time": motion_blur,
    "half as large (190 px tall)": smaller(0.48),
    "a quarter as large (95 px tall)": smaller(0.24),
    "feet cut off": cropped("ankle", keep_above=True),
    "head cut off": cropped("shoulder", keep_above=False),
    "dark and noisy": each(dark),
    "strongly compressed": compressed,
    "console before the hips": console,
    "camera rolled by 3°": rolled(3),
    "camera rolled by 6°": rolled(6),
    "camera rolled by 10°": rolled(10),
    "3 s": first(3),
    "24 fps": every(24),
}
"""What is done to a video, by the name in the table."""
