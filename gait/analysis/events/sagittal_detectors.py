"""The rules by which strikes and toe-offs are read off a cycle, each a function in a registry.

`Settings.strike_detector` and `Settings.off_detector` name the ones used; the others stay for
comparison. What each of them leaves as error is in docs/accuracy.md.

Each event is agreed on by three readings that have little in common
(`gait.analysis.events.readings`), so that one that a pose model, blur or a shoe spoils is outvoted.
Readings, limits and constants were chosen on 12 runners x 3 speeds on force plates (3,056 contacts,
camera at 60 Hz, 4 mm noise) and on tracks of BlazePose of figures that move as some of these
runners did. `benchmarks/contacts.py` says what is left when the constants are fitted to the other
runners.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from gait.analysis.events.foot_kinematics import GRID_HZ, Crossing, Cycle, FootSignals, first_rise
from gait.analysis.events.readings import (
    AFTER_S,
    Reading,
    foot_rests,
    heel_speeds_up,
    knee_straightens,
    rear_rises,
    toe_falls,
    toe_reaches,
)
from gait.analysis.peaks import vertex
from gait.types import Float

HEEL_LATER_S: Final = 0.0009
TOE_EARLIER_S: Final = 0.0036
REST_EARLIER_S: Final = 0.0139
"""From each reading to the strike. Medians over 36 trials on force plates are +9.4, -4.1 and
-14.4 ms. The heel is read 6 ms earlier than that and the others 3 ms later, so that the heel, which
differs most between runners, decides only where the others disagree; and all of them 2.5 ms
earlier: people are then read 1 ms early and figures that move like them 4 ms late."""
STRIKE_WORTH: Final = (1.0, 2.0, 2.0)
"""Of heel, toe and rest."""

REACH_EARLIER_S: Final = 0.0369
KNEE_EARLIER_S: Final = 0.0129
RISE_LATER_S: Final = 0.0046
"""From each reading to toe-off: medians over 36 trials on force plates."""
OFF_WORTH: Final = (2.0, 1.0, 2.0)
"""Of reach, knee and rise."""

AGREE_S: Final = 0.004
"""Readings this near to each other are averaged; those further away are outvoted."""

STRIKE_SD_S: Final = 0.005
OFF_SD_S: Final = 0.0065
"""What is left where the readings agree. With the part that they disagree by, the SD of an event is
that of its errors on force plates: 5.4 ms for strikes (4.4 between trials, 3.1 within) and 6.8 ms
for toe-offs (6.1 and 3.0)."""
FRAME_SHARE: Final = 1 / 3
"""Interpolation removes most of the SD of counting frames (frame / sqrt 12), but not all of it."""
MOST_STEPS: Final = 100
STEP_S: Final = 1e-6
"""When the estimate is taken to stand still."""
LONE_SD_S: Final = 0.012
"""Added where one reading is all there is: scatter of the readings against each other."""

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
    """What `foot_speed`, `toe_fall` and `foot_rest` agree on; none without a heel that lands."""
    heel = heel_speeds_up(s, c)
    if heel is None:
        return None
    later = (HEEL_LATER_S, -TOE_EARLIER_S, -REST_EARLIER_S)
    readings = (heel, toe_falls(s, c), foot_rests(s, c))
    return _agreed(s, readings, later, STRIKE_WORTH, STRIKE_SD_S)


@_detector(STRIKE_DETECTORS, "foot_speed")
def _strike_foot_speed(s: FootSignals, c: Cycle) -> Crossing | None:
    """Heel reaches its stance speed."""
    return _alone(s, heel_speeds_up(s, c), HEEL_LATER_S)


@_detector(STRIKE_DETECTORS, "toe_fall")
def _strike_toe_fall(s: FootSignals, c: Cycle) -> Crossing | None:
    """Toe falls fastest."""
    return _alone(s, toe_falls(s, c), -TOE_EARLIER_S)


@_detector(STRIKE_DETECTORS, "foot_rest")
def _strike_foot_rest(s: FootSignals, c: Cycle) -> Crossing | None:
    """Foot comes to rest against the ground."""
    return _alone(s, foot_rests(s, c), -REST_EARLIER_S)


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
    """What `toe_reach`, `knee_straight` and `rear_rise` agree on; none where the heel stays low."""
    later = (-REACH_EARLIER_S, -KNEE_EARLIER_S, RISE_LATER_S)
    rise = rear_rises(s, c)
    if rise is None:
        return None
    readings = (toe_reaches(s, c, rise), knee_straightens(s, c, rise), rise)
    return _agreed(s, readings, later, OFF_WORTH, OFF_SD_S)


@_detector(OFF_DETECTORS, "toe_reach")
def _off_toe_reach(s: FootSignals, c: Cycle) -> Crossing | None:
    """Toe furthest from the hips, less a constant."""
    return _alone(s, toe_reaches(s, c, rear_rises(s, c)), -REACH_EARLIER_S)


@_detector(OFF_DETECTORS, "knee_straight")
def _off_knee_straight(s: FootSignals, c: Cycle) -> Crossing | None:
    """Knee straightest in late stance (Fellin 2010), less a constant."""
    return _alone(s, knee_straightens(s, c, rear_rises(s, c)), -KNEE_EARLIER_S)


@_detector(OFF_DETECTORS, "rear_rise")
def _off_rear_rise(s: FootSignals, c: Cycle) -> Crossing | None:
    """Heel and ankle rise."""
    return _alone(s, rear_rises(s, c), RISE_LATER_S)


@_detector(OFF_DETECTORS, "heel_speed")
def _off_heel_speed(s: FootSignals, c: Cycle) -> Crossing | None:
    """Heel first falls below 60 % of its stance speed, uncorrected: at true toe-off it has 34 to
    76 %, and BlazePose draws a second hump after it."""
    falls_s = first_rise(s.time, 0.6 * c.speed - s.heel_speed, range(c.middle + 1, c.behind + 1))
    return None if falls_s is None else _lone(s, falls_s)


@_detector(OFF_DETECTORS, "zeni")
def _off_zeni(s: FootSignals, c: Cycle) -> Crossing | None:
    """Toe furthest behind the pelvis (Zeni 2008), uncorrected: late by about 115 ms in running."""
    return _extremum(s, -s.toe_x, range(c.middle, c.behind + round(AFTER_S * GRID_HZ)))


@_detector(OFF_DETECTORS, "knee_extension")
def _off_knee_extension(s: FootSignals, c: Cycle) -> Crossing | None:
    """Knee straightest in late stance (Fellin 2010), uncorrected."""
    return _extremum(s, -s.knee_deg, range(c.middle, c.behind + 1))


# ----------------------------------------------------------------------------------- timing


def _alone(s: FootSignals, reading: Reading | None, later_s: float) -> Crossing | None:
    """A reading with its constant; by itself it is as sure as frames allow."""
    return None if reading is None else _lone(s, reading.time_s + later_s)


def _lone(s: FootSignals, time_s: float) -> Crossing:
    return Crossing(time_s, float(np.hypot(_frame_sd_s(s), LONE_SD_S)))


def _agreed(
    s: FootSignals,
    readings: tuple[Reading | None, ...],
    later_s: tuple[float, ...],
    worth: tuple[float, ...],
    rule_sd_s: float,
) -> Crossing | None:
    """What readings of one event agree on: their mean where they are near to each other, else the
    middle one; there is no step from one to the other (pseudo-Huber estimate).

    How near the two nearest are says how sure it is: half of that goes into the SD beside what the
    rules leave where they agree (`rule_sd_s`).
    """
    rows = [
        (reading.time_s + later, value * reading.sure)
        for reading, later, value in zip(readings, later_s, worth, strict=True)
        if reading is not None
    ]
    times, weights = np.array([row for row in rows if row[1] > 0]).reshape(-1, 2).T
    if len(times) < 2:
        return _lone(s, float(times[0])) if len(times) else None
    apart_s = float(np.diff(np.sort(times)).min()) / 2
    sd_s = np.linalg.norm([rule_sd_s, apart_s, _frame_sd_s(s)])
    return Crossing(_middle(times, weights), float(sd_s))


def _middle(times: Float, weights: Float) -> float:
    """Where the weighted sum of sqrt(1 + (distance / `AGREE_S`)^2) is least."""
    middle = float(np.average(times, weights=weights))
    for _ in range(MOST_STEPS):
        near = weights / np.hypot(1, (times - middle) / AGREE_S)
        before, middle = middle, float(np.average(times, weights=near))
        if abs(middle - before) < STEP_S:
            break
    return middle


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
