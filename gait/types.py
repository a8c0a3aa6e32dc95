"""The nouns of the program: one pose track, what is derived from it, and the errors.

Arrays live in a frozen dataclass that checks itself; results are frozen pydantic models whose JSON
is the file format.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from gait.skeleton import mirror_name

Float = NDArray[np.float64]

Z95: Final = 1.96
"""SDs in half of a 95 % interval of what is normally distributed."""

Side = Literal["left", "right"]
Plane = Literal["side", "rear", "front"]
Direction = Literal["left", "right"]
Activity = Literal["running", "walking", "standing", "turning", "changing speed", "unclear"]
TimeBase = Literal["film", "told", "file", "seen", "unknown"]
DifferenceAnswer = Literal[
    "within what healthy runners show",
    "cannot be told from what healthy runners show",
    "more than healthy runners differ",
]
VideoLevel = Literal["good", "usable", "poor"]
Sex = Literal["female", "male"]
Grade = Literal["moderate", "limited", "very limited", "conflicting", "none"]
Injury = Literal[
    "patellofemoral pain",
    "iliotibial band syndrome",
    "medial tibial stress syndrome",
    "tibial stress fracture",
    "bone stress injury",
    "Achilles tendinopathy",
    "plantar heel pain",
    "hamstring injury",
    "calf strain",
    "running injury",
]
"""Injuries that links and answers have in common; "running injury" is any of them."""

SIDES: tuple[Side, Side] = ("left", "right")


def opposite(side: Side) -> Side:
    """The other side of the body."""
    return "right" if side == "left" else "left"


class GaitError(Exception):
    """Something a user can put right.

    Parameters
    ----------
    problem : str
        What is wrong, in one sentence.
    hint : str
        What to do next.
    """

    def __init__(self, problem: str, hint: str) -> None:
        super().__init__(problem, hint)
        self.problem = problem
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.problem} {self.hint}"


class UsageError(GaitError):
    """A setting or path that cannot work as given (exit code 2)."""


class VideoError(GaitError):
    """A video that cannot be read or written."""


class TrackError(GaitError):
    """A file of keypoints that cannot be read."""


class ModelError(GaitError):
    """The pose model is missing, damaged or cannot be fetched."""


class PoseError(GaitError):
    """No usable person in the video."""


class PersonError(PoseError):
    """Several people could be the runner: the user has to choose.

    Attributes
    ----------
    people : int
        How many there are, numbered from left to right.
    track : PoseTrack or None
        The boxes of everybody as signals (see `gait.pose.person_tracking`), for the picture to
        choose from.
    """

    people: int = 0
    track: PoseTrack | None = None


class OutputError(GaitError):
    """Results cannot be written where they should go."""


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
        Lab notebook: what has been done to the track so far.
    signals : Mapping of str to Float
        (T,) series that were taken from the pixels while the video was open.

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
    signals: Mapping[str, Float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        time, xy, score = (np.array(a, dtype=np.float64) for a in (self.time, self.xy, self.score))
        n, k = len(time), len(self.names)
        if xy.shape != (n, k, 2) or score.shape != (n, k) or time.shape != (n,):
            raise ValueError(f"time {time.shape}, xy {xy.shape}, score {score.shape}, {k} names")
        if len(set(self.names)) != k:
            raise ValueError("keypoint names repeat")
        if not np.isfinite(time).all() or (np.diff(time) <= 0).any():
            raise ValueError("time must be finite and strictly increasing")
        signals = {name: np.array(s, dtype=np.float64) for name, s in self.signals.items()}
        if any(s.shape != (n,) for s in signals.values()):
            raise ValueError("every signal must have one value per frame")
        for array in (time, xy, score, *signals.values()):
            array.flags.writeable = False
        object.__setattr__(self, "time", time)
        object.__setattr__(self, "xy", xy)
        object.__setattr__(self, "score", score)
        object.__setattr__(self, "names", tuple(self.names))
        object.__setattr__(self, "signals", MappingProxyType(signals))

    def __len__(self) -> int:
        return len(self.time)

    def __getitem__(self, name: str) -> Float:
        """(T, 2) pixels of one keypoint; KeyError if the track has no such point."""
        return self.xy[:, self.index(name)]

    def __contains__(self, name: object) -> bool:
        return name in self.names

    def __reduce__(self) -> tuple[Any, ...]:
        # mappingproxy cannot be pickled; worker processes send tracks back.
        state = (self.time, self.xy, self.score, self.names, self.size, self.steps)
        return (type(self), (*state, dict(self.signals)))

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

    def with_(self, *, step: str | None = None, **changes: Any) -> Self:
        """A copy with some fields replaced and, if given, one line added to `steps`."""
        if step is not None:
            changes["steps"] = (*changes.get("steps", self.steps), step)
        return replace(self, **changes)

    def between(self, start_s: float, stop_s: float) -> Self:
        """The frames with start_s <= time <= stop_s."""
        inside = (self.time >= start_s) & (self.time <= stop_s)
        return self.with_(
            time=self.time[inside],
            xy=self.xy[inside],
            score=self.score[inside],
            signals={name: values[inside] for name, values in self.signals.items()},
        )

    def mirrored(self) -> Self:
        """The track of the horizontally mirrored video, anatomical sides renamed to match."""
        xy = self.xy.copy()
        xy[..., 0] = self.size[0] - xy[..., 0]
        # Signals along x and angles in the image change sign as well as side.
        signals = {
            mirror_name(name): -values if name.endswith(("_x_px", "_roll_deg")) else values
            for name, values in self.signals.items()
        }
        names = tuple(mirror_name(n) for n in self.names)
        return self.with_(xy=xy, names=names, signals=signals)


class FrozenModel(BaseModel):
    """A noun that checks itself, does not change, and whose JSON is the file format."""

    # JSON knows neither NaN nor infinity: a result with one could be written and not be opened.
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class VideoInfo(FrozenModel):
    """What the file says about itself; `cut_off` if it says that it should be longer."""

    name: str
    sha256: str
    width: int
    height: int
    n_frames: int
    duration_s: float
    fps_hz: float
    codec: str
    rotation_deg: int = 0
    variable_frame_rate: bool = False
    capture_fps_hz: float | None = None
    cut_off: bool = False


class Study(FrozenModel):
    """What one study says for or against a link.

    `source` is an id of ``gait/knowledge/sources.toml``. `effect` is None where nobody on this
    project has read the figure in the study itself.
    """

    source: str
    design: str
    n: int | None = None
    effect: str | None = None


class Evidence(FrozenModel):
    """One documented link between a deviation and an injury.

    `injury` is for reading, `injuries` for matching with where it hurts. `counter` is what speaks
    against the link. Grade "none": looked for, and no link is known.
    """

    id: str
    injury: str
    injuries: tuple[Injury, ...]
    grade: Grade
    population: str
    wording: str
    studies: tuple[Study, ...]
    counter: tuple[Study, ...] = ()


class Cue(FrozenModel):
    """One thing to try, how much of it, and what to watch for."""

    id: str
    text: str
    dose: str
    caution: str
    sources: tuple[str, ...]


class Contributor(FrozenModel):
    """Something other than gait that goes with leg pain, as far as the answers tell."""

    id: str
    kind: Literal["training", "previous injury", "recovery", "fatigue", "health", "gait", "other"]
    wording: str
    grade: str
    sources: tuple[str, ...]
    guide: str | None = None


class Outcome(FrozenModel):
    """What the questionnaire leads to.

    `injuries` are those whose usual place and pattern fit where and when it hurts; empty without
    pain. With "emergency", "stop" or "see a clinician", `action` comes before everything else; gait
    advice is withheld for the first two, and `why` says so.
    """

    level: Literal["emergency", "stop", "see a clinician", "advice"]
    action: str | None = None
    why: str | None = None
    gait_advice_withheld: bool = False
    injuries: tuple[Injury, ...] = ()
    contributors: tuple[Contributor, ...] = ()
