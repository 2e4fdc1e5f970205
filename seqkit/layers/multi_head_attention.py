"""Multi-head attention with a key-value cache."""

import math
from typing import Any

import keras
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.layers import key_value_cache, key_value_window
from seqkit.layers.alibi_bias import AlibiBias
from seqkit.layers.configured import Layer, no_mask
from seqkit.layers.dropout import Dropout
from seqkit.layers.projection import project
from seqkit.layers.rotary_embedding import RotaryEmbedding

POSITIONS = {"rotary": RotaryEmbedding, "alibi": AlibiBias}


def masked_softmax(scores: Any, mask: Any = None) -> Any:
    """Softmax without masked positions (`False`); uniform if all are masked."""
    if mask is not None:
        dtype = keras.backend.standardize_dtype(scores.dtype)
        lowest = -6e4 if dtype == "float16" else -1e9
        scores = ops.where(mask, scores, ops.cast(lowest, scores.dtype))
    if scores.shape[-1] == 1:
        return 0 * scores + 1  # Keras warns of a softmax over one position
    return ops.softmax(scores, axis=-1)


@keras.saving.register_keras_serializable(package="seqkit")
class MultiHeadAttention(Layer):
    """Multi-head scaled dot-product attention, whole sequences or one step at a time.

    `head_h = softmax(Q_h K_hᵀ / sqrt(d)) V_h`, and the output is the concatenation of
    the heads, projected (Vaswani et al. 2017, arXiv:1706.03762, equations 1 and 2).
    Weights have the shapes and the order of `keras.layers.MultiHeadAttention`, so
    `set_weights(keras_layer.get_weights())` works both ways. Unlike Keras's layer it
    takes every mask as an argument and ignores masks attached to tensors.

    With fewer heads for keys and values, G, the H / G query heads `g·H/G` to
    `(g+1)·H/G - 1` share head g (grouped queries, Ainslie et al. 2023,
    arXiv:2305.13245; with G = 1 multi-query attention): the cache shrinks as much.

    `step` decodes: it takes one step of causal self-attention at a time, with keys and
    values in a cache from `empty_cache`, and equals the whole sequence with
    `use_causal_mask=True`. `extend` reads a text without end in pieces: each position
    sees itself and the W - 1 before it, some of them in the window of earlier pieces.

    Args:
        num_heads, num_key_value_heads: Numbers of heads, H, and of those of keys and
            values, G, which divides H; H by default.
        key_dim, value_dim: Size of each head, d, by default the query's width divided
            by H; and for the value, by default `key_dim`.
        dropout: Fraction of the attention weights dropped in training.
        output_dim: Size of the output; that of the query by default.
        kernel_initializer, output_initializer: Of the kernels; of the last, if another.
        positions: How the attention itself sees positions: `"rotary"` or a
            `RotaryEmbedding`, which rotates queries and keys; `"alibi"` or an
            `AlibiBias`, which is added to the scores; not at all by default.

    Call arguments:
        query: Tensor `[B, T, D]`; the result is `[B, T, output_dim]`.
        value, key: Tensors `[B, S, D]`; by default the query, and `value`.
        attention_mask: Boolean tensor `[B, T, S]`, `[B, 1, S]` or `[T, S]`.
        value_mask: Boolean tensor `[B, S]`, the padding mask of key and value.
        use_causal_mask: Whether position t sees only positions up to t.
        return_attention_scores: Whether to return a pair, with weights `[B, H, T, S]`.
        attention_bias: Tensor that broadcasts to `[B, H, T, S]`, added to the scores.

    >>> import numpy as np, seqkit
    >>> layer = seqkit.layers.MultiHeadAttention(num_heads=4, key_dim=8)
    >>> x = np.random.default_rng(0).standard_normal((2, 5, 32)).astype("float32")
    >>> whole = layer(x, use_causal_mask=True)
    >>> cache = layer.empty_cache(batch_size=2, max_length=5)
    >>> for t in range(5):
    ...     y, cache = layer.step(x[:, t : t + 1], cache, index=t)
    >>> bool(abs(np.array(y[:, 0]) - np.array(whole[:, 4])).max() < 1e-5)
    True
    """

    compute_mask = no_mask

    def __init__(
        self,
        num_heads: int,
        key_dim: int | None = None,
        value_dim: int | None = None,
        dropout: float = 0.0,
        use_bias: bool = True,
        output_dim: int | None = None,
        kernel_initializer: Any = "glorot_uniform",
        num_key_value_heads: int | None = None,
        positions: Any = None,
        output_initializer: Any = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.keep(locals())
        if num_key_value_heads is not None and (
            num_key_value_heads < 1 or num_heads % num_key_value_heads
        ):
            raise SeqkitError(
                f"num_key_value_heads: expected a divisor of num_heads={num_heads}, "
                f"found {num_key_value_heads}."
            )
        positions = self.positions
        layers = tuple(POSITIONS.values())
        if positions not in (None, *POSITIONS) and not isinstance(positions, layers):
            raise SeqkitError(
                "positions: expected None, 'rotary', 'alibi', a RotaryEmbedding or an "
                f"AlibiBias, found {positions!r}. Learned or sinusoidal positions are "
                "added to the inputs instead."
            )
        self.dropout_layer = Dropout(dropout, dtype=self.dtype_policy)
        if isinstance(positions, str):
            positions = POSITIONS[positions](dtype=self.dtype_policy)
        self.rotary = positions if isinstance(positions, RotaryEmbedding) else None
        self.alibi = positions if isinstance(positions, AlibiBias) else None

    def build(
        self, query_shape: Any, value_shape: Any = None, key_shape: Any = None
    ) -> None:
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
        groups = self.num_key_value_heads or heads
        self._add_projection("query", (width, heads, key_dim))
        self._add_projection("key", (key_shape[-1], groups, key_dim))
        self._add_projection("value", (value_shape[-1], groups, value_dim))
        self._add_projection("output", (heads, value_dim, self.output_dim or width))
        self.built = True

    def _add_projection(self, name, shape):
        is_output = name == "output"
        # Initialised as the matrix that is used: fan-in and fan-out are those of all
        # heads together.
        inputs = shape[0] * shape[1] if is_output else shape[0]
        matrix = (inputs, math.prod(shape) // inputs)
        initializer = (is_output and self.output_initializer) or self.kernel_initializer
        initializer = initializer.clone()

        def as_matrix(_, dtype=None):
            return ops.reshape(initializer(matrix, dtype=dtype), shape)

        self._add(f"{name}_kernel", shape, as_matrix)
        setattr(self, f"{name}_bias", None)
        if self.use_bias:
            bias_shape = shape[-1:] if is_output else shape[1:]
            self._add(f"{name}_bias", bias_shape, "zeros")

    def _project(self, name, x, axes=(0, 2, 1, 3), positions=None, turn=True):
        """`[B, T, D]` to `[B, H, T, d]`, or another order of the axes."""
        kernel, bias = self._weights(name)
        inputs, heads, size = kernel.shape
        if bias is not None:
            bias = ops.reshape(bias, (heads * size,))
        y = project(x, ops.reshape(kernel, (inputs, heads * size)), bias)
        y = ops.reshape(y, (*ops.shape(x)[:-1], heads, size))
        if turn and self.rotary is not None and name in ("query", "key"):
            y = self.rotary(y, positions=positions)
        return ops.transpose(y, axes)

    def _weights(self, name):
        """Kernel and bias (or `None`), cast here, as Keras does in `__call__` alone."""
        weights = getattr(self, f"{name}_kernel"), getattr(self, f"{name}_bias")
        return tuple(
            None if w is None else ops.cast(w, self.compute_dtype) for w in weights
        )

    def project_key_value(
        self, value: Any, key: Any = None, positions: Any = None
    ) -> Any:
        """Keys `[B, G, d, S]` and values `[B, G, S, d]` of a sequence `[B, S, D]`.

        `key` is `value` by default; `positions` `[S]`, for rotary ones, 0 to S - 1.
        """
        key = value if key is None else key
        keys = self._project("key", key, (0, 2, 3, 1), positions)
        return keys, self._project("value", value)

    def attend(
        self,
        query: Any,
        keys: Any,
        values: Any,
        mask: Any = None,
        training: bool = False,
        bias: Any = None,
        query_positions: Any = None,
        key_positions: Any = None,
    ) -> Any:
        """Attention of `query` `[B, T, D]` to what `project_key_value` returned.

        Mask and bias broadcast to the scores `[B, H, T, S]`. Positions, `[T]` and
        `[S]`, are for rotary ones and ALiBi and begin at 0 by default. Returns the
        output `[B, T, output_dim]` and the weights `[B, H, T, S]`.
        """
        queries = self._project("query", query, positions=query_positions)
        positions = query_positions, key_positions
        heads, weights = self._heads(
            queries, keys, values, mask, bias, positions, training
        )
        return self._project_heads(heads), weights

    def _heads(self, queries, keys, values, mask, bias, positions, training):
        """The heads' output `[B, T, H·d]` for projected queries, and the weights."""
        queries = ops.multiply(
            queries, ops.cast(queries.shape[-1] ** -0.5, queries.dtype)
        )
        scores = self._grouped_matmul(queries, keys)
        if self.alibi is not None:
            query_positions, key_positions = positions
            penalty = self.alibi(
                scores, query_positions=query_positions, key_positions=key_positions
            )
            scores = ops.add(scores, ops.cast(penalty, scores.dtype))
        if bias is not None:
            scores = ops.add(scores, ops.cast(bias, scores.dtype))
        weights = masked_softmax(scores, mask)
        dropped = self.dropout_layer(weights, training=training)
        heads = self._grouped_matmul(dropped, values)
        heads = ops.transpose(heads, (0, 2, 1, 3))
        size = self.num_heads * heads.shape[-1]
        return ops.reshape(heads, (*ops.shape(heads)[:2], size)), weights

    def _project_heads(self, heads):
        kernel, bias = self._weights("output")
        kernel = ops.reshape(kernel, (heads.shape[-1], kernel.shape[-1]))
        return project(heads, kernel, bias)

    def _grouped_matmul(self, x, y):
        """`[B, H, T, U]` times `[B, G, U, V]`, where H / G heads share one y."""
        groups = self.num_key_value_heads or self.num_heads
        if groups == self.num_heads:
            return ops.matmul(x, y)
        batch_size, heads, length, size = ops.shape(x)
        together = length * (heads // groups)
        x = ops.reshape(x, (batch_size, groups, together, size))
        shape = (batch_size, heads, length, ops.shape(y)[-1])
        return ops.reshape(ops.matmul(x, y), shape)

    def empty_cache(self, batch_size: Any, max_length: int) -> Any:
        """Zeros for the `keys` `[B, G, d, L]` and `values` `[B, G, L, d]` of L steps.

        `max_length` is L; times K if `step` gets K hypotheses per row.
        """
        shapes = self._key_value_shapes(batch_size, max_length)
        return key_value_cache.empty_cache(*shapes, self.compute_dtype)

    def _key_value_shapes(self, batch_size, length):
        _, groups, size = self.key_kernel.shape
        keys = (batch_size, groups, size, length)
        return keys, (batch_size, groups, length, self.value_kernel.shape[-1])

    def step(self, x: Any, cache: Any, index: Any, mask: Any = None) -> Any:
        """One step of causal self-attention: `[B, K, output_dim]`, and the new cache.

        Args:
            x: Tensor `[B, 1, D]`; or `[B, K, D]`, K hypotheses side by side at the same
                position, whose slots of step t are those at `t·K` to `t·K + K - 1`.
            cache: Of `empty_cache`, or of the step before.
            index: The number of this step, an integer or a scalar tensor; a
                SeqkitError after the last step of the cache.
            mask: Boolean tensor that broadcasts to `[B, H, K, L·K]`: the slots that
                each hypothesis sees, its own of this step among them. By default all of
                its own number up to this step.
        """
        num_hypotheses, num_slots = x.shape[1], ops.shape(cache["keys"])[-1]
        if isinstance(index, int) and isinstance(num_slots, int):
            if not 0 <= index < num_slots // num_hypotheses:
                raise SeqkitError(
                    f"index: expected a step from 0 to "
                    f"{num_slots // num_hypotheses - 1}, found {index}. Give "
                    "empty_cache a larger max_length."
                )
        here = None
        if self.rotary is not None or self.alibi is not None:
            here = ops.zeros((num_hypotheses,), "int32") + ops.cast(index, "int32")
        keys, values = self.project_key_value(x, positions=here)
        cache = key_value_cache.write(cache, keys, values, index)
        keys, values = cache["keys"], cache["values"]
        num_slots = ops.shape(keys)[3]
        if mask is None:
            mask = key_value_cache.own_slots(num_slots, num_hypotheses, index)
        output, _ = self.attend(
            x,
            keys,
            values,
            mask[..., :num_slots],
            query_positions=here,
            key_positions=ops.arange(num_slots, dtype="int32") // num_hypotheses,
        )
        return output, cache

    def empty_window(self, batch_size: Any, context_length: int) -> Any:
        """Zeros for `extend` before a text begins, with `context_length` W.

        `keys` `[B, G, d, W - 1]`, `values` `[B, G, W - 1, d]` and `real` `[B, W - 1]`.
        """
        shapes = self._key_value_shapes(batch_size, context_length - 1)
        return key_value_window.empty_window(*shapes, self.compute_dtype)

    def extend(
        self, x: Any, context_length: int, window: Any = None, training: bool = False
    ) -> tuple[Any, Any]:
        """Self-attention to the last W positions, continuing a text.

        Like the memory of Transformer-XL (Dai et al. 2019, arXiv:1901.02860, section
        3.2), but with a span of exactly W everywhere: how the text is cut into pieces
        does not change the result. Time and memory grow with T·W. Returns outputs
        `[B, T, output_dim]`, and the window for the next piece.

        Args:
            x: Tensor `[B, T, D]`, the next T positions of each row.
            context_length: How far a position sees, W, itself included.
            window: Of `empty_window` or of the piece before, for the same W. Without
                one the text begins here, and if T <= W no empty key is computed with.
        """
        length = ops.shape(x)[1]
        blocks = key_value_window.Blocks(length, context_length, window is None)
        if window is None:
            window = self.empty_window(ops.shape(x)[0], context_length)
        if window["keys"].shape[3] != context_length - 1:
            raise SeqkitError(
                f"window: expected {context_length - 1} positions, for context_length="
                f"{context_length}, found {window['keys'].shape[3]}. Go on with the "
                "context_length that the window was made with."
            )
        queries = self._project("query", x, positions=blocks.positions)
        keys = self._project("key", x, (0, 2, 3, 1), turn=False)
        values = self._project("value", x)
        real = ops.ones((ops.shape(x)[0], length), dtype=self.compute_dtype)
        new_window, before = {}, {}
        for name, new, axis in (
            ("keys", keys, 3),
            ("values", values, 2),
            ("real", real, 1),
        ):
            new_window[name] = key_value_window.slide(window[name], new, axis)
            before[name] = blocks.before(window[name], new, axis)
        # Rotated by the place in the window, so the window's keys are rotated again.
        before["keys"] = self._turn(before["keys"], blocks.positions_before)
        keys = blocks.split(self._turn(keys, blocks.positions), 3)
        values = blocks.split(values, 2)
        heads, _ = self._heads(
            blocks.split(queries, 2),
            key_value_window.join(before["keys"], keys, 3),
            key_value_window.join(before["values"], values, 2),
            None,
            blocks.bias(before["real"], self.compute_dtype),
            blocks.places,
            training,
        )
        return self._project_heads(blocks.together(heads)), new_window

    def _turn(self, keys, positions):
        if self.rotary is None or keys is None:
            return keys
        return self.rotary(keys, positions=positions, transposed=True)

    def call(
        self,
        query: Any,
        value: Any = None,
        key: Any = None,
        attention_mask: Any = None,
        value_mask: Any = None,
        use_causal_mask: bool = False,
        return_attention_scores: bool = False,
        training: bool = False,
        attention_bias: Any = None,
    ) -> Any:
        value = query if value is None else value
        keys, values = self.project_key_value(value, key)
        mask = None
        if attention_mask is not None:
            two = len(attention_mask.shape) == 2
            mask = (attention_mask[None] if two else attention_mask)[:, None]
        if value_mask is not None:
            padding = value_mask[:, None, None, :]
            mask = padding if mask is None else ops.logical_and(mask, padding)
        if use_causal_mask:
            causal = causal_mask(ops.shape(query)[1], ops.shape(value)[1])[None, None]
            mask = causal if mask is None else ops.logical_and(mask, causal)
        output, weights = self.attend(
            query, keys, values, mask, training=training, bias=attention_bias
        )
        return (output, weights) if return_attention_scores else output

    def compute_output_shape(
        self, query_shape: Any, value_shape: Any = None, key_shape: Any = None
    ) -> Any:
        return (*query_shape[:-1], self.output_dim or query_shape[-1])

    def compute_output_spec(
        self,
        query: Any,
        value: Any = None,
        key: Any = None,
        attention_mask: Any = None,
        value_mask: Any = None,
        use_causal_mask: bool = False,
        return_attention_scores: bool = False,
        training: bool = False,
        attention_bias: Any = None,
    ) -> Any:
        dtype = self.compute_dtype
        output = keras.KerasTensor(self.compute_output_shape(query.shape), dtype=dtype)
        if not return_attention_scores:
            return output
        batch_size, length, _ = query.shape
        positions = (query if value is None else value).shape[1]
        weights = (batch_size, self.num_heads, length, positions)
        return output, keras.KerasTensor(weights, dtype=dtype)


def causal_mask(query_length: Any, key_length: Any) -> Any:
    """Boolean `[T, S]`: position t may look at positions up to t."""
    return ops.arange(query_length)[:, None] >= ops.arange(key_length)[None, :]
