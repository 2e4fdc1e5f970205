"""The command line: one file per verb.

Nothing heavy is imported before a command needs it, so that `--help` is quick.
What the user can mend ends in one message and exit code 2; anything unexpected in
exit code 1, with the trace only where SEQKIT_DEBUG is set.
"""

import contextlib
import os
import signal
import sys
import threading
from typing import Annotated

import typer
from typer.core import TyperGroup

from seqkit.cli.check import check
from seqkit.cli.compare import compare
from seqkit.cli.evaluate import evaluate
from seqkit.cli.export import export
from seqkit.cli.find_lr import find_lr
from seqkit.cli.imports import import_modules, imports_first
from seqkit.cli.init import init
from seqkit.cli.output import as_options, note, readable
from seqkit.cli.plot_history import plot_history
from seqkit.cli.predict import predict
from seqkit.cli.push import push
from seqkit.cli.report import report
from seqkit.cli.schema import schema
from seqkit.cli.serve import serve
from seqkit.cli.train import train
from seqkit.cli.tune import tune
from seqkit.errors import FileError, SeqkitError, Terminated, terminated


class Commands(TyperGroup):
    """The commands; SIGTERM ends them with exit code 143."""

    def invoke(self, ctx):
        try:
            return super().invoke(ctx)
        except Terminated:
            raise typer.Exit(128 + signal.SIGTERM) from None


app = typer.Typer(
    cls=Commands,
    name="seqkit",
    help="Train, evaluate, run and export sequence models.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

_OPEN = {"allow_extra_args": True, "ignore_unknown_options": True}
app.command(context_settings={**_OPEN, "help_option_names": []})(train)
app.command("find-lr", context_settings={**_OPEN, "help_option_names": []})(find_lr)
app.command(context_settings=_OPEN)(tune)
app.command(context_settings={**_OPEN, "help_option_names": []})(check)
app.command(context_settings={**_OPEN, "help_option_names": []})(init)
app.command()(evaluate)
app.command()(report)
app.command()(compare)
app.command()(predict)
app.command("plot-history")(plot_history)
app.command()(export)
app.command()(push)
app.command()(schema)
app.command(context_settings={**_OPEN, "help_option_names": []})(serve)


@app.callback(invoke_without_command=True)
def _version(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.")
    ] = False,
    import_: Annotated[
        list[str] | None,
        typer.Option(
            "--import",
            metavar="MODULE",
            help="Import a module of yours first, so that the parts that it registers "
            "are known; may also follow a command.",
        ),
    ] = None,
):
    import_modules(import_ or ())
    if version:
        import seqkit

        typer.echo(seqkit.__version__)
    elif context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(2)


def main(arguments=None):
    """Run the command line.

    Args:
        arguments: List of words, `sys.argv[1:]` by default.

    Returns:
        Exit code: 0, 2 for wrong input, 130 after Ctrl-C, 143 after SIGTERM, 1 for
        anything unexpected. If the code is not 0, one of several processes that train
        together ends at once.
    """
    with _terminable():
        code = _run(arguments)
    if code:
        from seqkit.distribution.ending import leave

        leave(code)
    return code


@contextlib.contextmanager
def _terminable():
    """A context in which SIGTERM ends a command as Ctrl-C does."""
    here = threading.current_thread() is threading.main_thread()
    if not here or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, terminated)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _run(arguments):
    try:
        arguments = imports_first(sys.argv[1:] if arguments is None else arguments)
        return app(arguments, prog_name="seqkit", standalone_mode=False) or 0
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if os.environ.get("SEQKIT_DEBUG"):
            raise
        if isinstance(error, typer.TyperException):
            command = getattr(getattr(error, "ctx", None), "command_path", "seqkit")
            message = error.format_message().removesuffix(".")
            note(f"{readable(message)}. See {command} --help.", "error")
            return 2
        if isinstance(error, OSError):
            error = FileError(error)
        if isinstance(error, SeqkitError):
            note(readable(as_options(str(error))), "error")
            return 2
        note(readable(f"{type(error).__name__}: {error}"), "unexpected error")
        note("set SEQKIT_DEBUG=1 to see where it came from")
        return 1
