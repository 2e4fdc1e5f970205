"""`seqkit find-lr`."""

from typing import Annotated

import typer

from seqkit.cli.arguments import Dataset, Set
from seqkit.cli.card_options import card_of, options_of
from seqkit.cli.figures import check_figure_file, save_figure
from seqkit.cli.output import json_text, note, print_rich
from seqkit.cli.reading import dataset_of
from seqkit.errors import SeqkitError


def find_lr(
    context: typer.Context,
    recipe: Annotated[
        str | None,
        typer.Argument(
            metavar="RECIPE|CARD.yaml",
            help="A recipe, by its name or as package.module:Class, or a card.",
        ),
    ] = None,
    dataset: Dataset = None,
    steps: Annotated[
        int, typer.Option(min=10, metavar="N", help="Rates that are tried.")
    ] = 100,
    lowest: Annotated[
        float, typer.Option(metavar="RATE", help="The first rate.")
    ] = 1e-5,
    highest: Annotated[
        float | None,
        typer.Option(
            metavar="RATE", help="The last; by default 10, or 5 times learning_rate."
        ),
    ] = None,
    plot: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Where the plot goes: .png, .svg."),
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object.")
    ] = False,
    set_: Set = None,
    help_: Annotated[
        bool,
        typer.Option("--help", help="Show this message; with a RECIPE, its options."),
    ] = False,
):
    """Try learning rates on a recipe's data, and suggest one; nothing is trained.

    Every option of the recipe is one of the command: `seqkit find-lr tagging --help`.
    """
    if help_ or recipe is None:
        shown = None if recipe is None else options_of(recipe, ("build",))
        typer.echo(context.get_help())
        if shown is not None:
            print_rich(*shown)
        raise typer.Exit(0 if help_ else 2)
    if recipe.startswith("-"):
        raise SeqkitError(f"{recipe}: expected a recipe or a card before the options")
    from seqkit import runs
    from seqkit.options.command_line import pair_up

    data = dataset_of(dataset)
    card = card_of(recipe, pair_up(context.args, set_), data, plain=("build",))
    if plot is not None:
        check_figure_file(plot)
    rates = {"steps": steps, "lowest": lowest, "highest": highest}
    found = runs.find_learning_rate(card, data, note, **rates)
    if plot is not None:
        save_figure(found.plot().figure, plot)
        note(f"Saved {plot}")
    typer.echo(json_text(found) if json else str(found))
