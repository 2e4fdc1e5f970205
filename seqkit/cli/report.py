"""`seqkit report`."""

import re
from pathlib import Path
from typing import Annotated

import typer

from seqkit.cli.arguments import (
    BatchSize,
    Dataset,
    NumBeams,
    Recipe,
    RunFolder,
    Samples,
    Seed,
    Set,
)
from seqkit.cli.output import json_text, note
from seqkit.cli.outputs import check_file
from seqkit.cli.reading import dataset_of, scored_run


def report(
    run: RunFolder,
    split: Annotated[
        str | None,
        typer.Option(help="The split to report on; by default test, else validation."),
    ] = None,
    out: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="The page; by default RUN/report-SPLIT.html."
        ),
    ] = None,
    examples: Annotated[
        int | None,
        typer.Option(metavar="N", help="Worst examples that are shown, 20 by default."),
    ] = None,
    samples: Samples = None,
    seed: Seed = None,
    dataset: Dataset = None,
    num_beams: NumBeams = None,
    batch_size: BatchSize = None,
    set_: Set = None,
    recipe: Recipe = None,
    json: Annotated[
        bool,
        typer.Option("--json", help="Print one JSON object; no page without --out."),
    ] = False,
):
    """Write a page on how good a trained task is on a split, in detail.

    Figures with confidence intervals, learning curves, figures by length and by label,
    confusion, calibration and the worst examples. The page needs no network.
    """
    data = dataset_of(dataset)
    if out is not None:
        check_file(out, new_folders=True)
    given = {"num_beams": num_beams, "batch_size": batch_size}
    settings = {"examples": examples, "samples": samples, "seed": seed}
    settings = {name: value for name, value in settings.items() if value is not None}
    asked = "report", run, recipe, data, split, given, set_
    with scored_run(*asked) as (task, name, options):
        found = task.report(name, **settings, **options)
    if out is None and not json:
        name = re.sub(r"[^\w.-]", "_", found.as_dict()["split"])
        out = str(Path(run) / f"report-{name}.html")
    if out is not None:
        found.save(out)
    if json:
        typer.echo(json_text(found.as_dict()))
    else:
        typer.echo(str(found))
    if out is not None:
        note(f"Wrote {out}")
