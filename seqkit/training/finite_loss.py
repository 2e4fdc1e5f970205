"""Training stops where the loss is no number."""

import math
from typing import Any

import keras
import numpy as np

from seqkit.errors import Diverged
from seqkit.training.averaged_weights import weights


class FiniteLoss(keras.callbacks.Callback):
    """Raises `Diverged` after the step whose loss is not finite.

    Args:
        batches: The `seqkit.data.Batches` of the run, to say what the batch holds.

    >>> from seqkit.training import FiniteLoss
    >>> FiniteLoss().on_train_batch_end(4, {"loss": float("nan")})
    Traceback (most recent call last):
    seqkit.errors.Diverged: epoch 1, step 5: expected a finite loss, ...
    """

    def __init__(self, batches: Any = None):
        super().__init__()
        self.batches, self.epoch, self.kept = batches, 0, None

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self.epoch, now = epoch, weights(self.model)
        if all(np.isfinite(value).all() for value in now):
            self.kept = now

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        loss = float((logs or {}).get("loss", 0.0))
        if not math.isfinite(loss):
            raise Diverged(
                f"epoch {self.epoch + 1}, step {batch + 1}: expected a finite loss, "
                f"found {loss}{self._batch(batch)}. Training has diverged, and the "
                "model has its weights of before this epoch, or of the best one. "
                f"Choose a lower learning_rate{self._rate()}, a lower gradient_clip or "
                "a longer warm-up, or dtype_policy float32"
            )

    def _batch(self, step: int) -> str:
        """The batch of a step: how to get it again, its shape, and what is wrong."""
        if self.batches is None:
            return ""
        arrays = [
            np.asarray(array)
            for array in keras.tree.flatten(self.batches.batch(self.epoch, step))
        ]
        shape = " × ".join(map(str, max((a.shape for a in arrays), key=len)))
        floats = [array for array in arrays if array.dtype.kind == "f"]
        broken = not all(np.isfinite(array).all() for array in floats)
        return (
            f", in the batch {shape} of task.batches('train', True).batch("
            f"{self.epoch}, {step})"
            + (", which itself holds numbers that are not finite" if broken else "")
        )

    def _rate(self) -> str:
        optimizer = getattr(self.model, "optimizer", None)
        if optimizer is None:
            return ""
        return f" (it was {float(optimizer.learning_rate):.3g})"

    def put_back(self) -> None:
        """Gives the model the last finite weights from the beginning of an epoch."""
        for variable, value in zip(
            self.model.trainable_variables, self.kept or (), strict=False
        ):
            variable.assign(value)
