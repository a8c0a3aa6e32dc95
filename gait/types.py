"""The nouns of the program: one pose track, what is derived from it, and the errors.

Arrays live in a frozen dataclass that checks itself; results are frozen pydantic models whose JSON
is the file format.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from gait.skeleton import mirror_name

Float = NDArray[np.float64]
Side = Literal["left", "right"]
Plane = Literal["side", "rear", "front"]
Direction = Literal["left", "right"]
Activity = Literal["running", "walking", "standing", "turning", "changing speed", "unclear"]
TimeBase = Literal["film", "told", "file", "seen", "unknown"]
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
SCHEMA_VERSION = 2
"""Of `analysis.json`. Raising it takes a step in `gait.io.upgrade` and a file in tests/golden."""


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


class _Model(BaseModel):
    # JSON knows neither NaN nor infinity: a result with one could be written and not be opened.
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class VideoInfo(_Model):
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


class View(_Model):
    """How the runner was filmed and what can be read from that.

    `window_s` is the steady part of the video that is analysed; `leg_px` is the median length of
    thigh plus shank in the image; `limits` are sentences about the video as a whole.

    `time_scale` is how many times slower than life the video plays, `time_base` how that is known:
    the video plays at normal speed, the user told, the file tells, it was seen from the body. If it
    is "unknown" the scale is a guess, good enough for angles; no times are given.

    `camera_roll_deg` and `camera_yaw_deg` are (estimate, SD) of how the camera stood; None where
    the video does not show it, and from the side for the yaw. Roll is positive if a level line
    appears with its image-right end lower: subtract it from image angles of that sign. Yaw is
    positive if the camera stood to the image's right of the line of running, so that what is
    further away appears shifted to the image's right. Both change sign in the mirrored video.
    """

    plane: Plane
    plane_confidence: float = Field(ge=0, le=1)
    direction: Direction | None
    near_side: Side | None
    surface: Literal["treadmill", "overground"]
    fps_hz: float
    time_scale: float = Field(default=1.0, gt=0)
    time_base: TimeBase = "film"
    ground_tilt_deg: float = 0.0
    ground_tilt_sd_deg: float = 0.0
    camera_roll_deg: tuple[float, float] | None = None
    camera_yaw_deg: tuple[float, float] | None = None
    leg_px: float = Field(ge=0.1)
    scale_m_per_px: float | None = None
    window_s: tuple[float, float]
    limits: tuple[str, ...] = ()


class Event(_Model):
    """One foot strike or toe-off with the standard deviation of its time."""

    kind: Literal["strike", "off"]
    side: Side
    time_s: float
    sd_s: float


class Stride(_Model):
    """From one strike of a foot to its next; `off_s` is the toe-off between them."""

    side: Side
    strike_s: float
    off_s: float
    next_strike_s: float
    strike_sd_s: float
    off_sd_s: float


class Measurement(_Model):
    """One value of one metric in one stride. `stride` counts strides of that side from 0."""

    metric: str
    side: Literal["left", "right", "both"]
    stride: int
    time_s: float
    value: float


class Summary(_Model):
    """One metric over the whole video.

    `value` is None exactly when `limit` says why it cannot be given. `sd` is between strides.
    `ci95` includes stride scatter, event timing and landmark error. `band` is the typical range
    at this speed (mean ± 2 SD of healthy runners) where the evidence has one. `flag_limits` are
    the values below and above which it would be flagged at this speed, None if this video cannot
    be held against any. `source` names the video the value was read from where several were put
    together. `caveat` is what the video makes less sure about a value that is given.
    """

    metric: str
    name: str
    side: Literal["left", "right", "both"]
    n: int
    value: float | None
    sd: float | None
    ci95: tuple[float, float] | None
    unit: str
    tier: Literal["A", "B", "C"]
    label: str | None = None
    typical: tuple[float, float] | None = None
    far_side: bool = False
    flag_limits: tuple[float | None, float | None] | None = None
    flag: Literal["low", "high"] | None = None
    limit: str | None = None
    source: str | None = None
    caveat: str | None = None

    def withheld(self, reason: str) -> Self:
        """The same without its value and all that is said of it, for `reason` instead."""
        said = ("value", "sd", "ci95", "label", "typical", "flag_limits", "flag", "caveat")
        return self.model_copy(update={**dict.fromkeys(said), "limit": reason})


class Study(_Model):
    """What one study says for or against a link.

    `source` is an id of ``gait/knowledge/sources.toml``. `effect` is None where nobody on this
    project has read the figure in the study itself.
    """

    source: str
    design: str
    n: int | None = None
    effect: str | None = None


class Evidence(_Model):
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


class Cue(_Model):
    """One thing to try, how much of it, and what to watch for."""

    id: str
    text: str
    dose: str
    caution: str
    sources: tuple[str, ...]


class Finding(_Model):
    """One metric that clearly differs from other runners, or that runners ask about.

    "linked": a study has linked such a deviation with an injury; "unusual": it is merely rare;
    "note": what research says of a value that is no deviation (landing on the heel), without a
    flag. If both legs are beyond the limit, `side` is "both" and `value` that of the leg further
    beyond. `measured`, `typical` and `wording` are sentences for the runner.
    """

    id: str
    metric: str
    side: Literal["left", "right", "both"]
    kind: Literal["linked", "unusual", "note"]
    flag: Literal["low", "high"] | None
    value: float
    ci95: tuple[float, float]
    unit: str
    tier: Literal["A", "B", "C"]
    limit_value: float
    measured: str
    typical: str
    wording: str
    links: tuple[Evidence, ...] = ()
    cue: Cue | None = None


class Contributor(_Model):
    """Something other than gait that goes with leg pain, as far as the answers tell."""

    id: str
    kind: Literal["training", "previous injury", "recovery", "fatigue", "health", "gait", "other"]
    wording: str
    grade: str
    sources: tuple[str, ...]
    guide: str | None = None


class Outcome(_Model):
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


class VideoFault(_Model):
    """One thing about a video that costs accuracy.

    `found` says what is seen, `change` what to do about it next time. `cost_deg` is about how much
    error it brings into an angle, by which all intervals of angles and distances are widened if
    it `widens`; `hides` are metrics that are withheld for it, `weakens` those that are given with
    it as a caveat.
    """

    id: str
    found: str
    change: str
    cost_deg: float
    hides: tuple[str, ...] = ()
    weakens: tuple[str, ...] = ()
    widens: bool = False


class Quality(_Model):
    """What happened to the video on its way to numbers, and how good it is.

    `grade` and `next_time`, the two things to change first, are None and empty in analyses from
    before they existed: `gait.analysis.grading` gives them for any. `faults` come dearest first.
    """

    n_frames: int
    frames_without_person: int
    swaps_repaired: int
    swaps_undecided: int
    strikes: int
    steps: tuple[str, ...]
    notes: tuple[str, ...] = ()
    faults: tuple[VideoFault, ...] = ()
    grade: VideoLevel | None = None
    next_time: tuple[str, ...] = ()


class Analysis(_Model):
    """Everything found in one video; `analysis.json` is this, and it is the public contract.

    Times are true seconds from the first frame, other quantities carry their unit. An analysis put
    together from several videos of one run (`gait.analysis.merge_views`) holds the analysis of each
    as `parts`; its own video, view, events, strides and measurements are those of the first part.
    """

    schema_version: int = SCHEMA_VERSION
    video: VideoInfo | None
    settings: dict[str, Any]
    activity: Activity
    view: View
    quality: Quality
    events: tuple[Event, ...]
    strides: tuple[Stride, ...]
    measurements: tuple[Measurement, ...]
    summaries: tuple[Summary, ...]
    findings: tuple[Finding, ...] = ()
    intake: dict[str, str | tuple[str, ...]] | None = None
    outcome: Outcome | None = None
    parts: tuple[Analysis, ...] = ()
    versions: dict[str, str]

    def summary(self, metric: str, side: str = "both") -> Summary | None:
        """The summary of one metric and side, or None if there is none."""
        for s in self.summaries:
            if (s.metric, s.side) == (metric, side):
                return s
        return None
