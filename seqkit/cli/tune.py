"""`seqkit tune`."""

from typing import Annotated

import typer

from seqkit.cli.arguments import Dataset, Set
from seqkit.cli.card_options import card_of
from seqkit.cli.output import note
from seqkit.cli.reading import dataset_of


def tune(
    context: typer.Context,
    card: Annotated[
        str,
        typer.Argument(metavar="CARD.yaml", help="A card with a section tune."),
    ],
    dataset: Dataset = None,
    trials: Annotated[
        int,
        typer.Option(
            min=1, metavar="N", help="Trials of the study, earlier ones included."
        ),
    ] = 20,
    out: Annotated[
        str | None,
        typer.Option(
            metavar="DIR",
            help="Where best.yaml, trials.csv and the study go; a study that is there "
            "is continued.",
        ),
    ] = None,
    jobs: Annotated[
        int, typer.Option(min=1, metavar="N", help="Processes that run trials at once.")
    ] = 1,
    timeout: Annotated[
        float | None,
        typer.Option(metavar="SECONDS", help="After these, no epoch begins."),
    ] = None,
    storage: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="A storage of Optuna that several machines share, such as "
            "postgresql://HOST/NAME.",
        ),
    ] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="Save each trained task in DIR/trials.")
    ] = False,
    set_: Set = None,
):
    """Try options of a card over the ranges in its section tune.

    Trials are compared on validation, never on test. Options of the recipe, such as
    --epochs 3, change the card. The same command again, here or on another machine with
    the same --storage, continues the study.
    """
    import seqkit
    from seqkit.options.command_line import pair_up

    data = dataset_of(dataset)
    found = card_of(card, pair_up(context.args, set_), data)
    if out is None:
        note("no --out: the study is not saved")
    tuned = seqkit.tune(
        found,
        data,
        trials=trials,
        out=out,
        jobs=jobs,
        timeout=timeout,
        storage=storage,
        keep=keep,
        imports=(context.parent and context.parent.params.get("import_")) or (),
        announce=note,
    )
    _show(tuned)
    if out is not None:
        note(f"Saved {out}: seqkit train {out}/best.yaml trains the best")


def _show(tuned):
    """A table of the trials, the best first, and what mattered."""
    from seqkit.cli.output import aligned

    sign = -1 if tuned.direction == "maximize" else 1
    done = [one for one in tuned.trials if one["value"] is not None]
    rest = [one for one in tuned.trials if one["value"] is None]
    left_out = ("value", "error", "state")
    options = [name for name in tuned.trials[0] if name not in left_out]
    rows = [[tuned.metric, *options]]
    for one in [*sorted(done, key=lambda one: sign * one["value"]), *rest]:
        value = one["state"] if one["value"] is None else one["value"]
        rows.append([_text(v) for v in (value, *(one[n] for n in options))])
    for row in aligned(rows):
        typer.echo(row)
    if tuned.importance:
        shares = (f"{name} {share:.0%}" for name, share in tuned.importance.items())
        typer.echo(f"importance  {', '.join(shares)}")


def _text(value):
    if value is None:
        return "-"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
