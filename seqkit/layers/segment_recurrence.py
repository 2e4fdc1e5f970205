"""The recurrent network that reads and writes a series in segments."""

from typing import Any

import keras
from keras import ops

from seqkit.layers.checks import check_choice, check_whole
from seqkit.layers.configured import Layer
from seqkit.layers.dropout import Dropout
from seqkit.layers.gru import GRU
from seqkit.layers.lstm import LSTM
from seqkit.layers.projection import position_wise
from seqkit.layers.simple_rnn import SimpleRNN

CELLS = {"rnn": SimpleRNN, "lstm": LSTM, "gru": GRU}


@keras.saving.register_keras_serializable(package="seqkit")
class SegmentRecurrence(Layer):
    """SegRNN: a recurrent cell over segments of a series, and its future in parallel.

    Lin et al. 2023, arXiv:2308.11200, section 3. A series of T steps has
    n = ceil(T / w) segments s_i of w steps, its future m = ceil(H / w):

        x_i = relu(W_x s_i + b_x)                     [U], i = 1 … n
        h_i = cell(x_i, h_{i-1})                      [U]
        p_j = [position_j; channel]                   [U], j = 1 … m
        g_j = cell(p_j, h_n)                          [U], the same cell, all j at once
        y_j = W_y dropout(g_j) + b_y                  [w, K]

    A step through a segment replaces w steps through points, and the future is not
    written step after step, so no error accumulates. Where w does not divide T, the
    first step is repeated before it; of the last segment, H steps are kept.

    Args:
        horizon: Steps of the future, H.
        segment_length: Steps of a segment, w.
        units: Units of the cell, U, an even number.
        num_channels: Number of different series, each of which has a vector of its
            own; `None`: there is one kind of series.
        num_outputs: Values per step of the future, K.
        cell: `"gru"`, `"lstm"` or `"rnn"`.
        dropout: Fraction of g_j that is dropped in training.

    Call arguments:
        x: Tensor `[B, T, D]`, with D variables per step.
        channels: Numbers of series `[B]`, from 0 to `num_channels - 1`.

    Returns:
        Tensor `[B, H, K]`.

    >>> import numpy as np, seqkit
    >>> layer = seqkit.layers.SegmentRecurrence(6, segment_length=4, units=8)
    >>> tuple(layer(np.zeros((2, 12, 1), "float32")).shape)
    (2, 6, 1)
    """

    def __init__(
        self,
        horizon: int,
        segment_length: int = 48,
        units: int = 512,
        num_channels: int | None = None,
        num_outputs: int = 1,
        cell: str = "gru",
        dropout: float = 0.0,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.keep(locals())
        check_choice("cell", cell, tuple(CELLS))
        for name in ("horizon", "segment_length", "units", "num_outputs"):
            check_whole(name, getattr(self, name))
        if num_channels is not None and units % 2:
            check_whole("units / 2", units / 2)
        dtype = self.dtype_policy
        self.projection = keras.layers.Dense(units, "relu", dtype=dtype)
        self.cell_layer = CELLS[cell](units, return_state=True, dtype=dtype)
        self.dropout_layer = Dropout(dropout, dtype=dtype)
        self.output_projection = keras.layers.Dense(
            segment_length * num_outputs, dtype=dtype
        )

    def build(self, input_shape: Any) -> None:
        width = self.segment_length * input_shape[-1]
        self.projection.build((None, None, width))
        self.cell_layer.build((None, None, self.units))
        self.output_projection.build((None, None, self.units))
        normal = keras.initializers.RandomNormal
        half = self.units if self.num_channels is None else self.units // 2
        self._add("positions", (self._future, half), normal(stddev=1.0))
        if self.num_channels is not None:
            self._add("channel_vectors", (self.num_channels, half), normal(stddev=1.0))
        self.built = True

    @property
    def _future(self):
        """Segments of the future, m."""
        return -(-self.horizon // self.segment_length)

    def call(self, x: Any, channels: Any = None, training: bool = False) -> Any:
        x = ops.cast(x, self.compute_dtype)
        segments = in_segments(x, self.segment_length)
        _, *state = self.cell_layer(position_wise(self.projection, segments))
        rows, future = ops.shape(x)[0], self._future
        positions = ops.tile(
            ops.cast(self.positions, x.dtype)[None], (rows, 1, 1)
        )  # [B, m, U or U / 2]
        if self.num_channels is not None:
            if channels is None:
                raise ValueError(f"{self.name}: expected channels [B], found None")
            vectors = ops.take(self.channel_vectors, channels, axis=0)
            vectors = ops.repeat(ops.cast(vectors, x.dtype)[:, None], future, axis=1)
            positions = ops.concatenate([positions, vectors], axis=-1)
        positions = ops.reshape(positions, (-1, 1, self.units))
        state = [ops.repeat(one, future, axis=0) for one in state]
        found, *_ = self.cell_layer(positions, initial_state=state)
        found = self.dropout_layer(found, training=training)
        found = position_wise(self.output_projection, found)
        steps = future * self.segment_length
        found = ops.reshape(found, (-1, steps, self.num_outputs))
        return found[:, : self.horizon]

    def compute_output_shape(self, input_shape: Any, **others: Any) -> Any:
        return (input_shape[0], self.horizon, self.num_outputs)


def in_segments(x: Any, length: int) -> Any:
    """Cuts `[B, T, D]` to segments `[B, ceil(T / w), w · D]`; the first step is
    repeated where w does not divide T."""
    steps, width = x.shape[1], x.shape[2]
    missing = -steps % length
    if missing:
        first = ops.repeat(x[:, :1], missing, axis=1)
        x = ops.concatenate([first, x], axis=1)
    return ops.reshape(x, (-1, (steps + missing) // length, length * width))
