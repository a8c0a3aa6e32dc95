"""Everything a user may turn, with its default."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from gait.inputs import read_toml
from gait.types import Direction, Plane, Sex, Side, UsageError


class PoseSettings(BaseModel):
    """What the pose model is asked to do; part of the cache key of a track.

    `weights` is a model file of the user's own; `person` chooses one of several people, numbered
    from left to right.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    backend: str = "blazepose"
    model: Literal["heavy", "full", "lite"] = "heavy"
    weights: Path | None = None
    person: int | None = Field(default=None, ge=1)


class EventEdit(BaseModel):
    """One foot strike or toe-off put right by eye.

    "add" makes an event; "delete", "shift" and "swap" (to the other foot) mean the event of that
    kind and side nearest to `video_s`. Times are those of the video as it plays, so that an edit
    still means the same picture when `time_scale` changes; `to_video_s` belongs to "shift" alone.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    action: Literal["add", "delete", "shift", "swap"]
    kind: Literal["strike", "off"]
    side: Side
    video_s: float = Field(ge=0)
    to_video_s: float | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _shift_has_an_aim(self) -> Self:
        if (self.action == "shift") != (self.to_video_s is not None):
            raise ValueError("to_video_s is where a shift goes, and for nothing else")
        return self


class Settings(BaseModel):
    """Settings of one analysis.

    None means "find out from the video" (or, for speed and height, "not known"). `standing_s` says
    from when to when the runner stands still before running: the zero of pelvic drop, if the
    waistband carries tape.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    view: Plane | None = None
    direction: Direction | None = None
    surface: Literal["treadmill", "overground"] | None = None
    speed_mps: float | None = Field(default=None, gt=0.3, lt=13)
    height_m: float | None = Field(default=None, gt=0.8, lt=2.5)
    sex: Sex | None = None
    shoes: str | None = Field(default=None, max_length=80)
    time_scale: float | None = Field(default=None, gt=0, le=100)
    strike_detector: str = "fused"
    off_detector: str = "fused"
    standing_s: tuple[float, float] | None = None
    cutoff_hz: float | None = Field(default=None, gt=1, lt=60)
    pose: PoseSettings = PoseSettings()
    edits: tuple[EventEdit, ...] = ()
    runner: str | None = Field(default=None, max_length=80)
    blur_face: bool = False

    @classmethod
    def from_toml(cls, path: Path) -> Self:
        """Read settings from a TOML file; UsageError if it cannot be used."""
        try:
            return cls.model_validate(read_toml(path))
        except ValidationError as e:
            first = e.errors()[0]
            where = ".".join(str(p) for p in first["loc"])
            raise UsageError(f"{path}: {where}: {first['msg']}.", "Correct that line.") from e
