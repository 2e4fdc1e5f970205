"""What layers that score a memory share: the choice of a score, and its keys."""

import keras

from seqkit.errors import SeqkitError
from seqkit.layers import attention_scores as scores
from seqkit.layers.configured import Configured

SCORES = ("additive", "dot", "scaled_dot", "general", "cosine", "location")


class Scored(Configured, keras.layers.Layer):
    """A layer with a `score=`, a name or a score of one's own.

    Args:
        units, score, max_positions, kernel_initializer: As in `Attention`.
        coverage: Whether the score, where it is additive, takes a coverage.
    """

    def __init__(
        self, units, score, max_positions, kernel_initializer, coverage=False, **kwargs
    ):
        super().__init__(**kwargs)
        self.keep(locals(), but=("coverage",))
        self.coverage = coverage
        score = self.score
        if score not in SCORES and not callable(score):
            raise SeqkitError(
                f"score: expected one of {', '.join(SCORES)} or a function of query "
                f"and keys, found {score!r}."
            )
        self._score = score if callable(score) else self._named_score(score)

    def _named_score(self, name):
        common = {
            "kernel_initializer": self.kernel_initializer,
            "dtype": self.dtype_policy,
            "name": name,
        }
        if name == "additive":
            return scores.AdditiveScore(self.units, self.coverage, **common)
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

    def compute_mask(self, *args, **kwargs):
        return None
