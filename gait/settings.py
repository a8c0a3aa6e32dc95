"""Everything a user may turn, with its default."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final, Literal, Self, TypedDict

from pydantic import Field, ValidationError, model_validator

from gait.sanitize.files import read_toml
from gait.types import Direction, FrozenModel, Plane, Sex, Side, UsageError

Mode = Literal["accurate", "standard", "fast"]


class PoseSettings(FrozenModel):
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


class EventEdit(FrozenModel):
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


class Settings(FrozenModel):
    """Settings of one analysis.

    None means "find out from the video" (or, for speed and height, "not known"). `standing_s` says
    from when to when the runner stands still before running: the zero of pelvic drop, if the
    waistband carries tape.
    """

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
            where, problem = refused(e)
            raise UsageError(f"{path}: {where} {problem}.", "Correct that line.") from e


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

    Returns
    -------
    float
        In m/s.

    Raises
    ------
    UsageError
        If it is none of these, or a bare number that is hardly meant as m/s.

    Examples
    --------
    >>> [round(speed_of(text), 2) for text in ("3", "10,8 km/h", "5:30 /km", "8:51/mi")]
    [3.0, 3.0, 3.03, 3.03]
    """
    if pace := _PACE.fullmatch(text.strip().lower()):
        seconds = 60 * int(pace["min"]) + int(pace["s"])
        if seconds:
            return _METRES[pace["unit"] or "km"] / seconds
    number, unit = _split(text)
    if number is None or unit not in _MPS:
        raise UsageError(
            f"{text!r} is not a speed.", "Write 3 m/s, 10.8 km/h, 6.7 mph or 5:30 /km."
        )
    if not unit and number > _FASTEST_MPS:
        raise UsageError(
            f"A speed of {text} m/s would be {3.6 * number:.0f} km/h.",
            f"Give the unit: {text} km/h, or {text} m/s if it was a sprint.",
        )
    return number * _MPS[unit]


def height_of(text: str) -> float:
    """A body height as people write it, in m.

    Parameters
    ----------
    text : str
        "1.78 m", "178 cm", "5 ft 10", "70 in"; a bare number is metres.

    Returns
    -------
    float
        In m.

    Raises
    ------
    UsageError
        If it is none of these, or a bare number that is hardly meant as metres.

    Examples
    --------
    >>> [round(height_of(text), 2) for text in ("1,78", "178 cm", "5 ft 10", "5'10")]
    [1.78, 1.78, 1.78, 1.78]
    """
    if feet := _FEET.fullmatch(text.strip().lower()):
        return (12 * int(feet["ft"]) + float(feet["in"] or 0)) * _METRES["in"]
    number, unit = _split(text)
    if number is None or unit not in ("", "m", "cm", "in"):
        raise UsageError(f"{text!r} is not a body height.", "Write 1.78 m, 178 cm or 5 ft 10.")
    if not unit and number > _TALLEST_M:
        likely = "cm" if number > 90 else "in"
        raise UsageError(f"A height of {text} m cannot be.", f"Give the unit: {text} {likely}.")
    return number * _METRES[unit or "m"]


def refused(error: ValidationError) -> tuple[str, str]:
    """What the first refusal is about, and why, in words for a person.

    Parameters
    ----------
    error : ValidationError
        Of `Settings` or a model like it.

    Returns
    -------
    tuple of str
        Name of the field, and what follows it in a sentence.
    """
    first: Any = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    context = first.get("ctx", {})
    match first["type"]:
        case "extra_forbidden":
            return where, "is not a setting"
        case "greater_than" | "greater_than_equal" | "less_than" | "less_than_equal":
            side = "above" if first["type"].startswith("greater") else "below"
            return where, f"has to be {side} {next(iter(context.values())):g}"
        case "literal_error":
            return where, f"has to be {context['expected']}"
        case "string_too_long":
            return where, f"has to be {context['max_length']} characters or fewer"
        case "value_error":
            return where, f"cannot be used: {context['error']}"
    return where, f"cannot be {str(first['input'])[:40]!r}"


_FASTEST_MPS: Final = 7.0
"""Without a unit, more is taken to be km/h: 25 km/h is a sprint, and a treadmill's usual end."""
_TALLEST_M: Final = 2.5
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
    if found is None:
        return None, ""
    return float(found["number"].replace(",", ".")), found["unit"]
