"""Angles of every frame and over the average stride. Signs: `gait.analysis.angles`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from gait.analysis.kinematics import leg_angles
from gait.analysis.kinematics.frontal import projection_angle
from gait.analysis.kinematics.frontal_geometry import adduction, drop
from gait.analysis.kinematics.registry import REGISTRY
from gait.analysis.trial import Leg, Trial, UnmeasurableError
from gait.knowledge import knowledge
from gait.types import Z95, Float, Side

PHASE_PCT: Final = np.linspace(0, 100, 101)
"""Where an average stride is sampled: percent of the stride from strike to strike."""


@dataclass(frozen=True, slots=True)
class Angle:
    """An angle that can be read in every frame."""

    name: str
    """For reading."""
    metric: str
    """Metric of the same points; its errors from keypoints and camera are those of the angle."""
    typical: tuple[str, ...]
    """Metrics that are values of this curve: at strike, or the peak in stance or swing."""
    series: Callable[[Leg], Float]
    """(T,) degrees from a leg."""


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """One angle over the average stride of one leg."""

    angle: str
    """Id in `ANGLES`."""
    side: Side
    """Which leg."""
    n: int
    """Strides that it is the mean of."""
    mean_deg: Float
    sd_deg: Float
    """`mean_deg` and `sd_deg`: (101,) at `PHASE_PCT`; the SD is that between strides, NaN of a
    single stride."""
    off_pct: float
    """Mean toe-off in percent of the stride."""
    constant_sd_deg: float
    """SD of the constant error that keypoints and camera cause."""


@dataclass(frozen=True, slots=True, eq=False)
class Difference:
    """How one angle over the average stride of one leg differs between two videos."""

    before: Curve
    after: Curve
    """`before` and `after`: of the same angle and leg."""
    half_deg: Float
    """(101,) half of the 95 % interval of the difference, NaN where a video has a single stride."""

    @property
    def mean_deg(self) -> Float:
        """(101,) after minus before."""
        return self.after.mean_deg - self.before.mean_deg


Reading: TypeAlias = tuple[Float, float]
"""(T,) degrees and the 95 % half-interval that keypoints and camera cause in any of them."""


SAGITTAL: Final[Mapping[str, Angle]] = {
    "knee": Angle(
        "Knee flexion",
        "knee_flexion_ic",
        ("knee_flexion_ic", "knee_flexion_peak_stance", "knee_flexion_peak_swing"),
        leg_angles.knee_flexion,
    ),
    "thigh": Angle("Thigh to the vertical", "hip_extension_peak", (), leg_angles.thigh),
    "shank": Angle("Shin to the vertical", "tibia_angle_ic", (), leg_angles.shank),
    "foot": Angle("Foot to the ground", "foot_strike_angle", (), leg_angles.foot),
    "trunk": Angle("Forward trunk lean", "trunk_lean", (), leg_angles.trunk_lean),
}
"""In a video from the side, in the order in which they are shown."""

FRONTAL: Final[Mapping[str, Angle]] = {
    "pelvis": Angle("Pelvic drop", "pelvic_drop", ("pelvic_drop",), drop),
    "adduction": Angle("Hip adduction", "hip_adduction", ("hip_adduction",), adduction),
    "fppa": Angle("Knee frontal angle", "knee_fppa", (), projection_angle),
}
"""The same for a video from behind or in front: angles of the leg that stands."""

ANGLES: Final[Mapping[str, Angle]] = {**SAGITTAL, **FRONTAL}
"""All of them; no video shows both kinds."""


def readings(trial: Trial, side: Side) -> Mapping[str, Reading]:
    """Every angle of one leg in every frame, as far as this video shows it.

    Parameters
    ----------
    trial : Trial
        Its strides tell the flat foot.
    side : {"left", "right"}
        Which leg; from behind or in front the angles are those of a leg that stands.

    Returns
    -------
    Mapping of str to tuple
        By id in `ANGLES`: (T,) degrees, and their 95 % half-interval.
    """
    leg, beside = trial.leg(side), trial.view.plane == "side"
    found = {}
    for name, angle in (SAGITTAL if beside else FRONTAL).items():
        try:
            degrees, sd = angle.series(leg), constant_sd(leg, angle.metric)
        except UnmeasurableError:
            continue
        if np.isfinite(degrees).any():
            found[name] = degrees, Z95 * sd
    return found


def ensemble_average(trial: Trial) -> tuple[Curve, ...]:
    """Every angle over the average stride of each leg.

    Returns
    -------
    tuple of Curve
        None for a leg without a stride whose frames are all there. From behind or in front NaN
        after toe-off: angles there are those of a leg that stands.
    """
    return tuple(
        curve
        for leg in trial.legs
        for name, (degrees, _) in readings(trial, leg.side).items()
        if (curve := _averaged(leg, name, degrees)) is not None
    )


def constant_sd(leg: Leg, metric: str) -> float:
    """SD of the error that keypoints and camera cause in every frame of an angle alike.

    Parameters
    ----------
    leg : Leg
        Which leg; the far one is seen less well, what belongs to both legs is not.
    metric : str
        Made of the same points as the angle.
    """
    made = REGISTRY[metric]
    far = leg.far and not made.pooled
    points = knowledge().keypoint_sd(metric, by_model=leg.trial.track.by_model, far=far)
    return float(np.hypot(points, made.systematic(leg).sd))


def _averaged(leg: Leg, name: str, degrees: Float) -> Curve | None:
    """An angle over the average stride; None without a stride whose frames are all there."""
    at_s = leg.strike_s[:, None] + PHASE_PCT / 100 * leg.stride_s[:, None]
    each = leg.at(at_s, degrees)
    whole = np.isfinite(each).all(axis=1)
    n = int(whole.sum())
    if n == 0:
        return None
    share = leg.contact_s[whole] / leg.stride_s[whole]
    sd = each[whole].std(axis=0, ddof=1) if n > 1 else np.full(len(PHASE_PCT), np.nan)
    mean, off_pct = each[whole].mean(axis=0), 100 * float(share.mean())
    beside = leg.trial.view.plane == "side"
    sd_of_all = constant_sd(leg, ANGLES[name].metric)
    if not beside:
        mean, sd = (np.where(off_pct < PHASE_PCT, np.nan, x) for x in (mean, sd))
    return Curve(name, leg.side, n, mean, sd, off_pct, sd_of_all)


def difference(before: Curve, after: Curve, shared: float) -> Difference:
    """One angle after against before, phase by phase.

    Parameters
    ----------
    before, after : Curve
        Of the same angle and leg.
    shared : float
        Share of the variance of the constant error that is the same in both videos.

    Returns
    -------
    Difference
        Its interval holds for each phase by itself, from the scatter between strides, keypoints
        and camera.
    """
    scatter = before.sd_deg**2 / before.n + after.sd_deg**2 / after.n
    constant = (1 - shared) * (before.constant_sd_deg**2 + after.constant_sd_deg**2)
    return Difference(before, after, Z95 * np.sqrt(scatter + constant))
