"""How far a film can be trusted, in one word and the reasons for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gait.types import Analysis

SURE_OF_PLANE = 0.8
"""Below this confidence the film may have been taken from another side than was assumed."""

FEW_UNDECIDED = 0.02
"""Up to this share of frames with unclear sides a gap is bridged and no stride is lost."""


@dataclass(frozen=True, slots=True)
class FilmGrade:
    """The grade of a film.

    Parameters
    ----------
    level : {"good", "usable", "poor"}
        "poor": no number could be read from it.
    reasons : tuple of str
        Sentences that say what would make it better; empty for "good" alone.
    """

    level: Literal["good", "usable", "poor"]
    reasons: tuple[str, ...]


def grade(analysis: Analysis) -> FilmGrade:
    """Grade the film of an analysis.

    Parameters
    ----------
    analysis : Analysis
        What was found in it.

    Returns
    -------
    FilmGrade
        "good" if nothing stands in the way of any number.
    """
    quality, view = analysis.quality, analysis.view
    reasons = [*quality.notes, *view.limits]
    if view.plane_confidence < SURE_OF_PLANE:
        reasons.append(
            f"It is not certain that this is a {view.plane} view: say where the camera stood."
        )
    if quality.swaps_undecided > FEW_UNDECIDED * quality.n_frames:
        reasons.append(
            f"In {quality.swaps_undecided} frame(s) left and right leg could not be told apart."
        )
    if all(s.value is None for s in analysis.summaries):
        return FilmGrade("poor", tuple(reasons))
    return FilmGrade("usable" if reasons else "good", tuple(reasons))
