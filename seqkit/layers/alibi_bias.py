"""Positions as a penalty on distance in the attention scores."""

import math
from typing import Any

import keras
import numpy as np
from keras import ops

from seqkit.layers.configured import Layer


@keras.saving.register_keras_serializable(package="seqkit")
class AlibiBias(Layer):
    """A bias `[1, H, T, S]` for attention scores that falls with the distance.

    Press et al. 2022, arXiv:2108.12409, section 3: `-m_h · (i - j)` for query i and key
    j of head h. For H a power of two the slopes are `m_h = 2^(-8 h / H)`, h = 1 to H;
    otherwise those of the power of two below H, followed by every second slope of the
    power of two above (the authors' code). Keys to the right of a query, which the
    paper masks, count by their distance too: `-m_h · |i - j|`. `max_exponent` is the 8.

    Call arguments:
        scores: Tensor `[B, H, T, S]`; only its shape matters.
        start: Position of the first query; keys begin at 0.
        query_positions, key_positions: Instead, all positions, `[T]` and `[S]`.

    >>> import numpy as np, seqkit
    >>> bias = seqkit.layers.AlibiBias()(np.zeros((1, 2, 3, 3), "float32"))
    >>> [float(x) for x in bias[0, 0, 2, :2]]
    [-0.125, -0.0625]
    """

    def __init__(self, max_exponent: int = 8, **kwargs: Any):
        super().__init__(**kwargs)
        self.keep(locals())

    def slopes(self, num_heads: int) -> np.ndarray:
        """The slope of each head, a NumPy array `[H]`."""

        def geometric(count):
            return 2.0 ** (-self.max_exponent * np.arange(1, count + 1) / count)

        power = 2 ** math.floor(math.log2(num_heads))
        more = geometric(2 * power)[::2][: num_heads - power]
        return np.concatenate([geometric(power), more])

    def call(
        self,
        scores: Any,
        start: Any = 0,
        query_positions: Any = None,
        key_positions: Any = None,
    ) -> Any:
        shape = ops.shape(scores)
        if query_positions is None:
            query_positions = ops.arange(shape[2], dtype="int32")
            query_positions = query_positions + ops.cast(start, "int32")
        if key_positions is None:
            key_positions = ops.arange(shape[3], dtype="int32")
        distance = ops.abs(query_positions[:, None] - key_positions[None])
        slopes = ops.convert_to_tensor(self.slopes(scores.shape[1]), dtype="float32")
        bias = -slopes[:, None, None] * ops.cast(distance, "float32")
        return ops.cast(bias, self.compute_dtype)[None]

    def compute_output_shape(self, scores_shape: Any) -> Any:
        return (1, *scores_shape[1:])
