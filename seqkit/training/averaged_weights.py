"""Where an average of the weights is in force."""

import contextlib

import keras
import numpy as np


class AveragedWeights(keras.callbacks.Callback):
    """Validates and ends with an average of the weights; training keeps its own.

    Callbacks that keep weights at the end of an epoch (`ModelCheckpoint`,
    `EarlyStopping(restore_best_weights=True)`) see those of training. A subclass keeps
    `average`, a list of arrays as `model.trainable_variables`, or `None` while there
    is none, and gives `state()` and `restore()` for checkpoints.
    """

    average = None
    _kept = None

    @contextlib.contextmanager
    def in_force(self):
        """Within this context the model has the average; training's weights after."""
        self.on_test_begin()
        try:
            yield
        finally:
            self.on_test_end()

    def on_test_begin(self, logs=None):
        average = None if self._kept is not None else self.average
        if average is not None:
            self._kept = self._weights()
            self._assign(average)

    def on_test_end(self, logs=None):
        if self._kept is not None:
            self._assign(self._kept)
            self._kept = None

    def on_train_end(self, logs=None):
        average = self.average
        if average is not None:
            self._assign(average)

    def _weights(self):
        return [
            np.array(keras.ops.convert_to_numpy(v))
            for v in self.model.trainable_variables
        ]

    def _assign(self, values):
        for variable, value in zip(self.model.trainable_variables, values, strict=True):
            variable.assign(value)
