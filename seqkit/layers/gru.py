"""Gated recurrent unit."""

from typing import Any

import keras
from keras import ops

from seqkit.layers.recurrent import Recurrent


@keras.saving.register_keras_serializable(package="seqkit")
class GRU(Recurrent, keras.layers.GRU):
    """Gated recurrent unit, a drop-in for `keras.layers.GRU`.

    Of Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder for
    Statistical Machine Translation" (2014). With s the sigmoid and `reset_after` (the
    default, and cuDNN's form):

        z, r = s(x W_z + b_z + h U_z + d_z), s(x W_r + b_r + h U_r + d_r)
        g    = tanh(x W_h + b_h + r * (h U_h + d_h))
        h    = z * h + (1 - z) * g

    Without `reset_after`, the paper's form: g = tanh(x W_h + b_h + (r * h) U_h), and
    no biases d.

    Args:
        *args: As `keras.layers.GRU`, `units` first.
        implementation: As in `LSTM`; `"fused"` and `"cudnn"` require `reset_after`.
            On JAX there is no cuDNN for it.
        **kwargs: As `keras.layers.GRU`. Weights have its layout, gates in the order
            z, r, h: `kernel` [D, 3 H], `recurrent_kernel` [H, 3 H], `bias` [2, 3 H]
            (b and d), or [3 H] without `reset_after`.

    Calls, results and errors are as in `LSTM`, with h, [B, H], as the only state.

    >>> import keras
    >>> from seqkit.layers.gru import GRU
    >>> output, state = GRU(4, return_state=True)(keras.ops.ones((2, 5, 3)))
    >>> state.shape[-1]
    4
    """

    def project(self, kernel: Any, bias: Any, sequences: Any) -> Any:
        projected = ops.matmul(sequences, kernel)
        if bias is None:
            return projected, None
        if not self.reset_after:
            return projected + bias, None
        return projected + bias[0], bias[1]

    def step(
        self, recurrent_kernel: Any, bias: Any, projected: Any, states: Any
    ) -> Any:
        (h,) = states
        x_z, x_r, x_h = ops.split(projected, 3, axis=-1)
        if self.reset_after:
            product = ops.matmul(h, recurrent_kernel)
            product = product if bias is None else product + bias
            h_z, h_r, h_h = ops.split(product, 3, axis=-1)
            r = self.recurrent_activation(x_r + h_r)
            h_h = r * h_h
        else:
            two = 2 * self.units
            h_z, h_r = ops.split(ops.matmul(h, recurrent_kernel[:, :two]), 2, axis=-1)
            r = self.recurrent_activation(x_r + h_r)
            h_h = ops.matmul(r * h, recurrent_kernel[:, two:])
        z = self.recurrent_activation(x_z + h_z)
        return [z * h + (1 - z) * self.activation(x_h + h_h)]

    def fused(self, kernels: Any) -> Any:
        if (
            self.reset_after
            and self.activation is keras.activations.tanh
            and self.recurrent_activation is keras.activations.sigmoid
        ):
            return kernels.FusedGRU()
        return None
