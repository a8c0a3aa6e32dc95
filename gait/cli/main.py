"""The command `gait`: arguments in, exit code out; the library does everything else."""

import logging
import signal
import sys
import traceback
import warnings
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from typer.exceptions import TyperException

from gait.cli import batch as batch_cli
from gait.cli import check as check_cli
from gait.cli import compare as compare_cli
from gait.cli import export as export_cli
from gait.cli import live as live_cli
from gait.cli import terminal
from gait.cli import validate as validate_cli
from gait.cli.options import MOST_WORKERS, settings_of

if TYPE_CHECKING:  # imported where needed: they would triple the time of `gait --help`
    from gait.analysis.interpret.questionnaire import Answers
    from gait.analysis.results import Analysis
    from gait.io.run_folder import RunFolder
    from gait.settings import Settings

_log = logging.getLogger("gait")

SAMPLES_MPS = {"side_normal": 3.0, "side_overstride": 2.9}
"""Belt speed in the sample videos, which a video of a treadmill does not show."""
SAMPLE_HEIGHT_M = 1.84

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)

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


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments without the program name; by default those of the process.

    Returns
    -------
    int
        0 done, 1 a video failed, 2 bad usage, 130 interrupted.
    """
    terminal.mend_streams()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # clean up then, too
    try:
        code = int(app(argv, prog_name="gait", standalone_mode=False) or 0)
        sys.stdout.flush()
        return code
    except TyperException as e:
        problem = e.format_message().rstrip(".").replace("Value error, ", "")  # pydantic's words
        terminal.complain(f"{problem}. See `gait --help`.")
        return e.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # whoever reads the output has read enough
        terminal.discard_output()
        return 1
    except Exception as e:  # a bug is reported in one line, too
        return _failed(e)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"gaitlens {metadata.version('gaitlens')}")
        raise typer.Exit


@app.callback(help="Running-gait analysis from one video, every number with its uncertainty.")
def _common(
    context: typer.Context,
    debug: Annotated[bool, typer.Option("--debug", help="Show logs and tracebacks.")] = False,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    _log.setLevel(logging.DEBUG if debug else logging.WARNING)
    if not debug:
        context.with_resource(terminal.native_code_silenced())
        context.with_resource(warnings.catch_warnings(action="ignore"))  # they are for developers
    context.with_resource(terminal.logs())


@app.command()
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
        typer.Option(metavar="HEIGHT", help="Such as 1.78 m or 178 cm; gives centimetres."),
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
    model: Annotated[
        Literal["heavy", "full", "lite"] | None,
        typer.Option(show_default="heavy", help="Pose model, best to fastest."),
    ] = None,
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
    settings: Annotated[
        Path | None,
        typer.Option(metavar="FILE.toml", help="Settings; the options here go first."),
    ] = None,
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
        person=person,
        view=view,
        direction=direction,
        surface=surface,
        speed=speed,
        height=height,
        sex=sex,
        time_scale=time_scale,
    )
    answers = _answers(intake)
    if together:
        return _analyze_together(trials, chosen, answers, out, overlay, workers, report, as_json)
    done: list[Analysis] = []
    code = _analyze_each(
        [(trial, chosen) for trial in trials],
        answers,
        out if len(trials) == 1 else None,
        out,
        overlay,
        workers,
        report,
        (lambda run, analysis: done.append(analysis)) if as_json else _show,
        fps,
    )
    if as_json and (done or len(trials) > 1):
        documents = [analysis.model_dump_json(indent=2) for analysis in done]
        typer.echo(f"[{','.join(documents)}]" if len(trials) > 1 else documents[0])
    return code


@app.command()
def demo(out: Out = None, workers: Workers = None, overlay: Overlay = True) -> int:
    """Analyse the sample videos and write their reports."""
    from gait.io.run_folder import RUNS, RunFolder
    from gait.settings import Settings

    samples = [
        (_sample(name), Settings(speed_mps=speed_mps, height_m=SAMPLE_HEIGHT_M))
        for name, speed_mps in SAMPLES_MPS.items()
    ]
    code = _analyze_each(samples, None, None, out, overlay, workers, True, _show)
    if code == 0:
        run = RunFolder((out or RUNS) / samples[-1][0].stem)
        also = f", and play {run.overlay}" if overlay else ""
        typer.echo(f"\nOpen {run.report} in a browser{also}.")
        typer.echo("Now a video of your own: `gait analyze VIDEO`, or `gait app` for the page.")
    return code


@app.command()
def report(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.")],
    reader: Annotated[
        Literal["runner", "clinician"],
        typer.Option("--for", help="One page in plain words, or all numbers behind it."),
    ] = "clinician",
    pdf: Annotated[bool, typer.Option("--pdf", help="A PDF instead of an HTML file.")] = False,
    anonymous: Annotated[
        bool,
        typer.Option("--anonymous", help="No names, no date; lines instead of the video."),
    ] = False,
    blur_face: Annotated[bool, typer.Option("--blur-face", help="Hide the face.")] = False,
    video: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            show_default="what is kept with the run",
            help="The video, for the pictures.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", show_default="RUN/report.html", help="Where it goes."),
    ] = None,
) -> int:
    """Write the report of a run: for the runner or for a clinician, to read or to print."""
    from gait.io.run_folder import RunFolder
    from gait.report import write_report

    written = write_report(
        RunFolder(run),
        reader=reader,
        pdf=pdf,
        nameless=anonymous,
        blur_face=blur_face,
        video=video,
        out=out,
    )
    typer.echo(str(written))
    return 0


app.command()(batch_cli.batch)
app.command()(check_cli.check)
app.command()(compare_cli.compare)
app.command("goal")(compare_cli.set_goal)
app.command()(compare_cli.history)
app.command()(export_cli.export)
app.command()(validate_cli.validate)
app.command()(live_cli.live)


@app.command()
def intake(
    template: Annotated[
        bool, typer.Option("--template", help="Print a form to fill in with an editor.")
    ] = False,
    out: Annotated[Path, typer.Option(metavar="FILE.toml", help="Where the answers go.")] = Path(
        "answers.toml"
    ),
) -> int:
    """Ask what else may go with aching legs; `gait analyze --intake` reads the answers."""
    from rich.console import Console

    from gait.analysis.interpret.questionnaire import evaluate, write_answers
    from gait.present import questionnaire

    if template:
        typer.echo(write_answers({}), nl=False)
        return 0
    questionnaire.require_free(out)
    console = Console(highlight=False)
    answers = questionnaire.ask(console)
    console.print(questionnaire.render(evaluate(answers)))
    questionnaire.save(answers, out)
    typer.echo(f"\nAnswers in {out}: give them to `gait analyze VIDEO --intake {out}`.")
    return 0


@app.command("app")
def page(
    workspace: Annotated[
        Path | None,
        typer.Option(metavar="DIR", show_default="gait_runs", help="Folder of the run folders."),
    ] = None,
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Where to listen; others can reach 0.0.0.0.")
    ] = "localhost",
    port: Annotated[int, typer.Option(min=1, max=65535, metavar="N", help="TCP port.")] = 8501,
    videos: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="DIR",
            show_default="any on localhost, else none",
            help="Folder from which videos may be opened by path; may be repeated.",
        ),
    ] = None,
    settings: Annotated[
        Path | None, typer.Option(metavar="FILE.toml", help="Settings that the page starts from.")
    ] = None,
    browser: Annotated[bool, typer.Option(help="Open a browser.")] = True,
    profile: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="Give NAME a library and a link of their own; may be repeated."
        ),
    ] = None,
) -> int:
    """Show the page in the browser, for whoever has its link; videos stay on this computer."""
    from gait.cli.listening import require_folders, require_free
    from gait.io.run_folder import RUNS
    from gait.settings import Settings
    from gait.ui.server import serve

    host = host.strip("[]")  # as an address with a port has it
    require_free(host, port)
    require_folders(workspace or RUNS, videos or ())
    if settings is not None:
        Settings.from_toml(settings)  # now, not in the browser
    if workspace is not None and not workspace.exists():
        terminal.complain(f"{workspace} does not exist yet; the first run makes it.")
    serve(
        workspace or RUNS,
        host=host,
        port=port,
        videos=videos or (),
        settings=settings,
        browser=browser,
        profiles=profile or (),
    )
    return 0


@app.command()
def doctor(
    install: Annotated[
        bool, typer.Option("--install", help="Fetch the pose model if it is not here.")
    ] = False,
) -> int:
    """Check what is installed and say how to put right what is missing."""
    from gait.cli.doctor import check
    from gait.pose import weights

    if install:
        with terminal.progress("pose model") as progress:
            weights.resolve(progress=lambda done, total: progress("download", done, total))
    checks = check()
    for c in checks:
        typer.echo(f"{'ok ' if c.ok else 'BAD'}  {c.name}: {c.detail}")
        if c.remedy:
            typer.echo(f"     {c.remedy}")
    return 0 if all(c.ok for c in checks) else 1


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
    answers: "Answers | None",
    folder: Path | None,
    base: Path | None,
    overlay: bool,
    workers: int | None,
    report: bool,
    show: Callable[["RunFolder", "Analysis"], None],
    fps_hz: float | None = None,
) -> int:
    """Analyse videos one after the other; one that fails does not stop the rest."""
    from gait.io.run_folder import RUNS, RunFolder, place
    from gait.pipeline import analyze_into, identify

    code = 0
    for trial, settings in trials:
        try:
            info = identify(trial, fps_hz)
            run = RunFolder(folder or place(base or RUNS, info))
            with terminal.progress(trial.name) as progress:
                analysis = analyze_into(
                    run,
                    trial,
                    info,
                    settings,
                    answers=answers,
                    overlay=overlay,
                    workers=workers,
                    progress=progress,
                )
                if report:
                    _report(run, trial)
        except Exception as e:  # not even a bug stops the other videos
            code = max(code, _failed(e))
        else:
            if overlay and not run.overlay.exists():
                terminal.complain(
                    f"{trial.name} holds keypoints only, so there is no overlay video."
                )
            show(run, analysis)
    return code if len(trials) == 1 else min(code, 1)


def _analyze_together(
    trials: Sequence[Path],
    settings: "Settings",
    answers: "Answers | None",
    out: Path | None,
    overlay: bool,
    workers: int | None,
    report: bool,
    as_json: bool,
) -> int:
    from gait.io.run_folder import RUNS, RunFolder, place_together
    from gait.pipeline import analyze_together

    run = RunFolder(out or place_together(RUNS, trials))
    with terminal.progress("together") as progress:
        analysis = analyze_together(
            trials,
            settings,
            out=run.path,
            answers=answers,
            overlay=overlay,
            workers=workers,
            progress=progress,
        )
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


def _failed(error: Exception) -> int:
    """Say in one line what went wrong; returns the exit code."""
    from gait.types import GaitError, UsageError

    if _log.isEnabledFor(logging.DEBUG):
        traceback.print_exception(error)
    if isinstance(error, GaitError):
        terminal.complain(str(error))
    elif isinstance(error, MemoryError):
        terminal.complain("There is too little memory. Give fewer --workers, or a shorter video.")
    elif isinstance(error, OSError):
        where = error.filename or "The output"
        terminal.complain(
            f"{where} cannot be read or written: {error.strerror or error}. Make sure that it is "
            "there, that you may, and that the disk has room."
        )
        if error.filename is None:
            terminal.discard_output()
    else:
        terminal.complain(
            f"unexpected {type(error).__name__}: {error}. Run `gait doctor`, or the same command "
            "again as `gait --debug …` and report what it prints."
        )
    return 2 if isinstance(error, UsageError) else 1


if __name__ == "__main__":
    sys.exit(main())
