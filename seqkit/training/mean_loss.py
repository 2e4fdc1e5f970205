"""The loss of an epoch as the mean over all of its weights."""

from typing import Any

import keras
from keras import ops

from seqkit.replicas import even_weight, num_replicas


class MeanLoss(keras.metrics.Mean):
    """The mean loss over batches, each weighted by the sum of its sample weights.

    Keras weights a batch by its number of rows. That counts rows of weight 0 too, and a
    row with few tokens as much as one with many, so that the mean over an epoch depends
    on how rows are batched.
    """

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Ignores what Keras passes, a loss and the number of rows."""

    def add(self, loss: Any, weight: Any) -> None:
        """Counts the loss of a batch."""
        super().update_state(loss, weight)


def weigh_loss(model: Any) -> None:
    """Makes the `loss` of a compiled model's epochs the mean over all weights.

    That is the mean over tokens where these have weights, and over rows without any.
    What a model adds to its loss is weighted in the same way. Call it after `compile`,
    before the model runs. Compiling the model again restores Keras's mean over rows.

    >>> import keras, numpy as np
    >>> from seqkit.training.mean_loss import weigh_loss
    >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Identity()])
    >>> model.compile(loss=keras.losses.MeanSquaredError("mean_with_sample_weight"))
    >>> weigh_loss(model)
    >>> rows, weights = np.array([[3.0], [0.0], [1.0], [5.0]]), np.array([1, 1, 1, 0.0])
    >>> found = model.evaluate(rows, 0 * rows, 2, 0, weights)  # batches of two
    >>> round(found, 4)  # (9 + 0 + 1) / 3
    3.3333
    """
    if isinstance(model._loss_tracker, MeanLoss):
        return
    mean = MeanLoss(name="loss")
    # Set as Keras sets it; otherwise Keras would list it among the metrics twice.
    object.__setattr__(model, "_loss_tracker", mean)
    compute_loss = type(model).compute_loss

    def weighed(x=None, y=None, y_pred=None, sample_weight=None, **more):
        loss = compute_loss(model, x, y, y_pred, sample_weight, **more)
        if model._loss_tracker is mean:
            # The loss has been divided by the number of replicas.
            whole = ops.stop_gradient(loss) * num_replicas()
            mean.add(whole, even_weight(_weights(x, sample_weight)))
        return loss

    model.compute_loss = weighed


def _weights(x: Any, sample_weight: Any) -> Any:
    """The sum of the weights of this replica."""
    if sample_weight is None:
        rows = ops.shape(keras.tree.flatten(x)[0])[0]
        return ops.cast(rows, "float32")
    every = [one for one in keras.tree.flatten(sample_weight) if one is not None]
    return sum(ops.sum(ops.cast(one, "float32")) for one in every)
