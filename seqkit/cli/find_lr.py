"""`seqkit find-lr`."""

from typing import Annotated

import typer

from seqkit.cli.arguments import (
    Dataset,
    DevicePreset,
    Devices,
    Json,
    ModelParallel,
    OptionsHelp,
    RecipeOrCard,
    Set,
)
from seqkit.cli.card_options import card_of, recipe_or_help
from seqkit.cli.figures import check_figure_file, save_figure
from seqkit.cli.output import json_text, note
from seqkit.cli.reading import dataset_of


def find_lr(
    context: typer.Context,
    recipe: RecipeOrCard = None,
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
    device_preset: DevicePreset = None,
    devices: Devices = None,
    model_parallel: ModelParallel = 1,
    json: Json = False,
    set_: Set = None,
    help_: OptionsHelp = False,
):
    """Try learning rates on a recipe's data, and suggest one; nothing is trained.

    Every option of the recipe is one of the command: `seqkit find-lr tagging --help`.
    """
    recipe = recipe_or_help(context, recipe, help_)
    import seqkit
    from seqkit import runs
    from seqkit.options.command_line import pair_up

    data = dataset_of(dataset)
    options = pair_up(context.args, set_)
    card = card_of(recipe, options, data, ("build",), device_preset)
    if plot is not None:
        check_figure_file(plot)
    rates = {"steps": steps, "lowest": lowest, "highest": highest}
    with seqkit.distribute(devices, model_parallel=model_parallel):
        found = runs.find_learning_rate(card, data, note, **rates)
    if plot is not None:
        save_figure(found.plot().figure, plot)
        note(f"Saved {plot}")
    typer.echo(json_text(found) if json else str(found))
