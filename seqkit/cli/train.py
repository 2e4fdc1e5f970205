"""`seqkit train`."""

from typing import Annotated

import typer

from seqkit.cli.arguments import (
    Coordinator,
    Dataset,
    DevicePreset,
    Devices,
    Distributed,
    ModelParallel,
    NumProcesses,
    OptionsHelp,
    ProcessId,
    RecipeOrCard,
    Set,
)
from seqkit.cli.card_options import card_of, options_of
from seqkit.cli.output import note, print_rich, show
from seqkit.cli.reading import dataset_of
from seqkit.errors import SeqkitError, Terminated


def train(
    context: typer.Context,
    recipe: RecipeOrCard = None,
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
    device_preset: DevicePreset = None,
    devices: Devices = None,
    model_parallel: ModelParallel = 1,
    coordinator: Coordinator = None,
    num_processes: NumProcesses = None,
    process_id: ProcessId = None,
    distributed: Distributed = False,
    set_: Set = None,
    help_: OptionsHelp = False,
):
    """Train a recipe or what a card describes, and save it.

    Every option of the recipe is one of the command: `seqkit train translation --help`.
    """
    if recipe is not None and recipe.startswith("-") and resume and out:
        context.args.insert(0, recipe)  # no recipe was named, but an option
        recipe = None
    if help_ or recipe is None and not (resume and out):
        shown = None if recipe is None else options_of(recipe)
        typer.echo(context.get_help())
        if shown is not None:
            print_rich(*shown)
        raise typer.Exit(0 if help_ else 2)
    if recipe is not None and recipe.startswith("-"):
        raise SeqkitError(f"{recipe}: expected a recipe or a card before the options")
    import seqkit
    from seqkit import runs
    from seqkit.distribution import initialize, is_primary, process_count
    from seqkit.options.command_line import pair_up

    options = pair_up(context.args, set_)
    if epochs is not None:
        options.append(("--epochs", "epochs", str(epochs)))
    data = dataset_of(dataset)
    card = recipe or runs.interrupted_card(str(out))
    card = card_of(card, options, data, preset=device_preset)
    processes = coordinator, num_processes, process_id
    if distributed or any(one is not None for one in processes):
        initialize(*processes)
    checkpoints = runs.check_out(out, resume, overwrite)
    if out is None:
        note("no --out: the trained task is not saved")
    try:
        with seqkit.distribute(devices, model_parallel=model_parallel):
            _, metrics = runs.run_card(
                card,
                dataset=data,
                out=out,
                resume=resume,
                overwrite=overwrite,
                announce=note,
            )
    except KeyboardInterrupt as error:
        how = "terminated (SIGTERM)" if isinstance(error, Terminated) else "interrupted"
        if checkpoints is not None and checkpoints.is_dir():
            note("--resume goes on from the last checkpoint", how)
        elif process_count() > 1:  # the others' messages refer to it
            note("nothing is saved", how)
        raise
    for split, values in metrics.items() if is_primary() else ():
        show(values, split)
