"""The position-wise half of a Transformer block."""

from typing import Any

import keras

from seqkit.layers.configured import Layer
from seqkit.layers.dropout import Dropout
from seqkit.layers.projection import project


@keras.saving.register_keras_serializable(package="seqkit")
class FeedForward(Layer):
    """Two dense layers at each position of `[B, T, D]`: `W2 · act(W1 · x + b1) + b2`.

    Vaswani et al. 2017, arXiv:1706.03762, equation 2 of section 3.3.

    Args:
        intermediate_dim: Width between the two layers.
        activation: The activation between them.
        dropout: Fraction of the intermediate units to drop in training.
        kernel_initializer, output_initializer: Of both kernels; of W2, if another.

    >>> import numpy as np, seqkit
    >>> tuple(seqkit.layers.FeedForward(intermediate_dim=16)(np.ones((2, 3, 8))).shape)
    (2, 3, 8)
    """

    def __init__(
        self,
        intermediate_dim: int,
        activation: Any = "relu",
        dropout: float = 0.0,
        kernel_initializer: Any = "glorot_uniform",
        output_initializer: Any = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.keep(locals())
        self.dropout_layer = Dropout(dropout, dtype=self.dtype_policy)

    def build(self, input_shape: Any) -> None:
        size = input_shape[-1]
        between = self.intermediate_dim
        self._add("kernel_in", (size, between))
        self._add("bias_in", (between,), "zeros")
        self._add("kernel_out", (between, size), self.output_initializer)
        self._add("bias_out", (size,), "zeros")
        self.built = True

    def call(self, x: Any, training: bool = False) -> Any:
        hidden = self.activation(project(x, self.kernel_in, self.bias_in))
        hidden = self.dropout_layer(hidden, training=training)
        return project(hidden, self.kernel_out, self.bias_out)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape
