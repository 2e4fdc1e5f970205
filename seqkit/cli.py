"""The command line: `seqkit train|evaluate|predict|export|schema`.

Nothing heavy is imported before a command needs it, so that `--help` is quick.
What the user can mend ends in one message and exit code 2; anything unexpected in
exit code 1, with the trace only where SEQKIT_DEBUG is set.
"""

import os
import signal
import sys
from typing import Annotated

import typer

from seqkit.errors import FileError, SeqkitError

app = typer.Typer(
    name="seqkit",
    help="Train, evaluate, run and export sequence models.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

_LONGEST = 4000  # characters of a message
_EXTRA = {"allow_extra_args": True, "ignore_unknown_options": True}
_RunFolder = Annotated[
    str, typer.Argument(metavar="RUN", help="A folder that `train` wrote.")
]
_Dataset = Annotated[
    list[str] | None,
    typer.Option(
        metavar="DATASET",
        help="A folder, a file or a hub id; or SPLIT=FILE, once for each split.",
    ),
]
_NumBeams = Annotated[
    int | None, typer.Option(min=1, metavar="N", help="Width of the search; 1: greedy.")
]
_BatchSize = Annotated[
    int | None, typer.Option(min=1, metavar="N", help="Examples decoded together.")
]
_Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="Any further option."),
]
_Recipe = Annotated[
    str | None,
    typer.Option(
        metavar="MODULE:CLASS", help="The recipe of the run, if it is not installed."
    ),
]


@app.command(context_settings={**_EXTRA, "help_option_names": []})
def train(
    context: typer.Context,
    recipe: Annotated[
        str | None,
        typer.Argument(
            metavar="RECIPE|CARD.yaml",
            help="A recipe, by its name or as package.module:Class, or a card.",
        ),
    ] = None,
    dataset: _Dataset = None,
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
    set_: _Set = None,
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
            _print(*shown)
        raise typer.Exit(0 if help_ else 2)
    if recipe is not None and recipe.startswith("-"):
        raise SeqkitError(f"{recipe}: expected a recipe or a card before the options")
    from seqkit import runs
    from seqkit.options.command_line import pair_up

    options = pair_up(context.args, set_)
    if epochs is not None:
        options.append(("--epochs", "epochs", str(epochs)))
    data = _dataset(dataset)
    card = recipe or runs.interrupted_card(str(out))
    card = _card(card, options, data)
    checkpoints = runs.check_out(out, resume, overwrite)
    if out is None:
        _note("no --out: the trained task is not saved")
    try:
        _, metrics = runs.run_card(
            card,
            dataset=data,
            out=out,
            resume=resume,
            overwrite=overwrite,
            announce=_note,
        )
    except KeyboardInterrupt:
        if checkpoints is not None and checkpoints.is_dir():
            _note("interrupted; --resume goes on from the last checkpoint")
        raise
    for split, values in metrics.items():
        _show(values, split)


@app.command()
def evaluate(
    run: _RunFolder,
    split: Annotated[
        str | None,
        typer.Option(help="The split to evaluate; by default test, else validation."),
    ] = None,
    dataset: _Dataset = None,
    num_beams: _NumBeams = None,
    batch_size: _BatchSize = None,
    set_: _Set = None,
    recipe: _Recipe = None,
    json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object.")
    ] = False,
):
    """Print the metrics of a trained task on a split."""
    data = _dataset(dataset)
    task = _load(run, recipe)
    given = {"num_beams": num_beams, "batch_size": batch_size}
    options = _verb_options("evaluate", task.Evaluate, given, set_)
    with task.lent(data):
        split = split or task.default_split()
        scores = task.evaluate(split, **options)
    _show(scores, None if json else split)


@app.command()
def predict(
    run: _RunFolder,
    num_beams: _NumBeams = None,
    batch_size: _BatchSize = None,
    set_: _Set = None,
    recipe: _Recipe = None,
    chunk: Annotated[
        int,
        typer.Option(
            min=1, metavar="N", help="Lines that are sorted and batched together."
        ),
    ] = 256,
):
    """Read lines from standard input, write a line for each to standard output.

    The line of an input that cannot be read, such as a damaged image, is empty, or a
    JSON object with the key error if results are JSON; the exit code is then 1.
    """
    from seqkit._lines import one_line, read_chunks

    task = _load(run, recipe)
    given = {"num_beams": num_beams, "batch_size": batch_size}
    options = _verb_options("predict", task.Predict, given, set_)
    out, number, unreadable = sys.stdout.buffer, 0, 0
    plain = not (options.get("return_scores") or options.get("num_return_sequences"))
    try:
        for lines in read_chunks(sys.stdin.buffer, chunk, _note):
            answers, errors = task.answer_readable(lines, options)
            unreadable += len(errors)
            for row, answer in enumerate(answers):
                number += 1
                if row in errors:
                    _note(f"line {number}: {errors[row]}", "error")
                    answer = "" if plain else {"error": str(errors[row])}
                plain = isinstance(answer, str)
                line = one_line(answer if plain else _json(answer))
                out.write(line.encode("utf-8", errors="replace") + b"\n")
            out.flush()
    except BrokenPipeError:
        # Nobody reads any more; what is still buffered has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(128 + signal.SIGPIPE) from None
    if unreadable:
        _note(f"{unreadable} of {number} lines could not be read", "error")
        raise typer.Exit(1)


