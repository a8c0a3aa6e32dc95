"""What can go wrong that somebody can put right."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gait.types.pose_track import PoseTrack


class GaitError(Exception):
    """Something a user can put right.

    Parameters
    ----------
    problem : str
        What is wrong, in one sentence.
    hint : str
        What to do next.
    """

    def __init__(self, problem: str, hint: str) -> None:
        super().__init__(problem, hint)
        self.problem = problem
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.problem} {self.hint}"


class UsageError(GaitError):
    """A setting or path that cannot work as given (exit code 2)."""


class VideoError(GaitError):
    """A video that cannot be read or written."""


class TrackError(GaitError):
    """A file of keypoints that cannot be read."""


class ModelError(GaitError):
    """The pose model is missing, damaged or cannot be fetched."""


class PoseError(GaitError):
    """No usable person in the video."""


class PersonError(PoseError):
    """Several people could be the runner: the user has to choose.

    Attributes
    ----------
    people : int
        How many there are, numbered from left to right.
    track : PoseTrack or None
        The boxes of everybody as signals (see `gait.pose.person_tracking`), for the picture to
        choose from.
    """

    people: int = 0
    track: PoseTrack | None = None


class OutputError(GaitError):
    """Results cannot be written where they should go."""
