"""Videos are made here, frame by frame, so that every time, size and colour is known."""

from __future__ import annotations

import hashlib
import logging
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from gait.types import GaitError, OutputError, UsageError, VideoError
from gait.video import (
    KEYFRAME_INTERVAL,
    Writer,
    decoded_ahead,
    filmed_at,
    frames,
    probe,
    timestamps,
)

MS = Fraction(1, 1000)
SIZE = (64, 48)


def picture(i: int, size: tuple[int, int] = SIZE) -> np.ndarray:
    """Red top-left quarter on a grey that tells the frame number."""
    image = np.full((size[1], size[0], 3), 40 + 5 * i % 200, np.uint8)
    image[: size[1] // 2, : size[0] // 2] = (255, 0, 0)
    return image


def video(
    path: Path,
    ticks_ms: list[int],
    *,
    codec: str = "libx264",
    pix_fmt: str = "yuv420p",
    size: tuple[int, int] = SIZE,
    options: dict[str, str] | None = None,
    rotation_deg: int = 0,
    flip: bool = False,
    tags: dict[str, str] | None = None,
    container_options: dict[str, str] | None = None,
) -> Path:
    with av.open(str(path), "w", container_options=container_options or {}) as container:
        container.metadata.update(tags or {})
        stream = container.add_stream(codec, rate=30, options=options or {"g": "6", "bf": "2"})
        stream.width, stream.height, stream.pix_fmt = *size, pix_fmt
        stream.codec_context.time_base = MS
        if rotation_deg or flip:
            stream.set_display_rotation(rotation_deg, hflip=flip)
        for i, tick in enumerate(ticks_ms):
            frame = av.VideoFrame.from_ndarray(picture(i, size)).reformat(format=pix_fmt)
            frame.pts, frame.time_base = tick, MS
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


STEADY = [round(i * 1000 / 30) for i in range(30)]
UNEVEN = np.cumsum([0, *([33, 34, 60, 17, 41] * 6)]).tolist()


@pytest.mark.parametrize("ticks", [STEADY, UNEVEN])
def test_times_are_those_of_the_file(tmp_path: Path, ticks: list[int]) -> None:
    path = video(tmp_path / "a.mp4", ticks)
    times = timestamps(path)
    # One tick of the 1/16000 s clock that the MP4 writer picks.
    np.testing.assert_allclose(times, np.array(ticks) / 1000, atol=1 / 16000)
    assert times[0] == 0
    assert [f.time_s for f in frames(path)] == times.tolist()
    assert probe(path).variable_frame_rate == (ticks is UNEVEN)


def test_probe_tells_the_file(tmp_path: Path) -> None:
    path = video(tmp_path / "a.mp4", STEADY)
    info = probe(path)
    assert (info.name, info.width, info.height, info.n_frames) == ("a.mp4", 64, 48, 30)
    assert (info.codec, info.rotation_deg, info.capture_fps_hz) == ("h264", 0, None)
    assert info.fps_hz == pytest.approx(30, abs=0.02)  # times are rounded to 1 ms
    assert info.duration_s == pytest.approx(1.0, abs=0.001)
    assert info.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_time_counts_from_the_first_frame(tmp_path: Path) -> None:
    path = video(tmp_path / "a.mkv", [t + 5000 for t in STEADY])
    assert timestamps(path).tolist() == [f.time_s for f in frames(path)]
    assert timestamps(path)[0] == 0
    assert timestamps(path)[-1] == pytest.approx(STEADY[-1] / 1000)


def test_frames_cut_by_an_edit_list_are_not_shown(tmp_path: Path) -> None:
    # Negative times make the MP4 writer add an edit list that starts at 0.
    options = {"avoid_negative_ts": "disabled", "use_editlist": "1"}
    ticks = [t - 100 for t in STEADY]
    path = video(tmp_path / "a.mp4", ticks, container_options=options)
    times = timestamps(path)
    assert times.tolist() == [f.time_s for f in frames(path)]
    assert len(times) == sum(t >= 0 for t in ticks)
    assert [f.time_s for f in frames(path, times[2])] == times[2:].tolist()
    first = next(frames(path)).image[-1, -1, 0]
    assert int(first) == pytest.approx(picture(3)[-1, -1, 0], abs=4)  # 4: compression


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".ts", ".avi"])
@pytest.mark.parametrize("b_frames", ["0", "2"])
def test_segments_add_up_to_the_video(tmp_path: Path, suffix: str, b_frames: str) -> None:
    codec = "mpeg4" if suffix == ".avi" else "libx264"
    ticks = STEADY if suffix == ".avi" else UNEVEN  # AVI knows no uneven times
    options = {"g": "6", "bf": b_frames}
    path = video(tmp_path / f"a{suffix}", ticks, codec=codec, options=options)
    whole = list(frames(path))
    times = timestamps(path)
    cuts = [-np.inf, 0.0, times[4], times[6], times[7] + 1e-4, times[17], times[-1], np.inf]
    parts = [f for a, b in pairwise(cuts) for f in frames(path, a, b)]
    assert [f.time_s for f in parts] == [f.time_s for f in whole] == times.tolist()
    assert all(np.array_equal(p.image, w.image) for p, w in zip(parts, whole, strict=True))


