"""Exponential moving averages of the weights."""

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from seqkit.training.arrays import to_numpy
from seqkit.training.averaged_weights import AveragedWeights
from seqkit.training.moving_average import moved, values_of


class WeightAveraging(AveragedWeights):
    """Keeps an exponential moving average of the weights, and tests and ends with it.

    After every `every` batches the average moves towards the weights:
    `a ← m·a + (1 - m)·w` (Polyak and Juditsky 1992). The effective momentum is
    `min(m, n / (n + 9))` at the n-th update, so that short runs are averaged, too.
    Validation runs with the average, and the model ends with it. Training itself keeps
    its own weights, which other callbacks see at the end of an epoch.

    Args:
        momentum: The m, at least 0 and below 1.
        every: Batches between two updates.
    """

    def __init__(self, momentum: float = 0.99, every: int = 10):
        super().__init__()
        if not 0 <= momentum < 1:
            raise ValueError(
                f"momentum must be at least 0 and below 1, not {momentum}."
            )
        self.momentum = momentum
        self.every = every
        self.average: Any = None
        self.updates = 0
        self.batches = 0

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        if not self.due(batch):
            return
        now = values_of(self._model)
        if self.average is None:  # before that, the weights are their own average
            self.average = [keras.ops.copy(one) for one in now]
        elif isinstance(self.average[0], np.ndarray):  # restored: to where weights are
            self.average = [
                keras.ops.zeros_like(new) + one
                for new, one in zip(now, self.average, strict=True)
            ]
        momentum = min(self.momentum, self.updates / (self.updates + 9))
        self.updates += 1
        self.average = moved(self.average, now, momentum)

    def state(self) -> dict[str, np.ndarray]:
        arrays = {
            f"average/{i}": to_numpy(one) for i, one in enumerate(self.average or ())
        }
        return arrays | {"counts": np.array([self.updates, self.batches])}

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        self.updates, self.batches = (int(n) for n in state["counts"])
        kept = [np.array(state[f"average/{i}"]) for i in range(len(state) - 1)]
        self.average = kept or None
