"""Captions and their images to padded batches."""

import numpy as np

from seqkit.data.batching.epochs import Epochs
from seqkit.data.batching.padding import pad


class CaptionBatches(Epochs):
    """Padded batches of captions with what is seen of their images.

    A batch is `(inputs, targets, weights)`: inputs a dictionary of `encoder_features`
    `[B, S, F]` float16 (or `images` `[B, H, W, 3]` uint8) and `decoder_token_ids`
    `[B, T]`, `<s>` and caption; targets `[B, T]`, caption and `</s>`; weights `[B, T]`,
    1 for a token and 0 for padding. Each caption is a row with its image. The shift by
    one is made here and nowhere else.

    With `by_image` the rows of a plan are images: a batch has N of them, once each, and
    `[N · C, T]` ids, the captions of an image behind one another. So a model reads an
    image once for all its captions. Images with fewer than C get rows without tokens.

    Which rows a batch holds is a function of (seed, epoch, step), so a run that is
    taken up again sees what it would have seen.

    Args:
        captions: `TokenizedCaptions`.
        images: `RegionFeatures` or `ResizedImages` of the same dataset, or anything of
            which `images[rows]` gives arrays, with `shape`, `dtype` and `input_name`.
        plan: The `BucketPlan` of `captions.lengths`, or `by_image` of
            `captions.longest`.
        start_id: Id of `<s>`.
        end_id: Id of `</s>`.
        resample: Optional `resample(texts, seed)` that returns the ids of captions,
            drawn anew for each batch: subword regularization. A caption whose draw is
            over `captions.max_length` keeps its own ids.
        static_shapes: Whether to pad every batch to the bounds of its bucket, in
            length and in rows, so that there are no more shapes than buckets and XLA
            compiles each once. Rows that fill up have no tokens, and an image of 0.
        by_image: Whether the captions of an image stand in one batch and share it.

    Attributes:
        next_epoch: The epoch that the next iteration gives; it counts itself up.

    Example:

    >>> import numpy as np
    >>> from seqkit.data import BucketPlan, CaptionBatches, RegionFeatures
    >>> from seqkit.data import TokenizedCaptions
    >>> captions = TokenizedCaptions(
    ...     dataset=[0, 1],  # two images, the first with two captions
    ...     ids=np.array([7, 8, 9, 7, 9]),
    ...     offsets=np.array([0, 2, 3, 5]),
    ...     images=np.array([0, 0, 1]),
    ...     max_length=10,
    ... )
    >>> features = RegionFeatures(np.ones([2, 4, 3], "float16"))
    >>> plan = BucketPlan(captions.lengths, batch_size=2, shuffle=False)
    >>> for inputs, targets, weights in CaptionBatches(captions, features, plan):
    ...     print(inputs["decoder_token_ids"].tolist(), targets.tolist())
    [[2, 9, 0], [2, 7, 8]] [[9, 3, 0], [7, 8, 3]]
    [[2, 7, 9]] [[7, 9, 3]]
    """

    def __init__(
        self,
        captions,
        images,
        plan,
        *,
        start_id=2,
        end_id=3,
        resample=None,
        static_shapes=False,
        by_image=False,
    ):
        self.captions, self.images, self.plan = captions, images, plan
        self.start_id, self.end_id = start_id, end_id
        self.resample, self.static_shapes = resample, static_shapes
        self.by_image = by_image
        self._planned = None

    def __len__(self):
        return self.plan.num_batches

    def batch(self, epoch, step):
        """The batch of a step of an epoch."""
        # Held here, for another iteration may be in another epoch meanwhile.
        planned = self._planned
        if planned is None or planned[0] != epoch:
            planned = self._planned = epoch, self.plan.batches(epoch)
        chosen = planned[1][step]
        rows, slots, per_image = self._rows(chosen)
        ids = self.captions.token_ids(rows)
        if self.resample is not None:
            draw = np.random.SeedSequence((self.plan.seed, epoch, step))
            seed = int(draw.generate_state(1)[0])
            drawn = self.resample(self.captions.texts(rows), seed)
            ids = [
                new if len(new) < self.captions.max_length else old
                for new, old in zip(drawn, ids, strict=True)
            ]
        first = self.captions.first_rows[chosen] if self.by_image else chosen
        images = self.images[self.captions.images[first]]
        length = 1 + max(map(len, ids))
        if self.static_shapes:
            bound, width = int(self.plan.bounds[chosen].max()), self.plan.bucket_width
            length = max(bound, -(-length // width) * width)
            missing = self.plan.rows(bound) - len(images)
            black = np.zeros((missing, *images.shape[1:]), images.dtype)
            images = np.concatenate([images, black])
        ids_in, ids_out = ([[]] * (len(images) * per_image) for _ in range(2))
        for slot, one in zip(slots, ids, strict=True):
            ids_in[slot], ids_out[slot] = [self.start_id, *one], [*one, self.end_id]
        targets = pad(ids_out, length)
        inputs = {
            self.images.input_name: images,
            "decoder_token_ids": pad(ids_in, length),
        }
        return inputs, targets, (targets != 0).astype(np.float32)

    def _rows(self, chosen):
        """Rows of captions, the slot of each in a batch, and slots an image."""
        if not self.by_image:
            return chosen, np.arange(len(chosen)), 1
        counts = self.captions.counts[chosen]
        most = int((self.captions.counts if self.static_shapes else counts).max())
        image, number = np.nonzero(np.arange(most) < counts[:, None])
        rows = self.captions.first_rows[chosen][image] + number
        return rows, image * most + number, most

    def signature(self):
        """The `tf.TensorSpec`s of a batch."""
        import tensorflow as tf

        ids = tf.TensorSpec((None, None), tf.int32)
        images = tf.TensorSpec((None, *self.images.shape), self.images.dtype)
        inputs = {self.images.input_name: images, "decoder_token_ids": ids}
        return inputs, ids, tf.TensorSpec((None, None), tf.float32)
