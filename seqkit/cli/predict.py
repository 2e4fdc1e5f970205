"""`seqkit predict`."""

import contextlib
import os
import signal
import sys
from typing import Annotated

import typer

from seqkit.cli.arguments import BatchSize, NumBeams, Recipe, RunFolder, Set
from seqkit.cli.output import json_text, note
from seqkit.cli.reading import load_run, verb_options
from seqkit.errors import SeqkitError


def predict(
    run: RunFolder,
    num_beams: NumBeams = None,
    batch_size: BatchSize = None,
    set_: Set = None,
    recipe: Recipe = None,
    chunk: Annotated[
        int,
        typer.Option(
            min=1, metavar="N", help="Rows that are sorted and batched together."
        ),
    ] = 256,
    json: Annotated[
        bool, typer.Option("--json", help="Write a JSON object per line.")
    ] = False,
    input: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="CSV, TSV, JSON, parquet, xlsx, or lines in .txt."
        ),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Gets the columns of the input and results."),
    ] = None,
    column: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The column to read, if not as in training."),
    ] = None,
    prefix: Annotated[
        str, typer.Option(metavar="TEXT", help="What result columns begin with.")
    ] = "predicted_",
    encoding: Annotated[
        str, typer.Option(metavar="NAME", help="Encoding of the input file.")
    ] = "utf-8",
    separator: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="Separator of the columns of a table."),
    ] = None,
    header: Annotated[
        bool | None,
        typer.Option(help="Whether the first line of a table is a header."),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the output file.")
    ] = False,
):
    """Predict the lines of standard input, or the rows of a file.

    Standard input: a line is written for each line. That of an input that cannot be
    read, such as a damaged image, is empty, or a JSON object with the key error if
    results are JSON; the exit code is then 1.

    --input a.csv --output b.csv: all columns are kept, and the results added. A row
    that cannot be read has a message in the column predicted_error; the exit code is
    then 1. An interrupted command continues if it is given again. With --json and no
    --output, rows are written to standard output. Of a table of time series, the
    output has a row per step that is forecast.
    """
    task = load_run(run, recipe)
    given = {"num_beams": num_beams, "batch_size": batch_size}
    options = verb_options("predict", task.Predict, given, set_)
    if input is None:
        if output is not None:
            raise SeqkitError("--output: expected an --input file with it, found none")
        unreadable = _predict_lines(task, options, chunk, json)
    else:
        if output is None and not json:
            raise SeqkitError("--input: expected an --output file with it, or --json")
        reading = {"column": column, "encoding": encoding, "separator": separator}
        reading["header"] = header
        if output is None:
            unreadable = _print_rows(task, input, options, prefix, chunk, reading)
        else:
            more = {"format": "jsonl"} if json else {}
            found = task.predict_file(
                input,
                output,
                prefix=prefix,
                chunk=chunk,
                overwrite=overwrite,
                **reading,
                **more,
                **options,
            )
            note(f"Wrote {output}: {found.rows:,} rows")
            unreadable = found.unreadable, found.rows, f"rows ({prefix}error says why)"
    count, rows, what = unreadable
    if count:
        note(f"{count:,} of {rows:,} {what} could not be read", "error")
        raise typer.Exit(1)


def _print_rows(task, input, options, prefix, chunk, reading):
    """Writes the rows of a file with their results to standard output, as JSON."""
    rows = unreadable = 0
    more = {**reading, **options}
    with _open_output() as out:
        for row in task.predict_rows(input, prefix=prefix, chunk=chunk, **more):
            rows += 1
            unreadable += row[f"{prefix}error"] is not None
            out.write(json_text(row).encode("utf-8", errors="replace") + b"\n")
    return unreadable, rows, "rows"


@contextlib.contextmanager
def _open_output():
    """Standard output; where nobody reads any more, the command ends."""
    try:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        # What is still buffered has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(128 + signal.SIGPIPE) from None


def _predict_lines(task, options, chunk, json):
    """Writes a line for each line of standard input."""
    import seqkit
    from seqkit._lines import one_line, read_chunks

    number, unreadable = 0, 0
    plain = not (options.get("return_scores") or options.get("num_return_sequences"))
    plain = plain and not json
    with _open_output() as out:
        for lines in read_chunks(sys.stdin.buffer, chunk, note):
            answers, errors = task.answer_readable(lines, options)
            unreadable += len(errors)
            for row, answer in enumerate(answers):
                number += 1
                if row in errors:
                    note(f"line {number}: {errors[row]}", "error")
                    answer = "" if plain else {"error": str(errors[row])}
                elif json:
                    answer = seqkit.results.as_columns(answer)
                plain = isinstance(answer, str)
                line = one_line(answer if plain else json_text(answer))
                out.write(line.encode("utf-8", errors="replace") + b"\n")
            out.flush()
    return unreadable, number, "lines"
