"""The published ways to score a query against the positions of a memory.

Each is a layer with `prepare(memory)`, computed once per memory, and `call(query,
keys)`, the scores of queries `[B, T, D]` against what `prepare` returned.
"""

import math
from typing import Any

import keras
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.layers.additive import additive_scores, covered_additive_scores
from seqkit.layers.configured import Layer
from seqkit.layers.projection import project


class Score(Layer):
    """What every score has: an initializer, and a `prepare` that does nothing."""

    def __init__(self, kernel_initializer: Any = "glorot_uniform", **kwargs: Any):
        super().__init__(**kwargs)
        self.keep(locals())

    def prepare(self, memory: Any) -> Any:
        return memory

    def _check_widths(self, query_shape, memory_shape):
        if query_shape[-1] != memory_shape[-1]:
            raise SeqkitError(
                "query, memory: expected one width, since they are multiplied, found "
                f"{query_shape[-1]} and {memory_shape[-1]}. Project one of them, or "
                "take score='general' or 'additive'."
            )


class DotScore(Score):
    """`q · m`, times `1 / sqrt(D)` where scaled."""

    def __init__(self, scaled: bool = False, **kwargs: Any):
        super().__init__(**kwargs)
        self.keep(locals())

    def build(self, query_shape: Any, memory_shape: Any) -> None:
        self._check_widths(query_shape, memory_shape)
        self.built = True

    def call(self, query: Any, keys: Any) -> Any:
        if self.scaled:
            query = query * ops.cast(query.shape[-1] ** -0.5, query.dtype)
        return _dot(query, keys)


class GeneralScore(Score):
    """`q W m`."""

    def build(self, query_shape: Any, memory_shape: Any) -> None:
        self._add("kernel", (memory_shape[-1], query_shape[-1]))
        self.built = True

    def prepare(self, memory: Any) -> Any:
        return project(memory, self.kernel)

    def call(self, query: Any, keys: Any) -> Any:
        return _dot(query, keys)


class CosineScore(Score):
    """`β cos(q, m)` with a learned sharpness β > 0."""

    def build(self, query_shape: Any, memory_shape: Any) -> None:
        self._check_widths(query_shape, memory_shape)
        # Cosines differ by 2 at most: with β = 1 the weights would be near uniform.
        initializer = keras.initializers.Constant(math.log(10))
        self._add("log_sharpness", (), initializer)
        self.built = True

    def prepare(self, memory: Any) -> Any:
        return _unit(memory)

    def call(self, query: Any, keys: Any) -> Any:
        return ops.exp(self.log_sharpness) * _dot(_unit(query), keys)


class LocationScore(Score):
    """`W q`, one score per position, independent of the memory."""

    def __init__(self, max_positions: Any, **kwargs: Any):
        super().__init__(**kwargs)
        self.keep(locals())

    def build(self, query_shape: Any, memory_shape: Any) -> None:
        self._add("kernel", (query_shape[-1], self.max_positions))
        self.built = True

    def call(self, query: Any, keys: Any) -> Any:
        scores = project(query, self.kernel)
        length = ops.shape(keys)[1]
        batch_size, num_queries = ops.shape(query)[:2]
        # Positions beyond the last known one get no weight.
        lowest = ops.full((batch_size, num_queries, length), -6e4, scores.dtype)
        return ops.concatenate([scores, lowest], axis=-1)[..., :length]


class AdditiveScore(Score):
    """`v · tanh(W q + U m)`, with coverage c `v · tanh(W q + U m + w c)`."""

    def __init__(self, units: int | None = None, coverage: bool = False, **kwargs: Any):
        super().__init__(**kwargs)
        self.keep(locals())

    def build(self, query_shape: Any, memory_shape: Any) -> None:
        units = self.units or query_shape[-1]
        self._add("query_kernel", (query_shape[-1], units))
        self._add("memory_kernel", (memory_shape[-1], units))
        self._add("scale", (units, 1))
        if self.coverage:
            # From zero, so that it begins as the score without coverage.
            self._add("coverage_kernel", (units,), "zeros")
        self.built = True

    def prepare(self, memory: Any) -> Any:
        return project(memory, self.memory_kernel)

    def call(self, query: Any, keys: Any, coverage: Any = None) -> Any:
        queries = project(query, self.query_kernel)
        scale = ops.cast(ops.reshape(self.scale, (-1,)), queries.dtype)
        if coverage is None:
            return additive_scores(queries, keys, scale)
        kernel = ops.cast(self.coverage_kernel, queries.dtype)
        coverage = ops.cast(coverage, queries.dtype)
        return covered_additive_scores(queries, keys, scale, coverage, kernel)


def _dot(query, keys):
    return ops.matmul(query, ops.transpose(keys, (0, 2, 1)))


def _unit(x):
    """`x` with vectors of length 1; a zero vector stays one, with a finite gradient."""
    squares = ops.sum(ops.square(x), axis=-1, keepdims=True)
    return x * ops.rsqrt(squares + ops.cast(1e-6, x.dtype))
