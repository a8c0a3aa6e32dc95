"""Groups of named series, and what can be done to all of them alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, fields, replace
from types import MappingProxyType
from typing import Any, Final, Generic, Self, TypeVar

import numpy as np

from gait.skeleton import mirror_name
from gait.types.words import Float

S = TypeVar("S")
"""One number (`float`) of a single frame, or (T,) numbers (`Float`) of a video."""


def _kind(unit: str, *, odd: bool = False, on_body: bool = False) -> Mapping[str, Any]:
    """Metadata of a field.

    Parameters
    ----------
    unit : str
        Of its values; "1" for shares, factors, and yes (1) or no (0).
    odd : bool
        Whether it changes its sign in a mirror: what points along x, what turns in the picture.
    on_body : bool
        Whether it is a length on the runner, which grows as the picture of the runner does.
    """
    return MappingProxyType({"unit": unit, "odd": odd, "on_body": on_body})


X_PX: Final = _kind("px", odd=True, on_body=True)
LENGTH_PX: Final = _kind("px", on_body=True)
ROOM_X_PX: Final = _kind("px", odd=True)
ROOM_PX: Final = _kind("px")
ROLL_DEG: Final = _kind("deg", odd=True)
DEG: Final = _kind("deg")
GREY_LEVELS: Final = _kind("grey levels")
NUMBER: Final = _kind("1")


@dataclass(frozen=True, slots=True, eq=False)
class Signals(Generic[S]):
    """Named series of a video, or groups of them. A field is called as it is called in files."""

    def __post_init__(self) -> None:
        for f, value in self._held():
            if not isinstance(value, float | Signals):
                series = np.array(value, dtype=np.float64)
                series.flags.writeable = False
                object.__setattr__(self, f.name, series)

    def __reduce__(self) -> tuple[Any, ...]:
        # Made anew in the other process, so that nobody can write to the series there either.
        return type(self), tuple(getattr(self, f.name) for f in fields(self))

    @classmethod
    def unseen(cls) -> Self:
        """Of a frame of which nothing is known: NaN throughout."""
        nan: Any = float("nan")
        return cls(**{f.name: nan for f in fields(cls)})

    def each(self, change: Callable[[Float], Float]) -> Self:
        """All series changed alike, such as to some of the frames."""
        return self._map(lambda series, _: change(series))

    def unscaled(self, scale: Float | float) -> Self:
        """As in a picture that is not `scale` times as large: lengths on the runner by that."""
        return self._map(lambda series, told: series / scale if told["on_body"] else series)

    def mirrored(self, width_px: float) -> Self:
        """As in the mirror image of a video that is `width_px` wide, sides renamed to match."""
        mirrored: dict[str, Any] = {}
        for f, value in self._held():
            if isinstance(value, Signals):
                mirrored[f.name] = value.mirrored(width_px)
            else:
                mirrored[mirror_name(f.name)] = -value if f.metadata["odd"] else value
        return replace(self, **mirrored)

    def sides_exchanged(self) -> Self:
        """What was called left called right, and the reverse."""
        exchanged = {
            mirror_name(f.name): value.sides_exchanged() if isinstance(value, Signals) else value
            for f, value in self._held()
        }
        return replace(self, **exchanged)

    def columns(self) -> dict[str, Float]:
        """(T,) series by their names in files."""
        out: dict[str, Float] = {}
        for f, value in self._held():
            out |= value.columns() if isinstance(value, Signals) else {f.name: value}
        return out

    @classmethod
    def from_columns(cls, columns: Mapping[str, Float]) -> Self | None:
        """What `columns` gave; None if nothing of it is there.

        Parameters
        ----------
        columns : Mapping of str to Float
            (T,) series by their names in files; other names are passed over. Where a group is there
            in part, NaN stands for the rest.
        """
        found: dict[str, Any] = {
            f.name: f.metadata["kind"].from_columns(columns)
            if "kind" in f.metadata
            else columns.get(f.name)
            for f in fields(cls)
        }
        known = next((value for value in found.values() if value is not None), None)
        if known is None:
            return None
        for f in fields(cls):
            if found[f.name] is None and f.default is MISSING:
                found[f.name] = np.full(len(known), np.nan)
        return cls(**found)

    def _held(self) -> list[tuple[Field[Any], Any]]:
        every = ((f, getattr(self, f.name)) for f in fields(self))
        return [(f, value) for f, value in every if value is not None]

    def _map(self, change: Callable[[Float, Mapping[str, Any]], Float]) -> Self:
        return replace(
            self,
            **{
                f.name: value._map(change)
                if isinstance(value, Signals)
                else change(value, f.metadata)
                for f, value in self._held()
            },
        )


def over(frames: Sequence[Any]) -> Any:
    """Groups of single frames, all of one kind, as one group of series."""
    if not isinstance(frames[0], Signals):
        return None if frames[0] is None else np.array(frames)
    names = [f.name for f in fields(frames[0])]
    return type(frames[0])(**{n: over([getattr(frame, n) for frame in frames]) for n in names})
