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
    """One value on the scale of healthy runners, in percent of its width.

    Parameters
    ----------
    side : {"left", "right", "both"}
        Which leg.
    low, value, high : float
        Interval and value; 30 to 70 is the typical range.
    """

    side: str
    low: float
    value: float
    high: float


@dataclass(frozen=True, slots=True)
class Number:
    """One measure, left beside right.

    Parameters
    ----------
    group, name, unit : str
        What was measured, and the part of the stride it belongs to.
    left, right : str
        Values with their half-interval; empty where there is none.
    pooled : str
        Value of both legs together, if it is not one of each.
    typical : str
        Range of healthy runners.
    marks : tuple of Mark
        The same as a drawing, where there is a typical range.
    drawing : str
        What the drawing shows, in words.
    strides, between : str
        How many strides, and the standard deviation between them.
    remarks : str
        Video, classes, flags, "trend only".
    main : bool
        Whether it is one of the main numbers.
    """

    group: str
    name: str
    unit: str
    left: str
    right: str
    pooled: str
    typical: str
    marks: tuple[Mark, ...]
    drawing: str
    strides: str
    between: str
    remarks: str
    main: bool


@dataclass(frozen=True, slots=True)
class Link:
    """What research says of one deviation and one injury.

    Parameters
    ----------
    injury, grade, wording, population : str
        The link, how well it is supported, and in whom.
    studies, counter : tuple of str
        What was found, and what speaks against it; numbers in brackets are sources.
    """

    injury: str
    grade: str
    wording: str
    population: str
    studies: tuple[str, ...]
    counter: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Point:
    """Something that stands out, or that runners ask about.

    Parameters
    ----------
    title, tag : str
        The measure, and whether a deviation is linked with an injury; no tag for a mere note.
    linked : bool
        Whether it is.
    measured, typical, wording, cue : str
        Sentences; no cue is empty.
    links : tuple of Link
        The evidence.
    """

    title: str
    tag: str
    linked: bool
    measured: str
    typical: str
    wording: str
    cue: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Advice:
    """What the answers to the questionnaire lead to.

    Parameters
    ----------
    title : str
        How urgent it is.
    urgent : bool
        Whether it withholds advice on running form.
    action, why : str
        What to do and why; no action is empty.
    also_title : str
        Heading of the rest.
    also : tuple of tuple of str
        What else goes with the pain, and how well that is supported.
    """

    title: str
    urgent: bool
    action: str
    why: str
    also_title: str
    also: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class StudiedMeasure:
    """One measure that was studied for a complaint, beside the runner's own value.

    Parameters
    ----------
    name, studied, own, says : str
        The measure; the side that studies speak of and how well it is supported; values with half
        of their interval; what they say, or why there is none.
    found : str
        What the best of the studies found, and what speaks against it.
    """

    name: str
    studied: str
    own: str
    says: str
    found: str


@dataclass(frozen=True, slots=True)
class ForComplaint:
    """What was studied for the pain at one place.

    Parameters
    ----------
    title : str
        Where it hurts.
    first : tuple of str
        What is better documented than running form.
    measures : tuple of StudiedMeasure
        With the best evidence first.
    tried : tuple of tuple of str
        What has been tried: its name, and dose, caution and condition.
    """

    title: str
    first: tuple[str, ...]
    measures: tuple[StudiedMeasure, ...]
    tried: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason why legs ache that the answers point to, or that belongs to all.

    Parameters
    ----------
    title, text : str
        A sentence or two.
    points : tuple of tuple of str
        Its parts: a name, and a sentence with its grade.
    """

    title: str
    text: str
    points: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Details:
    """What a clinician reads beyond the first page.

    Parameters
    ----------
    evidence : tuple of Point
        Everything that stands out or is noted, with what research says.
    tables : tuple of Block
        What goes with the numbers: the legs compared, load, style, economy.
    videos : tuple of Video
        Pictures, curves and contacts.
    method : tuple of tuple
        Headings and sentences: video and camera, how intervals are made, settings.
    log : tuple of tuple
        The same for developers: steps and versions.
    limits : tuple of tuple of str
        What it cannot do: a heading and a sentence each.
    sources : tuple of str
        Works cited, in the order of their numbers.
    """

    evidence: tuple[Point, ...]
    tables: tuple[Block, ...]
    videos: tuple[Video, ...]
    method: tuple[tuple[str, tuple[str, ...]], ...]
    log: tuple[tuple[str, tuple[str, ...]], ...]
    limits: tuple[tuple[str, str], ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """One report.

    Parameters
    ----------
    title : str
        Runner or video.
    facts : tuple of str
        When and how it was filmed, in a few words each.
    video, video_level : str
        The grade of the video in words and as an id.
    video_reasons : tuple of str
        What would make it better.
    warning : str
        Said of a video that does not show running.
    advice : Advice or None
        What the answers lead to.
    points, more : tuple of Point
        What stands out, and what is worth knowing besides.
    answer, hint : str
        What the points mean; how more could be compared. Both empty if findings are withheld.
    stop : tuple of str
        Two parts of a sentence: when to see a clinician. Empty where the answers to the
        questionnaire say it, and for a clinician.
    numbers : tuple of Number
        All of them; the first page shows the main ones.
    number_notes : tuple of str
        How to read them.
    typical_title : str
        Heading of the typical ranges.
    pictures : tuple of Picture
        Of one foot, for the first page.
    picture_note : str
        Below them.
    missing : tuple of tuple of str
        Measures that are not given, and why.
    complaints : tuple of ForComplaint
        What was studied for the pain, if the answers say where it hurts.
    reasons : tuple of Reason
        Why legs ache: those that the answers point to.
    tips : tuple of tuple of str
        In short: a name and a sentence each; only with answers.
    footer : tuple of str
        What this is, and who made it.
    details : Details or None
        Only for a clinician.
    added : Added
        Notes, chosen pictures and letterhead.
    """

    title: str
    facts: tuple[str, ...]
    video: str
    video_level: str
    video_reasons: tuple[str, ...]
    warning: str
    advice: Advice | None
    points: tuple[Point, ...]
    more: tuple[Point, ...]
    answer: str
    hint: str
    stop: tuple[str, ...]
    numbers: tuple[Number, ...]
    number_notes: tuple[str, ...]
    typical_title: str
    pictures: tuple[Picture, ...]
    picture_note: str
    missing: tuple[tuple[str, str], ...]
    complaints: tuple[ForComplaint, ...]
    reasons: tuple[Reason, ...]
    tips: tuple[tuple[str, str], ...]
    footer: tuple[str, ...]
    details: Details | None
    added: Added
