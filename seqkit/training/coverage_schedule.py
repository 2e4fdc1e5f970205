"""When the loss of coverage begins to count."""

from typing import Any

import keras


class CoverageSchedule(keras.callbacks.Callback):
    """Switches the coverage loss of a model on, from an epoch on.

    The words are learnt first, and a little training with the loss then teaches
    attention not to come back (See et al. 2017, arXiv:1704.04368, section 5).

    Args:
        weight: The weight of the loss, there 1.
        start: Epochs before it counts.

    It sets the variable `coverage_weight` of the model at the beginning of each epoch,
    so it fits compiled steps and runs that are resumed.
    """

    def __init__(self, weight: float = 1.0, start: int = 0):
        super().__init__()
        self.weight, self.start = weight, start

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        on = epoch >= self.start
        self.model.coverage_weight.assign(self.weight if on else 0.0)
