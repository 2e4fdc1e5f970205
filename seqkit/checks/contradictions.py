"""Equal inputs with different labels."""

from collections.abc import Iterator

import numpy as np

from seqkit.checks.examples import Examples, found_or, percent
from seqkit.checks.findings import Finding

SHARE = 0.05
"""Share of all rows beyond which contradictions are a failure."""


def contradictions(examples: Examples) -> Iterator[Finding]:
    """Rows whose input is that of another row, of any split, with another label."""
    labels = examples.columns("label", "labels", "tags", target=True)
    if labels and examples.columns(target=False):
        yield from found_or(_differing(examples), "equal inputs have equal labels")


def _differing(examples: Examples) -> Iterator[Finding]:
    inputs = examples.columns(target=False)
    for target in examples.columns("label", "labels", "tags", target=True):
        splits = list(examples.splits)
        texts = np.concatenate([examples.hashes(one, inputs) for one in splits])
        labels = np.concatenate([examples.hashes(one, [target]) for one in splits])
        order = np.lexsort((labels, texts))
        sorted_texts, sorted_labels = texts[order], labels[order]
        differ = (np.diff(sorted_texts) == 0) & (np.diff(sorted_labels) != 0)
        wrong = np.unique(sorted_texts[:-1][differ])
        found = order[np.isin(sorted_texts, wrong)]
        yield Finding(
            f"{len(found):,} of {len(texts):,} rows ({percent(len(found), len(texts))})"
            f" have the same {' and '.join(inputs)} as another one that has other "
            f"{target}",
            "fail"
            if len(found) > SHARE * len(texts)
            else "warn"
            if len(found)
            else "pass",
            len(found),
            tuple(_places(examples, found, splits, [*inputs, target])),
            {"texts": len(wrong), "column": target},
        )


def _places(examples, found, splits, columns):
    """The places of rows that are numbered through all splits; equal ones in a row."""
    starts = np.cumsum([0, *(len(examples.splits[name]) for name in splits)])
    for number in found[: examples.most_places + 1].tolist():
        which = int(np.searchsorted(starts, number, side="right")) - 1
        row, split = number - int(starts[which]), splits[which]
        yield from examples.places(
            split,
            [row],
            lambda row, split=split: examples.brief(split, row, *columns),
        )
