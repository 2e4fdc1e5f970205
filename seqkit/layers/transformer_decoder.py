"""One block of a Transformer's decoder."""

from typing import Any

import keras
from keras import ops

from seqkit.layers.multi_head_attention import MultiHeadAttention
from seqkit.layers.transformer_encoder import TransformerEncoder


@keras.saving.register_keras_serializable(package="seqkit")
class TransformerDecoder(TransformerEncoder):
    """Causal self-attention, attention to a memory, feed-forward; or one step of it.

    The arguments are those of `TransformerEncoder`, and so is the choice between
    pre-norm and post-norm (Vaswani et al. 2017, arXiv:1706.03762, figure 1).
    `positions` concern the self-attention alone, `num_key_value_heads` both attentions.

    Call arguments:
        x: Tensor `[B, T, D]`; so is the result.
        memory: Tensor `[B, S, D]`, the encoder's output. A memory of N rows serves B /
            N rows of `x` each, in order, and is projected once for them.
        memory_mask: Boolean tensor `[B, S]`, or `[N, S]`, `True` = keep.
        padding_mask: Boolean tensor `[B, T]`. Right-padding needs none here: no
            position looks to its right.
        return_attention_scores: Whether to return a pair, with the weights of the
            attention to the memory, `[B, H, T, S]`.

    >>> import numpy as np, seqkit
    >>> block = seqkit.layers.TransformerDecoder(num_heads=2, intermediate_dim=16)
    >>> tuple(block(np.ones((2, 3, 8)), np.ones((2, 5, 8))).shape)
    (2, 3, 8)
    """

    def __init__(self, num_heads: int, intermediate_dim: int, **kwargs: Any):
        super().__init__(num_heads, intermediate_dim, **kwargs)
        self.cross_attention = MultiHeadAttention(
            num_heads,
            dropout=self.attention_dropout,
            num_key_value_heads=self.num_key_value_heads,
            output_initializer=self.residual_initializer,
            dtype=self.dtype_policy,
        )
        self._add_residual("cross_attention")

    def build(self, x_shape: Any, memory_shape: Any = None) -> None:
        super().build(x_shape)
        self.cross_attention.build(x_shape, memory_shape or x_shape)
        self.cross_attention_norm.build(x_shape)

    def call(
        self,
        x: Any,
        memory: Any,
        memory_mask: Any = None,
        padding_mask: Any = None,
        return_attention_scores: bool = False,
        training: bool = False,
    ) -> Any:
        def attend_to_itself(y):
            return self.attention(
                y, value_mask=padding_mask, use_causal_mask=True, training=training
            )

        keys, values = self.project_memory(memory)
        mask = None if memory_mask is None else memory_mask[:, None, None, :]
        x = self._residual("attention", x, attend_to_itself, training)
        shape = ops.shape(x)
        # Rows that share a memory are queries to it, one after the other.
        x = ops.reshape(x, (ops.shape(memory)[0], -1, x.shape[-1]))
        x, weights = self._attend_to_memory(x, keys, values, mask, training)
        x = ops.reshape(self._feed_forward(x, training), shape)
        if not return_attention_scores:
            return x
        rows, heads, _, size = ops.shape(weights)
        weights = ops.reshape(weights, (rows, heads, -1, shape[1], size))
        weights = ops.transpose(weights, (0, 2, 1, 3, 4))
        return x, ops.reshape(weights, (shape[0], heads, shape[1], size))

    def project_memory(self, memory: Any) -> Any:
        """Keys `[B, G, d, S]`, values `[B, G, S, d]` of a memory `[B, S, D]`."""
        return self.cross_attention.project_key_value(memory)

    def step(
        self,
        x: Any,
        cache: Any,
        index: Any,
        mask: Any,
        memory_keys: Any,
        memory_values: Any,
        memory_mask: Any,
    ) -> Any:
        """One step of K hypotheses side by side, as `MultiHeadAttention.step`.

        Keys and values are of `project_memory`, the mask of the memory `[B, 1, 1, S]`.
        Returns outputs `[B, K, D]`, the cache and the memory's weights `[B, H, K, S]`.
        """
        x, cache = self._attend_to_cache(x, cache, index, mask)
        x, weights = self._attend_to_memory(
            x, memory_keys, memory_values, memory_mask, False
        )
        return self._feed_forward(x, False), cache, weights

    def _attend_to_memory(self, x, keys, values, mask, training):
        weights = None

        def attend(y):
            nonlocal weights
            output, weights = self.cross_attention.attend(
                y, keys, values, mask, training=training
            )
            return output

        return self._residual("cross_attention", x, attend, training), weights

    def compute_output_shape(self, x_shape: Any, memory_shape: Any = None) -> Any:
        return x_shape

    def compute_output_spec(
        self,
        x: Any,
        memory: Any,
        memory_mask: Any = None,
        padding_mask: Any = None,
        return_attention_scores: bool = False,
        training: bool = False,
    ) -> Any:
        output = keras.KerasTensor(x.shape, dtype=self.compute_dtype)
        if not return_attention_scores:
            return output
        weights = (x.shape[0], self.attention.num_heads, x.shape[1], memory.shape[1])
        return output, keras.KerasTensor(weights, dtype=self.compute_dtype)
