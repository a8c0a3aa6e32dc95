"""Foot strike and toe-off in a video from behind or in front.

There the feet move along the line of sight and touch the ground half hidden. What is seen well is
the trunk: it falls fastest just after foot strike and rises fastest before toe-off, when the leg
carries exactly the body's weight (Milner 2015). The rule gives the instants of both feet alike;
whose they are is read off the feet, one of which is lifted while the other carries.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from gait.analysis.events.foot_kinematics import GRID_HZ
from gait.analysis.events.trunk_oscillation import (
    Bounce,
    bounce,
    peak_time,
    unbroken,
)
from gait.analysis.results import Event
from gait.types import SIDES, Activity, Float, PoseTrack, Side, opposite

# From half way between the trunk's fastest fall and its lowest point to foot strike, and from half
# way between lowest point and fastest rise to toe-off: a constant in s, the part of the fastest
# rise, s per leg length per s, and the share of a step. From 12 runners on force plates at three
# speeds each, seen from behind, and, with as much weight, from ten figures that move as some of
# them did, through the pose model: their trunk rises up to a quarter faster. What is left, leaving
# one runner out, is 6.6 and 11.6 ms on people, 8.8 and 9.5 ms on figures. The fall alone, told by
# its time to the lowest point, leaves 5.5 ms on people but 36 on figures: what a pose model, a
# shirt or another body does to that time enters the event almost twice. Published for the fall are
# 15 ms (Milner 2015) and 27 and 22 ms at 3.1 and 4.2 m/s (J Biomech 2021;120:110419).
STRIKE_AFTER = (0.0231, 0.0424, -0.3654)
OFF_AFTER = (-0.0503, -0.0444, 0.505)
# What the rule leaves from contact to contact on the noiseless force-plate runner.
RULE_SD_S = 0.003
NEAR_SHARE = 0.25  # of a step: hips and shoulders are lowest within this of each other
SWING_SHARE = 0.6  # of a step before and after the lowest point lie its fastest fall and rise
# Of a step. Videos cut at will moved events nearer to the cut by up to 25 ms, others by 4 at most.
EDGE = 0.25
FASTEST_PERCENT = 98  # of the speeds upwards: the fastest rise without what is noise
NEIGHBOURS = 4  # steps before and after that help to tell whose a step is
CLEAR = 0.5  # share of the evidence that has to agree
# Swing of the trunk's vertical acceleration (amplitude of its fundamental). A body carried by
# half-sines of force has 0.67 g without any flight and 1.2 g at an ordinary run; brisk walkers have
# less than 0.4 g.
RUNNING_G = 0.6
WALKING_G = 0.5
G_MPS2 = 9.81
LEG_M = 0.71  # thigh plus shank as a camera behind or in front sees it, knees bent


def detect_frontal(track: PoseTrack) -> tuple[Event, ...]:
    """Strikes and toe-offs, in no order, in a cleaned track from behind or in front.

    None for walking, to which the rule does not apply.
    """
    seen = bounce(track)
    if seen is None or _activity(seen) != "running":
        return ()
    # The first and last event of a video may belong to a step whose lowest point is not in it.
    first, last = seen.lowest[0] - seen.step_s, seen.lowest[-1] + seen.step_s
    lowest = np.concatenate([[first], seen.lowest, [last]])
    sides = _sides(seen, lowest)
    swing_s, turns = SWING_SHARE * seen.step_s, turning(seen, lowest)
    landings = _half_way(fastest(seen, lowest - swing_s, lowest, -1), turns)
    launches = _half_way(fastest(seen, lowest, lowest + swing_s, 1), turns)
    shape = (1.0, fastest_rise(seen), seen.step_s)
    strikes = landings.mean(axis=1) + np.dot(STRIKE_AFTER, shape)
    offs = launches.mean(axis=1) + np.dot(OFF_AFTER, shape)
    strikes = _midway(strikes, sides)
    events: list[Event] = []
    for side in SIDES:
        own = [i for i, s in enumerate(sides) if s == side]
        events += _events("strike", side, strikes[own], _sd_s(landings[own]))
        events += _events("off", side, offs[own], _sd_s(launches[own]))
    return tuple(events)


def _events(kind: Literal["strike", "off"], side: Side, times: Float, sd_s: float) -> list[Event]:
    known = times[np.isfinite(times)].tolist()
    return [Event(kind=kind, side=side, time_s=t, sd_s=sd_s) for t in known]


def _half_way(swiftest: Float, turns: Float) -> Float:
    """Half way between the fastest fall or rise and the lowest point of the trunk.

    Where the lowest point is not in the video, it is as far from the other as it usually is.
    """
    apart = turns - swiftest
    known = np.isfinite(apart).all(axis=1)
    usual = np.median(apart[known], axis=0) if known.any() else np.nan
    return swiftest + np.where(np.isfinite(apart), apart, usual) / 2


def fastest_rise(seen: Bounce) -> float:
    """Usual speed of the fastest rise of the trunk, leg lengths per s."""
    return float(np.nanpercentile(np.mean(seen.velocity, axis=0), FASTEST_PERCENT))


def _midway(times: Float, sides: list[Side | None]) -> Float:
    """The same strikes with the right ones, on average, midway between the left ones.

    The trunk's own sway and a camera that is not square move the readings of the two feet apart by
    more (8 to 17 ms through a pose model) than the feet of people differ (4 ms; see
    `docs/accuracy.md`).
    """
    late = []
    for i in range(1, len(times) - 1):
        side = sides[i]
        if side is None or {sides[i - 1], sides[i + 1]} != {opposite(side)}:
            continue
        own = times[i] - (times[i - 1] + times[i + 1]) / 2
        late.append(own if side == "right" else -own)
    late = [t for t in late if np.isfinite(t)]
    if not late:
        return times
    sign = np.array([{"left": 0.5, "right": -0.5}.get(s or "", 0.0) for s in sides])
    return times + sign * float(np.median(late))


def frontal_activity(track: PoseTrack) -> Activity:
    """Whether a cleaned track from behind or in front shows running.

    Where the feet are cannot be told well from there, but how hard the trunk is thrown up can: a
    runner swings between free fall and more than twice the weight, a walker does not.

    "unclear" where no rhythm of steps is seen.
    """
    seen = bounce(track)
    return "unclear" if seen is None else _activity(seen)


def _activity(seen: Bounce) -> Activity:
    if not len(seen.lowest):
        return "unclear"
    speed = np.mean(seen.velocity, axis=0)
    amplitude = float(np.nanpercentile(speed, 95) - np.nanpercentile(speed, 5)) / 2
    swing_g = amplitude * LEG_M * 2 * np.pi / seen.step_s / G_MPS2
    if swing_g > RUNNING_G:
        return "running"
    return "walking" if swing_g < WALKING_G else "unclear"


def _sides(seen: Bounce, lowest: Float) -> list[Side | None]:
    """Which foot is down in each step.

    Feet alternate, so that every step is also evidence for its neighbours: a few frames with
    exchanged feet do not turn a step round.
    """
    lift = np.nan_to_num(seen.at(lowest, seen.feet_apart))
    sides: list[Side | None] = []
    for run in unbroken(lowest, seen.step_s):
        own = lift[run]
        for i in range(len(own)):
            near = slice(max(0, i - NEIGHBOURS), i + NEIGHBOURS + 1)
            votes = own[near] * (-1.0) ** (np.arange(len(own))[near] - i)
            clear = abs(votes.sum()) > CLEAR * np.abs(votes).sum()
            sides.append(("left" if votes.sum() > 0 else "right") if clear else None)
    return sides


def fastest(seen: Bounce, start_s: Float, stop_s: Float, sign: Literal[1, -1]) -> Float:
    """When the trunk rises or falls fastest in each window.

    Parameters
    ----------
    seen : Bounce
        The trunk.
    start_s, stop_s : Float
        (steps,) the windows.
    sign : {1, -1}
        1 for rises, -1 for falls.

    Returns
    -------
    Float
        (steps, 2) s, one column per reading of the velocity; NaN where it lies outside the video,
        or so near its ends that the smoothing of the trunk's movement had nothing to go by.
    """
    times = np.full((len(start_s), 2), np.nan)
    firsts, ends = np.searchsorted(seen.time, start_s), np.searchsorted(seen.time, stop_s)
    for i, (first, end) in enumerate(zip(firsts.tolist(), ends.tolist(), strict=True)):
        for column, velocity in enumerate(seen.velocity):
            window = sign * velocity[first:end]
            if len(window) < 3 or not np.isfinite(window).all():
                continue
            peak = first + int(window.argmax())
            if first < peak < end - 1:
                times[i, column] = peak_time(seen.time, sign * velocity, peak)
    return _away_from_ends(seen, times)


def turning(seen: Bounce, lowest: Float) -> Float:
    """(steps, 2) s when the trunk turns from falling to rising, nearest to when it is about lowest.

    NaN as of `fastest`.
    """
    times = np.full((len(lowest), 2), np.nan)
    for column, velocity in enumerate(seen.velocity):
        below, above = velocity[:-1], velocity[1:]
        up = np.flatnonzero((below < 0) & (above >= 0))
        if not len(up):
            continue
        turns = seen.time[up] - below[up] / (above[up] - below[up]) / GRID_HZ
        nearest = turns[np.abs(turns - lowest[:, None]).argmin(axis=1)]
        near = np.abs(nearest - lowest) < NEAR_SHARE * seen.step_s
        times[near, column] = nearest[near]
    return _away_from_ends(seen, times)


def _away_from_ends(seen: Bounce, times: Float) -> Float:
    known = seen.time[np.isfinite(seen.height)]
    margin = EDGE * seen.step_s
    inside = (times - known[0] > margin) & (known[-1] - times > margin)
    return np.where(inside, times, np.nan)


def _sd_s(readings: Float) -> float:
    """Random SD of the mean of two readings, from how their difference scatters."""
    apart = readings[:, 0] - readings[:, 1]
    apart = apart[np.isfinite(apart)]
    own = float(np.std(apart, ddof=1)) / 2 if apart.size > 1 else 1 / GRID_HZ
    return float(np.hypot(own, RULE_SD_S))
