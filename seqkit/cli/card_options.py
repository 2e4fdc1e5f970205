"""The options of a recipe, as a command names them, and its card."""

import os

import typer

from seqkit.cli.output import note, print_rich
from seqkit.errors import SeqkitError


def card_of(recipe, pairs, dataset, plain=("build", "fit"), preset=None):
    """The card that is given or named, with the options put into it.

    Those of a preset come before those of the command.
    """
    from dataclasses import replace

    from seqkit import cards
    from seqkit.options.command_line import read_pairs

    card = recipe
    if isinstance(recipe, str):
        card = cards.load_card(recipe) if is_card(recipe) else cards.Card(recipe)
    if preset is not None:
        card = _with_preset(card, preset)
    sections = cards.sections(cards.find_recipe(card.recipe))
    known = {name: dict(getattr(card, name)) for name in sections}
    if dataset is not None:
        known["build"]["dataset"] = dataset
    given = read_pairs(pairs, sections, plain=plain, given=known)
    seed = None if "seed" in given["build"] else card.seed
    changed = {name: getattr(card, name) | given[name] for name in sections}
    return replace(card, seed=seed, **changed)


def _with_preset(card, name):
    """The card with a preset; what it changes is said."""
    from seqkit import cards

    found, changed = cards.with_preset(card, name), []
    for section in ("build", "fit"):
        before, now = getattr(card, section), getattr(found, section)
        changed += [f"{k}={v}" for k, v in now.items() if before.get(k) != v]
    note(f"--device-preset {name}: {', '.join(changed) or 'nothing changes'}")
    return found


def build_options(card, dataset):
    """What `build` gets of a card, with a dataset that is given in place of its own."""
    given = {} if card.seed is None else {"seed": card.seed}
    given |= {} if dataset is None else {"dataset": dataset}
    return card.build | given


def is_card(recipe):
    return recipe.endswith((".yaml", ".yml")) or os.path.isfile(recipe)


def options_of(recipe, sections=("build", "fit")):
    """A heading, and the options of a recipe in groups."""
    from rich.table import Table

    from seqkit import cards
    from seqkit.options.command_line import help_rows

    name = cards.load_card(recipe).recipe if is_card(recipe) else recipe
    known = cards.sections(cards.find_recipe(name))
    table = Table.grid(padding=(0, 2))
    for section in sections:
        # Those left out are among the general options.
        for option, text in help_rows(known[section], ["dataset", "epochs"]):
            if not text:
                table.add_row()
            table.add_row(option if not text else f"  {option}", text)
    return f"\nOptions of {name}:", table


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
