"""The numbers that losses and metrics over a vocabulary share."""

from typing import Any

from keras import ops


def token_scores(token_ids: Any, logits: Any) -> dict[str, Any]:
    """The parts of the log-likelihood of tokens.

    The loss and the metrics of a step both call this; TensorFlow and XLA see that the
    calls are equal and compute them once. This matters, since logits are the largest
    tensors there are.

    Args:
        token_ids: Integer tensor `[...]`.
        logits: Tensor `[..., V]` of any float type; calculated in float32.

    Returns:
        A dictionary of `highest` `[..., 1]`, the highest logit; `exponentials`
        `[..., V]`, the logits' exponentials relative to it; `total` `[..., 1]`, their
        sum; `normalizer` `[..., 1]`, the log-sum-exp of the logits; and `chosen`
        `[..., 1]`, the token's logit. `normalizer - chosen` is the cross-entropy.
    """
    logits = ops.cast(logits, "float32")
    highest = ops.max(logits, axis=-1, keepdims=True)
    exponentials = ops.exp(logits - highest)
    total = ops.sum(exponentials, axis=-1, keepdims=True)
    token_ids = ops.cast(ops.reshape(token_ids, (-1,)), "int32")
    rows = ops.arange(ops.shape(token_ids)[0], dtype="int32")
    places = rows * ops.shape(logits)[-1] + token_ids
    chosen = ops.take(ops.reshape(logits, (-1,)), places, axis=0)
    return {
        "highest": highest,
        "exponentials": exponentials,
        "total": total,
        "normalizer": ops.log(total) + highest,
        "chosen": ops.reshape(chosen, ops.shape(highest)),
    }
