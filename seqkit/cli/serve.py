"""`seqkit serve`."""

import os
from typing import Annotated

import typer

from seqkit.cli.arguments import Recipe, Set
from seqkit.cli.output import note, print_rich
from seqkit.errors import ArgumentError, SeqkitError


def serve(
    context: typer.Context,
    runs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME=]RUN...",
            help="Folders that `train` or `export` wrote; a name other than the "
            "folder's comes before it.",
        ),
    ] = None,
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Where to listen; 0.0.0.0: anywhere.")
    ] = "127.0.0.1",
    port: Annotated[
        int,
        typer.Option(min=0, max=65535, metavar="N", help="The port; 0: a free one."),
    ] = 8000,
    watch: Annotated[
        bool,
        typer.Option("--watch", help="Load a model again when its folder changes."),
    ] = False,
    recipe: Recipe = None,
    set_: Set = None,
    help_: Annotated[bool, typer.Option("--help", help="Show this message.")] = False,
):
    """Serve trained models over HTTP, with a page to try them.

    It answers at /predict as at /v1/models/NAME:predict, the form of TensorFlow
    Serving; README.md has examples. SIGHUP loads the models again.
    """
    if help_ or not runs:
        typer.echo(context.get_help())
        print_rich(*_limits())
        raise typer.Exit(0 if help_ else 2)
    from seqkit.options.command_line import pair_up, read_pairs
    from seqkit.serving.limits import Limits

    # Options that typer does not know are among the folders.
    folders, words = _apart([*runs, *context.args])
    limits = read_pairs(pair_up(words, set_), {"": Limits})[""]
    models = _named(folders)
    try:
        from seqkit.serving import create_app
        from seqkit.serving.server import bind, run
    except ModuleNotFoundError as error:
        raise SeqkitError(
            f"serve: expected the package {error.name}, found none: "
            "pip install 'seqkit[serve]'"
        ) from error
    from seqkit.cards import find_recipe

    own = find_recipe(recipe) if recipe else None
    with bind(host, port) as sock:  # before models are loaded, which takes long
        app = create_app(models, recipe=own, watch=watch, **limits)
        names = ", ".join(models)
        run(app, sock=sock, announce=lambda at: note(f"Serving {names} at {at}"))


def _apart(words):
    """Folders, and the words of options, each of which has a value."""
    folders, options, words = [], [], list(words)
    while words:
        word = words.pop(0)
        if not word.startswith("--"):
            folders.append(word)
            continue
        options.append(word)
        if "=" not in word and words:
            options.append(words.pop(0))
    return folders, options


def _named(folders):
    """Name to folder; the name is given, or the folder's own."""
    found, problems = {}, []
    for one in folders:
        name, equals, folder = one.partition("=")
        if not equals or "/" in name or os.path.exists(one):
            name, folder = os.path.basename(os.path.abspath(one)), one
        if name in found:
            problems.append(
                f"{one}: expected another name than {name}, which stands for "
                f"{found[name]}; give one, as NAME={folder}"
            )
        found[name] = folder
    if problems:
        raise ArgumentError(problems)
    return found


def _limits():
    """A heading, and the limits of a server."""
    from rich.table import Table

    from seqkit.options.command_line import help_rows
    from seqkit.serving.limits import Limits

    table = Table.grid(padding=(0, 2))
    for option, text in help_rows(Limits):
        if text:
            table.add_row(f"  {option}", text)
    return f"\n{Limits.title}:", table
