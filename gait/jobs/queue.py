"""The jobs of the page: uploads kept, one process a job, cancelling, results made visible.

A job works in a hidden folder of the workspace. Only when everything is there does the folder get
its name, in one step, so that a run is whole or does not exist, whatever is killed when.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any, BinaryIO, Final

from gait.analysis.interpret.questionnaire import Answers, check
from gait.io.analysis_file import read_analysis
from gait.io.deletion import note_own_copy, own_copy
from gait.io.ours import drop, require_ours
from gait.io.run_folder import RunFolder
from gait.jobs.job import Extras, Job, Outcome, perform
from gait.jobs.progress import Tally
from gait.jobs.staging import Staging
from gait.jobs.status import Status
from gait.jobs.uploads import safe_name
from gait.jobs.workers import Crew, WorkerLostError
from gait.pose.inference import available_cores
from gait.sanitize.files import patiently
from gait.sanitize.text import name_key
from gait.settings import Settings
from gait.types import GaitError, OutputError, UsageError

CORES_PER_JOB: Final = 2
"""Fewer would make one user wait long, more would make many users wait for one."""

MOST_WAITING: Final = 200
"""Videos of one library that may wait: each lies on the disk, and nobody comes back for more."""
_LOST: Final = "There may be too little memory: give a shorter video or a smaller picture."
_STUCK: Final = "Make sure that the workspace can be written and has room."


@dataclass(frozen=True, slots=True)
class _Work:
    """What belongs to a job but is no business of the page."""

    job: Job
    folder: Path
    publish: Callable[[], str]
    then: Callable[[str], object] | None
    future: Future[Outcome]
    tally: Tally


class Jobs:
    """All jobs of one library, whose run folders are in `workspace`.

    `workers` do the work if they are shared with other libraries.
    """

    def __init__(self, workspace: Path, workers: Crew | None = None) -> None:
        self.workspace = workspace
        self._staging = Staging(workspace)
        self._status: dict[str, Status] = {}
        self._work: dict[str, _Work] = {}
        self._asking: dict[str, _Work] = {}
        self._drawings: dict[Path, str] = {}
        self._lock = Lock()
        self._crew = workers or crew()
        self._crew.told(self._hear)
        self._threads = self._crew.threads

    def analyse(
        self, video: BinaryIO | Path, name: str, settings: Settings, answers: Answers | None = None
    ) -> str:
        """Take a video in and analyse it in the background, then draw its overlay; id of the job.

        The run is there as soon as there is an answer. Only where faces are hidden the overlay
        comes first: the video itself is not kept then.

        Parameters
        ----------
        video : binary file or Path
            Copied into the workspace (a path is linked where the file system can).
        name : str
            As the user calls it; only a clean form of it is used.
        settings : Settings
            What the user knows about the video.
        answers : mapping of str to str or sequence of str, optional
            To the questionnaire.

        Raises
        ------
        UsageError
            If the name is not that of a video, answers contradict each other, or too many wait.
        OutputError
            If the workspace cannot be written, or has no room.
        """
        return self._take_in([(video, name)], settings, answers, visit=False)

    def analyse_visit(
        self,
        videos: Sequence[tuple[BinaryIO | Path, str]],
        settings: Settings,
        answers: Answers | None = None,
    ) -> str:
        """Take in videos of one runner on one day from different sides, and merge their views.

        Parameters
        ----------
        videos : sequence of (binary file or Path, str)
            Two or more, with what the user calls them.
        settings : Settings
            What the user knows about all of them.
        answers : mapping of str to str or sequence of str, optional
            To the questionnaire.

        Raises
        ------
        UsageError, OutputError
            As `analyse`.
        """
        return self._take_in(videos, settings, answers, visit=True)

    def _take_in(
        self,
        videos: Sequence[tuple[BinaryIO | Path, str]],
        settings: Settings,
        answers: Answers | None,
        *,
        visit: bool,
    ) -> str:
        """Keep one video in the folder of a job, those of a visit each in a folder inside it."""
        names = [safe_name(name) for _, name in videos]
        given = check(answers) if answers else None
        self._require_few()
        for (video, _), name in zip(videos, names, strict=True):
            self._staging.require_room(video, name)
        folder = self._staging.open()
        taken: list[tuple[Path, str]] = []
        for i, ((video, _), name) in enumerate(zip(videos, names, strict=True), start=1):
            its_folder = folder / f"{i}-{Path(name).stem}" if visit else folder
            target = its_folder / f"video.{name.rpartition('.')[2]}"
            self._staging.keep(video, name, target, folder)
            taken.append((target, name))
        job = Job(
            secrets.token_hex(8),
            " + ".join(names),
            folder if visit else taken[0][0],
            settings,
            extras=Extras(overlay=settings.blur_face, report=False),
            folder=folder,
            answers=given,
            workers=self._threads,
            runs=self.workspace,
            together=tuple(taken) if visit else (),
        )

        def publish() -> str:
            for target, _ in taken:
                _settle(target, settings)
            return self._staging.publish(
                folder, "+".join(dict.fromkeys(Path(n).stem for n in names))
            )

        def then(run: str) -> None:
            for target, name in taken:
                its_run = self.workspace / run / target.parent.relative_to(folder)
                self.draw(RunFolder(its_run), name)

        return self._start(job, folder, publish, None if settings.blur_face else then)

    def draw(self, run: RunFolder, name: str) -> str:
        """Draw the overlay of a finished run again in the background; returns the id of the job.

        If the run is changed meanwhile the drawing is thrown away.
        """
        folder = self._staging.open()
        drawn_of = run.analysis.stat().st_mtime_ns
        job = Job(secrets.token_hex(8), name, run.path, folder=folder, drawn=run.path)

        def publish() -> str:
            # It may have been deleted meanwhile.
            if run.analysis.exists() and run.analysis.stat().st_mtime_ns == drawn_of:
                with run.writing():
                    require_ours(run.overlay)
                    with run.replacing(run.overlay) as drawn:
                        patiently(RunFolder(folder).overlay.replace, drawn)
                    _keep_no_face(run)
            return run.path.name

        self._drawings[run.path] = job.id
        return self._start(job, folder, publish)

    def drawing(self, run: RunFolder) -> Status | None:
        """How far the overlay of a run is, if it is being drawn; None if nobody does."""
        status = self.get(self._drawings.get(run.path, ""))
        return None if status is None or status.over else status

    def get(self, job: str) -> Status | None:
        """How far a job is; None if there is no such job."""
        status, work = self._status.get(job), self._work.get(job)
        if status and status.state == "waiting" and work and work.future.running():
            return replace(status, state="running")  # its process has not said anything yet
        return status

    def all(self) -> tuple[Status, ...]:
        """All jobs since the server was started, in their order."""
        return tuple(status for job in tuple(self._status) if (status := self.get(job)))

    def choose(self, job: str, person: int) -> str:
        """Start a job again that has to be told the runner, counted from the left.

        UsageError if the video is no longer there.
        """
        with self._lock:
            work = self._asking.pop(job, None)
        if work is None:
            raise UsageError("The video is no longer here.", "Give it again.")
        settings = work.job.settings
        pose = settings.pose.model_copy(update={"person": person})
        chosen = settings.model_copy(update={"pose": pose})
        again = replace(work.job, id=secrets.token_hex(8), settings=chosen)
        return self._start(again, work.folder, work.publish, work.then)

    def cancel(self, job: str) -> None:
        """Stop a job now and remove what it left; nothing happens if it is done."""
        with self._lock:
            asking = self._asking.pop(job, None)
        if asking is not None:
            self._staging.drop(asking.folder)
        if job in self._status:
            self._change(job, state="cancelled", remaining_s=None)
        if (work := self._work.get(job)) is not None:
            self._crew.kill(work.future)

    def forget(self, job: str) -> None:
        """Take a job off the list that is over, with what it kept in case somebody chooses."""
        status = self.get(job)
        if status is None or not status.over:
            return
        self.cancel(job)
        with self._lock:
            if job not in self._work:  # its process may still have to say that it has ended
                self._status.pop(job, None)

    def cancel_of(self, runner: str) -> None:
        """Stop every job with a video of this runner and remove what it left."""
        wanted = name_key(runner.strip())
        with self._lock:
            asked = {name: work.job.settings for name, work in self._asking.items()}
        given = {name: work.job.settings for name, work in self._work.items()} | asked
        for name, settings in given.items():
            status = self.get(name)
            over = status is not None and status.state == "done"
            if name_key((settings.runner or "").strip()) == wanted and not over:
                self.cancel(name)

    def _require_few(self) -> None:
        if sum(not job.over for job in self.all()) >= MOST_WAITING:
            raise UsageError(
                f"{MOST_WAITING} videos are waiting already.", "Give more when some are done."
            )

    def _start(
        self,
        job: Job,
        folder: Path,
        publish: Callable[[], str],
        then: Callable[[str], object] | None = None,
    ) -> str:
        future = self._crew.submit(perform, job)
        tally = Tally({job.id: 1}, overlay=job.extras.overlay, pose=job.drawn is None)
        self._work[job.id] = work = _Work(job, folder, publish, then, future, tally)
        self._status[job.id] = Status(job.id, job.name)
        future.add_done_callback(partial(self._finish, work))
        return job.id

    def _hear(self, message: tuple[str, str, int, int]) -> None:
        job, stage, *_ = message
        if (work := self._work.get(job)) is not None:
            fraction, remaining_s = work.tally.hear(*message), work.tally.remaining_s()
            self._change(
                job, state="running", stage=stage, fraction=fraction, remaining_s=remaining_s
            )

    def _finish(self, work: _Work, future: Future[Outcome]) -> None:
        """Give the result its place, or say what went wrong."""
        job, unfinished = work.job, False
        try:
            outcome = future.result()
            if self._status[job.id].over:
                return
            if outcome.people:
                self._asking[job.id], unfinished = work, True
                picture = RunFolder(work.folder).people
                self._fail(
                    job,
                    outcome.problem,
                    "Choose below.",
                    people=outcome.people,
                    picture=picture if picture.exists() else None,
                )
            elif outcome.problem:
                self._fail(job, outcome.problem, outcome.hint)
            else:
                run = work.publish()
                if work.then is not None:
                    with suppress(OutputError):  # the run itself is whole
                        work.then(run)
                self._change(job.id, state="done", fraction=1.0, remaining_s=None, run=run)
        except (CancelledError, WorkerLostError):
            self._fail(job, f"The analysis of {job.name} was ended by the system.", _LOST)
        except GaitError as e:
            self._fail(job, e.problem, e.hint)
        except OSError as e:
            self._fail(job, f"The analysis stopped: {e}.", _STUCK)
        finally:
            if not unfinished:
                self._staging.drop(work.folder)
            del self._work[job.id]

    def _fail(self, job: Job, problem: str, hint: str, **changes: Any) -> None:
        # The folder is ours, not the user's: the video is what they gave it as.
        problem, hint = (text.replace(str(job.folder), job.name) for text in (problem, hint))
        changes |= {"problem": problem, "hint": hint, "fraction": 1.0, "remaining_s": None}
        self._change(job.id, state="failed", **changes)

    def _change(self, job: str, **changes: Any) -> None:
        """Change a status, unless nothing more is to happen."""
        with self._lock:
            if not self._status[job].over:
                self._status[job] = replace(self._status[job], **changes)


def crew() -> Crew:
    """Processes for the jobs of this machine, each for one job."""
    cores = available_cores()
    slots = max(1, cores // CORES_PER_JOB)
    return Crew(slots, threads=max(1, cores // slots), lasting=False)


def _settle(video: Path, settings: Settings) -> None:
    """What becomes of the copy of an upload that was analysed where it lies."""
    if settings.blur_face:
        patiently(video.unlink)
    else:
        note_own_copy(RunFolder(video.parent), video)


def _keep_no_face(run: RunFolder) -> None:
    """A video in which faces are hidden is of no use beside one in which they are not."""
    if read_analysis(run.path).settings.blur_face and (video := own_copy(run)) is not None:
        drop(video)
