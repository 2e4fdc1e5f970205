"""Cutting time series at points of time."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from seqkit.data.annotations import FilePath
from seqkit.data.sources.arrow import split_rows as stored_rows
from seqkit.data.sources.splits import Splits, has_test, in_order
from seqkit.errors import DataError


def split_by_time(
    splits: Splits,
    split_rows: Sequence[int] | None,
    fractions: tuple[float, float],
    cache_dir: FilePath | None = None,
) -> Splits:
    """Makes the splits that are missing of the last rows of train, series by series.

    `split_rows` are numbers of rows from the first on, `fractions` those of validation
    and test.
    """
    if "train" not in splits:
        return splits
    train, made, notes = splits["train"], dict(splits), list(splits.notes)
    wanted = {"validation": "validation" not in made, "test": not has_test(made)}
    if split_rows is not None and not all(wanted.values()):
        raise DataError(
            "a dataset with one split where split_rows is given",
            f"the splits {', '.join(splits)}",
            where="split_rows",
        )
    order, sizes = _by_series(train["series"])
    parts = np.zeros(len(train), np.int8)  # 0 train, 1 validation, 2 test, 3 none
    start = 0
    for size in sizes:
        rows = order[start : start + size]
        if split_rows is not None:
            cuts = _cuts_of_rows(size, split_rows)
        else:
            cuts = _cuts_of_fractions(size, fractions, wanted)
        parts[rows] = np.searchsorted(cuts, np.arange(size), side="right")
        start += size
    held = {}
    for number, name in ((1, "validation"), (2, "test")):
        if (parts == number).any():
            held[name] = stored_rows(train, parts == number, cache_dir)[1]
            notes.append(f"{name}: the last {len(held[name]):,} rows of train")
            if split_rows is not None:
                notes[-1] = f"{name}: {len(held[name]):,} rows, by split_rows"
    if left := int((parts == 3).sum()):
        notes.append(f"{left:,} rows after those of split_rows are left out")
    if held or left:
        made["train"] = stored_rows(train, parts == 0, cache_dir)[1]
    counts = {name: len(rows) for name, rows in held.items()}
    return replace(
        splits,
        splits=in_order(made | held),
        held_out=counts.get("validation", 0),
        held_out_test=counts.get("test", 0),
        notes=notes,
    )


def _by_series(names: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Rows ordered by series, within each as they are; and the rows of each."""
    _, numbers = np.unique(np.asarray(names), return_inverse=True)
    return np.argsort(numbers, kind="stable"), np.bincount(numbers)


def _cuts_of_rows(size: int, split_rows: Sequence[int]) -> np.ndarray:
    if len(split_rows) != 3 or sum(split_rows) > size:
        raise DataError(
            f"three numbers of rows, at most {size:,} together",
            ", ".join(map(str, split_rows)),
            where="split_rows",
        )
    return np.cumsum(split_rows)


def _cuts_of_fractions(size, fractions, wanted) -> np.ndarray:
    counts = [
        0 if not wanted[name] else int(one if one >= 1 else round(one * size))
        for name, one in zip(("validation", "test"), fractions, strict=True)
    ]
    if sum(counts) >= size:
        raise DataError(
            f"validation and test of less than all {size:,} rows",
            " and ".join(map(str, fractions)),
            where="validation_fraction, test_fraction",
        )
    train = size - sum(counts)
    return np.array([train, train + counts[0], size])
