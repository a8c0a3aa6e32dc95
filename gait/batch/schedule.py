"""Working through a session with any executor: what is done already is not done again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final

from gait.analysis.interpret.questionnaire import check
from gait.batch.session import Session, SessionVideo
from gait.io.ours import is_ours
from gait.io.run_folder import RunFolder
from gait.jobs.job import Extras, Job, Labour, Outcome
from gait.jobs.progress import State
from gait.pipeline import track_key
from gait.pose import get_backend
from gait.resources import own_version
from gait.sanitize.files import read_json, sha256
from gait.settings import PoseSettings
from gait.types import UsageError

ATTEMPTS: Final = 2
"""A worker can die for reasons that are not the video's (the system was short of memory, somebody
killed it). Two in a row on one video are taken to be the video's."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A video without a result."""

    entry: SessionVideo
    """Which."""
    problem: str
    hint: str
    """`problem` and `hint`: what is wrong and what to do."""


def work_through(
    session: Session,
    out: Path,
    labour: Labour,
    *,
    extras: Extras,
    changed: Callable[[SessionVideo, State], None],
) -> tuple[Failure, ...]:
    """Analyse what is not analysed yet; returns the failures by name of the video.

    Parameters
    ----------
    session : Session
        All videos.
    out : Path
        Folder that gets a run folder for each.
    labour : Labour
        Who does it.
    extras : Extras
        What each video gets besides its analysis.
    changed : callable
        Told of every video when its state changes.

    Raises
    ------
    UsageError
        If the workers are lost.
    GaitError
        If there is no pose model, or nothing can be written.
    """
    failures: list[Failure] = []
    running: dict[Future[Outcome], tuple[SessionVideo, Job, int]] = {}

    def submit(entry: SessionVideo, job: Job, attempt: int) -> None:
        running[labour.executor.submit(labour.perform, job)] = (entry, job, attempt)

    todo = _todo(session, out, labour, extras, failures, changed)
    while True:
        # Two for each: the next one is there when one is done, and few are in memory.
        while len(running) < 2 * max(1, labour.slots()) and (item := next(todo, None)):
            submit(*item, 1)
            changed(item[0], "started")
        if not running:
            break
        for future in wait(running, timeout=1, return_when=FIRST_COMPLETED).done:
            entry, job, attempt = running.pop(future)
            outcome = _outcome(future, labour, last=attempt == ATTEMPTS)
            if outcome is None:
                submit(entry, job, attempt + 1)
            elif outcome.unseen:
                submit(entry, _with_video(job), attempt)
            elif outcome.problem:
                failures.append(Failure(entry, outcome.problem, outcome.hint))
                changed(entry, "failed")
            else:
                if not labour.shares_disk:
                    RunFolder(out / entry.name).save_files(outcome.files)
                changed(entry, "done")
    return tuple(sorted(failures, key=lambda failure: failure.entry.name))


def is_finished(run: RunFolder, entry: SessionVideo, digest: str, key: str, extras: Extras) -> bool:
    """Whether a run folder holds what a new analysis of the video would give.

    The track counts as well: a folder without it could not be analysed again.

    Parameters
    ----------
    run : RunFolder
        Of the video.
    entry : SessionVideo
        The video and what is known of it.
    digest : str
        SHA-256 of the video.
    key : str
        Of the track that the video would have.
    extras : Extras
        What it has to hold besides.
    """
    try:
        held = read_json(run.analysis)
        video = (held["video"]["name"], held["video"]["sha256"])
        settings, analyzed_by = held["settings"], held["versions"]["gaitlens"]
        answers = check(held.get("intake") or {})
    except (UsageError, ValueError, LookupError, TypeError):
        return False
    return (
        video == (entry.video.name, digest)
        and settings == entry.settings.model_dump(mode="json")
        and answers == check(entry.answers or {})
        and analyzed_by == own_version()
        and run.track_key() == key
        and is_ours(run.strides)
        and extras.all_in(run)
    )


def _todo(
    session: Session,
    out: Path,
    labour: Labour,
    extras: Extras,
    failures: list[Failure],
    changed: Callable[[SessionVideo, State], None],
) -> Iterator[tuple[SessionVideo, Job]]:
    """Jobs, made when they are asked for: a large session starts at once."""
    for entry in session.videos:
        run = RunFolder(out / entry.name)
        key_of_video = _fingerprint(entry.settings.pose)
        try:
            digest = sha256(entry.video)
        except UsageError as e:
            failures.append(Failure(entry, e.problem, e.hint))
            changed(entry, "failed")
            continue
        key = track_key(digest, key_of_video)
        run.sweep()
        if is_finished(run, entry, digest, key, extras):
            changed(entry, "kept")
            continue
        folder = run.path if labour.shares_disk else None
        given, tracked_s = {}, None
        if folder is None and run.track_key() == key:
            given[run.pose.name] = run.pose.read_bytes()
            tracked_s = run.pose.stat().st_mtime
        yield (
            entry,
            Job(
                entry.name,
                entry.video.name,
                entry.video,
                entry.settings,
                extras,
                folder,
                sha256=digest,
                given=given,
                tracked_s=tracked_s,
                answers=entry.answers,
            ),
        )


def _outcome(future: Future[Outcome], labour: Labour, *, last: bool) -> Outcome | None:
    """What a worker made of its job; None if it died and is to get another chance."""
    try:
        return future.result()
    except (CancelledError, OSError) as e:
        raise UsageError(
            f"The workers are lost ({type(e).__name__}).",
            "Run the same command again: finished videos are kept.",
        ) from e
    except labour.deaths:
        return _FATAL if last else None
    except Exception as e:  # a bug in one video must not cost the others
        return Outcome(f"The analysis stopped ({type(e).__name__}: {e}).", "Report this.")


_FATAL: Final = Outcome(
    "The process that analysed this video was ended by the system, twice.",
    "There may be too little memory: give fewer --workers, or a video with a smaller picture.",
)


def _with_video(job: Job) -> Job:
    return replace(job, given={**job.given, job.sent_video: job.video.read_bytes()})


@cache
def _fingerprint(pose: PoseSettings) -> str:
    return get_backend(pose.backend).fingerprint(pose)
