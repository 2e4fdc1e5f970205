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
        max_length: That length.
    """

    def __init__(self, texts: Any, ids: Any, lengths: np.ndarray, max_length: int):
        self._texts, self._ids = texts, ids
        self._rows = np.flatnonzero(lengths.max(axis=1, initial=0) <= max_length)
        self.lengths = lengths[self._rows]
        self.over_length = len(lengths) - len(self._rows)
        self.max_length = max_length

    def __len__(self) -> int:
        return len(self._rows)

    def token_ids(self, rows: Any) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """Ids of both sides of some rows: two lists of integer arrays."""
        batch = self._ids[self._rows[rows]]
        return batch["source"], batch["target"]

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
        cache_dir: Folder of the Arrow file, by default inside that of `datasets`.

    Returns:
        `TokenizedPairs`, in the order of the dataset.
    """
    encoders = {"source": encode_source, "target": encode_target}
    ids, lengths = encode_columns(texts, encoders, fingerprint, cache_dir)
    return TokenizedPairs(texts, ids, lengths + 1, max_length)
