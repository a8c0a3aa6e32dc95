"""The command `gait`: arguments in, exit code out; the library does everything else."""

import logging
import re
import signal
import sys
import warnings
from collections.abc import Sequence
from importlib import metadata
from typing import Annotated, Any, Final

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from gait.cli import analyze, batch, check, compare, documents, export, live, page, terminal
from gait.cli import validate as validate_cli

_log = logging.getLogger("gait")


class _Stoppable(TyperGroup):
    """Says what Ctrl-C meant; typer makes a bare exit code of it."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as e:
            return terminal.stopped(e)


app = typer.Typer(
    cls=_Stoppable,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line: 0 done, 1 a video failed, 2 bad usage, 130 interrupted."""
    terminal.mend_streams()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # clean up then, too
    try:
        code = int(app(argv, prog_name="gait", standalone_mode=False) or 0)
        sys.stdout.flush()
        return code
    except TyperException as e:
        terminal.complain(_in_our_words(e))
        return e.exit_code
    except KeyboardInterrupt as e:
        return terminal.stopped(e)
    except BrokenPipeError:  # whoever reads the output has read enough
        terminal.discard_output()
        return 1
    except Exception as e:  # a bug is reported in one line, too
        return terminal.failed(e)


def _in_our_words(error: TyperException) -> str:
    """What is wrong with the arguments: pydantic, which reads them for typer, tells programmers."""
    from pydantic import ValidationError

    if isinstance(error.__cause__, ValidationError):
        from gait.settings import refused

        option = re.search(r"Invalid value for '(.+?)'", error.format_message())
        _, problem = refused(error.__cause__)
        return f"{option[1] if option else 'A value'} {problem}. See `gait --help`."
    if closed := re.search(
        r": path (['\"])(.+)\1 is not readable", error.format_message(), re.DOTALL
    ):
        return f"{closed[2]} may not be read. Change its permissions or copy it."
    problem = error.format_message().rstrip(".?")
    return f"{problem}{'?' if 'Did you mean' in problem else '.'} See `gait --help`."


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"gaitlens {metadata.version('gaitlens')}")
        raise typer.Exit


EXAMPLES: Final = """\b
Examples:
  gait app                                              the page, in the browser
  gait analyze my_run.mp4 --speed "10.8 km/h" --report  one video
  gait compare before.mp4 after.mp4 --report            before and after
"""


@app.callback(
    help="Running-gait analysis from one video, every number with its uncertainty.",
    epilog=EXAMPLES,
    invoke_without_command=True,
)
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
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


for command in (
    analyze.analyze,
    analyze.demo,
    documents.report,
    batch.batch,
    check.check,
    compare.compare,
    compare.history,
    export.export,
    validate_cli.validate,
    live.live,
    documents.intake,
):
    app.command()(command)
app.command("goal")(compare.set_goal)
app.command("app")(page.page)


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


if __name__ == "__main__":
    sys.exit(main())
