"""Pictures and charts of each film for the report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from gait.analysis.kinematics.registry import Clip
from gait.analysis.kinematics.waveforms import ANGLES, average
from gait.present import wording
from gait.render import charts
from gait.render.key_frames import KeyFrame
from gait.report.content import Chart, Film, Picture
from gait.report.figures import svg
from gait.types import Analysis

_NARROW_PX: Final = (210, 140)
_WIDE_PX: Final = (700, 58)


@dataclass(frozen=True, slots=True)
class Shot:
    """One film as it was measured.

    Parameters
    ----------
    analysis : Analysis
        Of this film alone.
    clip : Clip
        Its cleaned track.
    pictures : tuple of KeyFrame
        Its key frames.
    from_film : bool
        Whether they show the film, not lines alone.
    """

    analysis: Analysis
    clip: Clip
    pictures: tuple[KeyFrame, ...]
    from_film: bool


def main_shot(analysis: Analysis, shots: Sequence[Shot]) -> Shot | None:
    """The film that the first page shows: that of the first finding, if one stands out."""
    sources = {s.metric: s.source for s in analysis.summaries if s.source}
    wanted = sources.get(analysis.findings[0].metric) if analysis.findings else None
    with_pictures = [shot for shot in shots if shot.pictures]
    named = (s for s in with_pictures if s.analysis.video and s.analysis.video.name == wanted)
    return next(named, with_pictures[0] if with_pictures else None)


def side_shown(shot: Shot, found: wording.Overview | None) -> str:
    """The leg of the first finding; else the near one; else any of which there are pictures."""
    first = next((f.side for f in (found.top if found else ()) if f.side != "both"), None)
    sides = [picture.side for picture in shot.pictures]
    wanted = (first, shot.analysis.view.near_side)
    return next((side for side in wanted if side in sides), None) or sides[0]


def pictures(shot: Shot, film: int, side: str | None = None) -> tuple[Picture, ...]:
    """The key frames of a film with what is said below and instead of them.

    Parameters
    ----------
    shot : Shot
        The film.
    film : int
        Its number, for the names of the files.
    side : str, optional
        Only those of this foot.

    Returns
    -------
    tuple of Picture
        In the order of the key frames.
    """
    view = shot.analysis.view
    return tuple(
        Picture(
            file=f"frame-{film}-{i}.jpg",
            jpeg=p.jpeg,
            side=p.side,
            title=f"{p.side.capitalize()} {p.moment}",
            caption=", ".join(_angle(name, *value) for name, value in p.angles.items())
            + ("*" if p.angles and view.near_side not in (None, p.side) else ""),
            alt=f"The runner {wording.view_words(view)} at {p.moment} of the {p.side} foot, "
            f"{p.time_s:.2f} s into the film"
            + (", with the angles of the caption drawn." if p.angles else "."),
        )
        for i, p in enumerate(shot.pictures)
        if side in (None, p.side)
    )


def _angle(name: str, degrees: float, half: float) -> str:
    """Not torn apart at the end of a line."""
    return f"{name} {round(degrees)}° ± {half:.0f}".replace(" ", "\N{NO-BREAK SPACE}")


def picture_note(shot: Shot) -> str:
    """What stands below all pictures of a film."""
    lines = "White lines: zero of each angle, ± is its 95 % interval. " if shot.pictures else ""
    return lines + (
        "One stride, the one nearest to the mean of all."
        if shot.from_film
        else "One stride, the one nearest to the mean of all, drawn without the film."
    )


def film(shot: Shot, index: int, n_films: int) -> Film:
    """Pictures and charts of one film.

    Parameters
    ----------
    shot : Shot
        The film.
    index : int
        Its number.
    n_films : int
        How many there are.

    Returns
    -------
    Film
        Charts are drawn here, which takes most of the time of a report.
    """
    analysis = shot.analysis
    title = next(iter(wording.filmed(analysis)))
    curves = average(shot.clip, analysis.strides)
    drawn = []
    for angle, info in ANGLES.items():
        own = [curve for curve in curves if curve.angle == angle]
        if own:
            drawn.append(
                Chart(
                    f"curve-{index}-{angle}.svg",
                    svg(charts.stride_curve(own, analysis), *_NARROW_PX),
                    info.name,
                    f"{info.name} over the average stride, left and right.",
                )
            )
    if any(analysis.events):
        drawn.append(
            Chart(
                f"contacts-{index}.svg",
                svg(charts.contact_timeline(analysis), *_WIDE_PX),
                "Feet on the ground",
                "Contacts of the left and right foot over time.",
                wide=True,
            )
        )
    strides = ", ".join(f"{c.n} {c.side}" for c in curves if c.angle == curves[0].angle)
    notes = [wording.CURVES.format(strides=strides)] if curves else []
    return Film(
        title=f" {title}" if n_films > 1 else "",
        pictures=pictures(shot, index),
        charts=tuple(drawn),
        notes=(
            picture_note(shot) if shot.pictures else "",
            " ".join([*notes, wording.CONTACTS] if drawn else notes),
        ),
    )
