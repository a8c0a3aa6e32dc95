"""Keypoints of one person over time."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import Any, Final, Literal, Self

import numpy as np
from numpy.typing import NDArray

from gait.skeleton import mirror_name
from gait.types.pixel_signals import DerivedSignals, PixelSignals
from gait.types.words import SIDES, Float

LYING_DEG: Final = 45.0
"""From upright; runners lean by 16 degrees at most."""
EXACT: Final = "points as they were given"
"""First line in the notebook of a track that names no source, and of markers."""


@dataclass(frozen=True, slots=True, eq=False)
class PoseTrack:
    """Keypoints of one person over time; the same noun raw and cleaned.

    Parameters
    ----------
    time : Float
        (T,) presentation times in s as stored in the file, strictly increasing.
    xy : Float
        (T, K, 2) pixels of the upright image, x right, y down; NaN where a point is missing.
    score : Float
        (T, K) confidence in [0, 1].
    names : tuple of str
        K canonical keypoint names (see `gait.skeleton`).
    size : tuple of int
        (width, height) of the upright image in px.
    steps : tuple of str
        Lab notebook: what has been done to the track so far. The first line names the program that
        found the points; points of a track without one are taken to be exact, as markers are, and
        get narrower intervals.
    signals : PixelSignals
        What was read off the pixels while the video was open.
    derived : DerivedSignals
        What was found out about every frame since.

    Raises
    ------
    ValueError
        If shapes disagree, times do not increase or names repeat.
    """

    time: Float
    xy: Float
    score: Float
    names: tuple[str, ...]
    size: tuple[int, int]
    steps: tuple[str, ...] = ()
    signals: PixelSignals[Float] = field(default_factory=PixelSignals)
    derived: DerivedSignals[Float] = field(default_factory=DerivedSignals)

    def __post_init__(self) -> None:
        time, xy, score = (np.array(a, dtype=np.float64) for a in (self.time, self.xy, self.score))
        n, k = len(time), len(self.names)
        if xy.shape != (n, k, 2) or score.shape != (n, k) or time.shape != (n,):
            raise ValueError(f"time {time.shape}, xy {xy.shape}, score {score.shape}, {k} names")
        if len(set(self.names)) != k:
            raise ValueError("keypoint names repeat")
        if not np.isfinite(time).all() or (np.diff(time) <= 0).any():
            raise ValueError("time must be finite and strictly increasing")
        if any(series.shape != (n,) for series in self.columns().values()):
            raise ValueError("every signal must have one value per frame")
        for array in (time, xy, score):
            array.flags.writeable = False
        object.__setattr__(self, "time", time)
        object.__setattr__(self, "xy", xy)
        object.__setattr__(self, "score", score)
        object.__setattr__(self, "names", tuple(self.names))

    def __len__(self) -> int:
        return len(self.time)

    def __getitem__(self, name: str) -> Float:
        """(T, 2) pixels of one keypoint; KeyError if the track has no such point."""
        return self.xy[:, self.index(name)]

    def middle(self, name: str) -> Float:
        """(T, 2) pixels half way between a left keypoint and the right one."""
        return (self[f"left_{name}"] + self[f"right_{name}"]) / 2

    def __contains__(self, name: object) -> bool:
        return name in self.names

    def __reduce__(self) -> tuple[Any, ...]:
        # Made anew in the other process, so that nobody can write to the arrays there either.
        return type(self), tuple(getattr(self, f.name) for f in fields(self))

    def index(self, name: str) -> int:
        """Position of a keypoint in `names`; KeyError if absent."""
        try:
            return self.names.index(name)
        except ValueError:
            raise KeyError(name) from None

    def has(self, *names: str) -> bool:
        """Whether all these keypoints are in the track."""
        return all(name in self.names for name in names)

    @property
    def fps_hz(self) -> float:
        """Median frame rate in Hz; NaN with fewer than two frames."""
        return float(1 / np.median(np.diff(self.time))) if len(self.time) > 1 else float("nan")

    @property
    def leg_px(self) -> float:
        """Median length of thigh plus shank in px over frames and sides; NaN if never seen."""
        lengths = self._leg_lengths_px()
        known = np.concatenate(lengths) if lengths else np.empty(0)
        known = known[np.isfinite(known)]
        return float(np.median(known)) if len(known) else float("nan")

    @property
    def own_leg_px(self) -> Float:
        """(T,) length of thigh plus shank in every frame, mean of the legs seen; else NaN."""
        lengths = np.array(self._leg_lengths_px()).reshape(-1, len(self))
        seen = np.isfinite(lengths)
        total = np.where(seen, lengths, 0.0).sum(axis=0)
        return np.where(seen.any(axis=0), total / np.maximum(seen.sum(axis=0), 1), np.nan)

    @property
    def upright(self) -> Literal["upright", "on its side", "upside down"]:
        """How the picture lies, by the line from ankles to shoulders; upright if none is seen."""
        if not self.has(*(f"{side}_{point}" for side in SIDES for point in ("shoulder", "ankle"))):
            return "upright"
        up = np.sum([self[f"{side}_shoulder"] - self[f"{side}_ankle"] for side in SIDES], axis=0)
        away_deg = np.abs(np.degrees(np.arctan2(up[:, 0], -up[:, 1])))
        known = away_deg[np.isfinite(away_deg)]
        usual_deg = float(np.median(known)) if len(known) else 0.0
        if usual_deg < LYING_DEG:
            return "upright"
        return "on its side" if usual_deg < 180 - LYING_DEG else "upside down"

    def _leg_lengths_px(self) -> list[Float]:
        return [
            np.linalg.norm(self[f"{side}_hip"] - self[f"{side}_knee"], axis=1)
            + np.linalg.norm(self[f"{side}_knee"] - self[f"{side}_ankle"], axis=1)
            for side in SIDES
            if self.has(f"{side}_hip", f"{side}_knee", f"{side}_ankle")
        ]

    @property
    def by_blazepose(self) -> bool:
        """Whether BlazePose made the track: its points have errors that others do not share."""
        return bool(self.steps) and self.steps[0].startswith("BlazePose")

    @property
    def by_model(self) -> bool:
        """Whether a pose model, or a file, is named as the source: else the points are exact.

        Markers of motion capture and joints that are known have none of a pose model's errors.
        """
        return bool(self.steps) and not self.steps[0].startswith(EXACT)

    def with_(self, *, step: str | None = None, **changes: Any) -> Self:
        """A copy with some fields replaced and, if given, one line added to `steps`."""
        if step is not None:
            changes["steps"] = (*changes.get("steps", self.steps), step)
        return replace(self, **changes)

    def columns(self) -> dict[str, Float]:
        """(T,) series of all signals by their names in files."""
        return self.signals.columns() | self.derived.columns()

    def rows(self, rows: slice | NDArray[Any], time: Float | None = None) -> Self:
        """Some of the frames, or some more than once.

        Parameters
        ----------
        rows : slice, or array of bool or int
            Which, as NumPy takes them.
        time : Float, optional
            Their times, if not those that they have.
        """
        return self.with_(
            time=self.time[rows] if time is None else time,
            xy=self.xy[rows],
            score=self.score[rows],
            signals=self.signals.each(lambda series: series[rows]),
            derived=self.derived.each(lambda series: series[rows]),
        )

    def between(self, start_s: float, stop_s: float) -> Self:
        """The frames with start_s <= time <= stop_s."""
        return self.rows((self.time >= start_s) & (self.time <= stop_s))

    def mirrored(self) -> Self:
        """The track of the horizontally mirrored video, anatomical sides renamed to match."""
        width_px = self.size[0]
        xy = self.xy.copy()
        xy[..., 0] = width_px - xy[..., 0]
        return self.with_(
            xy=xy,
            names=tuple(mirror_name(n) for n in self.names),
            signals=self.signals.mirrored(width_px),
            derived=self.derived.mirrored(width_px),
        )
