"""Everybody in a video, and which of them is the runner.

A pose model that is asked for one person gives whoever it likes best, in every frame anew. Here
the people of frames some tenths of a second apart are linked to persons, and the runner is the one
whose feet rise like a runner's: a bigger person who stands, a poster, somebody who walks past in
front are not. Two runners are for the user to choose between.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from gait.skeleton import BLAZEPOSE
from gait.types import SIDES, Float, PeopleSignals, PersonError, PoseTrack

SAMPLES_HZ: Final = 10.0
"""How often everybody is looked for: six to eight times a stride, enough to see feet rise."""

# Lengths are fractions of the body (trunk plus leg), so they hold at any image size.
SAME_PLACE = 0.35  # between samples, off the expected place: a runner at 4 m/s turns in two samples
SAME_SIZE = 1.4  # ratio of sizes above which it is somebody else
LONGEST_GAP_S = 1.0  # hidden for longer, a person is the same one only in the same place
MOSTLY = 0.7  # share of a body that has to be in the picture
SHORTEST_S = 0.5  # who is seen for less is not counted
# Rise of the higher foot, leg lengths: 0.22 to 0.52 in eleven runners from all sides, 0.18 in one
# who hardly lifts the feet (0.12 where small in the picture), 0.15 and 0.16 in two people walking.
RUNS_LIFT = 0.2  # surely; below, running or walking: let the user say
MOVES_LIFT = 0.08  # somebody who stands and pictures on the wall: 0.04 and 0.05
CLEARLY = 1.3  # ratio of size x time above which one of two runners is meant


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """One person in one frame."""

    xy: Float
    """(33, 2) px of the upright frame, in the order of `gait.skeleton.BLAZEPOSE`."""
    score: Float
    """(33,) visibility."""

    def at(self, name: str) -> Float:
        """(2,) px of one point."""
        return np.asarray(self.xy[_INDEX[name]])

    @property
    def hips(self) -> Float:
        """(2,) px, middle of the hips."""
        return (self.at("left_hip") + self.at("right_hip")) / 2

    @property
    def leg_px(self) -> float:
        """Thigh plus shank, mean of both."""
        ends = (("hip", "knee"), ("knee", "ankle"))
        limbs = [
            np.linalg.norm(self.at(f"{s}_{a}") - self.at(f"{s}_{b}"))
            for s in SIDES
            for a, b in ends
        ]
        return float(np.sum(limbs)) / 2

    @property
    def size_px(self) -> float:
        """Trunk plus leg: nearly the same in every posture."""
        shoulders = (self.at("left_shoulder") + self.at("right_shoulder")) / 2
        return float(np.linalg.norm(shoulders - self.hips)) + self.leg_px

    @property
    def box(self) -> Float:
        """(4,) px: left, top, right, bottom of all points."""
        return np.concatenate([self.xy.min(axis=0), self.xy.max(axis=0)])

    def is_in(self, width: int, height: int) -> bool:
        """Whether this body is in a picture of that size, but for some limbs."""
        shoulders = (self.at("left_shoulder") + self.at("right_shoulder")) / 2
        trunk = np.stack([shoulders, self.hips])
        here = np.clip(self.box, 0, [width, height, width, height])
        seen, whole = (float(np.prod(box[2:] - box[:2])) for box in (here, self.box))
        return bool(((trunk >= 0) & (trunk < (width, height))).all()) and seen > MOSTLY * whole

    def is_at(self, hips: Float, size_px: float) -> bool:
        """Whether this may be the person of that size who should be there (px)."""
        near = float(np.linalg.norm(self.hips - hips)) < SAME_PLACE * size_px
        return near and 1 / SAME_SIZE < self.size_px / size_px < SAME_SIZE

    def same_as(self, other: Body) -> bool:
        """Whether this may be another sight of the same person in the same frame."""
        return self.is_at(other.hips, other.size_px)


_INDEX: Final[Mapping[str, int]] = {name: i for i, name in enumerate(BLAZEPOSE)}


@dataclass(slots=True)
class Person:
    """One person through the sampled frames: times in s, and the body at each of them."""

    time: list[float] = field(default_factory=list)
    bodies: list[Body] = field(default_factory=list)

    @property
    def seen_s(self) -> float:
        """From first to last sight."""
        return self.time[-1] - self.time[0]

    @property
    def size_px(self) -> float:
        """Median trunk plus leg."""
        return float(np.median([body.size_px for body in self.bodies]))

    @property
    def lift(self) -> float:
        """By how much the higher foot rises and falls against the hips, leg lengths.

        From any side, and whichever foot the model calls left: it exchanges the feet of a picture
        of a runner from frame to frame. Percentiles are not moved by single bad frames.
        """
        feet = np.array([[b.hips[1] - b.at(f"{s}_ankle")[1] for s in SIDES] for b in self.bodies])
        leg = np.median([b.leg_px for b in self.bodies])
        low, high = np.percentile(feet.max(axis=1) / leg, [10, 90])
        return float(high - low)

    def expected(self, time_s: float) -> Float:
        """(2,) px where the hips should be, by where they were and how they moved."""
        here = self.bodies[-1].hips
        if len(self.bodies) < 2:
            return here
        speed = (here - self.bodies[-2].hips) / (self.time[-1] - self.time[-2])
        # Who has been hidden for long may have stopped.
        return np.asarray(here + speed * min(time_s - self.time[-1], 2.5 / SAMPLES_HZ))


def link(samples: Sequence[tuple[float, Sequence[Body]]]) -> list[Person]:
    """Persons from the people seen at successive times in s, in order from left to right.

    Only those seen for at least half a second.
    """
    people: list[Person] = []
    for time_s, bodies in samples:
        present = [p for p in people if time_s - p.time[-1] <= LONGEST_GAP_S]
        pairs = sorted(
            (float(np.linalg.norm(b.hips - p.expected(time_s))) / p.bodies[-1].size_px, i, j)
            for i, p in enumerate(present)
            for j, b in enumerate(bodies)
            if b.is_at(p.expected(time_s), p.bodies[-1].size_px)
        )
        taken: set[int] = set()
        followed: set[int] = set()
        for _, i, j in pairs:
            if i not in followed and j not in taken:
                present[i].time.append(time_s)
                present[i].bodies.append(bodies[j])
                followed.add(i)
                taken.add(j)
        people += [Person([time_s], [b]) for j, b in enumerate(bodies) if j not in taken]
    lasting = [p for p in _rejoined(people) if p.seen_s >= SHORTEST_S]
    return sorted(lasting, key=lambda p: float(np.median([b.hips[0] for b in p.bodies])))


def _rejoined(people: Sequence[Person]) -> list[Person]:
    """Who is lost and found again in the same place is one person, however long it took."""
    joined: list[Person] = []
    for person in sorted(people, key=lambda p: p.time[0]):
        first = person.bodies[0]
        before = [
            p
            for p in joined
            if p.time[-1] < person.time[0] and first.is_at(p.bodies[-1].hips, p.bodies[-1].size_px)
        ]
        if before:
            latest = max(before, key=lambda p: p.time[-1])
            latest.time += person.time
            latest.bodies += person.bodies
        else:
            joined.append(Person(list(person.time), list(person.bodies)))
    return joined


def choose(people: Sequence[Person], wanted: int | None = None) -> int:
    """The position of the runner among these people.

    Whoever runs goes before whoever only moves, and that before standing. Among several who move
    at the same time it is the one who is larger and longer in the picture, if that is clear.

    `wanted` is the user's choice, counted from 1.

    Raises
    ------
    PersonError
        If it has to be asked, or there is no person of that number.
    """
    if wanted is not None:
        if not 1 <= wanted <= len(people):
            if len(people) == 1:
                raise PersonError(
                    f"There is no person {wanted}: one person was found in the video.",
                    "Leave out --person.",
                )
            raise PersonError(
                f"There is no person {wanted}: {len(people)} people were found in the video.",
                f"Give --person a number from 1 to {len(people)}.",
            )
        return wanted - 1
    lifts = [p.lift for p in people]
    least = next(x for x in (RUNS_LIFT, MOVES_LIFT, -1.0) if max(lifts) >= x)
    weight = [p.size_px * p.seen_s for p in people]
    best = max((i for i, x in enumerate(lifts) if x >= least), key=weight.__getitem__)
    rivals = [
        i
        for i, lift in enumerate(lifts)
        if i != best
        and lift >= min(least, MOVES_LIFT)
        and _together(people[i], people[best])
        and weight[best] < CLEARLY * weight[i]
    ]
    if rivals:
        numbers = [str(i + 1) for i in sorted([best, *rivals])]
        doing = "may be the runner" if least >= MOVES_LIFT else "are in this video"
        listed = f"{', '.join(numbers[:-1])} and {numbers[-1]}"
        raise PersonError(
            f"{len(numbers)} people {doing}, and none stands out: {listed}.",
            f"Choose one with --person {' or '.join(numbers)}.",
        )
    return best


def _together(one: Person, other: Person) -> bool:
    """Whether two persons are in the video at the same time for a while."""
    return min(one.time[-1], other.time[-1]) - max(one.time[0], other.time[0]) >= SHORTEST_S


def boxes_at(person: Person, time: Float) -> Float:
    """(T, 4) px: box of a person at (T,) s; NaN where it was not seen shortly before and after."""
    return _between_sights(person, time, np.stack([body.box for body in person.bodies]))


def hips_at(person: Person, time: Float) -> Float:
    """(T, 2) middle of the hips of a person at any times, px; NaN as `boxes_at`."""
    return _between_sights(person, time, np.stack([body.hips for body in person.bodies]))


def _between_sights(person: Person, time: Float, values: Float) -> Float:
    known = np.asarray(person.time)
    out = np.stack([np.interp(time, known, column) for column in values.T], axis=1)
    after = np.searchsorted(known, time).clip(1, len(known) - 1)
    # Samples lie a tenth of a second apart; one that was missed does not matter.
    margin = 1.5 / SAMPLES_HZ
    hidden = (known[after] - known[after - 1] > 3.5 / SAMPLES_HZ) & (
        np.minimum(abs(time - known[after]), abs(time - known[after - 1])) > margin
    )
    outside = (time < known[0] - margin) | (time > known[-1] + margin)
    out[hidden | outside] = np.nan
    return out


def boxes(people: Sequence[Person], chosen: int | None, time: Float) -> PeopleSignals[Float]:
    """Everybody's box as signals of a track: they show later who was there and who was chosen.

    Parameters
    ----------
    people : sequence of Person
        As linked.
    chosen : int or None
        Position of the runner among them; None if it has to be asked.
    time : Float
        (T,) s.
    """
    return PeopleSignals(
        person_chosen=np.full(len(time), 0.0 if chosen is None else chosen + 1),
        boxes_px=np.stack([boxes_at(person, time) for person in people], axis=1),
    )


def boxes_of(track: PoseTrack) -> dict[int, Float]:
    """(T, 4) left, top, right and bottom in px of the runner and of everybody beside, by number.

    Empty if one person alone was seen.
    """
    people = track.signals.people
    if people is None:
        return {}
    return dict(enumerate(np.moveaxis(people.boxes_px, 1, 0), start=1))


def chosen_of(track: PoseTrack) -> int | None:
    """Number of the person who was analysed; None if one person alone was seen."""
    people = track.signals.people
    return None if people is None else int(people.person_chosen[0]) or None
