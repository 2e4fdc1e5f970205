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
    if _strategy() is None:
        return 1.0
    own = ops.sum(ops.cast(weights, "float32"))
    total = _sum_over_batch(own)
    if total is own:  # outside of a step
        return 1.0
    return ops.divide_no_nan(own * num_replicas(), total)


def even_weight(weights: Any) -> Any:
    """The sum of the weights of the whole batch, divided evenly among replicas.

    A metric takes it as the weight of a mean that was multiplied by `share_of_batch`.
    The metric's mean over replicas is then that of whole batches, in each step and over
    an epoch.

    Args:
        weights: The replica's weights, of any shape.
    """
    own = ops.sum(ops.cast(weights, "float32"))
    return _sum_over_batch(own) / num_replicas()


def _sum_over_batch(own: Any) -> Any:
    """The sum of a tensor over all replicas."""
    if _strategy() is None:
        return own
    import tensorflow as tf

    context = tf.distribute.get_replica_context()
    if context is None:  # while Keras builds losses, outside of a step
        return own
    return context.all_reduce(tf.distribute.ReduceOp.SUM, own)


def clipped_as_whole(gradients: list, norm: float | None) -> list:
    """The gradients of a replica, so that their sum over replicas is clipped to a norm.

    Keras clips those of each replica by themselves. The norm is that of Keras on one
    device, where rows of an embedding that occur twice count twice.

    Args:
        gradients: A tensor, `tf.IndexedSlices` or `None` for each weight.
        norm: The largest norm of all together; `None` leaves them as they are.
    """
    strategy = _strategy()
    if strategy is None or norm is None:
        return gradients
    import tensorflow as tf

    def is_dense(one):
        return one is not None and not isinstance(one, tf.IndexedSlices)

    sparse = [one for one in gradients if isinstance(one, tf.IndexedSlices)]
    squares = tf.add_n([tf.zeros(())] + [_square(one.values) for one in sparse])
    *sums, squares = tf.distribute.get_replica_context().all_reduce(
        tf.distribute.ReduceOp.SUM, [*filter(is_dense, gradients), squares]
    )
    total = tf.sqrt(tf.add_n([squares, *map(_square, sums)]))
    scale, sums = norm / tf.maximum(total, norm), iter(sums)
    replicas = strategy.num_replicas_in_sync

    def clipped(one):
        if one is None:
            return None
        if is_dense(one):
            summed = next(sums)
            return summed * tf.cast(scale / replicas, summed.dtype)
        values = one.values * tf.cast(scale, one.values.dtype)
        return tf.IndexedSlices(values, one.indices, one.dense_shape)

    return [clipped(one) for one in gradients]


def _square(values: Any) -> Any:
    return ops.sum(ops.square(ops.cast(values, "float32")))


def _strategy() -> Any:
    if keras.backend.backend() != "tensorflow":
        return None
    import tensorflow as tf

    strategy = tf.distribute.get_strategy()
    return strategy if strategy.num_replicas_in_sync > 1 else None
