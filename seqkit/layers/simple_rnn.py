"""The vanilla recurrent layer."""

import inspect
from typing import Any

import keras
from keras import ops

from seqkit.layers.recurrent import Recurrent


@keras.saving.register_keras_serializable(package="seqkit")
class SimpleRNN(Recurrent, keras.layers.SimpleRNN):
    """The recurrent network of Elman, a drop-in for `keras.layers.SimpleRNN`.

    Of Elman, "Finding Structure in Time" (1990):

        h = tanh(x W + h U + b)

    Args:
        *args: As `keras.layers.SimpleRNN`, `units` first.
        implementation: As in `LSTM`, without `"cudnn"` and Keras's integers. `"fused"`
            knows the activations tanh, relu and, on TensorFlow, linear.
        **kwargs: As `keras.layers.SimpleRNN`. Weights have its layout: `kernel`
            [D, H], `recurrent_kernel` [H, H], `bias` [H].

    Calls, results and errors are as in `LSTM`, with h, [B, H], as the only state.

    >>> import keras
    >>> from seqkit.layers.simple_rnn import SimpleRNN
    >>> SimpleRNN(4)(keras.ops.ones((2, 5, 3))).shape[-1]
    4
    """

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        # Keras takes an activity regularizer and drops it.
        keras_init = inspect.signature(keras.layers.SimpleRNN.__init__)
        given = keras_init.bind(self, *args, **kwargs).arguments
        self.activity_regularizer = keras.regularizers.get(
            given.get("activity_regularizer")
        )

    def step(
        self, recurrent_kernel: Any, bias: Any, projected: Any, states: Any
    ) -> Any:
        return [self.activation(projected + ops.matmul(states[0], recurrent_kernel))]

    def get_config(self) -> dict[str, Any]:
        regularizer = keras.regularizers.serialize(self.activity_regularizer)
        return {**super().get_config(), "activity_regularizer": regularizer}

    def fused(self, kernels: Any) -> Any:
        for name in kernels.FusedSimpleRNN.ACTIVATIONS:
            if self.activation is keras.activations.get(name):
                return kernels.FusedSimpleRNN(name)
        return None
