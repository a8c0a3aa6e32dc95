"""The command `gait validate`."""

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from gait.cli import terminal


def validate(
    data: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="More videos with a truth; see docs/validation-format.md."
        ),
    ] = None,
    tracks_only: Annotated[
        bool, typer.Option("--tracks", help="Only kept pose tracks: no pose model, seconds.")
    ] = False,
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Gets validation.json, plots and run folders.")
    ] = Path("gait_runs/validation"),
    conditions: Annotated[
        bool, typer.Option("--conditions", help="Also under worse conditions, from kept tracks.")
    ] = False,
    write: Annotated[
        Path | None, typer.Option(metavar="FILE.md", help="Fill the block 'validate' of a page.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report.")] = False,
) -> int:
    """Measure our errors on videos whose truth is known."""
    from rich.console import Console

    from gait.io.ours import require_ours
    from gait.io.run_folder import RunFolder
    from gait.resources import find
    from gait.validation import known_videos, markdown, plots
    from gait.validation import validate as run
    from gait.validation.conditions import under_conditions
    from gait.validation.truth import TRACKS

    samples = find("sample_videos")
    folders = [folder for folder in (None if tracks_only else samples, TRACKS, data) if folder]
    videos = {known.name: known for folder in reversed(folders) for known in known_videos(folder)}
    require_ours(out / "validation.json", out / "bland-altman.svg")
    folder = RunFolder(out)
    with folder.writing():
        with ExitStack() as bars:
            report = run(
                videos.values(),
                out / "runs",
                progress=lambda video: bars.enter_context(terminal.progress(video)),
            )
        with folder.replacing(out / "validation.json") as document:
            document.write_text(report.model_dump_json(indent=2), encoding="utf-8")
        with folder.replacing(out / "bland-altman.svg") as plot:
            plots.save(report, plot)
    worse = markdown.conditions_table(under_conditions(known_videos(TRACKS))) if conditions else ""
    if write:
        markdown.replace_block(write, "validate", markdown.markdown(report))
        if worse:
            markdown.replace_block(write, "conditions", worse)
    if as_json:
        typer.echo(report.model_dump_json(indent=2))
        return 0
    console = Console(highlight=False)
    console.print(markdown.terminal_table(report))
    console.print(f"\n{markdown.conclusion(report)}", soft_wrap=True)
    if worse:
        console.print(f"\n{worse}", markup=False, soft_wrap=True)
    terminal.list_folder(console, out)
    return 0
