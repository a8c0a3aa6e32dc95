"""TRC: marker positions as OpenSim, Sports2D and Pose2Sim read and write them.

Five header lines and one row per frame, separated by tabs (OpenSim, ``TRCFileAdapter``). Metres
and millimetres have y up; pixels are those of the image, y down, as in the pixel files of
Sports2D, which say "m" all the same. A missing point is "nan": every version of OpenSim reads that,
the older ones no empty cells.

Ours say in a fifth field of the first line, which nobody else reads, that the points are cleaned
and where they come from: smoothed a second time, or without the errors of their pose model taken
into account, they would give other results than the video did.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal

import numpy as np

from gait.io.image_size import picture_size
from gait.sanitize.files import KEYPOINT_BYTES, require_file
from gait.sanitize.text import one_line
from gait.skeleton import canonical_name
from gait.types import DerivedSignals, Float, PoseTrack, TrackError

KEYS: Final = (
    "DataRate",
    "CameraRate",
    "NumFrames",
    "NumMarkers",
    "Units",
    "OrigDataRate",
    "OrigDataStartFrame",
    "OrigNumFrames",
)
MM_PER_UNIT: Final = {"mm": 1.0, "cm": 10.0, "m": 1000.0}
LONGEST_LEG_MM: Final = 3000.0
"""No leg is that long: such a file holds pixels, whatever unit it claims."""
MARGIN_PX: Final = 100
CLEANED: Final = "cleaned by gaitlens: "
_EXPORT_AGAIN: Final = "Export the TRC file again."


def write_trc(
    path: Path, track: PoseTrack, xyz: Float, unit: Literal["px", "m", "mm"], title: str
) -> None:
    """Write a TRC file.

    Parameters
    ----------
    path : Path
        File to write.
    track : PoseTrack
        Gives times and names.
    xyz : Float
        (T, K, 3) coordinates in `unit`, NaN where missing.
    unit : {"px", "m", "mm"}
        What the header says.
    title : str
        The name of the file in its first line.
    """
    frames, markers = xyz.shape[:2]
    rate = f"{track.fps_hz:.10g}"
    source = one_line(track.steps[0], longest=400) if track.steps else ""
    values = (rate, rate, frames, markers, unit, rate, 1, frames)
    lines = [
        f"PathFileType\t4\t(X/Y/Z)\t{one_line(title)}\t{CLEANED}{source}",
        "\t".join(KEYS),
        "\t".join(map(str, values)),
        "Frame#\tTime\t" + "".join(f"{one_line(name)}\t\t\t" for name in track.names),
        "\t\t" + "\t".join(f"{axis}{i + 1}" for i in range(markers) for axis in "XYZ"),
    ]
    digits = 4 if unit == "px" else 6  # 0.1 um; a pixel is a millimetre or more
    for i, (time_s, row) in enumerate(zip(track.time, xyz.reshape(frames, -1), strict=True), 1):
        cells = "\t".join(f"{value:.{digits}f}" for value in row)
        lines.append(f"{i}\t{time_s:.9f}\t{cells}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def read_trc(path: Path) -> PoseTrack:
    """Read a TRC file.

    Parameters
    ----------
    path : Path
        In pixels (y down), or in m, cm or mm (y up).

    Returns
    -------
    PoseTrack
        In pixels of the video, or of 1 mm. Of three dimensions x and y are kept, the view from the
        right, or z and y if x is empty, the view from behind.

    Raises
    ------
    TrackError
        If it is not such a file.
    """
    require_file(path, KEYPOINT_BYTES)
    lines = path.read_text(encoding="utf-8-sig", errors="replace").splitlines()
    if len(lines) < 6 or not lines[0].startswith("PathFileType"):
        raise TrackError(f"{path.name} is not a TRC file, or is empty.", _EXPORT_AGAIN)
    header = dict(zip(lines[1].split(), lines[2].split(), strict=False))
    labels = [label.strip() for label in lines[3].split("\t")[2:] if label.strip()]
    names = tuple(canonical_name(label) for label in labels)
    if not names or len(set(names)) != len(names):
        raise TrackError(f"{path.name} names no markers, or one of them twice.", _EXPORT_AGAIN)
    time_s, xyz = _rows(path, lines[5:], len(names))
    unit = header.get("Units", "").lower()
    if unit != "px" and unit not in MM_PER_UNIT:
        raise TrackError(
            f"{path.name} is in {unit or 'no unit'}; px, m, cm and mm are known.", _EXPORT_AGAIN
        )
    xy = _pixels(xyz, names, MM_PER_UNIT.get(unit))
    seen = np.asarray(np.isfinite(xy).all(axis=2))
    note = lines[0].split("\t")[4:]
    cleaned = len(note) == 1 and note[0].startswith(CLEANED)
    source = note[0].removeprefix(CLEANED) if cleaned else ""
    try:
        return PoseTrack(
            time=time_s,
            xy=np.where(seen[..., None], xy, np.nan),
            score=seen.astype(float),
            names=names,
            size=picture_size(xy),
            steps=(
                *([source] if source else []),
                f"read from {one_line(path.name)}: TRC in {one_line(unit)}, no scores",
            ),
            derived=DerivedSignals(low_passed=np.ones(len(time_s)) if cleaned else None),
        )
    except ValueError as e:
        raise TrackError(f"{path.name}: {e}.", _EXPORT_AGAIN) from e


def _rows(path: Path, lines: list[str], markers: int) -> tuple[Float, Float]:
    """(T,) times from zero and (T, K, 3) coordinates, NaN for empty cells and the very origin."""
    width = 2 + 3 * markers
    rows = []
    for number, line in enumerate(lines, 6):
        if not line.strip():
            continue
        cells = line.rstrip("\r\n").split("\t")
        cells += [""] * (width - len(cells))  # empty cells at the end may have lost their tabs
        if any(cells[width:]):
            raise TrackError(f"{path.name}, line {number}: too many columns.", _EXPORT_AGAIN)
        try:
            rows.append([float(cell) if cell.strip() else np.nan for cell in cells[1:width]])
        except ValueError as e:
            raise TrackError(f"{path.name}, line {number}: {e}.", _EXPORT_AGAIN) from e
    if not rows:
        raise TrackError(f"{path.name} holds no frames.", _EXPORT_AGAIN)
    table = np.array(rows)
    table[~np.isfinite(table)] = np.nan
    xyz = table[:, 1:].reshape(len(rows), markers, 3)
    xyz[(xyz == 0).all(axis=2)] = np.nan  # motion capture writes so what it did not see
    return table[:, 0] - table[0, 0], xyz


def _pixels(xyz: Float, names: tuple[str, ...], mm_per_unit: float | None) -> Float:
    """(T, K, 2) pixels of an image, y down."""
    across = xyz[..., 0]
    from_behind = not np.nan_to_num(across).any() and np.nan_to_num(xyz[..., 2]).any()
    plane = np.stack([xyz[..., 2] if from_behind else across, xyz[..., 1]], axis=-1)
    if mm_per_unit is not None:
        leg_mm = _leg(plane, names) * mm_per_unit
        if not leg_mm > LONGEST_LEG_MM:
            plane = plane * [mm_per_unit, -mm_per_unit]
            if np.isfinite(plane).any():
                plane = plane - np.nanmin(plane, axis=(0, 1)) + MARGIN_PX
    return np.asarray(plane)


def _leg(plane: Float, names: tuple[str, ...]) -> float:
    """Length of thigh and shank in the unit of the file; NaN if there is none."""
    track = PoseTrack(
        time=np.arange(len(plane), dtype=float),
        xy=plane,
        score=np.ones(plane.shape[:2]),
        names=names,
        size=(1, 1),
    )
    return track.leg_px
