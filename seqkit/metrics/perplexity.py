"""Means over tokens: perplexity and accuracy."""

from typing import Any

import keras
from keras import ops

from seqkit.token_scores import token_scores


class _TokenMean(keras.metrics.Metric):
    """A mean over all tokens; a subclass implements `_values`, of each token."""

    def __init__(self, name, **kwargs):
        super().__init__(name=name, **kwargs)
        self.total = self.add_variable((), "zeros", name="total")
        self.count = self.add_variable((), "zeros", name="count")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        values = self._values(token_scores(y_true, y_pred))[..., 0]
        if sample_weight is None:
            sample_weight = ops.ones_like(values)
        sample_weight = ops.cast(sample_weight, values.dtype)
        self.total.assign_add(ops.sum(values * sample_weight))
        self.count.assign_add(ops.sum(sample_weight))

    def result(self) -> Any:
        return ops.divide_no_nan(self.total, self.count)


@keras.saving.register_keras_serializable(package="seqkit")
class Perplexity(_TokenMean):
    """`exp` of the mean negative log-likelihood (natural logarithm) over all tokens.

    Sums are kept over tokens, so neither the batch size nor the padding changes the
    result. It differs from `exp` of the logged `loss` where that includes a penalty or
    label smoothing.

    Call arguments:
        y_true, y_pred: Token ids `[B, T]`, and logits `[B, T, V]`.
        sample_weight: Weights `[B, T]`, 0 at padding.

    >>> import numpy as np, seqkit
    >>> metric = seqkit.metrics.Perplexity()
    >>> metric.update_state([[1, 0]], np.zeros((1, 2, 4)), sample_weight=[[1, 0]])
    >>> round(float(metric.result()), 4)
    4.0
    """

    def __init__(self, name: str = "perplexity", **kwargs: Any):
        super().__init__(name, **kwargs)

    def _values(self, scores):
        return scores["normalizer"] - scores["chosen"]

    def result(self) -> Any:
        return ops.exp(super().result())


@keras.saving.register_keras_serializable(package="seqkit")
class TokenAccuracy(_TokenMean):
    """The fraction of all tokens that have the highest logit.

    Call arguments are those of `Perplexity`. The result is that of
    `keras.metrics.SparseCategoricalAccuracy`, in a fraction of the time.

    >>> import numpy as np, seqkit
    >>> metric = seqkit.metrics.TokenAccuracy()
    >>> metric.update_state([[1, 1]], [[[0.0, 2.0], [3.0, 1.0]]])
    >>> float(metric.result())
    0.5
    """

    def __init__(self, name: str = "accuracy", **kwargs: Any):
        super().__init__(name, **kwargs)

    def _values(self, scores):
        return ops.cast(scores["chosen"] >= scores["highest"], "float32")
