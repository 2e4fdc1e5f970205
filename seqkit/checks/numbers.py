"""Series of numbers: what is missing, what never changes, what has drifted."""

from collections.abc import Iterator

import numpy as np

from seqkit.checks.examples import Examples
from seqkit.checks.findings import Finding
from seqkit.errors import DataError

_FAR = 3.0
"""Deviations between the means of two splits that are worth a word."""


def numbers(examples: Examples) -> Iterator[Finding]:
    """Missing values and constant variables by split, and means that have drifted."""
    for column in examples.columns("numbers"):
        values = {split: _values(examples, split, column) for split in examples.splits}
        width = next(iter(values.values())).shape[1]
        names = examples.options.get(column) or [
            f"{column} {number}" for number in range(width)
        ]
        for place, name in enumerate(names[:width]):
            ours = {split: one[:, place] for split, one in values.items()}
            yield from _variable(name, ours)


def times(examples: Examples) -> Iterator[Finding]:
    """Times that are missing, out of order or without a common step."""
    from seqkit.data.series.table import series_tables

    for _ in examples.columns("time"):
        for split, rows in examples.splits.items():
            try:
                tables = series_tables(rows.with_format(None)[:], f"split {split}")
            except DataError as error:
                yield Finding(str(error), "fail", 1)
                continue
            inserted = sum(table.inserted for table in tables)
            irregular = sum(table.irregular for table in tables)
            first, last = tables[0].times[0], tables[0].times[-1]
            if first:
                span = f"from {first} to {last}"
                text = f"{split}: {len(tables):,} series, the first {span}"
                yield Finding(text, figures={"split": split, "series": len(tables)})
            if inserted:
                text = f"{split}: {inserted:,} times are missing"
                yield Finding(text, "warn", inserted)
            if irregular:
                text = f"{split}: times of {irregular:,} series have no common step"
                yield Finding(text, "warn", irregular)


def _values(examples: Examples, split: str, column: str) -> np.ndarray:
    parts = [
        np.asarray(array.flatten().to_numpy(zero_copy_only=False)).reshape(
            len(array), -1
        )
        for _, (array,) in examples.batches(split, column)
    ]
    return np.concatenate(parts)


def _variable(name: str, values: dict[str, np.ndarray]) -> Iterator[Finding]:
    means, spread = {}, 0.0
    for split, one in values.items():
        known = one[np.isfinite(one)]
        missing = len(one) - len(known)
        if missing:
            verdict = "fail" if not len(known) else "warn"
            text = f"{split}, {name}: {missing:,} of {len(one):,} values are missing"
            yield Finding(text, verdict, missing)
        if not len(known):
            continue
        means[split] = float(known.mean())
        if split == "train":
            spread = float(known.std())
        if known.min() == known.max() and len(known) > 1:
            text = f"{split}, {name}: always {known[0]:g}"
            yield Finding(text, "warn", len(known))
        figures = {"mean": means[split], "deviation": float(known.std())}
        figures |= {"min": float(known.min()), "max": float(known.max())}
        text = f"{split}, {name}: " + ", ".join(
            f"{what} {value:.4g}" for what, value in figures.items()
        )
        yield Finding(text, figures={"split": split, "variable": name, **figures})
    for split, mean in means.items():
        if split != "train" and spread and abs(mean - means["train"]) > _FAR * spread:
            far = abs(mean - means["train"]) / spread
            text = f"{split}, {name}: the mean is {far:.1f} deviations from train's"
            yield Finding(text, "warn", 1)
