"""Perplexities and the like, from sums over the tokens of each text."""

import math
from typing import Any

import numpy as np

from seqkit.metrics.measures import Figure, Measures, divide, mean_of

NATS, CORRECT, TOKENS, WORDS, CHARACTERS = range(5)


def perplexity(nats: int = NATS, tokens: int = TOKENS) -> Any:
    """`exp` of the sum of nats by a number of tokens; `inf` beyond a float."""

    def of(sums):
        with np.errstate(over="ignore"):
            return np.exp(divide(sums[..., nats], sums[..., tokens]))

    return of


def bits(tokens: int) -> Any:
    """The sum of nats by a number of tokens, in bits."""
    return lambda sums: divide(sums[..., NATS], sums[..., tokens]) / math.log(2)


def token_measures(totals: np.ndarray, unit: str) -> Measures:
    """Perplexity and accuracy of tokens that are each predicted from those before it.

    Args:
        totals: Of each of N texts the sum of -log p of its tokens (nats), how many of
            them were the likeliest, and their number, `[N, 3]`.
        unit: What a token is; see `Figure`.

    >>> from seqkit.metrics import token_measures
    >>> totals = np.array([[math.log(4), 1, 1], [math.log(4), 0, 1]])
    >>> token_measures(totals, "characters").values()
    {'perplexity': 4.0, 'accuracy': 0.5}
    """
    return Measures(
        {"tokens": totals},
        {
            "perplexity": Figure("tokens", perplexity(), unit),
            "accuracy": Figure("tokens", mean_of(CORRECT, TOKENS), unit),
        },
    )


def language_measures(totals: np.ndarray, unit: str) -> Measures:
    """The figures of a language model.

    Args:
        totals: As in `token_measures`, with the number of words, line ends counted
            as words, and of characters, `[N, 5]`.
        unit: What a token is; see `Figure`.

    >>> from seqkit.metrics import language_measures
    >>> totals = np.array([[4 * math.log(2), 1, 4, 1, 8]])
    >>> scores = language_measures(totals, "pieces").values()
    >>> round(scores["perplexity_per_word"], 6), scores["bits_per_character"]
    (16.0, 0.5)
    """
    of_tokens = token_measures(totals, unit).figures
    return Measures(
        {"tokens": totals},
        {
            "perplexity": of_tokens["perplexity"],
            "bits_per_token": Figure("tokens", bits(TOKENS), unit),
            "accuracy": of_tokens["accuracy"],
            "tokens": Figure("tokens", lambda sums: sums[..., TOKENS], unit, True),
            "perplexity_per_word": Figure("tokens", perplexity(NATS, WORDS)),
            "bits_per_character": Figure("tokens", bits(CHARACTERS)),
        },
    )
