"""Training stops where the loss is no number."""

import math

import keras
import numpy as np

from seqkit.errors import Diverged
from seqkit.training.averaged_weights import weights


class FiniteLoss(keras.callbacks.Callback):
    """Raises `Diverged` after the step whose loss is not finite.

    >>> from seqkit.training import FiniteLoss
    >>> FiniteLoss().on_train_batch_end(4, {"loss": float("nan")})
    Traceback (most recent call last):
    seqkit.errors.Diverged: epoch 1, step 5: expected a finite loss, ...
    """

    def __init__(self):
        super().__init__()
        self.epoch, self.kept = 0, None

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self.epoch, now = epoch, weights(self.model)
        if all(np.isfinite(value).all() for value in now):
            self.kept = now

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        loss = float((logs or {}).get("loss", 0.0))
        if not math.isfinite(loss):
            raise Diverged(
                f"epoch {self.epoch + 1}, step {batch + 1}: expected a finite loss, "
                f"found {loss}. Training has diverged, and the model has its weights "
                "of before this epoch, or of the best one. Choose a lower "
                "learning_rate, a lower gradient_clip or a longer warm-up, or "
                "dtype_policy float32"
            )

    def put_back(self) -> None:
        """Gives the model the last finite weights from the beginning of an epoch."""
        for variable, value in zip(
            self.model.trainable_variables, self.kept or (), strict=False
        ):
            variable.assign(value)
