"""What is longer than the task reads: texts that would be cut or left out."""

from collections.abc import Iterator

import numpy as np
import pyarrow
import pyarrow.compute as pc

from seqkit.checks.examples import Examples, Limit, brief, found_or, percent
from seqkit.checks.findings import Finding
from seqkit.errors import SeqkitError

_MOST = 5_000
"""Texts of a split that are split into tokens; of more, a part that stands for all."""


def limits(examples: Examples) -> Iterator[Finding]:
    """Counts the texts beyond the limit of each column that has one."""
    for column, limit in examples.limits.items():
        yield from found_or(
            (_beyond(examples, split, column, limit) for split in examples.splits),
            f"no {column} of more than {limit.option}={limit.most} {limit.unit}",
        )


def _beyond(examples: Examples, split: str, column: str, limit: Limit) -> Finding:
    said = f"{limit.option}={limit.most}"
    total, rows, texts = _candidates(examples, split, column, limit)
    most = 10 * examples.most_places  # texts of a row may be several
    share = 1.0
    if limit.count is not None and len(rows):
        share = min(1.0, _MOST / len(rows))
        chosen = np.linspace(0, len(rows) - 1, round(share * len(rows))).astype(int)
        rows, texts = rows[chosen], texts.take(pyarrow.array(chosen))
        try:
            counts = np.array(limit.count(texts.to_pylist()))
        except SeqkitError as error:
            return Finding(
                f"{split}, {column}: {limit.unit} could not be counted: {error}", "warn"
            )
        beyond = counts > limit.most
        rows, texts = rows[beyond], texts.filter(pyarrow.array(beyond))
    count = round(len(rows) / share)
    about = "about " if share < 1 else ""
    what = f"{column} of more than {said} {limit.unit}"
    shown = dict(zip(rows.tolist(), map(brief, texts[:most].to_pylist()), strict=False))
    return Finding(
        f"{split}: {about}{count:,} of {total:,} {what} ({percent(count, total)}) "
        f"{limit.fate}",
        "fail" if count == total else "warn" if 100 * count > total else "pass",
        count,
        examples.places(split, dict.fromkeys(rows[:most].tolist()), shown.__getitem__),
    )


def _candidates(examples: Examples, split: str, column: str, limit: Limit):
    """Number of texts; rows and texts that may be too long, by their bytes.

    A token has at least one byte, and a text one token more, its end.
    """
    total, rows, texts = 0, [np.empty(0, np.int64)], [pyarrow.array([], "string")]
    for numbers, strings in examples.strings(split, column):
        total += len(strings)
        if limit.count is None:
            long = pc.greater(pc.utf8_length(strings), limit.most)  # type: ignore
        else:
            long = pc.greater(pc.binary_length(strings), limit.most - 2)  # type: ignore
        rows.append(numbers[long.to_numpy(zero_copy_only=False)])
        texts.append(strings.filter(long).cast("string"))
    return total, np.concatenate(rows), pyarrow.concat_arrays(texts)
