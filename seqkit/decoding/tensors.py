"""Moving hypotheses and writing their tokens."""

from typing import Any

from keras import ops


def take_per_sentence(x: Any, places: Any) -> Any:
    """Gathers `x` `[B, K, ...]` along its second axis by `places` `[B, N]` int32."""
    batch_size, width, *rest = ops.shape(x)
    rows = ops.arange(batch_size, dtype="int32")[:, None] * width + places
    return ops.take(ops.reshape(x, (-1, *rest)), rows, axis=0)


def write_token(history: Any, token_ids: Any, index: Any) -> Any:
    """Puts `token_ids` `[B, K]` at position `index` of `history` `[B, K, L]`."""
    positions = ops.arange(ops.shape(history)[-1], dtype="int32")
    return ops.where(positions == index, token_ids[..., None], history)