def test_a_segment_is_half_open(tmp_path: Path) -> None:
    path = video(tmp_path / "a.mp4", UNEVEN)
    times = timestamps(path)
    segment = [f.time_s for f in frames(path, times[7], times[11])]
    assert segment == times[7:11].tolist()
    assert not list(frames(path, times[-1] + 0.001))


def test_repeated_times_are_dropped_everywhere(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mjpeg", rate=30)
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuvj420p"
        stream.codec_context.time_base = MS
        for i in range(6):
            frame = av.VideoFrame.from_ndarray(picture(i)).reformat(format="yuvj420p")
            frame.pts, frame.time_base = i, MS
            for packet in stream.encode(frame):
                # Packets 2 and 3 claim the same time.
                packet.pts = packet.dts = (0, 33, 67, 67, 133, 167)[i]
                packet.time_base = MS
                container.mux(packet)
    assert timestamps(path).tolist() == [0, 0.033, 0.067, 0.133, 0.167]
    shown = list(frames(path))
    assert [f.time_s for f in shown] == timestamps(path).tolist()
    assert int(shown[2].image[-1, -1, 0]) == pytest.approx(picture(2)[-1, -1, 0], abs=4)


@pytest.mark.parametrize(
    ("rotation_deg", "flip", "degrees", "size", "corner"),
    [
        (-90, False, 90, (48, 64), (0, 1)),
        (90, False, 270, (48, 64), (1, 0)),
        (180, False, 180, (64, 48), (1, 1)),
        (0, True, 0, (64, 48), (0, 1)),
    ],
)
def test_images_are_upright(
    tmp_path: Path,
    rotation_deg: int,
    flip: bool,
    degrees: int,
    size: tuple[int, int],
    corner: tuple[int, int],
) -> None:
    path = video(tmp_path / "a.mp4", STEADY[:3], rotation_deg=rotation_deg, flip=flip)
    info, image = probe(path), next(frames(path)).image
    assert (info.rotation_deg, (info.width, info.height)) == (degrees, size)
    assert image.shape == (size[1], size[0], 3)
    assert image.flags.c_contiguous
    red = image[..., 0].astype(int) - image[..., 1]
    row, column = corner
    # Centre of the quarter that has to be red: far from its edges, which compression blurs.
    assert red[size[1] // 4 + row * size[1] // 2, size[0] // 4 + column * size[0] // 2] > 200
    assert (red > 100).mean() == pytest.approx(0.25, abs=0.03)


@pytest.mark.parametrize(("rotation_deg", "flip"), [(0, False), (90, False), (180, True)])
def test_smaller_images_are_the_same_pictures(
    tmp_path: Path, rotation_deg: int, flip: bool
) -> None:
    path = video(tmp_path / "a.mp4", STEADY[:3], rotation_deg=rotation_deg, flip=flip)
    info = probe(path)
    size = (info.width // 2, info.height // 2)
    for whole, half in zip(frames(path), frames(path, size=size), strict=True):
        assert (half.time_s, half.image.shape) == (whole.time_s, (size[1], size[0], 3))
        expected = whole.image[: 2 * size[1], : 2 * size[0]].astype(float)
        expected = expected.reshape(size[1], 2, size[0], 2, 3).mean(axis=(1, 3))
        assert np.percentile(np.abs(half.image - expected), 95) < 12


def test_frames_decoded_ahead_are_the_same_frames(tmp_path: Path) -> None:
    path = video(tmp_path / "a.mp4", STEADY[:5])
    for n in (1, 3):
        pairs = zip(frames(path), decoded_ahead(frames(path), n), strict=True)
        assert all(a.time_s == b.time_s and np.array_equal(a.image, b.image) for a, b in pairs)


def test_hevc_10_bit_without_sound(tmp_path: Path) -> None:
    options = {"x265-params": "log-level=none:keyint=6:bframes=2"}
    path = video(
        tmp_path / "a.mov", UNEVEN, codec="libx265", pix_fmt="yuv420p10le", options=options
    )
    assert probe(path).codec == "hevc"
    times = timestamps(path)
    middle = float(times[14])
    whole = list(frames(path))
    parts = [*frames(path, stop_s=middle), *frames(path, middle)]
    assert [f.time_s for f in whole] == times.tolist()
    assert all(np.array_equal(p.image, w.image) for p, w in zip(parts, whole, strict=True))
    assert whole[0].image.dtype == np.uint8
    assert whole[0].image[12, 16].astype(int) == pytest.approx(
        [255, 0, 0], abs=8
    )  # chroma is compressed


def test_odd_size(tmp_path: Path) -> None:
    path = video(tmp_path / "a.mkv", STEADY[:3], codec="ffv1", pix_fmt="yuv444p", size=(63, 47))
    assert (probe(path).width, probe(path).height) == (63, 47)
    # Lossless but for the rounding of the colour conversion.
    assert np.abs(next(frames(path)).image.astype(int) - picture(0, (63, 47))).max() <= 3


def test_capture_rate_of_slow_motion(tmp_path: Path) -> None:
    options = {"movflags": "use_metadata_tags"}
    tags = {"com.android.capture.fps": "240.000000"}
    path = video(tmp_path / "a.mp4", STEADY, tags=tags, container_options=options)
    assert probe(path).capture_fps_hz == 240


@pytest.mark.parametrize(
    ("tags", "told"),
    [
        ({"creation_time": "2024-05-01T08:11:12.000000Z"}, "2024-05-01T08:11:12+00:00"),
        (
            {
                "creation_time": "2024-06-01T08:11:12.000000Z",  # exported later
                "com.apple.quicktime.creationdate": "2024-05-01T10:11:12+0200",
            },
            "2024-05-01T10:11:12+02:00",
        ),
        ({"creation_time": "1970-01-01T00:00:00.000000Z"}, None),  # a clock that was never set
        ({"creation_time": "2924-05-01T08:11:12.000000Z"}, None),
        ({"com.apple.quicktime.creationdate": "last Tuesday"}, None),
        ({}, None),
    ],
)
def test_when_it_was_filmed(tmp_path: Path, tags: dict[str, str], told: str | None) -> None:
    options = {"movflags": "use_metadata_tags"}
    path = video(tmp_path / "a.mp4", STEADY, tags=tags, container_options=options)
    found = filmed_at(path)
    assert (None if found is None else found.isoformat()) == told


def test_one_frame_can_be_probed(tmp_path: Path) -> None:
    info = probe(video(tmp_path / "a.mp4", [0]))
    assert (info.n_frames, info.variable_frame_rate) == (1, False)
    assert np.isfinite([info.fps_hz, info.duration_s]).all()


def audio_only(path: Path) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=8000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
        frame.sample_rate = 8000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def cut(path: Path, *, index_first: bool, keep: float = 0.6) -> Path:
    options = {"movflags": "+faststart"} if index_first else {}
    # Motion JPEG: frames so large that the cut goes through them, not through the index.
    kind = {"codec": "mjpeg", "pix_fmt": "yuvj420p", "options": {"huffman": "default"}}
    video(path, STEADY, container_options=options, **kind)
    data = path.read_bytes()
    return write(path, data[: int(len(data) * keep)])


@pytest.mark.parametrize(
    ("make", "kind", "message"),
    [
        (lambda d: d / "none.mp4", UsageError, "There is no file"),
        (lambda d: d, UsageError, "is a folder"),
        (lambda d: write(d / "a.mp4", b""), VideoError, "is empty"),
        (lambda d: write(d / "a.mp4", b"notes on running\n" * 99), VideoError, "not a video"),
        (lambda d: cut(d / "a.mp4", index_first=False), VideoError, "index is missing"),
        (lambda d: cut(d / "a.mp4", index_first=True), VideoError, r"0\.\d of 1\.0 s can be read"),
        (lambda d: cut(d / "a.mp4", index_first=False, keep=0.99), VideoError, "cut off"),
        (lambda d: audio_only(d / "a.m4a"), VideoError, "only sound"),
    ],
)
def test_unusable_files_are_named_with_a_remedy(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], make, kind: type[GaitError], message: str
) -> None:
    path = make(tmp_path)
    for call in (probe, timestamps, lambda p: list(frames(p))):
        with pytest.raises(kind, match=message) as caught:
            call(path)
        assert caught.value.problem.endswith(".")
        assert caught.value.hint.endswith(".")
    assert capfd.readouterr().err == ""


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Permissions do not stop root, which tests may run as.
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = video(tmp_path / "a.mp4", STEADY)
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(UsageError, match="may not be read"):
        probe(path)


def damage(path: Path, which: range) -> Path:
    """Overwrite packets of the video with 0xff, which no H.264 decoder accepts."""
    with av.open(str(path)) as container:
        spans = [(p.pos, p.size) for p in container.demux(video=0) if p.size]
    data = bytearray(path.read_bytes())
    for i in which:
        position, size = spans[i]
        data[position : position + size] = b"\xff" * size
    return write(path, bytes(data))


def test_one_damaged_frame_is_left_out_with_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = video(tmp_path / "a.mp4", STEADY, options={"g": "1", "bf": "0"})
    damage(path, range(10, 11))
    with caplog.at_level(logging.WARNING, "gait"):
        times = [f.time_s for f in frames(path)]
    assert times == np.delete(timestamps(path), 10).tolist()
    assert "damaged" in caplog.text


def test_a_ruined_video_is_an_error(tmp_path: Path) -> None:
    path = video(tmp_path / "a.mp4", STEADY, options={"g": "1", "bf": "0"})
    with pytest.raises(VideoError, match="damaged"):
        list(frames(damage(path, range(5, 25))))


def test_writer_makes_what_browsers_play(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    times = np.array(UNEVEN) / 1000
    with Writer(path, 65, 49, 30) as writer:
        for i, time_s in enumerate(times):
            writer.write(picture(i, (65, 49)), time_s)
    info = probe(path)
    assert (info.codec, info.width, info.height) == ("h264", 64, 48)  # the odd px is cut off
    np.testing.assert_allclose(timestamps(path), times, atol=1 / 90_000)  # one tick
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert stream.pix_fmt == "yuv420p"
        packets = [p for p in container.demux(stream) if p.size]
    keys = [i for i, p in enumerate(packets) if p.is_keyframe]
    assert keys == list(range(0, len(times), KEYFRAME_INTERVAL))
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    # Flat areas keep their colour within what CRF 23 and 4:2:0 lose.
    shown = next(frames(path)).image
    assert shown[12, 16].astype(int) == pytest.approx([255, 0, 0], abs=8)
    assert shown[40, 50].astype(int) == pytest.approx([40, 40, 40], abs=4)
    assert list(tmp_path.iterdir()) == [path]


def test_writer_keeps_the_old_video_if_it_fails(tmp_path: Path) -> None:
    path = write(tmp_path / "out.mp4", b"old")

    def fail() -> None:
        with Writer(path, *SIZE, 30) as writer:
            writer.write(picture(0), 0.0)
            raise RuntimeError("analysis broke")

    with pytest.raises(RuntimeError, match="analysis broke"):
        fail()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_writer_needs_increasing_times(tmp_path: Path) -> None:
    with Writer(tmp_path / "out.mp4", *SIZE, 30) as writer:
        writer.write(picture(0), 0.5)
        with pytest.raises(ValueError, match="not later"):
            writer.write(picture(1), 0.5)


@pytest.mark.parametrize("where", ["none/out.mp4", "file/out.mp4", "folder.mp4"])
def test_writer_says_where_it_cannot_write(tmp_path: Path, where: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder.mp4").mkdir()

    def attempt() -> None:
        with Writer(tmp_path / where, *SIZE, 30) as writer:
            writer.write(picture(0), 0.0)

    with pytest.raises(OutputError, match="Cannot write"):
        attempt()
    assert {p.name for p in tmp_path.iterdir()} == {"file", "folder.mp4"}
