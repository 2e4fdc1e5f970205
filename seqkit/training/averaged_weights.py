"""Models whose weights are replaced by an average for a while."""

import contextlib
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np


class AveragedWeights(keras.callbacks.Callback):
    """Validates and ends with an average of the weights; training keeps its own.

    A subclass keeps `average`, arrays like `model.trainable_variables` or `None`, and
    implements `state` and `restore`.
    """

    average: Any = None
    _kept = None

    @contextlib.contextmanager
    def in_force(self) -> Iterator[None]:
        """A context in which the model has the average."""
        self.on_test_begin()
        try:
            yield
        finally:
            self.on_test_end()

    def on_test_begin(self, logs: dict | None = None) -> None:
        average = None if self._kept is not None else self.average
        if average is not None:
            self._kept = weights(self.model)
            self._assign(average)

    def on_test_end(self, logs: dict | None = None) -> None:
        if self._kept is not None:
            self._assign(self._kept)
            self._kept = None

    def on_train_end(self, logs: dict | None = None) -> None:
        average = self.average
        if average is not None:
            self._assign(average)

    def _assign(self, values):
        for variable, value in zip(self.model.trainable_variables, values, strict=True):
            variable.assign(value)


def weights(model: Any) -> list[np.ndarray]:
    """Copies of a model's trainable variables."""
    return [np.array(keras.ops.convert_to_numpy(v)) for v in model.trainable_variables]
