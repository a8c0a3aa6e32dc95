"""The rules by which strikes and toe-offs are read off a cycle, each a function in a registry.

`Settings.strike_detector` and `Settings.off_detector` name the ones used; the others stay for
comparison. What each of them leaves as error is in docs/accuracy.md.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gait.analysis.events.foot_kinematics import GRID_HZ, Crossing, Cycle, FootSignals
from gait.types import Float

# Times from what is seen to the contact it belongs to, from rendered and force-plate runners.
STRIKE_LATER_S = 0.0135
ZENI_LATER_S = 0.027
OFF_CONTACT_SHARE = 0.90
REACH_EARLIER_S = 0.033
REACH_SD_S = 0.008
DISAGREE_S = 0.1
STRIKE_RULE_SD_S = 0.0035
OFF_RULE_SD_S = 0.006

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


@_detector(STRIKE_DETECTORS, "foot_speed")
def _strike_foot_speed(s: FootSignals, c: Cycle) -> Crossing | None:
    """Heel reaches 30 % of its stance speed, plus a constant: the same for every strike type."""
    return c.touch and Crossing(c.touch.time_s + STRIKE_LATER_S, c.touch.sd_s)


@_detector(STRIKE_DETECTORS, "zeni")
def _strike_zeni(s: FootSignals, c: Cycle) -> Crossing | None:
    """Heel furthest ahead of the pelvis (Zeni 2008), uncorrected: early by about 25 ms."""
    return _extremum(s, s.heel_x, range(c.ahead, c.ahead + 1))


@_detector(STRIKE_DETECTORS, "fused")
def _strike_fused(s: FootSignals, c: Cycle) -> Crossing | None:
    """Mean of `foot_speed` and Zeni's rule plus a constant: steadier than either."""
    furthest = _strike_zeni(s, c)
    later = furthest and Crossing(furthest.time_s + ZENI_LATER_S, furthest.sd_s)
    return _mean(_strike_foot_speed(s, c), later, STRIKE_RULE_SD_S)


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


@_detector(OFF_DETECTORS, "heel_speed")
def _off_heel_speed(s: FootSignals, c: Cycle) -> Crossing | None:
    """Heel falls below 60 % of its stance speed at about 90 % of contact."""
    if c.rise is None:
        return None
    later = (1 / OFF_CONTACT_SHARE - 1) * (c.usual_stance_s - STRIKE_LATER_S)
    return Crossing(c.rise.time_s + later, c.rise.sd_s)


@_detector(OFF_DETECTORS, "toe_reach")
def _off_toe_reach(s: FootSignals, c: Cycle) -> Crossing | None:
    """Toe furthest from the hips, which is where the leg ends its push, less a constant."""
    latest = c.behind + round(0.1 * GRID_HZ)
    furthest = _extremum(s, s.toe_reach, range((c.ahead + c.behind) // 2, latest))
    # The reach has a flat top; how flat does not depend on the frame rate.
    return furthest and Crossing(furthest.time_s - REACH_EARLIER_S, REACH_SD_S)


@_detector(OFF_DETECTORS, "fused")
def _off_fused(s: FootSignals, c: Cycle) -> Crossing | None:
    """Mean of `heel_speed` and `toe_reach`, whose errors between runners have opposite signs."""
    heel, toe = _off_heel_speed(s, c), _off_toe_reach(s, c)
    if toe and c.touch:
        contact_s = c.usual_stance_s / OFF_CONTACT_SHARE
        if abs(toe.time_s - c.touch.time_s - contact_s) > DISAGREE_S:
            toe = None  # walking: the leg is longest long before the foot leaves the ground
    return _mean(heel, toe, OFF_RULE_SD_S)


@_detector(OFF_DETECTORS, "zeni")
def _off_zeni(s: FootSignals, c: Cycle) -> Crossing | None:
    """Toe furthest behind the pelvis (Zeni 2008), uncorrected: late by about 115 ms in running."""
    latest = c.behind + round(0.1 * GRID_HZ)
    return _extremum(s, -s.toe_x, range((c.ahead + c.behind) // 2, latest))


@_detector(OFF_DETECTORS, "knee_extension")
def _off_knee_extension(s: FootSignals, c: Cycle) -> Crossing | None:
    """Knee straightest in late stance (Fellin 2010), uncorrected."""
    return _extremum(s, -s.knee_deg, range((c.ahead + c.behind) // 2, c.behind + 1))


# ----------------------------------------------------------------------------------- timing


def _mean(one: Crossing | None, other: Crossing | None, rule_sd_s: float) -> Crossing | None:
    """Mean of two readings of one event, the surer one counting more.

    Into the SD go what they disagree by, and what both rules leave from contact to contact even
    on clean signals (`rule_sd_s`): they would otherwise look surer than they are.
    """
    if one is None or other is None:
        return one or other
    weight = other.sd_s**2 / (one.sd_s**2 + other.sd_s**2)
    time_s = weight * one.time_s + (1 - weight) * other.time_s
    own = np.hypot(weight * one.sd_s, (1 - weight) * other.sd_s)
    apart = abs(one.time_s - other.time_s) / 2
    return Crossing(time_s, float(np.sqrt(own**2 + apart**2 + rule_sd_s**2)))


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
    before, here, after = values[i - 1 : i + 2]
    curvature = before - 2 * here + after
    offset = 0.5 * (before - after) / curvature if curvature < 0 else 0.0
    return Crossing(float(s.time[i] + np.clip(offset, -1, 1) / GRID_HZ), s.frame_s / np.sqrt(12))
