"""How long texts are."""

from collections.abc import Iterator

import numpy as np
import pyarrow.compute as pc

from seqkit.checks.examples import Examples
from seqkit.checks.findings import Finding


def lengths(examples: Examples) -> Iterator[Finding]:
    """The distribution of the lengths of each column of text, by split."""
    for column in examples.columns("text", "texts", "words"):
        for split in examples.splits:
            yield _finding(split, column, measured(examples, split, column))
    for column in examples.columns("texts"):
        for split in examples.splits:
            counts = [
                pc.list_value_length(array).to_numpy()  # type: ignore
                for _, (array,) in examples.batches(split, column)
            ]
            found = {f"{column} per row": quantiles(np.concatenate(counts))}
            yield _finding(split, column, found)


def measured(examples: Examples, split: str, column: str) -> dict[str, dict]:
    """Unit to the quantiles of lengths in it."""

    def measure():
        counts: dict[str, list[np.ndarray]] = {}
        if examples.fields[column].kind == "words":
            for _, (array,) in examples.batches(split, column):
                numbers = pc.list_value_length(array)  # type: ignore
                counts.setdefault("words", []).append(numbers.to_numpy())
        else:
            for _, texts in examples.strings(split, column):
                numbers = pc.utf8_length(texts)  # type: ignore
                counts.setdefault("characters", []).append(numbers.to_numpy())
                # Runs of what is no white space are words.
                numbers = pc.count_substring_regex(texts, r"\S+")  # type: ignore
                counts.setdefault("words", []).append(numbers.to_numpy())
        return {
            unit: quantiles(np.concatenate(numbers).astype(np.int32))
            for unit, numbers in counts.items()
        }

    return examples.once(("lengths", split, column), measure)


def quantiles(numbers: np.ndarray) -> dict[str, float]:
    """Smallest, median, mean, 95th percentile and largest of some numbers."""
    if not len(numbers):
        return dict.fromkeys(("min", "median", "mean", "p95", "max"), 0)
    low, middle, high, top = np.percentile(numbers, [0, 50, 95, 100])
    return {
        "min": int(low),
        "median": int(middle),
        "mean": round(float(numbers.mean()), 1),
        "p95": int(high),
        "max": int(top),
    }


def _finding(split: str, column: str, found: dict[str, dict]) -> Finding:
    parts = [
        f"{values['median']:,} {unit} (from {values['min']:,} to {values['max']:,}, "
        f"95 % up to {values['p95']:,})"
        for unit, values in found.items()
    ]
    text = f"{split}, {column}: in the middle {' and '.join(parts)}"
    return Finding(text, figures={"split": split, "column": column, **found})
