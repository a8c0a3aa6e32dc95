"""The nouns of everything after the events: a trial, the strides in it, and one of its legs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final, Self

import numpy as np

from gait.analysis.angles import to_ground
from gait.analysis.peaks import frames_in, peak
from gait.analysis.results import Stride, View
from gait.settings import Settings
from gait.types import SIDES, Activity, Float, PoseTrack, Side, VideoInfo, opposite


class UnmeasurableError(Exception):
    """Why this video cannot give a metric, as a sentence for the user."""


LOST_S: Final = 2.0
"""Time for which nobody is seen, or no stride can be read, in the middle of what is one run. After
a longer one, somebody may have rested or changed speed."""
NO_SPEED: Final = "Needs the speed: give it in km/h or m/s."
NO_CLOCK: Final = "Needs the true speed of the video: say how many times slower than life it plays."


@dataclass(frozen=True)
class Strides:
    """Strides of one foot or of both, and their times as arrays."""

    each: tuple[Stride, ...] = ()
    """In order of strike time; n of them."""

    def __len__(self) -> int:
        return len(self.each)

    def __iter__(self) -> Iterator[Stride]:
        return iter(self.each)

    def of(self, side: Side) -> Strides:
        """Those of one foot."""
        return Strides(tuple(s for s in self.each if s.side == side))

    @cached_property
    def strike_s(self) -> Float:
        """(n,) strikes that begin the strides."""
        return np.array([s.strike_s for s in self.each], dtype=np.float64)

    @cached_property
    def off_s(self) -> Float:
        """(n,) toe-offs."""
        return np.array([s.off_s for s in self.each], dtype=np.float64)

    @cached_property
    def next_strike_s(self) -> Float:
        """(n,) strikes that end the strides."""
        return np.array([s.next_strike_s for s in self.each], dtype=np.float64)

    @property
    def stride_s(self) -> Float:
        """(n,) stride times."""
        return self.next_strike_s - self.strike_s

    @property
    def contact_s(self) -> Float:
        """(n,) contact times."""
        return self.off_s - self.strike_s


@dataclass(frozen=True, slots=True)
class Trial:
    """One measured pass of a video: what every stage after the events takes."""

    track: PoseTrack
    """Cleaned track."""
    view: View
    """What is seen of the filming."""
    settings: Settings
    """What the user knows of it."""
    strides: Strides = Strides()
    """The strides of both feet that are analysed; none before the events are known."""
    video: VideoInfo | None = None
    """The video the track came from, if there is one."""
    activity: Activity = "unclear"
    """What the person does in these strides."""

    def with_(self, **changes: Any) -> Self:
        """A copy with some fields replaced."""
        return replace(self, **changes)

    def with_view(self, **changes: Any) -> Self:
        """A copy with some fields of its view replaced."""
        return replace(self, view=self.view.model_copy(update=changes))

    def leg(self, side: Side) -> Leg:
        """The strides of one leg."""
        return Leg(self.strides.of(side).each, trial=self, side=side)

    @property
    def legs(self) -> tuple[Leg, Leg]:
        """The strides of the left and of the right leg."""
        return self.leg("left"), self.leg("right")

    @property
    def time_s(self) -> Float:
        """(T,) time base of the events."""
        return self.track.time

    def point(self, name: str) -> Float:
        """(T, 2) forward and up in px; `UnmeasurableError` without the keypoint or a direction."""
        if self.view.plane != "side":
            raise UnmeasurableError("Needs a video from the side.")
        if self.view.direction is None:
            raise UnmeasurableError(
                "Needs the running direction: say whether the runner faces left or right."
            )
        if name not in self.track:
            raise UnmeasurableError(f"Needs the {name.replace('_', ' ')}, which this track lacks.")
        return to_ground(self.track[name], self.view.direction, self.view.ground_tilt_deg)

    def middle(self, name: str) -> Float:
        """(T, 2) midpoint of the left and right point, or the only one there is."""
        sides = [s for s in SIDES if f"{s}_{name}" in self.track] or list(SIDES)
        middle: Float = np.stack([self.point(f"{s}_{name}") for s in sides]).mean(axis=0)
        return middle

    @property
    def scale_m_per_px(self) -> float:
        """Metres per pixel in the plane of running; `UnmeasurableError` if not known."""
        if self.view.scale_m_per_px is None:
            raise UnmeasurableError("Needs a scale: give the runner's height.")
        return self.view.scale_m_per_px

    @property
    def belt_mps(self) -> float:
        """Speed of the treadmill; `UnmeasurableError` if not known."""
        if self.view.time_base == "unknown":
            raise UnmeasurableError(NO_CLOCK)  # lengths are speed times time
        if self.settings.speed_mps is None:
            raise UnmeasurableError(NO_SPEED)
        return self.settings.speed_mps


@dataclass(frozen=True)
class Leg(Strides):
    """The n strides of one leg, read off the trial they are in.

    Parameters
    ----------
    each : tuple of Stride
        Of this leg.
    trial : Trial
        All of the video.
    side : {"left", "right"}
        Which leg.
    """

    trial: Trial = field(kw_only=True)
    side: Side = field(kw_only=True)

    @property
    def far(self) -> bool:
        """Whether the other leg is between this one and the camera."""
        return self.side == self.trial.view.far_side

    @cached_property
    def other_strike_s(self) -> Float:
        """(n,) strike of the other foot within the stride, NaN unless there is exactly one."""
        other = self.trial.strides.of(opposite(self.side))
        times = np.unique([other.strike_s, other.next_strike_s])
        first, last = (np.searchsorted(times, t) for t in (self.strike_s, self.next_strike_s))
        ends = zip(first, last, strict=True)
        return np.array([times[i] if j - i == 1 else np.nan for i, j in ends], dtype=np.float64)

    @property
    def step_s(self) -> Float:
        """(n,) times from this strike to that of the other foot."""
        return self.other_strike_s - self.strike_s

    def point(self, name: str) -> Float:
        """(T, 2) a keypoint of this leg in ground coordinates."""
        return self.trial.point(f"{self.side}_{name}")

    def at(self, when_s: Float, series: Float) -> Float:
        """A (T,) series at any times, linear between frames; NaN beside missing frames."""
        return np.interp(when_s, self.trial.time_s, series, left=np.nan, right=np.nan)

    def peaks(self, series: Float, start_s: Float, stop_s: Float) -> Float:
        """(n,) largest values of a series between two times of each stride; NaN as for `peak`.

        Parameters
        ----------
        series : Float
            (T,) one value per frame.
        start_s, stop_s : Float
            (n,) times in s.
        """
        windows = zip(start_s, stop_s, strict=True)
        return np.array([peak(self.trial.time_s, series, a, b) for a, b in windows])

    def ranges(self, series: Float, start_s: Float, stop_s: Float) -> Float:
        """(n,) peak-to-peak of a series between two times of each stride; NaN as for `peak`.

        The drift from strike to next strike is taken out.

        Parameters
        ----------
        series, start_s, stop_s : Float
            As for `peaks`.
        """
        time = self.trial.time_s
        rise = self.at(self.next_strike_s, series) - self.at(self.strike_s, series)
        ranges = []
        for slope, start, stop in zip(rise / self.stride_s, start_s, stop_s, strict=True):
            level = series - slope * (time - start)
            ranges.append(peak(time, level, start, stop) + peak(time, -level, start, stop))
        return np.array(ranges)

    def means(self, series: Float, start_s: Float, stop_s: Float) -> Float:
        """(n,) means of a series between two times of each stride; NaN where frames are missing.

        Parameters
        ----------
        series, start_s, stop_s : Float
            As for `peaks`.
        """
        frames = [frames_in(self.trial.time_s, a, b) for a, b in zip(start_s, stop_s, strict=True)]
        return np.array([series[i:j].mean() if i < j else np.nan for i, j in frames])
