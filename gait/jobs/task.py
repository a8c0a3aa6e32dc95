"""One video's work as a message: it can be done here, in another process or on another machine."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from gait.io.run_folder import RunFolder
from gait.jobs.workers import tell
from gait.settings import Settings
from gait.types import GaitError, VideoInfo


@dataclass(frozen=True, slots=True)
class Extras:
    """What a video gets besides its analysis.

    Parameters
    ----------
    overlay : bool
        The overlay video.
    report : bool
        The report.
    """

    overlay: bool
    report: bool

    def all_in(self, run: RunFolder) -> bool:
        """Whether a run folder holds what is asked for."""
        return (run.overlay.exists() or not self.overlay) and (
            run.report.exists() or not self.report
        )


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done with one video.

    Parameters
    ----------
    name : str
        Of the video.
    video : Path
        Where the video is, as the machine that gave the task sees it.
    sha256 : str
        Of the video.
    settings : Settings
        What is known of it.
    extras : Extras
        What to make besides.
    folder : Path, optional
        The run folder to write; None if there is no common disk. Then `given` comes along, and
        the files of the run folder go back.
    given : Mapping of str to bytes
        Files that are needed and known: a track from before, or the video.
    tracked_s : float, optional
        When the track in `given` was made, seconds since 1970: reports tell that date.
    """

    name: str
    video: Path
    sha256: str
    settings: Settings
    extras: Extras
    folder: Path | None = None
    given: Mapping[str, bytes] = field(default_factory=dict)
    tracked_s: float | None = None

    @property
    def sent_video(self) -> str:
        """What the video is called in `given`."""
        return f"video{self.video.suffix}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a task.

    Parameters
    ----------
    problem, hint : str
        What went wrong and what to do; empty if nothing did.
    unseen : bool
        The video is not to be had where the task was done: send it along.
    files : Mapping of str to bytes
        What is new in the run folder, if the task named none.
    """

    problem: str = ""
    hint: str = ""
    unseen: bool = False
    files: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Labour:
    """Who does the work.

    Parameters
    ----------
    executor : Executor
        Takes `perform` and, if it shares the disk, `gait.report.write_report`.
    perform : callable
        Does a task: `perform`, or that with something around it.
    slots : callable
        How many videos it can work on at a time, now.
    shares_disk : bool
        Whether it writes run folders itself; otherwise their files are sent back.
    deaths : tuple of exception types
        What a future raises when the process that did the task died.
    """

    executor: Executor
    perform: Callable[[Task], Outcome]
    slots: Callable[[], int]
    shares_disk: bool
    deaths: tuple[type[Exception], ...]


def perform(task: Task) -> Outcome:
    """Do a task; never raises, because one bad video must not stop the rest.

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
            if _analyze(task, RunFolder(task.folder), task.video):
                return Outcome()
            return _changed(task)
        return _perform_elsewhere(task)
    except GaitError as e:
        return Outcome(e.problem, e.hint)
    except Exception as e:  # a bug in one video must not cost the others
        return Outcome(
            f"The analysis of {task.video.name} stopped ({type(e).__name__}: {e}).",
            "Run `gait --debug analyze` on this video and report what it prints.",
        )


def _perform_elsewhere(task: Task) -> Outcome:
    """The run folder is a temporary one of this machine, and its files are the outcome."""
    with TemporaryDirectory(prefix="gait-") as folder:
        run = RunFolder(Path(folder))
        for name, content in task.given.items():
            (run.path / name).write_bytes(content)
        if task.tracked_s is not None:
            os.utime(run.pose, (task.tracked_s, task.tracked_s))
        video = run.path / task.sent_video if task.sent_video in task.given else task.video
        if not video.is_file() or not _analyze(task, run, video):
            return _changed(task) if task.sent_video in task.given else Outcome(unseen=True)
        made = (run.analysis, run.pose, run.strides, run.overlay, run.people, run.report)
        files = {path.name: path.read_bytes() for path in made if path.exists()}
        return Outcome(files={n: data for n, data in files.items() if data != task.given.get(n)})


def _changed(task: Task) -> Outcome:
    return Outcome(f"{task.video.name} was changed meanwhile.", "Run the batch again.")


def _analyze(task: Task, run: RunFolder, video: Path) -> bool:
    """Analyse the video into the folder; False if it is another video than was meant."""
    from gait.pipeline import analyze_into
    from gait.report import write_report

    tell((task.name, "reading", 0, 1))
    info = _probe(video, task.video.name)
    if info.sha256 != task.sha256:
        return False
    analyze_into(
        run,
        video,
        info,
        task.settings,
        overlay=task.extras.overlay,
        workers=1,
        progress=lambda *stage: tell((task.name, *stage)),
    )
    if task.extras.report:
        tell((task.name, "report", 0, 1))
        write_report(run, video=video)
    return True


def _probe(video: Path, name: str) -> VideoInfo:
    """What the video says of itself; in complaints its name stands for wherever it is."""
    from gait.video import probe

    try:
        return probe(video).model_copy(update={"name": name})
    except GaitError as e:
        raise type(e)(e.problem.replace(str(video), name), e.hint) from e
