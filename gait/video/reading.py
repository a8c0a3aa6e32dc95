"""Reading videos: true presentation times, upright frames, exact segments."""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import av
import numpy as np
from av.codec.context import ThreadType
from av.container import InputContainer
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from gait.sanitize.files import VIDEO_BYTES, require_file, sha256
from gait.sanitize.text import readable
from gait.types import Float, UInt8, VideoError, VideoInfo
from gait.video.containers import (
    AGAIN,
    CONTAINERS,
    CONVERT,
    end_is_missing,
    refuse_picture,
    why_no_video,
)
from gait.video.deinterlace import deinterlaced
from gait.video.orientation import Upright

log = logging.getLogger(__name__)

_OPTIONS: Final = {"format_whitelist": CONTAINERS, "protocol_whitelist": "file"}
# A tag in another encoding tells nothing that is needed. From 19 on, PyAV takes any by itself.
_ANY_TAGS: Final[Mapping[str, Any]] = (
    {"metadata_errors": "surrogateescape"} if int(av.__version__.partition(".")[0]) < 19 else {}
)
_STRAY: Final = 0.02
"""Share of frames whose times step back that are left out; more, and nobody knows the order."""
WORTH_READING_S: Final = 2.0
"""Of a file that is cut off: a few strides; less is an error."""
EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""Clocks that were never set begin in 1904, 1970 or 1980."""
FILMED: Final = ("com.apple.quicktime.creationdate", "creation_time")
"""Tags that tell when it was filmed; the first one in the time of the place."""
LAST_FRAMES_S: Final = 0.1
CAPTURE_FPS_HZ: Final = (1.0, 20_000.0)


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One frame: `time_s` since the first frame, `image` upright (H, W, 3) uint8 RGB."""

    time_s: float
    image: UInt8


def probe(path: Path) -> VideoInfo:
    """What a video file says about itself.

    Size is that of the upright image; `fps_hz` is the mean rate, or 1 / median interval
    if the rate varies. A file with one frame has the rate that its header claims.

    Raises
    ------
    UsageError
        If there is no such file, it is a folder, or it may not be read.
    VideoError
        If it is empty, not a video, cut off, or cannot be decoded.
    """
    with _open(path) as container:
        stream = _video_stream(container, path)
        index = _index(container, stream, path)
        times = index.times_s
        tags = {**container.metadata, **stream.metadata}
        codec = stream.codec_context.codec.canonical_name
        header_fps = float(stream.average_rate or 0)
    with _open(path) as container:
        stream = _video_stream(container, path)
        first = next(_decode(container, stream, path), None)
        if first is None:
            raise VideoError(f"No frame of {path} can be decoded.", CONVERT)
        upright = Upright(first, stream.sample_aspect_ratio)
    fps_hz, variable = _rate(times) if len(times) > 1 else (header_fps, False)
    return VideoInfo(
        name=readable(path.name),
        sha256=sha256(path),
        width=upright.width,
        height=upright.height,
        n_frames=len(times),
        duration_s=float(times[-1] + (1 / fps_hz if fps_hz else 0)),
        fps_hz=fps_hz,
        codec=codec,
        rotation_deg=upright.rotation_deg,
        variable_frame_rate=variable,
        capture_fps_hz=_capture_fps_hz(tags),
        cut_off=index.cut_off,
    )


def filmed_at(path: Path) -> datetime | None:
    """When a video was filmed by its tags; None if they do not say or cannot be right.

    Raises as `probe`.
    """
    with _open(path) as container:
        tags = {**container.metadata, **_video_stream(container, path).metadata}
    for name in FILMED:
        try:
            at = datetime.fromisoformat(tags[name].strip())
        except (KeyError, ValueError):
            continue
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        if EARLIEST < at < datetime.now(UTC) + timedelta(days=1):
            return at
    return None


def timestamps(path: Path) -> Float:
    """Presentation times of all frames, read without decoding.

    (T,) s since the first frame, strictly increasing; repeated times are dropped.

    Raises as `probe`.
    """
    with _open(path) as container:
        return _index(container, _video_stream(container, path), path).times_s


