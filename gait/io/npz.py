"""Our own file of a track: everything, exactly."""

from __future__ import annotations

import json
import math
import zipfile
import zlib
from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final

import numpy as np

from gait.io.plausible import MOST_VALUES, require_plausible
from gait.sanitize.files import require_file
from gait.types import DerivedSignals, PixelSignals, PoseTrack, TrackError, UsageError

_FILE_BYTES: Final = 512 << 20
_SIGNAL: Final = "signal_"


def write_npz(
    path: Path, track: PoseTrack, key: str = "", filmed_at: datetime | None = None
) -> None:
    """Write a track to a file.

    Parameters
    ----------
    path : Path
        File to write; its name ends in ``.npz``.
    track : PoseTrack
        What to keep.
    key : str
        Of what the track was made from; kept with it.
    filmed_at : datetime, optional
        When the video was filmed, with its offset from UTC; kept with it.
    """
    meta = {"key": key, "names": track.names, "size": track.size, "steps": track.steps}
    if filmed_at is not None:
        meta["filmed_at"] = filmed_at.isoformat(timespec="seconds")
    signals: dict[str, Any] = {f"{_SIGNAL}{name}": s for name, s in track.columns().items()}
    np.savez_compressed(
        path,
        meta=np.array(json.dumps(meta)),
        time=track.time,
        xy=track.xy,
        score=track.score,
        **signals,
    )


def read_npz(path: Path) -> tuple[PoseTrack, str]:
    """A track and its key; FileNotFoundError without a file, TrackError if it is none."""
    try:
        arrays = _arrays(path)
        meta = _meta(arrays)
        key = str(meta["key"])
        width, height = meta["size"]
        columns = {
            name.removeprefix(_SIGNAL): values
            for name, values in arrays.items()
            if name.startswith(_SIGNAL)
        }
        track = PoseTrack(
            time=arrays["time"],
            xy=arrays["xy"],
            score=arrays["score"],
            names=_words(meta["names"]),
            size=(width, height),
            steps=_words(meta["steps"]),
            signals=PixelSignals.from_columns(columns) or PixelSignals(),
            derived=DerivedSignals.from_columns(columns) or DerivedSignals(),
        )
    except FileNotFoundError:
        raise
    except _DAMAGED as e:
        raise _damaged(path) from e
    require_plausible(track, path.name)
    return track, key


def read_key(path: Path) -> str:
    """The key of a kept track without the track; FileNotFoundError or TrackError as `read_npz`."""
    try:
        return str(_meta(_arrays(path, ("meta",)))["key"])
    except FileNotFoundError:
        raise
    except _DAMAGED as e:
        raise _damaged(path) from e


def read_filmed_at(path: Path) -> datetime | None:
    """When the video of a kept track was filmed; None if that is not known."""
    try:
        return datetime.fromisoformat(_meta(_arrays(path, ("meta",)))["filmed_at"])
    except _DAMAGED:
        return None


_DAMAGED: Final = (
    *(OSError, EOFError, ValueError, LookupError, TypeError, OverflowError),
    *(RecursionError, NotImplementedError, RuntimeError, UsageError),
    *(zipfile.BadZipFile, zlib.error),
)


def _arrays(path: Path, wanted: Collection[str] = ()) -> dict[str, Any]:
    """The arrays by name; shapes are read first, since few bytes may unpack to more than memory."""
    if not path.exists():
        raise FileNotFoundError(path)
    require_file(path, _FILE_BYTES)
    with zipfile.ZipFile(path) as archive:
        members = {name.removesuffix(".npy"): name for name in archive.namelist()}
        members = {n: m for n, m in members.items() if not wanted or n in wanted}
        values = 0
        for name, member in members.items():
            with archive.open(member) as file:
                shape, dtype = _header(file)
            if dtype.kind != ("U" if name == "meta" else "f"):
                raise ValueError(f"{name} holds {dtype}")
            values += math.prod(shape) * dtype.itemsize // 8
        if values > MOST_VALUES:
            raise ValueError(f"{values} numbers")
        arrays = {}
        for name, member in members.items():
            with archive.open(member) as file:
                arrays[name] = np.lib.format.read_array(file, allow_pickle=False)
        return arrays


def _header(file: IO[bytes]) -> tuple[tuple[int, ...], np.dtype[Any]]:
    version = np.lib.format.read_magic(file)
    read = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }[version]
    shape, _, dtype = read(file)
    return shape, dtype


def _meta(arrays: Mapping[str, Any]) -> dict[str, Any]:
    meta = json.loads(str(arrays["meta"]))
    if not isinstance(meta, dict):
        raise TypeError("meta is no table")
    return meta


def _words(words: Any) -> tuple[str, ...]:
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise TypeError("names and steps are lists of words")
    return tuple(words)


def _damaged(path: Path) -> TrackError:
    return TrackError(
        f"{path.name} is damaged or was not written by gaitlens.", "Analyse the video again."
    )
