"""The weights of the best validation, by any figure."""

import contextlib
from collections.abc import Callable, Mapping

import keras
import numpy as np

from seqkit.errors import SeqkitError
from seqkit.training.averaged_weights import AveragedWeights, weights


class BestWeights(keras.callbacks.Callback):
    """Scores the model after each epoch, and ends with the weights that scored best.

    The figures join those of the epoch as `val_<name>`. If an average of the weights is
    kept, the average is what is scored and kept. `best` is the best figure so far.

    Args:
        score: Called without arguments after each epoch; returns a dictionary of
            figures, with `monitor` among them.
        monitor: Name of the figure.
        patience: Epochs without a new best after which training stops; `None` never.
        averaging: A `WeightAveraging` of the same run, which comes before this one.
        mode: Whether the largest figure is the best, `"max"`, or the smallest, `"min"`.

    >>> from seqkit.training import BestWeights
    >>> callback = BestWeights(lambda: {"f1": 0.5}, "f1", patience=3)
    """

    def __init__(
        self,
        score: Callable[[], Mapping[str, float]],
        monitor: str,
        patience: int | None = None,
        averaging: AveragedWeights | None = None,
        mode: str = "max",
    ):
        super().__init__()
        if mode not in ("max", "min"):
            raise SeqkitError(f"mode: expected max or min, found {mode!r}")
        self.sign = 1.0 if mode == "max" else -1.0
        self.score, self.monitor = score, monitor
        self.patience, self.averaging = patience, averaging
        self.best, self.waited, self._weights = -self.sign * np.inf, 0, None

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        averaged = contextlib.nullcontext()
        if self.averaging is not None:
            averaged = self.averaging.in_force()
        with averaged:
            figures = self.score()
            if self.monitor not in figures:
                raise SeqkitError(
                    f"monitor: expected one of {', '.join(figures)}, "
                    f"found {self.monitor!r}"
                )
            if self.sign * (figures[self.monitor] - self.best) > 0:
                self.best, self.waited = float(figures[self.monitor]), 0
                self._weights = weights(self.model)
            else:
                self.waited += 1
        if logs is not None:
            logs |= {f"val_{name}": float(value) for name, value in figures.items()}
        if self.patience is not None and self.waited >= self.patience:
            self.model.stop_training = True

    def on_train_end(self, logs: dict | None = None) -> None:
        for variable, value in zip(
            self.model.trainable_variables, self._weights or (), strict=False
        ):
            variable.assign(value)

    def state(self) -> dict[str, np.ndarray]:
        """The arrays that a checkpoint keeps."""
        arrays = {f"weights/{i}": a for i, a in enumerate(self._weights or ())}
        return arrays | {"best": np.array([self.best, self.waited])}

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Puts back what `state` returned."""
        self.best, self.waited = float(state["best"][0]), int(state["best"][1])
        kept = [np.array(state[f"weights/{i}"]) for i in range(len(state) - 1)]
        self._weights = kept or None
