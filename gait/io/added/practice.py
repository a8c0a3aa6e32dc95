"""What a practice keeps beside its runs: its name and logo, and who agreed to what and when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

from pydantic import Field, ValidationError

from gait.io.run_folder import RunFolder
from gait.io.writing import explained
from gait.sanitize.files import FORM_BYTES, patiently, read_bytes, read_text
from gait.sanitize.text import name_key
from gait.types import StrictModel, UsageError

PRACTICE: Final = ".practice"
"""Folder of a library; hidden, like everything in it that is no run."""

CONSENT: Final = (
    "The runner agreed to be filmed, and that video, results and notes are kept on this computer "
    "until they are deleted."
)
"""What is asked; kept with the answer, so that a later wording does not change what was agreed."""

_LONGEST_NAME: Final = 80


class Consent(StrictModel):
    """One answer: when, whether agreed, and to which words."""

    at: datetime
    agreed: bool
    wording: str = CONSENT


class Runner(StrictModel):
    """What is kept of a runner beside the runs: every answer, the last one counts."""

    name: str = Field(max_length=_LONGEST_NAME)
    consents: tuple[Consent, ...] = ()

    @property
    def consent(self) -> Consent | None:
        """The answer that counts; None if nobody was asked."""
        return self.consents[-1] if self.consents else None


class Letterhead(StrictModel):
    """What stands at the head of reports; the logo is a file of its own."""

    name: str = Field(default="", max_length=_LONGEST_NAME)


def kept_runner(library: Path, name: str) -> Runner:
    """What is kept of a runner, however the name is spelt; UsageError if it cannot be read."""
    path = _runner_file(library, name)
    if not path.exists():
        return Runner(name=name[:_LONGEST_NAME])
    try:
        return Runner.model_validate_json(read_text(path))
    except (UsageError, ValidationError) as e:
        raise UsageError(f"{path} is damaged.", "Delete it, and ask the runner again.") from e


def keep_consent(
    library: Path, name: str, *, agreed: bool, now: Callable[[], datetime] = datetime.now
) -> Runner:
    """Keep an answer with its date; one that repeats the last adds nothing.

    Parameters
    ----------
    library : Path
        Folder of the run folders.
    name : str
        Of the runner.
    agreed : bool
        The answer to `CONSENT`.
    now : callable
        Tells the time.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    known = kept_runner(library, name)
    last = known.consent
    if last is not None and (last.agreed, last.wording) == (agreed, CONSENT):
        return known
    answer = Consent(at=now().astimezone(), agreed=agreed)
    runner = Runner(name=known.name, consents=(*known.consents, answer))
    _write(library, _runner_file(library, name), runner.model_dump_json(indent=2).encode())
    return runner


def forget_runner(library: Path, name: str) -> None:
    """Delete what is kept of a runner beside the runs; OutputError if that fails."""
    path = _runner_file(library, name)
    with explained(path.parent):
        patiently(path.unlink, True)


def letterhead(library: Path) -> tuple[str, bytes]:
    """Name and logo of the practice, empty without; UsageError if they cannot be read."""
    folder = library / PRACTICE
    document, logo = folder / "letterhead.json", folder / "logo.png"
    try:
        text = read_text(document) if document.exists() else "{}"
        name = Letterhead.model_validate_json(text).name
        return name, read_bytes(logo, FORM_BYTES) if logo.exists() else b""
    except (UsageError, ValidationError, OSError) as e:
        raise UsageError(f"{folder} is damaged.", "Give name and logo again.") from e


def keep_letterhead(library: Path, name: str, logo: bytes) -> None:
    """Keep name and logo for all reports of a library.

    Parameters
    ----------
    library : Path
        Folder of the run folders.
    name : str
        Of the practice; empty for none.
    logo : bytes
        PNG; empty for none.

    Raises
    ------
    OutputError
        If they cannot be written.
    """
    folder = library / PRACTICE
    head = Letterhead(name=name.strip()[:_LONGEST_NAME])
    _write(library, folder / "letterhead.json", head.model_dump_json(indent=2).encode())
    if logo:
        _write(library, folder / "logo.png", logo)
    else:
        with explained(folder):
            patiently((folder / "logo.png").unlink, True)


def _write(library: Path, target: Path, data: bytes) -> None:
    folder = RunFolder(library / PRACTICE)
    with folder.writing(), folder.replacing(target) as temporary:
        temporary.write_bytes(data)


def _runner_file(library: Path, name: str) -> Path:
    """Named after a digest: what somebody is called is no name for a file."""
    return library / PRACTICE / f"{sha256(name_key(name.strip()).encode()).hexdigest()[:24]}.json"
