"""Vertical force, stiffness, load per kilometre and running style, from contact times and cadence.

Nothing here is felt: a force is what contact and stride times imply for a body that bounces like a
spring. Definitions and sources: ``gait/knowledge/metrics.toml``.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from gait.analysis.kinematics.registry import metric
from gait.analysis.kinematics.spatiotemporal import step_length
from gait.analysis.trial import Leg, Trial, UnmeasurableError
from gait.types import Float

GRAVITY: Final = 9.81
"""In m/s²."""

PEAKED: Final = 1.08
"""Real curves of force are more peaked than a half sine: on plates the peak was 1.03 times that of
the half sine in one runner at three speeds and 1.16 times in another; between the two lies what
published stiffness suggests (Morin 2005)."""

LEG_SHARE: Final = 0.53
"""Length of the leg in parts of stature (Winter 2009, used by Morin 2005)."""


@metric("peak_force", timed=True)
def peak_force(leg: Leg) -> Float:
    """Largest vertical force of a contact in body weights, flight phase or not."""
    return PEAKED * _half_sine_bw(leg)


@metric("step_impulse", pooled=True, timed=True)
def step_impulse(leg: Leg) -> Float:
    """Vertical impulse of a step in body weights times seconds: what carries the body on and on."""
    return leg.stride_s / 2


@metric("vertical_stiffness", timed=True)
def vertical_stiffness(leg: Leg) -> Float:
    """Peak force by how far the body sinks in contact, in body weights per metre (Morin 2005)."""
    return _half_sine_bw(leg) / _sinking_m(leg)


@metric("leg_stiffness", timed=True)
def leg_stiffness(leg: Leg) -> Float:
    """Peak force by how much the leg shortens, in body weights per metre (Morin 2005)."""
    length_m = leg_length_m(leg.trial)
    reach_m = np.minimum(leg.trial.belt_mps * leg.contact_s / 2, 0.95 * length_m)
    shortening_m = length_m - np.sqrt(length_m**2 - reach_m**2) + _sinking_m(leg)
    return _half_sine_bw(leg) / shortening_m


@metric("load_per_km", pooled=True, timed=True)
def load_per_km(leg: Leg) -> Float:
    """Peak forces of all steps of a kilometre added up, in body weights."""
    return 1000 / step_length(leg) * peak_force(leg)


@metric("step_rate_normalized", pooled=True, timed=True)
def step_rate_normalized(leg: Leg) -> Float:
    """Step rate times the root of leg length over gravity (van Oeveren 2021), without a unit."""
    return 2 / leg.stride_s * float(np.sqrt(leg_length_m(leg.trial) / GRAVITY))


def leg_length_m(trial: Trial) -> float:
    """Hip to ground from stature; `UnmeasurableError` if that is not known."""
    if trial.settings.height_m is None:
        raise UnmeasurableError("Needs the runner's height.")
    return LEG_SHARE * trial.settings.height_m


def _half_sine_bw(leg: Leg) -> Float:
    """pi / 2 x (flight / contact + 1) of Morin 2005, written with the duty factor."""
    if leg.trial.view.plane != "side":
        raise UnmeasurableError("Needs a video from the side.")
    force: Float = np.pi / 4 * leg.stride_s / leg.contact_s
    return force


def _sinking_m(leg: Leg) -> Float:
    """How far the centre of mass sinks in contact if the force is a half sine."""
    fall = GRAVITY * leg.contact_s**2 * (_half_sine_bw(leg) / np.pi**2 - 1 / 8)
    return np.where(fall > 0, fall, np.nan)
