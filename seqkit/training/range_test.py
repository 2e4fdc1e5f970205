"""The learning-rate range test: which rates lower the loss, and which are too high."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

DIVERGED = 4.0
"""A smoothed loss of so many times the lowest ends the test."""


def range_test(
    model: Any, batch: Callable[[int], Any], rates: Sequence[float]
) -> list[float]:
    """The loss of each step of a training whose rate rises (Smith 2017).

    Args:
        model: A compiled `keras.Model` whose optimizer has a rate that can be set; it
            is trained.
        batch: From the number of a step to a batch, as `model.train_on_batch` takes it.
        rates: The learning rate of each step.

    Returns:
        As many losses as steps were made, since it stops where the loss explodes.
        Leslie N. Smith, Cyclical Learning Rates for Training Neural Networks,
        arXiv:1506.01186, section 3.3.
    """
    losses: list[float] = []
    for step, rate in enumerate(rates):
        model.optimizer.learning_rate = rate
        model.reset_metrics()  # the loss is that of this step alone
        figures = model.train_on_batch(*batch(step), return_dict=True)
        losses.append(float(figures["loss"]))
        if not math.isfinite(losses[-1]):
            return losses[:-1]
        smoothed = smooth(losses)
        if smoothed[-1] > DIVERGED * min(smoothed):
            break
    return losses


def smooth(losses: Sequence[float], momentum: float = 0.9) -> list[float]:
    """The exponential moving average of losses, corrected for its beginning.

    >>> from seqkit.training.range_test import smooth
    >>> smooth([2.0, 2.0, 2.0])
    [2.0, 2.0, 2.0]
    """
    average, found = 0.0, []
    for count, loss in enumerate(losses, 1):
        average = momentum * average + (1 - momentum) * loss
        found.append(average / (1 - momentum**count))
    return [float(round(one, 12)) for one in found]


def suggest(rates: Sequence[float], smoothed: Sequence[float]) -> float | None:
    """A tenth of the rate with the lowest loss, with two digits.

    At the lowest loss the rate is already about to become too high. `None` if the loss
    has fallen by less than 2 % of its first value.

    >>> from seqkit.training.range_test import suggest
    >>> suggest([1e-4, 1e-3, 1e-2, 1e-1, 1.0], [3.0, 2.9, 2.0, 1.5, 9.0])
    0.01
    """
    if not len(smoothed):
        return None
    lowest = int(np.argmin(smoothed))
    if smoothed[lowest] > 0.98 * smoothed[0]:
        return None
    return float(f"{rates[lowest] / 10:.1e}")
