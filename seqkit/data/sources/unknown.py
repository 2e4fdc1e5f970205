"""Labels and types in a dataset that a trained model does not know."""

from collections import Counter
from collections.abc import Callable, Container, Iterable
from typing import Any

from seqkit.data.sources.lines import listed
from seqkit.data.sources.splits import Splits
from seqkit.errors import DataError


def unknown_in(
    splits: Splits,
    split: str,
    column: str,
    known: Container[str],
    what: str,
    names: Callable[[Any], Iterable[str]] = list,
) -> str:
    """Refuses unknown names in train; in another split, returns how many there are."""
    values = splits.column(split, column)
    counts = Counter(name for value in values for name in names(value))
    unknown = [name for name in counts if name not in known]
    if not unknown:
        return ""
    if split == "train":
        place = splits.place(split, lambda row: unknown[0] in names(row[column]))
        raise DataError(
            f"a {what} that the model knows",
            listed(unknown),
            **place,
            fix="Build a new task to learn it, or leave such rows out",
        )
    times = f"{sum(counts[name] for name in unknown):,} times"
    return f"{split}: {times} a {what} that the model does not know: {listed(unknown)}"
