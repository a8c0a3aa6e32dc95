"""Everything a user may turn, with its default."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, Literal, Self, TypedDict

from pydantic import Field, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from gait.sanitize.files import read_toml
from gait.types import Direction, FrozenModel, Plane, Sex, Side, UsageError

Mode = Literal["accurate", "standard", "fast"]

SPEEDS_MPS: Final = (0.3, 13)
"""Between a shuffle and the fastest that anybody ever ran."""
HEIGHTS_M: Final = (0.8, 2.5)
"""Between a child that runs and the tallest people."""


class _Written(FrozenModel):
    """What people write by hand, who may take yes and no for a number; pydantic takes it for 1."""

    @field_validator("*", mode="before")
    @classmethod
    def _is_no_truth_value(cls, value: Any, info: ValidationInfo) -> Any:
        field = cls.model_fields[info.field_name or ""]
        if field.annotation is not bool and _holds_truth_value(value):
            raise PydanticCustomError("truth_value", "true and false say nothing here")
        return value


def _holds_truth_value(value: Any) -> bool:
    return isinstance(value, bool) or (
        isinstance(value, list | tuple) and any(isinstance(inner, bool) for inner in value)
    )


class PoseSettings(_Written):
    """What the pose model is asked to do; part of the cache key of a track.

    `mode` says how closely it looks at a video: "accurate" three times at every frame, "standard"
    once, "fast" at some 30 frames a second. `weights` is a model file of the user's own; `person`
    chooses one of several people, numbered from left to right.
    """

    mode: Mode = "standard"
    backend: str = "blazepose"
    model: Literal["heavy", "full", "lite"] = "heavy"
    weights: Path | None = None
    person: int | None = Field(default=None, ge=1, le=100)


class EventEdit(_Written):
    """One foot strike or toe-off put right by eye.

    "add" makes an event; "delete", "shift" and "swap" (to the other foot) mean the event of that
    kind and side nearest to `video_s`. Times are those of the video as it plays, so that an edit
    still means the same picture when `time_scale` changes; `to_video_s` belongs to "shift" alone.
    """

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


class Settings(_Written):
    """Settings of one analysis.

    None means "find out from the video" (or, for speed and height, "not known"). `standing_s` says
    from when to when the runner stands still before running: the zero of pelvic drop, if the
    waistband carries tape.
    """

    view: Plane | None = None
    direction: Direction | None = None
    surface: Literal["treadmill", "overground"] | None = None
    speed_mps: float | None = Field(default=None, gt=SPEEDS_MPS[0], lt=SPEEDS_MPS[1])
    height_m: float | None = Field(default=None, gt=HEIGHTS_M[0], lt=HEIGHTS_M[1])
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
            where, problem = refused(e)
            raise UsageError(f"{path}: {where} {problem}.", _how_to_write(where)) from e


class Said(TypedDict, total=False):
    """Fields of `Settings` that people fill in, and `person` of `PoseSettings`: those they did."""

    runner: str | None
    speed_mps: float | None
    height_m: float | None
    sex: Sex | None
    view: Plane | None
    direction: Direction | None
    surface: Literal["treadmill", "overground"] | None
    time_scale: float | None
    blur_face: bool
    person: int | None


def speed_of(text: str) -> float:
    """A speed as people write it, in m/s.

    Parameters
    ----------
    text : str
        "3 m/s", "10.8 km/h", "6.7 mph", a pace such as "5:30 /km" or "8:51 /mi"; a bare number is
        m/s.

    Raises
    ------
    UsageError
        If it is none of these, nobody runs at it, or a bare number is hardly meant as m/s.

    Examples
    --------
    >>> [round(speed_of(text), 2) for text in ("3", "10,8 km/h", "5:30 /km", "8:51/mi")]
    [3.0, 3.0, 3.03, 3.03]
    """
    if pace := _PACE.fullmatch(text.strip().lower()):
        seconds = 60 * int(pace["min"]) + int(pace["s"])
        if seconds:
            return _sane_speed(_METRES[pace["unit"] or "km"] / seconds, text.strip())
    number, unit = _split(text)
    if number is None or unit not in _MPS:
        raise UsageError(f"{text!r} is not a speed.", _A_SPEED)
    if unit:
        return _sane_speed(number * _MPS[unit], text.strip())
    if number > _FASTEST_MPS:
        likely = [f"{text.strip()} {name}" for name in _meant(number, ("km/h",), _MPS, SPEEDS_MPS)]
        sprint = _is_between(number, SPEEDS_MPS)
        likely += [f"{text.strip()} m/s if it was a sprint"] if sprint else []
        raise UsageError(
            f"A speed of {text.strip()} m/s would be {3.6 * number:.0f} km/h.",
            f"Give the unit: {', or '.join(likely)}." if likely else f"{_SPEED_LIMITS} {_A_SPEED}",
        )
    return _sane_speed(number, f"{text.strip()} m/s")


def height_of(text: str) -> float:
    """A body height as people write it, in m.

    Parameters
    ----------
    text : str
        "1.78 m", "178 cm", "5 ft 10", "70 in"; a bare number is metres.

    Raises
    ------
    UsageError
        If it is none of these, nobody is of that height, or a bare number is hardly meant as
        metres.

    Examples
    --------
    >>> [round(height_of(text), 2) for text in ("1,78", "178 cm", "5 ft 10", "5'10")]
    [1.78, 1.78, 1.78, 1.78]
    """
    if feet := _FEET.fullmatch(text.strip().lower()):
        inches = 12 * int(feet["ft"]) + float(feet["in"] or 0)
        return _sane_height(inches * _METRES["in"], text.strip())
    number, unit = _split(text)
    if number is None or unit not in ("", "m", "cm", "in"):
        raise UsageError(f"{text!r} is not a body height.", _A_HEIGHT)
    if unit:
        return _sane_height(number * _METRES[unit], text.strip())
    likely = _meant(number, ("cm", "in"), _METRES, HEIGHTS_M)
    if likely and not _is_between(number, HEIGHTS_M):
        meant = " or ".join(f"{text.strip()} {name}" for name in likely)
        raise UsageError(f"A height of {text.strip()} m cannot be.", f"Give the unit: {meant}.")
    return _sane_height(number, f"{text.strip()} m")


def refused(error: ValidationError) -> tuple[str, str]:
    """The field that the first refusal is about, and what follows it in a sentence for a person."""
    first: Any = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    context = first.get("ctx", {})
    given = _given(first["input"])
    match first["type"]:
        case "extra_forbidden":
            return where, "is not a setting"
        case "truth_value":
            return where, "cannot be true or false"
        case "float_parsing" | "float_type" | "finite_number":
            return where, f"has to be a number, not {given}"
        case "int_parsing" | "int_type" | "int_from_float":
            return where, f"has to be a whole number, not {given}"
        case "bool_parsing" | "bool_type":
            return where, f"has to be true or false, not {given}"
        case "string_type":
            return where, f"has to be text in quotes, not {given}"
        case "tuple_type":
            return where, f"has to be a list in brackets, not {given}"
        case "missing":
            return where, "is missing"
        case ("greater_than" | "greater_than_equal" | "less_than" | "less_than_equal") as limit:
            return where, f"has to be {_LIMITS[limit]} {next(iter(context.values())):g}"
        case "literal_error":
            return where, f"has to be {context['expected']}"
        case "string_too_long":
            return where, f"has to be {context['max_length']} characters or fewer"
        case "value_error":
            return where, f"cannot be used: {str(context['error']).rstrip('.')}"
    return where, f"cannot be {given}"


def _given(value: Any) -> str:
    """What was written, short; what is nested may be so to any depth."""
    if isinstance(value, dict):
        return "a table"
    return "a list" if isinstance(value, list | tuple) else repr(str(value)[:40])


_LIMITS: Final = {
    "greater_than": "above",
    "greater_than_equal": "at least",
    "less_than": "below",
    "less_than_equal": "at most",
}
_FASTEST_MPS: Final = 7.0
"""Without a unit, more is taken to be km/h: 25 km/h is a sprint, and a treadmill's usual end."""
_A_SPEED: Final = "Write 3 m/s, 10.8 km/h, 6.7 mph or 5:30 /km."
_SPEED_LIMITS: Final = "It has to be above {:g} m/s and below {:g} m/s.".format(*SPEEDS_MPS)
_A_HEIGHT: Final = "Write 1.78 m, 178 cm or 5 ft 10."
_HEIGHT_LIMITS: Final = "It has to be above {:g} m and below {:g} m.".format(*HEIGHTS_M)
_MPS: Final = {
    **dict.fromkeys(("", "m/s", "mps"), 1.0),
    **dict.fromkeys(("km/h", "kmh", "kph"), 1 / 3.6),
    **dict.fromkeys(("mph", "mi/h"), 0.44704),
}
_METRES: Final = {"m": 1.0, "cm": 0.01, "in": 0.0254, "km": 1000.0, "mi": 1609.344}
_NUMBER: Final = re.compile(r"(?P<number>\d+(?:[.,]\d+)?)\s*(?P<unit>[a-z/]*)")
_PACE: Final = re.compile(r"(?P<min>\d{1,2}):(?P<s>[0-5]\d)\s*(?:min)?\s*/?\s*(?P<unit>km|mi)?")
_FEET: Final = re.compile(
    r"(?P<ft>\d)\s*(?:ft|feet|')\s*(?:(?P<in>\d{1,2}(?:\.\d+)?)\s*(?:in|inches|\"|'')?)?"
)


