"""Lookup tables inside a TensorFlow graph."""

from collections.abc import Mapping

import numpy as np
import tensorflow as tf

from seqkit.special_ids import UNKNOWN_ID


def string_table(ids: Mapping[str, int]) -> tf.lookup.StaticHashTable:
    """A table from strings to int64 ids, a resource; `UNKNOWN_ID` for all others."""
    keys = tf.constant(list(ids), tf.string)
    values = tf.constant(list(ids.values()), tf.int64)
    initializer = tf.lookup.KeyValueTensorInitializer(keys, values)
    return tf.lookup.StaticHashTable(initializer, UNKNOWN_ID)


class PointTable:
    """Code points to int32 numbers by binary search, which needs no resource."""

    def __init__(self, numbers: Mapping[int, int]):
        self._keys = np.array(sorted(numbers), np.int32)
        self._values = np.array([numbers[key] for key in sorted(numbers)], np.int32)

    def __call__(self, points: tf.Tensor, default: tf.Tensor | int) -> tf.Tensor:
        """The number of each code point `[N]`, and `default` for all others."""
        if not len(self._keys):
            return tf.zeros_like(points) + default
        places = tf.searchsorted(tf.constant(self._keys), points)
        places = tf.minimum(places, len(self._keys) - 1)
        found = tf.gather(tf.constant(self._keys), places) == points
        return tf.where(found, tf.gather(tf.constant(self._values), places), default)
