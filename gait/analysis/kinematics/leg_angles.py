"""Angles of one leg in every frame from the side: what metrics, curves and drawings all read.

Where BlazePose is known to draw a joint wrongly, this is the one place where that is put right, so
that a metric is always a value of the curve that is shown. Signs: `gait.analysis.angles`.
"""

from __future__ import annotations

import numpy as np

from gait.analysis import angles
from gait.analysis.stance import SOLE_DOWN
from gait.analysis.trial import Leg
from gait.knowledge import PoseCorrection, knowledge
from gait.types import Float


def knee_flexion(leg: Leg) -> Float:
    """(T,) flexion of the knee in degrees."""
    seen = angles.knee_flexion(leg.point("hip"), leg.point("knee"), leg.point("ankle"))
    known = _correction(leg)
    return known.knee_gain * seen + (known.knee_far_deg if leg.far else 0.0)


def thigh(leg: Leg) -> Float:
    """(T,) angle of the thigh to the vertical in degrees, knee ahead of the hip positive."""
    return angles.segment_angle(leg.point("hip"), leg.point("knee")) + _correction(leg).thigh_deg


def shank(leg: Leg) -> Float:
    """(T,) angle of the shank to the vertical in degrees, ankle ahead of the knee positive."""
    return angles.segment_angle(leg.point("knee"), leg.point("ankle"))


def foot(leg: Leg) -> Float:
    """(T,) angle of the foot to the ground in degrees, toe up positive; the flat foot is 0."""
    seen = angles.foot_angle(leg.point("heel"), leg.point("foot_index"))
    return angles.wrap_deg(seen - flat_foot_deg(leg))


def ankle_dorsiflexion(leg: Leg) -> Float:
    """(T,) dorsiflexion of the ankle in degrees; the flat foot on a vertical shank is 0."""
    return angles.wrap_deg(foot(leg) - shank(leg))


def trunk_lean(leg: Leg) -> Float:
    """(T,) forward lean of the trunk in degrees."""
    lean = angles.trunk_lean(leg.trial.middle("hip"), leg.trial.middle("shoulder"))
    return lean + _correction(leg).trunk_deg


def flat_foot_deg(leg: Leg) -> float:
    """Angle of the flat foot: one value for the video, because it belongs to shoe and model."""
    seen = angles.foot_angle(leg.point("heel"), leg.point("foot_index"))
    share = np.linspace(*SOLE_DOWN, 11)
    samples = leg.at(leg.strike_s[:, None] + share * leg.contact_s[:, None], seen)
    found = samples[np.isfinite(samples)]
    return float(np.median(found)) if found.size else float("nan")


def _correction(leg: Leg) -> PoseCorrection:
    return knowledge().correction(by_blazepose=leg.trial.track.by_blazepose)
