"""Pictures and charts of each video for the report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from gait.analysis.kinematics.waveforms import ANGLES, ensemble_average
from gait.analysis.results import Analysis
from gait.analysis.trial import Trial
from gait.present import wording
from gait.render import charts
from gait.render.key_frames import KeyFrame
from gait.report.figures import svg
from gait.report.pictures import Chart, Picture, Video

_NARROW_PX: Final = (210, 140)
_WIDE_PX: Final = (700, 58)


@dataclass(frozen=True, slots=True)
class ShownVideo:
    """One video as it was measured."""

    analysis: Analysis
    """Of this video alone."""
    trial: Trial
    """Its cleaned track."""
    pictures: tuple[KeyFrame, ...]
    """Its key frames."""
    from_video: bool
    """Whether they show the video, not lines alone."""
    chosen: tuple[Picture, ...] = ()
    """Pictures that somebody chose."""


def main_video(analysis: Analysis, shown_videos: Sequence[ShownVideo]) -> ShownVideo | None:
    """The video that the first page shows: that of the first finding, if one stands out."""
    sources = {s.metric: s.source for s in analysis.summaries if s.source}
    wanted = sources.get(analysis.findings[0].metric) if analysis.findings else None
    with_pictures = [shown for shown in shown_videos if shown.pictures]
    named = (s for s in with_pictures if s.analysis.video and s.analysis.video.name == wanted)
    return next(named, with_pictures[0] if with_pictures else None)


def side_shown(shown: ShownVideo, found: wording.Overview | None) -> str:
    """The leg of the first finding; else the near one; else any of which there are pictures."""
    first = next((f.side for f in (found.top if found else ()) if f.side != "both"), None)
    sides = [picture.side for picture in shown.pictures]
    wanted = (first, shown.analysis.view.near_side)
    return next((side for side in wanted if side in sides), None) or sides[0]


def pictures(shown: ShownVideo, video: int, side: str | None = None) -> tuple[Picture, ...]:
    """The key frames of a video with what is said below and instead of them.

    Parameters
    ----------
    shown : ShownVideo
        The video.
    video : int
        Its number, for the names of the files.
    side : str, optional
        Only those of this foot.
    """
    view = shown.analysis.view
    return tuple(
        Picture(
            file=f"frame-{video}-{i}.jpg",
            jpeg=p.jpeg,
            side=p.side,
            title=f"{p.side.capitalize()} {p.moment}",
            caption=", ".join(_angle(name, *value) for name, value in p.angles.items())
            + ("*" if p.angles and view.near_side not in (None, p.side) else ""),
            alt=f"The runner {wording.view_words(view)} at {p.moment} of the {p.side} foot, "
            f"{p.time_s:.2f} s into the video"
            + (", with the angles of the caption drawn." if p.angles else "."),
        )
        for i, p in enumerate(shown.pictures)
        if side in (None, p.side)
    )


def _angle(name: str, degrees: float, half: float) -> str:
    """Not torn apart at the end of a line."""
    return f"{name} {round(degrees)}° ± {half:.0f}".replace(" ", "\N{NO-BREAK SPACE}")


def picture_note(shown: ShownVideo) -> str:
    """What stands below all pictures of a video."""
    lines = "White lines: zero of each angle, ± is its 95 % interval. " if shown.pictures else ""
    return lines + (
        "One stride, the one nearest to the mean of all."
        if shown.from_video
        else "One stride, the one nearest to the mean of all, drawn without the video."
    )


def video(shown: ShownVideo, index: int, n_videos: int) -> Video:
    """Pictures and charts of one video.

    Charts are drawn here, which takes most of the time of a report.

    Parameters
    ----------
    shown : ShownVideo
        The video.
    index : int
        Its number.
    n_videos : int
        How many there are.
    """
    analysis = shown.analysis
    title = next(iter(wording.filmed(analysis)))
    curves = ensemble_average(shown.trial)
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
    return Video(
        title=f" {title}" if n_videos > 1 else "",
        pictures=pictures(shown, index),
        charts=tuple(drawn),
        notes=(
            picture_note(shown) if shown.pictures else "",
            " ".join([*notes, wording.CONTACTS] if drawn else notes),
        ),
    )
