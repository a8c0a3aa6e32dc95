"""Keypoints from files: TRC, OpenPose and AlphaPose JSON, and our own npz.

Every reader gives the one noun, `PoseTrack`, with canonical names; what a file cannot hold (scores
and what was seen in the pixels) is not made up.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Final

import numpy as np

from gait.io.npz import read_key, read_npz, write_npz
from gait.io.openpose import read_json
from gait.io.plausible import require_plausible
from gait.io.trc import read_trc, write_trc
from gait.sanitize.files import KEYPOINT_BYTES, real, require_file
from gait.types import SIDES, PoseTrack, TrackError, VideoInfo

__all__ = ["describe", "is_track", "read", "read_key", "read_npz", "write_npz", "write_trc"]

_KINDS: Final = {".trc": "TRC", ".npz": "npz", ".json": "JSON"}
_NEEDED: Final = tuple(f"{side}_{point}" for side in SIDES for point in ("hip", "knee", "ankle"))


def is_track(path: Path) -> bool:
    """Whether this is to be read as keypoints rather than as a video: by suffix, or JSON inside."""
    if os.path.isdir(path):  # unlike Path.is_dir, also False for a name that cannot be
        return not (path / "analysis.json").exists() and any(path.glob("[!.]*.json"))
    return path.suffix.lower() in _KINDS


def read(path: Path, fps_hz: float | None = None) -> PoseTrack:
    """Read keypoints of one runner.

    Parameters
    ----------
    path : Path
        A TRC file in pixels or metres, a folder of OpenPose JSON (one file per frame), an AlphaPose
        JSON file, or ``pose.npz`` of a run folder.
    fps_hz : float, optional
        Frames per second, for JSON, which does not say.

    Returns
    -------
    PoseTrack
        Points under their canonical names. Lengths in metres become pixels of 1 mm. Without scores
        in the file, a point that is there has 1.

    Raises
    ------
    UsageError
        If there is no such file, or the frame rate is needed.
    TrackError
        If it cannot be read, or lacks hips, knees or ankles.
    """
    kind = _KINDS.get(path.suffix.lower())
    if path.is_dir() or kind == "JSON":
        track = _given(read_json(path, fps_hz))
    elif kind == "TRC":
        track = _given(read_trc(path))
    elif kind == "npz":
        require_file(path, KEYPOINT_BYTES)
        track, _ = read_npz(path)
    else:
        raise TrackError(
            f"{path.name} is no file of keypoints that gaitlens reads.",
            "Give TRC, OpenPose or AlphaPose JSON, or the pose.npz of a run folder.",
        )
    missing = [name.replace("_", " ") for name in _NEEDED if name not in track]
    if missing:
        raise TrackError(
            f"{path.name} lacks {', '.join(missing)}.",
            "Export hips, knees and ankles of both sides, heels and toes too if there are any.",
        )
    require_plausible(track, path.name)
    return track


def _given(track: PoseTrack) -> PoseTrack:
    """Without points that are in no frame: layouts name also what was not looked for."""
    seen = np.asarray(np.isfinite(track.xy).all(axis=2).any(axis=0))
    return track.with_(
        xy=track.xy[:, seen],
        score=track.score[:, seen],
        names=tuple(name for name, there in zip(track.names, seen, strict=True) if there),
    )


def describe(path: Path, track: PoseTrack) -> VideoInfo:
    """What is known of the video behind a file of keypoints.

    Parameters
    ----------
    path : Path
        The file or folder.
    track : PoseTrack
        What was read from it.

    Returns
    -------
    VideoInfo
        `name` and `sha256` are those of the file, or of all files of the folder; `codec` names the
        kind of file.
    """
    digest = hashlib.sha256()
    for file in sorted(path.glob("[!.]*.json")) if path.is_dir() else [path]:
        digest.update(file.read_bytes())
    kind = _KINDS.get(path.suffix.lower(), "JSON")
    intervals_s = np.diff(track.time)
    variable = len(track) > 2 and np.ptp(intervals_s) > 0.1 * np.median(intervals_s)
    return VideoInfo(
        name=path.name or real(path).name,
        sha256=digest.hexdigest(),
        width=track.size[0],
        height=track.size[1],
        n_frames=len(track),
        duration_s=float(track.time[-1] - track.time[0] + 1 / track.fps_hz)
        if len(track) > 1
        else 0.0,
        fps_hz=track.fps_hz if len(track) > 1 else 0.0,
        codec=f"keypoints ({kind})",
        variable_frame_rate=bool(variable),
    )
