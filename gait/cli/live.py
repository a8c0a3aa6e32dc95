"""The command `gait live`."""

import itertools
from pathlib import Path
from typing import Annotated, Literal

import typer

from gait.cli import terminal


def live(
    source: Annotated[
        str,
        typer.Argument(
            metavar="CAMERA|VIDEO",
            help="Number of a camera, from 0 (a phone as webcam is one), or a video file, which "
            "plays as fast as life.",
        ),
    ],
    target: Annotated[
        float | None,
        typer.Option(metavar="STEPS", help="Steps per minute to aim at, with a beep for each."),
    ] = None,
    beep: Annotated[bool, typer.Option("--beep/--no-beep", help="Sound of the terminal.")] = True,
    seconds: Annotated[
        float | None, typer.Option(min=1, show_default="until Ctrl-C", help="How long.")
    ] = None,
    model: Annotated[Literal["heavy", "full", "lite"], typer.Option(help="Pose model.")] = "heavy",
) -> int:
    """Show the cadence while somebody runs; nothing is kept."""
    from contextlib import ExitStack

    import numpy as np

    from gait.comparison.metronome import STEPS_PER_MIN
    from gait.jobs.live import Beat, readings
    from gait.pose.blazepose import BlazePose
    from gait.pose.weights import resolve
    from gait.types import UsageError
    from gait.video.live import live_frames

    if target is not None and not STEPS_PER_MIN[0] <= target <= STEPS_PER_MIN[1]:
        low, high = STEPS_PER_MIN
        raise UsageError(
            f"Nobody runs at {target:g} steps per minute.",
            f"Give a --target between {low:.0f} and {high:.0f}.",
        )
    engine = BlazePose().engines().open(resolve(model, None), 1)()
    # The first picture takes a second or more: not while somebody runs.
    engine.detect(np.zeros((256, 256, 3), np.uint8), None, silhouette=False)
    last = None
    with ExitStack() as stack:
        stack.enter_context(terminal.if_stopped("Of a live view nothing is kept."))
        stack.callback(engine.close)
        pictures = stack.enter_context(live_frames(source if _is_camera(source) else Path(source)))
        if target is not None and beep:
            stack.enter_context(Beat(target, lambda: typer.echo("\a", nl=False, err=True)))
        found = readings(pictures, engine)
        if seconds is not None:
            found = itertools.takewhile(lambda r: r.time_s <= seconds, found)
        for reading in found:
            typer.echo(_words(reading.time_s, reading.lag_s, reading.cadence, target))
            last = reading.cadence or last
    if last is None:
        typer.echo("No steady steps were seen: the whole runner has to be in the picture.")
    return 0


def _is_camera(source: str) -> bool:
    return not Path(source).exists() and (source.isdigit() or not Path(source).suffix)


def _words(time_s: float, lag_s: float, cadence: object, target: float | None) -> str:
    from gait.analysis.events.live_cadence import LiveCadence

    when = f"{time_s:6.1f} s  "
    if not isinstance(cadence, LiveCadence):
        return f"{when}no steady steps yet"
    text = f"{when}{cadence.steps_per_min:5.1f} ± {cadence.half:.1f} steps/min"
    if target is not None:
        away = target - cadence.steps_per_min
        text += (
            f", at the target of {target:g}"
            if abs(away) <= cadence.half
            else f", {abs(away):.0f} {'below' if away > 0 else 'above'} the target of {target:g}"
        )
    return f"{text}  ({cadence.seconds:.0f} s seen, {1000 * lag_s:.0f} ms late)"
