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
from seqkit.cli.reading import dataset_of, load_run, verb_options


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
    task = load_run(run, recipe)
    given = {"num_beams": num_beams, "batch_size": batch_size}
    options = verb_options("evaluate", task.Evaluate, given, set_)
    with task.lent(data):
        split = split or task.default_split()
        scores, rows = task.evaluate(split, **options), len(task.split(split))
    show(scores, None if json else f"{split}, {rows:,} row{'' if rows == 1 else 's'}")
