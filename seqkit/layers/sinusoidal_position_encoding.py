"""Positions as sines and cosines."""

import math
from typing import Any

import keras
import numpy as np
from keras import ops

from seqkit.layers.configured import Layer


@keras.saving.register_keras_serializable(package="seqkit")
class SinusoidalPositionEncoding(Layer):
    """The position encoding of the Transformer, `[T, D]`, to be added to the inputs.

    `PE(p, 2i) = sin(p / 10000^(2i/D))`, `PE(p, 2i+1) = cos(p / 10000^(2i/D))`
    (Vaswani et al. 2017, arXiv:1706.03762, section 3.5; `max_wavelength` is the 10000).
    It has no weights and no maximal length.

    Call arguments:
        inputs: Tensor `[B, T, D]`; only its shape and dtype matter.
        start: Position of the first step, an integer or a scalar tensor.

    >>> import numpy as np, seqkit
    >>> layer = seqkit.layers.SinusoidalPositionEncoding()
    >>> [round(float(x), 3) for x in layer(np.zeros((1, 3, 4)))[1]]
    [0.841, 0.54, 0.01, 1.0]
    """

    def __init__(self, max_wavelength: int = 10_000, **kwargs: Any):
        super().__init__(**kwargs)
        self.keep(locals())

    def call(self, inputs: Any, start: Any = 0) -> Any:
        length, size = ops.shape(inputs)[1], inputs.shape[-1]
        # The column pair 2i, 2i+1 shares a frequency; a cosine is a sine a quarter on.
        column = np.arange(size)
        frequency = self.max_wavelength ** (-2.0 * (column // 2) / size)
        phase = (column % 2) * (math.pi / 2)
        position = ops.cast(start, "float32") + ops.arange(length, dtype="float32")
        frequency, phase = (
            ops.convert_to_tensor(array, dtype="float32")
            for array in (frequency, phase)
        )
        angle = position[:, None] * frequency + phase
        return ops.cast(ops.sin(angle), self.compute_dtype)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape[1:]
