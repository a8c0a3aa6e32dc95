"""The tilt of the pelvis from two strips of tape on its back.

A pose model draws the pelvis level whatever it does, and cloth shows only how its tilt changes.
Tape over the two posterior superior iliac spines (PSIS), as clinics use it, shows the tilt itself.
The strips are found without being told: two like marks, unlike all around them, side by side behind
the hips, that stay where they are on the pelvis.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np

from gait.pose.pixels.marks import Mark, Waist, find_marks
from gait.types import SIDES, Float, TapeSignals, UInt8

NO_TAPE: Final = TapeSignals[float].unseen()
"""Signals of a frame without two plausible strips."""

# Lengths are fractions of the trunk (mid-hip to mid-shoulder, about 0.45 m in life). The PSIS are
# 8 to 12 cm apart and 6 cm above the hip points of the model.
NARROWEST: Final = {"shoulder": 0.45, "hip": 0.22}  # from behind 0.67 and 0.37, from the side 0.1
SPACING = (0.12, 0.4)  # of the strips: generous on 0.18 to 0.27
OFF_CENTRE = 0.1  # of their middle from the mid-line: twice what the hip points are off
STEEPEST_DEG = 25.0  # twice the largest tilt of a pelvis, and a tilted camera
ALIKE = 25.0  # colours of the two strips, in L*a*b*: lamps are on one side

# What a second of video remembers.
MEMORY_S = 1.0
FEWEST_SEEN = 10  # like pairs before one is believed
SAME_PLACE = 0.07  # against the hip points, which wander by 0.03
SAME_SPACING = 0.15  # the pelvis turns by 10° about the vertical, and the trunk bends
SAME_SIZE = 0.2  # in area: a strip partly hidden has its middle elsewhere
SAME_COLOUR = 15.0  # in each of L*, a*, b*
FASTEST_DEG_S = 200.0  # three times the fastest tilting of a running pelvis


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """Two marks of one frame that could be the strips."""

    time_s: float
    """Time of the frame."""
    left: Mark
    right: Mark
    """`left` and `right`: in the order of the image."""
    signature: Float
    """What stays the same from frame to frame, each part in units of its tolerance."""

    @property
    def roll_deg(self) -> float:
        """Tilt of the line through both, + = image-right end lower."""
        x, y = self.right.xy - self.left.xy
        return math.degrees(math.atan2(y, x))

    @property
    def distance_px(self) -> float:
        """Distance of the two centres."""
        return float(np.linalg.norm(self.right.xy - self.left.xy))


class TapeFollower:
    """Finds two strips of tape behind the hips and says how far their line is tilted.

    A pair of marks is believed once most frames of the last second showed it with the same colours,
    sizes and distance at the same place of the pelvis; shirt prints, skin between the clothes and
    background beside the waist do not stay alike for so long.

    Examples
    --------
    >>> TapeFollower().step(np.zeros((48, 64, 3), np.uint8), {}, 0.0).tape_roll_deg
    nan
    """

    def __init__(self) -> None:
        self._seen: deque[tuple[float, Pair | None]] = deque()
        self._last: Pair | None = None

    def step(self, image: UInt8, points: Mapping[str, Float], time_s: float) -> TapeSignals[float]:
        """Take the next frame; NaN without two plausible strips.

        Parameters
        ----------
        image, points, time_s
            As for `gait.pose.pixels.background.SceneFollower.step`.
        """
        waist = waist_of(points)
        if waist is None:
            return NO_TAPE
        while self._seen and self._seen[0][0] < time_s - MEMORY_S:
            self._seen.popleft()
        known = [pair for _, pair in self._seen if pair is not None]
        enough = max(FEWEST_SEEN, len(self._seen) // 2)
        candidates = list(pairs(find_marks(image, waist), waist, time_s))
        like = [pair for pair in candidates if times_seen(pair, known) >= enough]
        # Before anything is known, only a pair without a rival counts.
        chosen = like or candidates
        self._seen.append((time_s, chosen[0] if len(chosen) == 1 else None))
        if len(like) != 1:
            return NO_TAPE
        pair, sd_deg = like[0], roll_sd_deg([*known, like[0]])
        if self._last is not None and not reachable(self._last, pair, sd_deg):
            return NO_TAPE
        self._last = pair
        return TapeSignals(tape_roll_deg=pair.roll_deg, tape_roll_sd_deg=sd_deg)


def waist_of(points: Mapping[str, Float]) -> Waist | None:
    """Where strips can be; None unless hips and shoulders are seen from behind or in front."""
    nowhere = np.full(2, np.nan)
    middle, width_px = {}, {}
    for part in NARROWEST:
        left, right = (points.get(f"{side}_{part}", nowhere) for side in SIDES)
        middle[part], width_px[part] = (left + right) / 2, float(np.linalg.norm(left - right))
    trunk_px = float(np.linalg.norm(middle["shoulder"] - middle["hip"]))
    # A missing point makes this comparison false.
    if not all(width_px[part] >= least * trunk_px > 0 for part, least in NARROWEST.items()):
        return None
    return Waist(middle["hip"], trunk_px)


def pairs(found: list[Mark], waist: Waist, time_s: float) -> Iterator[Pair]:
    """Pairs of marks that could be the two strips.

    Parameters
    ----------
    found : list of Mark
        Marks of one frame.
    waist : Waist
        Where they were looked for.
    time_s : float
        Time of the frame.

    Yields
    ------
    Pair
        Like in colour and size, level within 25°, as far apart as the PSIS, over the mid-line.
    """
    for one, other in combinations(found, 2):
        left, right = (one, other) if one.xy[0] < other.xy[0] else (other, one)
        middle = ((left.xy + right.xy) / 2 - waist.hips) / waist.trunk_px
        spacing = float(np.linalg.norm(right.xy - left.xy)) / waist.trunk_px
        signature = np.hstack(
            [
                middle / SAME_PLACE,
                math.log(spacing) / SAME_SPACING,
                np.log([left.area, right.area]) / SAME_SIZE,
                left.colour / SAME_COLOUR,
                right.colour / SAME_COLOUR,
            ]
        )
        pair = Pair(time_s, left, right, signature)
        if (
            SPACING[0] <= spacing <= SPACING[1]
            and abs(pair.roll_deg) <= STEEPEST_DEG
            and abs(middle[0]) <= OFF_CENTRE
            and 0.5 <= left.area / right.area <= 2
            and float(np.linalg.norm(left.colour - right.colour)) <= ALIKE
        ):
            yield pair


def times_seen(pair: Pair, known: list[Pair]) -> int:
    """In how many of some frames a pair is the same within every tolerance."""
    if not known:
        return 0
    apart = np.abs(np.array([other.signature for other in known]) - pair.signature)
    return int((apart <= 1).all(axis=1).sum())


def roll_sd_deg(recent: list[Pair]) -> float:
    """Standard deviation of the tilt in the last of some frames.

    Noise in the edge pixels, and the coding of the video: that moves whole rows of them between
    frames. Both strips are seen from the same distance, so what their areas change against each
    other was won or lost along an edge, and moved a centre by up to half as much of the height.
    """
    last = recent[-1]
    ratio = np.log([pair.left.area / pair.right.area for pair in recent])
    changes = np.abs(ratio - np.median(ratio))
    change = max(1.4826 * float(np.median(changes)), float(changes[-1]))  # robust SD, or its own
    coding_px = change * (last.left.half_height_px + last.right.half_height_px) / 2
    sd_px = math.hypot(last.left.sd_px, last.right.sd_px, coding_px)
    return math.degrees(sd_px / last.distance_px)


def reachable(last: Pair, pair: Pair, sd_deg: float) -> bool:
    """Whether a pelvis can turn from one tilt to the other in the time between.

    Parameters
    ----------
    last, pair : Pair
        Strips of an earlier and of this frame.
    sd_deg : float
        Standard deviation of either tilt.
    """
    limit_deg = FASTEST_DEG_S * (pair.time_s - last.time_s) + 3 * math.sqrt(2) * sd_deg
    return abs(pair.roll_deg - last.roll_deg) <= limit_deg
