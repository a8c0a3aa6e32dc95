"""What a report shows beside its words: pictures, charts, videos, what people added."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Picture:
    """A key frame."""

    file: str
    """Name to refer to it by."""
    jpeg: bytes
    """The picture."""
    side: str
    title: str
    caption: str
    alt: str
    """`side`, `title`, `caption` and `alt`: which leg, the moment, the angles drawn, and all of it
    for those who do not see it."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart."""

    file: str
    """Name to refer to it by."""
    svg: str
    """The drawing."""
    title: str
    alt: str
    """`title` and `alt`: what it shows, in short and for those who do not see it."""
    wide: bool = False
    """Whether it takes the width of the page."""


@dataclass(frozen=True, slots=True)
class Video:
    """One video: how it was taken, its pictures and charts."""

    title: str
    """What tells it from the others, to follow a heading; empty for a single video."""
    pictures: tuple[Picture, ...]
    """Key frames."""
    charts: tuple[Chart, ...]
    """Curves and contacts."""
    notes: tuple[str, str]
    """Below the pictures and below the charts."""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Whose report it is."""

    name: str = ""
    """Of the practice; empty without."""
    png: bytes = b""
    """Its logo; empty without."""
    file: str = ""
    """Name to refer to the logo by; empty without."""


@dataclass(frozen=True, slots=True)
class Added:
    """What people added to the analysis."""

    notes: tuple[str, ...] = ()
    """Paragraphs of the clinician's notes."""
    chosen: tuple[Picture, ...] = ()
    """Pictures of the video that were chosen, with what was drawn on them."""
    letterhead: Letterhead = Letterhead()
    """Name and logo of the practice."""
