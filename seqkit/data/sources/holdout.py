"""Holding out a validation split."""

import hashlib

import numpy as np
import pyarrow.compute

from seqkit.data.sources.arrow import split_rows
from seqkit.errors import DataError

MOST = 3000  # rows held out as a fraction: more cost time and tell little more


def hold_out(
    train, by, *, fraction=0.05, seed=0, cache_dir=None, split="train", what="texts"
):
    """Splits rows off a dataset, such that no text stands on both sides.

    Rows go by a hash of the seed and of their text in the column `by`: rows of one
    text stay together, and neither their order nor how often one runs it matters.

    Args:
        train: A `datasets.Dataset`.
        by: The column of texts that the two sides must not share; a list of words is
            the text that they make with spaces between.
        fraction: Below 1 the fraction of rows to hold out, at most 3,000 rows; from 1
            on the number of rows. Fewer are held out where texts repeat so much that
            the number cannot be met.
        seed: An integer; another one holds out other rows.
        cache_dir: Folder for the Arrow files, by default inside that of `datasets`.
        split, what: How messages call the dataset and what its texts stand for.

    Returns:
        The rest of the rows and the rows held out, both in their old order.

    Raises:
        DataError: All rows have one text.

    >>> import datasets
    >>> from seqkit.data.sources.holdout import hold_out
    >>> rows = datasets.Dataset.from_dict({"text": list("abcdefghij")})
    >>> train, validation = hold_out(rows, "text", fraction=0.2)
    >>> len(train), len(validation)
    (8, 2)
    """
    key = str(seed).encode()
    batches = train.select_columns(by).iter(batch_size=1000)
    texts = (text for batch in batches for text in batch[by])
    hashes = np.fromiter((_hash(text, key) for text in texts), np.uint64, len(train))
    ordered = np.sort(hashes)
    if not len(train) or ordered[0] == ordered[-1]:
        raise DataError(
            f"at least two different {what}, of which some can be held out",
            "none" if not len(train) else f"one, in {len(train):,} rows",
            where=f"split {split}",
            fix="Give more rows, or the split that is to be held out; or set "
            f"{'test' if split == 'validation' else 'validation'}_fraction=0",
        )
    wanted = fraction if fraction >= 1 else min(round(fraction * len(train)), MOST)
    chosen = _choose(ordered, min(max(int(wanted), 1), len(train) - 1))
    spots = np.minimum(np.searchsorted(chosen, hashes), len(chosen) - 1)
    return split_rows(train, chosen[spots] == hashes, cache_dir)


def hold_out_end(train, by, *, fraction=0.05, cache_dir=None):
    """Splits the last rows off a dataset that is one text, each row with its line end.

    Args:
        train: A `datasets.Dataset`.
        by: The text column.
        fraction: Below 1 the fraction of characters, line ends included, to hold out,
            cut at the end of a row, the nearest; from 1 on the number of rows.
        cache_dir: Folder for the Arrow files, by default inside that of `datasets`.

    Returns:
        The rows before the cut and those after it, at least one each.

    Raises:
        DataError: There is one row alone.

    >>> import datasets
    >>> from seqkit.data.sources.holdout import hold_out_end
    >>> rows = datasets.Dataset.from_dict({"text": ["abc", "", "a", "b", "c"]})
    >>> hold_out_end(rows, "text", fraction=0.4)[1]["text"][:]
    ['b', 'c']
    """
    if len(train) < 2:
        raise DataError(
            "at least two rows to hold out the last of them",
            f"{len(train):,}",
            where="split train",
            fix="Give a validation split, or set validation_fraction=0",
        )
    if fraction < 1:
        columns = train.select_columns(by).with_format("arrow").iter(batch_size=1000)
        lengths = [pyarrow.compute.utf8_length(table[by]) for table in columns]
        ends = np.cumsum(np.concatenate([counts.to_numpy() for counts in lengths]) + 1)
        wanted = round((1 - fraction) * int(ends[-1]))
        cut = 1 + int(np.argmin(np.abs(ends[:-1] - wanted)))
    else:
        cut = max(1, len(train) - int(fraction))
    return split_rows(train, np.arange(len(train)) >= cut, cache_dir)


def _choose(ordered, wanted):
    """Returns the first hashes that stand for at most `wanted` rows together."""
    chosen, start = [], 0
    while wanted and start < len(ordered):
        size = int(np.searchsorted(ordered, ordered[start], side="right")) - start
        if size <= wanted:
            chosen.append(ordered[start])
            wanted -= size
        start += size
    if not chosen:  # every text repeats more often than that
        values, sizes = np.unique(ordered, return_counts=True)
        chosen.append(values[np.argmin(sizes)])
    return np.array(chosen)


def _hash(text, key):
    text = text if isinstance(text, str) else " ".join(text)
    digest = hashlib.blake2b(text.encode(), digest_size=8, key=key).digest()
    return int.from_bytes(digest, "little")
