"""What a report says, ready to be set: text, numbers as text, pictures; no layout and no markup."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from gait.present.blocks import Block
from gait.report.pictures import Added, Picture, Video

Reader = Literal["runner", "clinician"]

CHOSEN_NOTE: Final = (
    "Yellow: drawn by hand, as the picture shows it. Such an angle has no known interval."
)
"""Below pictures that somebody chose."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One value on the scale of healthy runners, in percent of its width."""

    side: str
    """Which leg: "left", "right" or "both"."""
    low: float
    value: float
    high: float
    """`low`, `value` and `high`: interval and value; 30 to 70 is the typical range."""


@dataclass(frozen=True, slots=True)
class Number:
    """One measure, left beside right."""

    group: str
    name: str
    unit: str
    """`group`, `name` and `unit`: what was measured, and the part of the stride it belongs to."""
    left: str
    right: str
    """`left` and `right`: values with their half-interval; empty where there is none."""
    pooled: str
    """Value of both legs together, if it is not one of each."""
    typical: str
    """Range of healthy runners."""
    marks: tuple[Mark, ...]
    """The same as a drawing, where there is a typical range."""
    drawing: str
    """What the drawing shows, in words."""
    strides: str
    between: str
    """`strides` and `between`: how many strides, and the standard deviation between them."""
    remarks: str
    """Video, classes, flags, "trend only"."""
    main: bool
    """Whether it is one of the main numbers."""


@dataclass(frozen=True, slots=True)
class Link:
    """What research says of one deviation and one injury."""

    injury: str
    grade: str
    wording: str
    population: str
    """`injury`, `grade`, `wording` and `population`: the link, how well it is supported, and in
    whom."""
    studies: tuple[str, ...]
    counter: tuple[str, ...]
    """`studies` and `counter`: what was found, and what speaks against it; numbers in brackets are
    sources."""


@dataclass(frozen=True, slots=True)
class Point:
    """Something that stands out, or that runners ask about."""

    title: str
    tag: str
    """`title` and `tag`: the measure, and whether a deviation is linked with an injury; no tag for
    a mere note."""
    linked: bool
    """Whether it is."""
    measured: str
    typical: str
    wording: str
    cue: str
    """`measured`, `typical`, `wording` and `cue`: sentences; no cue is empty."""
    links: tuple[Link, ...]
    """The evidence."""


@dataclass(frozen=True, slots=True)
class Advice:
    """What the answers to the questionnaire lead to."""

    title: str
    """How urgent it is."""
    urgent: bool
    """Whether it withholds advice on running form."""
    action: str
    why: str
    """`action` and `why`: what to do and why; no action is empty."""
    also_title: str
    """Heading of the rest."""
    also: tuple[tuple[str, str], ...]
    """What else goes with the pain, and how well that is supported."""


@dataclass(frozen=True, slots=True)
class ForComplaint:
    """What was studied for the pain at one place."""

    title: str
    """Where it hurts."""
    first: tuple[str, ...]
    """What is better documented than running form."""
    measures: tuple[tuple[str, str, str, str, str], ...]
    """With the best evidence first: the measure, the side that studies speak of, values with half
    of their interval, what they say or why there is none, and what the best of the studies found.
    """
    tried: tuple[tuple[str, str], ...]
    """What has been tried: its name, and dose, caution and condition."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason why legs ache that the answers point to, or that belongs to all."""

    title: str
    text: str
    """`title` and `text`: a sentence or two."""
    points: tuple[tuple[str, str], ...]
    """Its parts: a name, and a sentence with its grade."""


@dataclass(frozen=True, slots=True)
class Details:
    """What a clinician reads beyond the first page."""

    evidence: tuple[Point, ...]
    """Everything that stands out or is noted, with what research says."""
    tables: tuple[Block, ...]
    """What goes with the numbers: the legs compared, load, style, economy."""
    videos: tuple[Video, ...]
    """Pictures, curves and contacts."""
    method: tuple[tuple[str, tuple[str, ...]], ...]
    """Headings and sentences: video and camera, how intervals are made, settings."""
    log: tuple[tuple[str, tuple[str, ...]], ...]
    """The same for developers: steps and versions."""
    limits: tuple[tuple[str, str], ...]
    """What it cannot do: a heading and a sentence each."""
    sources: tuple[str, ...]
    """Works cited, in the order of their numbers."""


@dataclass(frozen=True, slots=True)
class Report:
    """One report."""

    title: str
    """Runner or video."""
    facts: tuple[str, ...]
    """When and how it was filmed, in a few words each."""
    video: str
    video_level: str
    """`video` and `video_level`: the grade of the video in words and as an id."""
    video_reasons: tuple[str, ...]
    """What would make it better."""
    warning: str
    """Said of a video that does not show running."""
    advice: Advice | None
    """What the answers lead to."""
    points: tuple[Point, ...]
    more: tuple[Point, ...]
    """`points` and `more`: what stands out, and what is worth knowing besides."""
    answer: str
    hint: str
    """`answer` and `hint`: what the points mean; how more could be compared. Both empty if findings
    are withheld."""
    stop: tuple[str, ...]
    """Two parts of a sentence: when to see a clinician. Empty where the answers to the
    questionnaire say it, and for a clinician."""
    numbers: tuple[Number, ...]
    """All of them; the first page shows the main ones."""
    number_notes: tuple[str, ...]
    """How to read them."""
    typical_title: str
    """Heading of the typical ranges."""
    pictures: tuple[Picture, ...]
    """Of one foot, for the first page."""
    picture_note: str
    """Below them."""
    missing: tuple[tuple[str, str], ...]
    """Measures that are not given, and why."""
    complaints: tuple[ForComplaint, ...]
    """What was studied for the pain, if the answers say where it hurts."""
    reasons: tuple[Reason, ...]
    """Why legs ache: those that the answers point to."""
    tips: tuple[tuple[str, str], ...]
    """In short: a name and a sentence each; only with answers."""
    footer: tuple[str, ...]
    """What this is, and who made it."""
    details: Details | None
    """Only for a clinician."""
    added: Added
    """Notes, chosen pictures and letterhead."""
