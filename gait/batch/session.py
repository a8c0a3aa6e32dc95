"""What a session consists of: films, who runs in them, and what is known of each."""

from __future__ import annotations

import glob
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gait.batch.sheet import Line, read_sheet
from gait.sanitize import folder_name
from gait.settings import Settings
from gait.types import UsageError
from gait.video import FILM_TYPES

SHEET: Final = "session.csv"
"""Name under which a list is looked for in a folder of films."""
RUNNERS: Final = "runners"
"""Folder of the results by runner, so no clip's folder can be called that."""

_VIEWS: Final = {"side": "side", "left": "side", "right": "side", "rear": "rear", "front": "front"}
_NAME = re.compile(
    rf"^(?P<runner>.+?)[_\- ](?P<view>{'|'.join(_VIEWS)})([_\- ]?\d+)?$", re.IGNORECASE
)
_LONGEST_NAME: Final = 80  # as in Settings


@dataclass(frozen=True, slots=True)
class Clip:
    """One film of a session.

    Parameters
    ----------
    name : str
        Of its run folder; no two clips of a session share it, not even in another case.
    film : Path
        The film.
    settings : Settings
        What is known of it, the runner's name included.
    note : str
        What the list says besides.
    """

    name: str
    film: Path
    settings: Settings
    note: str = ""

    @property
    def runner(self) -> str:
        """Whose film it is."""
        return self.settings.runner or self.film.stem


@dataclass(frozen=True, slots=True)
class Session:
    """All films of a session, by name.

    Parameters
    ----------
    clips : tuple of Clip
        In the order of their names.
    remarks : tuple of str
        What was left out, in sentences.
    """

    clips: tuple[Clip, ...]
    remarks: tuple[str, ...] = ()


def read_session(sources: Sequence[Path], settings: Settings) -> Session:
    """Find the films of a session and who runs in them.

    Parameters
    ----------
    sources : sequence of Path
        Films, folders of films, patterns such as ``films/*.mp4``, or lists (``.csv``). A folder
        may hold a list, ``session.csv``: it goes before what the names of its films say.
    settings : Settings
        What is known of all films; names and lists go before it.

    Returns
    -------
    Session
        A film called ``runner_view.mp4`` is of that runner and from that side; any other is of a
        runner called as the film.

    Raises
    ------
    UsageError
        If something named is not there, a list cannot be used, or there is no film at all.
    """
    remarks: list[str] = []
    found: dict[Path, Line | None] = {}
    for source in sources:
        for film, line in _films(source, remarks):
            resolved = film.resolve()
            if resolved in found and (line is None or found[resolved] is not None):
                continue  # a pattern and a folder may both hold it
            found[resolved] = line
    if not found:
        raise UsageError(
            f"There is no film in {', '.join(map(str, sources))}.",
            f"Films end in {', '.join(FILM_TYPES)}.",
        )
    clips: dict[str, Clip] = {}
    names = _names(sorted(found))
    for film, name in names.items():
        if name.casefold() in clips:
            remarks.append(f"{film} is the same film as {clips[name.casefold()].film}: left out.")
            continue
        clips[name.casefold()] = _clip(name, film, found[film], settings)
    return Session(tuple(sorted(clips.values(), key=lambda clip: clip.name)), tuple(remarks))


def is_film(path: Path) -> bool:
    """Whether a file in a folder is taken for a film, by its name."""
    return (
        path.suffix.lower().lstrip(".") in FILM_TYPES
        and not path.name.startswith(".")
        and path.is_file()
    )


def from_name(stem: str) -> dict[str, Any]:
    """What the name of a film says, as fields of `Settings`.

    Parameters
    ----------
    stem : str
        Name of the film without its ending.

    Returns
    -------
    dict of str to value
        The runner, and the view if the name ends in one, perhaps with a number behind it.

    Examples
    --------
    >>> from_name("anna_rear_2")
    {'runner': 'anna', 'view': 'rear'}
    >>> from_name("IMG_0001")
    {'runner': 'IMG_0001'}
    """
    if match := _NAME.match(stem):
        runner = match["runner"].strip()[:_LONGEST_NAME]
        return {"runner": runner, "view": _VIEWS[match["view"].lower()]}
    return {"runner": stem[:_LONGEST_NAME]}


def _films(source: Path, remarks: list[str]) -> Iterable[tuple[Path, Line | None]]:
    if source.is_dir():
        sheet = source / SHEET
        listed = dict(_listed(sheet)) if sheet.is_file() else {}
        inside = sorted(p for p in source.iterdir() if not p.name.startswith("."))
        other = [p.name for p in inside if p.is_file() and not is_film(p) and p.name != SHEET]
        if other:
            shown = ", ".join(other[:5]) + (" …" if len(other) > 5 else "")
            remarks.append(f"Not films, left out of {source}: {shown}.")
        films = {p.resolve() for p in inside if is_film(p)}
        return [*listed.items(), *((p, None) for p in films if p not in listed)]
    if source.suffix.lower() == ".csv" and source.is_file():
        return _listed(source)
    if source.exists():
        return [(source, None)]
    matches = [Path(p) for p in glob.glob(str(source), recursive=True)]
    if not matches:
        raise UsageError(f"There is nothing called {source}.", "Check the path.")
    return [(p, None) for p in matches if is_film(p)]


def _listed(sheet: Path) -> Iterable[tuple[Path, Line]]:
    for line in read_sheet(sheet):
        film = (sheet.parent / line.clip).resolve()
        if not film.is_file():
            raise UsageError(
                f"{sheet}, line {line.number}, column clip: there is no file {line.clip!r} in "
                f"{sheet.parent}.",
                "Write the name of the film with its ending.",
            )
        yield film, line


def _names(films: Sequence[Path]) -> dict[Path, str]:
    """A folder for every film: its name, with a part of its hash where that is taken."""
    names = {film: folder_name(film.stem) for film in films}
    taken = Counter(name.casefold() for name in names.values())
    taken[RUNNERS] += 1
    return {
        film: name if taken[name.casefold()] == 1 else f"{name}-{_hash(film)[:8]}"
        for film, name in names.items()
    }


def _hash(film: Path) -> str:
    try:
        with film.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as e:
        raise UsageError(f"{film} cannot be read: {e.strerror}.", "Check the file.") from e


def _clip(name: str, film: Path, line: Line | None, settings: Settings) -> Clip:
    known = from_name(film.stem) | (line.known if line else {})
    if (person := known.pop("person", None)) is not None:
        known["pose"] = settings.pose.model_copy(update={"person": person})
    chosen = Settings.model_validate(settings.model_dump() | known)
    return Clip(name, film, chosen, line.note if line else "")
