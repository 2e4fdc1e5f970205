"""`seqkit train`."""

import os
from typing import Annotated

import typer

from seqkit.cli.arguments import Dataset, Set
from seqkit.cli.output import note, print_rich, show
from seqkit.cli.reading import dataset_of
from seqkit.errors import SeqkitError


def train(
    context: typer.Context,
    recipe: Annotated[
        str | None,
        typer.Argument(
            metavar="RECIPE|CARD.yaml",
            help="A recipe, by its name or as package.module:Class, or a card.",
        ),
    ] = None,
    dataset: Dataset = None,
    epochs: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Passes over the data.")
    ] = None,
    out: Annotated[
        str | None, typer.Option(metavar="DIR", help="Where the trained task goes.")
    ] = None,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume", help="Continue an interrupted run; --out alone is enough."
        ),
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the task that is in DIR.")
    ] = False,
    set_: Set = None,
    help_: Annotated[
        bool,
        typer.Option(
            "--help", help="Show this message; with a RECIPE, its options too."
        ),
    ] = False,
):
    """Train a recipe or what a card describes, and save it.

    Every option of the recipe is one of the command: `seqkit train translation --help`.
    """
    if recipe is not None and recipe.startswith("-") and resume and out:
        context.args.insert(0, recipe)  # no recipe was named, but an option
        recipe = None
    if help_ or recipe is None and not (resume and out):
        shown = None if recipe is None else _options_of(recipe)
        typer.echo(context.get_help())
        if shown is not None:
            print_rich(*shown)
        raise typer.Exit(0 if help_ else 2)
    if recipe is not None and recipe.startswith("-"):
        raise SeqkitError(f"{recipe}: expected a recipe or a card before the options")
    from seqkit import runs
    from seqkit.options.command_line import pair_up

    options = pair_up(context.args, set_)
    if epochs is not None:
        options.append(("--epochs", "epochs", str(epochs)))
    data = dataset_of(dataset)
    card = recipe or runs.interrupted_card(str(out))
    card = _card(card, options, data)
    checkpoints = runs.check_out(out, resume, overwrite)
    if out is None:
        note("no --out: the trained task is not saved")
    try:
        _, metrics = runs.run_card(
            card,
            dataset=data,
            out=out,
            resume=resume,
            overwrite=overwrite,
            announce=note,
        )
    except KeyboardInterrupt:
        if checkpoints is not None and checkpoints.is_dir():
            note("interrupted; --resume goes on from the last checkpoint")
        raise
    for split, values in metrics.items():
        show(values, split)


def _card(recipe, pairs, dataset):
    """The card that is given or named, with the options put into it."""
    from dataclasses import replace

    from seqkit import cards
    from seqkit.options.command_line import read_pairs

    card = recipe
    if isinstance(recipe, str):
        card = cards.load_card(recipe) if _is_card(recipe) else cards.Card(recipe)
    sections = cards.sections(cards.find_recipe(card.recipe))
    known = {name: dict(getattr(card, name)) for name in sections}
    if dataset is not None:
        known["build"]["dataset"] = dataset
    given = read_pairs(pairs, sections, plain=("build", "fit"), given=known)
    seed = None if "seed" in given["build"] else card.seed
    changed = {name: getattr(card, name) | given[name] for name in sections}
    return replace(card, seed=seed, **changed)


def _is_card(recipe):
    return recipe.endswith((".yaml", ".yml")) or os.path.isfile(recipe)


def _options_of(recipe):
    """A heading, and the options of a recipe in groups."""
    from rich.table import Table

    from seqkit import cards
    from seqkit.options.command_line import help_rows

    name = cards.load_card(recipe).recipe if _is_card(recipe) else recipe
    sections = cards.sections(cards.find_recipe(name))
    table = Table.grid(padding=(0, 2))
    for section in ("build", "fit"):
        # Those left out are among the general options.
        for option, text in help_rows(sections[section], ["dataset", "epochs"]):
            if not text:
                table.add_row()
            table.add_row(option if not text else f"  {option}", text)
    return f"\nOptions of {name}:", table
