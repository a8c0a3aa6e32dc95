"""The commands `gait report` and `gait intake`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:  # imported where needed: it would slow `gait --help`
    from gait.analysis.interpret.questionnaire import Given


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
            help="The video that was analysed, for the pictures.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            show_default="RUN/report.html",
            help="Where it goes; a name that ends in .pdf gets a PDF.",
        ),
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


def intake(
    template: Annotated[
        bool, typer.Option("--template", help="Print a form to fill in with an editor.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.toml",
            show_default="answers.toml",
            help="Where the answers go; if it is given, also those until you stop.",
        ),
    ] = None,
) -> int:
    """Ask what else may go with aching legs; `gait analyze --intake` reads the answers."""
    from rich.console import Console

    from gait.analysis.interpret.questionnaire import evaluate, write_answers
    from gait.present import questionnaire
    from gait.types import UsageError

    if template:
        typer.echo(write_answers({}), nl=False)
        return 0
    place = out or Path("answers.toml")
    questionnaire.require_free(place)
    console = Console(highlight=False)
    try:
        answers = questionnaire.ask(console)
    except questionnaire.StoppedError as e:
        kept = _keep_so_far(e.given, out)
        if isinstance(e.__cause__, KeyboardInterrupt):
            raise KeyboardInterrupt(kept) from e
        raise UsageError(e.problem, kept) from e
    console.print(questionnaire.render(evaluate(answers)))
    questionnaire.save(answers, place)
    typer.echo(f"\nAnswers in {place}: give them to `gait analyze VIDEO --intake {place}`.")
    return 0


def _keep_so_far(given: "Given", out: Path | None) -> str:
    """Keep answers to the first questions where somebody asked for a file, and say so."""
    from gait.present.questionnaire import save

    if not given:
        return "Nothing was kept, as nothing was answered."
    if out is None:
        return "Nothing was kept. With --out FILE.toml the answers until then are."
    save(given, out)
    answers = "1 answer is" if len(given) == 1 else f"{len(given)} answers are"
    return f"{answers} kept in {out}. The other questions count as skipped."
