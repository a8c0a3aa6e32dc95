"""One video's work as data: it can be done here, in another process or on another machine."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from gait.io.run_folder import RunFolder, runs
from gait.jobs.workers import tell
from gait.sanitize.files import read_json
from gait.settings import Settings
from gait.types import GaitError, PersonError, UsageError, VideoInfo

if TYPE_CHECKING:
    from gait.analysis.interpret.questionnaire import Answers
    from gait.analysis.results import Analysis
    from gait.pipeline import Progress


@dataclass(frozen=True, slots=True)
class Extras:
    """What a video gets besides its analysis."""

    overlay: bool
    """The overlay video."""
    report: bool
    """The report."""

    def all_in(self, run: RunFolder) -> bool:
        """Whether a run folder holds what is asked for."""
        return (not self.overlay or run.drawn is not None) and (
            run.report in run.reports or not self.report
        )


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be done with one video."""

    id: str
    """Under which it tells how far it is."""
    name: str
    """What the user calls the video."""
    video: Path
    """Where the video is, as the machine that gave the job sees it."""
    settings: Settings = field(default_factory=Settings)
    """What is known of it."""
    extras: Extras = Extras(overlay=True, report=False)
    """What to make besides."""
    folder: Path | None = None
    """The run folder to write; None if there is no common disk. Then `given` comes along, and the
    files of the run folder go back."""
    answers: Answers | None = None
    """To the questionnaire."""
    workers: int | None = 1
    """Threads for the pose model."""
    sha256: str | None = None
    """Of the video; another one is refused."""
    given: Mapping[str, bytes] = field(default_factory=dict)
    """Files that are needed and known: a track from before, or the video."""
    tracked_s: float | None = None
    """When the track in `given` was made, seconds since 1970: reports tell that date."""
    runs: Path | None = None
    """Where earlier runs are: the track of the same video is taken over."""
    drawn: Path | None = None
    """A finished run with its video, of which only the overlay is drawn, into `folder`."""
    together: tuple[tuple[Path, str], ...] = ()
    """Videos of one visit with what the user calls them, each in the run folder of its own."""

    @property
    def sent_video(self) -> str:
        """What the video is called in `given`."""
        return f"video{self.video.suffix}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a job."""

    problem: str = ""
    hint: str = ""
    """`problem` and `hint`: what went wrong and what to do; empty if nothing did."""
    people: int = 0
    """If the runner has to be chosen: among how many."""
    unseen: bool = False
    """The video is not to be had where the job was done: send it along."""
    files: Mapping[str, bytes] = field(default_factory=dict)
    """What is new in the run folder, if the job named none."""


@dataclass(frozen=True, slots=True)
class Labour:
    """Who does the work."""

    executor: Executor
    """Takes `perform` and, if it shares the disk, `gait.report.write_report`."""
    perform: Callable[[Job], Outcome]
    """Does a job: `perform`, or that with something around it."""
    slots: Callable[[], int]
    """How many videos it can work on at a time, now."""
    shares_disk: bool
    """Whether it writes run folders itself; otherwise their files are sent back."""
    deaths: tuple[type[Exception], ...]
    """What a future raises when the process that did the job died."""


def perform(job: Job) -> Outcome:
    """Do a job; never raises, because one bad video must not stop the rest.

    Everything is then on disk, or in `Outcome.files`.
    """
    try:
        if job.folder is None:
            return _perform_elsewhere(job)
        run = RunFolder(job.folder)
        if job.drawn is not None:
            from gait.pipeline import draw

            draw(RunFolder(job.drawn), run.overlay, partial(_tell, job))
        elif job.together:
            _analyze_together(job, run)
        elif not _analyze(job, run, job.video):
            return _changed(job)
        return Outcome()
    except GaitError as e:
        people = e.people if isinstance(e, PersonError) and not job.together else 0
        return Outcome(e.problem, e.hint, people)
    except Exception as e:  # a bug in one video must not cost the others
        return Outcome(
            f"The analysis of {job.name} stopped ({type(e).__name__}: {e}).",
            "Run `gait --debug analyze` on this video and report what it prints.",
        )


def _perform_elsewhere(job: Job) -> Outcome:
    """The run folder is a temporary one of this machine, and its files are the outcome."""
    with TemporaryDirectory(prefix="gait-") as folder:
        run = RunFolder(Path(folder))
        for name, content in job.given.items():
            (run.path / name).write_bytes(content)
        if job.tracked_s is not None:
            os.utime(run.pose, (job.tracked_s, job.tracked_s))
        video = run.path / job.sent_video if job.sent_video in job.given else job.video
        if not video.is_file() or not _analyze(job, run, video):
            return _changed(job) if job.sent_video in job.given else Outcome(unseen=True)
        made = (run.analysis, run.pose, run.strides, run.overlay, run.people, run.report)
        files = {path.name: path.read_bytes() for path in made if path.exists()}
        return Outcome(files={n: data for n, data in files.items() if data != job.given.get(n)})


def _changed(job: Job) -> Outcome:
    return Outcome(f"{job.name} was changed meanwhile.", "Run the batch again.")


def _tell(job: Job, stage: str, done: int, total: int) -> None:
    tell((job.id, stage, done, total))


def _analyze(job: Job, run: RunFolder, video: Path) -> bool:
    """Analyse the video into the folder; False if it is another video than was meant."""
    from gait.report import write_report

    _tell(job, "reading", 0, 1)
    info = _probe(video, job.name)
    if job.sha256 not in (None, info.sha256):
        return False
    _analyze_into(job, run, video, info, partial(_tell, job))
    if job.extras.report:
        _tell(job, "report", 0, 1)
        write_report(run, video=video)
    return True


def _analyze_together(job: Job, run: RunFolder) -> None:
    """Analyse the videos of a visit, and merge their views."""
    from gait.analysis.merge_views import merge_views, require_different

    _tell(job, "reading", 0, 1)
    infos = [_probe(video, name) for video, name in job.together]
    require_different([info.sha256 for info in infos])
    n, analyses = len(infos), []
    for i, ((video, _), info) in enumerate(zip(job.together, infos, strict=True)):

        def progress(stage: str, done: int, total: int, before: int = i) -> None:
            _tell(job, stage, before * total + done, n * total)

        analyses.append(_analyze_into(job, RunFolder(video.parent), video, info, progress))
    with run.writing():
        run.save_analysis(merge_views(analyses))


def _analyze_into(
    job: Job, run: RunFolder, video: Path, info: VideoInfo, progress: Progress
) -> Analysis:
    from gait.pipeline import analyze_into

    if job.runs is not None:
        _take_over_track(run, job.runs, info)
    return analyze_into(
        run,
        video,
        info,
        job.settings,
        answers=job.answers,
        overlay=job.extras.overlay,
        workers=job.workers,
        progress=progress,
    )


def _probe(video: Path, name: str) -> VideoInfo:
    """What the video says of itself; in complaints its name stands for wherever it is."""
    from gait.video import probe

    try:
        return probe(video).model_copy(update={"name": name})
    except GaitError as e:
        raise type(e)(e.problem.replace(str(video), name), e.hint) from e


def _take_over_track(run: RunFolder, base: Path, video: VideoInfo) -> None:
    """Copy that of an earlier run of the same video; the pipeline checks that it fits."""
    for earlier in runs(base):
        if not earlier.path.name.startswith(Path(video.name).stem):
            continue
        with suppress(OSError, UsageError, ValueError, LookupError, TypeError):
            document = read_json(earlier.analysis)
            if document["video"]["sha256"] == video.sha256:
                with run.replacing(run.pose) as copy:
                    shutil.copyfile(earlier.pose, copy)
                return
