"""Scorers with a neural cache or dynamic evaluation, and what they measure."""

from collections.abc import Callable
from typing import Any

from seqkit.inference.language.dynamic_evaluation import DynamicEvaluation
from seqkit.inference.language.neural_cache import NeuralCache
from seqkit.inference.language.scorer import Scorer


def scorer_with(model: Any, options: Any, train_segments: Callable[[], Any]) -> Scorer:
    """The scorer that options of `evaluate` ask for."""
    cache = dynamic = None
    if options.cache_interpolation is not None:
        cache = NeuralCache(
            options.cache_interpolation, options.cache_flatness, options.cache_window
        )
    if options.dynamic_learning_rate is not None:
        squares = None
        if options.dynamic_rms:
            squares = Scorer(model).gradient_mean_squares(train_segments())
        dynamic = DynamicEvaluation(
            options.dynamic_learning_rate, options.dynamic_decay, mean_squares=squares
        )
    return Scorer(model, neural_cache=cache, dynamic_evaluation=dynamic)


def figures(totals: Any, counts: Any) -> dict[str, float]:
    """Perplexities and the like of a whole text."""
    return {
        "perplexity": totals.perplexity,
        "bits_per_token": totals.bits_per_token,
        "accuracy": totals.accuracy,
        "tokens": totals.tokens,
        "perplexity_per_word": totals.perplexity_per_word(counts.word_tokens),
        "bits_per_character": totals.bits_per_character(counts.characters),
    }
