"""Keras's decay on a plateau, for runs that are taken up again."""

import keras
import numpy as np


class ReduceLROnPlateau(keras.callbacks.ReduceLROnPlateau):
    """`keras.callbacks.ReduceLROnPlateau`, whose state a `Checkpoint` keeps.

    Keras's own forgets the best figure and how long ago it was when `fit` is called
    again, so a resumed run decays later than one without a break. The rate itself is
    the optimizer's, and the checkpoint has it; the optimizer must have been made with a
    number for a rate, not with a schedule.

    Args:
        *args, **kwargs: Those of Keras: `monitor="val_loss"`, `factor=0.1`,
            `patience=10` epochs, `min_delta=1e-4`, `cooldown=0`, `min_lr=0`,
            `mode="auto"`, `verbose=0`. The recipe of many recurrent language models, a
            quarter of the rate whenever the epoch was not the best, is `factor=0.25,
            patience=1, min_delta=0`.

    Example:

    >>> from seqkit.training import ReduceLROnPlateau
    >>> callback = ReduceLROnPlateau(factor=0.25, patience=1)
    >>> [float(n) for n in callback.state()["plateau"]]  # best, waited, cooling down
    [nan, 0.0, 0.0]
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._restored = False

    def on_train_begin(self, logs=None):
        if not self._restored:
            super().on_train_begin(logs)
        self._restored = False

    def state(self):
        """What a checkpoint has to keep: a dictionary of arrays."""
        best = np.nan if self.best is None else float(self.best)
        return {"plateau": np.array([best, self.wait, self.cooldown_counter])}

    def restore(self, state):
        """Takes back what `state` gave; the next `fit` goes on from it."""
        best, wait, cooldown = state["plateau"]
        self.best = None if np.isnan(best) else float(best)
        self.wait, self.cooldown_counter = int(wait), int(cooldown)
        self._restored = True
