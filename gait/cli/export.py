"""The command `gait export`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from gait.cli import terminal


def export(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.")],
    form: Annotated[
        Literal["csv", "parquet", "trc", "mot", "c3d", "json"] | None,
        typer.Option("--format", help="trc, mot: OpenSim. csv, parquet: tables."),
    ] = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the files go.")] = Path(),
    force: Annotated[
        bool, typer.Option("--force", help="Replace files that are there already.")
    ] = False,
    unit: Annotated[
        Literal["px", "m"] | None,
        typer.Option(show_default="m if the scale is known", help="Unit of trc and c3d."),
    ] = None,
    donate: Annotated[
        bool,
        typer.Option(
            "--donate", help="Write what may leave this computer: points without video or name."
        ),
    ] = False,
) -> int:
    """Write a run for other programs, or to give away."""
    from gait.export import donate as write_donation
    from gait.export import export as write
    from gait.io.analysis_file import read_analysis
    from gait.io.run_folder import RunFolder
    from gait.types import UsageError

    if donate == (form is not None):
        raise UsageError("This needs --format or --donate.", "Give one of them.")
    if form is not None:
        files = write(RunFolder(run), form, out, unit, force=force)
    else:
        files = write_donation(RunFolder(run), out)
    for file in files:
        typer.echo(file)
    if form is not None and read_analysis(run).view.time_base == "unknown":
        terminal.complain(
            "How fast this video plays is not known: times, frame rate and contacts in these "
            "files are a guess. Analyse it again with --time-scale, then export with --force."
        )
    if donate:
        typer.echo(
            "Nothing was sent. Read consent.txt, fill in truth.toml, and give these three files "
            "only if the runner agrees (docs/donate.md)."
        )
    return 0
