"""Networks from the past of one variable to its future."""

from typing import Any

import keras
from keras import ops

from seqkit.layers.configured import Layer
from seqkit.layers.dropout import Dropout
from seqkit.layers.projection import position_wise
from seqkit.layers.segment_recurrence import in_segments
from seqkit.registries import encoders
from seqkit.registry import accepted


@keras.saving.register_keras_serializable(package="seqkit")
class LinearForecaster(Layer):
    """The future as a linear function of the past: the baseline that is honest.

        y = W x + b                                  [H · K]

    with x all values of the past (Zeng et al. 2023, arXiv:2205.13504). From x
    `[B, L, D]` to `[B, H, K]`.
    """

    def __init__(self, horizon: int, num_outputs: int = 1, **kwargs: Any):
        super().__init__(**kwargs)
        self.keep(locals())
        self.outputs = keras.layers.Dense(
            horizon * num_outputs, dtype=self.dtype_policy, name="outputs"
        )

    def build(self, input_shape: Any) -> None:
        self.outputs.build((None, input_shape[1] * input_shape[2]))
        self.built = True

    def call(self, x: Any, channels: Any = None, training: bool = False) -> Any:
        x = ops.cast(x, self.compute_dtype)
        x = ops.reshape(x, (-1, x.shape[1] * x.shape[2]))
        return ops.reshape(self.outputs(x), (-1, self.horizon, self.num_outputs))


@keras.saving.register_keras_serializable(package="seqkit")
class SegmentForecaster(Layer):
    """An encoder over segments (patches) of the past, and a linear future.

        x_i = W_x s_i + b_x + channel                [U], of each segment
        h   = encoder(x)
        y   = W [h_1 … h_n] + b                      of all h, or of the last alone

    (Patches: Nie et al. 2023, arXiv:2211.14730, section 3.1.) An encoder that reads in
    one direction has the whole past in its last output; of one with the attribute
    `reads_in_order`, that alone is used. From x `[B, L, D]` and channels `[B]` to
    `[B, H, K]`.
    """

    def __init__(
        self,
        encoder: str,
        horizon: int,
        segment_length: int,
        hidden_dim: int,
        num_channels: int,
        num_outputs: int = 1,
        num_layers: int = 1,
        num_heads: int = 4,
        intermediate_dim: int | None = None,
        dropout: float = 0.0,
        implementation: str | int = "auto",
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.keep(locals())
        dtype, make = self.dtype_policy, encoders[encoder]
        options = {
            "num_layers": num_layers,
            "hidden_dim": hidden_dim,
            "num_heads": num_heads,
            "intermediate_dim": intermediate_dim,
            "bidirectional": False,
            "dropout": dropout,
            "implementation": implementation,
        }
        self.projection = keras.layers.Dense(hidden_dim, dtype=dtype, name="projection")
        self.channels = keras.layers.Embedding(num_channels, hidden_dim, dtype=dtype)
        self.encoder_layer = make(
            **accepted(make, options), name="encoder", dtype=dtype
        )
        self.dropout_layer = Dropout(dropout, dtype=dtype)
        self.outputs = keras.layers.Dense(
            horizon * num_outputs, dtype=dtype, name="outputs"
        )

    def build(self, input_shape: Any) -> None:
        steps, width = input_shape[1:]
        self._segments = -(-steps // self.segment_length)
        self.projection.build((None, None, self.segment_length * width))
        self.channels.build((None,))
        self.encoder_layer.build((None, None, self.hidden_dim))
        read = 1 if self._last_alone else self._segments
        self.outputs.build((None, read * self.encoder_layer.width))
        self.built = True

    @property
    def _last_alone(self):
        return getattr(self.encoder_layer, "reads_in_order", False)

    def call(self, x: Any, channels: Any = None, training: bool = False) -> Any:
        x = ops.cast(x, self.compute_dtype)
        x = position_wise(self.projection, in_segments(x, self.segment_length))
        x = ops.add(x, self.channels(channels)[:, None])
        h = self.encoder_layer(x, training=training)
        read = h[:, -1] if self._last_alone else h
        width = self.outputs.kernel.shape[0]
        read = ops.reshape(read, (-1, width))
        read = self.dropout_layer(read, training=training)
        return ops.reshape(self.outputs(read), (-1, self.horizon, self.num_outputs))
