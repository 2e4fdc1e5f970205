"""What commands print: notes, figures, JSON."""

import re
import sys

import typer

_LONGEST = 4000  # characters of a message


def print_rich(*shown):
    from rich.console import Console

    for one in shown:
        Console(highlight=False, markup=False).print(one)


def note(message, kind=None):
    """Prints a message of a command; of several processes, only number 0 prints it.

    Each of them prints what ends it.

    Args:
        message: What is said.
        kind: What ends the process, such as "error"; `None` if it goes on.
    """
    from seqkit.distribution import process_count, process_index

    if process_index():
        if kind is None:
            return
        kind = f"process {process_index()} of {process_count()}: {kind}"
    kind = f"{kind}: " if kind else ""
    print(f"seqkit: {kind}{message}", file=sys.stderr, flush=True)


def readable(message):
    """A message without characters that cannot be shown, and without what is endless.

    >>> readable("a\\0b: no such file, nor " + "c" * 5000) == (
    ...     r"a\\x00b: no such file, nor " + "c" * 200 + "…")
    True
    """
    message = re.sub(r"\S{300,}", lambda found: f"{found[0][:200]}…", message)
    message = message.replace("\0", r"\x00")
    return message if len(message) <= _LONGEST else f"{message[:_LONGEST]}…"


def as_options(message):
    """A message in which options are written as on the command line.

    >>> as_options("Give batch_size= and text= as the data names them")
    'Give --batch-size and --text as the data names them'
    >>> as_options("Name it with --column (column=)")
    'Name it with --column'
    """

    def flag(found):
        return "--" + found[1].replace("_", "-")

    message = re.sub(r"(?<![\w=-])([a-z][a-z_]+)=(?=[ ,.;)]|$)", flag, message)
    return re.sub(r"(--[\w-]+) \(\1\)", r"\1", message)


def show(metrics, split):
    """Metrics as aligned columns under the split's name, or as JSON without one.

    Figures by class are shown as a table; what else is nested, in JSON alone.
    """
    if split is None:
        typer.echo(json_text(metrics))
        return
    typer.echo(split)
    flat = {k: v for k, v in metrics.items() if not isinstance(v, dict | list)}
    for row in aligned([(name, _figure(value)) for name, value in flat.items()]):
        typer.echo(f"  {row}")
    for name, value in metrics.items():
        rows = list(value.values()) if isinstance(value, dict) else []
        if rows and all(isinstance(r, dict) and [*r] == [*rows[0]] for r in rows):
            table = [(name, *rows[0])]
            table += [(k, *map(_figure, row.values())) for k, row in value.items()]
            for row in aligned(table):
                typer.echo(f"  {row}")


def _figure(value):
    return f"{value:.4g}" if hasattr(value, "__float__") else str(value)


def aligned(rows):
    """Lines of cells that stand below each other."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = zip(row, widths, strict=True)
        yield "  ".join(f"{cell:<{width}}" for cell, width in cells).rstrip()


def json_text(value):
    import json

    def plain(one):
        """What recipes answer, NumPy's scalars and arrays, and dates have no JSON."""
        for method in ("as_dict", "tolist", "isoformat"):
            if hasattr(one, method):
                return getattr(one, method)()
        return str(one)

    return json.dumps(value, ensure_ascii=False, default=plain)
