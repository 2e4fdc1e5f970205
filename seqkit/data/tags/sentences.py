"""Sentences as numbers of word types, computed once and mapped into memory."""

import json
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import datasets
import numpy as np
import pyarrow

from seqkit.data.annotations import FilePath
from seqkit.data.sources.store import key_of, store
from seqkit.errors import DataError

_VERSION = 1  # of what is written here
_ROWS = 2000  # rows read at once
_TYPES, _TOKENS, _OFFSETS = "types.json", "tokens.bin", "offsets.bin"


class IndexedSentences:
    """Lists of strings as one array of numbers; `make` makes it from a dataset.

    Each different string is a type and has a number, in the order of their first
    occurrence. Properties of types, such as the ids of a word's characters, are then
    arrays over types, from which batches are looked up by number.

    Args:
        types: List of the N types.
        tokens: Integer array `[T]`, the type of each token, row after row.
        offsets: Integer array `[R + 1]`: row r is
            `tokens[offsets[r] : offsets[r + 1]]`.

    Attributes:
        lengths: Integer array `[R]`, tokens of each row.

    >>> import datasets
    >>> from seqkit.data import IndexedSentences
    >>> rows = [["a", "rose", "is", "a", "rose"], ["it", "is"]]
    >>> made = IndexedSentences.make(datasets.Dataset.from_dict({"tokens": rows}))
    >>> made.types, [row.tolist() for row in made.rows([1, 0])]
    (['a', 'rose', 'is', 'it'], [[3, 2], [0, 1, 2, 0, 1]])
    """

    def __init__(self, types: list[str], tokens: np.ndarray, offsets: np.ndarray):
        self.types, self.tokens, self.offsets = types, tokens, offsets
        self.lengths = np.diff(np.asarray(offsets))

    @classmethod
    def make(
        cls,
        dataset: datasets.Dataset,
        *,
        column: str = "tokens",
        change: Callable[[list[str]], Sequence[str]] | None = None,
        fingerprint: str | None = None,
        cache_dir: FilePath | None = None,
    ) -> "IndexedSentences":
        """Numbers the strings in a column of a dataset.

        The numbers are stored in files and mapped into memory, so a corpus may be
        larger than memory, except for its types, and a second start numbers nothing.

        Args:
            dataset: A `datasets.Dataset` of R rows, as `load_tagged` returns.
            column: A column of lists of strings: `"tokens"`, or `"tags"`.
            change: Optional callable from the list of a row to another of the same
                length, such as `convert` of `seqkit.data.tags.schemes` to a scheme.
            fingerprint: Identifies `change`; required with it.
            cache_dir: Folder of the files, by default inside that of `datasets`.

        Raises:
            DataError: There are no tokens.
            ValueError: Only one of `change` and `fingerprint` is given.
        """
        if (change is None) != (fingerprint is None):
            raise ValueError("give both of change and fingerprint, or none")
        key = key_of("sentences", _VERSION, dataset._fingerprint, column, fingerprint)
        folder = store(cache_dir, key, partial(_write, dataset, column, change))
        return cls(
            json.loads((folder / _TYPES).read_text("utf-8")),
            np.memmap(folder / _TOKENS, "<i4", "r"),
            np.memmap(folder / _OFFSETS, "<i8", "r"),
        )

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def positions(self, rows: Any) -> tuple[np.ndarray, np.ndarray]:
        """The positions of some rows' tokens in `tokens`, and how many each row has.

        Args:
            rows: Integer array `[B]`.

        Returns:
            Integer arrays `[T]`, row after row, and `[B]`.
        """
        rows = np.asarray(rows, dtype=np.int64)
        starts, lengths = self.offsets[rows], self.lengths[rows]
        ends = np.cumsum(lengths)
        total = int(ends[-1]) if len(ends) else 0
        return np.repeat(starts - ends + lengths, lengths) + np.arange(total), lengths

    def rows(self, rows: Any) -> list[np.ndarray]:
        """The types of some rows: a list of int32 arrays."""
        positions, lengths = self.positions(rows)
        tokens = np.asarray(self.tokens[positions], np.int32)
        ends = np.cumsum(lengths)
        return [tokens[e - n : e] for e, n in zip(ends, lengths, strict=True)]


def _write(dataset, column, change, folder):
    """Writes the numbers, where rows begin, and the types."""
    numbers, stop = {}, 0
    with open(folder / _TOKENS, "wb") as tokens, open(folder / _OFFSETS, "wb") as ends:
        np.zeros(1, "<i8").tofile(ends)
        for strings, lengths in _chunks(dataset.select_columns(column), column, change):
            # Python sees each type of a chunk once, however often it occurs.
            encoded = strings.dictionary_encode()
            types = encoded.dictionary.to_pylist()
            found = [numbers.setdefault(each, len(numbers)) for each in types]
            np.asarray(found, "<i4")[encoded.indices.to_numpy()].tofile(tokens)
            stops = stop + np.cumsum(lengths, dtype="<i8")
            stops.tofile(ends)
            stop = int(stops[-1])
    if not numbers:
        raise DataError(f"at least one string in {column!r}", "none")
    (folder / _TYPES).write_text(json.dumps(list(numbers)), "utf-8")


def _chunks(dataset, column, change):
    """Yields all strings of some rows, a pyarrow array, and how many each row has."""
    table: Any
    batch: Any
    if change is None:
        for table in dataset.with_format("arrow").iter(batch_size=_ROWS):
            lists = table[column].combine_chunks()
            yield lists.flatten(), lists.value_lengths().to_numpy()
        return
    for batch in dataset.with_format(None).iter(batch_size=_ROWS):
        rows = [change(row) for row in batch[column]]
        lengths = [len(row) for row in rows]
        if lengths != [len(row) for row in batch[column]]:
            raise ValueError("change: expected a list as long as the one given")
        strings = [string for row in rows for string in row]
        yield pyarrow.array(strings, pyarrow.string()), lengths
