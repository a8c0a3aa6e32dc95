"""Frames decoded in a thread of their own, shortly before they are needed."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from gait.video.reading import Frame


def decoded_ahead(frames: Iterator[Frame], n: int = 1) -> Iterator[Frame]:
    """The same frames, so many of them decoded while the one before is worked on.

    It also keeps memory flat: the C library gives a thread memory of its own. Where frames of some
    MB lie among the small things that stay, each leaves a hole that the next does not fit in, and
    a video in 1080p took 0.8 to 1.4 GB, as it happened.
    """
    with ThreadPoolExecutor(1) as decoder:
        waiting = deque(decoder.submit(next, frames, None) for _ in range(n))
        while (frame := waiting.popleft().result()) is not None:
            waiting.append(decoder.submit(next, frames, None))
            yield frame
