"""Everything a user may turn, with its default."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gait.types import Direction, Plane, Sex, UsageError


class PoseSettings(BaseModel):
    """What the pose model is asked to do; part of the cache key of a track."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    backend: str = "blazepose"
    model: Literal["heavy", "full", "lite"] = "heavy"


class Settings(BaseModel):
    """Settings of one analysis.

    None means "find out from the clip" (or, for speed and height, "not known"). `standing_s` says
    from when to when the runner stands still before running: the zero of pelvic drop, if the
    waistband carries tape.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

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

    @classmethod
    def from_toml(cls, path: Path) -> Self:
        """Read settings from a TOML file; UsageError if it cannot be used."""
        try:
            return cls.model_validate(tomllib.loads(path.read_text()))
        except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as e:
            raise UsageError(f"Cannot read settings from {path}: {e}.", "Give a TOML file.") from e
        except ValidationError as e:
            first = e.errors()[0]
            where = ".".join(str(p) for p in first["loc"])
            raise UsageError(f"{path}: {where}: {first['msg']}.", "Correct that line.") from e
