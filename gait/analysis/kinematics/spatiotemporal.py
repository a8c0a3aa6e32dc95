"""Times, lengths and heights. Definitions and sources: ``gait/knowledge/metrics.toml``."""

from __future__ import annotations

from gait.analysis.kinematics.registry import metric
from gait.analysis.stance import STILL
from gait.analysis.trial import Leg
from gait.types import Float, Side, opposite


@metric("cadence", pooled=True, timed=True)
def cadence(leg: Leg) -> Float:
    """Steps per minute."""
    return 120 / leg.stride_s


@metric("step_time", timed=True)
def step_time(leg: Leg) -> Float:
    """Seconds from this strike to that of the other foot."""
    return leg.step_s


@metric("stride_time", timed=True)
def stride_time(leg: Leg) -> Float:
    """Seconds between strikes of this foot."""
    return leg.stride_s


@metric("step_length")
def step_length(leg: Leg) -> Float:
    """Metres from this contact to that of the other foot."""
    if leg.trial.view.surface == "treadmill":
        return leg.trial.belt_mps * leg.step_s
    return _distance_m(leg, leg.other_strike_s, opposite(leg.side))


@metric("stride_length")
def stride_length(leg: Leg) -> Float:
    """Metres between contacts of this foot."""
    if leg.trial.view.surface == "treadmill":
        return leg.trial.belt_mps * leg.stride_s
    return _distance_m(leg, leg.next_strike_s, leg.side)


@metric("contact_time", timed=True)
def contact_time(leg: Leg) -> Float:
    """Milliseconds from strike to toe-off."""
    return 1000 * leg.contact_s


@metric("flight_time", timed=True)
def flight_time(leg: Leg) -> Float:
    """Milliseconds from toe-off to the strike of the other foot; negative is double support."""
    return 1000 * (leg.other_strike_s - leg.off_s)


@metric("duty_factor", timed=True)
def duty_factor(leg: Leg) -> Float:
    """Contact time in percent of stride time."""
    return 100 * leg.contact_s / leg.stride_s


@metric("vertical_oscillation", pooled=True)
def vertical_oscillation(leg: Leg) -> Float:
    """Rise of the trunk per step in cm."""
    return 100 * leg.trial.scale_m_per_px * _rise_px(leg)


@metric("vertical_oscillation_pct", pooled=True)
def vertical_oscillation_pct(leg: Leg) -> Float:
    """Rise of the trunk per step in percent of leg length."""
    return 100 * _rise_px(leg) / leg.trial.view.leg_px


@metric("vertical_ratio", pooled=True)
def vertical_ratio(leg: Leg) -> Float:
    """Rise of the trunk per step in percent of step length."""
    return 100 * leg.trial.scale_m_per_px * _rise_px(leg) / step_length(leg)


@metric("step_time_asymmetry", pooled=True)
def step_time_asymmetry(leg: Leg) -> Float:
    """Symmetry index of the two steps of a stride in percent, positive if the right is longer."""
    own, other = leg.step_s, leg.next_strike_s - leg.other_strike_s
    right, left = (own, other) if leg.side == "right" else (other, own)
    return 200 * (right - left) / (right + left)


def _distance_m(leg: Leg, later_strike_s: Float, later_side: Side) -> Float:
    """Metres along the ground from this contact to a later one of either foot."""

    def foot(side: Side) -> Float:
        heel, toe = (leg.trial.point(f"{side}_{name}")[:, 0] for name in ("heel", "foot_index"))
        return (heel + toe) / 2

    flat_s = STILL * leg.contact_s
    here = leg.at(leg.strike_s + flat_s, foot(leg.side))
    there = leg.at(later_strike_s + flat_s, foot(later_side))
    return leg.trial.scale_m_per_px * (there - here)


def _rise_px(leg: Leg) -> Float:
    """(n,) peak-to-peak height of the trunk in a step, without the drift over the stride.

    Read at the shoulders where there are any: they rise and fall with the pelvis, and a pose
    model flattens the movement of the hips by 5 to 26 % but that of the shoulders by 2 to 11 %.
    """
    trunk = "shoulder" if leg.trial.track.has("left_shoulder", "right_shoulder") else "hip"
    return leg.ranges(leg.trial.middle(trunk)[:, 1], leg.strike_s, leg.other_strike_s)
