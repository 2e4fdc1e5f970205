"""`seqkit predict`."""

import os
import signal
import sys
from typing import Annotated

import typer

from seqkit.cli.arguments import BatchSize, NumBeams, Recipe, RunFolder, Set
from seqkit.cli.output import json_text, note
from seqkit.cli.reading import load_run, verb_options


def predict(
    run: RunFolder,
    num_beams: NumBeams = None,
    batch_size: BatchSize = None,
    set_: Set = None,
    recipe: Recipe = None,
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

    task = load_run(run, recipe)
    given = {"num_beams": num_beams, "batch_size": batch_size}
    options = verb_options("predict", task.Predict, given, set_)
    out, number, unreadable = sys.stdout.buffer, 0, 0
    plain = not (options.get("return_scores") or options.get("num_return_sequences"))
    try:
        for lines in read_chunks(sys.stdin.buffer, chunk, note):
            answers, errors = task.answer_readable(lines, options)
            unreadable += len(errors)
            for row, answer in enumerate(answers):
                number += 1
                if row in errors:
                    note(f"line {number}: {errors[row]}", "error")
                    answer = "" if plain else {"error": str(errors[row])}
                plain = isinstance(answer, str)
                line = one_line(answer if plain else json_text(answer))
                out.write(line.encode("utf-8", errors="replace") + b"\n")
            out.flush()
    except BrokenPipeError:
        # Nobody reads any more; what is still buffered has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(128 + signal.SIGPIPE) from None
    if unreadable:
        note(f"{unreadable} of {number} lines could not be read", "error")
        raise typer.Exit(1)
