"""`seqkit check`."""

from typing import Annotated

import typer

from seqkit.cli.arguments import Dataset, Set
from seqkit.cli.card_options import build_options, card_of, options_of
from seqkit.cli.output import json_text, print_rich
from seqkit.cli.reading import dataset_of
from seqkit.errors import SeqkitError


def check(
    context: typer.Context,
    recipe: Annotated[
        str | None,
        typer.Argument(
            metavar="RECIPE|CARD.yaml",
            help="A recipe, by its name or as package.module:Class, or a card.",
        ),
    ] = None,
    dataset: Dataset = None,
    places: Annotated[
        int,
        typer.Option(metavar="N", min=1, help="Most places that a finding names."),
    ] = 3,
    json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object.")
    ] = False,
    set_: Set = None,
    help_: Annotated[
        bool,
        typer.Option(
            "--help", help="Show this message; with a RECIPE, its options too."
        ),
    ] = False,
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


def recipe_or_help(context: typer.Context, recipe: str | None, help_: bool) -> str:
    """The recipe; or help, with the options of `build` if there is a recipe."""
    if recipe is not None and recipe.startswith("-"):
        raise SeqkitError(f"{recipe}: expected a recipe or a card before the options")
    if recipe is None or help_:
        shown = () if recipe is None else options_of(recipe, ["build"])
        typer.echo(context.get_help())
        print_rich(*shown)
        raise typer.Exit(0 if help_ else 2)
    return recipe
