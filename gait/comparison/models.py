"""The nouns of a comparison: what changed from one video to another, and what may be said of it."""

from __future__ import annotations

from typing import Final, Literal

from gait.types import AnySide, FrozenModel

Verdict = Literal["real change", "within measurement error", "not comparable"]
Progress = Literal[
    "reached",
    "beyond the goal",
    "on the way",
    "no clear change",
    "further away",
    "not comparable",
]

COMPARISON_VERSION: Final = 1


class Mismatch(FrozenModel):
    """Something that is not the same in two videos.

    "removes": no verdict on these metrics; "widens": the errors of the videos are taken to have
    nothing in common. `metrics` are ids. `message` is a sentence for the reader.
    """

    what: str
    effect: Literal["removes", "widens"]
    metrics: tuple[str, ...]
    message: str


class Video(FrozenModel):
    """One of the videos that are compared, or several merged."""

    name: str
    sha256: str | None
    plane: str
    speed_mps: float | None
    n_strides: int


class Goal(FrozenModel):
    """What a runner wants to change.

    `amount` is a percentage of the value before, a difference from it, or the value itself, as
    `kind` says.
    """

    metric: str
    side: AnySide | None = None
    kind: Literal["percent", "difference", "value"]
    amount: float


class Judgement(FrozenModel):
    """How far a goal is reached: `target` in the unit of the metric, `wording` a sentence."""

    goal: Goal
    side: AnySide
    target: float | None
    progress: Progress
    wording: str


class Change(FrozenModel):
    """One metric on one side, before and after.

    `before` and `after` are means over the videos of each side. `ci95` is the 95 % interval of the
    difference from stride scatter, event times, keypoints, camera and, where studied, the day.
    `mdc` is what a difference must exceed to mean anything in one runner; `mdc_of` says whose it
    is. `detectable` is the larger of `mdc` and half of the interval: a difference beyond it is a
    real change. `towards` tells where a real change leads; "typical" if before and after are.
    `why` are sentences: why there is no verdict, or what made the interval wider.
    """

    metric: str
    name: str
    side: AnySide
    unit: str
    tier: Literal["A", "B", "C"]
    before: float | None
    after: float | None
    difference: float | None = None
    ci95: tuple[float, float] | None = None
    mdc: float | None = None
    mdc_of: Literal["runners", "this runner"] | None = None
    detectable: float | None = None
    verdict: Verdict
    typical: tuple[float, float] | None = None
    towards: Literal["towards typical", "away from typical", "typical"] | None = None
    far_side: bool = False
    why: tuple[str, ...] = ()

    @property
    def half(self) -> float | None:
        """Half of the interval of the difference."""
        return None if self.ci95 is None else (self.ci95[1] - self.ci95[0]) / 2


class Comparison(FrozenModel):
    """Videos of one runner before and after, metric by metric.

    `differences` are the changes of right minus left, of which there are no repeatability studies.
    `mismatches` are what is not the same in the videos; `notes` are sentences about the whole.
    """

    schema_version: int = COMPARISON_VERSION
    before: tuple[Video, ...]
    after: tuple[Video, ...]
    mismatches: tuple[Mismatch, ...]
    changes: tuple[Change, ...]
    differences: tuple[Change, ...] = ()
    goals: tuple[Judgement, ...] = ()
    notes: tuple[str, ...] = ()

    def change(self, metric: str, side: str = "both") -> Change | None:
        """The change of one metric on one side, or None if neither video has it."""
        for c in self.changes:
            if (c.metric, c.side) == (metric, side):
                return c
        return None
