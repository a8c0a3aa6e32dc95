"""Foot strike and toe-off in a video from behind or in front.

There the feet move along the line of sight and touch the ground half hidden. What is seen well is
the trunk: it falls fastest just after foot strike and rises fastest before toe-off, when the leg
carries exactly the body's weight (Milner 2015). The rule gives the instants of both feet alike;
whose they are is read off the feet, one of which is lifted while the other carries.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from gait.analysis.events.trunk_oscillation import GRID_HZ, Bounce, bounce, unbroken, vertex
from gait.analysis.results import Event
from gait.types import SIDES, Activity, Float, PoseTrack, Side

# Seconds from foot strike to the fastest fall of the trunk, and from its fastest rise to toe-off: a
# constant, so much per leg length per s² by which it is pushed up when it is lowest, so much per
# m/s. Who pushes harder is on the ground for less long. From 12 runners on force plates at 2.5, 3.5
# and 4.5 m/s, exact points with noise, at 30 and 60 Hz. Without the push the offsets of a runner
# scatter by 5.6 and 11 ms (worst 12 and 18), with it by 4.1 and 8 (worst 8 and 18).
FALL_LATER = (0.056, -0.0017, 0.0)
RISE_EARLIER = (0.113, -0.0040, 0.0)
FALL_LATER_AT_SPEED = (0.062, -0.0011, -0.0050)
RISE_EARLIER_AT_SPEED = (0.127, -0.0029, -0.0102)
PUSH = (12.0, 29.0)  # seen on them
KNOWN_SPEED_MPS = (2.0, 5.0)
# What the rule leaves from contact to contact on the noiseless force-plate runner.
RULE_SD_S = 0.003
SWING_SHARE = 0.6  # of a step before and after the lowest point lie its fastest fall and rise
# Of a step. Videos cut at will moved events nearer to the cut by up to 25 ms, others by 4 at most.
EDGE = 0.25
NEIGHBOURS = 4  # steps before and after that help to tell whose a step is
CLEAR = 0.5  # share of the evidence that has to agree
# Swing of the trunk's vertical acceleration (amplitude of its fundamental). A body carried by
# half-sines of force has 0.67 g without any flight and 1.2 g at an ordinary run; brisk walkers have
# less than 0.4 g.
RUNNING_G = 0.6
WALKING_G = 0.5
G_MPS2 = 9.81
LEG_M = 0.71  # thigh plus shank as a camera behind or in front sees it, knees bent


def detect_frontal(track: PoseTrack, speed_mps: float | None) -> tuple[Event, ...]:
    """Strikes and toe-offs of a runner seen from behind or in front.

    Parameters
    ----------
    track : PoseTrack
        Cleaned track.
    speed_mps : float or None
        Speed of the belt, if known: the faster the runner, the sooner the leg carries the weight.

    Returns
    -------
    tuple of Event
        In no order; none for walking, to which the rule does not apply.
    """
    seen = bounce(track)
    if seen is None or _activity(seen) != "running":
        return ()
    # The first and last event of a video may belong to a step whose lowest point is not in it.
    first, last = seen.lowest[0] - seen.step_s, seen.lowest[-1] + seen.step_s
    lowest = np.concatenate([[first], seen.lowest, [last]])
    sides = _sides(seen, lowest)
    falls = _fastest(seen, lowest - SWING_SHARE * seen.step_s, lowest, -1)
    rises = _fastest(seen, lowest, lowest + SWING_SHARE * seen.step_s, 1)
    # Of both legs alike: a push that is read wrongly must not look like an asymmetry.
    push = np.gradient(np.mean(seen.velocity, axis=0), seen.time)
    pushed = float(np.clip(np.nanmedian(np.interp(seen.lowest, seen.time, push)), *PUSH))
    later_s, earlier_s = _offsets_s(pushed, speed_mps)
    by_shoulders = track.has("left_shoulder", "right_shoulder")
    events: list[Event] = []
    for side in SIDES:
        own = [i for i, s in enumerate(sides) if s == side]
        sooner_s = _pull_s(falls, own) if by_shoulders else 0.0
        events += _events("strike", side, falls[own], -later_s - sooner_s)
        events += _events("off", side, rises[own], earlier_s)
    return tuple(events)


def _offsets_s(push: float, speed_mps: float | None) -> tuple[float, float]:
    """From strike to fastest fall and from fastest rise to toe-off."""
    rules = (FALL_LATER, RISE_EARLIER)
    speed = 0.0
    if speed_mps is not None:
        rules = (FALL_LATER_AT_SPEED, RISE_EARLIER_AT_SPEED)
        speed = float(np.clip(speed_mps, *KNOWN_SPEED_MPS))
    later_s, earlier_s = (a + b * push + c * speed for a, b, c in rules)
    return later_s, earlier_s


def _pull_s(readings: Float, own: list[int]) -> float:
    """By how much the hips make the steps of one leg late against those of both.

    Hip points of a pose model go up and down with the legs: by them the strikes of one leg came
    28 ms before those of the other in two rendered runners, by the shoulders 10 ms.
    """
    apart = (readings[:, 0] - readings[:, 1]) / 2
    if not (np.isfinite(apart[own]).any() and len(own) < len(apart)):
        return 0.0
    others = [i for i in range(len(apart)) if i not in own]
    if not np.isfinite(apart[others]).any():
        return 0.0
    return float(np.nanmedian(apart[own]) - np.nanmedian(apart[others])) / 2


def _events(
    kind: Literal["strike", "off"], side: Side, readings: Float, shift_s: float
) -> list[Event]:
    sd_s = _sd_s(readings)
    times = readings.mean(axis=1) + shift_s
    return [Event(kind=kind, side=side, time_s=t, sd_s=sd_s) for t in times[np.isfinite(times)]]


def frontal_activity(track: PoseTrack) -> Activity:
    """Whether a video from behind or in front shows running.

    Where the feet are cannot be told well from there, but how hard the trunk is thrown up can: a
    runner swings between free fall and more than twice the weight, a walker does not.

    Parameters
    ----------
    track : PoseTrack
        Cleaned track.

    Returns
    -------
    {"running", "walking", "unclear"}
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


def _fastest(seen: Bounce, start_s: Float, stop_s: Float, sign: int) -> Float:
    """(steps, 2) times of the fastest rise or fall in each window.

    One column per reading of the velocity; NaN where it lies outside the video, or so near its ends
    that the smoothing of the trunk's movement had nothing to go by.
    """
    times = np.full((len(start_s), 2), np.nan)
    firsts, ends = np.searchsorted(seen.time, start_s), np.searchsorted(seen.time, stop_s)
    known = np.flatnonzero(np.isfinite(seen.height))
    margin = EDGE * seen.step_s * GRID_HZ
    for i, (first, end) in enumerate(zip(firsts.tolist(), ends.tolist(), strict=True)):
        for column, velocity in enumerate(seen.velocity):
            window = sign * velocity[first:end]
            if len(window) < 3 or not np.isfinite(window).all():
                continue
            peak = first + int(window.argmax())
            inside = margin < peak - known[0] and margin < known[-1] - peak
            if first < peak < end - 1 and inside:
                times[i, column] = vertex(seen.time, velocity, peak)
    return times


def _sd_s(readings: Float) -> float:
    """Random SD of the mean of two readings, from how their difference scatters."""
    apart = readings[:, 0] - readings[:, 1]
    apart = apart[np.isfinite(apart)]
    own = float(np.std(apart, ddof=1)) / 2 if apart.size > 1 else 1 / GRID_HZ
    return float(np.hypot(own, RULE_SD_S))
