"""When a foot lands and leaves, as six signals tell it.

No reading picks one frame or one limit. Where a limit is passed, the mean over many limits is taken
of when each is passed; where a signal is highest, all that is nearly as high counts, the more the
higher. A wobble or a second peak so moves a reading by as much as it grows. With one limit or the
highest frame it decided between instants up to 100 ms apart, and noise of a tenth of a pixel with
it.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from gait.analysis.events.foot_kinematics import GRID_HZ, Cycle, FootSignals
from gait.types import Float

HEEL_SHARES: Final = (0.3, 0.7)
"""Shares of stance speed that the heel reaches about the strike."""
REST_SHARES: Final = (0.15, 0.35)
"""Shares of stance speed that the foot still has against the ground while it comes to rest."""
RISE: Final = (0.08, 0.20)
"""Heights of the rear of the foot above its lowest about toe-off, leg lengths."""

HALF: Final = 0.5
"""Of the limits have to be passed, or nothing was: then the reading counts for nothing, and for
all that it is worth when every limit is passed."""

TOE_FALL_NEAR: Final = 0.4
"""By how much slower the toe may fall than at its fastest and still count by a third, leg lengths
per s. Where heel and sole touch down one after the other it falls twice."""
TOE_FALL_WITHIN_S: Final = (0.045, 0.05)
"""How long after the heel is furthest ahead the toe falls, and the SD of that."""
TOE_FALLS_S: Final = 0.06
"""The toe may fall fastest this long before the heel is furthest ahead."""

REACH_NEAR: Final = 0.04
REACH_WITHIN_S: Final = (0.035, 0.05)
STRAIGHT_NEAR_DEG: Final = 4.0
STRAIGHT_WITHIN_S: Final = (0.010, 0.05)
"""The same for the toe furthest from the hips (leg lengths) and the knee straightest: how nearly,
and how long after the rise of the rear foot."""
AFTER_S: Final = 0.1
"""Toe-off may follow this long after the heel is furthest behind."""


class Reading(NamedTuple):
    """When a signal says that something happened.

    Parameters
    ----------
    time_s : float
        By the signal alone, without any constant.
    sure : float
        0 to 1.
    """

    time_s: float
    sure: float


def heel_speeds_up(s: FootSignals, c: Cycle) -> Reading | None:
    """The heel reaches the speed it has in stance.

    None where that is not seen.
    """
    level = _between(s.heel_speed / c.speed, HEEL_SHARES)[c.ahead : c.middle + 1]
    # All the time that it moves with the belt: in forefoot runners it dips once on the way.
    return _mean_passing(s.time[c.ahead : c.middle + 1], level, level)


def toe_falls(s: FootSignals, c: Cycle) -> Reading | None:
    """The toe falls fastest: the ground stops it, or the heel that it turns about."""
    after_s, sd_s = TOE_FALL_WITHIN_S
    frames = slice(max(0, c.ahead - round(TOE_FALLS_S * GRID_HZ)), c.middle + 1)
    about = (float(s.time[c.ahead]) + after_s, sd_s)
    return _highest(s.time[frames], -s.toe_climb[frames], TOE_FALL_NEAR, about)


def foot_rests(s: FootSignals, c: Cycle) -> Reading | None:
    """The foot comes to rest on the ground."""
    against_ground = np.hypot(c.speed - s.foot_speed, s.foot_climb) / c.speed
    level = 1 - _between(against_ground, REST_SHARES)[c.ahead : c.middle + 1]
    return _mean_passing(s.time[c.ahead : c.middle + 1], level)


def rear_rises(s: FootSignals, c: Cycle) -> Reading | None:
    """Heel and ankle leave the ground."""
    lowest = c.ahead + int(np.argmin(s.rear_y[c.ahead : c.behind + 1]))
    frames = slice(lowest, c.behind + round(AFTER_S * GRID_HZ))
    return _mean_passing(s.time[frames], _between(s.rear_y[frames] - c.lowest, RISE))


def toe_reaches(s: FootSignals, c: Cycle, rise: Reading | None) -> Reading | None:
    """The toe is furthest from the hips, which is where the leg ends its push.

    Parameters
    ----------
    s, c
        As for `heel_speeds_up`.
    rise : Reading or None
        What `rear_rises` says, about which it is looked for.
    """
    return _in_late_stance(s, c, rise, s.toe_reach, REACH_NEAR, REACH_WITHIN_S)


def knee_straightens(s: FootSignals, c: Cycle, rise: Reading | None) -> Reading | None:
    """The knee is straightest in late stance.

    Parameters
    ----------
    s, c, rise
        As for `toe_reaches`.
    """
    return _in_late_stance(s, c, rise, -s.knee_deg, STRAIGHT_NEAR_DEG, STRAIGHT_WITHIN_S)


def _in_late_stance(
    s: FootSignals,
    c: Cycle,
    rise: Reading | None,
    values: Float,
    near: float,
    within_s: tuple[float, float],
) -> Reading | None:
    if rise is None:
        return None
    after_s, sd_s = within_s
    frames = slice(c.middle, c.behind + round(AFTER_S * GRID_HZ) + 1)
    return _highest(s.time[frames], values[frames], near, (rise.time_s + after_s, sd_s))


def _between(values: Float, limits: tuple[float, float]) -> Float:
    """Share of the limits, evenly spread between two, that are passed at each instant."""
    low, high = limits
    return np.asarray(np.clip((values - low) / (high - low), 0, 1))


def _mean_passing(time: Float, level: Float, passed: Float | None = None) -> Reading | None:
    """When the limits are first passed, on average over those that are.

    Parameters
    ----------
    time : Float
        (T,) s, evenly spaced.
    level : Float
        (T,) share of the limits that are passed; in the first frame fewer than half.
    passed : Float, optional
        (T,) what counts as passed up to then; by default what once was stays so.
    """
    if len(level) < 2 or not np.isfinite(level).all() or level[0] > HALF:
        return None
    top = float(level.max())
    if top <= HALF:
        return None
    known = np.maximum.accumulate(level) if passed is None else passed
    since_s = float(np.trapezoid(known, time)) / top
    return Reading(float(time[-1]) - since_s, (top - HALF) / (1 - HALF))


def _highest(time: Float, values: Float, near: float, about: tuple[float, float]) -> Reading | None:
    """When a series is highest, all that is nearly as high counted with it.

    Parameters
    ----------
    time, values : Float
        (T,) each.
    near : float
        Below the highest, a value this much lower counts by a factor of e less.
    about : tuple of float
        When it is likely, and the SD of that, s; it has to lie within the series.
    """
    at_s, sd_s = about
    if not len(time) or not np.isfinite(values).all() or time[-1] < at_s + sd_s:
        return None
    weight = values / near - ((time - at_s) / sd_s) ** 2 / 2
    weight = np.exp(weight - weight.max())
    return Reading(float(np.average(time, weights=weight)), 1.0)