def frames(
    path: Path,
    start_s: float = -math.inf,
    stop_s: float = math.inf,
    *,
    every: int = 1,
    size: tuple[int, int] | None = None,
    threads: int = 2,
) -> Iterator[Frame]:
    """Frames with ``start_s <= time < stop_s``, one at a time.

    Decoding starts at the key frame before `start_s`, so that adjacent segments, decoded in
    separate processes, add up to exactly the frames of the whole video.

    Parameters
    ----------
    path : Path
        Video file.
    start_s, stop_s : float
        Limits in s since the first frame of the video.
    every : int
        Only the first of so many frames; the others are decoded and not converted.
    size : tuple of int, optional
        Width and height of the images in px, if not those of the upright picture: made smaller
        before anything else is done with them, a 4K frame costs a fifth.
    threads : int
        Decoder threads. Two let decoding run beside the caller's work; memory grows with more.

    Yields
    ------
    Frame
        Times are those of `timestamps`. Frames that are damaged in the file are left out.

    Raises
    ------
    UsageError, VideoError
        As `probe`; also VideoError if more than a few frames are damaged.
    """
    with _open(path) as container:
        index = _index(container, _video_stream(container, path), path)
    first, stop = np.searchsorted(index.times_s, (start_s, stop_s))
    rows = slice(first, stop, every)
    wanted = dict(zip(index.ticks[rows].tolist(), index.times_s[rows], strict=True))
    if not wanted:
        return
    last_tick = int(index.ticks[rows][-1])
    with _open(path) as container:
        stream = _video_stream(container, path)
        stream.thread_type = ThreadType.AUTO
        stream.codec_context.thread_count = threads
        if (seek_tick := index.seek_tick(int(index.ticks[first]))) is not None:
            container.seek(seek_tick, stream=stream)
        upright: Upright | None = None
        shown_s = -math.inf
        for frame in deinterlaced(_decode(container, stream, path), index.tick_s):
            # pop: of frames that share a time only the first is shown.
            shown = frame.pts if frame.pts is not None else frame.dts  # AVI has only the latter
            time_s = None if shown is None else wanted.pop(shown, None)
            if time_s is not None and time_s > shown_s:
                shown_s = time_s
                upright = upright or Upright(frame, stream.sample_aspect_ratio, size)
                yield Frame(float(time_s), upright.rgb(frame))
            if shown is not None and shown >= last_tick:
                return


# Others (transport streams, AVI) have no index that a seek could trust: decode from the start.
_SEEKABLE: Final = ("mov", "matroska")


@dataclass(frozen=True, slots=True, eq=False)
class _Index:
    """The frames of a stream in the order shown; `keys` are (pts, where to seek for it).

    `cut_off` if the file says that it is longer than it is.
    """

    ticks: NDArray[np.int64]
    tick_s: Fraction
    keys: tuple[tuple[int, int], ...]
    cut_off: bool

    @property
    def times_s(self) -> Float:
        scaled = (self.ticks - self.ticks[0]) * self.tick_s.numerator
        return np.asarray(scaled / self.tick_s.denominator, dtype=np.float64)

    def seek_tick(self, tick: int) -> int | None:
        """Where to seek so that every frame from `tick` on is decoded; None: from the start.

        Frames shown before a key frame but stored after it may need the frames before it, so
        only a key frame that is itself shown at or before `tick` will do.
        """
        return max((key for key in self.keys if key[0] <= tick), default=(0, None))[1]


def _open(path: Path) -> InputContainer:
    require_file(path, VIDEO_BYTES)
    if not path.stat().st_size:
        raise VideoError(f"{path} is empty.", AGAIN)
    refuse_picture(path)
    try:
        # absolute: FFmpeg would take "10:30 run.mp4" for a network address.
        name = str(path.absolute())
        # A file, not its name, where FFmpeg could not be told the name.
        source: Any = name if readable(name) == name else path.open("rb")
        container: InputContainer = av.open(source, options=_OPTIONS, **_ANY_TAGS)
        return container
    except (av.FFmpegError, OSError, ValueError) as e:
        raise why_no_video(path) from e


def _video_stream(container: InputContainer, path: Path) -> VideoStream:
    streams = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    if all(s.type == "data" and s.codec_context is None for s in container.streams):
        raise VideoError(f"{path} is cut off: its index is incomplete.", AGAIN)
    if not streams:
        raise VideoError(f"{path} has no picture, only sound.", "Give a video of the runner.")
    # A preview may come first: what is shown by default counts, then the larger picture.
    stream = max(streams, key=lambda s: (bool(s.disposition & Disposition.default), _pixels(s)))
    context = stream.codec_context
    if context is None:
        raise VideoError(f"The codec of {path} is unknown.", CONVERT)
    if container.format.name == "avi" and context.name == "h264" and context.has_b_frames:
        # AVI holds no presentation times, and such H.264 stores frames out of order.
        raise VideoError(f"{path} does not say when its frames are shown.", CONVERT)
    return stream


def _pixels(stream: VideoStream) -> int:
    context: Any = stream.codec_context  # None for a codec that nobody knows
    return context.width * context.height if context else 0


