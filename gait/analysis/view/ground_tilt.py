"""How level the ground is in a video from the side, read off the feet that the belt carries."""

from __future__ import annotations

from typing import Final

import numpy as np

from gait.analysis.stance import CARRIED
from gait.analysis.trial import Trial
from gait.types import SIDES, Float, Side

MIN_CONTACTS: Final = 3
"""Of each foot."""

OWN_SD_DEG: Final = {True: 1.2, False: 0.6}
"""What shoe and pose model leave: RMS 1.1 on six rendered runners; 0.6 on 36 trials with markers.
With less than the first, two metrics leave their intervals when the camera stands 10 degrees
off the line."""

PRIOR_SD_DEG: Final = 2.0
"""SD of the roll of a phone that was set upright by eye."""

CREDIBLE: Final = 2.5
"""An estimate further from level than this many SD comes from a bad track, not from a camera."""


def with_ground(trial: Trial) -> Trial:
    """The view with the tilt of the ground in the picture and its SD.

    On a treadmill the toe of the standing foot moves along the belt. That estimate is weighed
    against what is to be expected of a camera. On the ground the foot does not move, and only the
    expectation is left.

    Unchanged unless filmed from the side, and where the background shows the roll already.
    """
    view = trial.view
    if view.plane != "side" or view.camera_roll_deg is not None:
        return trial
    tilt, sd = _carried(trial) if view.surface == "treadmill" else (0.0, np.inf)
    if abs(tilt) > CREDIBLE * np.hypot(sd, PRIOR_SD_DEG):
        tilt, sd = 0.0, np.inf
    trust = 1 / (1 + (sd / PRIOR_SD_DEG) ** 2)
    return trial.with_view(
        ground_tilt_deg=trust * tilt,
        ground_tilt_sd_deg=PRIOR_SD_DEG * float(np.sqrt(1 - trust)),
    )


def _carried(trial: Trial) -> tuple[float, float]:
    """Tilt of the path of the carried toes and its SD, degrees; the SD is infinite if unseen."""
    left, right = (_slopes_deg(trial, side) for side in SIDES)
    if min(len(left), len(right)) < MIN_CONTACTS:
        return 0.0, np.inf
    apart = (np.median(left) - np.median(right)) / 2
    both = np.concatenate([left, right])
    own = both.std(ddof=1) / np.sqrt(len(both))
    tilt = (np.median(left) + np.median(right)) / 2
    return float(tilt), float(np.linalg.norm([OWN_SD_DEG[trial.track.by_model], apart, own]))


def _slopes_deg(trial: Trial, side: Side) -> Float:
    """(n,) slope of the toe's path in each contact in which it is seen, rising right positive."""
    track = trial.track
    if f"{side}_foot_index" not in track:
        return np.empty(0)
    toe, slopes = track[f"{side}_foot_index"], []
    for s in trial.strides.of(side):
        when = s.strike_s + np.linspace(*CARRIED, 9) * (s.off_s - s.strike_s)
        x, y = (np.interp(when, track.time, toe[:, axis]) for axis in (0, 1))
        if np.isfinite(x).all() and np.isfinite(y).all() and np.ptp(x) > 0:
            slopes.append(-np.degrees(np.arctan(np.polyfit(x, y, 1)[0])))
    return np.array(slopes)
