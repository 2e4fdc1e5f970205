"""`seqkit plot-history`."""

from typing import Annotated

import typer

from seqkit.cli.arguments import Recipe, RunFolder
from seqkit.cli.figures import check_figure_file, save_figure
from seqkit.cli.output import note
from seqkit.cli.reading import load_run


def plot_history(
    run: RunFolder,
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="Where the plot goes: .png, .svg.")
    ],
    figure: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A figure to draw; by default all."),
    ] = None,
    recipe: Recipe = None,
):
    """Draw the learning curves of a trained task."""
    check_figure_file(file)
    save_figure(load_run(run, recipe).plot_history(figure or None), file)
    note(f"Saved {file}")
