"""Writing videos that play in any browser."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import av
import numpy as np
from av.container import OutputContainer
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter
from numpy.typing import NDArray

from gait.sanitize.files import patiently, private_file
from gait.sanitize.text import unfinished
from gait.types import OutputError

KEYFRAME_INTERVAL: Final = 15
"""Frames between key frames: few enough for a browser to step through the video smoothly."""

_CLOCK_HZ: Final = 90_000


class Writer:
    """Writes a video that plays in any browser: H.264, yuv420p, index first.

    The video is written beside its final name and renamed when the block ends well, so a
    half-written video is never left behind.

    Parameters
    ----------
    path : Path
        MP4 file to write, replaced if it exists.
    width, height : int
        Size of the images in px; an odd last column or row is cut off.
    fps_hz : float
        Approximate rate, a hint for the encoder; the times given to `write` are what counts.

    Raises
    ------
    OutputError
        If the video cannot be written there.

    Examples
    --------
    >>> with Writer(Path("out.mp4"), 64, 48, 30.0) as writer:  # doctest: +SKIP
    ...     writer.write(image, time_s=0.0)
    """

    def __init__(self, path: Path, width: int, height: int, fps_hz: float) -> None:
        self._path = path
        self._part = unfinished(path)
        self._width, self._height = width // 2 * 2, height // 2 * 2
        self._fps_hz = fps_hz
        self._last_tick = -1
        self._to_yuv = VideoReformatter()

    def __enter__(self) -> Self:
        if not self._path.parent.is_dir():
            raise OutputError(
                f"Cannot write {self._path}: the folder does not exist.",
                "Create it or choose another folder.",
            )
        try:
            options = {"movflags": "+faststart"}
            self._container: OutputContainer = av.open(
                str(self._part.absolute()), "w", format="mp4", container_options=options
            )
        except (OSError, av.FFmpegError) as e:
            raise self._error(e) from e
        rate = Fraction(self._fps_hz).limit_denominator(1001) if self._fps_hz > 0 else 30
        # ultrafast: the video is written while the user waits. Without B-frames the first frame
        # is at 0 and every seek is exact.
        options = {"preset": "ultrafast", "crf": "23", "bf": "0", "sc_threshold": "0"}
        options |= {"g": str(KEYFRAME_INTERVAL), "keyint_min": str(KEYFRAME_INTERVAL)}
        self._stream = self._container.add_stream("libx264", rate=rate, options=options)
        self._stream.width, self._stream.height = self._width, self._height
        self._stream.pix_fmt = "yuv420p"
        self._stream.time_base = Fraction(1, _CLOCK_HZ)
        self._stream.codec_context.time_base = Fraction(1, _CLOCK_HZ)
        self._stream.codec_context.colorspace = Colorspace.ITU601
        self._stream.codec_context.color_range = ColorRange.MPEG
        return self

    def write(self, image: NDArray[np.uint8], time_s: float) -> None:
        """Add one frame.

        Parameters
        ----------
        image : NDArray[np.uint8]
            (H, W, 3) RGB, or (3 H / 2, W) planar YUV 4:2:0 in BT.601 (faster) of even size.
        time_s : float
            Presentation time in s, later than that of the frame before.

        Raises
        ------
        ValueError
            If time does not increase.
        OutputError
            If the disk refuses.
        """
        tick = round(time_s * _CLOCK_HZ)
        if tick <= self._last_tick:
            raise ValueError(f"frame at {time_s} s is not later than the one before")
        if image.ndim == 3:
            even = np.ascontiguousarray(image[: self._height, : self._width])
            frame = self._to_yuv.reformat(
                VideoFrame.from_ndarray(even, format="rgb24"),
                format="yuv420p",
                dst_colorspace=Colorspace.ITU601,
                dst_color_range=ColorRange.MPEG,
                threads=1,
            )
        else:
            frame = VideoFrame.from_ndarray(image, format="yuv420p")
        frame.pts, frame.time_base = tick, Fraction(1, _CLOCK_HZ)
        self._last_tick = tick
        self._mux(frame)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                if self._last_tick < 0:
                    raise OutputError(f"No frame to write to {self._path}.", "Check the input.")
                self._mux(None)
                self._close()
                private_file(self._part, self._path)
                patiently(self._part.replace, self._path)
        except OSError as e:
            raise self._error(e) from e
        finally:
            with suppress(OutputError):
                self._close()
            with suppress(OSError):  # what stopped it is said already
                self._part.unlink()

    def _mux(self, frame: VideoFrame | None) -> None:
        try:
            self._container.mux(self._stream.encode(frame))
        except (OSError, av.FFmpegError) as e:
            raise self._error(e) from e

    def _close(self) -> None:
        try:
            self._container.close()
        except (OSError, av.FFmpegError) as e:
            raise self._error(e) from e

    def _error(self, cause: Exception) -> OutputError:
        reason = getattr(cause, "strerror", None) or cause
        return OutputError(
            f"Cannot write {self._path}: {reason}.",
            "Choose a folder that you may write to and that has free space.",
        )
