"""Positions as learned vectors."""

from typing import Any

import keras
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.layers.checks import check_whole
from seqkit.layers.configured import Layer


@keras.saving.register_keras_serializable(package="seqkit")
class PositionEmbedding(Layer):
    """A learned vector for each position: row p of a table for position p.

    Gehring et al. 2017, arXiv:1705.03122, section 3.1. Returns `[T, D]`, to be added to
    the inputs. Positions after the last row of the table have no vector.

    Args:
        max_length: Positions that the table holds.

    Call arguments:
        inputs: Tensor `[B, T, D]`; only its shape matters.
        start: Position of the first step, an integer or a scalar tensor.

    Raises:
        SeqkitError: `start + T` is more than `max_length`. If one of them is known
            only when the graph runs, a position after the table is an error, zeros or
            NaN, depending on the backend.

    >>> import numpy as np, seqkit
    >>> layer = seqkit.layers.PositionEmbedding(max_length=16)
    >>> x = np.zeros((2, 5, 8), "float32")
    >>> tuple((x + layer(x)).shape), tuple(layer(x[:, :1], start=5).shape)
    ((2, 5, 8), (1, 8))
    """

    def __init__(
        self, max_length: int, embeddings_initializer: Any = "uniform", **kwargs: Any
    ):
        super().__init__(**kwargs)
        self.keep(locals())
        check_whole("max_length", max_length)

    def build(self, input_shape: Any) -> None:
        shape = (self.max_length, input_shape[-1])
        self._add("embeddings", shape, self.embeddings_initializer)
        self.built = True

    def call(self, inputs: Any, start: Any = 0) -> Any:
        length = ops.shape(inputs)[1]
        if isinstance(length, int) and isinstance(start, int):
            if not 0 <= start <= self.max_length - length:
                raise SeqkitError(
                    f"{self.name}: expected positions from 0 to {self.max_length - 1} "
                    f"(max_length={self.max_length}), found positions from {start} to "
                    f"{start + length - 1}. Give a larger max_length or shorter "
                    "sequences, or take SinusoidalPositionEncoding, which has no "
                    "longest length."
                )
        positions = ops.cast(start, "int32") + ops.arange(length, dtype="int32")
        return ops.take(self.embeddings, positions, axis=0)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape[1:]
