"""Training stops where the loss is no number."""

import math
from collections import deque
from typing import Any

import keras
import numpy as np

from seqkit.errors import Diverged
from seqkit.training.arrays import all_finite, copies
from seqkit.training.averaged_weights import weights
from seqkit.training.step_callbacks import StepCallback


class FiniteLoss(StepCallback):
    """Raises `Diverged` after the step whose loss is not finite.

    Args:
        batches: The `seqkit.data.Batches` of the run, to say what the batch holds.
        behind: Calls of the compiled function after which one loss is read, that of as
            many calls before. An accelerator so always has work, and the host is never
            further ahead than twice as many calls. A loss that is no number stays so,
            since the model and the mean over the epoch do. The error names the right
            step anyhow.

    >>> from seqkit.training import FiniteLoss
    >>> FiniteLoss().on_train_batch_end(4, {"loss": float("nan")})
    Traceback (most recent call last):
    seqkit.errors.Diverged: epoch 1, step 5: expected a finite loss, ...
    """

    copies = 1
    """Copies of the weights that it keeps while a step runs."""

    def __init__(self, batches: Any = None, behind: int = 0):
        super().__init__()
        self.batches, self.epoch, self.kept = batches, 0, None
        self.behind, self._unread = behind, deque()

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self._unread.clear()
        self.epoch, now = epoch, weights(self.model)
        if all_finite(now):
            self.kept = now

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        self._unread.append((self.steps_to(batch), (logs or {}).get("loss", 0.0)))
        if len(self._unread) >= 2 * self.behind:
            self._read(max(1, self.behind))

    def on_test_begin(self, logs: dict | None = None) -> None:
        self._read(len(self._unread))

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        self._read(len(self._unread))

    def _read(self, count: int) -> None:
        """Reads the loss of the last of some calls, and of all if it is no number."""
        calls = [self._unread.popleft() for _ in range(count)]
        if calls and not math.isfinite(_number(calls[-1][1])):
            for steps, loss in calls:
                self._check(steps, _number(loss))

    def _check(self, steps: range, loss: float) -> None:
        if math.isfinite(loss):
            return
        first, last = steps[0] + 1, steps[-1] + 1
        where = f"step {first}" if first == last else f"one of the steps {first}–{last}"
        batch = self._batch(steps[0]) if first == last else self._broken(steps)
        raise Diverged(
            f"epoch {self.epoch + 1}, {where}: expected a finite loss, found "
            f"{loss}{batch}. Training has diverged, and the model has its weights of "
            "before this epoch, or of the best one. Choose a lower "
            f"learning_rate{self._rate()}, a lower gradient_clip or a longer warm-up, "
            "or dtype_policy float32"
        )

    def _broken(self, steps: range) -> str:
        """The first batch of several steps that itself holds numbers not finite."""
        found = (self._batch(step) for step in steps)
        return next((one for one in found if "itself holds" in one), "")

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
        pairs = zip(
            self.model.trainable_variables, copies(self.kept or ()), strict=False
        )
        for variable, value in pairs:
            variable.assign(value)


def _number(loss: Any) -> float:
    return float(keras.ops.convert_to_numpy(loss))
