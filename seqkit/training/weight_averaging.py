"""Averages of the weights that training passes through."""

import keras
import numpy as np

from seqkit.training.averaged_weights import AveragedWeights


class WeightAveraging(AveragedWeights):
    """Keeps an exponential moving average of the weights, and tests and ends with it.

    Every `every` batches the average moves towards the weights:
    `a ← m·a + (1 - m)·w` (Polyak and Juditsky 1992). Validation runs with the average,
    and so does whatever happens after training; training itself goes on with its own
    weights, and callbacks that keep weights at the end of an epoch
    (`ModelCheckpoint`, `EarlyStopping(restore_best_weights=True)`) see those. The first
    steps count fully: the effective momentum is
    `min(m, n / (n + 9))` at the n-th update, so a short run is averaged too.

    Args:
        momentum: The m, between 0 and 1.
        every: Batches from update to update; 1 moves with each.

    Example:

    >>> from seqkit.training import WeightAveraging
    >>> WeightAveraging(momentum=0.99, every=10).momentum
    0.99
    """

    def __init__(self, momentum=0.99, every=10):
        super().__init__()
        if not 0 <= momentum < 1:
            raise ValueError(
                f"momentum must be at least 0 and below 1, not {momentum}."
            )
        self.momentum = momentum
        self.every = every
        self.average = None
        self.updates = 0
        self.batches = 0

    def on_train_batch_end(self, batch, logs=None):
        self.batches += 1
        if self.batches % self.every:
            return
        if self.average is None:  # before that, the weights are their own average
            self.average = self._weights()
        momentum = min(self.momentum, self.updates / (self.updates + 9))
        self.updates += 1
        for average, variable in zip(
            self.average, self.model.trainable_variables, strict=True
        ):
            average *= momentum
            average += (1 - momentum) * keras.ops.convert_to_numpy(variable)

    def state(self):
        """What a checkpoint has to keep: a dictionary of arrays."""
        arrays = {f"average/{i}": a for i, a in enumerate(self.average or ())}
        return arrays | {"counts": np.array([self.updates, self.batches])}

    def restore(self, state):
        """Takes back what `state` gave."""
        self.updates, self.batches = (int(n) for n in state["counts"])
        kept = [np.array(state[f"average/{i}"]) for i in range(len(state) - 1)]
        self.average = kept or None
