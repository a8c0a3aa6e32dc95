"""Upright images in ordinary colours: what a video says of its frames, applied to them."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Final, cast

import av
import numpy as np
from av.buffer import Buffer
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation, VideoReformatter

from gait.types import UInt8
from gait.video.tone import curve

Matrix = tuple[int, int, int, int]

_UPRIGHT: Final[dict[Matrix, tuple[int, tuple[tuple[str, str], ...]]]] = {
    (1, 0, 0, 1): (0, ()),
    (0, 1, -1, 0): (90, (("transpose", "clock"),)),
    (-1, 0, 0, -1): (180, (("hflip", ""), ("vflip", ""))),
    (0, -1, 1, 0): (270, (("transpose", "cclock"),)),
    (-1, 0, 0, 1): (0, (("hflip", ""),)),
    (1, 0, 0, -1): (180, (("vflip", ""),)),
    (0, 1, 1, 0): (90, (("transpose", "cclock_flip"),)),
    (0, -1, -1, 0): (270, (("transpose", "clock_flip"),)),
}
"""Signs (a, b, c, d) of the display matrix -> clockwise degrees and the filters that apply it."""


class Upright:
    """Turns decoded frames of one video into upright RGB images of one size, square pixels.

    Parameters
    ----------
    first : VideoFrame
        Any frame of the video.
    aspect : Fraction or None
        Width of a pixel over its height.
    wanted : tuple of int, optional
        Width and height of the images in px, if not those of the upright picture.
    """

    def __init__(
        self, first: VideoFrame, aspect: Fraction | None, wanted: tuple[int, int] | None = None
    ) -> None:
        self.rotation_deg, self._filters = _UPRIGHT[_display_matrix(first)]
        size = round(first.width * (aspect or 1)), first.height
        self.width, self.height = size if self.rotation_deg % 180 == 0 else size[::-1]
        self._wanted = wanted or (self.width, self.height)
        self._resized = self._wanted != (self.width, self.height)
        self._tone = curve(int(first.color_trc))
        self._to_size, self._to_rgb = VideoReformatter(), VideoReformatter()
        self._input: tuple[int, int, str] | None = None

    def rgb(self, frame: VideoFrame) -> UInt8:
        """(height, width, 3) upright image of one frame."""
        sized = self._in_size(frame) if self._resized else frame
        # Turning the YUV planes costs a tenth of turning an RGB array.
        upright = self._turn(sized) if self._filters else sized
        kind = "rgb24" if self._tone is None else "rgb48le"
        rgb = self._to_rgb.reformat(upright, *self._wanted, kind, threads=1).to_ndarray()
        return rgb if self._tone is None else self._tone[rgb]  # type: ignore[return-value]

    def _in_size(self, frame: VideoFrame) -> VideoFrame:
        """The frame in the wanted size, still as it lies in the file and in its own colours."""
        width, height = self._wanted if self.rotation_deg % 180 == 0 else self._wanted[::-1]
        return self._to_size.reformat(
            frame, width, height, frame.format.name, interpolation=Interpolation.AREA, threads=1
        )

    def _turn(self, frame: VideoFrame) -> VideoFrame:
        size = (frame.width, frame.height, frame.format.name)
        if size != self._input:
            self._input, self._graph = size, av.filter.Graph()
            node = self._graph.add_buffer(
                width=frame.width,
                height=frame.height,
                format=frame.format,
                time_base=frame.time_base,
            )
            for name, arguments in (*self._filters, ("buffersink", "")):
                following = self._graph.add(name, arguments)
                node.link_to(following)
                node = following
            self._graph.configure()
        self._graph.push(frame)
        return self._graph.pull()  # type: ignore[return-value]  # a video graph


def _display_matrix(frame: VideoFrame) -> Matrix:
    """Signs of the 2 x 2 part of the display matrix, rounded to a quarter turn."""
    side_data = cast("Mapping[str, Buffer]", frame.side_data)  # the stub knows one key only
    matrix = side_data.get("DISPLAYMATRIX")
    if matrix is None:
        return (1, 0, 0, 1)
    data = np.frombuffer(bytes(matrix), np.int32)
    m = data[[0, 1, 3, 4]].astype(float)
    a, b, c, d = (int(v) for v in np.sign(m) * (np.abs(m) > np.abs(m).max() / 1.5))
    return (a, b, c, d) if (a, b, c, d) in _UPRIGHT else (1, 0, 0, 1)
