"""The part of a frame that shows the runner, at one size for all pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from gait.types import Float, PoseTrack, UInt8, UsageError

HEIGHT_PX: Final = 560
"""Of a picture: 300 dots per inch at the 47 mm that it has on paper."""
WIDTH_PX: Final = 420
_MARGIN: Final = 0.09
"""Share of the box around the runner that is left free on each side."""
_CLOSE_MARGIN: Final = 0.16
_CLOSEST: Final = 2.2
"""Times the scale at which the whole runner fits."""
_QUALITY: Final = 84
LOGO_PX: Final = (900, 300)
_LARGEST_LOGO: Final = 5_000_000
_PAPER: Final = (238, 241, 244)


@dataclass(frozen=True, slots=True)
class Crop:
    """What is shown of a frame."""

    corner: Float
    """(2,) upper left, px of the video."""
    scale: float
    """Px of the picture for one of the video."""

    def on(self, xy: Float) -> Float:
        """Px of the picture from px of the video."""
        return np.asarray((xy - self.corner) * self.scale)

    def of(self, image: UInt8 | None, size: tuple[int, int]) -> UInt8:
        """The picture; where the video does not reach, or without one, plain paper."""
        canvas = np.full((HEIGHT_PX, WIDTH_PX, 3), _PAPER, np.uint8)
        if image is None:
            return canvas
        shrunk = image.shape[1] / size[0]
        image = image[: round(size[1] * shrunk)]  # without the read-out of an overlay
        first = np.maximum(np.floor(self.corner * shrunk), 0).astype(int)
        beyond = self.corner + np.array([WIDTH_PX, HEIGHT_PX]) / self.scale
        last = np.minimum(np.ceil(beyond * shrunk), image.shape[1::-1]).astype(int)
        if (last <= first).any():
            return canvas
        left, top = np.clip(np.round(self.on(first / shrunk)), 0, None).astype(int)
        right, bottom = np.round(self.on(last / shrunk)).astype(int)
        right, bottom = min(right, WIDTH_PX), min(bottom, HEIGHT_PX)
        part = image[first[1] : last[1], first[0] : last[0]]
        how = cv2.INTER_AREA if self.scale < shrunk else cv2.INTER_CUBIC
        canvas[top:bottom, left:right] = cv2.resize(
            part, (int(right - left), int(bottom - top)), interpolation=how
        )
        return canvas


def crops(track: PoseTrack, indices: Sequence[int]) -> dict[int, Crop]:
    """By frame: the same size and height for all, each with the runner in the middle."""
    boxes = np.array([_extent(track.xy[index]) for index in indices])  # left, top, right, bottom
    size = np.array([WIDTH_PX, HEIGHT_PX])
    body = np.maximum((boxes[:, 2:] - boxes[:, :2]).max(axis=0), 1.0)
    scale = float(((1 - 2 * _MARGIN) * size / body).min())
    scale = max(scale, min(WIDTH_PX / track.size[0], scale / (1 - _MARGIN)))  # no empty strips
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    middle[:, 1] = middle[:, 1].mean()
    room = np.maximum(np.array(track.size) - size / scale, 0.0)
    corners = middle - size / 2 / scale
    corners = np.where(room > 0, np.clip(corners, 0.0, room), corners)
    return {index: Crop(corner, scale) for index, corner in zip(indices, corners, strict=True)}


def close_up(track: PoseTrack, index: int, parts: Sequence[str]) -> Crop:
    """Some points of the runner and what is around them, not closer than the video is sharp.

    The whole runner if none of them is seen.

    Parameters
    ----------
    track : PoseTrack
        Poses of the video.
    index : int
        The frame.
    parts : sequence of str
        Points of both sides without their side, such as "hip".
    """
    whole = crops(track, [index])[index]
    wanted = [track.index(n) for n in track.names if n.partition("_")[2] in parts]
    xy = track.xy[index][wanted]
    if not np.isfinite(xy).all(axis=1).any():
        return whole
    box = np.array(_extent(xy))
    size = np.array([WIDTH_PX, HEIGHT_PX])
    body = np.maximum(box[2:] - box[:2], 1.0)
    scale = float(((1 - 2 * _CLOSE_MARGIN) * size / body).min())
    scale = min(max(scale, whole.scale), _CLOSEST * whole.scale)
    corner = (box[:2] + box[2:]) / 2 - size / 2 / scale
    room = np.maximum(np.array(track.size) - size / scale, 0.0)
    return Crop(np.where(room > 0, np.clip(corner, 0.0, room), corner), scale)


def jpeg(picture: UInt8) -> bytes:
    """An RGB picture as a file."""
    _, coded = cv2.imencode(
        ".jpg",
        cv2.cvtColor(picture, cv2.COLOR_RGB2BGR),
        [cv2.IMWRITE_JPEG_QUALITY, _QUALITY],
    )
    return coded.tobytes()


def logo(data: bytes) -> bytes:
    """A PNG, JPEG or WebP of others as a small PNG of our own, fit for the head of a report.

    At most `LOGO_PX` wide and high; UsageError if it is no such picture.
    """
    wrong = UsageError("This logo cannot be read.", "Give a PNG or JPEG of less than 5 MB.")
    try:
        seen = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error as e:
        raise wrong from e
    if seen is None or len(data) > _LARGEST_LOGO:
        raise wrong
    height, width = seen.shape[:2]
    share = min(1.0, LOGO_PX[0] / width, LOGO_PX[1] / height)
    size = (max(1, round(share * width)), max(1, round(share * height)))
    _, coded = cv2.imencode(".png", cv2.resize(seen, size, interpolation=cv2.INTER_AREA))
    return coded.tobytes()


def _extent(xy: Float) -> tuple[float, float, float, float]:
    seen = xy[np.isfinite(xy).all(axis=1)]
    if not len(seen):
        return 0.0, 0.0, 1.0, 1.0
    (left, top), (right, bottom) = seen.min(axis=0), seen.max(axis=0)
    return float(left), float(top), float(right), float(bottom)
