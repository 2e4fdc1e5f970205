"""What layers that score a memory share: the choice of a score, and its keys."""

from functools import partial
from typing import Any

import keras

from seqkit.layers.checks import check_choice
from seqkit.layers.configured import Layer, no_mask
from seqkit.registries import attention_scores
from seqkit.registry import accepted


class Scored(Layer):
    """A layer with the argument `score`, a name or a function, as in `Attention`."""

    compute_mask = no_mask

    def __init__(
        self,
        units: int | None,
        score: Any,
        max_positions: Any,
        kernel_initializer: Any,
        coverage: bool = False,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.keep(locals(), but=("coverage",))
        self.coverage = coverage
        score = self.score
        if not callable(score):
            also = " or a function of query and keys"
            check_choice("score", score, attention_scores, also)
        self._score = score if callable(score) else self._named_score(score)

    def _named_score(self, name):
        score = attention_scores[name]
        if not isinstance(score, type | partial):
            return score
        options = {
            "units": self.units,
            "max_positions": self.max_positions,
            "kernel_initializer": self.kernel_initializer,
            "coverage": self.coverage,
            "dtype": self.dtype_policy,
            "name": name,
        }
        return score(**accepted(score, options))

    def build(self, query_shape: Any, memory_shape: Any) -> None:
        if isinstance(self._score, keras.layers.Layer) and not self._score.built:
            self._score.build(query_shape, memory_shape)
        self.built = True

    def prepare(self, memory: Any) -> Any:
        """The keys `[B, S, ...]` of a memory `[B, S, E]`, computed once per memory."""
        prepare = getattr(self._score, "prepare", None)
        return memory if prepare is None else prepare(memory)
