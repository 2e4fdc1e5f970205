"""Functions that are compiled anew for each of many texts."""

import keras
import numpy as np

from seqkit.inspect.compiled import compiled, compiled_gradient


def test_many_functions_are_no_reason_for_a_warning(caplog):
    for size in range(1, 9):
        x = keras.ops.convert_to_tensor(np.ones(size, "float32"))
        (slopes,) = compiled_gradient(lambda v: keras.ops.sum(v[0] ** 2))([x])
        np.testing.assert_allclose(slopes, 2 * np.ones(size))
        assert float(compiled(keras.ops.sum)(x)) == size
    assert "retracing" not in caplog.text
