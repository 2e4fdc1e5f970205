"""Training steps of which each replica of `tf.distribute` computes a part.

On other backends, and without a strategy, a step sees its whole batch.
"""

from typing import Any

import keras
from keras import ops


def num_replicas() -> int:
    """The parts of a batch, each of which runs through the model by itself."""
    strategy = _strategy()
    return 1 if strategy is None else strategy.num_replicas_in_sync


def share_of_batch(weights: Any) -> Any:
    """How much the weighted mean of a replica's rows counts in that of the batch.

    `R · (sum of the replica's weights) / (sum of all weights)` with R replicas; so the
    mean over replicas of `mean · share` is the mean over the whole batch. Without
    replicas it is 1.

    Args:
        weights: The replica's weights, of any shape.
    """
    strategy = _strategy()
    if strategy is None:
        return 1.0
    import tensorflow as tf

    context = tf.distribute.get_replica_context()
    if context is None:  # while Keras builds losses, outside of a step
        return 1.0
    own = ops.sum(ops.cast(weights, "float32"))
    total = context.all_reduce(tf.distribute.ReduceOp.SUM, own)
    return ops.divide_no_nan(own * strategy.num_replicas_in_sync, total)


def _strategy() -> Any:
    if keras.backend.backend() != "tensorflow":
        return None
    import tensorflow as tf

    strategy = tf.distribute.get_strategy()
    return strategy if strategy.num_replicas_in_sync > 1 else None
