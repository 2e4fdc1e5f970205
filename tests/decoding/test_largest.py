import numpy as np
import pytest
from keras import ops

from seqkit.decoding.largest import largest

INFINITY = float("inf")


def reference(x, count):
    """By a stable sort, in NumPy."""
    kept = np.zeros(x.shape, bool)
    for row, numbers in enumerate(x):
        order = np.argsort(-numbers, kind="stable")[:count]
        kept[row, order] = numbers[order] > -INFINITY
    return kept


def rows():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(12, 40)).astype("float32")
    x[1] *= 1e20
    x[2] *= 1e-30
    x[3] = 0
    x[4] = np.round(x[4])  # ties
    x[5, ::2] = -INFINITY
    x[6, 1:] = -INFINITY
    x[7] = np.nextafter(np.float32(1), np.arange(40, dtype="float32") % 3)
    x[8] = -np.exp2(np.arange(40)).astype("float32")
    x[9] = 1e8 + np.arange(40) % 5 * 8
    x[10, 0] = 1e30
    return x


@pytest.mark.parametrize("count", [1, 2, 7, 19, 20, 39, 40, 400])
def test_equals_sorting(count):
    found = largest(ops.convert_to_tensor(rows()), ops.convert_to_tensor(count))
    np.testing.assert_array_equal(ops.convert_to_numpy(found), reference(rows(), count))


def test_what_is_no_number_ends_the_search():
    x = ops.convert_to_tensor(np.full((2, 5), np.nan, "float32"))
    assert not ops.convert_to_numpy(largest(x, ops.convert_to_tensor(2))).any()
