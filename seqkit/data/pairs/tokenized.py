"""Sentence pairs to token ids, once, in a memory-mapped cache."""

from typing import Any

import datasets
import numpy as np

from seqkit.data.annotations import Encode, FilePath
from seqkit.data.batching.encoding import encode_columns


class TokenizedPairs:
    """Sentence pairs as token ids, memory-mapped; made by `tokenize_pairs`.

    Attributes:
        lengths: Integer array `[N, 2]`, tokens of source and target, `</s>` included.
        over_length: Number of pairs left out for having more than `max_length`.
        max_length, max_source_length: As in `tokenize_pairs`.
        cut: Number of sources that are cut to `max_source_length`.
    """

    def __init__(
        self,
        texts: Any,
        ids: Any,
        lengths: np.ndarray,
        max_length: int,
        max_source_length: int | None = None,
    ):
        self._texts, self._ids, self.cut = texts, ids, 0
        if max_source_length is not None:
            self.cut = int((lengths[:, 0] > max_source_length).sum())
            most = [max_source_length, np.iinfo(lengths.dtype).max]
            lengths = np.minimum(lengths, most)
        self.max_length, self.max_source_length = max_length, max_source_length
        self._rows = np.flatnonzero((lengths <= self.limits).all(axis=1))
        self.lengths = lengths[self._rows]
        self.over_length = len(lengths) - len(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def limits(self) -> tuple[int, int]:
        """Most tokens of a source and of a target, `</s>` included."""
        return self.max_source_length or self.max_length, self.max_length

    def token_ids(self, rows: Any) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """Ids of both sides of some rows: two lists of integer arrays."""
        batch, most = self._ids[self._rows[rows]], self.limits[0] - 1
        return [ids[:most] for ids in batch["source"]], batch["target"]

    def examples(self, rows: Any) -> np.ndarray:
        """The rows of the dataset that some rows are."""
        return self._rows[rows]

    def texts(self, rows: Any = slice(None)) -> tuple[list[str], list[str]]:
        """Both sides of some rows as text: two lists."""
        batch = self._texts[self._rows[rows]]
        return list(batch["source"]), list(batch["target"])


def tokenize_pairs(
    texts: datasets.Dataset,
    encode_source: Encode,
    encode_target: Encode,
    *,
    fingerprint: Any,
    max_length: int,
    max_source_length: int | None = None,
    cache_dir: FilePath | None = None,
) -> TokenizedPairs:
    """Encodes both columns of a dataset of sentence pairs.

    Each text is encoded once; the ids are kept in an Arrow file and mapped into memory,
    so a corpus may be larger than memory and a second start encodes nothing.

    Args:
        texts: A `datasets.Dataset` with the string columns `source` and `target`.
        encode_source, encode_target: Callables from N texts to N lists of ids.
        fingerprint: Identifies the two callables, such as a hash of their models.
        max_length: Pairs with more tokens on either side, `</s>` included, are left
            out and counted in `over_length`.
        max_source_length: If given, longer sources are cut to so many tokens, `</s>`
            included, and counted in `cut`.
        cache_dir: Folder of the Arrow file, by default inside that of `datasets`.

    Returns:
        `TokenizedPairs`, in the order of the dataset.
    """
    encoders = {"source": encode_source, "target": encode_target}
    ids, lengths = encode_columns(texts, encoders, fingerprint, cache_dir)
    return TokenizedPairs(texts, ids, lengths + 1, max_length, max_source_length)
