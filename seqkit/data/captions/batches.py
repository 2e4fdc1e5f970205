"""Captions and their images to padded batches."""

from collections.abc import Callable
from typing import Any

import numpy as np

from seqkit.data.batching.bucketed import BucketedBatches, within_length
from seqkit.data.batching.buckets import BucketPlan
from seqkit.data.batching.padding import pad
from seqkit.data.batching.spec import Spec
from seqkit.data.captions.tokenized import TokenizedCaptions
from seqkit.special_ids import END_ID, START_ID


class CaptionBatches(BucketedBatches):
    """Padded batches of captions with what is seen of their images (`Batches`).

    A batch is `(inputs, targets, weights)`: inputs a dictionary of `encoder_features`
    `[B, S, F]` float16 (or `images` `[B, H, W, 3]` uint8) and `decoder_token_ids`
    `[B, T]`, `<s>` and caption; targets `[B, T]`, caption and `</s>`; weights `[B, T]`,
    1 for a token and 0 for padding. Each caption is a row with its image. Targets are
    the decoder's inputs, shifted by one.

    With `by_image` the rows of the plan are images: a batch has N of them, once each,
    and `[N · C, T]` ids, the captions of one image after those of another. So a model
    reads an image once for all its captions. Images with fewer than C captions are
    filled up with rows without tokens.

    Args:
        captions: `TokenizedCaptions`.
        images: `RegionFeatures` or `ResizedImages` of the same dataset, or any object
            with `images[rows]`, which returns arrays, and `shape`, `dtype` and
            `input_name`.
        plan: The `BucketPlan` of `captions.lengths`, or `by_image` of
            `captions.longest`.
        start_id: Id of `<s>`.
        end_id: Id of `</s>`.
        resample: Optional `resample(texts, seeds)` that returns the ids of captions,
            drawn again for each batch: subword regularization. A caption whose draw
            exceeds `captions.max_length` keeps its own ids.
        static_shapes: See `BucketedBatches`. Rows that fill up have no tokens, and an
            image of 0.

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
        captions: TokenizedCaptions,
        images: Any,
        plan: BucketPlan,
        *,
        start_id: int = START_ID,
        end_id: int = END_ID,
        resample: Callable[..., Any] | None = None,
        static_shapes: bool = False,
        by_image: bool = False,
    ):
        super().__init__(plan, static_shapes=static_shapes)
        self.captions, self.images = captions, images
        self.start_id, self.end_id = start_id, end_id
        self.resample, self.by_image = resample, by_image

    def _make(self, rows: np.ndarray, number: tuple[int, int, int]) -> Any:
        captions, slots, per_image = self._captions(rows)
        ids = self.captions.token_ids(captions)
        size, length = self._bucket(rows) if self.static_shapes else (len(rows), None)
        if self.resample is not None:
            seeds = self._seeds(number, captions)
            drawn = self.resample(self.captions.texts(captions), seeds)
            most = min(self.captions.max_length, length or self.captions.max_length)
            ids = within_length(drawn, ids, most)
        first = self.captions.first_rows[rows] if self.by_image else rows
        images = self.images[self.captions.images[first]]
        if length is None:
            length = 1 + max(map(len, ids))
        else:
            black = np.zeros((size - len(images), *images.shape[1:]), images.dtype)
            images = np.concatenate([images, black])
        shape = len(images) * per_image, length
        inputs, targets = np.zeros(shape, np.int32), np.zeros(shape, np.int32)
        inputs[slots] = pad(ids, length, first=self.start_id)
        targets[slots] = pad(ids, length, last=self.end_id)
        inputs = {self.images.input_name: images, "decoder_token_ids": inputs}
        return inputs, targets, (targets != 0).astype(np.float32)

    def _captions(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, int]:
        """Rows of captions, the slot of each in a batch, and slots per image."""
        if not self.by_image:
            return rows, np.arange(len(rows)), 1
        counts = self.captions.counts[rows]
        most = int((self.captions.counts if self.static_shapes else counts).max())
        image, number = np.nonzero(np.arange(most) < counts[:, None])
        captions = self.captions.first_rows[rows][image] + number
        return captions, image * most + number, most

    def examples(self, epoch: int, step: int) -> np.ndarray:
        """The row of the dataset of each row of a batch that does not only fill up."""
        rows = self.rows(epoch, step)
        if not self.by_image:
            return self.captions.images[rows]
        _, _, per_image = self._captions(rows)
        images = self.captions.images[self.captions.first_rows[rows]]
        return np.repeat(images, per_image)

    def signature(self) -> Any:
        """The `Spec`s of a batch."""
        ids = Spec((None, None), "int32")
        images = Spec((None, *self.images.shape), np.dtype(self.images.dtype).name)
        inputs = {self.images.input_name: images, "decoder_token_ids": ids}
        return inputs, ids, Spec((None, None), "float32")
