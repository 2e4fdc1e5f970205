"""The best continuations out of K * V, without sorting K * V numbers.

Letters: B sentences, K hypotheses each, V tokens in the vocabulary, C candidates.
"""

from collections.abc import Sequence
from typing import Any

from keras import ops

from seqkit.decoding.tensors import take_per_sentence

# Searching blocks pays only for vocabularies from this size.
SMALL_VOCABULARY = 512


def log_normalizer(logits: Any, highest: Any = None) -> Any:
    """`log(sum(exp(logits)))`, `[..., 1]`, in one pass less than Keras's."""
    if highest is None:
        highest = ops.max(logits, axis=-1, keepdims=True)
    total = ops.sum(ops.exp(logits - highest), axis=-1, keepdims=True)
    return highest + ops.log(total)


def given_all(allowed: Any, logits: Any) -> Any:
    """The log-probability `[B, K]` of all that is allowed, by logits `[B, K, V]`.

    Added to a log-probability among what is allowed, it is that among everything.
    """
    parts = (log_normalizer(ops.cast(x, "float32"))[..., 0] for x in (allowed, logits))
    return ops.subtract(*parts)


def top_candidates(
    logits: Any, scores: Any, count: int, suppress_ids: Sequence[int] = ()
) -> tuple[Any, Any, Any]:
    """The `count` best `scores + log_softmax(logits)` of each sentence, in float32.

    Ties go to the lower hypothesis, then token id. Returns `(totals, parents,
    token_ids)`, sorted, `[B, C]` each; totals are `-inf` if there are fewer.
    """
    logits = ops.cast(logits, "float32")
    _, width, vocabulary_size = logits.shape
    # Every hypothesis may have a suppressed token above all others.
    spare = width * len(suppress_ids)
    if vocabulary_size is None:
        return _top_of_any(logits, scores, count, spare, suppress_ids)
    searched = min(count + spare, width * vocabulary_size)
    if vocabulary_size < SMALL_VOCABULARY:
        totals = logits + scores[..., None] - log_normalizer(logits)
        totals, places = _top_k_rows(totals, searched)
    else:
        totals, places = _top_k_blocks(logits, scores, searched)
        vocabulary_size = _padded(vocabulary_size)
    count = min(count, searched)
    return _unsuppressed(totals, places, vocabulary_size, count, suppress_ids)


def _top_of_any(logits, scores, count, spare, suppress_ids):
    """The same for a V that is known only when the graph runs."""
    totals = logits + scores[..., None] - log_normalizer(logits)
    # So that there are enough, however few tokens the batch has.
    more = -(-(count + spare) // totals.shape[1])
    totals = ops.pad(totals, [(0, 0), (0, 0), (0, more)], constant_values=-float("inf"))
    vocabulary_size = ops.shape(totals)[2]
    totals, places = _top_k_rows(totals, count + spare)
    return _unsuppressed(totals, places, vocabulary_size, count, suppress_ids)


def _unsuppressed(totals, places, vocabulary_size, count, suppress_ids):
    token_ids = places % vocabulary_size
    if suppress_ids:
        for suppressed in suppress_ids:
            totals = ops.where(token_ids == suppressed, -float("inf"), totals)
        totals, chosen = ops.top_k(totals, count)
        places = take_per_sentence(places, chosen)
        token_ids = places % vocabulary_size
    return totals, places // vocabulary_size, token_ids


def _top_k_rows(totals, count):
    _, width, vocabulary_size = ops.shape(totals)
    totals = ops.reshape(totals, (-1, width * vocabulary_size))
    values, places = ops.top_k(totals, count)
    return values, ops.cast(places, "int32")


def _top_k_blocks(logits, scores, count):
    """Exact top-k, several times faster on a CPU: the top k are in the k blocks of the
    highest maxima, and only those are searched.
    """
    _, width, vocabulary_size = logits.shape
    padded, size = _padded(vocabulary_size), _block_size(vocabulary_size)
    unpadded = logits
    if padded != vocabulary_size:
        padding = [(0, 0), (0, 0), (0, padded - vocabulary_size)]
        logits = ops.pad(logits, padding, constant_values=-float("inf"))
    per_row = padded // size
    per_sentence = width * per_row
    # [B * K * V / size, size]: a block is a row, so that gathering one is one copy.
    blocks = ops.reshape(logits, (-1, size))
    maxima = ops.reshape(ops.max(blocks, axis=-1), (-1, width, per_row))
    highest = ops.max(maxima, axis=-1, keepdims=True)
    offsets = scores[..., None] - log_normalizer(unpadded, highest)
    maxima = ops.reshape(maxima + offsets, (-1, per_sentence))
    _, best = ops.top_k(maxima, min(count, per_sentence))
    best = ops.sort(ops.cast(best, "int32"), axis=-1)  # keeps ties in order
    rows = ops.arange(ops.shape(best)[0], dtype="int32")[:, None]
    found = ops.take(blocks, best + rows * per_sentence, axis=0)
    offsets = ops.take(ops.reshape(offsets, (-1,)), best // per_row + rows * width)
    found = found + offsets[..., None]
    values, places = ops.top_k(ops.reshape(found, (-1, best.shape[1] * size)), count)
    places = ops.cast(places, "int32")
    block = take_per_sentence(best, places // size)
    return values, block * size + places % size


def _block_size(vocabulary_size):
    """A divisor of the vocabulary's size avoids a padded copy of the logits."""
    divisors = (size for size in range(64, 15, -1) if vocabulary_size % size == 0)
    return next(divisors, 32)


def _padded(vocabulary_size):
    size = _block_size(vocabulary_size)
    return -(-vocabulary_size // size) * size
