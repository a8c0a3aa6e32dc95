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
            metavar="DIR", help="Videos or force-plate trials; see docs/validation-format.md."
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
        Path | None, typer.Option(metavar="FILE.md", help="Fill the tables of a page.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report.")] = False,
) -> int:
    """Measure our errors on videos whose truth is known."""
    from rich.console import Console

    from gait.io.ours import require_ours
    from gait.io.run_folder import RunFolder
    from gait.resources import find
    from gait.types import UsageError
    from gait.validation import known_videos, markdown, people_tables, plots
    from gait.validation import validate as run
    from gait.validation.conditions import under_conditions
    from gait.validation.force_plate import plate_trials
    from gait.validation.people import people
    from gait.validation.truth import TRACKS

    trials = plate_trials(data) if data else ()
    of_data = known_videos(data) if data else ()
    if data and not (trials or of_data):
        raise UsageError(
            f"Nothing with a truth under {data}: no video, no run folder, no force-plate trial.",
            "docs/validation-format.md says which files are needed.",
        )
    samples = find("sample_videos")
    ours = [TRACKS] if tracks_only or samples is None else [TRACKS, samples]
    videos = {}
    if of_data or not trials:  # people on force plates are judged by themselves
        videos = {known.name: known for folder in ours for known in known_videos(folder)}
        videos |= {known.name: known for known in of_data}
    require_ours(out / "validation.json", out / "bland-altman.svg")
    folder = RunFolder(out)
    with folder.writing():
        with ExitStack() as bars:
            report = run(
                videos.values(),
                out / "runs",
                progress=lambda video: bars.enter_context(terminal.progress(video)),
            )
            if trials:
                bar = bars.enter_context(terminal.progress(f"{len(trials)} trials"))
                on_plates = people(trials, lambda i: bar("trials", i, len(trials)))
                report = report.model_copy(update={"people": on_plates})
        with folder.replacing(out / "validation.json") as document:
            document.write_text(report.model_dump_json(indent=2), encoding="utf-8", newline="\n")
        if report.videos:
            with folder.replacing(out / "bland-altman.svg") as plot:
                plots.save(report, plot)
    worse = markdown.conditions_table(under_conditions(known_videos(TRACKS))) if conditions else ""
    if write:
        if report.videos:
            markdown.replace_block(write, "validate", markdown.markdown(report))
        if report.people:
            markdown.replace_block(write, "people", people_tables.markdown(report.people))
        if worse:
            markdown.replace_block(write, "conditions", worse)
    if as_json:
        typer.echo(report.model_dump_json(indent=2))
        return 0
    console = Console(highlight=False)
    if report.videos:
        console.print(markdown.terminal_table(report))
        console.print(f"\n{markdown.conclusion(report)}", soft_wrap=True)
    if report.people:
        console.print(people_tables.markdown(report.people), markup=False, soft_wrap=True)
        for line in people_tables.shortfalls(report.people):
            console.print(f"Outside its limit: {line}.", markup=False, soft_wrap=True)
    if worse:
        console.print(f"\n{worse}", markup=False, soft_wrap=True)
    terminal.list_folder(console, out)
    return 0
