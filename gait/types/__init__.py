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
from gait.types.pixel_signals import (
    CameraPath,
    DerivedSignals,
    KneeSignals,
    LegSignals,
    PelvicRoll,
    PelvisSignals,
    PeopleSignals,
    PixelSignals,
    SceneSignals,
    SharpnessSignals,
    SilhouetteSignals,
    TapeSignals,
    UprightLinesSignals,
)
from gait.types.pose_track import EXACT, PoseTrack
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
    "EXACT",
    "SIDES",
    "Z95",
    "Activity",
    "CameraPath",
    "Contributor",
    "Cue",
    "DerivedSignals",
    "DifferenceAnswer",
    "Direction",
    "Evidence",
    "Float",
    "FrozenModel",
    "GaitError",
    "Grade",
    "Injury",
    "KneeSignals",
    "LegSignals",
    "ModelError",
    "Outcome",
    "OutputError",
    "PelvicRoll",
    "PelvisSignals",
    "PeopleSignals",
    "PersonError",
    "PixelSignals",
    "Plane",
    "PoseError",
    "PoseTrack",
    "SceneSignals",
    "Sex",
    "SharpnessSignals",
    "Side",
    "SilhouetteSignals",
    "Study",
    "TapeSignals",
    "TimeBase",
    "TrackError",
    "UprightLinesSignals",
    "UsageError",
    "VideoError",
    "VideoInfo",
    "VideoLevel",
    "opposite",
]
