"""One clip's work as a message: it can be done here, in another process or on another machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from gait.batch.crew import tell
from gait.settings import Settings
from gait.store import RunFolder
from gait.types import GaitError, VideoInfo


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done with one clip.

    Parameters
    ----------
    name : str
        Of the clip.
    film : Path
        Where the film is, as the machine that gave the task sees it.
    sha256 : str
        Of the film.
    settings : Settings
        What is known of it.
    overlay : bool
        Whether to draw the overlay film.
    folder : Path, optional
        The run folder to write; None if there is no common disk. Then `given` comes along, and
        the files of the run folder go back.
    given : Mapping of str to bytes
        Files that are needed and known: a track from before, or the film.
    """

    name: str
    film: Path
    sha256: str
    settings: Settings
    overlay: bool
    folder: Path | None = None
    given: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def sent_film(self) -> str:
        """What the film is called in `given`."""
        return f"film{self.film.suffix}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a task.

    Parameters
    ----------
    problem, hint : str
        What went wrong and what to do; empty if nothing did.
    unseen : bool
        The film is not to be had where the task was done: send it along.
    files : Mapping of str to bytes
        The run folder, if the task named none.
    """

    problem: str = ""
    hint: str = ""
    unseen: bool = False
    files: Mapping[str, bytes] = field(default_factory=dict)


def perform(task: Task) -> Outcome:
    """Do a task; never raises, because one bad clip must not stop the rest.

    Parameters
    ----------
    task : Task
        What to do.

    Returns
    -------
    Outcome
        Everything is on disk, or in `Outcome.files`.
    """
    try:
        if task.folder is not None:
            if _analyze(task, RunFolder(task.folder), task.film):
                return Outcome()
            return _changed(task)
        return _perform_elsewhere(task)
    except GaitError as e:
        return Outcome(e.problem, e.hint)
    except Exception as e:  # a bug in one clip must not cost the others
        return Outcome(
            f"The analysis of {task.film.name} stopped ({type(e).__name__}: {e}).",
            "Run `gait --debug analyze` on this clip and report what it prints.",
        )


def _perform_elsewhere(task: Task) -> Outcome:
    """The run folder is a temporary one of this machine, and its files are the outcome."""
    with TemporaryDirectory(prefix="gait-") as folder:
        run = RunFolder(Path(folder))
        for name, content in task.given.items():
            (run.path / name).write_bytes(content)
        film = run.path / task.sent_film if task.sent_film in task.given else task.film
        if not film.is_file() or not _analyze(task, run, film):
            return _changed(task) if task.sent_film in task.given else Outcome(unseen=True)
        made = (run.analysis, run.pose, run.strides, run.overlay)
        return Outcome(files={path.name: path.read_bytes() for path in made if path.exists()})


def _changed(task: Task) -> Outcome:
    return Outcome(f"{task.film.name} was changed meanwhile.", "Run the batch again.")


def _analyze(task: Task, run: RunFolder, film: Path) -> bool:
    """Analyse the film into the folder; False if it is another film than was meant."""
    from gait.pipeline import analyze_into

    tell((task.name, "reading", 0, 1))
    info = _probe(film, task.film.name)
    if info.sha256 != task.sha256:
        return False
    analyze_into(
        run,
        film,
        info,
        task.settings,
        overlay=task.overlay,
        workers=1,
        progress=lambda *stage: tell((task.name, *stage)),
    )
    return True


def _probe(film: Path, name: str) -> VideoInfo:
    """What the film says of itself; in complaints its name stands for wherever it is."""
    from gait.video import probe

    try:
        return probe(film).model_copy(update={"name": name})
    except GaitError as e:
        raise type(e)(e.problem.replace(str(film), name), e.hint) from e
