"""The decoding strategy that the arguments of a task's verbs ask for."""

import copy
from typing import Any

from seqkit.decoding import BeamSearch, Greedy, Sampling, Strategy


def strategy(
    *,
    num_beams: int = 1,
    num_return_sequences: int | None = None,
    temperature: float | None = None,
    top_k: int | None = None,
    top_p: float | None = None,
    no_repeat_ngram: int = 0,
    min_length: int = 0,
    **settings: Any,
) -> Strategy:
    """The strategy of `seqkit.decoding` for these arguments.

    Args:
        num_beams: Beams; 1 is greedy if one result is asked for.
        num_return_sequences: Number of results, 1 by default.
        temperature, top_k, top_p: If one is given, results are drawn.
        no_repeat_ngram, min_length: What no result may do, see `BeamSearch`.
        settings: Further settings of `seqkit.decoding.BeamSearch`.

    >>> from seqkit.inference import strategy
    >>> type(strategy(num_beams=4)).__name__, type(strategy(top_k=9)).__name__
    ('BeamSearch', 'Sampling')
    """
    count = num_return_sequences or 1
    drawing = {"temperature": temperature, "top_k": top_k, "top_p": top_p}
    drawing = {name: value for name, value in drawing.items() if value is not None}
    forbidden: dict[str, Any] = {
        "no_repeat_ngram": no_repeat_ngram,
        "min_length": min_length,
    }
    if drawing:
        # The seed is an input of what is compiled, not a part of it.
        return Sampling(**drawing, num_return_sequences=count, seed=0, **forbidden)
    if num_beams == 1 and count == 1 and not settings.get("coverage_penalty"):
        return Greedy(**forbidden)
    return BeamSearch(num_beams, num_return_sequences=count, **settings, **forbidden)


def draws(strategy: Strategy) -> bool:
    """Whether a strategy draws at random, and so needs a seed."""
    return isinstance(strategy, Sampling)


def strategy_key(strategy: Strategy) -> tuple:
    """A key that is equal for strategies that decode alike."""
    return (type(strategy).__name__, *sorted(vars(strategy).items()))


def with_seeds(strategy: Strategy, seeds: Any) -> Strategy:
    """A copy of a strategy that draws with other seeds."""
    strategy = copy.copy(strategy)
    strategy.seed = seeds  # type: ignore[attr-defined]
    return strategy
