"""What a strategy may not write next: a repeated n-gram, or an end that comes early."""

from typing import Any, NamedTuple

from keras import ops

from seqkit.decoding.strategy import Request
from seqkit.errors import SeqkitError

NEVER = -float("inf")


class Constraints(NamedTuple):
    """What no hypothesis may do.

    Attributes:
        no_repeat_ngram: N: no N tokens in a row occur twice (Paulus et al. 2017,
            arXiv:1705.04304, section 2.5, with N = 3); 0 allows all.
        min_length: The least number of tokens before the end token, as far as the
            length limit allows and while another token may follow.
    """

    no_repeat_ngram: int = 0
    min_length: int = 0

    def checked(self) -> "Constraints":
        """The same, or a SeqkitError for a number below 0."""
        for name, value in self._asdict().items():
            if value < 0:
                raise SeqkitError(f"{name}: expected 0 or more, found {value}.")
        return self

    def allowed(self, logits: Any, written: Any, index: Any, request: Request) -> Any:
        """Logits `[B, K, V]` with -inf for what may not follow.

        `written` `[B, K, L]` holds the `index` tokens so far.
        """
        never = ops.cast(NEVER, logits.dtype)
        size = ops.shape(logits)[-1]  # may be known only when the graph runs
        if self.no_repeat_ngram:
            repeated = repeating(written, index, self.no_repeat_ngram, size)
            logits = ops.where(repeated, never, logits)
        if self.min_length:
            ids = ops.arange(size, dtype="int32")
            ends = ids == request.end_id
            others = ops.logical_and(logits > never, ops.logical_not(ends))
            for suppressed in request.suppress_ids:
                others = ops.logical_and(others, ids != suppressed)
            early = ops.any(others, axis=-1, keepdims=True)
            early = ops.logical_and(early, index < self.min_length)
            logits = ops.where(ops.logical_and(early, ends), never, logits)
        return logits


def repeating(written: Any, index: Any, size: int, vocabulary_size: Any) -> Any:
    """Which tokens `[B, K, V]` would end an n-gram of this size that was there before.

    >>> import numpy as np
    >>> from seqkit.decoding.constraints import repeating
    >>> found = repeating(np.array([[[4, 5, 4, 0]]]), 3, 2, 7)
    >>> np.flatnonzero(found).tolist()  # after 4 came 5
    [5]
    """
    written = ops.convert_to_tensor(written)
    batch_size, width, length = ops.shape(written)
    rows = ops.reshape(written, (-1, length))
    places = ops.arange(length, dtype="int32")
    # Place p ends an n-gram if its first n - 1 tokens are the last ones written.
    ends = ops.logical_and(places >= size - 1, places < index)
    same = ops.logical_and(ends[None], rows >= 0)
    for back in range(1, size):
        last = ops.sum(ops.where(places == index - back, rows, 0), axis=1)
        before = ops.pad(rows[:, : length - back], ((0, 0), (back, 0)))
        # `back` tokens before p, and before what comes next.
        same = ops.logical_and(same, before == last[:, None])
    count, rows = ops.shape(rows)[0], ops.cast(rows, "int32")
    segments = ops.arange(count, dtype="int32")[:, None] * vocabulary_size + rows
    found = ops.segment_sum(
        ops.reshape(ops.cast(same, "float32"), (-1,)),
        ops.reshape(segments, (-1,)),
        num_segments=count * vocabulary_size,
    )
    return ops.reshape(found > 0, (batch_size, width, vocabulary_size))
