"""Ids of words that only the source of a row knows."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from seqkit.special_ids import UNKNOWN_ID


class SourceWords:
    """Numbers the unknown words of sources, for `seqkit.layers.CopyMechanism`.

    Args:
        vocabulary_size: V. Ids below are known.
        max_extra: The most unknown words of a source that get an id of their own.

    A call takes the ids of sources and of targets, N lists each, in which an unknown
    word is any number from V on, the same word the same number. It returns both with
    the ids V, V + 1, ... in the order in which words first appear in their source, and
    `<unk>` for all others.

    >>> from seqkit.data import SourceWords
    >>> number = SourceWords(10, max_extra=2)
    >>> number([[4, 777, 5, 98, 777, 55]], [[98, 6, 777, 44]])
    ([[4, 10, 5, 11, 10, 1]], [[11, 6, 10, 1]])
    """

    def __init__(self, vocabulary_size: int, max_extra: int):
        self.vocabulary_size, self.max_extra = vocabulary_size, max_extra

    def __call__(
        self, sources: Sequence[Any], targets: Sequence[Any] = ()
    ) -> tuple[list[list[int]], list[list[int]]]:
        found = [self._numbers(ids) for ids in sources]
        return (
            [self._renumbered(*pair) for pair in zip(sources, found, strict=True)],
            [
                self._renumbered(ids, numbers)
                for ids, numbers in zip(targets, found, strict=False)
            ],
        )

    def _numbers(self, ids):
        unknown = [i for i in np.asarray(ids).tolist() if i >= self.vocabulary_size]
        words = list(dict.fromkeys(unknown))[: self.max_extra]
        return {word: self.vocabulary_size + n for n, word in enumerate(words)}

    def _renumbered(self, ids, numbers):
        known = self.vocabulary_size
        return [
            i if i < known else numbers.get(i, UNKNOWN_ID)
            for i in np.asarray(ids).tolist()
        ]
