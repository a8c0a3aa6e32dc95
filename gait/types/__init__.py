"""The nouns that everything shares: one pose track, what is told about a video, and the errors.

Arrays live in frozen dataclasses that check themselves; results are frozen pydantic models whose
JSON is the file format.
"""

from __future__ import annotations

from gait.types.errors import (
    GaitError,
    ModelError,
    OutputError,
    PersonError,
    PoseError,
    TrackError,
    UsageError,
    VideoError,
)
from gait.types.models import Contributor, Cue, Evidence, FrozenModel, Outcome, Study, VideoInfo
from gait.types.pose_track import PoseTrack
from gait.types.words import (
    SIDES,
    Z95,
    Activity,
    DifferenceAnswer,
    Direction,
    Float,
    Grade,
    Injury,
    Plane,
    Sex,
    Side,
    TimeBase,
    VideoLevel,
    opposite,
)

__all__ = [
    "SIDES",
    "Z95",
    "Activity",
    "Contributor",
    "Cue",
    "DifferenceAnswer",
    "Direction",
    "Evidence",
    "Float",
    "FrozenModel",
    "GaitError",
    "Grade",
    "Injury",
    "ModelError",
    "Outcome",
    "OutputError",
    "PersonError",
    "Plane",
    "PoseError",
    "PoseTrack",
    "Sex",
    "Side",
    "Study",
    "TimeBase",
    "TrackError",
    "UsageError",
    "VideoError",
    "VideoInfo",
    "VideoLevel",
    "opposite",
]
