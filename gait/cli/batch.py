"""The command that works through a whole session: batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from gait.cli import terminal
from gait.cli.options import MOST_WORKERS, Mode, Model, SettingsFile, settings_of

if TYPE_CHECKING:  # imported where needed: they would triple the time of `gait --help`
    from rich.progress import Progress

    from gait.batch.roster import Standing
    from gait.batch.session import SessionVideo
    from gait.jobs.job import Labour
    from gait.jobs.progress import State, Tally


def batch(
    videos: Annotated[
        list[Path],
        typer.Argument(
            metavar="FOLDER|VIDEO|LIST.csv", help="Videos, folders of videos, or lists of them."
        ),
    ],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where everything goes.")],
    speed: Annotated[
        str | None, typer.Option(metavar="SPEED", help="Speed of all whose speed is not listed.")
    ] = None,
    height: Annotated[
        str | None, typer.Option(metavar="HEIGHT", help="Height of all whose height is not listed.")
    ] = None,
    sex: Annotated[
        Literal["female", "male"] | None, typer.Option(help="Of all for whom it is not listed.")
    ] = None,
    pose: Mode = None,
    model: Model = None,
    settings: SettingsFile = None,
    overlay: Annotated[
        bool,
        typer.Option(
            "--overlay/--no-overlay", help="Draw the overlay videos; may be done in a later run."
        ),
    ] = False,
    report: Annotated[
        bool,
        typer.Option("--report/--no-report", help="Write the reports; may be done in a later run."),
    ] = True,
    workers: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=MOST_WORKERS,
            metavar="N",
            show_default="what cores and memory allow",
            help="Videos at a time.",
        ),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(metavar="tcp://HOST:PORT", help="Dask cluster that does the work instead."),
    ] = None,
) -> int:
    """Analyse a whole session; run it again to go on where it was stopped."""
    from gait.batch.lock import alone_in
    from gait.batch.schedule import work_through
    from gait.batch.session import read_session
    from gait.batch.tables import write_results
    from gait.io.ours import SESSION, require_ours
    from gait.io.run_folder import RunFolder
    from gait.jobs.job import Extras
    from gait.sanitize.files import real
    from gait.types import OutputError, UsageError

    if any(source.is_dir() and real(source) == real(out) for source in videos):
        raise UsageError(
            f"{out} holds the videos.", "Give another folder with --out, for example one inside it."
        )
    chosen = settings_of(settings, model, mode=pose, speed=speed, height=height, sex=sex)
    session = read_session(videos, chosen)
    for remark in session.remarks:
        terminal.complain(remark)
    if RunFolder(out).is_ours():  # both have a table of strides
        raise OutputError(f"{out} is the run folder of one video.", "Give another --out.")
    require_ours(*(out / name for name in SESSION))
    with (
        alone_in(out),
        terminal.if_stopped("The same command goes on from here."),
        _board(session.videos, overlay) as board,
        _labour(scheduler, workers, board.heard) as labour,
    ):
        failures = work_through(
            session, out, labour, extras=Extras(overlay, report), changed=board.changed
        )
        failed = {failure.entry.name for failure in failures}
        done = [entry for entry in session.videos if entry.name not in failed]
        standings = write_results(out, done, failures, labour if report else None)
    for failure in failures:
        terminal.complain(f"{failure.entry.video.name}: {failure.problem} {failure.hint}")
    _show(standings, out)
    return 1 if failures else 0


@contextmanager
def _labour(
    scheduler: str | None, workers: int | None, heard: Callable[[Any], None]
) -> Iterator[Labour]:
    from gait.jobs.job import Labour

    if scheduler is not None:
        from gait.jobs.dask import cluster

        with cluster(scheduler, heard) as labour:
            yield labour
        return
    from gait.jobs.job import perform
    from gait.jobs.workers import Crew, WorkerLostError, fitting

    with Crew(workers or fitting(), heard) as crew:
        yield Labour(crew, perform, lambda: crew.size, shares_disk=True, deaths=(WorkerLostError,))


def _show(standings: Sequence[Standing], out: Path) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from gait.batch.roster import why_first

    console = Console(highlight=False)
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    for head in ("", "who to look at first", "video", "why"):
        table.add_column(head, justify="right" if head == "" else "left")
    for rank, s in enumerate(standings, 1):
        style = "bold red" if s.urgency in ("emergency", "stop") else ""
        table.add_row(str(rank), escape(s.runner), s.level, why_first(s), style=style)
    console.print(table)
    where = f"\nOpen {out / 'roster.html'} in a browser. Tables: session.csv, strides.parquet."
    console.print(where, markup=False, soft_wrap=True)


class _Board:
    """A bar for all videos and one for each under way; elsewhere than on a terminal a line each."""

    def __init__(self, bars: Progress, tally: Tally, n_videos: int) -> None:
        self._bars, self._tally, self._n_videos = bars, tally, n_videos
        self._all = bars.add_task("all videos", total=1.0, left="")
        self._bar_of: dict[str, Any] = {}

    def heard(self, message: tuple[str, str, int, int]) -> None:
        """What a worker tells of its video."""
        name, stage, *_ = message
        done = self._tally.hear(*message)
        if name not in self._bar_of:
            self._bar_of[name] = self._bars.add_task(name, total=1.0, left=stage)
        self._bars.update(self._bar_of[name], completed=done, left=stage)
        self._update()

    def changed(self, entry: SessionVideo, state: State) -> None:
        """What became of a video."""
        self._tally.change(entry.name, state)
        if state == "started":
            return
        if entry.name in self._bar_of:
            self._bars.remove_task(self._bar_of.pop(entry.name))
        if self._bars.disable and state != "kept":
            of = f"{self._tally.n_over} of {self._n_videos}"
            terminal.complain(
                f"{entry.name}: {state} ({', '.join(filter(None, (of, self._left())))})"
            )
        self._update()

    def _update(self) -> None:
        self._bars.update(
            self._all,
            completed=self._tally.fraction(),
            description=f"{self._tally.n_over} of {self._n_videos} videos",
            left=self._left(),
        )

    def _left(self) -> str:
        left_s = self._tally.remaining_s()
        if left_s is None or self._tally.n_over == self._n_videos:
            return ""
        return f"about {left_s / 60:.0f} min left" if left_s > 90 else f"about {left_s:.0f} s left"


@contextmanager
def _board(videos: Sequence[SessionVideo], overlay: bool) -> Iterator[_Board]:
    from rich import progress
    from rich.console import Console

    from gait.jobs.progress import Tally

    console = Console(stderr=True)
    bars = progress.Progress(
        progress.TextColumn("{task.description}", markup=False),
        progress.BarColumn(),
        progress.TaskProgressColumn(),
        progress.TextColumn("{task.fields[left]}", markup=False),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    tally = Tally({entry.name: entry.video.stat().st_size for entry in videos}, overlay)
    with bars:
        yield _Board(bars, tally, len(videos))
