"""Attention of a recurrent decoder: one head, any published score."""

from typing import Any

import keras
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.layers.coverage import loop_with_coverage
from seqkit.layers.multi_head_attention import masked_softmax
from seqkit.layers.scored import Scored


@keras.saving.register_keras_serializable(package="seqkit")
class Attention(Scored):
    """Weights the positions of a memory by a score, and sums them up.

        weights = softmax(score(q, m_1), ..., score(q, m_S))
        context = sum over s of weights_s m_s

    where `score` is

    - `"additive"`: `v · tanh(W q + U m)` (Bahdanau et al. 2015, arXiv:1409.0473,
      appendix A.1.2);
    - `"dot"`: `q · m`, and `"general"`: `q W m` (Luong et al. 2015, arXiv:1508.04025,
      equation 8);
    - `"location"`: `(W q)_s`, which depends on the position and not on what is there
      (the same, equation 9);
    - `"scaled_dot"`: `q · m / sqrt(D)` (Vaswani et al. 2017, arXiv:1706.03762,
      equation 1);
    - `"cosine"`: `β cos(q, m)` with a learned β (Graves et al. 2014, arXiv:1410.5401,
      equations 5 and 6);
    - another name of `seqkit.registries.attention_scores`; or a function
      `score(query [B, T, D], keys [B, S, E]) -> [B, T, S]`, or a layer of that form,
      which may also have `prepare(memory) -> keys`. To be saved it must be registered
      with `keras.saving.register_keras_serializable`.

    A decoder that runs one step at a time computes `keys = layer.prepare(memory)` once
    and calls `layer.attend(query, keys, memory, memory_mask)` at each step; its K
    hypotheses of one sentence are K queries to one memory.

    With `coverage=True` the score also sees how much each position was attended to
    before, `c_t = sum over t' < t of weights_t'` (See, Liu and Manning 2017,
    arXiv:1704.04368, equations 10 and 11): the additive score becomes
    `v · tanh(W q + U m + w c)`, and any other gets a bias `w c` with one learned w.
    Both begin at w = 0, as attention without coverage. The queries are then steps in
    order, and `call` runs them in a loop. `attend` runs one step, for K hypotheses,
    given their coverage; the next coverage is `coverage + weights`. `coverage_loss` is
    the loss that goes with it.

    Args:
        units: Units of the additive score; the query's width by default.
        max_positions: Positions that the location score knows; later ones get no
            weight.

    Call arguments:
        query: Tensor `[B, T, D]`.
        memory: Tensor `[B, S, E]`; E = D for dot, scaled_dot and cosine.
        memory_mask: Boolean tensor `[B, S]`, `True` = keep.

    Returns:
        Context `[B, T, E]` and weights `[B, T, S]`.

    Raises:
        SeqkitError: `score` is unknown, the widths do not fit it, or `attend` gets a
            coverage exactly if it expects none.

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
        units: int | None = None,
        score: Any = "additive",
        max_positions: int = 256,
        kernel_initializer: Any = "glorot_uniform",
        coverage: bool = False,
        **kwargs: Any,
    ):
        super().__init__(
            units, score, max_positions, kernel_initializer, coverage, **kwargs
        )
        self.keep(locals())

    def build(self, query_shape: Any, memory_shape: Any) -> None:
        super().build(query_shape, memory_shape)
        if self.coverage and not self._score_is_covered:
            self._add("coverage_scale", (), "zeros")

    @property
    def _score_is_covered(self):
        """Whether the score itself takes the coverage."""
        return bool(getattr(self._score, "coverage", False))

    def attend(
        self,
        query: Any,
        keys: Any,
        memory: Any,
        memory_mask: Any = None,
        coverage: Any = None,
    ) -> Any:
        """Attention with `keys` that `prepare` made of the memory.

        With `coverage=True`, `coverage` is the sum of the weights of earlier steps for
        each query, `[B, T, S]`, preferably float32, and zeros at the first step. The T
        queries are then of one step. Returns as `call` does.
        """
        if self.coverage != (coverage is not None):
            what = "the sum of earlier weights [B, T, S]" if self.coverage else "None"
            found = "None" if coverage is None else f"a tensor {coverage.shape}"
            raise SeqkitError(
                f"coverage: expected {what}, since the layer has coverage="
                f"{self.coverage}, found {found}. Start from zeros and add the weights "
                "of each step, or build the layer with another coverage."
            )
        weights = self._weigh(query, keys, memory_mask, coverage)
        return ops.matmul(weights, memory), weights

    def _weigh(self, query, keys, memory_mask, coverage=None):
        if coverage is None:
            scores = self._score(query, keys)
        elif self._score_is_covered:
            scores = self._score(query, keys, coverage)
        else:
            scores = self._score(query, keys)
            bias = ops.cast(self.coverage_scale, coverage.dtype) * coverage
            scores = scores + ops.cast(bias, scores.dtype)
        mask = None if memory_mask is None else memory_mask[:, None, :]
        return masked_softmax(scores, mask)

    def call(self, query: Any, memory: Any, memory_mask: Any = None) -> Any:
        return self.attend_in_order(query, self.prepare(memory), memory, memory_mask)

    def attend_in_order(
        self, query: Any, keys: Any, memory: Any, memory_mask: Any = None
    ) -> Any:
        """What `call` returns, with `keys` that `prepare` made of the memory."""
        if not self.coverage:
            return self.attend(query, keys, memory, memory_mask)

        def weigh(query, coverage):
            return self._weigh(query, keys, memory_mask, coverage)

        weights = loop_with_coverage(weigh, query, memory)
        return ops.matmul(weights, memory), weights

    def compute_output_shape(self, query_shape: Any, memory_shape: Any) -> Any:
        batch_size, num_queries, _ = query_shape
        return (
            (batch_size, num_queries, memory_shape[-1]),
            (batch_size, num_queries, memory_shape[1]),
        )
