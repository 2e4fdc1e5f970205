"""Sentence pairs to padded batches."""

from collections.abc import Callable
from typing import Any

import numpy as np

from seqkit.data.batching.bucketed import BucketedBatches, within_length
from seqkit.data.batching.buckets import BucketPlan
from seqkit.data.batching.padding import pad
from seqkit.data.batching.spec import Spec
from seqkit.data.pairs.tokenized import TokenizedPairs
from seqkit.special_ids import END_ID, START_ID


class BatchedPairs(BucketedBatches):
    """Padded batches of sentence pairs for an encoder-decoder model (`Batches`).

    A batch is `(inputs, targets, weights)`: inputs a dictionary of `encoder_token_ids`
    `[B, S]`, source and `</s>`, and `decoder_token_ids` `[B, T]`, `<s>` and target;
    targets `[B, T]`, target and `</s>`; weights `[B, T]`, 1 for a token and 0 for
    padding. So targets are the decoder's inputs, shifted by one.

    Args:
        pairs: `TokenizedPairs`.
        plan: The `BucketPlan` of their lengths.
        start_id: Id of `<s>`.
        end_id: Id of `</s>`.
        resample: Optional `resample(source_texts, target_texts, seeds)` that returns
            the ids of both sides, drawn again for each batch: subword regularization.
            A row whose draw exceeds the pairs' `max_length`, or the bound of its
            bucket with static shapes, keeps its own ids.
        static_shapes: See `BucketedBatches`.
        number: What numbers unknown words, such as `SourceWords`, if their ids are open
            ones (see `TextWordTokenizer.open_encode`).
    """

    def __init__(
        self,
        pairs: TokenizedPairs,
        plan: BucketPlan,
        *,
        start_id: int = START_ID,
        end_id: int = END_ID,
        resample: Callable[..., Any] | None = None,
        static_shapes: bool = False,
        number: Callable[..., Any] | None = None,
    ):
        super().__init__(plan, static_shapes=static_shapes)
        self.number = number
        self.pairs, self.resample = pairs, resample
        self.start_id, self.end_id = start_id, end_id

    def _make(self, rows: np.ndarray, number: tuple[int, int, int]) -> Any:
        size = length = None
        if self.static_shapes:
            size, length = self._bucket(rows)
        sides = self.pairs.token_ids(rows)
        if self.resample is not None:
            seeds = self._seeds(number, rows)
            drawn = self.resample(*self.pairs.texts(rows), seeds)
            sides = [
                within_length(new, old, min(limit, length or limit))
                for new, old, limit in zip(drawn, sides, self.pairs.limits, strict=True)
            ]
        source, target = sides if self.number is None else self.number(*sides)
        read: dict[str, Any] = {"length": length, "num_rows": size}
        written = read
        if length is not None:  # no target needs more
            written = read | {"length": min(length, self.pairs.limits[1])}
        inputs = {
            "encoder_token_ids": pad(source, **read, last=self.end_id),
            "decoder_token_ids": pad(target, **written, first=self.start_id),
        }
        targets = pad(target, **written, last=self.end_id)
        return inputs, targets, (targets != 0).astype(np.float32)

    def examples(self, epoch: int, step: int) -> np.ndarray:
        """The row of the dataset of each row of a batch that does not only fill up."""
        return self.pairs.examples(self.rows(epoch, step))

    def signature(self) -> Any:
        """The `Spec`s of a batch."""
        ids = Spec((None, None), "int32")
        inputs = {"encoder_token_ids": ids, "decoder_token_ids": ids}
        return inputs, ids, Spec((None, None), "float32")
