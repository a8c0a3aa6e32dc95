"""D, J: real videos with small faults are read; lists of other files are not."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path

import av
import examples
import numpy as np
import pytest
from hostile import refuses

from gait.types import VideoError
from gait.video import frames, probe, timestamps

ENDINGS = ("mp4", "mov", "m4v", "avi", "mkv", "webm", "3gp", "mts")

LISTS = {
    "ffconcat": "ffconcat version 1.0\nfile secret.mp4\n",
    "ffconcat, absolute": "ffconcat version 1.0\nfile /etc/passwd\n",
    "HLS": "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nsecret.mp4\n#EXT-X-ENDLIST\n",
    "DASH": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"></MPD>',
    "SDP": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nm=video 5004 RTP/AVP 96\n",
    "subtitles": "1\n00:00:01,000 --> 00:00:02,000\nhello\n",
    "playlist": "[playlist]\nFile1=secret.mp4\n",
    "images": "P6 2 2 255\n" + "a" * 12,
}


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("case", LISTS)
def test_a_list_of_other_files_is_no_video(here: Path, case: str, ending: str) -> None:
    examples.video(here / "secret.mp4")
    (here / f"x.{ending}").write_text(LISTS[case])
    assert "not a video" in refuses(here, "analyze", f"x.{ending}")


def tagged(path: Path, value: str, key: str = "comment") -> None:
    """A video with one tag; movflags let any tag through."""
    options = {"movflags": "use_metadata_tags"} if path.suffix in (".mp4", ".mov") else {}
    with av.open(str(path), "w", options=options) as container:
        container.metadata[key] = value
        stream = container.add_stream("mpeg4", rate=30)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for i in range(45):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), i, np.uint8), format="rgb24")
            frame.pts, frame.time_base = i, Fraction(1, 30)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


@pytest.mark.parametrize("ending", ["mp4", "mov", "mkv", "avi"])
@pytest.mark.parametrize("byte", [b"\xff", b"\xe4", b"\x80", b"\xc3"])
def test_a_tag_in_another_encoding(here: Path, ending: str, byte: bytes) -> None:
    path = here / f"x.{ending}"
    tagged(path, "QQQQQQQQ")
    content = path.read_bytes()
    assert b"QQQQQQQQ" in content
    path.write_bytes(content.replace(b"QQQQQQQQ", byte * 8))
    assert probe(path).n_frames == 45


@pytest.mark.parametrize(
    "rate", ["1e30", "-1", "0", "nan", "inf", "-inf", "1e400", "x", "", "9" * 5000, "0.01", "20001"]
)
def test_an_absurd_rate_of_capture_is_no_rate(here: Path, rate: str) -> None:
    tagged(here / "x.mp4", rate, "com.android.capture.fps")
    assert probe(here / "x.mp4").capture_fps_hz is None


@pytest.mark.parametrize("rate", ["240", "120.0", "959.5", "1000"])
def test_a_rate_of_capture(here: Path, rate: str) -> None:
    tagged(here / "x.mp4", rate, "com.android.capture.fps")
    assert probe(here / "x.mp4").capture_fps_hz == float(rate)


@pytest.mark.parametrize("name", [b"a\xff.mp4", b"\xe4.mp4", b"\x80\x81.mp4"])
def test_a_name_that_is_no_utf8(here: Path, name: bytes) -> None:
    from gait.batch.session import read_session
    from gait.settings import Settings

    path = here / os.fsdecode(name)
    os.rename(examples.video(here / "x.mp4"), path)
    info = probe(path)
    assert info.n_frames == 45
    info.name.encode()
    assert len(list(frames(path))) == 45
    (entry,) = read_session([here], Settings()).videos
    entry.name.encode()
    entry.runner.encode()


def stepping(path: Path, times: list[int]) -> Path:
    """A Matroska file with frames of these times, in ms, in this order."""
    with av.open(str(path), "w", format="matroska") as container:
        stream = container.add_stream("mjpeg", rate=30)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuvj420p"
        stream.time_base = Fraction(1, 1000)
        for i, ms in enumerate(times):
            image = np.full((48, 64, 3), i % 250, np.uint8)
            frame = av.VideoFrame.from_ndarray(image, format="rgb24").reformat(format="yuvj420p")
            frame.pts, frame.time_base = i, Fraction(1, 30)
            for packet in stream.encode(frame):
                packet.pts = packet.dts = ms
                packet.time_base = Fraction(1, 1000)
                container.mux_one(packet)
    return path


REGULAR = [33 * i for i in range(60)]


@pytest.mark.parametrize("at", [1, 10, 30, 58])
@pytest.mark.parametrize("by", [0, 40, 200])
def test_one_time_that_steps_back_costs_one_frame(here: Path, at: int, by: int) -> None:
    times = list(REGULAR)
    times[at] = max(0, times[at - 1] - by)
    try:
        path = stepping(here / "x.mkv", times)
    except (av.FFmpegError, OSError):
        pytest.skip("this FFmpeg does not write it")
    known = timestamps(path)
    seen = [frame.time_s for frame in frames(path)]
    assert (np.diff(known) > 0).all()
    assert (np.diff(seen) > 0).all()
    assert len(seen) >= 58


def test_many_times_that_step_back_are_said_before_the_pose(here: Path) -> None:
    times = [t - 500 * (i % 3 == 2) for i, t in enumerate(range(1000, 3000, 33))]
    try:
        path = stepping(here / "x.mkv", times)
    except (av.FFmpegError, OSError):
        pytest.skip("this FFmpeg does not write it")
    with pytest.raises(VideoError, match="step back"):
        probe(path)


@pytest.mark.parametrize("damaged", [{5}, {5, 9, 20}, set(range(40))], ids=len)
def test_damaged_frames_are_one_line_however_many(
    here: Path, caplog: pytest.LogCaptureFixture, damaged: set[int]
) -> None:
    """Also where so many are that the video is refused."""
    from gait.video.reading import _decode

    class Packet:
        def __init__(self, i: int) -> None:
            self.i = i

        def decode(self) -> list[int]:
            if self.i in damaged:
                raise av.InvalidDataError(1, "damaged")
            return [self.i]

    class Container:
        def demux(self, stream: object) -> list[Packet]:
            return [Packet(i) for i in range(60)]

    said = []
    try:
        assert len(list(_decode(Container(), None, here))) == 60 - len(damaged)  # type: ignore
    except VideoError as e:
        said.append(str(e))
    said += [record.message for record in caplog.records]
    assert len(said) == 1, said
