"""Length and coverage penalties of GNMT (Wu et al. 2016, equation 14)."""

from typing import Any

from keras import ops

# A source token that no step attended to costs log(1e-7), not minus infinity.
SMALLEST_COVERAGE = 1e-7


def length_penalty(length: Any, alpha: float) -> Any:
    """The divisor of a log-probability: `lp(n) = ((5 + n) / 6) ** alpha`.

    n, an int or a tensor, counts generated tokens, including the end token. With an
    alpha of 0 hypotheses rank by log-probability, with 1 nearly by its mean per token.

    >>> from seqkit.decoding import length_penalty
    >>> float(length_penalty(7, 1.0))
    2.0
    """
    length = ops.cast(length, "float32")
    if alpha == 0:
        return ops.ones_like(length)
    return ops.power((5.0 + length) / 6.0, alpha)


def coverage_penalty(coverage: Any, source_mask: Any, beta: float) -> Any:
    """The penalty for source tokens left out: `cp = beta * sum(log(min(c, 1)))`.

    The `coverage` `[B, K, S]` is the attention that each source token got, summed over
    the generated tokens; `source_mask` `[B, S]` is True for those that count. Returns
    `[B, K]` float32, never above 0.

    >>> from keras import ops
    >>> from seqkit.decoding import coverage_penalty
    >>> coverage = ops.array([[[1.5, 0.5, 0.0]]])
    >>> mask = ops.array([[True, True, False]])
    >>> round(float(coverage_penalty(coverage, mask, 1.0)[0, 0]), 4)
    -0.6931
    """
    covered = ops.log(ops.clip(coverage, SMALLEST_COVERAGE, 1.0))
    return beta * ops.sum(ops.where(source_mask[:, None], covered, 0.0), axis=-1)
