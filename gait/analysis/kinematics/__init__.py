"""What is measured of the gait: one small function per metric, and what is said about it."""

from gait.analysis.kinematics import frontal, loads, sagittal, spatiotemporal
from gait.analysis.kinematics.measure import measure
from gait.analysis.kinematics.uncertainty import known_errors, summarize, withheld

__all__ = [
    "frontal",
    "known_errors",
    "loads",
    "measure",
    "sagittal",
    "spatiotemporal",
    "summarize",
    "withheld",
]
