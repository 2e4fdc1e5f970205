"""Positions as rotations of queries and keys."""

from typing import Any

import keras
import numpy as np
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.layers.checks import check_choice
from seqkit.layers.configured import Layer


@keras.saving.register_keras_serializable(package="seqkit")
class RotaryEmbedding(Layer):
    """Rotates each pair of columns by an angle that grows with the position.

    Su et al. 2021, arXiv:2104.09864, equations 14, 15 and 34. With d/2 pairs
    `(x_i, x_i')`, seen as complex numbers, at position p:

        x_i + j x_i'  ->  (x_i + j x_i') · exp(j p θ_i),   θ_i = 10000^(-2i/d)

    The product of a query and a key that are both rotated depends on the difference of
    their positions only. It is applied to the queries and keys of each head, not to
    the values. It has no weights and no maximal length.

    Args:
        max_wavelength: The 10000 of the equation.
        pairing: Which columns make a pair: `"half"`, i and i + d/2, as in GPT-NeoX and
            Llama, and faster; or `"interleaved"`, 2i and 2i + 1, as in the paper.
            Weights trained with one need their columns reordered for the other.

    Call arguments:
        x: Tensor `[B, T, ..., d]`, such as queries `[B, T, H, d]`; d is even.
        start, positions: Position of the first step; or all, `[T]` or `[B, T]`.
        transposed: Whether x is `[B, ..., d, T]` instead, as keys may be.

    >>> import numpy as np, seqkit
    >>> layer = seqkit.layers.RotaryEmbedding()
    >>> x = np.ones((1, 3, 2, 4), "float32")
    >>> whole, last = layer(x), layer(x[:, 2:], start=2)
    >>> bool(abs(np.array(whole[:, 2:]) - np.array(last)).max() < 1e-6)
    True
    """

    def __init__(
        self, max_wavelength: int = 10_000, pairing: str = "half", **kwargs: Any
    ):
        super().__init__(**kwargs)
        self.keep(locals())
        check_choice("pairing", pairing, ("half", "interleaved"))

    def call(
        self, x: Any, start: Any = 0, positions: Any = None, transposed: bool = False
    ) -> Any:
        time, columns = (-1, -2) if transposed else (1, -1)
        size, dtype = x.shape[columns], x.dtype
        if size % 2:
            raise SeqkitError(
                f"{self.name}: expected an even {'' if transposed else 'last '}axis, "
                f"whose columns make pairs, found {size}. Choose another size of the "
                "heads."
            )
        if positions is None:
            positions = ops.arange(ops.shape(x)[time], dtype="int32")
            positions = positions + ops.cast(start, "int32")
        frequencies = self.max_wavelength ** (-2.0 * np.arange(size // 2) / size)
        frequencies = ops.convert_to_tensor(frequencies, dtype="float32")
        angles = ops.cast(positions, "float32")[..., None] * frequencies
        if transposed:
            angles = ops.swapaxes(angles, -1, -2)
        # The axes between those of the batch and of time and columns.
        for _ in range(len(x.shape) - 3):
            angles = ops.expand_dims(angles, -3 if transposed else -2)
        cosines, sines = (ops.cast(f(angles), dtype) for f in (ops.cos, ops.sin))
        if self.pairing == "half":
            first, second = ops.split(x, 2, axis=columns)
        elif transposed:
            first, second = x[..., ::2, :], x[..., 1::2, :]
        else:
            first, second = x[..., ::2], x[..., 1::2]
        turned = (first * cosines - second * sines, first * sines + second * cosines)
        if self.pairing == "half":
            return ops.concatenate(turned, axis=columns)
        return ops.reshape(ops.stack(turned, axis=columns), ops.shape(x))

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape
