"""Scorers with a neural cache or dynamic evaluation, and sums of what they return."""

from collections.abc import Callable
from typing import Any

import numpy as np

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


def totals_by_row(scorer: Scorer, stream: Any, lanes: Any) -> np.ndarray:
    """Sums over the tokens of each row of a text `[R, 5]`.

    Args:
        scorer: The `Scorer`.
        stream: The `seqkit.data.TokenStream` of the text, with its rows.
        lanes: The `seqkit.data.BatchedLanes` of the stream, not shuffled.

    Returns:
        What `seqkit.metrics.language_measures` takes.
    """
    stops = np.asarray(stream.rows[:, 0])
    totals = np.zeros((len(stops), 5))
    totals[:, 3:] = stream.rows[:, 1:]
    segments = scorer.score_segments(lanes.epoch(0))
    for step, (log_probs, correct, weights) in enumerate(segments):
        real = weights > 0
        rows = np.searchsorted(stops, lanes.places(0, step)[0][real], side="right")
        for place, values in enumerate((-log_probs[real], correct[real], 1.0)):
            np.add.at(totals[:, place], rows, values)
    return totals
