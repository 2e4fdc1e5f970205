"""Multi-head attention with a key-value cache."""

import math

import keras
from keras import ops

from seqkit.layers.projection import project


def masked_softmax(scores, mask=None):
    """Softmax over the last axis that gives masked positions (False) no weight.

    A row in which everything is masked comes out uniform rather than NaN.

    Args:
        scores: Tensor `[..., S]`.
        mask: Optional boolean tensor that broadcasts to `scores`, `True` = keep.
    """
    if mask is not None:
        dtype = keras.backend.standardize_dtype(scores.dtype)
        lowest = -6e4 if dtype == "float16" else -1e9
        scores = ops.where(mask, scores, ops.cast(lowest, scores.dtype))
    if scores.shape[-1] == 1:
        return 0 * scores + 1  # Keras warns of a softmax over one position
    return ops.softmax(scores, axis=-1)


@keras.saving.register_keras_serializable(package="seqkit")
class MultiHeadAttention(keras.layers.Layer):
    """Multi-head scaled dot-product attention, whole sequences or one step at a time.

    `head_h = softmax(Q_h K_hᵀ / sqrt(d)) V_h`, and the output is the concatenation of
    the heads, projected (Vaswani et al. 2017, arXiv:1706.03762, equations 1 and 2).
    Weights have the shapes and the order of `keras.layers.MultiHeadAttention`, so
    `set_weights(keras_layer.get_weights())` works both ways.

    Unlike Keras's layer it takes every mask as an argument and never touches the masks
    of the tensors that it is given.

    Args:
        num_heads: Number of heads, H.
        key_dim: Size of each head for query and key, d; by default the query's width
            shared out among the heads.
        value_dim: Size of each head for the value; `key_dim` by default.
        dropout: Fraction of the attention weights to drop in training.
        use_bias: Whether the projections have biases.
        output_dim: Size of the output; that of the query by default.
        kernel_initializer: Initializer of the four kernels.

    Call arguments:
        query: Tensor `[B, T, D]`.
        value: Tensor `[B, S, D]`; the query itself by default (self-attention).
        key: Tensor `[B, S, D]`; `value` by default.
        attention_mask: Boolean tensor `[B, T, S]`, `[B, 1, S]` or `[T, S]`.
        value_mask: Boolean tensor `[B, S]`, the padding mask of key and value.
        use_causal_mask: Whether position t sees positions up to t only.
        return_attention_scores: Whether to return the weights `[B, H, T, S]` too.

    Returns:
        Tensor `[B, T, output_dim]`, or with `return_attention_scores` a pair.

    Example:

    >>> import numpy as np, seqkit
    >>> layer = seqkit.layers.MultiHeadAttention(num_heads=4, key_dim=8)
    >>> tuple(layer(np.ones((2, 5, 32)), use_causal_mask=True).shape)
    (2, 5, 32)
    """

    def __init__(
        self,
        num_heads,
        key_dim=None,
        value_dim=None,
        dropout=0.0,
        use_bias=True,
        output_dim=None,
        kernel_initializer="glorot_uniform",
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.num_heads = num_heads
        self.key_dim = key_dim
        self.value_dim = value_dim
        self.dropout = dropout
        self.use_bias = use_bias
        self.output_dim = output_dim
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.dropout_layer = keras.layers.Dropout(dropout, dtype=self.dtype_policy)

    def build(self, query_shape, value_shape=None, key_shape=None):
        value_shape = value_shape or query_shape
        key_shape = key_shape or value_shape
        heads, width = self.num_heads, query_shape[-1]
        if self.key_dim is None and width % heads:
            raise ValueError(
                f"{self.name}: the width of the query must be a multiple of "
                f"num_heads={heads}, but it is {width}. "
                "Choose another num_heads or another width, or give key_dim."
            )
        key_dim = self.key_dim or width // heads
        value_dim = self.value_dim or key_dim
        self._add("query", (width, heads, key_dim))
        self._add("key", (key_shape[-1], heads, key_dim))
        self._add("value", (value_shape[-1], heads, value_dim))
        self._add("output", (heads, value_dim, self.output_dim or width))
        self.built = True

    def _add(self, name, shape):
        # Initialised as the matrix that it is in use: fan-in and fan-out are those of
        # all heads together.
        inputs = shape[0] if name != "output" else shape[0] * shape[1]
        initializer = self.kernel_initializer.clone()
        outputs = math.prod(shape) // inputs

        def kernel_initializer(_, dtype=None):
            return ops.reshape(initializer((inputs, outputs), dtype=dtype), shape)

        kernel = self.add_weight(
            name=f"{name}_kernel", shape=shape, initializer=kernel_initializer
        )
        bias = None
        if self.use_bias:
            bias_shape = shape[1:] if name != "output" else shape[-1:]
            bias = self.add_weight(
                name=f"{name}_bias", shape=bias_shape, initializer="zeros"
            )
        setattr(self, f"{name}_kernel", kernel)
        setattr(self, f"{name}_bias", bias)

    def _project(self, name, x, axes=(0, 2, 1, 3)):
        """`[B, T, D]` to `[B, H, T, d]`, or another order of the axes."""
        kernel, bias = self._weights(name)
        inputs, heads, size = kernel.shape
        if bias is not None:
            bias = ops.reshape(bias, (heads * size,))
        y = project(x, ops.reshape(kernel, (inputs, heads * size)), bias)
        y = ops.reshape(y, (*ops.shape(x)[:-1], heads, size))
        return ops.transpose(y, axes)

    def _weights(self, name):
        """Kernel and bias (or `None`) of a projection, in the compute dtype.

        Keras casts weights in `__call__` alone, and decoding calls other methods.
        """
        weights = getattr(self, f"{name}_kernel"), getattr(self, f"{name}_bias")
        return tuple(
            None if w is None else ops.cast(w, self.compute_dtype) for w in weights
        )

    def project_key_value(self, value, key=None):
        """The keys and values of a sequence: what a decoder computes once and keeps.

        Args:
            value: Tensor `[B, S, D]`.
            key: Tensor `[B, S, D]`; `value` by default.

        Returns:
            Keys `[B, H, d, S]`, the way round that the product with the queries
            wants, and values `[B, H, S, d]`.
        """
        keys = self._project("key", value if key is None else key, (0, 2, 3, 1))
        return keys, self._project("value", value)

    def attend(self, query, keys, values, mask=None, training=False):
        """Attention over keys and values that are already projected.

        Args:
            query: Tensor `[B, T, D]`.
            keys: Tensor `[B, H, d, S]`.
            values: Tensor `[B, H, S, d]`.
            mask: Boolean tensor that broadcasts to `[B, H, T, S]`.

        Returns:
            The output `[B, T, output_dim]` and the weights `[B, H, T, S]`.
        """
        queries = self._project("query", query)
        queries = ops.multiply(
            queries, ops.cast(queries.shape[-1] ** -0.5, queries.dtype)
        )
        scores = ops.matmul(queries, keys)
        weights = masked_softmax(scores, mask)
        dropped = self.dropout_layer(weights, training=training)
        heads = ops.transpose(ops.matmul(dropped, values), (0, 2, 1, 3))
        size = self.num_heads * heads.shape[-1]
        heads = ops.reshape(heads, (*ops.shape(query)[:-1], size))
        kernel, bias = self._weights("output")
        kernel = ops.reshape(kernel, (size, kernel.shape[-1]))
        return project(heads, kernel, bias), weights

    def call(
        self,
        query,
        value=None,
        key=None,
        attention_mask=None,
        value_mask=None,
        use_causal_mask=False,
        return_attention_scores=False,
        training=False,
    ):
        value = query if value is None else value
        keys, values = self.project_key_value(value, key)
        mask = None
        if attention_mask is not None:
            mask = (
                attention_mask[None]
                if len(attention_mask.shape) == 2
                else attention_mask
            )
            mask = mask[:, None]
        if value_mask is not None:
            padding = value_mask[:, None, None, :]
            mask = padding if mask is None else ops.logical_and(mask, padding)
        if use_causal_mask:
            causal = causal_mask(ops.shape(query)[1], ops.shape(value)[1])[None, None]
            mask = causal if mask is None else ops.logical_and(mask, causal)
        output, weights = self.attend(query, keys, values, mask, training=training)
        return (output, weights) if return_attention_scores else output

    def compute_mask(self, *args, **kwargs):
        return None

    def compute_output_shape(self, query_shape, value_shape=None, key_shape=None):
        return (*query_shape[:-1], self.output_dim or query_shape[-1])

    def get_config(self):
        return super().get_config() | {
            "num_heads": self.num_heads,
            "key_dim": self.key_dim,
            "value_dim": self.value_dim,
            "dropout": self.dropout,
            "use_bias": self.use_bias,
            "output_dim": self.output_dim,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
        }


def causal_mask(query_length, key_length):
    """Boolean `[T, S]`: position t may look at positions up to t."""
    return ops.arange(query_length)[:, None] >= ops.arange(key_length)[None, :]
