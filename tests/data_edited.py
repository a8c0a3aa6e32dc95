"""Videos as people send them: two runners, somebody in the way, cuts, a camera that moves.

Made of the rendered sample videos, so that the truth of the runner in them is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from gait.video import Writer, frames

Image = NDArray[np.uint8]
Video = Iterator[Image]

SAMPLES: Final = Path(__file__).resolve().parents[1] / "sample_videos"
FPS_HZ: Final = 60.0
GREY: Final = 150


def sample(name: str, start_s: float = 0.0, stop_s: float = 99.0) -> Video:
    """The pictures of a sample video between two times."""
    return (frame.image for frame in frames(SAMPLES / f"{name}.mp4", start_s, stop_s))


def write(video: Video, path: Path, fps_hz: float = FPS_HZ) -> Path:
    """An MP4 file of these pictures."""
    first = next(video)
    height, width = first.shape[:2]
    with Writer(path, width, height, fps_hz) as writer:
        for i, image in enumerate(chain([first], video)):
            writer.write(np.ascontiguousarray(image), i / fps_hz)
    return path


def scaled(image: Image, scale: float) -> Image:
    """The picture larger or smaller."""
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(image, None, fx=scale, fy=scale, interpolation=how), np.uint8)


def beside(left: Image, right: Image) -> Image:
    """Two pictures side by side, the lower one on a grey strip."""
    height = max(left.shape[0], right.shape[0])
    pads = [((height - i.shape[0], 0), (0, 0), (0, 0)) for i in (left, right)]
    both = [np.pad(i, p, constant_values=GREY) for i, p in zip((left, right), pads, strict=True)]
    return np.hstack(both)


def middle(image: Image, share: float) -> Image:
    """The middle columns of a picture, as a share of its width."""
    width = image.shape[1]
    cut = round(width * (1 - share) / 2)
    return image[:, cut : width - cut]


# ------------------------------------------------------------------------------------- people


def two_runners() -> Video:
    """Two runners of the same size."""
    pairs = zip(sample("side_normal"), sample("side_overstride"), strict=False)
    return (beside(middle(a, 0.6), middle(b, 0.6)) for a, b in pairs)


def two_runners_one_larger() -> Video:
    """The other runner is at two thirds of the size."""
    pairs = zip(sample("side_normal"), sample("side_overstride"), strict=False)
    return (beside(middle(a, 0.6), scaled(middle(b, 0.6), 0.66)) for a, b in pairs)


def standing_and_larger() -> Video:
    """Somebody who stands beside a smaller runner, as still as people stand."""
    still = next(sample("rear_normal"))[60:780]
    return (
        beside(middle(a, 0.6), np.roll(still, round(5 * np.sin(2.5 * i / FPS_HZ)), axis=1))
        for i, a in enumerate(sample("side_normal"))
    )


def poster() -> Video:
    """A picture of a person on the wall."""
    still = scaled(next(sample("rear_normal")), 0.45)
    height, width = still.shape[:2]

    def hung(image: Image) -> Image:
        out = image.copy()
        out[20 : 20 + height, 20 : 20 + width] = still
        return out

    return map(hung, sample("side_normal"))


def mirror() -> Video:
    """A mirror in which the runner is smaller and paler."""
    return (
        beside(middle(a, 0.6), (scaled(middle(a, 0.6)[:, ::-1], 0.75) * 0.6 + 80).astype(np.uint8))
        for a in sample("side_normal")
    )


def somebody_in_front(from_s: float = 2.0, to_s: float = 3.2) -> Video:
    """Somebody larger is carried through the picture in front of the runner."""
    still = middle(scaled(next(sample("rear_normal")), 0.75)[40:580], 0.6)
    height, width = still.shape[:2]
    for i, image in enumerate(sample("side_normal")):
        share = (i / FPS_HZ - from_s) / (to_s - from_s)
        out = image.copy()
        left = round(-width + share * (image.shape[1] + width))
        a, b = max(left, 0), min(left + width, image.shape[1])
        if a < b:
            out[-height:, a:b] = still[:, a - left : b - left]
        yield out


# --------------------------------------------------------------------------------------- cuts


def two_videos() -> Video:
    """The first half of one runner, then the whole of another."""
    return chain(sample("side_normal", 0, 2), sample("side_overstride", 0, 3))


def side_then_rear() -> Video:
    """A video from the side, then one from behind."""
    rear = (scaled(image, 540 / 854) for image in sample("rear_normal", 0, 2))
    wide = (np.pad(i, ((0, 0), (329, 960 - 329 - i.shape[1]), (0, 0))) for i in rear)
    return chain(sample("side_normal", 0, 3), wide)


def black_gap() -> Video:
    """One second of black after two seconds."""
    for i, image in enumerate(sample("side_normal")):
        yield np.zeros_like(image) if 2 <= i / FPS_HZ < 3 else image


def mirrored_half_way() -> Video:
    """From the third second on, left is right."""
    for i, image in enumerate(sample("side_normal")):
        yield image[:, ::-1] if i / FPS_HZ >= 3 else image


def jump_cut() -> Video:
    """Seven tenths of a second are missing."""
    return chain(sample("side_normal", 0, 2), sample("side_normal", 2.7, 5))


def frozen() -> Video:
    """The picture stands still for eight tenths of a second, and then goes on."""
    for i, image in enumerate(sample("side_normal", 0, 2)):
        yield image
        last = image
        del i
    yield from [last] * round(0.8 * FPS_HZ)
    yield from sample("side_normal", 2, 5)


# ------------------------------------------------------------------------------------- camera


def camera(video: Video, place: Callable[[float], tuple[float, float, float]]) -> Video:
    """A camera that shows four fifths of the width: how far it is to the right and down of the
    middle, as shares of width and height, and its enlargement. The room goes on as in a mirror."""
    for i, image in enumerate(video):
        height, width = image.shape[:2]
        right, down, larger = place(i / FPS_HZ)
        size = round(0.8 * width), height
        shift = np.array([size[0], size[1]]) / 2 - larger * np.array(
            [(0.5 + right) * width, (0.5 + down) * height]
        )
        matrix = np.array([[larger, 0, shift[0]], [0, larger, shift[1]]])
        yield np.asarray(
            cv2.warpAffine(
                image, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101
            ),
            np.uint8,
        )


def pan() -> Video:
    """A camera that turns slowly to the side."""
    return camera(sample("side_normal"), lambda t: (-0.08 + 0.032 * t, 0, 1))


def tilt() -> Video:
    """A camera that turns slowly downwards."""
    return camera(sample("side_normal"), lambda t: (0, -0.05 + 0.02 * t, 1))


def hand_held() -> Video:
    """A camera in an unsteady hand: one percent of the picture, about twice a second."""
    return camera(
        sample("side_normal"),
        lambda t: (0.01 * np.sin(11.3 * t), 0.012 * np.sin(14.1 * t + 1), 1),
    )


def zoom() -> Video:
    """A lens that closes in by two fifths."""
    return camera(sample("side_normal"), lambda t: (0, 0, 0.7 * (1 + 0.08 * t)))


PEOPLE: Final[dict[str, Callable[[], Video]]] = {
    "two runners": two_runners,
    "two runners, one larger": two_runners_one_larger,
    "a larger person stands beside": standing_and_larger,
    "a poster": poster,
    "a mirror": mirror,
    "somebody in front": somebody_in_front,
}
CUTS: Final[dict[str, Callable[[], Video]]] = {
    "two videos in a row": two_videos,
    "side, then rear": side_then_rear,
    "1 s black": black_gap,
    "mirrored half-way": mirrored_half_way,
    "0.7 s cut out": jump_cut,
    "0.8 s frozen": frozen,
}
CAMERA: Final[dict[str, Callable[[], Video]]] = {
    "panned": pan,
    "tilted": tilt,
    "hand-held": hand_held,
    "zoomed": zoom,
}


def first(video: Video, seconds: float) -> Video:
    """The beginning of a video."""
    return islice(video, round(seconds * FPS_HZ))
