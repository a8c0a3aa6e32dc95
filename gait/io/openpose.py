"""Keypoints as JSON: OpenPose (a file per frame) and AlphaPose (one file, Halpe or COCO points)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np

from gait.io.image_size import picture_size
from gait.sanitize.files import read_json as read_json_file
from gait.sanitize.text import one_line
from gait.skeleton import BLAZEPOSE, BODY25, COCO17, HALPE26
from gait.types import Float, PoseTrack, TrackError, UsageError

LAYOUTS: Final[Mapping[int, tuple[str, ...]]] = {
    17: COCO17,
    25: BODY25,
    26: HALPE26,
    33: BLAZEPOSE,
}
"""Names by the number of points."""

HALPE136: Final = 136
"""Halpe with face and hands; it begins with the 26."""

_HINT: Final = (
    "Give a folder of OpenPose JSON (one file per frame), or an AlphaPose JSON file of the video."
)


Person: TypeAlias = Float
"""(K, 3) x, y and score."""


def read_json(path: Path, fps_hz: float | None) -> PoseTrack:
    """Read the keypoints of the person who is largest, and stays nearest to where they were.

    Parameters
    ----------
    path : Path
        A folder of OpenPose files or an AlphaPose file.
    fps_hz : float, optional
        Frames per second; these files do not say.

    Returns
    -------
    PoseTrack
        NaN where nobody was found.

    Raises
    ------
    UsageError
        If the frame rate is not given.
    TrackError
        If these are other files.
    """
    frames = _folder(path) if path.is_dir() else _alphapose(path)
    if fps_hz is None:
        raise UsageError(
            f"{path.name} does not say how many frames per second the video had.", "Give --fps."
        )
    if not 1 <= fps_hz <= 2000:
        raise UsageError(f"--fps {fps_hz:g} cannot be.", "Give the frames per second of the video.")
    counts = {len(person) for people in frames for person in people}
    if len(counts) != 1 or not counts <= set(LAYOUTS):
        found = " and ".join(map(str, sorted(counts))) or "no"
        raise TrackError(f"{path.name} holds people of {found} points.", _HINT)
    names = LAYOUTS[counts.pop()]
    points = _follow(frames, len(names))
    seen = (points[..., 2] > 0) & np.isfinite(points).all(axis=2)
    xy = np.where(seen[..., None], points[..., :2], np.nan)
    return PoseTrack(
        time=np.arange(len(frames)) / fps_hz,
        xy=xy,
        score=np.where(seen, np.clip(points[..., 2], 0, 1), 0),
        names=names,
        size=picture_size(xy),
        steps=(f"read from {one_line(path.name)}: JSON of {len(names)} points",),
    )


def _folder(path: Path) -> list[list[Person]]:
    files = sorted(path.glob("[!.]*.json"), key=_frame_number)
    frames = []
    for file in files:
        document = _load(file)
        people = document.get("people") if isinstance(document, dict) else None
        if not isinstance(people, list):
            raise TrackError(f"{file.name} is not OpenPose JSON: it has no people.", _HINT)
        frames.append([_person(file, person, "pose_keypoints_2d") for person in people])
    if len(frames) < 2:
        raise TrackError(f"{path.name} holds {len(frames)} frame(s).", _HINT)
    numbers = np.array([_frame_number(file)[0] for file in files])
    steps = np.diff(numbers)
    if numbers[0] < 0 or not steps.all():  # names without a number of their own: in their order
        return frames
    # Every second frame is a slower video; those that are missing now and then are lost frames.
    places = (numbers - numbers[0]) // np.gcd.reduce(steps)
    return _with_lost_frames(path, dict(zip(places.tolist(), frames, strict=True)))


def _alphapose(path: Path) -> list[list[Person]]:
    document = _load(path)
    if isinstance(document, dict) and "people" in document:
        raise TrackError(f"{path.name} is a single frame.", _HINT)
    if not isinstance(document, list) or not document:
        raise TrackError(f"{path.name} is not a list of people in frames.", _HINT)
    found: dict[int, list[Person]] = {}
    for person in document:
        if not isinstance(person, dict) or "image_id" not in person:
            raise TrackError(f"{path.name} does not say in which image people are.", _HINT)
        number = _number(str(person["image_id"]))
        if number is None:
            raise TrackError(f"{path.name}: {person['image_id']!r} holds no frame number.", _HINT)
        found.setdefault(number, []).append(_person(path, person, "keypoints"))
    return _with_lost_frames(path, found)


def _with_lost_frames(path: Path, found: Mapping[int, list[Person]]) -> list[list[Person]]:
    """The people of every frame from the first number to the last."""
    first, last = min(found), max(found)
    if last - first >= 100 * len(found) + 1000:  # numbers that are no frame numbers
        raise TrackError(f"{path.name}: images are not numbered by frame.", _HINT)
    return [found.get(i, []) for i in range(first, last + 1)]


def _load(path: Path) -> Any:
    try:
        return read_json_file(path)
    except ValueError as e:
        raise TrackError(f"{path.name} is not JSON.", _HINT) from e


def _person(path: Path, person: Any, key: str) -> Person:
    try:
        flat = np.array(person[key], dtype=float)
        points: Person = flat.reshape(-1, 3)
    except (LookupError, TypeError, ValueError, OverflowError) as e:
        raise TrackError(f"{path.name} holds a person without numbers for {key}.", _HINT) from e
    return points[: len(HALPE26)] if len(points) == HALPE136 else points


def _follow(frames: Sequence[Sequence[Person]], k: int) -> Float:
    """(T, K, 3) of one person: the largest at first, then whoever is nearest to the last place."""
    out = np.zeros((len(frames), k, 3))
    last: Float | None = None
    for i, people in enumerate(frames):
        boxes = [(j, *box) for j, box in enumerate(map(_box, people)) if box is not None]
        if not boxes:
            continue
        if last is None:
            chosen, last, _ = max(boxes, key=lambda box: box[2])
        else:
            away = [float(np.linalg.norm(middle - last)) for _, middle, _ in boxes]
            chosen, last, _ = boxes[int(np.argmin(away))]
        out[i] = people[chosen]
    return out


def _box(person: Person) -> tuple[Float, float] | None:
    """Middle and diagonal of the points that were seen."""
    seen = person[(person[:, 2] > 0) & np.isfinite(person).all(axis=1), :2]
    if not len(seen):
        return None
    low, high = seen.min(axis=0), seen.max(axis=0)
    return (low + high) / 2, float(np.linalg.norm(high - low))


def _number(text: str) -> int | None:
    """The last number in a name: that of the frame; none has more than 18 digits."""
    digits = re.findall(r"\d+", text)
    return int(digits[-1]) if digits and len(digits[-1]) <= 18 else None


def _frame_number(path: Path) -> tuple[int, str]:
    number = _number(path.stem)
    return (-1 if number is None else number), path.name
