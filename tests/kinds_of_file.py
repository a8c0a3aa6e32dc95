"""Files of every kind that people have, made here: small videos, parts of them, and no videos."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.stream import Disposition
from av.video.frame import VideoFrame

from gait.types import Float

FPS_HZ = 30
N_FRAMES = 90
SIZE = (96, 64)
GREY = 60
Make = Callable[[Path], None]


def picture(i: int, size: tuple[int, int] = SIZE) -> np.ndarray:
    """A bright bar that moves over grey by 2 columns a frame."""
    image = np.full((size[1], size[0], 3), GREY, np.uint8)
    left = 8 + 2 * i % (size[0] - 24)
    image[:, left : left + 8] = 220
    return image


def where(image: np.ndarray) -> float:
    """Column of the middle of the bar."""
    bright = np.clip(image.mean(axis=(0, 2)) - image.mean() - 20, 0, None)
    return float(bright @ np.arange(image.shape[1]) / bright.sum())


def video(
    codec: str = "libx264",
    *,
    kind: str | None = None,
    pix_fmt: str = "yuv420p",
    fps_hz: int = FPS_HZ,
    size: tuple[int, int] = SIZE,
    options: Mapping[str, str] | None = None,
    container_options: Mapping[str, str] | None = None,
    changed: Callable[[VideoFrame], VideoFrame] = lambda frame: frame,
    drawn: Callable[[int, tuple[int, int]], np.ndarray] = picture,
) -> Make:
    """How to make a file with `N_FRAMES` pictures."""

    def make(path: Path) -> None:
        with av.open(
            str(path), "w", format=kind, container_options=dict(container_options or {})
        ) as container:
            _encode(
                container,
                *(codec, pix_fmt, fps_hz, size, dict(options or {}), changed, drawn),
            )

    return make


def _encode(
    container: Any, codec: str, pix_fmt: str, fps_hz: int, size: Any, options: Any,
    changed: Any, drawn: Any,
) -> None:  # fmt: skip
    stream = container.add_stream(codec, rate=fps_hz, options=options)
    stream.width, stream.height, stream.pix_fmt = *size, pix_fmt
    for i in range(N_FRAMES):
        frame = VideoFrame.from_ndarray(drawn(i, size)).reformat(format=pix_fmt)
        frame.pts, frame.time_base = i, Fraction(1, fps_hz)
        container.mux(stream.encode(changed(frame)))
    container.mux(stream.encode(None))


def interlaced(path: Path) -> None:
    """50 moments a second in 25 frames: every other line is of a moment later."""

    def woven(i: int, size: tuple[int, int]) -> np.ndarray:
        image = picture(2 * i, size)
        image[1::2] = picture(2 * i + 1, size)[1::2]
        return image

    graph = av.filter.Graph()

    def changed(frame: VideoFrame) -> VideoFrame:
        """Says that the first line is of the first moment, as camcorders do."""
        if not frame.pts:
            nodes = [
                graph.add_buffer(
                    width=frame.width,
                    height=frame.height,
                    format=frame.format,
                    time_base=frame.time_base,
                ),
                graph.add("setfield", "tff"),
                graph.add("buffersink"),
            ]
            graph.link_nodes(*nodes).configure()
        graph.push(frame)
        said = graph.pull()
        assert isinstance(said, VideoFrame)
        return said

    options = {"flags": "+ilme+ildct", "g": "12"}
    video(kind="mpegts", fps_hz=25, options=options, drawn=woven, changed=changed)(path)


def high_dynamic_range(transfer: int) -> Make:
    """As phones film it: 10 bit, BT.2020; the bar is as bright as paper, the rest a quarter."""
    paper, quarter = {18: (0.75, 0.5), 16: (0.58, 0.44)}[transfer]  # HLG, PQ

    def changed(frame: VideoFrame) -> VideoFrame:
        bright = frame.to_ndarray(format="gray") > 140
        out = VideoFrame(*SIZE, "yuv420p10le")
        planes = [np.where(bright, paper, quarter) * 876 + 64, *[np.full((32, 48), 512)] * 2]
        for plane, values in zip(out.planes, planes, strict=True):
            whole = np.zeros((plane.height, plane.line_size // 2), np.uint16)
            whole[:, : plane.width] = np.round(values)
            plane.update(whole.tobytes())
        out.pts, out.time_base = frame.pts, frame.time_base
        out.color_trc, out.color_primaries, out.colorspace, out.color_range = transfer, 9, 9, 1
        return out

    params = f"log-level=none:colorprim=bt2020:transfer={transfer}:colormatrix=bt2020nc"
    return video("libx265", pix_fmt="yuv420p10le", changed=changed, options={"x265-params": params})


def with_preview(path: Path) -> None:
    """A small stream first, and the real one after it."""
    with av.open(str(path), "w") as container:
        small, large = (container.add_stream("mpeg4", rate=FPS_HZ) for _ in range(2))
        for stream, size in ((small, (48, 32)), (large, SIZE)):
            stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        small.disposition, large.disposition = Disposition(0), Disposition.default
        for i in range(N_FRAMES):
            for stream, size in ((small, (48, 32)), (large, SIZE)):
                frame = VideoFrame.from_ndarray(picture(i if stream is large else 0, size))
                frame = frame.reformat(format="yuv420p")
                frame.pts, frame.time_base = i, Fraction(1, FPS_HZ)
                container.mux(stream.encode(frame))
        for stream in (small, large):
            container.mux(stream.encode(None))


def cut(make: Make, keep: float) -> Make:
    """The first bytes of a file, as when a copy ended early."""

    def short(path: Path) -> None:
        make(path)
        data = path.read_bytes()
        path.write_bytes(data[: int(keep * len(data)) | 1])

    return short


def sound(path: Path) -> None:
    with av.open(str(path), "w") as container:
        codec = "pcm_s16le" if path.suffix == ".wav" else "aac"
        stream = container.add_stream(codec, rate=8000, layout="mono")
        kind = "s16" if path.suffix == ".wav" else "fltp"
        data = np.zeros((1, 1024), np.int16 if kind == "s16" else np.float32)
        frame = av.AudioFrame.from_ndarray(data, kind, "mono")
        frame.sample_rate = 8000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def holding(data: bytes) -> Make:
    """A file of these bytes."""
    return lambda path: path.write_bytes(data) and None


def bars(images: list[np.ndarray]) -> Float:
    """Columns of the bar in these pictures."""
    return np.array([where(image) for image in images])
