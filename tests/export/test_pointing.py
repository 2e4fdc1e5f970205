"""The signature of a pointer network, without a model."""

import numpy as np
import tensorflow as tf

from seqkit.decoding import Decoded
from seqkit.export import pointing_signatures


def backwards(inputs):
    """Each set from its last point to its first."""
    lengths = inputs["lengths"]
    size = tf.shape(inputs["points"])[1]
    ids = lengths[:, None] - 1 - tf.range(size)[None] + 4
    ids = tf.where(ids >= 4, ids, 0)[:, None]
    ones = tf.ones(tf.shape(ids)[:2])
    return Decoded(ids, lengths[:, None], ones, ones, ones > 0)


def test_indices_begin_at_0_and_padding_is_below():
    signature = pointing_signatures(backwards, backwards, 2)["serving_default"]
    points = tf.zeros((3, 4, 2))
    found = signature.function(points, tf.constant([4, 2, 0]))
    assert found["order"].numpy().tolist() == [
        *([3, 2, 1, 0], [1, 0, -1, -1], [-1, -1, -1, -1])
    ]
    assert found["lengths"].numpy().tolist() == [4, 2, 0]
    assert found["scores"].numpy().tolist() == [1, 1, -np.inf]


def test_nothing_in_nothing_out():
    for one in pointing_signatures(backwards, backwards, 2).values():
        found = one.function(tf.zeros((0, 0, 2)), tf.zeros((0,), tf.int32))
        assert len(found["order"]) == len(found["scores"]) == 0
