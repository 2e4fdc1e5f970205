"""The encoders of `seqkit.registries.encoders`: vectors of words in their context."""

from typing import Any

import keras
from keras import ops

from seqkit.layers.configured import Layer, no_mask
from seqkit.layers.dropout import Dropout
from seqkit.layers.projection import position_wise
from seqkit.layers.recurrent_stack import RecurrentStack
from seqkit.layers.repeated import run_blocks
from seqkit.layers.selective_ssm import SelectiveSSM
from seqkit.layers.sinusoidal_position_encoding import SinusoidalPositionEncoding
from seqkit.layers.transformer_encoder import TransformerEncoder
from seqkit.models import parts


class Context(Layer):
    """A layer from vectors `[B, T, E]` to vectors `[B, T, width]` in context."""

    compute_mask = no_mask

    default_pooling = "max"
    reads_in_order = False
    """Whether the last output has read all inputs, and none a later one."""


@keras.saving.register_keras_serializable(package="seqkit")
class RecurrentContext(Context):
    """A `RecurrentStack` as an encoder, for any `cell`, with units `hidden_dim`."""

    def __init__(
        self,
        cell: str,
        num_layers: int,
        hidden_dim: int,
        bidirectional: bool = True,
        input_dropout: float = 0.0,
        dropout: float = 0.0,
        variational: bool = True,
        return_sequences: bool = True,
        implementation: str | int = "auto",
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.keep(locals())
        self.reads_in_order = not bidirectional
        self.width = hidden_dim * (2 if bidirectional else 1)
        self.stack = RecurrentStack(
            hidden_dim,
            num_layers,
            cell=cell,
            bidirectional=bidirectional,
            input_dropout=input_dropout,
            dropout=dropout,
            variational=variational,
            return_sequences=return_sequences,
            implementation=self.implementation,
            name="stack",
            dtype=self.dtype_policy,
        )

    def build(self, input_shape: tuple) -> None:
        self.stack.build((None, None, input_shape[-1]))
        self.built = True

    def call(self, x: Any, mask: Any = None, training: bool = False) -> Any:
        return self.stack(x, mask=mask, training=training)


@keras.saving.register_keras_serializable(package="seqkit")
class TransformerContext(Context):
    """Transformer blocks as an encoder of vectors of any width.

    With x_t the vectors, D = `hidden_dim` and P the sinusoidal positions

        y_t = sqrt(D) (W x_t + b) + P_t

    then pre-norm blocks and a normalisation (Vaswani et al. 2017, arXiv:1706.03762).
    The factor sqrt(D) brings both terms to one size. Without `position_encoding` P is
    left out, and the vectors are a set: their order changes nothing but that of the y.
    """

    default_pooling = "mean"

    def __init__(
        self,
        num_layers: int,
        hidden_dim: int,
        num_heads: int = 4,
        intermediate_dim: int | None = None,
        input_dropout: float = 0.0,
        dropout: float = 0.0,
        variational: bool = True,
        position_encoding: bool = True,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.keep(locals())
        self.intermediate_dim = intermediate_dim or 4 * hidden_dim
        self.width = hidden_dim
        dtype = self.dtype_policy
        self.input_dropout_layer = parts.dropout(self, input_dropout, variational)
        self.projection = keras.layers.Dense(hidden_dim, dtype=dtype)
        self.positions = None
        if position_encoding:
            self.positions = SinusoidalPositionEncoding(dtype=dtype)
        self.blocks = [
            TransformerEncoder(
                num_heads, self.intermediate_dim, dropout=dropout, dtype=dtype
            )
            for _ in range(num_layers)
        ]
        self.norm = parts.norm(self)

    def build(self, input_shape: tuple) -> None:
        self.projection.build((None, input_shape[-1]))
        for layer in (*self.blocks, self.norm):
            layer.build((None, None, self.width))
        self.built = True

    def call(self, x: Any, mask: Any = None, training: bool = False) -> Any:
        x = self.input_dropout_layer(x, training=training)
        x = position_wise(self.projection, x)
        x = x * ops.cast(self.width**0.5, x.dtype)
        if self.positions is not None:
            x = ops.add(x, self.positions(x))

        def call(block, x, _):
            return block(x, padding_mask=mask, training=training), ()

        x, _ = run_blocks(self.blocks, call, x)
        return self.norm(x)


@keras.saving.register_keras_serializable(package="seqkit")
class StateSpaceContext(Context):
    """Mamba blocks as an encoder, which read from the first vector to the last.

    With x_t the vectors and D = `hidden_dim`

        y = W x + b
        y = y + dropout(ssm(norm(y)))                L times

    and a normalisation (Gu and Dao 2023, arXiv:2312.00752, section 3.4).
    """

    reads_in_order = True

    def __init__(
        self, num_layers: int, hidden_dim: int, dropout: float = 0.0, **kwargs: Any
    ):
        super().__init__(**kwargs)
        self.keep(locals())
        self.width, dtype = hidden_dim, self.dtype_policy
        self.projection = keras.layers.Dense(hidden_dim, dtype=dtype)
        self.blocks = [SelectiveSSM(dtype=dtype) for _ in range(num_layers)]
        self.norms = [
            keras.layers.RMSNormalization(epsilon=1e-5, dtype=dtype)
            for _ in range(num_layers + 1)
        ]
        self.dropout_layer = Dropout(dropout, dtype=dtype)

    def build(self, input_shape: tuple) -> None:
        self.projection.build((None, input_shape[-1]))
        parts.build_all((None, None, self.width), *self.blocks, *self.norms)
        self.built = True

    def call(self, x: Any, mask: Any = None, training: bool = False) -> Any:
        x = position_wise(self.projection, x)
        # No `run_blocks`: in its loop the gradient fails in half precision.
        for block, norm in zip(self.blocks, self.norms, strict=False):
            y = block(norm(x), mask=mask)
            x = ops.add(x, self.dropout_layer(y, training=training))
        return self.norms[-1](x)
