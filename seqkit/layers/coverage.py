"""Coverage: what earlier steps attended to, and the loss that spreads it."""

from typing import Any

from keras import ops

from seqkit.layers.loop import scan_steps


def coverage_loss(weights: Any, mask: Any = None) -> Any:
    """The coverage loss of attention weights, which punishes attending twice.

    With `c_t` the sum of the weights before step t,

        covloss_t = sum over s of min(weights_{t, s}, c_{t, s})

    (See, Liu and Manning 2017, arXiv:1704.04368, equation 12). It is added to the loss
    of the words, there with a factor of 1 (equation 13): `layer.add_loss(...)`.

    Takes the weights `[B, T, S]` of all steps in order and a mask `[B, T]`, `True` =
    keep. Returns a float32 scalar between 0 and 1, the mean over all kept steps.

    >>> import numpy as np, seqkit
    >>> twice = np.array([[[1, 0, 0], [0.5, 0, 0.5]]], "float32")
    >>> float(seqkit.layers.coverage_loss(twice))
    0.25
    """
    weights = ops.cast(weights, "float32")
    if mask is not None:
        weights = ops.where(mask[:, :, None], weights, ops.zeros_like(weights))
    earlier = ops.cumsum(weights, axis=1) - weights
    losses = ops.sum(ops.minimum(weights, earlier), axis=-1)  # [B, T]
    if mask is None:
        return ops.mean(losses)
    count = ops.sum(ops.cast(mask, "float32"))
    return ops.sum(losses) / ops.maximum(count, 1.0)


def loop_with_coverage(weigh: Any, query: Any, memory: Any) -> Any:
    """Weights `[B, T, S]` of `weigh(query [B, 1, D], coverage [B, 1, S])` by step."""

    def step(query, states):
        (coverage,) = states
        weights = weigh(query[:, None], coverage[:, None])[:, 0]
        return weights, [coverage + ops.cast(weights, "float32")]

    # In float32, since half precision cannot add up many weights.
    coverage = ops.zeros_like(memory[:, :, 0], dtype="float32")
    weights, _ = scan_steps(step, query, [coverage])
    shape = (*ops.shape(query)[:2], ops.shape(memory)[1])
    return ops.reshape(weights, shape)
