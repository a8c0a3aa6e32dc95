"""What a metric may look at, how it reads it, and the registry of all metrics."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from gait.analysis.angles import to_ground
from gait.analysis.results import Stride, View
from gait.settings import Settings
from gait.types import SIDES, Float, PoseTrack, Side, opposite


class UnmeasurableError(Exception):
    """Why this video cannot give a metric, as a sentence for the user."""


NO_CLOCK: Final = "Needs the true speed of the video: say how many times slower than life it plays."


@dataclass(frozen=True, slots=True)
class Trial:
    """A cleaned track with all that is known about how it was filmed.

    Parameters
    ----------
    track : PoseTrack
        Cleaned track.
    view : View
        What is seen of the filming.
    settings : Settings
        What the user knows of it.
    """

    track: PoseTrack
    view: View
    settings: Settings

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
            raise UnmeasurableError("Needs the speed: give it in km/h or m/s.")
        return self.settings.speed_mps


@dataclass(frozen=True, slots=True)
class Leg:
    """The n strides of one leg.

    Parameters
    ----------
    trial : Trial
        The video they are in.
    side : {"left", "right"}
        Which leg.
    strike_s, off_s, next_strike_s : Float
        (n,) times in s.
    other_strike_s : Float
        (n,) strike of the other foot within the stride, NaN unless there is exactly one.
    """

    trial: Trial
    side: Side
    strike_s: Float
    off_s: Float
    next_strike_s: Float
    other_strike_s: Float

    @property
    def stride_s(self) -> Float:
        """(n,) stride times."""
        return self.next_strike_s - self.strike_s

    @property
    def step_s(self) -> Float:
        """(n,) times from this strike to that of the other foot."""
        return self.other_strike_s - self.strike_s

    @property
    def contact_s(self) -> Float:
        """(n,) contact times."""
        return self.off_s - self.strike_s

    def point(self, name: str) -> Float:
        """(T, 2) a keypoint of this leg in ground coordinates."""
        return self.trial.point(f"{self.side}_{name}")

    def at(self, when_s: Float, series: Float) -> Float:
        """A (T,) series at any times, linear between frames; NaN beside missing frames."""
        return np.interp(when_s, self.trial.time_s, series, left=np.nan, right=np.nan)

    def peaks(self, series: Float, start_s: Float, stop_s: Float) -> Float:
        """Largest value of a series between two times of each stride.

        Parameters
        ----------
        series : Float
            (T,) one value per frame.
        start_s, stop_s : Float
            (n,) times in s.

        Returns
        -------
        Float
            (n,) values; NaN as for `peak`.
        """
        windows = zip(start_s, stop_s, strict=True)
        return np.array([peak(self.trial.time_s, series, a, b) for a, b in windows])

    def ranges(self, series: Float, start_s: Float, stop_s: Float) -> Float:
        """Peak-to-peak of a series between two times of each stride, without its drift.

        Parameters
        ----------
        series : Float
            (T,) one value per frame.
        start_s, stop_s : Float
            (n,) times in s.

        Returns
        -------
        Float
            (n,) values, the drift from strike to next strike taken out; NaN as for `peak`.
        """
        time = self.trial.time_s
        rise = self.at(self.next_strike_s, series) - self.at(self.strike_s, series)
        ranges = []
        for slope, start, stop in zip(rise / self.stride_s, start_s, stop_s, strict=True):
            level = series - slope * (time - start)
            ranges.append(peak(time, level, start, stop) + peak(time, -level, start, stop))
        return np.array(ranges)

    def means(self, series: Float, start_s: Float, stop_s: Float) -> Float:
        """Mean of a series between two times of each stride.

        Parameters
        ----------
        series : Float
            (T,) one value per frame.
        start_s, stop_s : Float
            (n,) times in s.

        Returns
        -------
        Float
            (n,) values; NaN where frames are missing.
        """
        frames = [_frames(self.trial.time_s, a, b) for a, b in zip(start_s, stop_s, strict=True)]
        return np.array([series[i:j].mean() if i < j else np.nan for i, j in frames])


def peak(time_s: Float, values: Float, start_s: float, stop_s: float) -> float:
    """Largest value in a window, refined by the parabola through it and its neighbours.

    Parameters
    ----------
    time_s, values : Float
        (T,) each.
    start_s, stop_s : float
        The window.

    Returns
    -------
    float
        NaN if the window holds fewer than three frames or any missing value.
    """
    first, end = _frames(time_s, start_s, stop_s)
    window = values[first:end]
    if window.size < 3 or not np.isfinite(window).all():
        return float("nan")
    i = first + int(window.argmax())
    if i in (first, end - 1):
        return float(values[i])
    before = (values[i] - values[i - 1]) / (time_s[i] - time_s[i - 1])
    after = (values[i + 1] - values[i]) / (time_s[i + 1] - time_s[i])
    curvature = (after - before) / (time_s[i + 1] - time_s[i - 1])
    if curvature == 0:
        return float(values[i])
    slope = before + curvature * (time_s[i] - time_s[i - 1])
    return float(values[i] - slope**2 / (4 * curvature))


def _frames(time_s: Float, start_s: float, stop_s: float) -> tuple[int, int]:
    """First frame in a window and the frame after its last one; an empty one if a bound is NaN."""
    if np.isnan(start_s + stop_s):
        return 0, 0
    return int(np.searchsorted(time_s, start_s)), int(np.searchsorted(time_s, stop_s, "right"))


def legs(trial: Trial, strides: tuple[Stride, ...]) -> tuple[Leg, Leg]:
    """The strides of the left and of the right leg, each in order of time."""
    left, right = (_leg(trial, side, strides) for side in SIDES)
    return left, right


def _leg(trial: Trial, side: Side, strides: tuple[Stride, ...]) -> Leg:
    own = sorted((s for s in strides if s.side == side), key=lambda s: s.strike_s)
    strike, off, following = (
        np.array([getattr(s, name) for s in own], dtype=np.float64)
        for name in ("strike_s", "off_s", "next_strike_s")
    )
    other = np.unique(
        [t for s in strides if s.side == opposite(side) for t in (s.strike_s, s.next_strike_s)]
    )
    first, end = np.searchsorted(other, strike), np.searchsorted(other, following)
    between = [float(other[i]) if j - i == 1 else np.nan for i, j in zip(first, end, strict=True)]
    return Leg(trial, side, strike, off, following, np.array(between))


@dataclass(frozen=True, slots=True)
class SystematicError:
    """What the way this video was filmed adds to the error of a value.

    Parameters
    ----------
    sd : float
        SD of the constant error, in the unit of the metric.
    note : str, optional
        What the reader of the value has to know.
    """

    sd: float = 0.0
    note: str | None = None


MetricFunction: TypeAlias = Callable[[Leg], Float]
SystematicErrorOf: TypeAlias = Callable[[Leg], SystematicError]


def same_in_every_video(leg: Leg) -> SystematicError:
    """The error is the same in every video."""
    return SystematicError()


@dataclass(frozen=True, slots=True)
class Metric:
    """A registered metric.

    Parameters
    ----------
    id : str
        As in the knowledge base.
    function : callable
        Gives one value per stride of a leg.
    pooled : bool
        Whether the strides of both legs are one sample (side "both").
    timed : bool
        Whether the value rests on seconds, so that it cannot be had without a true time base.
    systematic : callable
        Says what this video adds to the error that the knowledge base gives.
    """

    id: str
    function: MetricFunction
    pooled: bool
    timed: bool
    systematic: SystematicErrorOf


REGISTRY: dict[str, Metric] = {}
"""All metrics that have a value in every stride, by id."""


def metric(
    id: str,
    *,
    pooled: bool = False,
    timed: bool = False,
    systematic: SystematicErrorOf = same_in_every_video,
) -> Callable[[MetricFunction], MetricFunction]:
    """Register a function that gives one value per stride of a leg, NaN where there is none.

    Parameters
    ----------
    id : str
        Id of the metric in the knowledge base.
    pooled : bool
        Whether the strides of both legs are one sample (side "both").
    timed : bool
        Whether the value rests on seconds, so that it cannot be had without a true time base.
    systematic : callable
        Says what a video adds to the error that the knowledge base gives.
    """

    def register(function: MetricFunction) -> MetricFunction:
        REGISTRY[id] = Metric(id, function, pooled, timed, systematic)
        return function

    return register
