"""How far a job of the page is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

State = Literal["waiting", "running", "done", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class Status:
    """How far one job is at one moment."""

    id: str
    """Cannot be guessed."""
    name: str
    """What the user calls the video."""
    state: State = "waiting"
    """"done" and later ones do not change any more."""
    stage: str = "reading"
    """"reading", "pose" or "overlay"."""
    fraction: float = 0.0
    """How much of the work is done, 0 to 1."""
    remaining_s: float | None = None
    """Estimate, once there is one."""
    problem: str = ""
    hint: str = ""
    """`problem` and `hint`: what went wrong and what to do, if it failed."""
    run: str | None = None
    """Name of the run folder in the workspace, when done."""
    people: int = 0
    """If it failed because the runner has to be chosen: among how many."""
    picture: Path | None = None
    """Shows them, numbered."""

    @property
    def over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in ("done", "failed", "cancelled")
