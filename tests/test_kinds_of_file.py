"""What is said of every kind of file that people have: a table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from kinds_of_file import (
    FPS_HZ,
    N_FRAMES,
    SIZE,
    Make,
    bars,
    cut,
    high_dynamic_range,
    holding,
    interlaced,
    picture,
    sound,
    video,
    with_preview,
)

from gait.types import VideoError
from gait.video import VIDEO_TYPES, frames, probe, timestamps

NO_B = {"bf": "0"}
MJPEG = {"codec": "mjpeg", "pix_fmt": "yuvj420p", "options": {"huffman": "default"}}
FIRST = {"movflags": "+faststart"}

READ: dict[str, tuple[str, Make]] = {
    "mp4": ("h264", video()),
    "mp4 in pieces": ("h264", video(container_options={"movflags": "frag_keyframe+empty_moov"})),
    "mp4 of the web": ("av1", video("libsvtav1", options={"preset": "12", "svtav1-params": ""})),
    "mov": ("hevc", video("libx265", options={"x265-params": "log-level=none"})),
    "mov of editors": ("prores", video("prores_ks", pix_fmt="yuv422p10le")),
    "m4v": ("mpeg4", video("mpeg4", kind="mp4")),
    "3gp": ("mpeg4", video("mpeg4")),
    "lrv": ("h264", video(kind="mp4")),
    "insv": ("h264", video(kind="mp4")),
    "f4v": ("h264", video(kind="mp4")),
    "mkv": ("h264", video()),
    "webm": ("vp9", video("libvpx-vp9", options={"deadline": "realtime", "cpu-used": "8"})),
    "avi": ("mjpeg", video(**MJPEG)),
    "avi of drones": ("h264", video(options=NO_B)),
    "divx": ("mpeg4", video("mpeg4", kind="avi")),
    "ts": ("h264", video(kind="mpegts")),
    "m2ts": ("h264", video(kind="mpegts", container_options={"mpegts_m2ts_mode": "1"})),
    "mts": ("h264", video(kind="mpegts", container_options={"mpegts_m2ts_mode": "1"})),
    "mpg": ("mpeg2video", video("mpeg2video", kind="mpeg")),
    "mod": ("mpeg2video", video("mpeg2video", kind="vob")),
    "vob": ("mpeg2video", video("mpeg2video", kind="vob")),
    "wmv": ("wmv2", video("wmv2", kind="asf")),
    "asf": ("msmpeg4v3", video("msmpeg4", kind="asf")),
    "flv": ("flv1", video("flv", kind="flv")),
    "ogv": ("vp8", video("libvpx", kind="ogg", options={"deadline": "realtime"})),
    "mxf": ("mpeg2video", video("mpeg2video", kind="mxf")),
    "mp4 with a preview": ("mpeg4", with_preview),
    "mp4 in HLG": ("hevc", high_dynamic_range(18)),
    "mov in PQ": ("hevc", high_dynamic_range(16)),
}
"""Read to the last picture; by ending, with the codec."""

CUT: dict[str, Make] = {
    "mp4": cut(video(**MJPEG, container_options=FIRST), 0.8),
    "mov": cut(video(**MJPEG, container_options=FIRST), 0.8),
    "mkv": cut(video(**MJPEG), 0.8),
    "avi": cut(video(**MJPEG), 0.8),
    "ts": cut(video(kind="mpegts"), 0.8),
    "m2ts": cut(video(kind="mpegts", container_options={"mpegts_m2ts_mode": "1"}), 0.8),
    "wmv": cut(video("wmv2", kind="asf", options={"qmax": "2"}), 0.5),
}
"""Cut off after two seconds or more: what is there is read, and that it is cut off is said."""

START = b"\0\0\0\x01"
REFUSED: dict[str, tuple[str, str, Make]] = {
    "mp4 without index": ("cut off: its index is missing", "Copy it", cut(video(**MJPEG), 0.8)),
    "mp4 of one second": (
        r"cut off: [01]\.\d of 3\.0 s can be read",
        "Copy it",
        cut(video(**MJPEG, container_options=FIRST), 0.4),
    ),
    "mkv of one second": (r"cut off: [01]\.\d of 3\.0 s", "Copy it", cut(video(**MJPEG), 0.4)),
    "avi with frames out of order": ("when its frames are shown", "Convert", video()),
    "h264": ("bare H.264 stream", "ffmpeg -r 60 -i", video(kind="h264")),
    "h265": (
        "bare H.265 stream",
        "ffmpeg -r 60 -i",
        video("libx265", kind="hevc", options={"x265-params": "log-level=none"}),
    ),
    "m2v": ("bare MPEG-2 stream", "ffmpeg -r 60 -i", video("mpeg2video", kind="mpeg2video")),
    "y4m": ("other programs exchange", "Convert", holding(b"YUV4MPEG2 W64 H48 F30:1\nFRAME\n")),
    "gif": ("moving picture", "made of", video("gif", pix_fmt="rgb8")),
    "jpg": ("a picture, not a video", "Give a video", holding(b"\xff\xd8\xff\xe0\0\x10JFIF\0")),
    "png": ("a picture, not a video", "Give a video", holding(b"\x89PNG\r\n\x1a\n" + b"\0" * 99)),
    "heic": (
        "a picture, not a video",
        "Give a video",
        holding(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 99),
    ),
    "wav": ("sound, not a video", "Give a video", sound),
    "m4a": ("no picture, only sound", "Give a video", sound),
    "mp3": ("sound, not a video", "Give a video", holding(b"ID3\4" + b"\0" * 99)),
    "zip": ("an archive", "Unpack", holding(b"PK\x03\x04" + b"\0" * 99)),
    "pdf": ("a PDF, not a video", "Give a video", holding(b"%PDF-1.7\n")),
    "html": ("a web page", "Download", holding(b"\n<!DOCTYPE html><html></html>")),
    "m3u8": ("a list of videos", "Download", holding(b"#EXTM3U\n#EXTINF:1,\n/etc/passwd\n")),
    "ffconcat": ("a list of videos", "Download", holding(b"ffconcat version 1.0\nfile a.mp4\n")),
    "mov of macOS": ("macOS keeps beside", "without", holding(b"\0\x05\x16\x07\0\2\0\0" * 9)),
    "mp4 in the cloud": ("kept elsewhere", "Download", holding(b"bplist00" + b"\1" * 99)),
    "mp4 of zeros": ("nothing but zeros", "Copy it", holding(b"\0" * 100_000)),
    "mp4 of text": ("not a video", "such as MP4", holding(b"notes on running\n" * 99)),
    "mp4 of nothing": ("is empty", "Copy it", holding(b"")),
}
"""Not read: what is said of it, and what to do."""


def made(make: Make, kind: str, folder: Path) -> Path:
    path = folder / f"run.{kind.split()[0]}"
    make(path)
    return path


@pytest.mark.parametrize("kind", READ)
def test_it_is_read_to_the_last_picture(kind: str, tmp_path: Path) -> None:
    codec, make = READ[kind]
    path = made(make, kind, tmp_path)
    info = probe(path)
    assert (info.codec, info.width, info.height) == (codec, *SIZE)
    # VP8 in Ogg and MPEG program streams tell times of some frames only: one may be unknown.
    assert info.n_frames == pytest.approx(N_FRAMES, abs=1)
    assert info.fps_hz == pytest.approx(FPS_HZ, rel=0.01)
    assert not info.cut_off
    shown = list(frames(path))
    assert [f.time_s for f in shown] == timestamps(path).tolist()
    at = np.round(FPS_HZ * np.array([f.time_s for f in shown])).astype(int)
    found = bars([f.image for f in shown])
    # Lossy codecs at their coarsest move the middle of the bar by a pixel, rarely more.
    assert np.median(np.abs(found - bars([picture(i) for i in at]))) < 1


@pytest.mark.parametrize("kind", CUT)
def test_what_is_there_of_a_file_that_is_cut_off_is_read(kind: str, tmp_path: Path) -> None:
    path = made(CUT[kind], kind, tmp_path)
    info = probe(path)
    assert info.cut_off
    assert 2.0 <= info.duration_s < 2.95  # of 3 s; headers take some of the bytes
    assert len(list(frames(path))) == pytest.approx(info.n_frames, abs=2)


@pytest.mark.parametrize("kind", REFUSED)
def test_it_is_said_why_it_is_not_read_and_what_to_do(
    kind: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    problem, hint, make = REFUSED[kind]
    path = made(make, kind, tmp_path)
    capfd.readouterr()
    for call in (probe, timestamps, lambda p: list(frames(p))):
        with pytest.raises(VideoError) as caught:
            call(path)
        assert caught.value.problem.startswith(str(path))
        assert problem in caught.value.problem or caught.match(problem)
        assert hint in caught.value.hint
        assert "\n" not in str(caught.value)
    assert capfd.readouterr().err == ""


def test_every_ending_that_is_read_may_be_given_to_page_and_batch() -> None:
    endings = {kind.split()[0] for kind in (*READ, *CUT)}
    assert endings <= set(VIDEO_TYPES)


def test_interlaced_video_is_shown_in_whole_pictures(tmp_path: Path) -> None:
    path = made(interlaced, "mts", tmp_path)
    shown = list(frames(path))
    assert len(shown) == N_FRAMES == len(timestamps(path))
    assert [f.time_s for f in shown] == timestamps(path).tolist()
    columns = [f.image[24:40, :, 1].astype(float) for f in shown]
    # Neighbouring lines of two moments differ by the way of the bar, 2 px of 160 grey levels on
    # either side; those of one moment do not.
    comb = np.mean([np.abs(np.diff(c, axis=0)).mean() for c in columns])
    assert comb < 0.5
    want = bars([picture(2 * i) for i in range(N_FRAMES)])
    assert np.median(np.abs(bars([f.image for f in shown]) - want)) < 0.6  # of the first field


@pytest.mark.parametrize("kind", ["dv", "avi", "mov"])
def test_tapes_of_camcorders_are_read_in_their_shape(kind: str, tmp_path: Path) -> None:
    path = made(video("dvvideo", kind=kind, fps_hz=25, size=(720, 576)), kind, tmp_path)
    info = probe(path)
    assert (info.codec, info.width, info.height) == ("dvvideo", 768, 576)  # pixels are not square
    shown = list(frames(path))
    assert len(shown) == info.n_frames == N_FRAMES
    assert (np.diff(bars([f.image for f in shown[:30]])) > 0).all()


@pytest.mark.parametrize("kind", ["mp4 in HLG", "mov in PQ"])
def test_high_dynamic_range_looks_as_it_was(kind: str, tmp_path: Path) -> None:
    image = next(frames(made(READ[kind][1], kind, tmp_path))).image
    paper, quarter = float(image[32, 12].mean()), float(image[32, 60].mean())
    # sRGB of what reflects as much as paper and a quarter of it, compressed to leave room above.
    assert 180 < paper < 230
    assert 90 < quarter < 140
