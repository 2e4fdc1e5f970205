"""Keras's decay on a plateau, for runs that are resumed."""

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np


class ReduceLROnPlateau(keras.callbacks.ReduceLROnPlateau):
    """`keras.callbacks.ReduceLROnPlateau`, whose state a `Checkpoint` keeps.

    Keras's own forgets the best figure and its epoch when `fit` is called again, so a
    resumed run decays later than an uninterrupted one. The rate itself is in the
    optimizer, and so in the checkpoint; it must be a number, not a schedule.

    Args:
        *args, **kwargs: As in Keras. Many recurrent language models are trained with
            `factor=0.25, patience=1, min_delta=0`: a quarter of the rate after each
            epoch that was not the best.

    >>> from seqkit.training import ReduceLROnPlateau
    >>> callback = ReduceLROnPlateau(factor=0.25, patience=1)
    >>> [float(n) for n in callback.state()["plateau"]]  # best, waited, cooling down
    [nan, 0.0, 0.0]
    """

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self._restored = False

    def on_train_begin(self, logs: dict | None = None) -> None:
        if not self._restored:
            super().on_train_begin(logs)
        self._restored = False

    def state(self) -> dict[str, np.ndarray]:
        """The arrays that a checkpoint keeps."""
        best = np.nan if self.best is None else float(self.best)
        return {"plateau": np.array([best, self.wait, self.cooldown_counter])}

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Puts back what `state` returned; the next `fit` continues from it."""
        best, wait, cooldown = state["plateau"]
        self.best = None if np.isnan(best) else float(best)
        self.wait, self.cooldown_counter = int(wait), int(cooldown)
        self._restored = True
