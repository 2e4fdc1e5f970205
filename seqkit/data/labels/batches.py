"""Rows of texts with labels to padded batches."""

import numpy as np

from seqkit.data.batching.epochs import Epochs
from seqkit.data.batching.padding import pad
from seqkit.errors import DataError


class LabelledBatches(Epochs):
    """Padded batches of texts and their classes.

    A batch is `(inputs, targets, weights)`: inputs a dictionary of `token_ids`
    `[B, T]` int32, the text and `</s>`; targets the number of the class, `[B]` int32,
    or with `multi_label` 1 for each label of the text and 0 for the others, `[B, K]`
    float32; weights `[B]` float32.

    Which rows a batch holds is a function of (seed, epoch, step), so a run that is
    taken up again sees what it would have seen.

    Args:
        texts: `TokenizedTexts`.
        names: The K labels, by number.
        plan: The `BucketPlan` of the texts' lengths.
        multi_label: Whether a text may have several labels, or none.
        class_weights: Array `[K]`: the weight of a row is that of its class. `None`
            gives each row the weight 1, as does `multi_label`.
        resample: Optional `resample(texts, seed)` that returns the ids of the texts
            without `</s>`, drawn anew for each batch: subword regularization.
        static_shapes: Whether to pad every batch to the bounds of its bucket, in
            length and in rows, so that there are no more shapes than buckets and XLA
            compiles each once. A draw of `resample` may need the length of a bucket
            above. The rows filled in hold `</s>` alone and have the weight 0.

    Attributes:
        next_epoch: The epoch that the next iteration gives; it counts itself up.

    Raises:
        DataError: A row has a label that is not among the names, or several or none
            without `multi_label`.
        ValueError: `class_weights` are not K finite numbers from 0 on, or come with
            `multi_label`.
    """

    def __init__(
        self,
        texts,
        names,
        plan,
        *,
        multi_label=False,
        class_weights=None,
        resample=None,
        static_shapes=False,
    ):
        self.texts, self.names, self.plan = texts, list(names), plan
        self.multi_label, self.class_weights = multi_label, None
        self.resample, self.static_shapes = resample, static_shapes
        if class_weights is not None:
            self.class_weights = self._checked(class_weights)
        self._labels, self._starts = self._numbers(texts.labels())
        self._planned = None

    def _checked(self, weights):
        weights = np.asarray(weights, dtype=np.float32)
        if self.multi_label:
            raise ValueError("class_weights: expected None with multi_label")
        good = weights.shape == (len(self.names),) and np.isfinite(weights).all()
        if not good or (weights < 0).any():
            raise ValueError(
                f"class_weights: expected {len(self.names)} finite numbers from 0 on, "
                f"found {weights.tolist()}"
            )
        return weights

    def _numbers(self, labels):
        """Numbers of all labels, one row after the other, and where each row starts."""
        known = {name: number for number, name in enumerate(self.names)}
        numbers = []
        for row, names in enumerate(labels):
            if not self.multi_label and len(names) != 1:
                found = ", ".join(map(repr, names)) or "none"
                raise DataError("one label", found, row=row)
            for name in names:
                if name not in known:
                    raise DataError(
                        f"one of the labels {', '.join(map(repr, self.names))}",
                        repr(name),
                        row=row,
                        fix="Labels are learnt from train: it must hold each of them",
                    )
                numbers.append(known[name])
        starts = np.cumsum([0, *map(len, labels)])
        return np.array(numbers, np.int32), starts

    def __len__(self):
        return self.plan.num_batches

    def batch(self, epoch, step):
        """The batch of a step of an epoch."""
        # Held here, for another iteration may be in another epoch meanwhile.
        planned = self._planned
        if planned is None or planned[0] != epoch:
            planned = self._planned = epoch, self.plan.batches(epoch)
        rows = planned[1][step]
        if self.resample is None:
            ids = self.texts.token_ids(rows)
        else:
            draw = np.random.SeedSequence((self.plan.seed, epoch, step))
            seed = int(draw.generate_state(1)[0])
            ids = self.texts.ended(self.resample(self.texts.texts(rows), seed))
        size, length = len(rows), None
        if self.static_shapes:
            bound, width = int(self.plan.bounds[rows].max()), self.plan.bucket_width
            size = self.plan.rows(bound)
            length = max(bound, -(-max(map(len, ids)) // width) * width)
        ids += [[self.texts.end_id]] * (size - len(rows))
        targets, weights = self._targets(rows, size)
        return {"token_ids": pad(ids, length)}, targets, weights

    def _targets(self, rows, size):
        weights = np.zeros(size, np.float32)
        weights[: len(rows)] = 1
        if self.multi_label:
            targets = np.zeros((size, len(self.names)), np.float32)
            for target, row in zip(targets, rows, strict=False):
                target[self._labels[self._starts[row] : self._starts[row + 1]]] = 1
            return targets, weights
        targets = np.zeros(size, np.int32)
        targets[: len(rows)] = self._labels[rows]
        if self.class_weights is not None:
            weights[: len(rows)] = self.class_weights[targets[: len(rows)]]
        return targets, weights

    def signature(self):
        """The `tf.TensorSpec`s of a batch."""
        import tensorflow as tf

        targets = tf.TensorSpec((None,), tf.int32)
        if self.multi_label:
            targets = tf.TensorSpec((None, len(self.names)), tf.float32)
        inputs = {"token_ids": tf.TensorSpec((None, None), tf.int32)}
        return inputs, targets, tf.TensorSpec((None,), tf.float32)
