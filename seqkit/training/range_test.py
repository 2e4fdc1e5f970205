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


def suggest(rates: Sequence[float], losses: Sequence[float]) -> float | None:
    """A tenth of the rate with the lowest smoothed loss, with two digits.

    At the lowest loss the rate is already about to become too high. `None` if the loss
    has not fallen clearly: by less than 2 % of what it was in the first tenth of the
    steps, or by less than batches differ from one another.

    >>> from seqkit.training.range_test import suggest
    >>> rates = [10.0**power for power in range(-9, 1)]
    >>> suggest(rates, [3.0, 3.0, 3.0, 3.0, 3.0, 2.0, 1.0, 0.5, 0.5, 9.0])
    0.01
    """
    if len(losses) < 4:
        return None
    smoothed, tenth = smooth(losses), max(1, len(losses) // 10)
    # What differs from one step to the next is noise; a moving average has less of it.
    noise = 2 * float(np.median(np.abs(np.diff(losses[: len(losses) // 2]))))
    first = float(np.mean(losses[:tenth]))
    lowest = tenth + int(np.argmin(smoothed[tenth:]))
    if first - smoothed[lowest] < max(0.02 * abs(first), noise):
        return None
    return float(f"{rates[lowest] / 10:.1e}")
