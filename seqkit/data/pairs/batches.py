"""Rows to padded batches, and batches to what `fit` reads."""

import numpy as np

from seqkit.data.batching.epochs import Epochs
from seqkit.data.batching.padding import pad


class BatchedPairs(Epochs):
    """Padded batches of sentence pairs for an encoder-decoder model.

    A batch is `(inputs, targets, weights)`: inputs a dictionary of
    `encoder_token_ids` `[B, S]`, source and `</s>`, and `decoder_token_ids` `[B, T]`,
    `<s>` and target; targets `[B, T]`, target and `</s>`; weights `[B, T]`, 1 for a
    token and 0 for padding. The shift by one is made here and nowhere else.

    Which rows a batch holds is a function of (seed, epoch, step), so a run that is
    taken up again sees what it would have seen.

    Args:
        pairs: `TokenizedPairs`.
        plan: The `BucketPlan` of their lengths.
        start_id: Id of `<s>`.
        end_id: Id of `</s>`.
        resample: Optional `resample(source_texts, target_texts, seed)` that returns
            the ids of both sides, drawn anew for each batch: subword regularization.
            A row whose draw is over the pairs' `max_length` keeps its own ids.
        static_shapes: Whether to pad every batch to the bounds of its bucket, in
            length and in rows, so that there are no more shapes than buckets and XLA
            compiles each once. A draw of `resample` may need the length of a bucket
            above, which makes a few shapes more.

    Attributes:
        next_epoch: The epoch that the next iteration gives; it counts itself up.
    """

    def __init__(
        self, pairs, plan, *, start_id=2, end_id=3, resample=None, static_shapes=False
    ):
        self.pairs, self.plan = pairs, plan
        self.start_id, self.end_id = start_id, end_id
        self.resample, self.static_shapes = resample, static_shapes
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
        source, target = self.pairs.token_ids(rows)
        if self.resample is not None:
            draw = np.random.SeedSequence((self.plan.seed, epoch, step))
            seed = int(draw.generate_state(1)[0])
            drawn = self.resample(*self.pairs.texts(rows), seed)
            source = self._within_limits(drawn[0], source)
            target = self._within_limits(drawn[1], target)
        shape = None
        if self.static_shapes:
            bound, width = int(self.plan.bounds[rows].max()), self.plan.bucket_width
            longest = 1 + max(map(len, (*source, *target)))
            shape = (self.plan.rows(bound), max(bound, -(-longest // width) * width))
        end = [self.end_id]
        inputs = {
            "encoder_token_ids": self._pad(source, shape, [], end),
            "decoder_token_ids": self._pad(target, shape, [self.start_id], []),
        }
        targets = self._pad(target, shape, [], end)
        return inputs, targets, (targets != 0).astype(np.float32)

    def _within_limits(self, drawn, planned):
        """The ids drawn, or a row's own where those and `</s>` are too many."""
        return [
            new if len(new) < self.pairs.max_length else old
            for new, old in zip(drawn, planned, strict=True)
        ]

    @staticmethod
    def _pad(rows, shape, before, after):
        rows = [np.concatenate([before, ids, after]) for ids in rows]
        if shape is None:
            return pad(rows)
        batch = np.zeros(shape, dtype=np.int32)
        batch[: len(rows)] = pad(rows, shape[1])
        return batch

    def signature(self):
        """The `tf.TensorSpec`s of a batch."""
        import tensorflow as tf

        ids = tf.TensorSpec((None, None), tf.int32)
        inputs = {"encoder_token_ids": ids, "decoder_token_ids": ids}
        return inputs, ids, tf.TensorSpec((None, None), tf.float32)
