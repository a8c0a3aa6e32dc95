"""The commands `gait analyze` and `gait demo`."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypedDict

import typer

from gait.cli import terminal
from gait.cli.options import MOST_WORKERS, Mode, Model, SettingsFile, settings_of

if TYPE_CHECKING:  # imported where needed: they would triple the time of `gait --help`
    from gait.analysis.interpret.questionnaire import Answers
    from gait.analysis.results import Analysis
    from gait.io.run_folder import RunFolder
    from gait.settings import Settings

SAMPLES_MPS = {"side_normal": 3.0, "side_overstride": 2.9}
"""Belt speed in the sample videos, which a video of a treadmill does not show."""
SAMPLE_HEIGHT_M = 1.84

Out = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        show_default="gait_runs/VIDEO",
        help="Run folder; for several videos the folder that gets one run folder for each.",
    ),
]
Workers = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=MOST_WORKERS,
        metavar="N",
        show_default="all cores",
        help="Pose model processes.",
    ),
]
Overlay = Annotated[bool, typer.Option("--overlay/--no-overlay", help="Draw the overlay video.")]


class _Work(TypedDict):
    """How videos are analysed, whichever they are."""

    answers: "Answers | None"
    overlay: bool
    workers: int | None


def analyze(
    trials: Annotated[
        list[Path], typer.Argument(metavar="VIDEO", help="Videos or keypoints (TRC, JSON, npz).")
    ],
    out: Out = None,
    view: Annotated[
        Literal["auto", "side", "rear", "front"] | None,
        typer.Option(show_default="auto", help="Where the camera stood."),
    ] = None,
    direction: Annotated[
        Literal["auto", "left", "right"] | None,
        typer.Option(show_default="auto", help="Where the runner faces in the picture."),
    ] = None,
    speed: Annotated[
        str | None,
        typer.Option(metavar="SPEED", help="Such as 3 m/s or 10.8 km/h; gives lengths and norms."),
    ] = None,
    height: Annotated[
        str | None,
        typer.Option(
            metavar="HEIGHT",
            help="Such as 1.78 m or 178 cm; gives centimetres, and cadence by leg length.",
        ),
    ] = None,
    sex: Annotated[
        Literal["female", "male"] | None,
        typer.Option(help="Of the runner; some typical values depend on it."),
    ] = None,
    surface: Annotated[
        Literal["auto", "treadmill", "overground"] | None,
        typer.Option(show_default="auto", help="What the runner runs on."),
    ] = None,
    time_scale: Annotated[
        str | None,
        typer.Option(
            metavar="auto|N",
            show_default="auto",
            help="How many times slower than life the video plays.",
        ),
    ] = None,
    fps: Annotated[
        float | None, typer.Option(metavar="N", help="Frames per second of keypoints in JSON.")
    ] = None,
    pose: Mode = None,
    model: Model = None,
    backend: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            show_default="blazepose",
            help="What finds the pose: blazepose, graph, mediapipe, rtmpose.",
        ),
    ] = None,
    person: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="N",
            show_default="the one who runs",
            help="Which of several people, counted from the left.",
        ),
    ] = None,
    settings: SettingsFile = None,
    together: Annotated[
        bool,
        typer.Option(
            "--together", help="The videos show one run from different sides: one result."
        ),
    ] = False,
    intake: Annotated[
        Path | None,
        typer.Option(metavar="FILE.toml", help="Answers to the questionnaire of `gait intake`."),
    ] = None,
    workers: Workers = None,
    overlay: Overlay = True,
    report: Annotated[
        bool, typer.Option("--report", help="Write the report too (see `gait report`).")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the analysis, a list for several videos.")
    ] = False,
) -> int:
    """Analyse videos and keep the results in run folders."""
    chosen = settings_of(
        settings,
        model,
        backend,
        mode=pose,
        person=person,
        view=view,
        direction=direction,
        surface=surface,
        speed=speed,
        height=height,
        sex=sex,
        time_scale=time_scale,
    )
    work: _Work = {"answers": _answers(intake), "overlay": overlay, "workers": workers}
    if together:
        return _analyze_together(trials, chosen, work, out, report, as_json)
    done: list[Analysis] = []
    show = (lambda run, analysis: done.append(analysis)) if as_json else _show
    code = _analyze_each([(trial, chosen) for trial in trials], work, out, report, show, fps)
    if as_json and (done or len(trials) > 1):
        documents = [analysis.model_dump_json(indent=2) for analysis in done]
        typer.echo(f"[{','.join(documents)}]" if len(trials) > 1 else documents[0])
    return code


def demo(out: Out = None, workers: Workers = None, overlay: Overlay = True) -> int:
    """Analyse the sample videos and write their reports."""
    from gait.io.run_folder import RUNS, RunFolder
    from gait.settings import Settings

    samples = [
        (_sample(name), Settings(speed_mps=speed_mps, height_m=SAMPLE_HEIGHT_M))
        for name, speed_mps in SAMPLES_MPS.items()
    ]
    work: _Work = {"answers": None, "overlay": overlay, "workers": workers}
    code = _analyze_each(samples, work, out, True, _show)
    if code == 0:
        run = RunFolder((out or RUNS) / samples[-1][0].stem)
        also = f", and play {run.overlay}" if overlay else ""
        typer.echo(f"\nOpen {run.report} in a browser{also}.")
        typer.echo("Now a video of your own: `gait analyze VIDEO`, or `gait app` for the page.")
    return code


def _answers(file: Path | None) -> "Answers | None":
    """Answers from a file; what is urgent is said at once, not after the video has been read."""
    from gait.analysis.interpret.questionnaire import evaluate, read_answers

    if file is None:
        return None
    answers = read_answers(file)
    outcome = evaluate(answers)
    if outcome.gait_advice_withheld:
        terminal.complain(f"{outcome.action} {outcome.why}")
    return answers


def _analyze_each(
    trials: Sequence[tuple[Path, "Settings"]],
    work: _Work,
    out: Path | None,
    report: bool,
    show: Callable[["RunFolder", "Analysis"], None],
    fps_hz: float | None = None,
) -> int:
    """Analyse videos one after the other; one that fails does not stop the rest."""
    from gait.io import is_track
    from gait.io.run_folder import RUNS, RunFolder, place
    from gait.pipeline import analyze_into, identify

    code = 0
    for trial, settings in trials:
        try:
            info = identify(trial, fps_hz)
            run = RunFolder(out if out and len(trials) == 1 else place(out or RUNS, info))
            before = {path.name for path in run.reports}
            with terminal.progress(trial.name) as progress:
                analysis = analyze_into(run, trial, info, settings, progress=progress, **work)
                if report:
                    _report(run, None if is_track(trial) else trial)
        except Exception as e:  # not even a bug stops the other videos
            code = max(code, terminal.failed(e))
        else:
            if work["overlay"] and not run.overlay.exists():
                terminal.complain(
                    f"{trial.name} holds keypoints only, so there is no overlay video."
                )
            gone = sorted(before - {path.name for path in run.reports})
            if gone:
                terminal.complain(
                    f"{' and '.join(gone)} told of the earlier result and went with it. "
                    f"Make it anew with `gait report {run.path}`."
                )
            show(run, analysis)
    return code if len(trials) == 1 else min(code, 1)


def _analyze_together(
    trials: Sequence[Path],
    settings: "Settings",
    work: _Work,
    out: Path | None,
    report: bool,
    as_json: bool,
) -> int:
    from gait.io.run_folder import RUNS, RunFolder, place_together
    from gait.pipeline import analyze_together

    run = RunFolder(out or place_together(RUNS, trials))
    with terminal.progress("together") as progress:
        analysis = analyze_together(trials, settings, out=run.path, progress=progress, **work)
        if report:
            _report(run, None)
    if as_json:
        typer.echo(analysis.model_dump_json(indent=2))
    else:
        _show(run, analysis)
    return 0


def _report(run: "RunFolder", video: Path | None) -> None:
    from gait.report import write_report

    write_report(run, video=video)


def _sample(name: str) -> Path:
    from gait.resources import find
    from gait.types import UsageError

    path = find(f"sample_videos/{name}.mp4")
    if path is None:
        raise UsageError(
            f"The sample video {name}.mp4 is not installed.",
            "Run `gait demo` in a checkout of the project, or analyse a video of your own.",
        )
    return path


def _show(run: "RunFolder", analysis: "Analysis") -> None:
    from rich.console import Console

    from gait.present import blocks
    from gait.present.table import render

    console = Console(highlight=False)
    console.print(render(analysis))
    for part in blocks.render(analysis):
        console.print(part)
    terminal.list_folder(console, run.path)
