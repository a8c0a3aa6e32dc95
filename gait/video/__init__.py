"""The only door to video.

Times count from the first frame shown and come from the container, never from a nominal frame
rate: phones record at a variable rate, and an assumed rate would scale every result.
"""

from gait.video.ahead import decoded_ahead
from gait.video.containers import VIDEO_TYPES
from gait.video.reading import Frame, filmed_at, frames, probe, timestamps
from gait.video.writing import KEYFRAME_INTERVAL, Writer

__all__ = [
    "KEYFRAME_INTERVAL",
    "VIDEO_TYPES",
    "Frame",
    "Writer",
    "decoded_ahead",
    "filmed_at",
    "frames",
    "probe",
    "timestamps",
]
