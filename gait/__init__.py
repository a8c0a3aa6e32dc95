"""Running-gait analysis from one video, every number with its uncertainty.

Examples
--------
>>> from gait import Settings
>>> Settings(speed_mps=3.0, height_m=1.78).view is None
True
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gait.analysis.analyze import analyze_track
    from gait.analysis.results import Analysis
    from gait.comparison.compare import compare
    from gait.comparison.models import Comparison
    from gait.io import read
    from gait.pipeline import analyze
    from gait.settings import Settings
    from gait.types import GaitError, PoseTrack

__all__ = [
    "Analysis",
    "Comparison",
    "GaitError",
    "PoseTrack",
    "Settings",
    "analyze",
    "analyze_track",
    "compare",
    "read",
]

_HOME = {
    "Analysis": "gait.analysis.results",
    "Comparison": "gait.comparison.models",
    "GaitError": "gait.types",
    "PoseTrack": "gait.types",
    "Settings": "gait.settings",
    "analyze": "gait.pipeline",
    "analyze_track": "gait.analysis.analyze",
    "compare": "gait.comparison.compare",
    "read": "gait.io",
}


def __getattr__(name: str) -> Any:
    # Imported on first use: `gait --help` need not wait for scipy.
    if name not in _HOME:
        raise AttributeError(f"module 'gait' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOME[name]), name)
