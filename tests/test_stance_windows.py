"""Where in a contact a value is read: waveforms of known shape, seen at their own moments only."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from columns import with_also
from frontal_runner import CONTACT_S, frontal_runner
from synthetic import runner

from gait.analysis.kinematics import measure
from gait.analysis.trial import Strides, Trial
from gait.settings import Settings
from gait.types import Float, PoseTrack

Waveform = Callable[[Float], Float]
"""Degrees from the share of the contact that has passed."""


def median_of(track: PoseTrack, view, strides, metric: str, side: str = "right") -> float:
    found = measure(Trial(track, view, Settings(), strides))
    return float(np.median(found.values(metric, side)))


def share_of_contact(time_s: Float, strides: Strides, side: str = "right") -> Float:
    """(T,) of the contact that each frame is in; 0 where the foot is off the ground."""
    share = np.zeros(len(time_s))
    for s in strides:
        inside = (time_s >= s.strike_s - 1e-9) & (time_s <= s.off_s)
        if s.side == side:
            share[inside] = (time_s[inside] - s.strike_s) / (s.off_s - s.strike_s)
    return share


# ---------------------------------------------------------------------------------- the flat foot


def strike_angle(waveform: Waveform) -> float:
    """Foot strike angle of a foot that turns like this about its heel while it is on the ground."""
    track, truth = runner(240, 4)
    foot = np.radians(waveform(share_of_contact(track.time, truth.strides)))
    heel, toe = track["right_heel"], track.index("right_foot_index")
    xy = track.xy.copy()
    xy[:, toe] = heel + 40 * np.stack([np.cos(foot), -np.sin(foot)], axis=1)
    return median_of(track.with_(xy=xy), truth.view, truth.strides, "foot_strike_angle")


def test_the_flat_foot_is_read_from_15_to_30_percent_of_the_contact() -> None:
    # A straight line has its median in the middle of the window, 0 at the strike.
    assert strike_angle(lambda share: -40 * share) == pytest.approx(40 * 0.225, abs=0.3)
    # A V about that middle: of eleven samples over its width the sixth nearest is 0.3 of it away.
    width = strike_angle(lambda share: np.where(share < 0.05, 0, -400 * np.abs(share - 0.225)))
    assert width == pytest.approx(400 * 0.3 * 0.15, abs=1)


# --------------------------------------------------------------------------------- the stance peak


@pytest.mark.parametrize(("at_share", "counts"), [(0.30, True), (0.42, False)])
def test_the_knee_peak_of_stance_lies_in_35_percent_of_the_stride(
    at_share: float, counts: bool
) -> None:
    """A walker, on the ground for 62 % of the stride, whose ankle is held back for a moment."""
    track, truth = runner(120, 8, cadence_spm=110, speed_mps=1.3, contact_s=0.68, overstride_m=0.25)
    usual = median_of(track, truth.view, truth.strides, "knee_flexion_peak_stance")
    held = np.zeros(len(track))
    for s in truth.strides.of("right"):
        moment_s = s.strike_s + at_share * (s.next_strike_s - s.strike_s)
        held += 150 * np.exp(-(((track.time - moment_s) / 0.015) ** 2))
    xy = track.xy.copy()
    xy[:, track.index("right_ankle"), 0] -= held
    bent = median_of(track.with_(xy=xy), truth.view, truth.strides, "knee_flexion_peak_stance")
    assert (bent > usual + 10) is counts
    if not counts:
        assert bent == pytest.approx(usual, abs=0.5)


# ----------------------------------------------------------------------------- pelvis and hip peak


@pytest.mark.parametrize(
    ("at_share", "counts"), [(0.05, False), (0.13, True), (0.57, True), (0.65, False)]
)
def test_the_pelvis_peaks_between_10_and_60_percent_of_the_contact(
    at_share: float, counts: bool
) -> None:
    """Half a sine wave of 6 degrees, and 9 more for an instant: what skin does at contact."""
    track, truth = frontal_runner("rear", drop_deg={"left": 6, "right": 6}, fps_hz=480)
    jerk = np.zeros(len(track))
    for s in truth.strides:
        share = (track.time - s.strike_s) / CONTACT_S
        sign = 1 if s.side == "left" else -1
        jerk += sign * 9 * np.exp(-(((share - at_share) / 0.01) ** 2))
    roll = track.derived.pelvic_roll
    assert roll is not None
    jerked = {"pelvic_roll_deg": roll.pelvic_roll_deg + jerk, "pelvic_roll_absolute": 1.0}
    level = truth.view.model_copy(update={"camera_roll_deg": (0.0, 0.1)})
    drop = median_of(with_also(track, jerked), level, truth.strides, "pelvic_drop")
    # The wave itself has reached 39 and 98 % of its height at the inner two moments.
    assert (drop > 8) is counts
    if not counts:
        assert drop == pytest.approx(6, abs=0.1)
