"""Rendered runners: motion, contacts and points come from the same equations as the picture.

The fields of a ``NAME.truth.json`` are described in ``sample_videos/README.md``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final, Literal, TypedDict, cast

import numpy as np

from gait.analysis.results import Event
from gait.sanitize.files import KEYPOINT_BYTES, read_text
from gait.settings import Settings
from gait.types import Float, Plane, PoseTrack, Side

SUFFIX: Final = ".truth.json"
_KINDS: Final[dict[str, Literal["strike", "off"]]] = {"foot_strike": "strike", "toe_off": "off"}


class CameraTruth(TypedDict):
    """Where the camera stood, and the size of its pictures in px."""

    view: str
    W: int
    H: int


class EventTruth(TypedDict):
    """One contact of a foot that began or ended, s."""

    type: str
    side: Side
    t: float


class StepTruth(TypedDict):
    """One whole contact: from foot strike to toe-off, s. The file has measures of it besides."""

    side: Side
    fs: float
    to: float


class TruthFile(TypedDict):
    """What of a truth file is used; `sample_videos/README.md` describes all of it."""

    config: Mapping[str, object]
    camera: CameraTruth
    fps: float
    n_frames: int
    stature_m: float
    leg_m: float
    landmarks: list[str]
    events: list[EventTruth]
    steps: list[StepTruth]
    summary: dict[str, float]
    series: dict[str, list[float]]
    t: list[float]
    px: list[list[list[float]]]
    world: list[list[list[float]]]


@dataclass(frozen=True)
class Rendered:
    """What is exactly known of a rendered video."""

    path: Path
    """``NAME.truth.json``."""

    @property
    def name(self) -> str:
        """Name of the video."""
        return self.path.name.removesuffix(SUFFIX)

    @property
    def video(self) -> Path:
        """Where the video is, if it is kept beside its truth."""
        return self.path.with_name(f"{self.name}.mp4")

    @cached_property
    def truth(self) -> TruthFile:
        """What the file holds."""
        document: TruthFile = json.loads(read_text(self.path, KEYPOINT_BYTES))
        return document

    @property
    def plane(self) -> Plane:
        """Where the camera stood."""
        view = self.truth["camera"]["view"]
        return "rear" if view == "rear" else "front" if view == "front" else "side"

    @property
    def near(self) -> Side:
        """The leg nearer to a camera at the side."""
        return "left" if self.truth["camera"]["view"] == "side_left" else "right"

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """Every contact, in order of time."""
        return tuple(
            Event(kind=_KINDS[e["type"]], side=e["side"], time_s=e["t"], sd_s=0)
            for e in self.truth["events"]
        )

    @property
    def speed_mps(self) -> float:
        """Of the belt."""
        return float(self.truth["summary"]["speed_mps"])

    @property
    def stature_m(self) -> float:
        """Body height."""
        return float(self.truth["stature_m"])

    @property
    def leg_m(self) -> float:
        """Thigh plus shank."""
        return float(self.truth["leg_m"])

    @property
    def duration_s(self) -> float:
        """Of the video."""
        return float(self.truth["n_frames"] / self.truth["fps"])

    @property
    def summary(self) -> dict[str, float]:
        """Means over the steps of the video."""
        return dict(self.truth["summary"])

    @property
    def steps(self) -> Sequence[StepTruth]:
        """One entry per whole contact."""
        return tuple(self.truth["steps"])

    @property
    def settings(self) -> Settings:
        """What a user would tell about the runner."""
        return Settings(speed_mps=self.speed_mps, height_m=self.stature_m)

    @cached_property
    def track(self) -> PoseTrack:
        """Where the true points are in the picture."""
        px, camera = np.array(self.truth["px"]), self.truth["camera"]
        names = tuple(self.truth["landmarks"])
        size = (camera["W"], camera["H"])
        return PoseTrack(self.time_s, px, np.ones(px.shape[:2]), names, size)

    @cached_property
    def time_s(self) -> Float:
        """(T,) times of the frames."""
        return np.array(self.truth["t"])

    @cached_property
    def _world(self) -> Float:
        return np.array(self.truth["world"])

    def world(self, point: str) -> Float:
        """(T, 3) m: forward, to the runner's left, up."""
        return np.asarray(self._world[:, self.truth["landmarks"].index(point)])

    def series(self, name: str) -> Float:
        """(T,) a signal of the truth file."""
        return np.array(self.truth["series"][name])

    def at(self, time_s: Float | float, series: Float) -> Float:
        """A (T,) series at any times."""
        return np.asarray(np.interp(time_s, self.time_s, series))

    def mean(self, name: str, side: str) -> float:
        """Mean of a quantity over all contacts of a foot."""
        own = [cast("Mapping[str, float]", step) for step in self.steps if step["side"] == side]
        return float(np.mean([step[name] for step in own]))


def rendered_videos(folder: Path, *planes: Plane) -> list[Rendered]:
    """The rendered videos in a folder, in order of name; of all planes if none is named."""
    videos = [p for p in sorted(folder.glob("[!.]*.mp4")) if p.with_suffix(SUFFIX).exists()]
    every = [Rendered(p.with_suffix(SUFFIX)) for p in videos]
    return [trial for trial in every if not planes or trial.plane in planes]
