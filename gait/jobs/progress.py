"""How far jobs are, and how long they will take."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Final, Literal

State = Literal["kept", "started", "done", "failed"]

_POSE_SHARE: Final = 0.85
"""Part of the time of a video that the pose takes if its overlay is drawn as well
(docs/accuracy.md, Speed)."""
_SURE_S: Final = 2.0
"""Before that, an estimate says more about the start than about the rest."""


class Tally:
    """Jobs counted by the size of their videos, which goes with the time they take.

    Parameters
    ----------
    sizes : Mapping of str to int
        Size of the video by id of the job.
    overlay : bool
        Whether overlay videos are drawn.
    pose : bool
        Whether anything but that is done.
    """

    def __init__(self, sizes: Mapping[str, int], overlay: bool, pose: bool = True) -> None:
        self._sizes = {job: max(size, 1) for job, size in sizes.items()}
        self._pose = pose * (_POSE_SHARE if overlay else 1.0)
        self._part = dict.fromkeys(sizes, 0.0)
        self._kept: set[str] = set()
        self._over: set[str] = set()
        self._began_s: float | None = None

    @property
    def n_over(self) -> int:
        """Jobs that need no more work."""
        return len(self._over)

    def change(self, job: str, state: State) -> None:
        """Take note of a new state of a job."""
        if state == "started":
            self._began_s = self._began_s or time.monotonic()
            return
        self._over.add(job)
        if state == "kept":
            self._kept.add(job)

    def hear(self, job: str, stage: str, done: int, total: int) -> float:
        """Take note of what a worker tells; returns how much of that job is done, 0 to 1.

        Parameters
        ----------
        job : str
            Its id.
        stage : str
            "reading", "pose", "overlay" or "report".
        done, total : int
            Of the stage, in frames.
        """
        if self._began_s is None or self.fraction() == 0:
            self._began_s = time.monotonic()
        start, share = {
            "pose": (0.0, self._pose),
            "overlay": (self._pose, 1 - self._pose),
            "report": (1.0, 0.0),
        }.get(stage, (0.0, 0.0))
        self._part[job] = start + share * done / max(total, 1)
        return self._part[job]

    def fraction(self) -> float:
        """How much is done of what was to be done when this run began, 0 to 1."""
        todo = {job: size for job, size in self._sizes.items() if job not in self._kept}
        done = sum(
            size * (1.0 if job in self._over else self._part[job]) for job, size in todo.items()
        )
        return done / sum(todo.values()) if todo else 1.0

    def remaining_s(self) -> float | None:
        """Estimate from what was done so far; None before there is anything to go by."""
        done = self.fraction()
        if self._began_s is None or done == 0:
            return None
        elapsed_s = time.monotonic() - self._began_s
        return elapsed_s * (1 - done) / done if elapsed_s > _SURE_S else None
