"""Vectors of words in their context."""

import keras
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.layers.configured import Configured
from seqkit.layers.projection import position_wise
from seqkit.layers.recurrent_stack import RecurrentStack
from seqkit.layers.sinusoidal_position_encoding import SinusoidalPositionEncoding
from seqkit.layers.transformer_encoder import TransformerEncoder

RECURRENT = ("lstm", "gru", "rnn")


@keras.saving.register_keras_serializable(package="seqkit")
class ContextEncoder(Configured, keras.layers.Layer):
    """A recurrent stack or a Transformer, by name, on vectors of any width.

    - `"lstm"`, `"gru"`, `"rnn"`: a `RecurrentStack` of `hidden_dim` units a direction.
    - `"transformer"`: with x_t the vectors, D the width and P the sinusoidal positions

          y_t = sqrt(D) (W x_t + b) + P_t

      then pre-norm blocks and a normalisation (Vaswani et al. 2017, arXiv:1706.03762;
      the matrix takes any width to D, and sqrt(D) gives both terms one size).

    Args:
        architecture: `"lstm"`, `"gru"`, `"rnn"` or `"transformer"`.
        num_layers: Recurrent layers, or blocks.
        hidden_dim: Units of each direction, or the width D.
        bidirectional: Whether a recurrent stack reads both ways.
        num_heads: Attention heads; used by `"transformer"`.
        intermediate_dim: Size of the feed-forward layers; `4 * hidden_dim` by default.
        input_dropout: Fraction dropped from the input.
        dropout: Fraction dropped between layers, or from each half of each block.
        variational: Whether `input_dropout`, and `dropout` of a recurrent stack, drop
            the same units at all steps of a row.
        return_sequences: `False`: of a recurrent stack what each direction has read in
            the end.
        implementation: What runs recurrent layers, as in `seqkit.layers.LSTM`.

    Call arguments:
        x: Tensor `[B, T, E]`.
        mask: Boolean tensor `[B, T]`, right-padded, `True` = keep.
        training: Whether to drop.

    Returns:
        Tensor `[B, T, width]`, or `[B, width]` without `return_sequences`; `width` is
        an attribute.

    Raises:
        SeqkitError: `architecture` is unknown.
    """

    def __init__(
        self,
        architecture,
        num_layers,
        hidden_dim,
        bidirectional=True,
        num_heads=4,
        intermediate_dim=None,
        input_dropout=0.0,
        dropout=0.0,
        variational=True,
        return_sequences=True,
        implementation="auto",
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.keep(locals())
        check_architecture(architecture, (*RECURRENT, "transformer"))
        self.intermediate_dim = intermediate_dim or 4 * hidden_dim
        self.supports_masking = True
        dtype = self.dtype_policy
        self.stack = self.projection = None
        if architecture in RECURRENT:
            self.width = hidden_dim * (2 if bidirectional else 1)
            self.stack = RecurrentStack(
                hidden_dim,
                num_layers,
                cell=architecture,
                bidirectional=bidirectional,
                input_dropout=input_dropout,
                dropout=dropout,
                variational=variational,
                return_sequences=return_sequences,
                implementation=self.implementation,
                name="stack",
                dtype=dtype,
            )
            return
        self.width = hidden_dim
        self.input_dropout_layer = keras.layers.Dropout(
            input_dropout,
            noise_shape=(None, 1, None) if variational else None,
            dtype=dtype,
        )
        self.projection = keras.layers.Dense(hidden_dim, dtype=dtype)
        self.positions = SinusoidalPositionEncoding(dtype=dtype)
        self.blocks = [
            TransformerEncoder(
                num_heads, self.intermediate_dim, dropout=dropout, dtype=dtype
            )
            for _ in range(num_layers)
        ]
        self.norm = keras.layers.LayerNormalization(epsilon=1e-6, dtype=dtype)

    def build(self, input_shape):
        shape = (None, None, input_shape[-1])
        if self.stack is not None:
            self.stack.build(shape)
        else:
            self.projection.build(shape[1:])
            for layer in (*self.blocks, self.norm):
                layer.build((None, None, self.width))
        self.built = True

    def call(self, x, mask=None, training=False):
        if self.stack is not None:
            return self.stack(x, mask=mask, training=training)
        x = self.input_dropout_layer(x, training=training)
        x = position_wise(self.projection, x)
        x = x * ops.cast(self.width**0.5, x.dtype)
        x = ops.add(x, self.positions(x))
        for block in self.blocks:
            x = block(x, padding_mask=mask, training=training)
        return self.norm(x)

    def compute_mask(self, *args, **kwargs):
        return None


def check_architecture(found, known):
    """Refuses a name that is not among the known ones."""
    if found not in known:
        raise SeqkitError(
            f"architecture: expected one of {', '.join(map(repr, known))}, found "
            f"{found!r}."
        )
