"""The rules by which strikes and toe-offs are read off a cycle, each a function in a registry.

`Settings.strike_detector` and `Settings.off_detector` name the ones used; the others stay for
comparison. What each of them leaves as error is in docs/accuracy.md.

Each event is the median of three readings that have little in common, so that one that a pose
model, blur or a shoe spoils is outvoted. Readings, limits and constants were chosen among some
thousands on 12 runners x 3 speeds on force plates (3,056 contacts, camera at 60 Hz, 4 mm noise) and
on tracks of BlazePose of four figures that move as these runners did. With the constants fitted to
the other runners, a runner is left with 4.3 (strike) and 6.1 ms (toe-off) between trials; with the
choice of readings left to the other runners too, with 5.1 and 7.2 ms.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from gait.analysis.events.foot_kinematics import GRID_HZ, Crossing, Cycle, FootSignals, first_rise
from gait.analysis.peaks import vertex
from gait.types import Float

HEEL_SHARE: Final = 0.5
"""Share of stance speed that the heel reaches at the strike: the highest that videos of 25 and 30
frames per second with blurred feet reach without a wobble."""
REST_SHARE: Final = 0.25
"""Share of stance speed that the foot still has against the ground when it has come to rest."""
RISE: Final = 0.14
"""Height of the rear of the foot above its lowest at toe-off, leg lengths."""

HEEL_LATER_S: Final = 0.0025
TOE_EARLIER_S: Final = 0.0015
REST_EARLIER_S: Final = 0.0155
"""From each reading to the strike. Medians over 36 trials on force plates are +10, -3 and -14 ms.
The heel is read 6 ms earlier and the toe 3 ms later than that, which brings people and figures that
move like them together, and all of them 1.5 ms earlier: people are then read 2.7 ms early and
figures 5 ms late."""

REACH_EARLIER_S: Final = 0.040
KNEE_EARLIER_S: Final = 0.019
RISE_LATER_S: Final = 0.0045
"""From each reading to toe-off: medians over 36 trials on force plates are -40, -16 and +4.5 ms.
The knee is read 3 ms earlier than that: less scatter between runners."""

STRIKE_SD_S: Final = 0.005
OFF_SD_S: Final = 0.0065
"""What is left where the readings agree. With the part that they disagree by, the SD of an event is
that of its errors on force plates: 5.6 ms for strikes (4.3 between trials, 3.6 within) and 7.6 ms
for toe-offs (6.1 and 4.5), constants fitted to the other runners."""
FRAME_SHARE: Final = 1 / 3
"""Interpolation removes most of the SD of counting frames (frame / sqrt 12), but not all of it."""
LONE_SD_S: Final = 0.012
"""Added where one reading is all there is: scatter of the readings against each other."""

SAME_S: Final = 0.08
"""Readings of one toe-off lie within this: all of runners on force plates and in pose tracks do."""

TOE_FALLS_S: Final = 0.06
"""The toe may fall fastest this long before the heel is furthest ahead."""
AFTER_S: Final = 0.1
"""Toe-off may follow this long after the heel is furthest behind."""

Detector = Callable[[FootSignals, Cycle], Crossing | None]
"""Time of the event in one cycle, or None where there is none to be seen."""

STRIKE_DETECTORS: dict[str, Detector] = {}
OFF_DETECTORS: dict[str, Detector] = {}


def _detector(table: dict[str, Detector], name: str) -> Callable[[Detector], Detector]:
    def add(function: Detector) -> Detector:
        table[name] = function
        return function

    return add


# ------------------------------------------------------------------------------- foot strike


@_detector(STRIKE_DETECTORS, "fused")
def _strike_fused(s: FootSignals, c: Cycle) -> Crossing | None:
    """Median of `foot_speed`, `toe_fall` and `foot_rest`; none without a heel that lands."""
    heel = _strike_foot_speed(s, c)
    readings = (heel, _strike_toe_fall(s, c), _strike_foot_rest(s, c))
    return heel and _median(s, readings, STRIKE_SD_S)


@_detector(STRIKE_DETECTORS, "foot_speed")
def _strike_foot_speed(s: FootSignals, c: Cycle) -> Crossing | None:
    """Heel last reaches 50 % of its stance speed on the way to mid-stance."""
    over = s.heel_speed - HEEL_SHARE * c.speed
    return _shifted(s, first_rise(s.time, over, range(c.middle, c.ahead, -1)), HEEL_LATER_S)


@_detector(STRIKE_DETECTORS, "toe_fall")
def _strike_toe_fall(s: FootSignals, c: Cycle) -> Crossing | None:
    """Toe falls fastest: the ground stops it, or the heel that it turns about."""
    fastest = _extremum(s, -s.toe_climb, range(c.ahead - round(TOE_FALLS_S * GRID_HZ), c.middle))
    return fastest and _shifted(s, fastest.time_s, -TOE_EARLIER_S)


@_detector(STRIKE_DETECTORS, "foot_rest")
def _strike_foot_rest(s: FootSignals, c: Cycle) -> Crossing | None:
    """Foot first moves slower than 25 % of stance speed against the ground."""
    over = REST_SHARE * c.speed - np.hypot(c.speed - s.foot_speed, s.foot_climb)
    rests_s = first_rise(s.time, over, range(c.ahead + 1, c.middle + 1))
    return _shifted(s, rests_s, -REST_EARLIER_S)


@_detector(STRIKE_DETECTORS, "zeni")
def _strike_zeni(s: FootSignals, c: Cycle) -> Crossing | None:
    """Heel furthest ahead of the pelvis (Zeni 2008), uncorrected: early by about 30 ms."""
    return _extremum(s, s.heel_x, range(c.ahead, c.ahead + 1))


@_detector(STRIKE_DETECTORS, "heel_lowest")
def _strike_heel_lowest(s: FootSignals, c: Cycle) -> Crossing | None:
    """Heel lowest (Fellin 2010), uncorrected: late by 14 to 58 ms depending on strike type."""
    return _extremum(s, -s.heel_y, range(c.ahead, (c.ahead + c.behind) // 2))


@_detector(STRIKE_DETECTORS, "pelvis_velocity")
def _strike_pelvis_velocity(s: FootSignals, c: Cycle) -> Crossing | None:
    """Pelvis fastest downward (Milner 2015), uncorrected: late by 15 to 50 ms."""
    velocity = np.gradient(s.pelvis_y, s.time)
    window = range(c.ahead - round(0.04 * GRID_HZ), c.ahead + round(0.14 * GRID_HZ))
    return _extremum(s, -velocity, window)


# ----------------------------------------------------------------------------------- toe-off


@_detector(OFF_DETECTORS, "fused")
def _off_fused(s: FootSignals, c: Cycle) -> Crossing | None:
    """Median of `toe_reach`, `knee_straight` and `rear_rise`; none where the heel does not rise.

    A walker's leg is longest and straightest long before the foot leaves the ground: readings that
    are far from the rise are of something else.
    """
    rise = _off_rear_rise(s, c)
    if rise is None:
        return None
    others = (_off_toe_reach(s, c), _off_knee_straight(s, c))
    near = [r for r in others if r and abs(r.time_s - rise.time_s) < SAME_S]
    return _median(s, (rise, *near), OFF_SD_S)


@_detector(OFF_DETECTORS, "toe_reach")
def _off_toe_reach(s: FootSignals, c: Cycle) -> Crossing | None:
    """Toe furthest from the hips, which is where the leg ends its push, less a constant."""
    furthest = _extremum(s, s.toe_reach, range(c.middle, c.behind + round(AFTER_S * GRID_HZ)))
    return furthest and _shifted(s, furthest.time_s, -REACH_EARLIER_S)


@_detector(OFF_DETECTORS, "knee_straight")
def _off_knee_straight(s: FootSignals, c: Cycle) -> Crossing | None:
    """Knee straightest in late stance (Fellin 2010), less a constant."""
    straightest = _off_knee_extension(s, c)
    return straightest and _shifted(s, straightest.time_s, -KNEE_EARLIER_S)


@_detector(OFF_DETECTORS, "rear_rise")
def _off_rear_rise(s: FootSignals, c: Cycle) -> Crossing | None:
    """Heel and ankle have risen by 14 % of the leg."""
    frames = range(c.ahead, c.behind + 1)
    lowest = frames[int(np.argmin(s.rear_y[frames.start : frames.stop]))]
    latest = min(c.behind + round(AFTER_S * GRID_HZ), len(s.time) - 1)
    rise_s = first_rise(s.time, s.rear_y - c.lowest - RISE, range(lowest + 1, latest + 1))
    return _shifted(s, rise_s, RISE_LATER_S)


@_detector(OFF_DETECTORS, "heel_speed")
def _off_heel_speed(s: FootSignals, c: Cycle) -> Crossing | None:
    """Heel first falls below 60 % of its stance speed, uncorrected: at true toe-off it has 34 to
    76 %, and BlazePose draws a second hump after it."""
    falls_s = first_rise(s.time, 0.6 * c.speed - s.heel_speed, range(c.middle + 1, c.behind + 1))
    return _shifted(s, falls_s, 0.0)


@_detector(OFF_DETECTORS, "zeni")
def _off_zeni(s: FootSignals, c: Cycle) -> Crossing | None:
    """Toe furthest behind the pelvis (Zeni 2008), uncorrected: late by about 115 ms in running."""
    return _extremum(s, -s.toe_x, range(c.middle, c.behind + round(AFTER_S * GRID_HZ)))


@_detector(OFF_DETECTORS, "knee_extension")
def _off_knee_extension(s: FootSignals, c: Cycle) -> Crossing | None:
    """Knee straightest in late stance (Fellin 2010), uncorrected."""
    return _extremum(s, -s.knee_deg, range(c.middle, c.behind + 1))


# ----------------------------------------------------------------------------------- timing


def _shifted(s: FootSignals, time_s: float | None, later_s: float) -> Crossing | None:
    """A reading with its constant; by itself it is as sure as frames allow."""
    if time_s is None:
        return None
    return Crossing(time_s + later_s, float(np.hypot(_frame_sd_s(s), LONE_SD_S)))


def _median(
    s: FootSignals, readings: tuple[Crossing | None, ...], rule_sd_s: float
) -> Crossing | None:
    """The middle one of three readings of one event, the mean of two, or the only one.

    How far the next one lies from it says how sure it is: half of that goes into the SD beside
    what the rules leave where they agree (`rule_sd_s`).
    """
    known = [r for r in readings if r is not None]
    if len(known) < 2:
        return known[0] if known else None
    times = np.sort([r.time_s for r in known])
    apart_s = float(np.diff(times).min()) / 2
    sd_s = np.linalg.norm([rule_sd_s, apart_s, _frame_sd_s(s)])
    return Crossing(float(np.median(times)), float(sd_s))


def _frame_sd_s(s: FootSignals) -> float:
    return FRAME_SHARE * s.frame_s / float(np.sqrt(12))


def _extremum(s: FootSignals, values: Float, frames: range) -> Crossing | None:
    """Highest value in `frames`, placed by the parabola through its neighbours.

    A flat peak says nothing about its own noise: the SD is the quantisation of one frame.
    """
    frames = range(max(frames.start, 1), min(frames.stop, len(values) - 1))
    if not frames or not np.isfinite(values[frames.start - 1 : frames.stop + 1]).all():
        return None
    i = frames[int(np.argmax(values[frames.start : frames.stop]))]
    if i in (1, len(values) - 2):
        return None  # still on its way where the video ends
    offset = float(vertex(*values[i - 1 : i + 2]))
    return Crossing(float(s.time[i]) + offset / GRID_HZ, s.frame_s / np.sqrt(12))
