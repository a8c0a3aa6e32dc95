"""Angles and distances in the frontal plane. Definitions: ``gait/knowledge/metrics.toml``.

Curves are averaged over the strides before a peak is looked for: the peak of a noisy curve is too
high, the more so the noisier it is. So the averaged curve says *when* in stance the peak is, and
the value of a stride is its own curve at that moment.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from gait.analysis import angles
from gait.analysis.kinematics import frontal_geometry
from gait.analysis.kinematics.registry import metric
from gait.analysis.stance import MIDDLE
from gait.analysis.trial import Leg, UnmeasurableError
from gait.analysis.view.observe import FORESHORTENED
from gait.types import Float, Side, opposite

PEAK_WINDOW: Final = (0.10, 0.60)
"""Shares of stance between which pelvis and thigh have their peak."""

GRID: Final = 101
"""Points of a stance curve: one per percent."""


@metric("pelvic_drop", systematic=frontal_geometry.drop_error)
def pelvic_drop(leg: Leg) -> Float:
    """Largest contralateral pelvic drop in stance in degrees, swing-side hip lower positive."""
    return _at_peak(leg, frontal_geometry.drop(leg))


@metric("pelvic_drop_midstance", systematic=frontal_geometry.drop_error)
def pelvic_drop_midstance(leg: Leg) -> Float:
    """Contralateral pelvic drop at mid-stance in degrees."""
    return _at_mid_stance(leg, frontal_geometry.drop(leg))


@metric("pelvic_drop_excursion", systematic=frontal_geometry.excursion_error)
def pelvic_drop_excursion(leg: Leg) -> Float:
    """Pelvic drop from strike to its peak in degrees; does not depend on where zero is."""
    drop = frontal_geometry.drop(leg)
    return _at_peak(leg, drop) - leg.at(leg.strike_s, drop)


@metric("hip_adduction", systematic=frontal_geometry.adduction_error)
def hip_adduction(leg: Leg) -> Float:
    """Largest angle of the stance thigh against the pelvis in degrees, adducted positive."""
    return _at_peak(leg, frontal_geometry.adduction(leg))


@metric("knee_fppa", systematic=frontal_geometry.fppa_error)
def knee_fppa(leg: Leg) -> Float:
    """Frontal-plane projection angle of the knee at mid-stance in degrees, valgus positive."""
    return _at_mid_stance(leg, projection_angle(leg))


def projection_angle(leg: Leg) -> Float:
    """(T,) frontal-plane projection angle of the knee; it means something on the standing leg."""
    leak, _ = frontal_geometry.leak_deg(leg.trial, frontal_geometry.KNEE_FLEXION_DEG)
    # In frontal coordinates "knee flexion" is a knee to the runner's right of hip and ankle.
    bend = angles.knee_flexion(*(_point(leg, name) for name in ("hip", "knee", "ankle"))) - leak
    gain, added_deg = frontal_geometry.fppa_correction(leg.trial)
    return gain * frontal_geometry.medial(leg) * bend + added_deg


@metric("knee_window")
def knee_window(leg: Leg) -> Float:
    """Gap between the knees at mid-stance in percent of the distance of the hips."""
    gap = _at_mid_stance(leg, frontal_geometry.across(leg.trial, "knee"))
    return 100 * gap / float(np.nanmedian(frontal_geometry.across(leg.trial, "hip")))


@metric("step_width", pooled=True, systematic=frontal_geometry.step_error)
def step_width(leg: Leg) -> Float:
    """Distance across from the left to the right foot in cm; negative if the feet cross."""
    return 100 * leg.trial.scale_m_per_px * _step_px(leg)


@metric("step_width_pct", pooled=True, systematic=frontal_geometry.step_pct_error)
def step_width_pct(leg: Leg) -> Float:
    """Step width in percent of leg length; bent knees make the leg in the picture shorter."""
    return 100 * FORESHORTENED * _step_px(leg) / leg.trial.view.leg_px


@metric("pelvic_sway", pooled=True)
def pelvic_sway(leg: Leg) -> Float:
    """Sideways movement of the middle of the hips within a stride in cm."""
    sideways = frontal_geometry.middle(leg.trial, "hip")[:, 0]
    range_px = leg.ranges(sideways, leg.strike_s, leg.next_strike_s)
    return 100 * leg.trial.scale_m_per_px * range_px


@metric("lateral_trunk_lean", systematic=frontal_geometry.roll_error)
def lateral_trunk_lean(leg: Leg) -> Float:
    """Sideways lean of the trunk at mid-stance in degrees, towards the stance leg positive."""
    lean = angles.trunk_lean(
        frontal_geometry.middle(leg.trial, "hip"), frontal_geometry.middle(leg.trial, "shoulder")
    )
    return -frontal_geometry.medial(leg) * _at_mid_stance(leg, lean)


@metric("arm_crossing")
def arm_crossing(leg: Leg) -> Float:
    """How far the wrist of this side crosses the middle in percent of shoulder width."""
    past = _point(leg, "wrist")[:, 0] - frontal_geometry.middle(leg.trial, "shoulder")[:, 0]
    furthest = leg.peaks(frontal_geometry.medial(leg) * past, leg.strike_s, leg.next_strike_s)
    width = float(np.nanmedian(frontal_geometry.across(leg.trial, "shoulder")))
    return 100 * np.maximum(0.0, furthest) / width


@metric("rearfoot_eversion", pooled=True)
def rearfoot_eversion(leg: Leg) -> Float:
    """Never measured: the pose model has one point on the heel."""
    raise UnmeasurableError(
        "One heel point does not show how the heel bone tilts. That takes markers on heel and "
        "calf and a camera zoomed on the foot."
    )


def _point(leg: Leg, name: str) -> Float:
    return frontal_geometry.frontal(leg.trial, f"{leg.side}_{name}")


def _at_mid_stance(leg: Leg, series: Float) -> Float:
    return leg.at(leg.strike_s + MIDDLE * leg.contact_s, series)


def _at_peak(leg: Leg, series: Float) -> Float:
    """(n,) a series at the moment of stance at which its curve averaged over the strides peaks."""
    stance = np.linspace(0, 1, GRID)
    curves = leg.at(leg.strike_s[:, None] + stance * leg.contact_s[:, None], series)
    whole = curves[np.isfinite(curves).all(axis=1)]
    if not len(whole):
        return np.full(len(curves), np.nan)
    first, last = (round(share * (GRID - 1)) for share in PEAK_WINDOW)
    peak = first + int(whole.mean(axis=0)[first : last + 1].argmax())
    return np.asarray(curves[:, peak])


def _step_px(leg: Leg) -> Float:
    """(n,) px from the left to the right foot, each at its mid-stance.

    The foot of the other side against the mean of the contacts before and after it, so that
    drifting across the belt cancels.
    """

    def foot(side: Side) -> Float:
        points = [
            frontal_geometry.frontal(leg.trial, f"{side}_{name}")[:, 0]
            for name in ("ankle", "heel")
        ]
        return np.asarray(np.mean(points, axis=0))

    half_s = MIDDLE * leg.contact_s
    own = foot(leg.side)
    here = (leg.at(leg.strike_s + half_s, own) + leg.at(leg.next_strike_s + half_s, own)) / 2
    there = leg.at(leg.other_strike_s + half_s, foot(opposite(leg.side)))
    return frontal_geometry.medial(leg) * (there - here)
