"""Tagged sentences to padded batches, looked up by word type."""

import numpy as np

from seqkit.data.batching.epochs import Epochs

UNKNOWN_ID = 1


class TaggedBatches(Epochs):
    """Padded batches of sentences with a tag for each word.

    A batch is `(inputs, targets)`. Inputs are what the tables hold of each word:
    `word_ids` `[B, T]` and, where there are tables of them, `character_ids` `[B, T, C]`
    and `shape_ids` `[B, T]`; targets a dictionary of `tags` `[B, T]` and, with labels,
    `label` `[B]`. All are int32, and 0 at padding. C is the length of the longest word
    of the batch.

    In training a word becomes unknown at times, so that something is learnt for what
    training has not seen; its characters and its shape stay.

    Which rows a batch holds and which words are unknown is a function of (seed, epoch,
    step), so a run that is taken up again sees what it would have seen.

    Args:
        sentences: `IndexedSentences` of R rows, T tokens and N types.
        tag_ids: Integer array `[T]`, the tag of each token, row after row; or a
            callable from row numbers `[B]` to B sequences of ids.
        tables: From name of an input to an integer array over types: `word_ids` `[N]`;
            `character_ids` `[N, max_characters]`, right-padded with 0; `shape_ids`
            `[N]`.
        plan: The `BucketPlan` of the sentences' lengths.
        unknown_rate: Array `[V]`: with which probability a word of this id becomes
            unknown, id 1; `None` for never.
        labels: Integer array `[R]`, the label of each sentence.
        static_shapes: Whether to pad every batch to the bounds of its bucket, in
            length and in rows, and words to `max_characters`, so that there are no
            more shapes than buckets. A row that fills up holds no word, and its label
            is 0.

    Attributes:
        next_epoch: The epoch that the next iteration gives; it counts itself up.

    Example:

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
        sentences,
        tag_ids,
        tables,
        plan,
        *,
        unknown_rate=None,
        labels=None,
        static_shapes=False,
    ):
        self.sentences, self.tag_ids, self.plan = sentences, tag_ids, plan
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
        self.static_shapes = static_shapes
        # How wide what a table holds of each type is, padding left out.
        self._widths = {
            name: ((table != 0) * np.arange(1, table.shape[1] + 1)).max(1, initial=1)
            for name, table in self.tables.items()
            if table.ndim == 2
        }
        self._planned = None

    def __len__(self):
        return self.plan.num_batches

    def batch(self, epoch, step):
        """The batch of a step of an epoch."""
        # Held here, for another iteration may be in another epoch meanwhile.
        planned = self._planned
        if planned is None or planned[0] != epoch:
            planned = self._planned = epoch, self.plan.batches(epoch)
        rows = planned[1][step]
        positions, lengths = self.sentences.positions(rows)
        types = self.sentences.tokens[positions]
        shape = len(rows), int(lengths.max(initial=1))
        if self.static_shapes:
            bound = int(self.plan.bounds[rows].max())
            shape = self.plan.rows(bound), bound
        # The places of the tokens in the batch, which are filled all at once.
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
            draw = np.random.default_rng((self.plan.seed, epoch, step))
            word_ids = inputs["word_ids"][places]
            unknown = draw.random(len(word_ids)) < self.unknown_rate[word_ids]
            inputs["word_ids"][places] = np.where(unknown, UNKNOWN_ID, word_ids)
        targets = {"tags": _fill(shape, places, self._tags(rows, positions))}
        if self.labels is not None:
            targets["label"] = np.zeros(shape[0], np.int32)
            targets["label"][: len(rows)] = self.labels[rows]
        return inputs, targets

    def _looked_up(self, name, types):
        table = self.tables[name]
        if table.ndim == 1 or self.static_shapes:
            return table[types]
        return table[types, : int(self._widths[name][types].max(initial=1))]

    def _tags(self, rows, positions):
        if not callable(self.tag_ids):
            return self.tag_ids[positions]
        found = [np.asarray(ids, np.int32) for ids in self.tag_ids(rows)]
        wanted = self.sentences.lengths[rows].tolist()
        if (lengths := [len(ids) for ids in found]) != wanted:
            raise ValueError(
                f"tag_ids: expected {wanted} tags for rows {list(rows)}, "
                f"found {lengths}"
            )
        return np.concatenate(found)

    def signature(self):
        """The `tf.TensorSpec`s of a batch."""
        import tensorflow as tf

        def spec(rank):
            return tf.TensorSpec((None,) * rank, tf.int32)

        inputs = {name: spec(1 + table.ndim) for name, table in self.tables.items()}
        targets = {"tags": spec(2)}
        if self.labels is not None:
            targets["label"] = spec(1)
        return inputs, targets


def _fill(shape, places, values):
    """Returns zeros of a shape with values at some places of it."""
    filled = np.zeros(shape + values.shape[1:], np.int32)
    filled[places] = values
    return filled
