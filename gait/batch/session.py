"""What a session consists of: videos, who runs in them, and what is known of each."""

from __future__ import annotations

import glob
import os
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gait.batch.sheet import Line, read_sheet
from gait.inputs import sha256
from gait.sanitize import folder_name, readable
from gait.settings import Settings
from gait.types import UsageError
from gait.video import VIDEO_TYPES

SHEET: Final = "session.csv"
"""Name under which a list is looked for in a folder of videos."""
RUNNERS: Final = "runners"
"""Folder of the results by runner, so no video's folder can be called that."""

_VIEWS: Final = {"side": "side", "left": "side", "right": "side", "rear": "rear", "front": "front"}
_NAME = re.compile(
    rf"^(?P<runner>.+?)[_\- ](?P<view>{'|'.join(_VIEWS)})([_\- ]?\d+)?$", re.IGNORECASE
)
_LONGEST_NAME: Final = 80  # as in Settings


@dataclass(frozen=True, slots=True)
class SessionVideo:
    """One video of a session.

    Parameters
    ----------
    name : str
        Of its run folder; no two videos of a session share it, not even in another case.
    video : Path
        The video.
    settings : Settings
        What is known of it, the runner's name included.
    note : str
        What the list says besides.
    """

    name: str
    video: Path
    settings: Settings
    note: str = ""

    @property
    def runner(self) -> str:
        """Whose video it is."""
        return self.settings.runner or readable(self.video.stem)


@dataclass(frozen=True, slots=True)
class Session:
    """All videos of a session, by name.

    Parameters
    ----------
    videos : tuple of SessionVideo
        In the order of their names.
    remarks : tuple of str
        What was left out, in sentences.
    """

    videos: tuple[SessionVideo, ...]
    remarks: tuple[str, ...] = ()


def read_session(sources: Sequence[Path], settings: Settings) -> Session:
    """Find the videos of a session and who runs in them.

    Parameters
    ----------
    sources : sequence of Path
        Videos, folders of videos, patterns such as ``videos/*.mp4``, or lists (``.csv``). A folder
        may hold a list, ``session.csv``: it goes before what the names of its videos say.
    settings : Settings
        What is known of all videos; names and lists go before it.

    Returns
    -------
    Session
        A video called ``runner_view.mp4`` is of that runner and from that side; any other is of a
        runner called as the video.

    Raises
    ------
    UsageError
        If something named is not there, a list cannot be used, or there is no video at all.
    """
    remarks: list[str] = []
    found: dict[Path, Line | None] = {}
    for source in sources:
        for video, line in _videos(source, remarks):
            resolved = video.resolve()
            if resolved in found and (line is None or found[resolved] is not None):
                continue  # a pattern and a folder may both hold it
            found[resolved] = line
    if not found:
        raise UsageError(
            f"There is no video in {', '.join(map(str, sources))}.",
            f"Videos end in {', '.join(VIDEO_TYPES)}.",
        )
    session_videos: dict[str, SessionVideo] = {}
    names = _names(sorted(found))
    for video, name in names.items():
        if name.casefold() in session_videos:
            remarks.append(
                f"{video} is the same video as {session_videos[name.casefold()].video}: left out."
            )
            continue
        session_videos[name.casefold()] = _entry(name, video, found[video], settings)
    return Session(
        tuple(sorted(session_videos.values(), key=lambda entry: entry.name)), tuple(remarks)
    )


def is_video(path: Path) -> bool:
    """Whether a file in a folder is taken for a video, by its name."""
    return (
        path.suffix.lower().lstrip(".") in VIDEO_TYPES
        and not path.name.startswith(".")
        and path.is_file()
    )


def from_name(stem: str) -> dict[str, Any]:
    """What the name of a video says, as fields of `Settings`.

    Parameters
    ----------
    stem : str
        Name of the video without its ending.

    Returns
    -------
    dict of str to value
        The runner, and the view if the name ends in one, perhaps with a number behind it.

    Examples
    --------
    >>> from_name("anna_rear_2")
    {'runner': 'anna', 'view': 'rear'}
    >>> from_name("IMG_0001")
    {'runner': 'IMG_0001'}
    """
    if match := _NAME.match(stem):
        runner = match["runner"].strip()[:_LONGEST_NAME]
        return {"runner": runner, "view": _VIEWS[match["view"].lower()]}
    return {"runner": stem[:_LONGEST_NAME]}


def _videos(source: Path, remarks: list[str]) -> Iterable[tuple[Path, Line | None]]:
    if source.is_dir():
        sheet = source / SHEET
        listed = dict(_listed(sheet)) if sheet.is_file() else {}
        inside = sorted(p for p in source.iterdir() if not p.name.startswith("."))
        other = [p.name for p in inside if p.is_file() and not is_video(p) and p.name != SHEET]
        if other:
            shown = ", ".join(other[:5]) + (" …" if len(other) > 5 else "")
            remarks.append(f"Not videos, left out of {source}: {shown}.")
        videos = {p.resolve() for p in inside if is_video(p)}
        return [*listed.items(), *((p, None) for p in videos if p not in listed)]
    if source.suffix.lower() == ".csv" and os.path.lexists(source):
        return _listed(source)
    if os.path.exists(source):
        return [(source, None)]
    matches = [Path(p) for p in glob.glob(str(source), recursive=True)]
    if not matches:
        raise UsageError(f"There is nothing called {source}.", "Check the path.")
    return [(p, None) for p in matches if is_video(p)]


def _listed(sheet: Path) -> Iterable[tuple[Path, Line]]:
    for line in read_sheet(sheet):
        video = (sheet.parent / line.video).resolve()
        if not video.is_file():
            raise UsageError(
                f"{sheet}, line {line.number}, column video: there is no file {line.video!r} in "
                f"{sheet.parent}.",
                "Write the name of the video with its ending.",
            )
        yield video, line


def _names(videos: Sequence[Path]) -> dict[Path, str]:
    """A folder for every video: its name, with a part of its hash where that is taken."""
    names = {video: folder_name(video.stem) for video in videos}
    taken = Counter(name.casefold() for name in names.values())
    taken[RUNNERS] += 1
    return {
        video: name if taken[name.casefold()] == 1 else f"{name}-{sha256(video)[:8]}"
        for video, name in names.items()
    }


def _entry(name: str, video: Path, line: Line | None, settings: Settings) -> SessionVideo:
    known = from_name(readable(video.stem)) | (line.known if line else {})
    if (person := known.pop("person", None)) is not None:
        known["pose"] = settings.pose.model_copy(update={"person": person})
    chosen = Settings.model_validate(settings.model_dump() | known)
    return SessionVideo(name, video, chosen, line.note if line else "")
