"""How far a job of the page is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

State = Literal["waiting", "running", "done", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class Status:
    """How far one job is at one moment.

    Parameters
    ----------
    id : str
        Cannot be guessed.
    name : str
        What the user calls the video.
    state : {"waiting", "running", "done", "failed", "cancelled"}
        "done" and later ones do not change any more.
    stage : str
        "reading", "pose" or "overlay".
    fraction : float
        How much of the work is done, 0 to 1.
    remaining_s : float, optional
        Estimate, once there is one.
    problem, hint : str
        What went wrong and what to do, if it failed.
    run : str, optional
        Name of the run folder in the workspace, when done.
    people : int
        If it failed because the runner has to be chosen: among how many.
    picture : Path, optional
        Shows them, numbered.
    """

    id: str
    name: str
    state: State = "waiting"
    stage: str = "reading"
    fraction: float = 0.0
    remaining_s: float | None = None
    problem: str = ""
    hint: str = ""
    run: str | None = None
    people: int = 0
    picture: Path | None = None

    @property
    def over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in ("done", "failed", "cancelled")
