"""Right minus left of every metric that both legs have, with an interval of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from gait.analysis.kinematics.measure import Measured
from gait.analysis.results import SideDifference, Summary
from gait.knowledge import knowledge
from gait.types import SIDES, Z95, Activity, DifferenceAnswer

_WITHIN: Final[DifferenceAnswer] = "within what healthy runners show"
_UNCLEAR: Final[DifferenceAnswer] = "cannot be told from what healthy runners show"
_BEYOND: Final[DifferenceAnswer] = "more than healthy runners differ"


def side_differences(
    measured: Measured, summaries: tuple[Summary, ...]
) -> tuple[SideDifference, ...]:
    """Right minus left of every metric that has a value on both sides.

    The interval is that of two independent values, less what cancels: late strikes and toe-offs
    that both feet share, a camera that is rolled seen from the side, and the part of the errors of
    keypoints that both legs have in common. From behind or in front, roll and yaw of the camera
    move the legs in opposite directions: there the interval becomes wider instead.

    Parameters
    ----------
    measured : Measured
        Every metric in every stride. Healthy ranges are those of runners and given only for
        running.
    summaries : tuple of Summary
        Of the metrics, as they are given to the user.

    Returns
    -------
    tuple of SideDifference
        In the order of the summaries; none where a leg has no value or a difference says nothing.
    """
    activity = measured.trial.activity
    return tuple(
        difference(left, right, _shared_variance((left, right), measured), activity)
        for left, right in both_legs(summaries)
    )


def both_legs(summaries: Sequence[Summary]) -> list[tuple[Summary, Summary]]:
    """The left and the right summary of every metric with a value on both sides."""
    by_key: Mapping[tuple[str, str], Summary] = {
        (s.metric, s.side): s for s in summaries if s.value is not None and s.ci95 is not None
    }
    metrics = dict.fromkeys(metric for metric, _ in by_key)
    return [
        (by_key[metric, "left"], by_key[metric, "right"])
        for metric in metrics
        if all((metric, side) in by_key for side in SIDES)
        and metric not in knowledge().differences.without
    ]


def difference(
    left: Summary, right: Summary, shared_variance: float, activity: Activity
) -> SideDifference:
    """Right minus left of one metric.

    Parameters
    ----------
    left, right : Summary
        With values.
    shared_variance : float
        Covariance of their errors, in the unit of the metric squared; negative if they err in
        opposite directions.
    activity : {"running", "walking", ...}
        What the person does.
    """
    assert left.value is not None
    assert right.value is not None
    value = right.value - left.value
    halves = [s.half**2 for s in (left, right) if s.half is not None]
    scatter = sum(Z95**2 * s.sd**2 / s.n for s in (left, right) if s.sd is not None and s.n)
    half = float(np.sqrt(max(sum(halves) - 2 * Z95**2 * shared_variance, scatter)))
    healthy = knowledge().differences.healthy.get(left.metric) if activity == "running" else None
    return SideDifference(
        metric=left.metric,
        name=left.name,
        unit=left.unit,
        tier=left.tier,
        value=value,
        ci95=(value - half, value + half),
        healthy=healthy,
        answer=None if healthy is None else _answer(abs(value), half, healthy),
        caveat=_caveat(left, right),
    )


def _answer(size: float, half: float, healthy: float) -> DifferenceAnswer:
    if size + half <= healthy:
        return _WITHIN
    return _BEYOND if size - half > healthy else _UNCLEAR


def _caveat(left: Summary, right: Summary) -> str | None:
    far = next((s.side for s in (left, right) if s.far_side), None)
    if far is not None:
        return (
            f"The {far} leg is the far one, partly hidden: film the other side as well before "
            "making anything of a difference."
        )
    return left.caveat or right.caveat


def _shared_variance(legs: tuple[Summary, Summary], measured: Measured) -> float:
    """Covariance of the constant errors of the legs."""
    metric, plane = legs[0].metric, measured.trial.view.plane
    camera_sds = []
    for side in SIDES:
        sample = measured.samples[metric, side]
        if isinstance(sample, str):
            return 0.0
        camera_sds.append(sample.systematic.sd)
    known, bias = knowledge().differences, knowledge().event_bias_in(plane)
    left, right = (measured.slopes[metric, side] for side in SIDES)
    beside = plane == "side"
    events = (
        left.strike * right.strike * bias.strike_sd_s**2
        + left.off * right.off * bias.off_sd_s**2 * (known.off_shared if beside else 0.0)
        + left.side_difference * right.side_difference * bias.side_difference_sd_s**2
    )
    by_model = measured.trial.track.by_model
    landmarks = np.prod(
        [knowledge().keypoint_sd(metric, by_model=by_model, far=s.far_side) for s in legs]
    )
    camera = float(np.prod(camera_sds))
    if not beside:
        return events - camera
    return events + camera + known.landmark_shared * float(landmarks)
