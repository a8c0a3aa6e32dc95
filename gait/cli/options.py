"""Options that commands share, and what they make of them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import typer

if TYPE_CHECKING:  # imported where needed: it would slow `gait --help`
    from gait.settings import Settings


MOST_WORKERS: Final = 256
"""More processes than that are a slip of the hand, and would take all memory."""

Mode = Annotated[
    Literal["accurate", "standard", "fast"] | None,
    typer.Option(
        show_default="standard",
        help="How closely the pose model looks: fast reads 30 frames a second.",
    ),
]
Model = Annotated[
    Literal["heavy", "full", "lite"] | None,
    typer.Option(show_default="heavy", help="Pose model, best to fastest."),
]
SettingsFile = Annotated[
    Path | None,
    typer.Option(metavar="FILE.toml", help="Settings; the options here go first."),
]


def settings_of(
    file: Path | None,
    model: str | None = None,
    backend: str | None = None,
    *,
    mode: str | None = None,
    person: int | None = None,
    speed: str | None = None,
    height: str | None = None,
    **given: Any,
) -> "Settings":
    """Settings from a file and from the options of a command, which go first.

    Parameters
    ----------
    file : Path or None
        TOML file of settings.
    model : str or None
        Pose model.
    backend : str or None
        What runs it.
    mode : str or None
        How closely it looks.
    person : int or None
        Which of several people.
    speed, height : str or None
        As people write them, with a unit.
    **given
        Other fields of `Settings`: None for an option that was not given, "auto" for finding out.

    Raises
    ------
    UsageError
        If the file cannot be used or a value cannot be.
    """
    from pydantic import ValidationError

    from gait.settings import EXAMPLES, Settings, height_of, refused, speed_of
    from gait.types import UsageError

    base = (Settings.from_toml(file) if file else Settings()).model_dump()
    changes = {k: None if v == "auto" else v for k, v in given.items() if v is not None}
    if speed is not None:
        changes["speed_mps"] = speed_of(speed)
    if height is not None:
        changes["height_m"] = height_of(height)
    pose = {"mode": mode, "model": model, "backend": backend, "person": person}
    changes["pose"] = base["pose"] | {k: v for k, v in pose.items() if v is not None}
    try:
        return Settings.model_validate(base | changes)
    except ValidationError as e:
        where, problem = refused(e)
        option = where.removeprefix("pose.").replace("_", "-")
        example = EXAMPLES[where].strip('"')
        raise UsageError(f"--{option} {problem}.", f"Give a value such as {example}.") from e
