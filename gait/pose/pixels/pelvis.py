"""How the picture of the hips turns, measured in the pixels.

A pose model draws the two hip points level, whatever the pelvis does. The picture between
waistband and thighs does turn: every frame is laid over the running mean of all frames before it
and the rotation that makes the two agree is read off. Against a mean, unlike from frame to frame,
nothing adds up to drift, and noise that stays in place (compression) does not hold the answer back.
What the turn of the skin says about the pelvis is decided in
`gait.analysis.kinematics.pelvic_obliquity`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gait.pose.pixels.knee_flow import NOWHERE, leg_lengths_px
from gait.types import SIDES, Float, PelvisSignals, UInt8

Pixels = NDArray[np.float32]

NOT_SEEN: Final = PelvisSignals[float].unseen()
"""Signals of a frame in which the hips cannot be laid over the mean picture."""

# Lengths are fractions of the leg (thigh + shank) as the pose model draws it.
HALF_WIDTH = 0.20  # the hips are 0.23 to each side; forearms swing past outside
ABOVE, BELOW = 0.16, 0.10  # of the hip points: from above the waistband to the gluteal fold
MARGIN = 0.12  # picture kept around this, for the motion between landmarks and picture
FACING = 0.12  # hips closer together than this are seen from the side
WORKING_LEG_PX = 140  # every picture is scaled to this: the cost stays the same
# Light falls on the hips unevenly and multiplies: on a logarithmic scale the same fold makes the
# same step in shade and in light. Scaled so that noise is about what it was in grey levels.
TONES, DARKEST = 60.0, 20.0
BLUR_PX = 0.8  # of the working picture; hides sensor noise, keeps a waistband sharp
COARSE_PX = 1.5  # further blur of the first round, which brings in motions of some pixels
ROUNDS = 3  # Gauss-Newton steps at each blur, at most
CLOSE_PX = 0.05  # a step that moves no pixel further than this is the last
MEMORY = 60  # frames in the running mean: two to three strides, so that no phase colours it
LOSS = 2.5  # residuals beyond so many SD (an arm, a shadow) count less and less
LEAST_NOISE = 0.5  # grey levels: no video has less, and rounding alone gives 0.3
# Neighbouring residuals are alike (blur, cloth that folds): so many pixels are worth one.
PIXELS_PER_FACT = 12.0
# What a frame may differ from the mean by, SD in working px (shift) and per leg (strain).
PRIOR_SD = np.tile([30.0, 200.0, 200.0, 20.0], 2)
WORST_SD_DEG = 2.0  # half of a usual pelvic drop: worse says nothing
LEAST_LIKENESS = 0.6  # correlation with the mean below which it is another picture


class PelvisFollower:
    """Lays the picture of the hips over its running mean, frame by frame.

    Examples
    --------
    >>> follower = PelvisFollower()
    >>> follower.step(np.zeros((48, 64, 3), np.uint8), {}, 0.0).hips_roll_deg
    nan
    """

    def __init__(self) -> None:
        width, height = (
            round(2 * HALF_WIDTH * WORKING_LEG_PX),
            round((ABOVE + BELOW) * WORKING_LEG_PX),
        )
        self._margin = round(MARGIN * WORKING_LEG_PX)
        rows, columns = np.mgrid[:height, :width].astype(np.float32)
        self._rows, self._columns = rows + self._margin, columns + self._margin
        x = (columns.ravel() - (width - 1) / 2) / WORKING_LEG_PX
        y = (rows.ravel() - (height - 1) / 2) / WORKING_LEG_PX
        # Shift, change with height, change across, and a change across that grows with height:
        # hips and waist do not turn alike.
        self._shapes = np.stack([np.ones_like(x), y, x, x * y], axis=1)
        self._reach = np.tile(np.abs(self._shapes).max(axis=0), 2)
        self._mean: Pixels | None = None
        self._motion = np.zeros(8)
        self._centre = NOWHERE
        self._leg_px = float("nan")
        self._frames = 0

    def step(
        self, image: UInt8, points: Mapping[str, Float], time_s: float
    ) -> PelvisSignals[float]:
        """Take the next frame and say how the hips are turned, NaN where the picture does not tell.

        Parameters
        ----------
        image, points, time_s
            As for `gait.pose.pixels.background.SceneFollower.step`.
        """
        left, right = (points.get(f"{side}_hip", NOWHERE) for side in SIDES)
        self._measure_leg(points)
        if not abs(left[0] - right[0]) > FACING * self._leg_px:
            return NOT_SEEN
        centre = (left + right) / 2
        picture = self._cut(image, centre)
        if picture is None:
            return NOT_SEEN
        if self._mean is None:
            self._mean, self._centre, self._frames = self._inner(picture), centre, 1
            return NOT_SEEN
        start = self._motion.copy()
        # The landmarks jump about the picture: what they moved, the picture did not.
        start[[0, 4]] -= (centre - self._centre) * WORKING_LEG_PX / self._leg_px
        self._centre = centre
        motion, sd_deg, seen = self._register(picture, start)
        if np.corrcoef(seen.ravel(), self._mean.ravel())[0, 1] < LEAST_LIKENESS:
            self._mean, self._motion = None, np.zeros(8)
            return NOT_SEEN
        self._motion = motion
        self._frames += 1
        share = 1 / min(self._frames, MEMORY)
        self._mean = ((1 - share) * self._mean + share * seen).astype(np.float32)
        if sd_deg > WORST_SD_DEG:
            return NOT_SEEN
        turn_deg = float(np.degrees(np.arctan(motion[6] / WORKING_LEG_PX)))
        return PelvisSignals(hips_roll_deg=turn_deg, hips_roll_sd_deg=sd_deg)

    def _measure_leg(self, points: Mapping[str, Float]) -> None:
        """Thigh plus shank of the longer leg, with a memory: a bent knee shortens it."""
        for length in leg_lengths_px(points):
            old = self._leg_px if np.isfinite(self._leg_px) else length
            self._leg_px = old + (length - old) / MEMORY

    def _cut(self, image: UInt8, centre: Float) -> Pixels | None:
        """Picture of the hips at working size, logarithm of grey; None too near the border."""
        import cv2

        height, width = self._rows.shape
        scale = WORKING_LEG_PX / self._leg_px
        offset = np.array([width / 2, ABOVE / (ABOVE + BELOW) * height]) + self._margin
        size = (width + 2 * self._margin, height + 2 * self._margin)
        low = np.round(centre - offset / scale).astype(int)
        high = low + np.round(np.array(size) / scale).astype(int)
        if (low < 0).any() or (high > image.shape[1::-1]).any():
            return None
        crop = cv2.cvtColor(image[low[1] : high[1], low[0] : high[0]], cv2.COLOR_RGB2GRAY)
        cut = cv2.resize(crop.astype(np.float32), size, interpolation=cv2.INTER_AREA)
        blurred = np.asarray(cv2.GaussianBlur(cut, (0, 0), BLUR_PX), np.float32)
        return np.asarray(TONES * np.log(blurred + DARKEST), np.float32)

    def _inner(self, picture: Pixels) -> Pixels:
        m = self._margin
        return picture[m:-m, m:-m].copy()

    def _register(self, picture: Pixels, start: Float) -> tuple[Float, float, Pixels]:
        """Motion that lays the mean over the picture, SD of the turn, the picture laid over.

        Gauss-Newton on grey levels with the Geman-McClure loss; the gradient is the mean of both
        pictures', so that the noise in one of them does not hold the answer back.
        """
        import cv2

        assert self._mean is not None
        motion = start
        for blur in (COARSE_PX, 0.0):
            mean, now = (
                np.asarray(cv2.GaussianBlur(p, (0, 0), blur), np.float32) if blur else p
                for p in (self._mean, picture)
            )
            slopes = _gradient(mean), _gradient(now)
            for _ in range(ROUNDS):
                seen, across, down = (self._laid(p, motion) for p in (now, *slopes[1]))
                residual = (seen - mean).ravel()
                noise = max(1.4826 * float(np.median(np.abs(residual))), LEAST_NOISE)
                weight = 1 / (1 + (residual / (LOSS * noise)) ** 2) ** 2
                along = [
                    (a + b).reshape(-1, 1) / 2
                    for a, b in zip(slopes[0], (across, down), strict=True)
                ]
                jacobian = np.concatenate([a * self._shapes for a in along], axis=1)
                weighted = jacobian * (weight / (noise**2 * PIXELS_PER_FACT))[:, None]
                precision = (weighted.T @ jacobian).astype(float) + np.diag(PRIOR_SD**-2.0)
                pull = weighted.T @ residual + motion / PRIOR_SD**2
                change = np.linalg.solve(precision, pull)
                motion = motion - change
                if np.abs(change * self._reach).max() < CLOSE_PX:
                    break
        sd = np.sqrt(np.linalg.inv(precision)[6, 6])
        return motion, float(np.degrees(sd / WORKING_LEG_PX)), self._laid(picture, motion)

    def _laid(self, picture: Pixels, motion: Float) -> Pixels:
        """The picture read where the motion says that every pixel of the mean has gone."""
        import cv2

        across, down = (
            (self._shapes @ m.astype(np.float32)).reshape(self._rows.shape)
            for m in (motion[:4], motion[4:])
        )
        return np.asarray(
            cv2.remap(
                picture, self._columns + across, self._rows + down, cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_REPLICATE,
            ),
            np.float32,
        )  # fmt: skip


def _gradient(picture: Pixels) -> tuple[Pixels, Pixels]:
    """Grey levels per px across and down."""
    import cv2

    return tuple(cv2.Sobel(picture, cv2.CV_32F, *d, ksize=3, scale=1 / 8) for d in ((1, 0), (0, 1)))  # type: ignore[return-value]
