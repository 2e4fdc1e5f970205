"""`seqkit export`."""

from typing import Annotated

import typer

from seqkit.cli.arguments import Recipe, RunFolder
from seqkit.cli.output import note
from seqkit.cli.reading import load_run


def export(
    run: RunFolder,
    folder: Annotated[
        str, typer.Argument(metavar="DIR", help="A new folder, such as exports/NAME/1.")
    ],
    text: Annotated[
        bool, typer.Option(help="Text in and out, or token ids (--no-text).")
    ] = True,
    recipe: Recipe = None,
):
    """Write a SavedModel for TensorFlow Serving."""
    from seqkit.runs import check_folder

    check_folder(folder)
    load_run(run, recipe).export(folder, text=text)
    note(f"Exported {folder}")
