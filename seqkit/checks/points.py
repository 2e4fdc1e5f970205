"""Sets of points: how many, how large, points that are equal, sets that come again."""

from collections.abc import Iterator

import numpy as np

from seqkit.checks.examples import Examples
from seqkit.checks.findings import Finding


def points(examples: Examples) -> Iterator[Finding]:
    """Sizes and ranges by split, equal points within a set, and sets in two splits."""
    for column in examples.columns("points"):
        known: dict[bytes, str] = {}
        for split, rows in examples.splits.items():
            sets = [np.asarray(one, "float64") for one in rows[column]]
            yield _sizes(split, sets)
            equal = sum(len(np.unique(one, axis=0)) < len(one) for one in sets)
            if equal:
                text = f"{split}: {equal:,} sets have points that are equal"
                yield Finding(text, "warn", equal)
            again = {"train": 0, "other": 0}
            for one in sets:
                first = known.setdefault(one.tobytes(), split)
                if first != split:
                    again["train" if first == "train" else "other"] += 1
            if again["train"]:
                text = f"{split}: {again['train']:,} sets are in train, too"
                yield Finding(text, "fail", again["train"])
            if again["other"]:
                text = f"{split}: {again['other']:,} sets are in another split, too"
                yield Finding(text, "warn", again["other"])


def _sizes(split: str, sets: list[np.ndarray]) -> Finding:
    sizes = [len(one) for one in sets]
    low = min(float(one.min()) for one in sets)
    high = max(float(one.max()) for one in sets)
    text = (
        f"{split}: sets of {min(sizes)} to {max(sizes)} points of {sets[0].shape[1]} "
        f"numbers from {low:.4g} to {high:.4g}"
    )
    figures = {"split": split, "fewest": min(sizes), "most": max(sizes)}
    return Finding(text, figures={**figures, "min": low, "max": high})
