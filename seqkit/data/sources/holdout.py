"""Holding out rows of a split for another one."""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

import datasets
import numpy as np
import pyarrow.compute

from seqkit.data.annotations import FilePath
from seqkit.data.sources.arrow import split_rows
from seqkit.data.sources.stratified import choose_stratified
from seqkit.errors import DataError

MOST = 3000  # rows held out as a fraction: more cost time and add little


def hold_out(
    train: datasets.Dataset,
    by: str,
    *,
    fraction: float = 0.05,
    seed: int = 0,
    cache_dir: FilePath | None = None,
    split: str = "train",
    what: str = "texts",
    labels: Sequence[str] = (),
) -> tuple[datasets.Dataset, datasets.Dataset]:
    """Holds out random rows of a dataset, so that no text is on both sides.

    Rows are chosen by a hash of the seed and of their text in the column `by`: rows
    with the same text stay together, and the choice does not depend on their order.

    Args:
        train: The dataset.
        by: The column of texts that the two sides must not share; a list of words
            counts as the text with spaces between them.
        fraction: Below 1 the fraction of rows to hold out, at most 3,000 rows; from 1
            on the number of rows. Fewer are held out if texts repeat so often that the
            number cannot be met.
        seed: An integer; another one holds out other rows.
        cache_dir: Folder for the Arrow files, by default inside that of `datasets`.
        split, what: Name of the dataset and of what is in the column, for messages.
        labels: Columns of labels, or of lists of them. Each label has its share of the
            rows held out, and at least two examples, or all it has, remain.

    Returns:
        The remaining rows and the rows held out, both in their old order. None is held
        out if each has a label with at most two examples.

    Raises:
        DataError: All rows have the same text.

    >>> import datasets
    >>> from seqkit.data import hold_out
    >>> rows = datasets.Dataset.from_dict({"text": list("abcdefghij")})
    >>> train, validation = hold_out(rows, "text", fraction=0.2)
    >>> len(train), len(validation)
    (8, 2)
    """
    mask = rows_to_hold(
        train, by, fraction=fraction, seed=seed, split=split, what=what, labels=labels
    )
    return split_rows(train, mask, cache_dir)


def rows_to_hold(
    train: datasets.Dataset,
    by: str,
    *,
    fraction: float,
    seed: int = 0,
    split: str = "train",
    what: str = "texts",
    labels: Sequence[str] = (),
) -> np.ndarray:
    """Chooses the rows of `hold_out`, a mask `[N]`."""
    key = str(seed).encode()
    batches: Any = train.select_columns(by).iter(batch_size=1000)
    texts = (text for batch in batches for text in batch[by])
    hashes = np.fromiter((_hash(text, key) for text in texts), np.uint64, len(train))
    ordered = np.sort(hashes)
    if not len(train) or ordered[0] == ordered[-1]:
        raise _too_few(
            f"at least two different {what}, of which some can be held out",
            f"only one, in {rows_of(train)}" if len(train) else "none",
            split,
        )
    wanted = fraction if fraction >= 1 else min(round(fraction * len(train)), MOST)
    wanted = min(max(int(wanted), 1), len(train) - 1)
    if labels:
        chosen = choose_stratified(hashes, _labels(train, labels), wanted)
        return np.isin(hashes, chosen)
    chosen = _choose(ordered, wanted)
    spots = np.minimum(np.searchsorted(chosen, hashes), len(chosen) - 1)
    return chosen[spots] == hashes


def last_rows(
    train: datasets.Dataset, by: str, *, fraction: float, split: str = "train"
) -> np.ndarray:
    """Chooses the last rows of a dataset that is one text, each row ending a line.

    A fraction below 1 is that of characters, cut at the nearest end of a row. Returns a
    mask `[N]`.
    """
    if len(train) < 2:
        expected = "at least two rows to hold out the last of them"
        raise _too_few(expected, f"{len(train):,}", split)
    if fraction < 1:
        rows = train.select_columns(by).with_format("arrow")
        tables: Any = rows.iter(batch_size=1000)
        lengths = [pyarrow.compute.utf8_length(table[by]) for table in tables]  # type: ignore
        ends = np.cumsum(np.concatenate([counts.to_numpy() for counts in lengths]) + 1)
        wanted = round((1 - fraction) * int(ends[-1]))
        cut = 1 + int(np.argmin(np.abs(ends[:-1] - wanted)))
    else:
        cut = max(1, len(train) - int(fraction))
    return np.arange(len(train)) >= cut


def rows_of(dataset: datasets.Dataset) -> str:
    """Returns the number of rows in words: "1 row", "3,000 rows"."""
    return "1 row" if len(dataset) == 1 else f"{len(dataset):,} rows"


def _labels(
    train: datasets.Dataset, columns: Sequence[str]
) -> Iterator[frozenset[str]]:
    """The labels of each row, told apart by their column."""
    known: dict[frozenset[str], frozenset[str]] = {}
    batches: Any = train.select_columns(list(columns)).iter(batch_size=1000)
    for batch in batches:
        for values in zip(*(batch[column] for column in columns), strict=True):
            lists = ([one] if isinstance(one, str) else one for one in values)
            pairs = zip(columns, lists, strict=True)
            names = frozenset(f"{column} {one}" for column, v in pairs for one in v)
            yield known.setdefault(names, names)


def _too_few(expected: str, found: str, split: str) -> DataError:
    fix = "Give more rows, or the split that is to be held out; or set "
    fix += f"{'test' if split == 'validation' else 'validation'}_fraction=0"
    return DataError(expected, found, where=f"split {split}", fix=fix)


def _choose(ordered: np.ndarray, wanted: int) -> np.ndarray:
    """Returns the first hashes that together have at most `wanted` rows."""
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


def _hash(text: str | Sequence[str], key: bytes) -> int:
    text = text if isinstance(text, str) else " ".join(map(str, text))
    digest = hashlib.blake2b(text.encode(), digest_size=8, key=key).digest()
    return int.from_bytes(digest, "little")
