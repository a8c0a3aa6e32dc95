"""Numbers that people type: with a comma or a point, and in the unit they think in.

A field of the browser for numbers takes the comma out of "10,8" without a word, where a point is
meant to stand. So numbers are typed as text and read here, the same wherever they are asked for.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from streamlit.delta_generator import DeltaGenerator

from gait.settings import Settings, height_of, speed_of
from gait.types import UsageError
from gait.ui.site import plain

KMH_PER_MPS: Final = 3.6

_LONGEST: Final = 40
_METRES_UP_TO: Final = 3.0
"""A bare number up to this is a height in metres, a larger one is in centimetres."""
_BARE: Final = re.compile(r"\d+(?:[.,]\d+)?")
_SIGNED: Final = re.compile(r"([+-]?)\s*(\d+(?:[.,]\d+)?)")


@dataclass(frozen=True, slots=True)
class Quantity:
    """Something that is typed as a number."""

    read: Callable[[str], float]
    """What a text means; it raises a `UsageError` if nothing."""
    write: Callable[[float], str]
    """What a field holds of a value that is known."""
    words: Callable[[float], str]
    """A value with its unit: what was understood."""
    ends: tuple[float, float]
    """The smallest and the largest that can be."""

    def value(self, text: str) -> float:
        """What a text means; UsageError if nothing, or if it cannot be."""
        value = self.read(text.strip())
        low, high = self.ends
        if not low <= value <= high:
            raise UsageError(
                f"{self.words(value)} cannot be.",
                f"Give {self.words(low)} to {self.words(high)}.",
            )
        return value


def field(
    place: DeltaGenerator,
    label: str,
    quantity: Quantity,
    known: float | None,
    key: str,
    *,
    placeholder: str = "",
    explained: str | None = None,
) -> tuple[float | None, bool]:
    """A field to type a quantity in; below it what was understood, or why it is refused.

    Parameters
    ----------
    place : DeltaGenerator
        Where it goes.
    label : str
        What is asked.
    quantity : Quantity
        What is typed.
    known : float or None
        What is known of it; it keeps the digits that are not shown as long as nobody types.
    key : str
        Of the widget.
    placeholder : str
        Stands in the empty field.
    explained : str, optional
        What appears at the question mark.

    Returns
    -------
    float or None
        What was typed; what was known before if that is refused.
    bool
        Whether it can be used. Nothing may begin with what is refused.
    """
    before = "" if known is None else quantity.write(known)
    text = place.text_input(
        label, before, max_chars=_LONGEST, placeholder=placeholder, help=explained, key=key
    ).strip()
    if not text:
        return None, True
    try:
        value = known if text == before and known is not None else quantity.value(text)
    except UsageError as e:
        place.error(plain(f"{e.problem} {e.hint}"))
        return known, False
    place.caption(plain(quantity.words(value)))
    return value, True


def bare_number(unit: str, ends: tuple[float, float]) -> Quantity:
    """A number without a unit of its own, between two ends.

    Examples
    --------
    >>> [bare_number("%", (-10, 10)).value(text) for text in ("2,5", "+3", "- 4.5")]
    [2.5, 3.0, -4.5]
    """
    return Quantity(_number, "{:.4g}".format, lambda value: f"{value:.4g} {unit}".strip(), ends)


def _number(text: str) -> float:
    found = _SIGNED.fullmatch(text.replace("\N{MINUS SIGN}", "-"))
    if found is None:
        raise UsageError(f"{text!r} is not a number.", "Write it like 1.5 or 2.")
    return float(found[1] + found[2].replace(",", "."))


def _speed(text: str) -> float:
    """As `gait.settings.speed_of`; a bare number is in km/h, as the label of the field says."""
    return speed_of(f"{text} km/h" if _BARE.fullmatch(text) else text)


def _height(text: str) -> float:
    """As `gait.settings.height_of`; a bare number is in cm unless it can only be metres."""
    if _BARE.fullmatch(text) and float(text.replace(",", ".")) > _METRES_UP_TO:
        return height_of(f"{text} cm")
    return height_of(text)


def _ends(name: str) -> tuple[float, float]:
    """Between which a setting has to be."""
    rules = Settings.model_fields[name].metadata
    low, high = (
        next(getattr(rule, end) for rule in rules if hasattr(rule, end)) for end in ("gt", "lt")
    )
    return math.nextafter(low, high), math.nextafter(high, low)


SPEED: Final = Quantity(
    _speed,
    lambda mps: f"{mps * KMH_PER_MPS:.4g}",
    lambda mps: f"{round(mps * KMH_PER_MPS, 1):g} km/h",
    _ends("speed_mps"),
)
"""In m/s."""

HEIGHT: Final = Quantity(
    _height, lambda m: f"{100 * m:.4g}", lambda m: f"{100 * m:.4g} cm", _ends("height_m")
)
"""In m."""

SLOWER: Final = bare_number("times slower", (0.1, 100.0))
"""Slow motion."""
