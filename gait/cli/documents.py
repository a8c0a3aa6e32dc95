"""The commands `gait report` and `gait intake`."""

from pathlib import Path
from typing import Annotated, Literal

import typer


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
