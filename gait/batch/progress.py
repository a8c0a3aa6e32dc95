"""How far a session is, and how long it will take."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Final

from gait.batch.schedule import State
from gait.batch.session import SessionVideo

POSE_SHARE: Final = 0.85
"""Part of the time of a video that the pose takes if its overlay is drawn as well."""


class Tally:
    """Videos counted by the size of their videos, which goes with the time they take.

    Parameters
    ----------
    sizes : Mapping of str to int
        Size of the video by name of the video.
    overlay : bool
        Whether overlay videos are drawn.
    """

    def __init__(self, sizes: Mapping[str, int], overlay: bool) -> None:
        self._sizes = {name: max(size, 1) for name, size in sizes.items()}
        self._pose = POSE_SHARE if overlay else 1.0
        self._part = dict.fromkeys(sizes, 0.0)
        self._kept: set[str] = set()
        self._over: set[str] = set()
        self._began_s: float | None = None

    @property
    def n_over(self) -> int:
        """Videos that need no more work."""
        return len(self._over)

    def change(self, entry: SessionVideo, state: State) -> None:
        """Take note of a new state of a video."""
        if state == "started":
            self._began_s = self._began_s or time.monotonic()
            return
        self._over.add(entry.name)
        if state == "kept":
            self._kept.add(entry.name)

    def hear(self, name: str, stage: str, done: int, total: int) -> float:
        """Take note of what a worker tells.

        Parameters
        ----------
        name : str
            Of the video.
        stage : str
            "reading", "pose", "overlay" or "report".
        done, total : int
            Of the stage, in frames.

        Returns
        -------
        float
            How much of that video is done, 0 to 1.
        """
        start, share = {
            "pose": (0.0, self._pose),
            "overlay": (self._pose, 1 - self._pose),
            "report": (1.0, 0.0),
        }.get(stage, (0.0, 0.0))
        self._part[name] = start + share * done / max(total, 1)
        return self._part[name]

    def fraction(self) -> float:
        """How much is done of what was to be done when this run began, 0 to 1."""
        todo = {name: size for name, size in self._sizes.items() if name not in self._kept}
        done = sum(
            size * (1.0 if name in self._over else self._part[name]) for name, size in todo.items()
        )
        return done / sum(todo.values()) if todo else 1.0

    def remaining_s(self) -> float | None:
        """Estimate from what was done so far; None before there is anything to go by."""
        done = self.fraction()
        if self._began_s is None or done == 0:
            return None
        return (time.monotonic() - self._began_s) * (1 - done) / done
