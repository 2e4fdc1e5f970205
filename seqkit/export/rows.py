"""Rows of values in a TensorFlow graph: padded, and never empty."""

import tensorflow as tf


def dense(
    values: tf.Tensor, row_ids: tf.Tensor, num_rows: tf.Tensor, padding: str | float
) -> tf.Tensor:
    """Values `[N]` of sorted rows `row_ids` `[N]` as `[B, S]`, right-padded."""
    rows = tf.RaggedTensor.from_value_rowids(values, row_ids, nrows=num_rows)
    return rows.to_tensor(padding)


def with_a_row(tensor: tf.Tensor) -> tf.Tensor:
    """A tensor `[B, ...]`, with a row of zeros or empty strings if B is 0."""
    missing = tf.maximum(1 - tf.shape(tensor)[0], 0)
    return tf.pad(tensor, [[0, missing]] + [[0, 0]] * (len(tensor.shape) - 1))


def nonempty(ids: tf.Tensor, filler: int) -> tf.Tensor:
    """Ids `[B, S, ...]` with at least one row; an empty row gets `filler` as an id."""
    missing = tf.maximum(1 - tf.shape(ids)[1], 0)
    rest = [[0, 0]] * (len(ids.shape) - 2)
    ids = tf.pad(with_a_row(ids), [[0, 0], [0, missing], *rest])
    is_empty = tf.reduce_all(ids == 0, axis=list(range(1, len(ids.shape))))
    places = tf.pad(tf.where(is_empty), [[0, 0], [0, len(ids.shape) - 1]])
    fillers = tf.fill([tf.shape(places)[0]], filler)
    return tf.tensor_scatter_nd_update(ids, places, fillers)
