"""`seqkit compare`."""

from typing import Annotated

import typer

from seqkit.cli.arguments import (
    BatchSize,
    Dataset,
    Json,
    NumBeams,
    Recipe,
    Samples,
    Seed,
    Set,
)
from seqkit.cli.output import json_text
from seqkit.cli.reading import dataset_of, load_run, verb_options
from seqkit.errors import SeqkitError


def compare(
    runs: Annotated[
        list[str],
        typer.Argument(
            metavar="RUN RUN...",
            help="Folders that `train` wrote; the first is the baseline.",
        ),
    ],
    split: Annotated[
        str | None,
        typer.Option(help="The split; by default test, else validation."),
    ] = None,
    samples: Samples = None,
    seed: Seed = None,
    dataset: Dataset = None,
    num_beams: NumBeams = None,
    batch_size: BatchSize = None,
    set_: Set = None,
    recipe: Recipe = None,
    json: Json = False,
):
    """Test whether trained tasks of one recipe differ by more than chance.

    Paired bootstrap and approximate randomization, as sacreBLEU has them, for each
    figure on the same split.
    """
    import seqkit

    data = dataset_of(dataset)
    if len(set(runs)) < max(2, len(runs)):
        found = ", ".join(runs)
        raise SeqkitError(
            f"compare: expected at least two different runs, found {found}"
        )
    given = {"num_beams": num_beams, "batch_size": batch_size}
    options = {}

    def check(task):
        options.update(verb_options("compare", task.Evaluate, given, set_))
        if split is not None:
            with task.lent(data, split):
                task.split(split)

    tasks = {run: load_run(run, recipe, check) for run in runs}
    settings = {"samples": samples, "seed": seed}
    settings = {name: value for name, value in settings.items() if value is not None}
    found = seqkit.compare(tasks, split, dataset=data, **settings, **options)
    typer.echo(json_text(found.as_dict()) if json else str(found))
