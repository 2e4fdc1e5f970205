"""Attention whose weights are the output: it points at positions of its input."""

from typing import Any

import keras
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.layers.scored import Scored

LOWEST = -6e4  # which float16 can hold


@keras.saving.register_keras_serializable(package="seqkit")
class PointerAttention(Scored):
    """Scores of a memory's positions, as the logits of a choice among them.

        u_s = score(q, m_s),    p(s) = softmax(u)_s

    With the additive score, `u_s = v · tanh(W1 m_s + W2 q)`, it is the pointer network
    of Vinyals, Fortunato and Jaitly 2015 (arXiv:1506.03134, equation 3): the output
    dictionary is the input, however long.

    `logit_clipping` = C makes the logits `C tanh(u_s)`, so that no choice is certain
    too early (Bello et al. 2017, arXiv:1611.09940, appendix A.2). Their glimpse is an
    `Attention` layer whose context is the query.

    `prepare` and `attend(query, keys, memory_mask)` run one step, as in `Attention`.

    Args:
        units, score, max_positions, kernel_initializer: As in `Attention`.
        logit_clipping: C, a number above 0; `None` clips nothing.

    Call arguments:
        query, memory, memory_mask: As in `Attention`.
        pointed_mask: Boolean tensor `[B, T, S]`, `True` = already pointed at, out of
            the choice (Bello et al., equation 8). `pointed_before` makes it of targets.

    Returns:
        Logits `[B, T, S]`, for `softmax` or a loss with `from_logits=True`. Positions
        out of the choice have -60000, which a softmax makes 0. If no position is left,
        all are alike.

    Raises:
        SeqkitError: `score` is unknown, the widths do not fit it, or `logit_clipping`
            is not above 0.

    >>> import keras, numpy as np, seqkit
    >>> layer = seqkit.layers.PointerAttention(16)
    >>> query, memory = np.ones((2, 3, 8)), np.ones((2, 4, 6))
    >>> mask = np.array([[True, True, True, True], [True, True, False, False]])
    >>> logits = layer(query, memory, memory_mask=mask)
    >>> [round(float(p), 2) for p in keras.ops.softmax(logits)[1, 0]]
    [0.5, 0.5, 0.0, 0.0]
    """

    def __init__(
        self,
        units: int | None = None,
        score: Any = "additive",
        logit_clipping: float | None = None,
        max_positions: int = 256,
        kernel_initializer: Any = "glorot_uniform",
        **kwargs: Any,
    ):
        super().__init__(units, score, max_positions, kernel_initializer, **kwargs)
        self.keep(locals())
        if logit_clipping is not None and not logit_clipping > 0:
            raise SeqkitError(
                f"logit_clipping: expected a number above 0, such as 10, or None, "
                f"found {logit_clipping!r}."
            )

    def attend(
        self, query: Any, keys: Any, memory_mask: Any = None, pointed_mask: Any = None
    ) -> Any:
        """The logits `[B, T, S]`, with `keys` that `prepare` made of the memory."""
        logits = self._score(query, keys)
        if self.logit_clipping is not None:
            logits = self.logit_clipping * ops.tanh(logits)
        lowest = ops.cast(LOWEST, logits.dtype)
        if memory_mask is not None:
            logits = ops.where(memory_mask[:, None, :], logits, lowest)
        if pointed_mask is not None:
            logits = ops.where(pointed_mask, lowest, logits)
        return logits

    def call(
        self, query: Any, memory: Any, memory_mask: Any = None, pointed_mask: Any = None
    ) -> Any:
        return self.attend(query, self.prepare(memory), memory_mask, pointed_mask)

    def compute_output_shape(self, query_shape: Any, memory_shape: Any) -> Any:
        return (*query_shape[:2], memory_shape[1])


def pointed_before(indices: Any, length: Any) -> Any:
    """The `pointed_mask` `[B, T, S]` of choices `[B, T]` among S = `length`.

    Each step knows those before it.

    >>> import numpy as np, seqkit
    >>> mask = seqkit.layers.pointed_before(np.array([[2, 0, 1]]), 3)
    >>> np.array(mask, dtype=int).tolist()
    [[[0, 0, 0], [0, 0, 1], [1, 0, 1]]]
    """
    chosen = ops.one_hot(indices, length, dtype="int32")
    return ops.cumsum(chosen, axis=1) - chosen > 0
