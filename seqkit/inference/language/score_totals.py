"""The figures of a scored text."""

import dataclasses
import math

import numpy as np

from seqkit.errors import SeqkitError


@dataclasses.dataclass
class ScoreTotals:
    """Sums over all tokens of a text, and the figures that follow from them.

    Every figure is one of the whole text, never a mean of means. Figures too large for
    a float are `inf`.

    Attributes:
        nats: Sum of -log p over the tokens, natural logarithm, in float64.
        tokens: Number of tokens.
        correct: How many of them were the likeliest.
    """

    nats: float = 0.0
    tokens: int = 0
    correct: int = 0

    def add(
        self, log_probs: np.ndarray, correct: np.ndarray, weights: np.ndarray
    ) -> None:
        """Counts a segment `[B, T]`; weights are 0 where there is no token."""
        real = np.asarray(weights) > 0
        self.nats -= float(np.sum(log_probs[real], dtype=np.float64))
        self.tokens += int(real.sum())
        self.correct += int(np.sum(correct[real]))

    @property
    def perplexity(self) -> float:
        """`exp(nats / tokens)`."""
        return _exp(self._mean(self.tokens, "tokens"))

    @property
    def bits_per_token(self) -> float:
        """`nats / (tokens · log 2)`."""
        return self._mean(self.tokens, "tokens") / math.log(2)

    @property
    def accuracy(self) -> float:
        """The fraction of tokens that were the likeliest."""
        self._mean(self.tokens, "tokens")
        return self.correct / self.tokens

    def perplexity_per_word(self, words: int) -> float:
        """`exp(nats / words)`, comparable between tokenizers."""
        return _exp(self._mean(words, "words"))

    def bits_per_character(self, characters: int) -> float:
        """`nats / (characters · log 2)`, comparable between tokenizers."""
        return self._mean(characters, "characters") / math.log(2)

    def _mean(self, count, name):
        if count < 1:
            raise SeqkitError(f"score: expected {name} to score, found none")
        return self.nats / count


def _exp(x):
    with np.errstate(over="ignore"):
        return float(np.exp(x))
