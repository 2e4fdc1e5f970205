"""A Keras callback that tells a trial how it does, and ends it early."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np


class TimeIsUp(Exception):
    """A trial ends, since the time of the whole is over; it is not counted."""


class Pruning(keras.callbacks.Callback):
    """Reports a validation figure after each epoch, and raises `TrialPruned` in time.

    Where epochs have no such figure, the validation loss stands for it.

    Args:
        trial: An Optuna trial.
        metric: The figure, as `evaluate` calls it or with `val_`.
        maximize: Whether larger figures are the better ones.
        stop: Returns whether training has to end for another reason.
    """

    def __init__(
        self, trial: Any, metric: str, maximize: bool, stop: Callable[[], bool]
    ):
        super().__init__()
        self.trial, self.stop = trial, stop
        self.name, self.maximize = f"val_{metric.removeprefix('val_')}", maximize
        self.epochs = 0

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        from optuna import TrialPruned

        logs, self.epochs = logs or {}, epoch + 1
        value = logs.get(self.name)
        if value is None and "val_loss" in logs:
            value = -logs["val_loss"] if self.maximize else logs["val_loss"]
        if value is not None and np.isfinite(value):
            self.trial.report(float(value), epoch)
            if self.trial.should_prune():
                raise TrialPruned()
        if self.stop():
            raise TimeIsUp
