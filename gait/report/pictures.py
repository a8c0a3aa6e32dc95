"""What a report shows beside its words: pictures, charts, videos, what people added."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Picture:
    """A key frame.

    Parameters
    ----------
    file : str
        Name to refer to it by.
    jpeg : bytes
        The picture.
    side, title, caption, alt : str
        Which leg, the moment, the angles drawn, and all of it for those who do not see it.
    """

    file: str
    jpeg: bytes
    side: str
    title: str
    caption: str
    alt: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart.

    Parameters
    ----------
    file : str
        Name to refer to it by.
    svg : str
        The drawing.
    title, alt : str
        What it shows, in short and for those who do not see it.
    wide : bool
        Whether it takes the width of the page.
    """

    file: str
    svg: str
    title: str
    alt: str
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Video:
    """One video: how it was taken, its pictures and charts.

    Parameters
    ----------
    title : str
        What tells it from the others, to follow a heading; empty for a single video.
    pictures : tuple of Picture
        Key frames.
    charts : tuple of Chart
        Curves and contacts.
    notes : tuple of str
        Below the pictures and below the charts.
    """

    title: str
    pictures: tuple[Picture, ...]
    charts: tuple[Chart, ...]
    notes: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Whose report it is.

    Parameters
    ----------
    name : str
        Of the practice; empty without.
    png : bytes
        Its logo; empty without.
    file : str
        Name to refer to the logo by; empty without.
    """

    name: str = ""
    png: bytes = b""
    file: str = ""


@dataclass(frozen=True, slots=True)
class Added:
    """What people added to the analysis.

    Parameters
    ----------
    notes : tuple of str
        Paragraphs of the clinician's notes.
    chosen : tuple of Picture
        Pictures of the video that were chosen, with what was drawn on them.
    letterhead : Letterhead
        Name and logo of the practice.
    """

    notes: tuple[str, ...] = ()
    chosen: tuple[Picture, ...] = ()
    letterhead: Letterhead = Letterhead()
