"""The command `gait check`."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from gait.cli import terminal
from gait.cli.options import Model


def check(
    videos: Annotated[
        list[Path], typer.Argument(metavar="VIDEO", help="Videos, or folders of videos.")
    ],
    model: Model = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a list for each video.")] = False,
) -> int:
    """Look at the first second of a video and say what to change before filming on."""
    from gait.cli.options import settings_of
    from gait.pipeline import check as check_video
    from gait.types import GaitError, UsageError

    settings = settings_of(None, model)
    found, failed, usage = {}, False, False
    for video in _each(videos):
        try:
            found[str(video)] = check_video(video, settings)
        except GaitError as e:
            terminal.complain(str(e))
            failed, usage = True, usage or isinstance(e, UsageError)
    if as_json:
        rows = {name: [asdict(row) for row in advice] for name, advice in found.items()}
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
    else:
        for name, advice in found.items():
            if len(found) > 1:
                typer.echo(f"{name}:")
            for row in advice:
                mark = {True: "ok    ", False: "CHANGE", None: "?     "}[row.ok]
                typer.echo(f"{mark}  {row.asks}: {row.found}")
                if row.change:
                    typer.echo(f"        {row.change}")
    if usage:
        return 2
    wrong = any(row.ok is False for advice in found.values() for row in advice)
    return 1 if failed or wrong else 0


def _each(paths: list[Path]) -> list[Path]:
    """The videos given, and those in the folders given."""
    from gait.batch.session import is_video
    from gait.types import UsageError

    videos = []
    for path in paths:
        held = sorted(filter(is_video, path.iterdir())) if path.is_dir() else [path]
        if not held:
            raise UsageError(f"There is no video in {path}.", "Give a video, or another folder.")
        videos += held
    return videos
