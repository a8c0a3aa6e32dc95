"""What kind of file it is by its bytes: where videos are cut off, and what is no video at all."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from gait.types import VideoError

VIDEO_TYPES: Final = (
    *("mp4", "mov", "m4v", "qt", "3gp", "3g2", "f4v", "lrv", "insv"),
    *("avi", "divx", "mkv", "webm", "mts", "m2ts", "m2t", "ts", "mpg", "mpeg", "mod", "tod"),
    *("vob", "wmv", "asf", "flv", "ogv", "mxf", "dv"),
)
"""Endings of files that may be videos: of every container that is read."""

CONTAINERS: Final = "mov,matroska,avi,mpegts,mpeg,asf,flv,ogg,mxf,dv"
"""Demuxers of real containers. FFmpeg also has some for lists of other files (ffconcat, HLS, DASH),
which would read whatever they name."""

CONVERT: Final = "Convert it to an H.264 MP4 (any video editor can) and try again."
AGAIN: Final = "Copy it from the phone or download it again."

_GIVE: Final = "Give a video of the runner."
_HEAD: Final = 1 << 16
_MP4_BOXES: Final = (b"ftyp", b"mdat", b"wide", b"free", b"skip", b"moov")
_STILL_BRANDS: Final = (b"heic", b"heix", b"heim", b"heis", b"mif1", b"avif")
_PICTURES: Final = (b"\xff\xd8\xff", b"\x89PNG", b"BM", b"II*\0", b"MM\0*", b"8BPS", b"II\x1a\0")
_SOUNDS: Final = (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf1", b"\xff\xf9", b"fLaC", b"MThd")
_ARCHIVES: Final = (b"PK\x03\x04", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
_LISTS: Final = (b"#EXTM3U", b"ffconcat", b"<MPD", b"[playlist]", b"<ASX")
_PAGES: Final = (b"<!doctype html", b"<html")
_START_CODES: Final = (b"\0\0\0\x01", b"\0\0\x01")
_BARE: Final = {
    **dict.fromkeys((0x67, 0x27, 0x09), "H.264"),
    **dict.fromkeys((0x40, 0x46), "H.265"),
    **{0xB3: "MPEG-2", 0xB0: "MPEG-4"},
}
"""First byte after the start code of a stream without a container, and its codec."""
_SEGMENT: Final = b"\x18\x53\x80\x67"
_ASF_PROPERTIES: Final = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
_TS_PACKETS: Final = (188, 192, 204)


def refuse_picture(path: Path) -> None:
    """VideoError for a photo in the container of videos (HEIC, AVIF)."""
    with path.open("rb") as file:
        head = file.read(12)
    if head[4:8] == b"ftyp" and head[8:] in _STILL_BRANDS:
        raise _no_video(path, "a picture", _GIVE)


def why_no_video(path: Path) -> VideoError:
    """What a file is that cannot be opened as a video, and what to do."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:512].lower()
    if not head.strip(b"\0"):
        return VideoError(f"{path} holds nothing but zeros: a copy of it failed.", AGAIN)
    if head[4:8] in _MP4_BOXES:
        return VideoError(f"{path} is cut off: its index is missing.", AGAIN)
    if (codec := _bare_codec(head)) is not None:
        return VideoError(
            f"{path} is a bare {codec} stream: it does not say when its pictures are shown.",
            "Put it into an MP4 with the frames per second it was filmed at, such as 60: "
            f"ffmpeg -r 60 -i {path.name} -c copy run.mp4.",
        )
    if head.startswith((b"YUV4MPEG2", b"DKIF")):
        return VideoError(f"{path} holds video as other programs exchange it.", CONVERT)
    return _no_video(path, *_kind_and_hint(head, text))


def _kind_and_hint(head: bytes, text: bytes) -> tuple[str, str]:
    """What a file is instead, "" if nobody knows, and what to do."""
    riff = head[8:12] if head.startswith(b"RIFF") else b""
    if head.startswith(b"GIF8"):
        return "a moving picture (GIF)", "Give the video it was made of."
    if riff == b"WEBP" or head.startswith(_PICTURES):
        return "a picture", _GIVE
    if riff == b"WAVE" or head.startswith(_SOUNDS):
        return "sound", _GIVE
    if head.startswith(_ARCHIVES):
        return "an archive", "Unpack it and give the video inside."
    if head.startswith(b"%PDF"):
        return "a PDF", _GIVE
    if head.startswith(b"\0\x05\x16\x07"):
        return "what macOS keeps beside a file", 'Give the file without "._" in its name.'
    if head.startswith((b"bplist", b"version https://git-lfs")):
        return "a note that it is kept elsewhere", "Download the video itself."
    if text.startswith(tuple(start.lower() for start in _LISTS)) or b"<mpd" in text:
        return "a list of videos", "Download the video itself."
    if text.startswith(_PAGES):
        return "a web page", "Download the video that is on it."
    return "", "Give a video such as MP4 or MOV."


def end_is_missing(path: Path, container: str) -> bool:
    """Whether a file is shorter than it says, as far as its kind tells."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if container.startswith("matroska"):
        return _matroska_end(head) > size
    if container == "avi":
        # 0 where the camera lost power: nothing is known then.
        return int.from_bytes(head[4:8], "little") + 8 > size
    if container == "asf":
        at = head.find(_ASF_PROPERTIES)
        return at >= 0 and int.from_bytes(head[at + 40 : at + 48], "little") > size
    if container == "mpegts":
        packet = next((n for n in _TS_PACKETS if _packets_of(head, n)), None)
        return packet is not None and size % packet != 0
    return False


def _no_video(path: Path, kind: str, hint: str) -> VideoError:
    return VideoError(f"{path} is {kind and kind + ', '}not a video.", hint)


def _bare_codec(head: bytes) -> str | None:
    for code in _START_CODES:
        if head.startswith(code) and len(head) > len(code):
            return _BARE.get(head[len(code)])
    return None


def _matroska_end(head: bytes) -> int:
    """Where the segment ends by what it says of itself; 0 if that is not known."""
    at = head.find(_SEGMENT) + len(_SEGMENT)
    if at < len(_SEGMENT) or at >= len(head):
        return 0
    length = 9 - head[at].bit_length()  # bytes of a number with as many zero bits before it
    number = int.from_bytes(head[at : at + length], "big") & ((1 << 7 * length) - 1)
    unknown = number == (1 << 7 * length) - 1
    return 0 if unknown else at + length + number


def _packets_of(head: bytes, size: int) -> bool:
    first = 4 if size == 192 else 0
    marks = head[first : first + 8 * size : size]
    return len(marks) > 1 and marks == b"\x47" * len(marks)
