"""The only door to video.

Times count from the first frame shown and come from the container, never from a nominal frame
rate: phones record at a variable rate, and an assumed rate would scale every result.
"""

from gait.video.reading import FILM_TYPES, Frame, frames, probe, timestamps
from gait.video.writing import KEYFRAME_INTERVAL, Writer

__all__ = ["FILM_TYPES", "KEYFRAME_INTERVAL", "Frame", "Writer", "frames", "probe", "timestamps"]
