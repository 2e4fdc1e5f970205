"""Losses that are means over the weights of a batch; that of choosing a token."""

from typing import Any

import keras
from keras import ops

from seqkit.replicas import share_of_batch
from seqkit.token_scores import token_scores


class WeightedMean(keras.losses.Loss):
    """A loss divided by the sum of the weights of the whole batch.

    Where replicas compute parts of a batch (`tf.distribute`), Keras takes the mean of
    their means, in which a token counts for more where there are fewer.
    """

    def __init__(self, reduction: Any = "mean_with_sample_weight", **kwargs: Any):
        super().__init__(reduction=reduction, **kwargs)

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        loss = super().__call__(y_true, y_pred, sample_weight)
        if sample_weight is None or self.reduction != "mean_with_sample_weight":
            return loss
        return loss * ops.cast(share_of_batch(sample_weight), loss.dtype)


@keras.saving.register_keras_serializable(package="seqkit")
class BinaryCrossentropy(WeightedMean):
    """Cross-entropy of K yes-or-no answers, averaged over K and then over rows.

    Args:
        label_smoothing: ε, which moves targets to `(1 - ε) y + ε / 2`.

    Call arguments:
        y_true, y_pred: Targets 0 or 1 `[B, K]`, and logits `[B, K]`.
        sample_weight: Weights `[B]`.

    >>> import numpy as np
    >>> from seqkit.training import BinaryCrossentropy
    >>> loss = BinaryCrossentropy()(np.ones([2, 1]), np.zeros([2, 1]), [1.0, 0.0])
    >>> round(float(loss), 3)  # -log 0.5
    0.693
    """

    def __init__(
        self,
        label_smoothing: float = 0.0,
        name: str = "binary_crossentropy",
        **kwargs: Any,
    ):
        super().__init__(name=name, **kwargs)
        self.label_smoothing = label_smoothing

    def call(self, y_true: Any, y_pred: Any) -> Any:
        return keras.losses.binary_crossentropy(
            y_true, y_pred, from_logits=True, label_smoothing=self.label_smoothing
        )

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"label_smoothing": self.label_smoothing}


@keras.saving.register_keras_serializable(package="seqkit")
class TokenCrossentropy(WeightedMean):
    """Cross-entropy over a vocabulary, averaged over tokens rather than positions.

    With smoothing ε (Szegedy et al. 2016, arXiv:1512.00567, section 7) the target
    distribution is `(1 - ε) onehot(y) + ε / V`. `sample_weight` is 1 for tokens and 0
    for padding: the default reduction divides by the sum of the weights, so padding
    does not change the loss.

    Args:
        label_smoothing: The ε, between 0 and 1.

    Call arguments:
        y_true, y_pred: Token ids `[B, T]`, and logits `[B, T, V]`.
        sample_weight: Weights `[B, T]`, 0 at padding.

    >>> import numpy as np
    >>> from seqkit.training import TokenCrossentropy
    >>> logits = np.log([[[0.5, 0.25, 0.25], [0.1, 0.1, 0.8]]])
    >>> loss = TokenCrossentropy()([[0, 0]], logits, sample_weight=[[1.0, 0.0]])
    >>> round(float(loss), 3)  # -log 0.5; the second position is padding
    0.693
    """

    def __init__(
        self,
        label_smoothing: float = 0.0,
        name: str = "token_crossentropy",
        **kwargs: Any,
    ):
        super().__init__(name=name, **kwargs)
        if not 0 <= label_smoothing < 1:
            raise ValueError(
                "label_smoothing must be at least 0 and below 1, "
                f"not {label_smoothing}."
            )
        self.label_smoothing = label_smoothing

    def call(self, y_true: Any, y_pred: Any) -> Any:
        y_pred = ops.convert_to_tensor(y_pred)
        return smoothed_crossentropy(y_true, y_pred, self.label_smoothing)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"label_smoothing": self.label_smoothing}


def smoothed_crossentropy(token_ids: Any, logits: Any, label_smoothing: float) -> Any:
    """Cross-entropy `[...]` with smoothed targets, with a gradient written by hand."""
    # It passes over tensors of the size of the logits half as often as usual.
    vocabulary_size = ops.shape(logits)[-1]  # a tensor if it is of the batch
    token_ids = ops.cast(token_ids, "int32")

    @ops.custom_gradient
    def crossentropy(logits):
        scores = token_scores(token_ids, logits)
        total, exponentials = scores["total"], scores["exponentials"]
        expected = (1 - label_smoothing) * scores["chosen"]
        if label_smoothing:
            mean = ops.mean(logits, axis=-1, keepdims=True)
            expected = expected + label_smoothing * mean

        def gradient(*args, upstream=None):
            (upstream,) = args if upstream is None else (upstream,)
            upstream = upstream[..., None]
            # softmax - ε / V everywhere, and 1 - ε less at the target.
            dense = exponentials * (upstream / total)
            if label_smoothing:
                dense = dense - upstream * (label_smoothing / vocabulary_size)
            flat = ops.reshape(dense, (-1, vocabulary_size))
            rows = ops.arange(ops.shape(flat)[0], dtype="int32")
            indices = ops.stack([rows, ops.reshape(token_ids, (-1,))], axis=-1)
            drop = ops.reshape(upstream, (-1,)) * (label_smoothing - 1)
            flat = ops.scatter_update(flat, indices, drop, reduction="add")
            return ops.reshape(flat, ops.shape(logits))

        return (scores["normalizer"] - expected)[..., 0], gradient

    return crossentropy(ops.cast(logits, "float32"))
