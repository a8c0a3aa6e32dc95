"""Nouns whose JSON is a file format."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from gait.types.words import Grade, Injury


class StrictModel(BaseModel):
    """A noun that checks itself and does not change."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class FrozenModel(StrictModel):
    """One whose JSON is the file format."""

    # JSON knows neither NaN nor infinity: a result with one could be written and not be opened.
    model_config = ConfigDict(allow_inf_nan=False)


class VideoInfo(FrozenModel):
    """What the file says about itself; `cut_off` if it says that it should be longer."""

    name: str
    sha256: str
    width: int
    height: int
    n_frames: int
    duration_s: float
    fps_hz: float
    codec: str
    rotation_deg: int = 0
    variable_frame_rate: bool = False
    capture_fps_hz: float | None = None
    cut_off: bool = False


class Study(FrozenModel):
    """What one study says for or against a link.

    `source` is an id of ``gait/knowledge/sources.toml``. `effect` is None where nobody on this
    project has read the figure in the study itself.
    """

    source: str
    design: str
    n: int | None = None
    effect: str | None = None


class Evidence(FrozenModel):
    """One documented link between a deviation and an injury.

    `injury` is for reading, `injuries` for matching with where it hurts. `counter` is what speaks
    against the link. Grade "none": looked for, and no link is known.
    """

    id: str
    injury: str
    injuries: tuple[Injury, ...]
    grade: Grade
    population: str
    wording: str
    studies: tuple[Study, ...]
    counter: tuple[Study, ...] = ()


class Cue(FrozenModel):
    """One thing to try, how much of it, and what to watch for."""

    id: str
    text: str
    dose: str
    caution: str
    sources: tuple[str, ...]


class Contributor(FrozenModel):
    """Something other than gait that goes with leg pain, as far as the answers tell."""

    id: str
    kind: Literal["training", "previous injury", "recovery", "fatigue", "health", "gait", "other"]
    wording: str
    grade: str
    sources: tuple[str, ...]
    guide: str | None = None


class Outcome(FrozenModel):
    """What the questionnaire leads to.

    `injuries` are those whose usual place and pattern fit where and when it hurts; empty without
    pain. With "emergency", "stop" or "see a clinician", `action` comes before everything else; gait
    advice is withheld for the first two, and `why` says so.
    """

    level: Literal["emergency", "stop", "see a clinician", "advice"]
    action: str | None = None
    why: str | None = None
    gait_advice_withheld: bool = False
    injuries: tuple[Injury, ...] = ()
    contributors: tuple[Contributor, ...] = ()
