"""What is measured of the gait: one small function per metric, and what is said about it."""

from gait.analysis.kinematics import frontal, loads, sagittal, spatiotemporal
from gait.analysis.kinematics.measure import measure
from gait.analysis.kinematics.registry import REGISTRY
from gait.analysis.kinematics.uncertainty import (
    VARIABILITY,
    known_errors,
    summarize,
    withheld,
)

METRIC_IDS = (*REGISTRY, *VARIABILITY)
"""Every metric that can appear in a summary."""

__all__ = [
    "METRIC_IDS",
    "frontal",
    "known_errors",
    "loads",
    "measure",
    "sagittal",
    "spatiotemporal",
    "summarize",
    "withheld",
]
