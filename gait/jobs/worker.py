"""One job in a process of its own: it can be stopped at any moment and gives its memory back.

The request comes as one line of JSON on standard input, which then stays open: when it closes the
server is gone, and so is the worker. Progress and the outcome go to standard output, one JSON
object a line.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict

from gait.inputs import read_json
from gait.io.run_folder import RunFolder, runs
from gait.settings import Settings
from gait.types import GaitError, PersonError, UsageError

Report = Callable[[dict[str, Any]], None]

_UNEXPECTED: Final = (
    "Try again; if it happens again, run `gait analyze` on this video and report it."
)


class Request(BaseModel):
    """What a worker is to do.

    "analyse": analyse the video in `folder` into the same folder. "draw": draw the overlay of `run`
    into `folder`. `name` is what the user calls the video.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    task: Literal["analyse", "draw"]
    folder: Path
    name: str
    settings: Settings = Settings()
    answers: dict[str, str | tuple[str, ...]] | None = None
    workspace: Path
    run: Path | None = None
    workers: int | None = None


def work(request: Request, report: Report) -> None:
    """Do one job.

    Parameters
    ----------
    request : Request
        What to do.
    report : callable
        Told {"stage", "done", "total"} while it goes on, then {"finished"} or {"problem", "hint"},
        with {"people"} if the user has to choose one of so many.
    """

    def progress(stage: str, done: int, total: int) -> None:
        report({"stage": stage, "done": done, "total": total})

    try:
        if request.task == "analyse":
            _analyse(request, progress)
        else:
            _draw(request, progress)
        report({"finished": True})
    except PersonError as e:
        report({"problem": e.problem, "hint": "Choose below.", "people": e.people})
    except GaitError as e:
        # The folder is ours, not the user's: the video is what they gave it as.
        own = str(request.folder)
        problem, hint = (text.replace(own, request.name) for text in (e.problem, e.hint))
        report({"problem": problem, "hint": hint})
    except Exception as e:  # whatever it is, the page has to say something
        report({"problem": f"The analysis failed ({type(e).__name__}: {e}).", "hint": _UNEXPECTED})


def main() -> None:
    """Read the request, do it, and end with it."""
    request = Request.model_validate_json(sys.stdin.readline())
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as pipe:
        os.dup2(2, 1)  # whatever libraries print is not for the page

        def report(message: dict[str, Any]) -> None:
            pipe.write(json.dumps(message) + "\n")
            pipe.flush()

        Thread(target=_end_with_the_server, daemon=True).start()
        work(request, report)


def _end_with_the_server() -> None:
    sys.stdin.read()
    os._exit(1)


def _analyse(request: Request, progress: Callable[[str, int, int], None]) -> None:
    from gait.pipeline import analyze_into
    from gait.video import probe

    run = RunFolder(request.folder)
    video = run.video
    if video is None:
        raise UsageError(f"{request.name} is gone.", "Give it again.")
    progress("reading", 0, 1)
    try:
        info = probe(video).model_copy(update={"name": request.name})
    except GaitError as e:
        text = e.problem.replace(str(video), request.name)
        raise type(e)(text, e.hint) from e
    _reuse_pose(run, request.workspace, request.name, info.sha256)
    analyze_into(
        run,
        video,
        info,
        request.settings,
        answers=request.answers,
        workers=request.workers,
        progress=progress,
    )


def _reuse_pose(run: RunFolder, workspace: Path, name: str, sha256: str) -> None:
    """Take over the track of an earlier run of the same video; the pipeline checks that it fits."""
    for earlier in runs(workspace):
        if not earlier.path.name.startswith(Path(name).stem):
            continue
        with suppress(OSError, UsageError, ValueError, LookupError, TypeError):
            document = read_json(earlier.analysis)
            if document["video"]["sha256"] == sha256:
                shutil.copyfile(earlier.pose, run.pose)
                return


def _draw(request: Request, progress: Callable[[str, int, int], None]) -> None:
    from gait.pipeline import draw

    if request.run is None:
        raise UsageError("No run was named.", "Choose one in the library.")
    draw(RunFolder(request.run), RunFolder(request.folder).overlay, progress)


if __name__ == "__main__":
    main()
