"""From events to strides, the steady part of a video, and whether it shows running at all."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import numpy as np

from gait.analysis.results import Event, Stride
from gait.analysis.trial import LOST_S, Strides
from gait.types import SIDES, Activity, PoseTrack

UNSURE_S: Final = 0.05
"""SD of a strike from which on it is misread: two rules that differ by 100 ms read two things. On
all videos of runners that we have it is below 10 ms."""
OTHER_CONTACT: Final = 0.2
"""Relative difference from the median contact that a steady segment does not begin or end with. In
396 analyses of twelve people on force plates (15,558 strides) none differs by more than 16 %, so
none is left out; what is read of a made-up walk before a run differs by 21 to 35 %."""


def to_strides(events: tuple[Event, ...]) -> Strides:
    """Strides of both feet from events in order of time: strike, toe-off, next strike of that foot.

    A stride needs exactly one toe-off between its strikes and exactly one strike of the other
    foot; where a foot was lost the stride is left out rather than bridged. So are the two strides
    beside a misread strike: one is too long and one too short, and the long ones might be kept.
    """
    strides = []
    for side in SIDES:
        strikes = [e for e in events if e.kind == "strike" and e.side == side]
        for first, second in pairwise(strikes):
            inside = [e for e in events if first.time_s < e.time_s < second.time_s]
            offs = [e for e in inside if e.kind == "off" and e.side == side]
            others = [e for e in inside if e.kind == "strike" and e.side != side]
            sure = max(first.sd_s, second.sd_s) < UNSURE_S
            if sure and len(offs) == 1 and len(others) == 1:
                strides.append(
                    Stride(
                        side=side,
                        strike_s=first.time_s,
                        off_s=offs[0].time_s,
                        next_strike_s=second.time_s,
                        strike_sd_s=first.sd_s,
                        off_sd_s=offs[0].sd_s,
                    )
                )
    if not strides:
        return Strides()
    # Where a whole step of both feet was lost, what is left looks like one long stride.
    times = [s.next_strike_s - s.strike_s for s in strides]
    longest = 1.5 * float(np.quantile(times, 0.25))
    whole = [s for s, time in zip(strides, times, strict=True) if time <= longest]
    return Strides(tuple(sorted(whole, key=lambda s: s.strike_s)))


def steady(strides: Strides, tolerance: float = 0.12) -> Strides:
    """The strides of the longest steady run, irregular ones among them left out.

    Starting, stopping and stumbling change stride time; a run ends where two strides in a row
    differ from the median of the video by more than `tolerance`, or where nobody is seen for longer
    than `LOST_S`. Strides of a walk can take as long as those of the run: at the ends of what is
    seen without a break contacts count as well.

    Parameters
    ----------
    strides : Strides
        All of both feet.
    tolerance : float
        Largest relative deviation of stride time from the median.
    """
    if len(strides) < 3:
        return strides
    times = strides.stride_s
    usual = float(np.quantile(times, 0.5, method="nearest"))  # one of them, also of two rhythms
    regular = np.abs(times / usual - 1) <= tolerance
    runs: list[list[list[Stride]]] = [[[]]]  # of segments, of strides
    missed = 0
    for i, stride in enumerate(strides):
        since_s = stride.strike_s - strides.strike_s[i - 1] if i else 0.0
        missed = 0 if regular[i] else missed + 1
        if missed == 2 or since_s > LOST_S + 3 * usual:  # those before and after are cut, too
            runs.append([[]])
        elif since_s > 1.6 * usual:
            runs[-1].append([])
        if regular[i]:
            runs[-1][-1].append(stride)
    longest = max(runs, key=lambda run: sum(map(len, run)))
    most: list[Stride] = max(longest, key=len)
    contact_s = float(np.quantile(Strides(tuple(most)).contact_s, 0.5, method="nearest"))
    return Strides(tuple(s for segment in longest for s in _alike(segment, contact_s)))


def _alike(segment: list[Stride], contact_s: float) -> list[Stride]:
    """Without the strides at both ends whose contacts take another time."""
    contacts = Strides(tuple(segment)).contact_s
    alike = np.flatnonzero(np.abs(contacts / contact_s - 1) <= OTHER_CONTACT)
    return segment[alike[0] : alike[-1] + 1] if len(alike) else []


def activity(track: PoseTrack, events: tuple[Event, ...]) -> Activity:
    """Whether the person of a cleaned track runs or walks.

    Two independent signs: a runner has both feet off the ground between contacts and is lowest in
    mid-stance; a walker always has a foot down and is highest in mid-stance.

    "unclear" where the signs disagree or there is too little to judge.
    """
    contacts = _contacts(events)
    strikes = [e for e in events if e.kind == "strike"]
    steps = [b.time_s - a.time_s for a, b in pairwise(strikes) if a.side != b.side]
    if len(contacts) < 2 or not steps:
        return "unclear"
    step_s = float(np.median(steps))
    duty = float(np.median([off - strike for strike, off in contacts])) / (2 * step_s)
    low = _low_in_midstance(track, contacts, step_s)
    if low and duty < 0.5:
        return "running"
    # Even slow runners who never leave the ground stay below 0.55. Nearer to the limit the pelvis
    # decides: contact times of walkers are rough, because the detectors were made for running.
    if duty > 0.55 or (duty > 0.45 and not low):
        return "walking"
    return "unclear"


def _contacts(events: tuple[Event, ...]) -> list[tuple[float, float]]:
    """(strike, toe-off) times of every contact seen whole."""
    contacts = []
    for side in SIDES:
        for a, b in pairwise(e for e in events if e.side == side):
            if (a.kind, b.kind) == ("strike", "off"):
                contacts.append((a.time_s, b.time_s))
    return contacts


def _low_in_midstance(track: PoseTrack, contacts: list[tuple[float, float]], step_s: float) -> bool:
    """Whether the pelvis is lower in the middle of contacts than half a step before and after."""
    height = -track.middle("hip")[:, 1]
    good = np.isfinite(height)
    times = (
        np.array([(a + b) / 2 for a, b in contacts])[:, None] + np.array([-0.5, 0, 0.5]) * step_s
    )
    inside = (times >= track.time[good][0]).all(1) & (times <= track.time[good][-1]).all(1)
    if not inside.any():
        return False
    at = np.interp(times[inside], track.time[good], height[good])
    return float(np.median(at[:, 1] - (at[:, 0] + at[:, 2]) / 2)) < 0
