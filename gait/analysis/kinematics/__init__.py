"""What is measured of the gait: one small function per metric, and what is said about it."""

from gait.analysis.kinematics import frontal, sagittal, spatiotemporal
from gait.analysis.kinematics.measure import measure
from gait.analysis.kinematics.registry import REGISTRY
from gait.analysis.kinematics.uncertainty import (
    STRIDE_VARIABILITY,
    known_errors,
    summarize,
    withheld,
)

METRIC_IDS = (*REGISTRY, STRIDE_VARIABILITY)
"""Every metric that can appear in a summary."""

__all__ = [
    "METRIC_IDS",
    "frontal",
    "known_errors",
    "measure",
    "sagittal",
    "spatiotemporal",
    "summarize",
    "withheld",
]
