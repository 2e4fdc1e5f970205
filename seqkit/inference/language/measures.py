"""Scorers with a neural cache or dynamic evaluation, and sums of what they return."""

from collections.abc import Callable
from typing import Any

import numpy as np

from seqkit.inference.language.dynamic_evaluation import DynamicEvaluation
from seqkit.inference.language.neural_cache import NeuralCache
from seqkit.inference.language.scorer import Scorer
from seqkit.inference.token_totals import TokenTotals


def scorer_with(
    model: Any,
    options: Any,
    train_segments: Callable[[], Any],
    likeliest: bool = False,
) -> Scorer:
    """The scorer that options of `evaluate` ask for.

    The likeliest tokens are known of a model without a cache alone.
    """
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
    likeliest = likeliest and cache is None
    return Scorer(
        model, neural_cache=cache, dynamic_evaluation=dynamic, likeliest=likeliest
    )


def totals_by_row(scorer: Scorer, stream: Any, lanes: Any) -> TokenTotals:
    """Sums over the tokens of each row of a text.

    Args:
        scorer: The `Scorer`; with `likeliest` the totals are detailed.
        stream: The `seqkit.data.TokenStream` of the text, with its rows.
        lanes: The `seqkit.data.BatchedLanes` of the stream, not shuffled.
    """
    stops = np.asarray(stream.rows[:, 0])
    totals = TokenTotals(len(stops), scorer.likeliest)
    for step, (scores, batch) in enumerate(scorer.score_tokens(lanes.epoch(0))):
        places, inside = lanes.places(0, step)
        rows = np.searchsorted(stops, np.where(inside, places, 0), side="right")
        totals.add(rows, batch, scores)
    return totals
