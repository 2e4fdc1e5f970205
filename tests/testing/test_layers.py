"""The public check of layers finds what is wrong with a layer."""

import functools

import keras
import numpy as np
import pytest
from keras import ops

import seqkit
from seqkit.testing import check_layer

X = np.random.default_rng(0).standard_normal((3, 4, 2)).astype("float32")


@keras.saving.register_keras_serializable(package="tests")
class Scaled(keras.layers.Layer):
    def __init__(self, factor=1.0, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor
        self.supports_masking = True

    def call(self, x, mask=None):
        return ops.sum(x, axis=1) * self.factor

    def compute_mask(self, *args, **kwargs):
        return None

    def get_config(self):
        return super().get_config() | {"factor": self.factor}


@keras.saving.register_keras_serializable(package="tests")
class Forgetful(Scaled):
    def get_config(self):
        return keras.layers.Layer.get_config(self)


@keras.saving.register_keras_serializable(package="tests")
class Unused(keras.layers.Layer):
    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(1,))

    def call(self, x):
        return x


def test_a_layer_of_keras_passes():
    layer = functools.partial(keras.layers.LeakyReLU, 0.25)
    check_layer(layer, X, compiled=False)


@pytest.mark.parametrize(
    "layer, options, message",
    [
        (Forgetful, {}, r"get_config of Forgetful loses \['factor'\]"),
        (Unused, {"supports_jit": False}, "no gradient for unused"),
        (Scaled, {"supports_mask": True}, "more padding"),
    ],
)
def test_what_does_not_hold_is_found(layer, options, message):
    with pytest.raises(AssertionError, match=message):
        check_layer(layer, X, compiled=False, **options)


def test_names():
    assert "check_layer" in dir(seqkit.testing)
    assert all(hasattr(seqkit.testing, name) for name in dir(seqkit.testing))
