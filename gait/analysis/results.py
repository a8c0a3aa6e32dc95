"""What an analysis finds, event by event up to the whole: models whose JSON is the file format."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field

from gait.settings import Settings
from gait.types import (
    Activity,
    AnySide,
    Cue,
    DifferenceAnswer,
    Direction,
    Evidence,
    FrozenModel,
    Outcome,
    Plane,
    Side,
    TimeBase,
    VideoInfo,
    VideoLevel,
    opposite,
)

SPEED_DOUBTED = "speed_told"
"""The fault of a speed that does not fit what is seen."""

SCHEMA_VERSION = 2
"""Of `analysis.json`. Raising it takes a step in `gait.io.analysis_file`, a run in tests/golden."""


class View(FrozenModel):
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
    leg_px: float = Field(ge=0.1, le=100_000)
    scale_m_per_px: float | None = None
    window_s: tuple[float, float]
    limits: tuple[str, ...] = ()

    @property
    def far_side(self) -> Side | None:
        """The leg that is hidden by the other one; None from behind, in front, or if unknown."""
        if self.plane != "side" or self.near_side is None:
            return None
        return opposite(self.near_side)


class Event(FrozenModel):
    """One foot strike or toe-off with the standard deviation of its time."""

    kind: Literal["strike", "off"]
    side: Side
    time_s: float
    sd_s: float


class Stride(FrozenModel):
    """From one strike of a foot to its next; `off_s` is the toe-off between them."""

    side: Side
    strike_s: float
    off_s: float
    next_strike_s: float
    strike_sd_s: float
    off_sd_s: float


class Measurement(FrozenModel):
    """One value of one metric in one stride. `stride` counts strides of that side from 0."""

    metric: str
    side: AnySide
    stride: int
    time_s: float
    value: float


class Summary(FrozenModel):
    """One metric over the whole video.

    `value` is None exactly when `limit` says why it cannot be given. `sd` is between strides.
    `ci95` includes stride scatter, event timing, and the errors of keypoints and camera. `typical`
    is the range at this speed (mean ± 2 SD of healthy runners) where the evidence has one.
    `flag_limits` are the values below and above which it would be flagged at this speed, None if
    this video cannot be held against any. `source` names the video the value was read from where
    views were merged. `caveat` is what the video makes less sure about a value that is given.
    """

    metric: str
    name: str
    side: AnySide
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

    @property
    def half(self) -> float | None:
        """Half of the interval: what stands behind ±."""
        return None if self.ci95 is None else (self.ci95[1] - self.ci95[0]) / 2

    def withheld(self, reason: str) -> Self:
        """The same without its value and all that is said of it, for `reason` instead."""
        said = ("value", "sd", "ci95", "label", "typical", "flag_limits", "flag", "caveat")
        return self.model_copy(update={**dict.fromkeys(said), "limit": reason})


class SideDifference(FrozenModel):
    """Right minus left of one metric, with its own 95 % interval.

    The interval is narrower than that of two independent values: errors that both legs share
    cancel. `healthy` is how far the legs of healthy runners differ (95 % of them), `answer` what
    follows: the whole interval lies inside it, the whole interval lies beyond it, or neither. Both
    are None where no such range is known. `caveat` is what makes the difference less sure.
    """

    metric: str
    name: str
    unit: str
    tier: Literal["A", "B", "C"]
    value: float
    ci95: tuple[float, float]
    healthy: float | None = None
    answer: DifferenceAnswer | None = None
    caveat: str | None = None

    @property
    def half(self) -> float:
        """Half of the interval."""
        return (self.ci95[1] - self.ci95[0]) / 2


class Finding(FrozenModel):
    """One metric that clearly differs from other runners, or that runners ask about.

    "linked": a study has linked such a deviation with an injury; "unusual": it is merely rare;
    "note": what research says of a value that is no deviation (landing on the heel), without a
    flag. If both legs are beyond the limit, `side` is "both" and `value` that of the leg further
    beyond. `measured`, `typical` and `wording` are sentences for the runner.
    """

    id: str
    metric: str
    side: AnySide
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


class VideoFault(FrozenModel):
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


class Withheld(FrozenModel):
    """One reason why numbers are not given, with all the numbers that it keeps back.

    `reason` says what to change, as `Summary.limit` does; `summaries` are (metric, side).
    """

    reason: str
    summaries: tuple[tuple[str, AnySide], ...]


class Quality(FrozenModel):
    """What happened to the video on its way to numbers, and how good it is.

    `grade` and `next_time`, the two things to change first, are None and empty in analyses from
    before they existed: `gait.analysis.grading` gives them for any. `faults` come dearest first.
    `withheld` sums up what is not given and why, the reason that keeps back most first.
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
    withheld: tuple[Withheld, ...] = ()


class Analysis(FrozenModel):
    """Everything found in one video; `analysis.json` is this, and it is the public contract.

    Times are true seconds from the first frame, other quantities carry their unit. An analysis of
    merged views of one run (`gait.analysis.merge_views`) holds the analysis of each video
    as `parts`; its own video, view, events, strides and measurements are those of the first part.
    """

    schema_version: int = SCHEMA_VERSION
    video: VideoInfo | None
    settings: Settings
    activity: Activity
    view: View
    quality: Quality
    events: tuple[Event, ...]
    strides: tuple[Stride, ...]
    measurements: tuple[Measurement, ...]
    summaries: tuple[Summary, ...]
    differences: tuple[SideDifference, ...] = ()
    findings: tuple[Finding, ...] = ()
    intake: dict[str, str | tuple[str, ...]] | None = None
    outcome: Outcome | None = None
    parts: tuple[Analysis, ...] = ()
    versions: dict[str, str]

    @property
    def videos(self) -> tuple[Analysis, ...]:
        """One analysis for each video: the `parts` of merged views, else this one."""
        return self.parts or (self,)

    @property
    def speed_mps(self) -> float | None:
        """The speed that was told, unless the feet on the belt move at quite another one."""
        doubted = any(fault.id == SPEED_DOUBTED for fault in self.quality.faults)
        return None if doubted else self.settings.speed_mps

    def difference(self, metric: str) -> SideDifference | None:
        """Right minus left of one metric, or None if there is none."""
        return next((d for d in self.differences if d.metric == metric), None)

    def summary(self, metric: str, side: str = "both") -> Summary | None:
        """The summary of one metric and side, or None if there is none."""
        for s in self.summaries:
            if (s.metric, s.side) == (metric, side):
                return s
        return None
