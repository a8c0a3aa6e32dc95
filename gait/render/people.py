"""A picture of everybody in a video, numbered, with the one who was analysed marked."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from pathlib import Path
from typing import Final
from zlib import crc32

import cv2
import numpy as np

from gait.pose.person_search import MARGIN
from gait.pose.person_tracking import boxes_of, chosen_of
from gait.render.draw import SHADOW, Colour, badge, frame
from gait.types import Float, PoseTrack, UInt8
from gait.video import frames

WIDTH_PX: Final = 960
_CHOSEN: Final[Colour] = (0, 200, 150)
_OTHER: Final[Colour] = (225, 225, 225)
_GAP_PX: Final = 8


def people_png(video: Path, track: PoseTrack) -> bytes | None:
    """A PNG in which everybody of the video has a number; None if there is nobody to show.

    People who are never in the picture together are shown in as many pictures as it takes, one
    below the other.

    Raises
    ------
    VideoError
        If the video cannot be read.
    """
    boxes, chosen = boxes_of(track), chosen_of(track)
    pictures = []
    for index in showing_all(boxes):
        at_s = float(track.time[index])
        shown = next(frames(video, at_s, at_s + 1e-6), None)
        if shown is not None:
            here = {number: box[index] for number, box in boxes.items()}
            pictures.append(numbered(shown.image, here, chosen))
    if not pictures:
        return None
    gap = np.full((_GAP_PX, pictures[0].shape[1], 3), SHADOW, np.uint8)
    stacked = np.vstack([row for picture in pictures for row in (gap, picture)][1:])
    return _signed(cv2.imencode(".png", cv2.cvtColor(stacked, cv2.COLOR_RGB2BGR))[1].tobytes())


def _signed(png: bytes) -> bytes:
    """The picture with its maker in it, by which `RunFolder.claim` knows that it may be replaced.

    A text chunk behind the header, which is always 33 bytes long (PNG specification, 5 and 11.3.3).
    """
    text = b"Software\0gaitlens"
    length, check = (n.to_bytes(4, "big") for n in (len(text), crc32(b"tEXt" + text)))
    return png[:33] + length + b"tEXt" + text + check + png[33:]


def showing_all(boxes: Mapping[int, Float]) -> list[int]:
    """Positions of as few frames as show everybody, most people first, side by side if possible.

    `boxes` are (T, 4) px by number of the person, NaN where it is not seen.
    """
    if not boxes:
        return []
    seen = np.stack([np.isfinite(box).all(axis=1) for box in boxes.values()])
    shared = _shared(boxes)
    chosen: list[int] = []
    missing = seen.any(axis=1)
    while missing.any():
        counts = seen[missing].sum(axis=0)
        best = np.flatnonzero(counts == counts.max())
        best = best[shared[best] == shared[best].min()]
        chosen.append(int(best[len(best) // 2]))  # in the middle: people are whole there
        missing &= ~seen[:, chosen[-1]]
    return chosen


def _shared(boxes: Mapping[int, Float]) -> Float:
    """(T,) px² in which somebody stands before somebody else."""
    shared = np.zeros(len(next(iter(boxes.values()))))
    for a, b in combinations(boxes.values(), 2):
        sides = np.minimum(a[:, 2:], b[:, 2:]) - np.maximum(a[:, :2], b[:, :2])
        shared += np.nan_to_num(np.clip(sides, 0, None).prod(axis=1))
    return shared


def numbered(image: UInt8, boxes: Mapping[int, Float], chosen: int | None) -> UInt8:
    """A picture with a frame and a number around each person.

    Parameters
    ----------
    image : UInt8
        (H, W, 3) RGB; left as it is.
    boxes : Mapping of int to Float
        (4,) px by number, NaN for who is not there.
    chosen : int or None
        Number of the one who was analysed.
    """
    scale = WIDTH_PX / image.shape[1]
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    canvas = np.asarray(cv2.resize(image, None, fx=scale, fy=scale, interpolation=how), np.uint8)
    em = max(14.0, canvas.shape[1] / 40)
    for number, box in boxes.items():
        if not np.isfinite(box).all():
            continue
        room = MARGIN * float(np.max(box[2:] - box[:2])) * np.array([-1, -1, 1, 1])
        left, top, right, bottom = (float(v) for v in (box + room) * scale)
        colour = _CHOSEN if number == chosen else _OTHER
        frame(canvas, (left, top), (right, bottom), SHADOW, 0.3 * em)
        frame(canvas, (left, top), (right, bottom), colour, 0.18 * em)
        text = f"{number}, analysed" if number == chosen else str(number)
        badge(canvas, text, ((left + right) / 2, max(top - em, 1.2 * em)), colour, em)
    return canvas