@app.command()
def export(
    run: _RunFolder,
    folder: Annotated[
        str, typer.Argument(metavar="DIR", help="A new folder, such as exports/NAME/1.")
    ],
    text: Annotated[
        bool, typer.Option(help="Text in and out, or token ids (--no-text).")
    ] = True,
    recipe: _Recipe = None,
):
    """Write a SavedModel for TensorFlow Serving."""
    from seqkit.runs import check_folder

    check_folder(folder)
    _load(run, recipe).export(folder, text=text)
    _note(f"Exported {folder}")


@app.command()
def schema(
    recipe: Annotated[str, typer.Argument(metavar="RECIPE", help="A recipe.")],
):
    """Print the JSON Schema of a recipe's cards, for editors."""
    import json

    from seqkit import cards

    found = cards.schema(cards.find_recipe(recipe))
    typer.echo(json.dumps(found, indent=2, ensure_ascii=False))


@app.callback(invoke_without_command=True)
def _version(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.")
    ] = False,
):
    if version:
        import seqkit

        typer.echo(seqkit.__version__)
    elif context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(2)


def main(arguments=None):
    """Run the command line.

    Args:
        arguments: List of words, `sys.argv[1:]` by default.

    Returns:
        Exit code: 0, 2 for wrong input, 130 after Ctrl-C, 1 for anything unexpected.
    """
    try:
        return app(arguments, prog_name="seqkit", standalone_mode=False) or 0
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if os.environ.get("SEQKIT_DEBUG"):
            raise
        if isinstance(error, typer.TyperException):
            command = getattr(getattr(error, "ctx", None), "command_path", "seqkit")
            message = error.format_message().removesuffix(".")
            _note(f"{message}. See {command} --help.", "error")
            return 2
        if isinstance(error, OSError):
            error = FileError(error)
        if isinstance(error, SeqkitError):
            text = str(error)
            _note(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…", "error")
            return 2
        _note(f"{type(error).__name__}: {error}", "unexpected error")
        _note("set SEQKIT_DEBUG=1 to see where it came from")
        return 1


def _dataset(given):
    """What `--dataset` names: nothing, one dataset, or a dictionary of splits."""
    splits, whole = {}, []
    for one in given or ():
        split, equals, place = one.partition("=")
        # A file may have such a name, and a folder before the sign is no split.
        if not equals or not split or "/" in split or os.path.exists(one):
            whole.append(one)
        elif split in splits:
            raise SeqkitError(f"--dataset {one}: the split {split} is given twice")
        elif not place:
            raise SeqkitError(f"--dataset {one}: expected SPLIT=FILE")
        else:
            splits[split] = place
    if len(whole) > 1 or whole and splits:
        found = " and ".join(given)
        raise SeqkitError(
            "--dataset: expected one dataset, or SPLIT=FILE once for each split, found "
            f"{found}"
        )
    return whole[0] if whole else splits or None


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


def _print(*shown):
    from rich.console import Console

    for one in shown:
        Console(highlight=False, markup=False).print(one)


def _verb_options(verb, known, given, settings):
    """Options of a verb of a task, as far as it takes them."""
    from seqkit.errors import ArgumentError
    from seqkit.options.command_line import pair_up, read_pairs

    given = {name: value for name, value in given.items() if value is not None}
    problems = [
        f"--{name.replace('_', '-')}: {verb} of this task takes only: "
        + ", ".join(known.model_fields)
        for name in given
        if name not in known.model_fields
    ]
    if problems:
        raise ArgumentError(problems)
    pairs = [(f"--{name}".replace("_", "-"), name, str(v)) for name, v in given.items()]
    return read_pairs([*pairs, *pair_up([], settings)], {"": known})[""]


def _load(run, recipe=None):
    if not os.path.isdir(run):
        found = "a file" if os.path.exists(run) else "nothing there"
        raise SeqkitError(f"{run}: expected a folder that `train` wrote, found {found}")
    import seqkit
    from seqkit.cards import find_recipe

    return seqkit.load(run, recipe=recipe and find_recipe(recipe))


def _note(message, kind=None):
    kind = f"{kind}: " if kind else ""
    print(f"seqkit: {kind}{message}", file=sys.stderr, flush=True)


def _show(metrics, split):
    """Metrics as aligned columns under the split's name, or as JSON without one.

    Figures by class are shown as a table; what else is nested, in JSON alone.
    """
    if split is None:
        typer.echo(_json(metrics))
        return
    typer.echo(split)
    flat = {k: v for k, v in metrics.items() if not isinstance(v, dict | list)}
    for row in _aligned([(name, _figure(value)) for name, value in flat.items()]):
        typer.echo(f"  {row}")
    for name, value in metrics.items():
        rows = list(value.values()) if isinstance(value, dict) else []
        if rows and all(isinstance(r, dict) and [*r] == [*rows[0]] for r in rows):
            table = [(name, *rows[0])]
            table += [(k, *map(_figure, row.values())) for k, row in value.items()]
            for row in _aligned(table):
                typer.echo(f"  {row}")


def _figure(value):
    return f"{value:.4g}" if hasattr(value, "__float__") else str(value)


def _aligned(rows):
    """Lines of cells that stand below each other."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = zip(row, widths, strict=True)
        yield "  ".join(f"{cell:<{width}}" for cell, width in cells).rstrip()


def _json(value):
    import json

    def plain(one):
        """What recipes answer, and NumPy's scalars and arrays, have no JSON."""
        return one.as_dict() if hasattr(one, "as_dict") else one.tolist()

    return json.dumps(value, ensure_ascii=False, default=plain)


if __name__ == "__main__":
    sys.exit(main())
