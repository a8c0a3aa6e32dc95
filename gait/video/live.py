"""Pictures as they come: of a camera, or of a file played as fast as life.

Whoever looks takes the newest picture; those that came meanwhile are gone. So the picture that is
looked at is never older than one look takes, however slow the looking is.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import av
import numpy as np

from gait.types import UInt8, UsageError, VideoError
from gait.video.reading import frames

Clock = Callable[[], float]

_CAMERAS: Final = {"linux": ("v4l2", "/dev/video{}"), "darwin": ("avfoundation", "{}")}
_DIRECTSHOW: Final = ("dshow", "video={}")
_PATIENCE_S: Final = 5.0
"""A camera that sends nothing for so long is taken to be gone."""


@dataclass(frozen=True, slots=True, eq=False)
class LiveFrame:
    """A picture and when it was due."""

    time_s: float
    """Since the first one."""
    due_s: float
    """By the clock."""
    image: UInt8
    """(H, W, 3) RGB."""


class _Newest:
    """Room for one picture."""

    def __init__(self) -> None:
        self._there = threading.Condition()
        self._frame: LiveFrame | None = None
        self._error: Exception | None = None
        self._over = False
        self.unwanted = threading.Event()

    def put(self, frame: LiveFrame) -> None:
        with self._there:
            self._frame = frame
            self._there.notify()

    def close(self, error: Exception | None = None) -> None:
        with self._there:
            self._over, self._error = True, error
            self._there.notify()

    def take(self) -> LiveFrame | None:
        """The newest one, None at the end."""
        with self._there:
            if not self._there.wait_for(lambda: self._frame or self._over, _PATIENCE_S):
                raise VideoError("The camera sends no pictures.", "Plug it in again.")
            frame, self._frame = self._frame, None
            if frame is None and self._error is not None:
                raise self._error
            return frame


@contextmanager
def live_frames(source: Path | str, clock: Clock = time.monotonic) -> Iterator[Iterator[LiveFrame]]:
    """The newest picture of a source, whenever the next one is asked for.

    Parameters
    ----------
    source : Path or str
        A video file, which plays as fast as life; or the number of a camera (on Windows its name).
    clock : callable
        Seconds.

    Yields
    ------
    iterator of LiveFrame
        Ends with the file; a camera goes on.

    Raises
    ------
    UsageError, VideoError
        If the source cannot be opened, or a camera falls silent.
    """
    room = _Newest()
    arriving = _played(source, clock, room.unwanted) if isinstance(source, Path) else None
    pictures = arriving or _filmed(source, clock)  # type: ignore[arg-type]
    reader = threading.Thread(target=_fill, args=(room, pictures), daemon=True)
    reader.start()
    try:
        yield iter(room.take, None)
    finally:
        room.unwanted.set()
        reader.join(_PATIENCE_S)


def _fill(room: _Newest, pictures: Iterator[LiveFrame]) -> None:
    try:
        for frame in pictures:
            if room.unwanted.is_set():
                break
            room.put(frame)
        room.close()
    except Exception as e:  # whatever it is, it is raised where the pictures are asked for
        room.close(e)


def _played(path: Path, clock: Clock, unwanted: threading.Event) -> Iterator[LiveFrame]:
    start_s: float | None = None
    for frame in frames(path, threads=1):
        start_s = clock() if start_s is None else start_s
        due_s = start_s + frame.time_s
        unwanted.wait(max(0.0, due_s - clock()))
        yield LiveFrame(frame.time_s, due_s, frame.image)


def _filmed(camera: str, clock: Clock) -> Iterator[LiveFrame]:
    form, name = _CAMERAS.get(sys.platform, _DIRECTSHOW)
    try:
        container = av.open(name.format(camera), format=form, options={"framerate": "30"})
    except (av.FFmpegError, ValueError) as e:
        raise UsageError(
            f"Camera {camera} cannot be opened ({e}).",
            "Is it plugged in, free and allowed? Cameras are counted from 0.",
        ) from e
    with container:
        start_s: float | None = None
        for picture in container.decode(video=0):
            now_s = clock()
            start_s = now_s if start_s is None else start_s
            yield LiveFrame(
                now_s - start_s, now_s, np.asarray(picture.to_ndarray(format="rgb24"), np.uint8)
            )
