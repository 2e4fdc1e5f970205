"""`seqkit evaluate`."""

from typing import Annotated

import typer

from seqkit.cli.arguments import (
    BatchSize,
    Dataset,
    Json,
    NumBeams,
    Recipe,
    RunFolder,
    Set,
)
from seqkit.cli.output import show
from seqkit.cli.reading import dataset_of, scored_run


def evaluate(
    run: RunFolder,
    split: Annotated[
        str | None,
        typer.Option(help="The split to evaluate; by default test, else validation."),
    ] = None,
    dataset: Dataset = None,
    num_beams: NumBeams = None,
    batch_size: BatchSize = None,
    set_: Set = None,
    recipe: Recipe = None,
    json: Json = False,
):
    """Print the metrics of a trained task on a split."""
    data = dataset_of(dataset)
    given = {"num_beams": num_beams, "batch_size": batch_size}
    asked = "evaluate", run, recipe, data, split, given, set_
    with scored_run(*asked) as (task, name, options):
        scores, rows = task.evaluate(name, **options), len(task.split(name))
    show(scores, None if json else f"{name}, {rows:,} row{'' if rows == 1 else 's'}")
