"""`seqkit init`."""

import os
from pathlib import Path
from typing import Annotated

import typer

from seqkit.cli.arguments import (
    Dataset,
    OptionsHelp,
    Set,
)
from seqkit.cli.card_options import build_options, card_of, recipe_or_help
from seqkit.cli.output import note
from seqkit.cli.outputs import check_file
from seqkit.cli.reading import dataset_of
from seqkit.errors import SeqkitError


def init(
    context: typer.Context,
    recipe: Annotated[
        str | None,
        typer.Argument(
            metavar="RECIPE", help="A recipe, by its name or as package.module:Class."
        ),
    ] = None,
    dataset: Dataset = None,
    out: Annotated[
        str | None,
        typer.Option(metavar="CARD.yaml", help="The card; by default RECIPE.yaml."),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the card that is there.")
    ] = False,
    set_: Set = None,
    help_: OptionsHelp = False,
):
    """Write a commented card with settings that suit a dataset.

    Every option of the recipe is one of the command, and is kept in the card.
    """
    recipe = recipe_or_help(context, recipe, help_)
    from seqkit.cards import find_recipe
    from seqkit.options.command_line import pair_up

    data = dataset_of(dataset)
    found = find_recipe(recipe)
    path = Path(out or f"{found.recipe}.yaml")
    check_file(path)
    if path.exists() and not overwrite:
        raise SeqkitError(
            f"{path}: expected a new file, found one. Choose another with --out, or "
            "replace it with --overwrite"
        )
    card = card_of(recipe, pair_up(context.args, set_), data, ["build"])
    text = found.draft_card(recipe=recipe, **build_options(card, data))
    beside = path.with_name(f".{path.name}.partial")
    beside.write_text(text, encoding="utf-8")
    os.replace(beside, path)
    note(f"Wrote {path}. Train it with: seqkit train {path} --out DIR")
