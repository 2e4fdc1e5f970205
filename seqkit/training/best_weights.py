"""The weights of the best validation, by any figure."""

import contextlib
from collections.abc import Callable, Mapping

import keras
import numpy as np

from seqkit.errors import SeqkitError
from seqkit.training.arrays import copies, to_numpy
from seqkit.training.averaged_weights import AveragedWeights, weights


class BestWeights(keras.callbacks.Callback):
    """Ends with the weights of the epoch that validated best.

    If an average of the weights is kept, the average is what is scored and kept.

    Args:
        monitor: Name of the figure, without `val_`.
        patience: Epochs without a new best after which training stops; `None` never.
        score: Called without arguments after each epoch; returns figures, which join
            those of the epoch as `val_<name>`. Without it there are Keras's own.
        averaging: A `WeightAveraging` of the same run, which comes before this one.
        mode: Whether the largest figure is the best, `"max"`, or the smallest, `"min"`.

    Attributes:
        best, epoch: The best figure so far, and its epoch, from 1 (0: none yet).
        stopped: Whether training has stopped because patience ended.

    >>> from seqkit.training import BestWeights
    >>> callback = BestWeights("f1", patience=3, score=lambda: {"f1": 0.5})
    """

    copies = 1
    """Copies of the weights that it keeps while a step runs."""

    def __init__(
        self,
        monitor: str,
        patience: int | None = None,
        score: Callable[[], Mapping[str, float]] | None = None,
        averaging: AveragedWeights | None = None,
        mode: str = "max",
    ):
        super().__init__()
        if mode not in ("max", "min"):
            raise SeqkitError(f"mode: expected max or min, found {mode!r}")
        self.sign = 1.0 if mode == "max" else -1.0
        self.score, self.monitor = score, monitor
        self.patience, self.averaging = patience, averaging
        self.best, self.waited, self.epoch = -self.sign * np.inf, 0, 0
        self.stopped, self._weights = False, None

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        logs = {} if logs is None else logs
        averaged = contextlib.nullcontext()
        if self.averaging is not None:
            averaged = self.averaging.in_force()
        with averaged:
            if self.score is not None:
                figures = self.score()
                logs |= {f"val_{name}": float(value) for name, value in figures.items()}
            name = f"val_{self.monitor}"
            if name not in logs:
                known = [one[4:] for one in logs if one.startswith("val_")]
                raise SeqkitError(
                    f"monitor: expected one of {', '.join(known)}, "
                    f"found {self.monitor!r}"
                )
            if self.sign * (logs[name] - self.best) > 0:
                self.best, self.waited = float(logs[name]), 0
                self.epoch, self._weights = epoch + 1, weights(self.model)
            else:
                self.waited += 1
        if self.patience is not None and self.waited >= self.patience:
            self.model.stop_training = self.stopped = True

    def on_train_end(self, logs: dict | None = None) -> None:
        # Copies, for training may go on, and end here once more.
        pairs = zip(
            self.model.trainable_variables, copies(self._weights or ()), strict=False
        )
        for variable, value in pairs:
            variable.assign(value)

    def state(self) -> dict[str, np.ndarray]:
        """The arrays that a checkpoint keeps."""
        arrays = {
            f"weights/{i}": to_numpy(one) for i, one in enumerate(self._weights or ())
        }
        return arrays | {"best": np.array([self.best, self.waited, self.epoch])}

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Puts back what `state` returned."""
        best, waited, epoch = state["best"]
        self.best, self.waited, self.epoch = float(best), int(waited), int(epoch)
        kept = [np.array(state[f"weights/{i}"]) for i in range(len(state) - 1)]
        self._weights = kept or None
