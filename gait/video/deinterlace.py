"""Whole pictures of interlaced video, whose frames hold every other line of two moments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

import av
from av.video.frame import VideoFrame


def deinterlaced(frames: Iterable[VideoFrame], tick_s: Fraction) -> Iterator[VideoFrame]:
    """The frames of a video, each of one moment only.

    Parameters
    ----------
    frames : iterable of VideoFrame
        In the order shown. As long as none says that it is interlaced they pass as they are.
    tick_s : Fraction
        Unit of their times in s.

    Yields
    ------
    VideoFrame
        As many, with the same times: of an interlaced frame the field that was taken first, the
        lines between filled from the fields around (bwdif).
    """
    graph: av.filter.Graph | None = None
    made_for: tuple[int, int, str] | None = None
    for frame in frames:
        if graph is None and not frame.interlaced_frame:
            yield frame
            continue
        kind = (frame.width, frame.height, frame.format.name)
        if graph is None or kind != made_for:
            if graph is not None:
                graph.push(None)
                yield from _out(graph, tick_s)
            graph, made_for = _graph(frame, tick_s), kind
        if frame.pts is None:  # AVI
            frame.pts = frame.dts
        graph.push(frame)
        yield from _out(graph, tick_s)
    if graph is not None:
        graph.push(None)
        yield from _out(graph, tick_s)


def _graph(frame: VideoFrame, tick_s: Fraction) -> av.filter.Graph:
    graph = av.filter.Graph()
    first = graph.add_buffer(
        width=frame.width, height=frame.height, format=frame.format, time_base=tick_s
    )
    # One frame for each; progressive ones between them are left alone.
    whole = graph.add("bwdif", "mode=send_frame:parity=auto:deint=interlaced")
    last = graph.add("buffersink")
    first.link_to(whole)
    whole.link_to(last)
    graph.configure()
    return graph


def _out(graph: av.filter.Graph, tick_s: Fraction) -> Iterator[VideoFrame]:
    while True:
        try:
            frame = graph.pull()
        except (av.BlockingIOError, av.EOFError):
            return
        assert isinstance(frame, VideoFrame)
        if frame.pts is not None and frame.time_base is not None:
            frame.pts = round(frame.pts * frame.time_base / tick_s)
            frame.time_base = tick_s
        yield frame
