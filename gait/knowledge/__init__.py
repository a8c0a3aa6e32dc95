"""What the literature and our own measurements say, as data: definitions, limits, links, sources.

Numbers and sentences live in TOML files beside these modules, which only read and check them:
`knowledge` is all of it.
"""

from __future__ import annotations

from functools import cache, cached_property
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from gait.knowledge.claims import (
    ENOUGH,
    GRADES,
    ById,
    CueInfo,
    Frozen,
    Link,
    Model,
    Published,
    Source,
    Statement,
    known_sources,
    parsed,
)
from gait.knowledge.limits import Agreement, Fault, Flag, Gate, Repeatability
from gait.knowledge.metrics import (
    NO_CORRECTION,
    SPEED_MARGIN_MPS,
    THIGH_AND_SHANK,
    Classes,
    Differences,
    EventBias,
    FarSide,
    MetricInfo,
    PoseCorrection,
)
from gait.knowledge.questionnaire import HEALTH, Guide, Intake
from gait.types import Plane, Sex

__all__ = [
    "ENOUGH",
    "GRADES",
    "SPEED_MARGIN_MPS",
    "THIGH_AND_SHANK",
    "Classes",
    "CueInfo",
    "Decimals",
    "Differences",
    "EventBias",
    "Fault",
    "Flag",
    "Knowledge",
    "Link",
    "MetricInfo",
    "PoseCorrection",
    "Published",
    "Repeatability",
    "Source",
    "Statement",
    "Texts",
    "decimals_of",
    "knowledge",
]


class Unit(Model):
    """A unit as it is read aloud, and the same inside a list."""

    words: str
    short: str


class Decimals(Model):
    """How many decimals a value has in a table, in a sentence and as an end of a usual range."""

    table: int = 1
    sentence: int = 1
    range: int = 0


class Texts(Model):
    """``texts.toml``; what is filled in where is said there."""

    sentence: dict[str, str]
    unit: dict[str, Unit]
    decimals: dict[str, Decimals]
    side: dict[str, str]
    overview: dict[str, str]
    video: dict[str, str]


def _by_id(tables: list[dict[str, Any]]) -> dict[str, Any]:
    return {table["id"]: table for table in tables}


def _metrics(tables: list[dict[str, Any]]) -> dict[str, Any]:
    """By id; what follows from the cadence has its `leg_model`."""
    found = _by_id(tables)
    for table in found.values():
        if "follows_cadence" in table:
            table["leg_model"] = found["cadence"]["leg_model"] | table.pop("follows_cadence")
    return found


class Knowledge(Model):
    """The TOML files as one model; what their fields mean is said in them.

    `metrics` are in the order in which they are shown. `main_metrics` are those without which
    a video is poor, and `minor_deg` is what faults may cost together, in degrees, in a video that
    is still good. `no_flag` says why a metric has no limit.
    """

    sources: Frozen[Source]
    metrics: Annotated[Frozen[MetricInfo], BeforeValidator(_metrics)]
    event_bias: EventBias
    frontal_event_bias: EventBias
    far_side: FarSide
    pose_correction: PoseCorrection
    differences: Differences
    flags: tuple[Flag, ...]
    gate: Gate
    no_flag: Frozen[str]
    links: ById[Link]
    cues: ById[CueInfo]
    statements: Frozen[Statement]
    faults: Frozen[Fault]
    main_metrics: tuple[str, ...] = Field(validation_alias="main")
    minor_deg: float
    repeatability: Frozen[Repeatability]
    agreement: Agreement
    published: tuple[Published, ...]
    intake: Intake
    guide: Guide
    texts: Texts

    @model_validator(mode="after")
    def _files_name_each_other(self) -> Self:
        named = {*self.repeatability, *(m for p in self.published for m in p.metrics)}
        if unknown := named - self.metrics.keys():
            raise ValueError(f"no such metric: {', '.join(sorted(unknown))}")
        if unnamed := {info.unit for info in self.metrics.values()} - self.texts.unit.keys():
            raise ValueError(f"units without words: {', '.join(sorted(unnamed))}")
        wanted = {HEALTH, *(conclusion.guide for conclusion in self.intake.conclusion)}
        if missing := wanted - {section.id for section in self.guide.section}:
            raise ValueError(f"sections of the guide that are missing: {missing}")
        return self

    def event_bias_in(self, plane: Plane) -> EventBias:
        """Systematic error of event times in videos of a plane."""
        return self.event_bias if plane == "side" else self.frontal_event_bias

    def correction(self, *, by_blazepose: bool) -> PoseCorrection:
        """What angles and times need of points that BlazePose drew, or nothing for other ones."""
        return self.pose_correction if by_blazepose else NO_CORRECTION

    def keypoint_sd(self, metric: str, *, by_model: bool, far: bool = False) -> float:
        """SD of the constant error that the points cause in a value, in the unit of the metric.

        Parameters
        ----------
        metric : str
            Id of the metric.
        by_model : bool
            Whether a pose model drew the points; else they are exact, as markers are.
        far : bool
            Whether it is of the leg away from the camera, which a pose model sees less well.
        """
        info = self.metrics[metric]
        if info.marker_sd is not None and not by_model:
            return info.marker_sd
        return info.landmark_sd * (self.far_side.landmark_factor if far and by_model else 1.0)

    @cached_property
    def by_sex(self) -> frozenset[str]:
        """Metrics with limits of their own for women and men."""
        return frozenset(flag.metric for flag in self.flags if flag.limit.female is not None)

    def links_of(self, metric: str, direction: str, sex: Sex | None) -> tuple[Link, ...]:
        """The links of a deviation, best evidence first.

        Parameters
        ----------
        metric : str
            Id of the metric.
        direction : {"low", "high"}
            On which side the value lies.
        sex : {"female", "male"} or None
            Links found in one sex only are left out for anyone else.
        """
        found = [
            link
            for link in self.links.values()
            if link.metric == metric and direction in link.directions and link.sex in (None, sex)
        ]
        return tuple(sorted(found, key=lambda link: link.rank))


@cache
def knowledge() -> Knowledge:
    """All that is known, read and checked once."""
    names = ("cues", "links", "statements", "texts", "intake", "guide")
    tables: dict[str, Any] = {"sources": known_sources()} | {name: parsed(name) for name in names}
    # The others hold one table of many rows, and something about all of them.
    rows = {"metrics": "metric", "flags": "flag", "faults": "fault", "repeatability": "metric"}
    for name, key in (rows | {"published": "published"}).items():
        file = parsed(name)
        tables |= {name: file.pop(key)} | file
    return Knowledge.model_validate(tables)


def decimals_of(unit: str) -> Decimals:
    """How many decimals values of a unit have; of a unit not ours one, and its ranges none."""
    return knowledge().texts.decimals.get(unit, Decimals())
