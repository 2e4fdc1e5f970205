"""Losses that a model adds while it runs, such as penalties."""

import threading
from typing import Any

from seqkit.replicas import num_replicas, share_of_batch

_ADDED = threading.local()  # each replica of a step runs in a thread of its own


class AddedLosses:
    """Mixed in before `keras.Model`: added losses are means over the whole batch.

    Replicas of a step (`tf.distribute`) wait for each other when they compute a loss
    over the whole batch, and would meanwhile mix up what Keras keeps in `losses`.
    """

    def add_loss(self, loss: Any, weights: Any = None) -> None:
        """Adds a scalar to the loss; a mean by `weights`, or over as many parts."""
        if num_replicas() == 1:
            super().add_loss(loss)  # type: ignore[misc]
            return
        _ADDED.losses = [*getattr(_ADDED, "losses", ()), (self, loss, weights)]

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        added = [one for one in getattr(_ADDED, "losses", ()) if one[0] is self]
        _ADDED.losses = []
        total = super().compute_loss(  # type: ignore[misc]
            x, y, y_pred, sample_weight, training=training
        )
        for _, loss, weights in added:
            share = 1.0 if weights is None else share_of_batch(weights)
            total = total + loss * share / num_replicas()
        return total
