"""How the skin over a knee moves from frame to frame, measured in the pixels.

A pose model draws the two knees towards each other while they pass in a side view. The picture of
the near knee is not hidden then, and its motion does not know about the other leg:
`gait.analysis.cleaning.knee_fusion` uses it to carry the landmark across.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from gait.skeleton import LEG
from gait.types import SIDES, Float, KneeSignals, PoseTrack, Side, UInt8

NOT_FOLLOWED: Final = replace(KneeSignals[float].unseen(), knees_followed=0.0)
"""Signals of a frame that was not reached by following."""

NOWHERE: Final = np.full(2, np.nan)

# Lengths are fractions of the leg (thigh + shank), so they hold at any image size.
PASSING = 0.2  # distance of the knees below which their landmarks attract each other
REGION = 0.1  # radius around the knee that is looked at: a knee is 0.15 to 0.2 across
WINDOW = 0.06  # side of the window matched around each point: a third of the knee's width
REACH = 0.3  # half the side of the image square: region, and motion at 10 m/s and 60 fps
ROUND_TRIP = 0.01  # a point that comes back this far from where it started was not followed
FOLLOWING = 0.25  # distance of the knees below which they are followed: a little more than PASSING
LONGEST_S = 0.5  # a passing lasts a quarter of a stride; from behind, knees stay together
LONGEST_FRAMES = 60  # or that many frames, if the video plays slowly: 240 per second in life
LEG_MEMORY = 60  # frames whose median is the length of the leg
WORKING_LEG_PX = 200  # larger legs are scaled down to this: the cost stays the same
MOST_POINTS = 40
FEWEST_POINTS = 3  # for a median that one wrong point cannot decide
MOVING = 0.01  # a knee that is expected to move further in a frame is told from what stands still


class KneeFollower:
    """Follows the picture around both knees while they pass each other, frame by frame.

    Following starts at the landmarks of the last frame with the knees apart and goes by the
    picture alone until they are apart again. The knees keep the model's names of that first
    frame, whatever it calls them later: names are put right when the whole video is known.

    Examples
    --------
    >>> follower = KneeFollower()
    >>> follower.step(np.zeros((48, 64, 3), np.uint8), {}).knees_followed
    0.0
    """

    def __init__(self) -> None:
        self._before: UInt8 | None = None
        self._knees: dict[Side, Float] = {}
        self._landmarks: dict[Side, Float] = dict.fromkeys(SIDES, NOWHERE)
        self._motion: dict[Side, Float] = dict.fromkeys(SIDES, NOWHERE)
        self._following = False
        self._apart_s = 0.0
        self._close_frames = 0
        self._legs_px: deque[float] = deque(maxlen=2 * LEG_MEMORY)

    def step(
        self, image: UInt8, points: Mapping[str, Float], time_s: float = 0.0
    ) -> KneeSignals[float]:
        """Take the next frame and say how the knees moved since the one before, NaN where unknown.

        Parameters
        ----------
        image, points, time_s
            As for `gait.pose.pixels.background.SceneFollower.step`.
        """
        seen = NOT_FOLLOWED
        leg_px = self._leg_px(points)
        landmarks = {side: points.get(f"{side}_knee", NOWHERE) for side in SIDES}
        close = float(np.linalg.norm(landmarks["left"] - landmarks["right"])) <= FOLLOWING * leg_px
        drawn = {s: landmarks[s] - self._landmarks[s] for s in SIDES}
        if self._before is not None and self._knees and (close or self._following):
            motion = {
                s: patch_motion(
                    self._before, image, self._knees[s], leg_px, (drawn[s], self._motion[s])
                )
                for s in SIDES
            }
            self._knees = {s: self._knees[s] + np.nan_to_num(motion[s]) for s in SIDES}
            self._motion = {s: _first_known(motion[s], self._motion[s]) for s in SIDES}
            seen = KneeSignals(
                left_knee_flow_x_px=float(motion["left"][0]),
                left_knee_flow_y_px=float(motion["left"][1]),
                right_knee_flow_x_px=float(motion["right"][0]),
                right_knee_flow_y_px=float(motion["right"][1]),
                knees_followed=2.0 if self._following else 1.0,
            )
        self._following = close and bool(self._knees)
        if not close:
            self._knees, self._apart_s, self._close_frames = landmarks, time_s, 0
            self._motion = drawn
        elif time_s - self._apart_s > LONGEST_S and self._close_frames >= LONGEST_FRAMES:
            self._knees = {}
        self._close_frames += close
        self._before, self._landmarks = image, landmarks
        return seen

    def _leg_px(self, points: Mapping[str, Float]) -> float:
        """Median over the last seconds of thigh plus shank of both legs; NaN if never seen."""
        self._legs_px.extend(leg_lengths_px(points))
        return float(np.median(self._legs_px)) if self._legs_px else float("nan")


def leg_lengths_px(points: Mapping[str, Float]) -> list[float]:
    """Thigh plus shank in px of each leg that is seen whole in a frame, left before right.

    `points` are (2,) landmarks in px by canonical name, NaN where missing.
    """
    lengths = []
    for side in SIDES:
        hip, knee, ankle = (points.get(f"{side}_{p}", NOWHERE) for p in LEG[:3])
        length = float(np.linalg.norm(hip - knee) + np.linalg.norm(knee - ankle))
        if np.isfinite(length):
            lengths.append(length)
    return lengths


def knees_apart(track: PoseTrack) -> Float:
    """(T,) distance of the two knees in leg lengths, NaN where one is missing."""
    return np.asarray(
        np.linalg.norm(track["left_knee"] - track["right_knee"], axis=1) / track.leg_px
    )


def _first_known(*motions: Float) -> Float:
    return next((m for m in motions if np.isfinite(m).all()), NOWHERE)


def patch_motion(
    before: UInt8,
    after: UInt8,
    place: Float,
    leg_px: float,
    expected: Sequence[Float] = (),
) -> Float:
    """Median motion of the corners in a small disc (Lucas-Kanade with a check there and back).

    The disc reaches past the knee, and a wall has more corners than skin has. Corners that are
    nearer to standing still than to any motion the knee is expected to make are not the knee's.

    (2,) px; NaN if the disc is too near the border or too few points can be followed.

    Parameters
    ----------
    before, after : UInt8
        (H, W, 3) RGB frames that follow each other.
    place : Float
        (2,) centre of the disc in `before`, px.
    leg_px : float
        Length of the leg, which sets all sizes.
    expected : sequence of Float
        (2,) px each: what the landmark did, what the knee did in the frame before; NaN where
        unknown.
    """
    import cv2

    nowhere = np.full(2, np.nan)
    if not (np.isfinite(place).all() and np.isfinite(leg_px)):
        return nowhere
    half = int(REACH * leg_px)
    left, top = (np.round(place) - half).astype(int)
    height, width = before.shape[:2]
    if half < 1 or left < 0 or top < 0 or left + 2 * half > width or top + 2 * half > height:
        return nowhere
    scale = min(1.0, WORKING_LEG_PX / leg_px)
    leg = leg_px * scale
    crop = np.s_[top : top + 2 * half, left : left + 2 * half]
    first, second = (
        np.asarray(
            cv2.resize(
                cv2.cvtColor(image[crop], cv2.COLOR_RGB2GRAY),
                None,
                fx=scale,
                fy=scale,
                interpolation=cv2.INTER_AREA,
            ),
            np.uint8,
        )
        for image in (before, after)
    )
    disc = np.zeros(first.shape, np.uint8)
    centre = np.round((place - (left, top)) * scale).astype(int).tolist()
    cv2.circle(disc, centre, round(REGION * leg), 255, -1)
    # The lowest quality is far below OpenCV's usual 0.01: skin has little contrast.
    points = cv2.goodFeaturesToTrack(
        first, MOST_POINTS, 0.005, max(2.0, 0.015 * leg), mask=disc, blockSize=5
    )
    if points is None:
        return nowhere
    window = int(WINDOW * leg) | 1
    there, found = _follow(first, second, points, window)
    back, found_back = _follow(second, first, there, window)
    returned = np.linalg.norm(back - points, axis=2)[:, 0] < ROUND_TRIP * leg
    good = found & found_back & returned
    moved = np.asarray((there - points)[good, 0] / scale, np.float64)
    moved = moved[_of_the_knee(moved, [e for e in expected if np.linalg.norm(e) > MOVING * leg_px])]
    return nowhere if len(moved) < FEWEST_POINTS else np.asarray(np.median(moved, axis=0))


def _of_the_knee(moved: Float, expected: Sequence[Float]) -> NDArray[np.bool_]:
    """(N,) which of the motions (N, 2) are nearer to one that is expected than to none."""
    if not expected:
        return np.ones(len(moved), bool)
    off = np.min([np.linalg.norm(moved - e, axis=1) for e in expected], axis=0)
    return np.asarray(off < np.linalg.norm(moved, axis=1))


def _follow(
    first: UInt8, second: UInt8, points: Any, window: int
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Where the points of the first image are in the second, and whether they were found."""
    import cv2

    there, found, _ = cv2.calcOpticalFlowPyrLK(
        first, second, points, np.empty_like(points), winSize=(window, window), maxLevel=3
    )
    return np.asarray(there, np.float32), np.asarray(found, bool)[:, 0]
