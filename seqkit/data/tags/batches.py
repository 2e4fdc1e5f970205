"""Tagged sentences to padded batches, looked up by word type."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from seqkit.data.batching.bucketed import BucketedBatches
from seqkit.data.batching.buckets import BucketPlan
from seqkit.data.batching.spec import Spec
from seqkit.data.tags.sentences import IndexedSentences
from seqkit.special_ids import UNKNOWN_ID


class TaggedBatches(BucketedBatches):
    """Padded batches of sentences with a tag for each word (`Batches`).

    A batch is `(inputs, targets)`. Inputs are what the tables hold of each word:
    `word_ids` `[B, T]` and, if there are such tables, `character_ids` `[B, T, C]` and
    `shape_ids` `[B, T]`; targets a dictionary of `tags` `[B, T]` and, with labels,
    `label` `[B]`. All are int32, and 0 at padding. C is the length of the longest word
    in the batch.

    In training, words become unknown at random, so that the model learns something
    about words it has not seen. Their characters and shapes stay.

    Args:
        sentences: `IndexedSentences` of R rows, T tokens and N types.
        tag_ids: Integer array `[T]`, the tag of each token, row after row; or a
            callable from row numbers `[B]` to B sequences of ids.
        tables: From name of an input to an integer array over types: `word_ids` `[N]`;
            `character_ids` `[N, max_characters]`, right-padded with 0; `shape_ids`
            `[N]`.
        plan: The `BucketPlan` of the sentences' lengths.
        unknown_rate: Array `[V]`, the probability that a word with this id becomes
            unknown; `None` for never.
        labels: Integer array `[R]`, the label of each sentence.
        static_shapes: See `BucketedBatches`; words are padded to `max_characters` too.
            Rows that fill up hold no words, and their label is 0.

    Raises:
        ValueError: The tables or `tag_ids` do not fit the sentences.

    >>> import numpy as np
    >>> from seqkit.data import BucketPlan, IndexedSentences, TaggedBatches
    >>> tokens, offsets = np.array([0, 1, 0]), np.array([0, 2, 3])
    >>> sentences = IndexedSentences(["a", "rose"], tokens, offsets)
    >>> plan = BucketPlan(sentences.lengths, batch_size=2, shuffle=False)
    >>> tables = {"word_ids": np.array([4, 5])}
    >>> batches = TaggedBatches(sentences, np.array([7, 8, 7]), tables, plan)
    >>> inputs, targets = batches.batch(epoch=0, step=0)
    >>> inputs["word_ids"].tolist(), targets["tags"].tolist()
    ([[4, 0], [4, 5]], [[7, 0], [7, 8]])
    """

    def __init__(
        self,
        sentences: IndexedSentences,
        tag_ids: Any,
        tables: Mapping[str, Any],
        plan: BucketPlan,
        *,
        unknown_rate: Any = None,
        labels: Any = None,
        static_shapes: bool = False,
    ):
        super().__init__(plan, static_shapes=static_shapes)
        self.sentences, self.tag_ids = sentences, tag_ids
        self.tables = {k: np.asarray(table, np.int32) for k, table in tables.items()}
        for name, table in self.tables.items():
            if len(table) != len(sentences.types):
                raise ValueError(
                    f"tables: expected {len(sentences.types):,} types in {name!r}, "
                    f"found {len(table):,}"
                )
        self.unknown_rate = None if unknown_rate is None else np.asarray(unknown_rate)
        self.labels = None if labels is None else np.asarray(labels, np.int32)
        if not callable(tag_ids) and len(tag_ids) != len(sentences.tokens):
            raise ValueError(
                f"tag_ids: expected {len(sentences.tokens):,}, one for each token, "
                f"found {len(tag_ids):,}"
            )
        # The width of each type in a table, without padding.
        self._widths = {
            name: ((table != 0) * np.arange(1, table.shape[1] + 1)).max(1, initial=1)
            for name, table in self.tables.items()
            if table.ndim == 2
        }

    def _make(self, rows: np.ndarray, number: tuple[int, int, int]) -> Any:
        positions, lengths = self.sentences.positions(rows)
        types = self.sentences.tokens[positions]
        shape = len(rows), int(lengths.max(initial=1))
        if self.static_shapes:
            shape = self._bucket(rows)
        # Places of the tokens in the batch, to fill them all at once.
        line = np.repeat(np.arange(len(rows)), lengths)
        places = (
            line,
            np.arange(len(types)) - np.repeat(np.cumsum(lengths) - lengths, lengths),
        )
        inputs = {
            name: _fill(shape, places, self._looked_up(name, types))
            for name in self.tables
        }
        if self.unknown_rate is not None:
            word_ids = inputs["word_ids"][places]
            # A number for each word of the batch, of which these may be a part.
            before = 0
            if self._whole is not None:
                before = int(self.sentences.lengths[self._whole[: self._before]].sum())
            draw = np.random.default_rng(number).random(before + len(word_ids))
            unknown = draw[before:] < self.unknown_rate[word_ids]
            inputs["word_ids"][places] = np.where(unknown, UNKNOWN_ID, word_ids)
        targets = {"tags": _fill(shape, places, self._tags(rows, positions))}
        if self.labels is not None:
            targets["label"] = np.zeros(shape[0], np.int32)
            targets["label"][: len(rows)] = self.labels[rows]
        return inputs, targets

    def _looked_up(self, name: str, types: np.ndarray) -> np.ndarray:
        table = self.tables[name]
        if table.ndim == 1 or self.static_shapes:
            return table[types]
        return table[types, : int(self._widths[name][types].max(initial=1))]

    def _tags(self, rows: np.ndarray, positions: np.ndarray) -> np.ndarray:
        tag_ids: Any = self.tag_ids
        if not callable(tag_ids):
            return tag_ids[positions]
        drawn: Any = tag_ids(rows)
        found = [np.asarray(ids, np.int32) for ids in drawn]
        wanted = self.sentences.lengths[rows].tolist()
        if (lengths := [len(ids) for ids in found]) != wanted:
            raise ValueError(
                f"tag_ids: expected {wanted} tags for rows {list(rows)}, "
                f"found {lengths}"
            )
        return np.concatenate(found)

    def signature(self) -> Any:
        """The `Spec`s of a batch."""

        def spec(rank: int) -> Any:
            return Spec((None,) * rank, "int32")

        inputs = {name: spec(1 + table.ndim) for name, table in self.tables.items()}
        targets = {"tags": spec(2)}
        if self.labels is not None:
            targets["label"] = spec(1)
        return inputs, targets


def _fill(shape: tuple[int, int], places: Any, values: np.ndarray) -> np.ndarray:
    """Returns zeros of a shape, with values at some places."""
    filled = np.zeros(shape + values.shape[1:], np.int32)
    filled[places] = values
    return filled
