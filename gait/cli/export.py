"""The command `gait export`."""

from pathlib import Path
from typing import Annotated, Literal

import typer


def export(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.")],
    form: Annotated[
        Literal["csv", "parquet", "trc", "mot", "c3d", "json"],
        typer.Option("--format", help="trc, mot: OpenSim. csv, parquet: three tables."),
    ],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the files go.")] = Path(),
    force: Annotated[
        bool, typer.Option("--force", help="Replace files that are there already.")
    ] = False,
    unit: Annotated[
        Literal["px", "m"] | None,
        typer.Option(show_default="m if the scale is known", help="Unit of trc and c3d."),
    ] = None,
) -> int:
    """Write a run for other programs."""
    from gait.export import export as write
    from gait.io.run_folder import RunFolder

    for file in write(RunFolder(run), form, out, unit, force=force):
        typer.echo(file)
    return 0
