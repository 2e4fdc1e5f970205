"""What losses and metrics over a vocabulary are made of."""

from keras import ops


def token_scores(token_ids, logits):
    """The parts of the log-likelihood of tokens.

    Loss and metrics of a step both call this; TensorFlow and XLA see that the two ask
    for the same and compute it once, which matters, for logits are the largest tensors
    there are.

    Args:
        token_ids: Integer tensor `[...]`.
        logits: Float32 tensor `[..., V]`.

    Returns:
        A dictionary of `highest` `[..., 1]`, the highest logit; `exponentials`
        `[..., V]`, the logits' exponentials relative to it; `total` `[..., 1]`, their
        sum; and `chosen` `[..., 1]`, the token's logit.
    """
    highest = ops.max(logits, axis=-1, keepdims=True)
    exponentials = ops.exp(logits - highest)
    total = ops.sum(exponentials, axis=-1, keepdims=True)
    vocabulary_size = logits.shape[-1]
    token_ids = ops.cast(ops.reshape(token_ids, (-1,)), "int32")
    rows = ops.arange(ops.shape(token_ids)[0], dtype="int32")
    chosen = ops.take(
        ops.reshape(logits, (-1,)), rows * vocabulary_size + token_ids, axis=0
    )
    chosen = ops.reshape(chosen, ops.shape(highest))
    return {
        "highest": highest,
        "exponentials": exponentials,
        "total": total,
        "chosen": chosen,
    }
