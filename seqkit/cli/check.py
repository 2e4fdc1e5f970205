"""`seqkit check`."""

from typing import Annotated

import typer

from seqkit.cli.arguments import (
    Dataset,
    Json,
    OptionsHelp,
    RecipeOrCard,
    Set,
)
from seqkit.cli.card_options import build_options, card_of, recipe_or_help
from seqkit.cli.output import json_text
from seqkit.cli.reading import dataset_of


def check(
    context: typer.Context,
    recipe: RecipeOrCard = None,
    dataset: Dataset = None,
    places: Annotated[
        int,
        typer.Option(metavar="N", min=1, help="Most places that a finding names."),
    ] = 3,
    json: Json = False,
    set_: Set = None,
    help_: OptionsHelp = False,
):
    """Look for faults in a dataset: read everything, train nothing.

    Every option of the recipe is one of the command: `seqkit check translation --help`.
    The exit code is 1 if a check fails.
    """
    recipe = recipe_or_help(context, recipe, help_)
    from seqkit.cards import find_recipe
    from seqkit.options.command_line import pair_up

    data = dataset_of(dataset)
    card = card_of(recipe, pair_up(context.args, set_), data, ["build"])
    report = find_recipe(card.recipe).check_dataset(
        places=places, **build_options(card, data)
    )
    if json:
        typer.echo(json_text(report.as_dict()))
    else:
        typer.echo(str(report))
    if report.verdict == "fail":
        raise typer.Exit(1)
