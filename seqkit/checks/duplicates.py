"""Rows that repeat, and rows of one split that are in another one too."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from seqkit.checks.examples import Examples, found_or, percent
from seqkit.checks.findings import Finding

CHANCE = 40
"""Texts of fewer characters may well be equal by chance: "Thank you."."""
SHARE = 0.01
"""Share of a split beyond which rows that are in another one too are a failure; of the
lines of a running text, in which phrases return, five times as many."""


def duplicates(examples: Examples) -> Iterator[Finding]:
    """Rows that are twice in a split: all columns, the same but for outer spaces."""
    if examples.columns():
        said = "no row repeats an earlier one of its split"
        yield from found_or(_repeated(examples), said)


def _repeated(examples: Examples) -> Iterator[Finding]:
    columns = examples.columns()
    for split in examples.splits:
        hashes = examples.hashes(split, columns)
        _, first = np.unique(hashes, return_index=True)
        again = np.ones(len(hashes), bool)
        again[first] = False
        found = np.flatnonzero(again)
        if examples.is_running_text:
            found = found[_is_long(examples, split)[found]]
        yield Finding(
            f"{split}: {_counted(found, hashes)} repeat an earlier one",
            "warn" if len(found) > SHARE * len(hashes) else "pass",
            len(found),
            examples.places(split, found, _shown(examples)),
        )


def overlap(examples: Examples) -> Iterator[Finding]:
    """Inputs that are in two splits: a figure on them says nothing about new data."""
    if examples.columns(target=False):
        yield from found_or(_shared(examples), "no input is in two splits")


def _shared(examples: Examples) -> Iterator[Finding]:
    inputs = examples.columns(target=False)
    named = " and ".join(inputs)
    for known, split in combinations(examples.splits, 2):
        earlier = np.unique(examples.hashes(known, inputs))
        hashes = examples.hashes(split, inputs)
        found = np.flatnonzero(np.isin(hashes, earlier))
        long = _is_long(examples, split)[found]
        if examples.is_running_text:
            found, long = found[long], long[long]
        most = SHARE * len(hashes) * (5 if examples.is_running_text else 1)
        many = known == "train" and long.sum() > most
        order = np.argsort(~long, kind="stable")  # those that are no chance first
        yield Finding(
            f"{split}: {_counted(found, hashes)} have the same {named} as one of "
            f"{known}",
            "fail" if many else "warn" if len(found) else "pass",
            len(found),
            examples.places(split, found[order], _shown(examples)),
            {"split": split, "other": known, "beyond_chance": int(long.sum())},
        )


def _counted(found: np.ndarray, rows: np.ndarray) -> str:
    share = f" ({percent(len(found), len(rows))})" if len(found) else ""
    return f"{len(found):,} of {len(rows):,} rows{share}"


def _shown(examples: Examples) -> str:
    return examples.columns(target=False)[0]


def _is_long(examples: Examples, split: str) -> np.ndarray:
    """Whether the inputs of each row are too long to be equal by chance."""
    sizes = np.zeros(len(examples.splits[split]), np.int64)
    for column in examples.columns(target=False):
        if examples.fields[column].kind in ("image", "audio"):
            return np.ones(len(sizes), bool)
        for rows, texts in examples.strings(split, column):
            lengths = np.diff(np.frombuffer(texts.buffers()[1], np.int32))
            lengths = lengths[texts.offset : texts.offset + len(texts)]
            sizes += np.bincount(rows, lengths + 1, len(sizes)).astype(np.int64)
    return sizes > CHANCE