def _index(container: InputContainer, stream: VideoStream, path: Path) -> _Index:
    shown: list[int] = []
    keys: list[tuple[int, int]] = []
    seekable = container.format.name.startswith(_SEEKABLE)
    indexed = max((entry.pos + entry.size for entry in stream.index_entries), default=0)
    cut_off = seekable and indexed > path.stat().st_size
    cut_off |= end_is_missing(path, container.format.name)
    try:
        for packet in container.demux(stream):
            pts = packet.pts if packet.pts is not None else packet.dts
            if pts is None or packet.size == 0 or packet.is_corrupt:
                continue
            if packet.is_keyframe:
                keys.append((pts, pts if packet.dts is None else min(pts, packet.dts)))
            if not packet.is_discard:
                shown.append(pts)
    except (av.FFmpegError, OSError) as e:
        if not cut_off:
            raise VideoError(f"{path} cannot be read to its end: {e.strerror}.", AGAIN) from e
    tick_s = stream.time_base or Fraction(1)
    if cut_off:
        read_s = float((max(shown) - min(shown)) * tick_s) if shown else 0.0
        whole_s = _header_duration_s(container, stream)
        if read_s < WORTH_READING_S:
            of = f" of {whole_s:.1f}" if whole_s > read_s + LAST_FRAMES_S else ""
            raise VideoError(f"{path} is cut off: {read_s:.1f}{of} s can be read.", AGAIN)
        # Or only an index or sound is lost. Transport streams know no length but what is read.
        told = container.format.name != "mpegts" and whole_s > 0
        cut_off = not told or whole_s > read_s + LAST_FRAMES_S
    if not shown:
        raise VideoError(f"{path} holds no frames.", AGAIN)
    ticks = np.array(shown, dtype=np.int64)
    if not stream.codec_context.has_b_frames:
        # Stored in the order shown: a time that steps back is wrong, not early.
        forward = ticks >= np.maximum.accumulate(ticks)
        if np.count_nonzero(~forward) > 1 + _STRAY * len(ticks):
            back = float(ticks[int(np.argmin(forward))] - ticks[0]) * float(tick_s)
            raise VideoError(f"{path}: frame times step back at {back:.1f} s.", CONVERT)
        ticks = ticks[forward]
    ticks = np.unique(ticks)
    return _Index(ticks, tick_s, tuple(keys) if seekable else (), cut_off)


def _header_duration_s(container: InputContainer, stream: VideoStream) -> float:
    """What a file says of its length; 0 if it says nothing."""
    counted_s = float(stream.frames / stream.average_rate) if stream.average_rate else 0.0
    if stream.duration and stream.time_base:  # FFmpeg makes that of AVI fit the file
        return max(counted_s, float(stream.duration * stream.time_base))
    return max(counted_s, (container.duration or 0) / av.time_base)


def _decode(container: InputContainer, stream: VideoStream, path: Path) -> Iterator[VideoFrame]:
    """Decoded frames in the order shown; a few damaged packets are skipped with one warning."""
    n_packets = n_damaged = n_decoded = 0
    try:
        for packet in container.demux(stream):
            n_packets += 1
            try:
                decoded = packet.decode()
            except av.InvalidDataError:
                n_damaged += 1
                if n_damaged > 5 + n_packets // 20:
                    raise
                continue
            n_decoded += len(decoded)
            yield from decoded
    except (av.FFmpegError, OSError) as e:
        n_decoded = 0  # the error says it
        raise VideoError(f"{path} is damaged: {n_damaged} frames cannot be decoded.", AGAIN) from e
    finally:  # also where the caller has seen enough
        if n_damaged and n_decoded:
            log.warning("%s: skipped %d damaged frames", path, n_damaged)


def _rate(times_s: Float) -> tuple[float, bool]:
    """Frame rate in Hz and whether it varies by more than the rounding of container clocks."""
    interval_s = np.diff(times_s)
    median_s = float(np.median(interval_s))
    variable = bool(np.abs(interval_s - median_s).max() > max(0.0015, 0.1 * median_s))
    fps_hz = 1 / median_s if variable else len(interval_s) / float(times_s[-1] - times_s[0])
    return fps_hz, variable


def _capture_fps_hz(tags: dict[str, str]) -> float | None:
    """The rate at which a slow-motion video was captured, if a tag such as com.android.capture.fps
    tells."""
    for key, text in tags.items():
        if re.search(r"capture[._-]?(fps|frame[._-]?rate)$", key, re.IGNORECASE):
            with suppress(ValueError):
                value = float(text)
                if CAPTURE_FPS_HZ[0] <= value <= CAPTURE_FPS_HZ[1]:
                    return value
    return None
