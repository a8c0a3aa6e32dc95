"""Our own file of a track: everything, exactly."""

from __future__ import annotations

import json
import zipfile
import zlib
from pathlib import Path
from typing import Any, Final

import numpy as np

from gait.types import PoseTrack, TrackError


def write_npz(path: Path, track: PoseTrack, key: str = "") -> None:
    """Write a track to a file.

    Parameters
    ----------
    path : Path
        File to write; its name ends in ``.npz``.
    track : PoseTrack
        What to keep.
    key : str
        Of what the track was made from; kept with it.
    """
    meta = {"key": key, "names": track.names, "size": track.size, "steps": track.steps}
    signals: dict[str, Any] = {f"signal_{name}": s for name, s in track.signals.items()}
    np.savez_compressed(
        path,
        meta=np.array(json.dumps(meta)),
        time=track.time,
        xy=track.xy,
        score=track.score,
        **signals,
    )


def read_npz(path: Path) -> tuple[PoseTrack, str]:
    """Read a track and its key.

    Parameters
    ----------
    path : Path
        As `write_npz` made it.

    Returns
    -------
    PoseTrack
        What was written.
    str
        Its key.

    Raises
    ------
    FileNotFoundError
        If there is no file.
    TrackError
        If it is damaged or another kind of file.
    """
    try:
        with np.load(path, allow_pickle=False) as arrays:
            meta = json.loads(str(arrays["meta"]))
            track = PoseTrack(
                time=arrays["time"],
                xy=arrays["xy"],
                score=arrays["score"],
                names=tuple(meta["names"]),
                size=(meta["size"][0], meta["size"][1]),
                steps=tuple(meta["steps"]),
                signals={
                    name.removeprefix("signal_"): arrays[name]
                    for name in arrays.files
                    if name.startswith("signal_")
                },
            )
            return track, str(meta["key"])
    except FileNotFoundError:
        raise
    except _DAMAGED as e:
        raise _damaged(path) from e


def read_key(path: Path) -> str:
    """The key of a kept track without the track; FileNotFoundError or TrackError as `read_npz`."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return str(json.loads(str(arrays["meta"]))["key"])
    except FileNotFoundError:
        raise
    except _DAMAGED as e:
        raise _damaged(path) from e


_DAMAGED: Final = (
    *(OSError, EOFError, ValueError, LookupError, TypeError),
    *(AttributeError, zipfile.BadZipFile, zlib.error),
)


def _damaged(path: Path) -> TrackError:
    return TrackError(
        f"{path.name} is damaged or was not written by gaitlens.", "Analyse the video again."
    )
