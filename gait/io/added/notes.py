"""What a clinician leaves with a run: notes, and pictures with lines and angles drawn by hand."""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
from pydantic import Field, ValidationError, model_validator

from gait.io.ours import drop, require_ours
from gait.io.run_folder import RunFolder
from gait.io.visit import visit_of
from gait.sanitize.files import read_text
from gait.types import FrozenModel, Side, UsageError

_NEEDED: Final = {"line": 2, "angle": 3}
_LEVEL_DEG: Final = 45.0

MOST_MARKS: Final = 20
"""In one picture."""
MOST_PICTURES: Final = 60
"""Of one run."""
LONGEST_NOTE: Final = 1200
"""Characters: the runner's report is one sheet of paper with the notes on it."""


class Mark(FrozenModel):
    """A line or an angle drawn by hand.

    `points` are px of the video, x to the right and y down: both ends of a line; of an angle one
    end, its vertex, and the other end.
    """

    kind: Literal["line", "angle"]
    points: tuple[tuple[float, float], ...]

    @model_validator(mode="after")
    def _complete(self) -> Mark:
        ends = np.asarray(self.points, float)
        if ends.shape != (_NEEDED[self.kind], 2) or (np.abs(ends) > 1e5).any():
            raise ValueError(f"{self.kind} with {len(self.points)} points")
        if (np.hypot(*np.diff(ends, axis=0).T) == 0).any():
            raise ValueError("two points are the same")
        return self

    @property
    def degrees(self) -> float:
        """The angle, 0 to 180; of a line how far it leans from the level or the upright.

        Examples
        --------
        >>> Mark(kind="angle", points=((0, 1), (0, 0), (1, 0))).degrees
        90.0
        >>> Mark(kind="line", points=((0, 0), (1, 10))).words
        'line, 6° from upright'
        """
        ends = np.asarray(self.points, float)
        if self.kind == "line":
            return min(self._from_level, 90 - self._from_level)
        one, other = ends[0] - ends[1], ends[2] - ends[1]
        turned = one[0] * other[1] - one[1] * other[0]
        return abs(float(np.degrees(np.arctan2(turned, one @ other))))

    @property
    def words(self) -> str:
        """What is said of it: no interval, a hand has none that is known."""
        if self.kind == "angle":
            return f"angle {self.degrees:.0f}°"
        where = "level" if self._from_level <= _LEVEL_DEG else "upright"
        return f"line, {self.degrees:.0f}° from {where}"

    @property
    def _from_level(self) -> float:
        run, rise = np.abs(np.diff(np.asarray(self.points, float), axis=0)[0])
        return float(np.degrees(np.arctan2(rise, run)))


class MarkedPicture(FrozenModel):
    """One picture of the video that was chosen, with what was drawn on it.

    `video_s` is where it is in the video, seconds as it plays; `side` is the leg whose angles are
    drawn in it.
    """

    video_s: float = Field(ge=0)
    side: Side = "left"
    marks: tuple[Mark, ...] = Field(default=(), max_length=MOST_MARKS)
    in_report: bool = True


class Notes(FrozenModel):
    """All that a clinician left with a run."""

    text: str = Field(default="", max_length=LONGEST_NOTE)
    text_in_report: bool = False
    pictures: tuple[MarkedPicture, ...] = Field(default=(), max_length=MOST_PICTURES)

    def picture(self, video_s: float) -> MarkedPicture | None:
        """The picture at a moment of the video, if it was chosen."""
        near = (p for p in self.pictures if abs(p.video_s - video_s) < _SAME_S)
        return next(near, None)

    def with_picture(self, video_s: float, picture: MarkedPicture | None) -> Notes:
        """The same with another picture at a moment; None takes it away."""
        others = [p for p in self.pictures if abs(p.video_s - video_s) >= _SAME_S]
        every = [*others, picture] if picture is not None else others
        kept = sorted(every, key=lambda p: p.video_s)
        return Notes(text=self.text, text_in_report=self.text_in_report, pictures=tuple(kept))


_SAME_S: Final = 5e-4
"""Of two pictures of a video none are closer: a thousand per second."""


def kept_notes(run: RunFolder) -> Notes:
    """What was left with a run; UsageError if it cannot be read."""
    if not run.notes.exists():
        return Notes()
    try:
        return Notes.model_validate_json(read_text(run.notes))
    except (UsageError, ValidationError) as e:
        raise UsageError(
            f"{run.notes} is damaged, or not of gaitlens.",
            "Move it away, and write the notes anew.",
        ) from e


def keep_notes(run: RunFolder, notes: Notes) -> None:
    """Leave notes with a run; none at all take the file away, and reports with older ones go.

    Raises
    ------
    OutputError
        If they cannot be written, or what lies there is somebody's. Nothing was changed.
    UsageError
        If what lies there cannot be read: it may be somebody's. Nothing was changed.
    """
    kept_notes(run)
    require_ours(run.notes)
    visit = visit_of(run)
    with run.writing():
        drop(*run.reports)
        if visit is not None:
            drop(*visit.reports)
        if notes == Notes():
            drop(run.notes)
            return
        with run.replacing(run.notes) as temporary:
            temporary.write_text(
                notes.model_dump_json(indent=2) + "\n", encoding="utf-8", newline="\n"
            )
