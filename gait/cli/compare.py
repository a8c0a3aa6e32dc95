"""The commands that look at more than one run: compare, goal, history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gait.cli import terminal
from gait.cli.options import settings_of

if TYPE_CHECKING:  # imported where needed: they would triple the time of `gait --help`
    from gait.analysis.results import Analysis
    from gait.comparison.models import Comparison
    from gait.io.run_folder import RunFolder
    from gait.settings import Settings

Runs = Annotated[list[Path], typer.Argument(metavar="VIDEO|RUN", help="Videos or run folders.")]
Speed = Annotated[
    str | None, typer.Option(metavar="SPEED", help="Running speed in all videos, not runs.")
]
Height = Annotated[
    str | None, typer.Option(metavar="HEIGHT", help="Body height, for videos that are not runs.")
]
SettingsFile = Annotated[
    Path | None, typer.Option(metavar="FILE.toml", help="Settings for videos that are not runs.")
]


def compare(
    runs: Runs,
    after: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="VIDEO|RUN",
            help="A video after; may be repeated. All others are then from before.",
        ),
    ] = None,
    goal: Annotated[
        list[str] | None,
        typer.Option(
            metavar="METRIC=CHANGE",
            show_default="those of `gait goal`",
            help="What was wanted: cadence=+7.5%, overstride:left=-6, cadence=178.",
        ),
    ] = None,
    fatigue: Annotated[
        bool, typer.Option("--fatigue", help="Compare the last third of one video with its first.")
    ] = False,
    speed: Speed = None,
    height: Height = None,
    settings: SettingsFile = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", show_default="gait_runs/BEFORE-AFTER", help="Output folder."),
    ] = None,
    video: Annotated[
        bool,
        typer.Option("--video/--no-video", help="Write both videos side by side, in phase."),
    ] = True,
    report: Annotated[
        bool, typer.Option("--report", help="Write one sheet to hand over, as HTML and PDF.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the comparison.")] = False,
) -> int:
    """Say what changed from BEFORE to AFTER, and whether it is more than measurement error."""
    from gait.comparison.compare import compare as compare_analyses
    from gait.comparison.fatigue import thirds
    from gait.comparison.goals import kept_goals, parse_goals
    from gait.io.ours import SHEETS, require_ours
    from gait.io.run_folder import RUNS, RunFolder
    from gait.types import UsageError

    goals = parse_goals(goal or ())
    earlier, later = _split(runs, after, fatigue)
    chosen = _settings(settings, speed, height)
    before = [_open(path, chosen) for path in earlier]
    since = [_open(path, chosen) for path in later]
    _require_different(before, since)
    if _withheld([*before, *since]):
        return 1
    if report and fatigue:
        raise UsageError("A sheet compares two runs.", "Leave out --report or --fatigue.")
    goals = goals or tuple(g for run in before for g in kept_goals(run.folder))
    if fatigue:
        fresh, tired = thirds(before[0].analysis)
        comparison = compare_analyses([fresh], [tired], goals)
    else:
        comparison = compare_analyses(
            [run.analysis for run in before], [run.analysis for run in since], goals
        )
    folder = RunFolder(out or RUNS / _name(before, since))
    require_ours(*(folder.path / name for name in ("comparison.json", "in_step.mp4", *SHEETS)))
    with folder.writing():
        _save(folder, comparison)
        if video and not fatigue:
            _video(before[0], since[0], folder)
        if report:
            _sheets(before, since, comparison, folder)
    if as_json:
        typer.echo(comparison.model_dump_json(indent=2))
    else:
        _show(comparison, folder)
    return 0


def set_goal(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Run folder of the video before.")],
    goal: Annotated[list[str], typer.Argument(metavar="METRIC=CHANGE", help="cadence=+7.5%")],
    minutes: Annotated[
        float, typer.Option(metavar="MIN", help="Length of the metronome for a goal of cadence.")
    ] = 10.0,
) -> int:
    """Set what is to change; later videos are judged against it, with a metronome for cadence."""
    from gait.comparison.goals import advice, keep_goals, parse_goals, reachable
    from gait.comparison.metronome import metronome, require_ours
    from gait.io.analysis_file import read_analysis
    from gait.io.run_folder import RunFolder
    from gait.types import UsageError

    goals = parse_goals(goal)
    analysis, folder = read_analysis(run), RunFolder(run)
    if _withheld([_Opened(folder, analysis)]):
        return 1
    lines: list[str] = []
    to_try: list[str] = []
    rhythm: float | None = None
    for wanted in goals:
        now = [s for s in analysis.summaries if s.metric == wanted.metric and s.value is not None]
        now = [s for s in now if wanted.side in (None, s.side)]
        if not now:
            reasons = [s.limit for s in analysis.summaries if s.metric == wanted.metric and s.limit]
            raise UsageError(
                f"{run} holds no value of {wanted.metric}.",
                " ".join([*reasons[:1], "Choose a metric that was measured."]),
            )
        for s in now:
            assert s.value is not None
            side = "" if s.side == "both" else f", {s.side}"
            aim = reachable(wanted, s.value)
            lines.append(f"{s.name}{side}: {s.value:.1f} now, {aim:.1f} {s.unit} wanted")
            rhythm = aim if wanted.metric == "cadence" else rhythm
            cue, caution = advice(wanted, s.value, analysis)
            if cue is not None:
                to_try.append(f"To try: {cue.text} {cue.dose} {cue.caution}")
            elif caution is not None:
                to_try.append(caution)
    if rhythm is not None:  # not before: a goal that is refused leaves nothing
        path = run / "metronome.wav"
        sound = metronome(rhythm, minutes)
        require_ours(path)
        with folder.writing(), folder.replacing(path) as temporary:
            temporary.write_bytes(sound)
        lines.append(f"Metronome of {rhythm:.1f} steps/min: {path}")
    keep_goals(folder, goals)
    typer.echo("\n".join([*lines, *dict.fromkeys(to_try)]))
    return 0


def history(
    runs: Runs,
    baselines: Annotated[
        int, typer.Option(min=1, metavar="N", help="How many of the first are the starting point.")
    ] = 1,
    metric: Annotated[
        list[str] | None, typer.Option(metavar="METRIC", help="Only this; may be repeated.")
    ] = None,
    speed: Speed = None,
    height: Height = None,
    settings: SettingsFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the trends as JSON.")] = False,
) -> int:
    """Show the runs of one runner in order of time, with the band in which change means nothing."""
    from pydantic import TypeAdapter
    from rich.console import Console

    from gait.comparison.longitudinal import Trend
    from gait.comparison.longitudinal import history as history_of
    from gait.comparison.table import render_history
    from gait.knowledge import knowledge
    from gait.types import UsageError

    for name in metric or ():
        if name not in knowledge().metrics:
            hint = f"Choose one of {', '.join(knowledge().metrics)}."
            raise UsageError(f"There is no metric {name!r}.", hint)
    chosen = _settings(settings, speed, height)
    opened = [_open(path, chosen) for path in runs]
    _require_different(opened)
    if _withheld(opened):
        return 1
    trends, comparisons = history_of([run.analysis for run in opened], baselines)
    shown = tuple(c for c in trends if not metric or c.metric in metric)
    if metric and not shown:
        hint = "Choose a metric that was measured, or leave out --metric."
        raise UsageError(f"No run holds a value of {', '.join(metric)}.", hint)
    if as_json:
        typer.echo(TypeAdapter(tuple[Trend, ...]).dump_json(shown, indent=2).decode())
    else:
        names = [run.folder.path.name for run in opened]
        Console(highlight=False).print(render_history(shown, comparisons, names))
    return 0


@dataclass(frozen=True, slots=True)
class _Opened:
    """A run, and its video if that was given."""

    folder: RunFolder
    analysis: Analysis


def _split(
    runs: Sequence[Path], after: Sequence[Path] | None, fatigue: bool
) -> tuple[Sequence[Path], Sequence[Path]]:
    from gait.types import UsageError

    if fatigue:
        if len(runs) != 1 or after:
            raise UsageError("--fatigue looks at one video.", "Give one video or run folder.")
        return runs, ()
    if after:
        return runs, after
    if len(runs) != 2:
        raise UsageError(
            f"{len(runs)} video(s) given: which are before and which after?",
            "Give BEFORE AFTER, or several: B1 B2 --after A1 --after A2.",
        )
    return runs[:1], runs[1:]


def _settings(file: Path | None, speed: str | None, height: str | None) -> Settings | None:
    """None if nothing is given: a run that is there already is then good as it is."""
    if file is None and speed is None and height is None:
        return None
    return settings_of(file, speed=speed, height=height)


def _open(path: Path, settings: Settings | None) -> _Opened:
    """A run folder as it is; a video from its run folder, analysed if need be."""
    from gait.io.analysis_file import read_analysis
    from gait.io.run_folder import RUNS, RunFolder, place
    from gait.pipeline import analyze_into, identify
    from gait.settings import Settings

    if path.is_dir():
        return _Opened(RunFolder(path), read_analysis(path))
    info = identify(path)
    run = RunFolder(place(RUNS, info))
    if settings is None and run.analysis.is_file():
        known = read_analysis(run.path)
        if known.video is not None and known.video.sha256 == info.sha256:
            return _Opened(run, known)
    with terminal.progress(path.name) as progress:
        analysis = analyze_into(run, path, info, settings or Settings(), progress=progress)
    return _Opened(run, analysis)


def _name(before: Sequence[_Opened], after: Sequence[_Opened]) -> str:
    from gait.sanitize.files import real

    ends = [real(run.folder.path).name for run in (before[0], *after[:1])]
    return "-".join(["compare", *ends])


def _video(before: _Opened, after: _Opened, folder: RunFolder) -> None:
    """Both overlay videos, phase-synchronised, where both are there."""
    from gait.comparison.synced_video import write_pair
    from gait.types import UsageError

    try:
        with (
            terminal.progress("side by side") as progress,
            folder.replacing(folder.path / "in_step.mp4") as out,
        ):
            write_pair(before.folder, after.folder, out, partial(progress, "both videos"))
    except UsageError as e:
        terminal.complain(f"No video side by side: {e}")


def _withheld(runs: Sequence[_Opened]) -> bool:
    """Whether something has to be dealt with before anything about the running; it is said."""
    from gait.analysis.interpret.questionnaire import unsettled

    for run in runs:
        if (urgent := unsettled(run.analysis)) is not None:
            terminal.complain(f"{run.folder.path.name}: {urgent.action} {urgent.why}")
            return True
    return False


def _require_different(before: Sequence[_Opened], after: Sequence[_Opened] = ()) -> None:
    """UsageError if a run is given twice: it would count as two."""
    from gait.sanitize.files import real
    from gait.types import UsageError

    seen: dict[Path, bool] = {}
    for is_before, runs in ((True, before), (False, after)):
        for run in runs:
            if (place := real(run.folder.path)) not in seen:
                seen[place] = is_before
            elif seen[place] == is_before:
                raise UsageError(f"{run.folder.path} is given twice.", "Give every run once.")
            else:
                raise UsageError(
                    f"{run.folder.path} is both before and after.", "Give two different runs."
                )


def _sheets(
    before: Sequence[_Opened], after: Sequence[_Opened], comparison: Comparison, folder: RunFolder
) -> None:
    """What changed, on one sheet to hand over."""
    from gait.io.ours import SHEETS
    from gait.report.sheet import collect_sheet, write_sheet

    sheet = collect_sheet([r.folder for r in before], [r.folder for r in after], comparison)
    for name in SHEETS:
        write_sheet(sheet, folder.path / name, video=folder.path / "in_step.mp4")


def _save(folder: RunFolder, comparison: Comparison) -> None:
    with folder.replacing(folder.path / "comparison.json") as temporary:
        temporary.write_text(
            comparison.model_dump_json(indent=2) + "\n", encoding="utf-8", newline="\n"
        )


def _show(comparison: Comparison, folder: RunFolder) -> None:
    from rich.console import Console

    from gait.comparison.sheet import summarize
    from gait.comparison.table import render

    console = Console(highlight=False)
    console.print(summarize(comparison).headline, style="bold", markup=False)
    console.print(render(comparison))
    terminal.list_folder(console, folder.path)
