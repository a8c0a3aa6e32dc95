"""What is known of a video by other means than this program, and where such videos are.

The format is described in ``docs/validation-format.md``.
"""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal, Self

from pydantic import Field, ValidationError, model_validator

from gait.analysis.results import Event
from gait.knowledge import knowledge
from gait.sanitize.files import KEYPOINT_BYTES, read_text
from gait.sanitize.text import folder_name
from gait.settings import Settings
from gait.types import AnySide, Plane, Side, StrictModel, UsageError
from gait.validation.rendered import Rendered
from gait.validation.true_values import Values, true_values

TRACKS: Final = Path(__file__).parent / "tracks"
"""Pose tracks of rendered videos, with their truth: a benchmark that needs no pose model."""

_SUFFIXES: Final = (".truth.json", ".truth.toml")
_IN_FOLDER: Final = ("truth.json", "truth.toml")


FITTED: Final = frozenset(
    {
        "side_normal",
        "rear_normal",
        "female_midfoot_2.7",
        "male_forefoot_4.0",
        "female_rear_2.6_yaw",
        "mocap_rbds001_side_2.5",
        "mocap_rbds012_side_3.5",
        "mocap_rbds014_rear_2.5",
    }
)
"""Rendered videos that constants of the program were fitted to; the others test them."""


class TrueValue(StrictModel):
    """A metric, measured otherwise."""

    metric: str
    side: AnySide = "both"
    value: float


class TrueEvent(StrictModel):
    """A contact, measured otherwise; seconds from the first frame, in true time."""

    kind: Literal["strike", "off"]
    side: Side
    time_s: float = Field(ge=0)


class Truth(StrictModel):
    """What is known of one video; every part may be left out.

    `runner` is who runs: videos of one runner are not independent. `settings` is what a user would
    tell the program. `use` says whether constants of the program were fitted to this video.
    """

    runner: str | None = None
    use: Literal["fit", "test"] = "test"
    plane: Plane | None = None
    settings: Settings = Settings()
    values: tuple[TrueValue, ...] = ()
    events: tuple[TrueEvent, ...] = ()

    @model_validator(mode="after")
    def _metrics_are_known(self) -> Self:
        if unknown := {v.metric for v in self.values} - knowledge().metrics.keys():
            raise ValueError(f"no such metric: {', '.join(sorted(unknown))}")
        return self

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a truth file of either form; UsageError if it cannot be used."""
        try:
            text = read_text(path, KEYPOINT_BYTES)
            document = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
            if isinstance(document, dict) and "landmarks" in document:
                return cls.of(Rendered(path))
            return cls.model_validate(document)
        except (ValueError, RecursionError) as e:
            first = e.errors()[0]["msg"] if isinstance(e, ValidationError) else str(e)
            raise UsageError(
                f"{path} is no truth file: {first}.", "Correct it; see docs/validation-format.md."
            ) from e

    @classmethod
    def of(cls, trial: Rendered) -> Self:
        """What is known of a rendered video."""
        return cls(
            runner=f"{trial.truth['config']['body']}, {trial.name}",
            use="fit" if trial.name in FITTED else "test",
            plane=trial.plane,
            settings=trial.settings,
            values=tuple(
                TrueValue(metric=metric, side=side, value=round(value, 5))  # type: ignore[arg-type]
                for (metric, side), value in true_values(trial).items()
            ),
            events=tuple(
                TrueEvent(kind=e.kind, side=e.side, time_s=e.time_s) for e in trial.events
            ),
        )

    @property
    def by_key(self) -> Values:
        """Values by metric and side."""
        return {(v.metric, v.side): v.value for v in self.values}

    @property
    def contacts(self) -> tuple[Event, ...]:
        """The events as the program has them."""
        return tuple(Event(kind=e.kind, side=e.side, time_s=e.time_s, sd_s=0) for e in self.events)


@dataclass(frozen=True, slots=True)
class Known:
    """A video, or the run folder of one, with its truth."""

    name: str
    """For tables."""
    source: Path
    """A video, or a folder that holds ``pose.npz``."""
    truth: Truth
    """What is known of it."""

    @property
    def is_video(self) -> bool:
        """Whether the pose model has to look at it first."""
        return self.source.is_file()


def known_videos(folder: Path) -> tuple[Known, ...]:
    """Videos and run folders with a truth, in order of path; UsageError if a truth is none.

    Those that are called alike are named by the folders they are in.
    """
    found = tuple(_known(folder))
    times = Counter(known.name for known in found)
    return tuple(k if times[k.name] == 1 else replace(k, name=_path(k, folder)) for k in found)


def _path(known: Known, folder: Path) -> str:
    inside = known.source.parent.relative_to(folder).parts
    return folder_name("-".join((*inside, known.name)))


def _known(folder: Path) -> Iterator[Known]:
    for path in sorted(p for p in folder.rglob("*truth.*") if not p.name.startswith(".")):
        if path.name in _IN_FOLDER and path.with_name("pose.npz").exists():
            yield Known(path.parent.name, path.parent, Truth.read(path))
        elif suffix := next((s for s in _SUFFIXES if path.name.endswith(s)), None):
            name = path.name.removesuffix(suffix)
            videos = [p for p in path.parent.glob(f"{name}.*") if p.suffix.lower() in _VIDEOS]
            if videos:
                yield Known(name, videos[0], Truth.read(path))


_VIDEOS: Final = (".mp4", ".mov", ".m4v", ".avi", ".mkv", ".webm")