def _split(text: str) -> tuple[float | None, str]:
    """A number and the unit that follows it."""
    found = _NUMBER.fullmatch(text.strip().lower())
    number = math.inf if found is None else float(found["number"].replace(",", "."))
    return (number, found["unit"]) if found and math.isfinite(number) else (None, "")


def _is_between(value: float, limits: tuple[float, float]) -> bool:
    return limits[0] < value < limits[1]


def _meant(
    number: float, units: tuple[str, ...], factors: Mapping[str, float], limits: tuple[float, float]
) -> list[str]:
    """The units with which a bare number would be taken."""
    return [unit for unit in units if _is_between(number * factors[unit], limits)]


def _sane_speed(speed_mps: float, shown: str) -> float:
    if not _is_between(speed_mps, SPEEDS_MPS):
        raise UsageError(f"A speed of {shown} cannot be.", f"{_SPEED_LIMITS} {_A_SPEED}")
    return speed_mps


def _sane_height(height_m: float, shown: str) -> float:
    if not _is_between(height_m, HEIGHTS_M):
        raise UsageError(f"A height of {shown} cannot be.", f"{_HEIGHT_LIMITS} {_A_HEIGHT}")
    return height_m


EXAMPLES: Final[Mapping[str, str]] = {
    "view": '"side"',
    "direction": '"left"',
    "surface": '"treadmill"',
    "speed_mps": "3.2",
    "height_m": "1.78",
    "sex": '"female"',
    "shoes": '"the old ones"',
    "time_scale": "8",
    "strike_detector": '"fused"',
    "off_detector": '"fused"',
    "standing_s": "[0.5, 2.0]",
    "cutoff_hz": "8",
    "runner": '"Anna"',
    "blur_face": "true",
    "pose.mode": '"fast"',
    "pose.backend": '"blazepose"',
    "pose.model": '"lite"',
    "pose.weights": '"my_model.task"',
    "pose.person": "2",
}
"""How each setting is written in a file; `test_units` reads all of them."""


def _how_to_write(where: str) -> str:
    """What to do about a line of a file of settings."""
    known = next((name for name in EXAMPLES if f"{where}.".startswith(f"{name}.")), None)
    if known is not None:
        return f"Write it so: `{known.removeprefix('pose.')} = {EXAMPLES[known]}`."
    if where == "pose":
        return "Write [pose] on a line of its own, and model and the like below it."
    if where.startswith("edits"):
        return "Correct that event, or set it right on the page."
    names = list(_names(where))
    if near := get_close_matches(where.rpartition(".")[2], names):
        return f"Perhaps {' or '.join(near)} is meant."
    return f"There are {', '.join(names)}."


def _names(where: str) -> Iterator[str]:
    """The settings that a file may hold where this one stands."""
    section = where.rpartition(".")[0]
    model = PoseSettings if section == "pose" else Settings
    return iter(model.model_fields)
