"""One block of a Transformer's encoder."""

from typing import Any

import keras

from seqkit.layers.configured import Layer
from seqkit.layers.dropout import Dropout
from seqkit.layers.feed_forward import FeedForward
from seqkit.layers.multi_head_attention import MultiHeadAttention


@keras.saving.register_keras_serializable(package="seqkit")
class TransformerEncoder(Layer):
    """Self-attention, then a feed-forward layer, each with a residual connection.

    Pre-norm (the default): `x + f(norm(x))`; post-norm: `norm(x + f(x))` as first
    published (Vaswani et al. 2017, arXiv:1706.03762; for the difference Xiong et al.
    2020, arXiv:2002.04745). A stack of pre-norm blocks needs one more normalisation
    after the last.

    With `use_causal_mask` it is the block of a decoder-only language model: `step`
    takes one step at a time with a cache of keys and values, and `extend` reads a text
    without end in pieces, each position seeing the last W.

    Args:
        num_heads: Number of attention heads; divides the model's width D.
        intermediate_dim: Size of the feed-forward layer between its two products.
        dropout, attention_dropout: Fractions dropped in training from the output of
            each half, and from the attention weights.
        normalize_first: Pre-norm (`True`) or post-norm (`False`).
        num_key_value_heads, positions: As in `MultiHeadAttention`.
        residual_initializer: Initializer of the kernels whose products are added to x;
            in a deep stack of L pre-norm blocks better smaller by sqrt(2 L) than glorot
            uniform, the default (Radford et al. 2019, GPT-2, section 2.3).

    Call arguments:
        x: Tensor `[B, S, D]`; so is the result.
        padding_mask: Boolean tensor `[B, S]`, `True` = keep.
        use_causal_mask: Whether each position sees only those up to itself.

    >>> import numpy as np, seqkit
    >>> block = seqkit.layers.TransformerEncoder(num_heads=2, intermediate_dim=16)
    >>> tuple(block(np.ones((2, 5, 8)), padding_mask=np.ones((2, 5), bool)).shape)
    (2, 5, 8)
    """

    def __init__(
        self,
        num_heads: int,
        intermediate_dim: int,
        dropout: float = 0.0,
        attention_dropout: float = 0.0,
        normalize_first: bool = True,
        activation: Any = "relu",
        layer_norm_epsilon: float = 1e-6,
        num_key_value_heads: int | None = None,
        positions: Any = None,
        residual_initializer: Any = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.keep(locals())
        self.attention = MultiHeadAttention(
            num_heads,
            dropout=attention_dropout,
            num_key_value_heads=num_key_value_heads,
            positions=self.positions,
            output_initializer=self.residual_initializer,
            dtype=self.dtype_policy,
        )
        self.feed_forward = FeedForward(
            intermediate_dim,
            activation,
            output_initializer=self.residual_initializer,
            dtype=self.dtype_policy,
        )
        self._add_residual("attention")
        self._add_residual("feed_forward")

    def _add_residual(self, name):
        norm = keras.layers.LayerNormalization(
            epsilon=self.layer_norm_epsilon, dtype=self.dtype_policy
        )
        setattr(self, f"{name}_norm", norm)
        dropout = Dropout(self.dropout, dtype=self.dtype_policy)
        setattr(self, f"{name}_output_dropout", dropout)

    def _residual(self, name, x, function, training):
        norm = getattr(self, f"{name}_norm")
        dropout = getattr(self, f"{name}_output_dropout")
        if self.normalize_first:
            return x + dropout(function(norm(x)), training=training)
        return norm(x + dropout(function(x), training=training))

    def build(self, input_shape: Any) -> None:
        self.attention.build(input_shape)
        self.attention_norm.build(input_shape)
        self.feed_forward.build(input_shape)
        self.feed_forward_norm.build(input_shape)
        self.built = True

    def call(
        self,
        x: Any,
        padding_mask: Any = None,
        use_causal_mask: bool = False,
        training: bool = False,
    ) -> Any:
        def attend(y):
            return self.attention(
                y,
                value_mask=padding_mask,
                use_causal_mask=use_causal_mask,
                training=training,
            )

        x = self._residual("attention", x, attend, training)
        return self._feed_forward(x, training)

    def empty_window(self, batch_size: Any, context_length: int) -> Any:
        """As `MultiHeadAttention.empty_window`."""
        return self.attention.empty_window(batch_size, context_length)

    def extend(
        self, x: Any, context_length: int, window: Any = None, training: bool = False
    ) -> tuple[Any, Any]:
        """The next T positions of a text, as in `MultiHeadAttention.extend`."""

        def attend(y):
            nonlocal window
            output, window = self.attention.extend(y, context_length, window, training)
            return output

        x = self._residual("attention", x, attend, training)
        return self._feed_forward(x, training), window

    def empty_cache(self, batch_size: Any, max_length: int) -> Any:
        """As `MultiHeadAttention.empty_cache`."""
        return self.attention.empty_cache(batch_size, max_length)

    def step(self, x: Any, cache: Any, index: Any, mask: Any = None) -> Any:
        """One causal step, as in `MultiHeadAttention.step`."""
        x, cache = self._attend_to_cache(x, cache, index, mask)
        return self._feed_forward(x, False), cache

    def _attend_to_cache(self, x, cache, index, mask):
        def attend(y):
            nonlocal cache
            output, cache = self.attention.step(y, cache, index, mask)
            return output

        x = self._residual("attention", x, attend, False)
        return x, cache

    def _feed_forward(self, x, training):
        return self._residual(
            "feed_forward",
            x,
            lambda y: self.feed_forward(y, training=training),
            training,
        )

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape
