"""Sampling whose parameters are tensors, such as the inputs of a served graph."""

from typing import Any

from keras import ops

from seqkit.decoding.largest import largest
from seqkit.decoding.sampling import NEVER, Sampling, nucleus


class AdjustableSampling(Sampling):
    """`Sampling` with parameters that are known only when the graph runs.

    One graph serves all of them, greedy decoding included. It is slower than `Sampling`
    with the same numbers, which draws the same tokens.

    Args:
        temperature: Scalar float tensor; 0 or less takes the likeliest token.
        top_k: Scalar int tensor, tokens to choose from; 0 or less for all.
        top_p: Scalar float tensor, share of the probability to choose from; 1 or more
            for all, 0 or less for only the likeliest token.
        num_return_sequences, seed: As in `Sampling`.

    >>> from keras import ops
    >>> from seqkit.decoding import AdjustableSampling, decode
    >>> def step(token_ids, state, index):
    ...     logits = ops.array([0.0, 0.0, 0.0, -9.0, 2.0, 2.5, 0.0])
    ...     return ops.broadcast_to(logits, (*token_ids.shape, 7)), state
    >>> for temperature in (0.0, 1.0):
    ...     strategy = AdjustableSampling(temperature, top_k=2, top_p=1.0, seed=1)
    ...     drawn = decode(step, {}, 1, strategy=strategy, max_length=50).token_ids
    ...     sorted(set(ops.convert_to_numpy(drawn).ravel().tolist()))
    [5]
    [4, 5]
    """

    def __init__(
        self,
        temperature: Any,
        top_k: Any,
        top_p: Any,
        *,
        num_return_sequences: int = 1,
        seed: Any = None,
    ):
        super().__init__(num_return_sequences=num_return_sequences, seed=seed)
        self.temperature = ops.convert_to_tensor(temperature, dtype="float32")
        self.top_p = ops.convert_to_tensor(top_p, dtype="float32")
        # Not `top_k`, which is an int in `Sampling`.
        self.count = ops.convert_to_tensor(top_k, dtype="int32")

    def weights(self, log_probs: Any) -> Any:
        greedy = self.temperature <= 0
        tempered = log_probs / ops.where(greedy, 1.0, self.temperature)
        count = ops.where(greedy, 1, self.count)
        tempered = ops.cond(
            count > 0,
            lambda: ops.where(largest(tempered, count), tempered, NEVER),
            lambda: tempered,
        )
        weights = ops.exp(tempered - ops.max(tempered, axis=-1, keepdims=True))
        return ops.cond(
            self.top_p < 1, lambda: nucleus(weights, self.top_p), lambda: weights
        )
