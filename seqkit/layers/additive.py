"""The additive score, without a tensor of the size of everything at once."""

from typing import Any

import keras
from keras import ops


def additive_scores(queries: Any, keys: Any, scale: Any) -> Any:
    """`scale · tanh(queries + keys)`, `[B, T, S]`: each query with each key."""
    queries = ops.transpose(queries, (1, 0, 2))  # [T, B, U]
    length, batch_size, units = ops.shape(queries)
    if isinstance(length, int) and length == 1:
        small = True  # nothing to split, as in a loop over time
    else:
        # Not the product of all four, which int32 may not hold.
        limit = _largest_whole() // (batch_size * units)
        small = length * ops.shape(keys)[1] <= limit

    given = queries, keys, scale
    if isinstance(small, bool):
        scores = (_scores if small else _scores_by_query)(*given)
    else:
        scores = ops.cond(
            small, lambda: _scores(*given), lambda: _scores_by_query(*given)
        )
    return ops.transpose(scores, (1, 0, 2))


def covered_additive_scores(
    queries: Any, keys: Any, scale: Any, coverage: Any, coverage_kernel: Any
) -> Any:
    """`scale · tanh(queries + keys + coverage_kernel coverage)`, for a small T."""
    covered = coverage[..., None] * coverage_kernel  # [B, T, S, U]
    hidden = ops.tanh(queries[:, :, None] + keys[:, None] + covered)
    # As one matrix: XLA does not compile the gradient of more dimensions in a loop.
    flat = ops.reshape(hidden, (-1, hidden.shape[-1]))
    return ops.reshape(ops.matmul(flat, scale[:, None]), ops.shape(hidden)[:-1])


def _largest_whole():
    """Numbers up to which `[B, T, S, U]` is worked on as a whole."""
    if keras.backend.backend() in ("tensorflow", "jax"):
        if not keras.distribution.list_devices()[0].lower().startswith("cpu"):
            return 2**26  # a loop costs an accelerator more than memory does
    return 2**20


def _scores(queries, keys, scale):
    """Scores `[T, B, S]` of all of `queries` `[T, B, U]`."""
    hidden = ops.tanh(queries[:, :, None] + keys)
    flat = ops.reshape(hidden, (-1, hidden.shape[-1]))
    return ops.reshape(ops.matmul(flat, scale[:, None]), ops.shape(hidden)[:-1])


@ops.custom_gradient
def _scores_by_query(queries, keys, scale):
    def gradient(*args, upstream=None):
        (upstream,) = args if upstream is None else (upstream,)
        return _gradient_by_query(queries, keys, scale, upstream)

    scores = ops.map(lambda query: _scores(query[None], keys, scale)[0], queries)
    return scores, gradient


def _gradient_by_query(queries, keys, scale, upstream):
    """Gradients of all three, from that of the scores, `[T, B, S]`."""

    def step(t, d_queries, d_keys, d_scale):
        d_scores = ops.take(upstream, t, axis=0)  # [B, S]
        hidden = ops.tanh(ops.take(queries, t, axis=0)[:, None] + keys)
        d_sum = (1 - hidden * hidden) * (d_scores[..., None] * scale)
        d_queries = ops.slice_update(d_queries, (t, 0, 0), ops.sum(d_sum, axis=1)[None])
        flat = ops.reshape(hidden, (-1, hidden.shape[-1]))
        product = ops.matmul(ops.reshape(d_scores, (1, -1)), flat)[0]
        d_keys = d_keys + ops.cast(d_sum, "float32")
        return t + 1, d_queries, d_keys, d_scale + ops.cast(product, "float32")

    length = ops.shape(queries)[0]
    start = (
        ops.convert_to_tensor(0, dtype="int32"),
        ops.zeros_like(queries),
        ops.zeros_like(keys, dtype="float32"),
        ops.zeros_like(scale, dtype="float32"),
    )
    _, d_queries, d_keys, d_scale = ops.while_loop(
        lambda t, *_: t < length, step, start
    )
    return d_queries, ops.cast(d_keys, keys.dtype), ops.cast(d_scale, scale.dtype)
