"""Attention of a recurrent decoder: one head, any published score."""

import keras
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.layers import attention_scores as scores
from seqkit.layers.multi_head_attention import masked_softmax

SCORES = ("additive", "dot", "scaled_dot", "general", "cosine", "location")


@keras.saving.register_keras_serializable(package="seqkit")
class Attention(keras.layers.Layer):
    """Weights the positions of a memory by a score, and sums them up.

        weights = softmax(score(q, m_1), ..., score(q, m_S))
        context = sum over s of weights_s m_s

    where `score` is

    - `"additive"`: `v · tanh(W q + U m)` (Bahdanau et al. 2015, arXiv:1409.0473,
      appendix A.1.2);
    - `"dot"`: `q · m`, and `"general"`: `q W m` (Luong et al. 2015, arXiv:1508.04025,
      equation 8);
    - `"location"`: `(W q)_s`, which sees where a position is and not what stands there
      (the same, equation 9);
    - `"scaled_dot"`: `q · m / sqrt(D)` (Vaswani et al. 2017, arXiv:1706.03762,
      equation 1);
    - `"cosine"`: `β cos(q, m)` with a learned β (Graves et al. 2014, arXiv:1410.5401,
      equations 5 and 6);
    - or one's own: a function `score(query [B, T, D], keys [B, S, E]) -> [B, T, S]`, or
      a layer of that form, which may also have `prepare(memory) -> keys`. To be saved
      it must be registered with `keras.saving.register_keras_serializable`.

    A decoder that runs one step at a time computes `keys = layer.prepare(memory)` once
    and calls `layer.attend(query, keys, memory, memory_mask)` at each step; its K
    hypotheses of one sentence are K queries to one memory.

    Args:
        units: Units of the additive score; the query's width by default.
        score: A name from above, or a score of one's own.
        max_positions: Positions that the location score knows; those behind get no
            weight.
        kernel_initializer: Initializer of the score's weights.

    Call arguments:
        query: Tensor `[B, T, D]`.
        memory: Tensor `[B, S, E]`; E = D for dot, scaled_dot and cosine.
        memory_mask: Boolean tensor `[B, S]`, `True` = keep.

    Returns:
        Context `[B, T, E]` and weights `[B, T, S]`.

    Raises:
        SeqkitError: `score` is unknown, or the widths do not fit it.

    Example:

    >>> import numpy as np, seqkit
    >>> layer = seqkit.layers.Attention(16, score="additive")
    >>> query, memory = np.ones((2, 3, 8)), np.ones((2, 4, 6))
    >>> mask = np.array([[True, True, True, True], [True, True, False, False]])
    >>> context, weights = layer(query, memory, memory_mask=mask)
    >>> tuple(context.shape)
    (2, 3, 6)
    >>> [round(float(w), 2) for w in weights[1, 0]]
    [0.5, 0.5, 0.0, 0.0]
    """

    def __init__(
        self,
        units=None,
        score="additive",
        max_positions=256,
        kernel_initializer="glorot_uniform",
        **kwargs,
    ):
        super().__init__(**kwargs)
        if isinstance(score, dict):
            score = keras.saving.deserialize_keras_object(score)
        if score not in SCORES and not callable(score):
            raise SeqkitError(
                f"score: expected one of {', '.join(SCORES)} or a function of query "
                f"and keys, found {score!r}."
            )
        self.units = units
        self.score = score
        self.max_positions = max_positions
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self._score = score if callable(score) else self._named_score(score)

    def _named_score(self, name):
        common = {
            "kernel_initializer": self.kernel_initializer,
            "dtype": self.dtype_policy,
            "name": name,
        }
        if name == "additive":
            return scores.AdditiveScore(self.units, **common)
        if name == "general":
            return scores.GeneralScore(**common)
        if name == "cosine":
            return scores.CosineScore(**common)
        if name == "location":
            return scores.LocationScore(self.max_positions, **common)
        return scores.DotScore(scaled=name == "scaled_dot", **common)

    def build(self, query_shape, memory_shape):
        if isinstance(self._score, keras.layers.Layer) and not self._score.built:
            self._score.build(query_shape, memory_shape)
        self.built = True

    def prepare(self, memory):
        """What of the score can be computed once a memory.

        Args:
            memory: Tensor `[B, S, E]`.

        Returns:
            The keys, a tensor `[B, S, ...]`.
        """
        prepare = getattr(self._score, "prepare", None)
        return memory if prepare is None else prepare(memory)

    def attend(self, query, keys, memory, memory_mask=None):
        """Attention with keys that `prepare` made of the memory.

        Args:
            query: Tensor `[B, T, D]`.
            keys: Of `prepare`.
            memory: Tensor `[B, S, E]`.
            memory_mask: Boolean tensor `[B, S]`.

        Returns:
            Context `[B, T, E]` and weights `[B, T, S]`.
        """
        mask = None if memory_mask is None else memory_mask[:, None, :]
        weights = masked_softmax(self._score(query, keys), mask)
        return ops.matmul(weights, memory), weights

    def call(self, query, memory, memory_mask=None):
        return self.attend(query, self.prepare(memory), memory, memory_mask)

    def compute_mask(self, *args, **kwargs):
        return None

    def compute_output_shape(self, query_shape, memory_shape):
        batch_size, num_queries, _ = query_shape
        return (
            (batch_size, num_queries, memory_shape[-1]),
            (batch_size, num_queries, memory_shape[1]),
        )

    def get_config(self):
        score = self.score
        return super().get_config() | {
            "units": self.units,
            "score": score if isinstance(score, str) else _serialize(score),
            "max_positions": self.max_positions,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
        }


def _serialize(score):
    return keras.saving.serialize_keras_object(score)
