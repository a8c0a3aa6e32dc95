"""Background work: uploads kept, one process a job, progress, cancelling, results made visible.

A job works in a hidden folder of the workspace. Only when everything is there does the folder get
its name, in one step, so that a run is whole or does not exist, whatever is killed when.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from threading import BoundedSemaphore, Lock, Thread
from typing import Any, BinaryIO, Final, Literal

from gait.analysis.interpret.questionnaire import Answers, check
from gait.io.run_folder import RunFolder
from gait.jobs.uploads import safe_name, take_in
from gait.jobs.worker import Request
from gait.pose.inference import available_cores
from gait.settings import Settings
from gait.types import OutputError, UsageError

_FRUGAL: Final = {"MALLOC_MMAP_THRESHOLD_": str(4 << 20)}
"""Has glibc give every picture back to the system. By default it keeps arrays of up to 32 MB in its
heap, which fell to pieces with 4K video: 3.7 GB instead of 1.2 GB after 450 pictures."""

State = Literal["waiting", "running", "done", "failed", "cancelled"]

STAGING: Final = ".jobs"
"""Folder of the workspace for what is not finished; hidden, like every unfinished file."""

POSE_SHARE: Final = 0.85
"""Part of the time that the pose model takes; drawing takes the rest (docs/accuracy.md, Speed)."""

CORES_PER_JOB: Final = 2
"""Fewer would make one user wait long, more would make many users wait for one."""


@dataclass(frozen=True, slots=True)
class Job:
    """How far one job is; a picture of one moment.

    Parameters
    ----------
    id : str
        Cannot be guessed.
    name : str
        What the user calls the video.
    state : {"waiting", "running", "done", "failed", "cancelled"}
        "done" and later ones do not change any more.
    stage : str
        "reading", "pose" or "overlay".
    fraction : float
        How much of the work is done, 0 to 1.
    remaining_s : float, optional
        Estimate, once there is one.
    problem, hint : str
        What went wrong and what to do, if it failed.
    run : str, optional
        Name of the run folder in the workspace, when done.
    people : int
        If it failed because the runner has to be chosen: among how many.
    picture : Path, optional
        Shows them, numbered.
    """

    id: str
    name: str
    state: State = "waiting"
    stage: str = "reading"
    fraction: float = 0.0
    remaining_s: float | None = None
    problem: str = ""
    hint: str = ""
    run: str | None = None
    people: int = 0
    picture: Path | None = None

    @property
    def over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in ("done", "failed", "cancelled")


@dataclass(slots=True)
class _Work:
    """What belongs to a job but is no business of the page."""

    request: Request
    publish: Callable[[], str]
    process: subprocess.Popen[str] | None = None
    began_s: float = 0.0


class Jobs:
    """All jobs of one server.

    Parameters
    ----------
    workspace : Path
        Folder of the run folders.
    """

    def __init__(self, workspace: Path) -> None:
        self.workspace = workspace
        self._jobs: dict[str, Job] = {}
        self._work: dict[str, _Work] = {}
        self._asking: dict[str, _Work] = {}
        self._lock = Lock()
        cores = available_cores()
        slots = max(1, cores // CORES_PER_JOB)
        self._slots = BoundedSemaphore(slots)
        self._workers = max(1, cores // slots)
        self._sweep()

    def analyse(
        self, video: BinaryIO | Path, name: str, settings: Settings, answers: Answers | None = None
    ) -> str:
        """Take a video in and analyse it in the background.

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

        Returns
        -------
        str
            Id of the job.

        Raises
        ------
        UsageError
            If the name is not that of a video, or answers contradict each other.
        OutputError
            If the workspace cannot be written.
        """
        name = safe_name(name)
        given = check(answers) if answers else None
        folder = self._stage()
        target = folder / f"video.{name.rpartition('.')[2]}"
        try:
            take_in(video, target)
        except OSError as e:
            shutil.rmtree(folder, ignore_errors=True)
            problem = f"{name} cannot be kept in {self.workspace}: {e.strerror or e}."
            raise OutputError(problem, "Make room there, or give a shorter video.") from e
        request = Request(
            task="analyse",
            folder=folder,
            name=name,
            settings=settings,
            answers=given,
            workspace=self.workspace,
            workers=self._workers,
        )
        return self._start(request, lambda: self._publish(folder, Path(name).stem))

    def draw(self, run: RunFolder, name: str) -> str:
        """Draw the overlay video of a run again, in the background.

        Parameters
        ----------
        run : RunFolder
            A finished run with its video.
        name : str
            What to call it in the progress.

        Returns
        -------
        str
            Id of the job; if the run is changed meanwhile the drawing is thrown away.
        """
        folder = self._stage()
        drawn_of = run.analysis.stat().st_mtime_ns
        request = Request(
            task="draw", folder=folder, name=name, workspace=self.workspace, run=run.path
        )

        def publish() -> str:
            if run.analysis.stat().st_mtime_ns == drawn_of:
                RunFolder(folder).overlay.replace(run.overlay)
            shutil.rmtree(folder)
            return run.path.name

        return self._start(request, publish)

    def get(self, job: str) -> Job | None:
        """How far a job is; None if there is no such job."""
        return self._jobs.get(job)

    def all(self) -> tuple[Job, ...]:
        """All jobs since the server was started, in their order."""
        return tuple(self._jobs.values())

    def choose(self, job: str, person: int) -> str:
        """Start a job again that failed because the runner has to be chosen.

        Parameters
        ----------
        job : str
            Its id.
        person : int
            Number of the runner, from the left.

        Returns
        -------
        str
            Id of the new job.

        Raises
        ------
        UsageError
            If the video is no longer there.
        """
        with self._lock:
            work = self._asking.pop(job, None)
        if work is None:
            raise UsageError("The video is no longer here.", "Give it again.")
        settings = work.request.settings
        pose = settings.pose.model_copy(update={"person": person})
        chosen = settings.model_copy(update={"pose": pose})
        return self._start(work.request.model_copy(update={"settings": chosen}), work.publish)

    def cancel(self, job: str) -> None:
        """Stop a job now and remove what it left; nothing happens if it is done."""
        with self._lock:
            asking = self._asking.pop(job, None)
        if asking is not None:
            shutil.rmtree(asking.request.folder, ignore_errors=True)
        with self._lock:
            if job not in self._jobs or self._jobs[job].over:
                return
            self._jobs[job] = replace(self._jobs[job], state="cancelled", remaining_s=None)
            process = self._work[job].process
        if process is not None:
            process.kill()

    def _stage(self) -> Path:
        folder = self.workspace / STAGING / f"{os.getpid()}-{secrets.token_hex(8)}"
        try:
            folder.mkdir(parents=True)
        except OSError as e:
            problem = f"Cannot write in {self.workspace}: {e.strerror}."
            raise OutputError(problem, "Start `gait app` with another --workspace.") from e
        return folder

    def _start(self, request: Request, publish: Callable[[], str]) -> str:
        job = secrets.token_hex(8)
        self._jobs[job] = Job(job, request.name)
        self._work[job] = _Work(request, publish)
        Thread(target=self._run, args=(job,), daemon=True).start()
        return job

    def _run(self, job: str) -> None:
        work = self._work[job]
        try:
            with self._slots:
                self._supervise(job, work)
        except OSError as e:
            hint = "Make sure that the workspace can be written and has room."
            self._end(job, "failed", problem=f"The analysis stopped: {e}.", hint=hint)
        finally:
            if job not in self._asking:
                shutil.rmtree(work.request.folder, ignore_errors=True)
            del self._work[job]

    def _supervise(self, job: str, work: _Work) -> None:
        with self._lock:
            if self._jobs[job].over:
                return
            work.process = process = subprocess.Popen(
                [sys.executable, "-m", "gait.jobs.worker"],
                env=_FRUGAL | os.environ,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                encoding="utf-8",
            )
            self._jobs[job] = replace(self._jobs[job], state="running")
        assert process.stdin is not None
        assert process.stdout is not None
        message: dict[str, Any] = {}
        try:
            with suppress(BrokenPipeError):
                process.stdin.write(work.request.model_dump_json() + "\n")
                process.stdin.flush()
            for line in process.stdout:
                message = json.loads(line)
                if "stage" not in message:
                    break
                self._note(job, work, message["stage"], message["done"] / max(message["total"], 1))
        finally:
            process.kill()
            process.communicate()
        if message.get("people") and not self._jobs[job].over:
            self._asking[job] = work
            picture = RunFolder(work.request.folder).people
            self._end(
                job,
                "failed",
                problem=message["problem"],
                hint=message["hint"],
                people=message["people"],
                picture=picture if picture.exists() else None,
            )
        elif "problem" in message:
            self._end(job, "failed", problem=message["problem"], hint=message["hint"])
        elif "finished" in message:
            self._end(job, "done", run=work.publish())
        elif not self._jobs[job].over:
            self._end(
                job,
                "failed",
                problem=f"The analysis of {work.request.name} was ended by the system.",
                hint="There may be too little memory: give a shorter video or a smaller picture.",
            )

    def _note(self, job: str, work: _Work, stage: str, part: float) -> None:
        now = time.monotonic()
        drawing_only = work.request.task == "draw"
        start, share = {
            "pose": (0.0, POSE_SHARE),
            "overlay": (0.0, 1.0) if drawing_only else (POSE_SHARE, 1 - POSE_SHARE),
        }.get(stage, (0.0, 0.0))
        fraction = start + share * part
        with self._lock:
            before = self._jobs[job]
            if before.over:
                return
            if before.fraction == 0:
                work.began_s = now
            elapsed = now - work.began_s
            known = fraction > 0.02 and elapsed > 2
            remaining = elapsed * (1 - fraction) / fraction if known else None
            self._jobs[job] = replace(before, stage=stage, fraction=fraction, remaining_s=remaining)

    def _end(self, job: str, state: State, **changes: Any) -> None:
        with self._lock:
            if not self._jobs[job].over:
                ended = replace(self._jobs[job], state=state, fraction=1.0, remaining_s=None)
                self._jobs[job] = replace(ended, **changes)

    def _publish(self, folder: Path, stem: str) -> str:
        """Give a finished folder its place; the first free of stem, stem-2, stem-3, …"""
        with self._lock:
            for n in count(1):
                target = self.workspace / (stem if n == 1 else f"{stem}-{n}")
                if not target.exists():
                    folder.rename(target)
                    return target.name
        raise AssertionError("count never ends")

    def _sweep(self) -> None:
        """Remove what servers that are no more have left unfinished."""
        for folder in (self.workspace / STAGING).glob("*-*"):
            owner = folder.name.partition("-")[0]
            if not owner.isdigit() or int(owner) == os.getpid() or not _alive(int(owner)):
                shutil.rmtree(folder, ignore_errors=True)


def _alive(pid: int) -> bool:
    if sys.platform == "win32":  # there, signal 0 would end it
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
