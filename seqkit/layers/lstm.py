"""Long short-term memory."""

from typing import Any

import keras
from keras import ops

from seqkit.layers.recurrent import Recurrent


@keras.saving.register_keras_serializable(package="seqkit")
class LSTM(Recurrent, keras.layers.LSTM):
    """Long short-term memory, a drop-in for `keras.layers.LSTM`.

    Of Hochreiter and Schmidhuber, "Long Short-Term Memory" (1997), with the forget gate
    of Gers, Schmidhuber and Cummins (2000). With s the sigmoid:

        i, f, o = s(x W_i + h U_i + b_i), s(x W_f + h U_f + b_f), s(x W_o + h U_o + b_o)
        c       = f * c + i * tanh(x W_c + h U_c + b_c)
        h       = o * tanh(c)

    Args:
        *args: As `keras.layers.LSTM`, `units` first.
        implementation: `"auto"` takes the fastest that can run here: `"cudnn"` on a
            GPU (tanh and sigmoid, a bias, no `recurrent_dropout`, not unrolled),
            `"fused"` on TensorFlow and PyTorch (tanh and sigmoid, no
            `recurrent_dropout`, not unrolled), or `"loop"`. Any other name is taken, or
            refused. `implementation_in_use` tells which it was. JAX has cuDNN for an
            LSTM only, in float32 to which half precisions are widened, and not under a
            distribution over several devices.
            All compute the same numbers with the same weights. Keras's integers are
            accepted: 0 and 2 mean `"auto"`, and 1 loops with one product per gate.
        **kwargs: As `keras.layers.LSTM`. Weights have its layout, gates in the order
            i, f, c, o: `kernel` [D, 4 H], `recurrent_kernel` [H, 4 H], `bias` [4 H].

    Call arguments:
        sequences: [B, T, D].
        initial_state: List of h and c, [B, H] each; zeros by default.
        mask: [B, T] boolean, `True` = keep. A masked step carries the state on; its
            output repeats the one before, or is 0 with `zero_output_for_mask`.
            On TensorFlow with a GPU rows must be right-padded and at least one step
            long.

    Returns:
        [B, H]; or [B, T, H] with `return_sequences`. With `return_state` a tuple of
        that, h and c.

    Raises:
        SeqkitError: `implementation` is unknown, or cannot run the layer here.

    >>> import keras, seqkit
    >>> layer = seqkit.layers.LSTM(4, return_sequences=True)
    >>> layer(keras.ops.ones((2, 5, 3)), mask=keras.ops.ones((2, 5), "bool")).shape[-1]
    4
    """

    def step(
        self, recurrent_kernel: Any, bias: Any, projected: Any, states: Any
    ) -> Any:
        h, c = states
        gates = ops.split(projected + ops.matmul(h, recurrent_kernel), 4, axis=-1)
        i, f, o = (self.recurrent_activation(gates[n]) for n in (0, 1, 3))
        c = f * c + i * self.activation(gates[2])
        return [o * self.activation(c), c]

    def fused(self, kernels: Any) -> Any:
        if (
            self.activation is keras.activations.tanh
            and self.recurrent_activation is keras.activations.sigmoid
        ):
            return kernels.FusedLSTM()
        return None
