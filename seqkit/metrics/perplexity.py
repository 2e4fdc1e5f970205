"""Perplexity over tokens."""

import keras
from keras import ops

from seqkit.token_scores import token_scores


@keras.saving.register_keras_serializable(package="seqkit")
class Perplexity(keras.metrics.Metric):
    """`exp` of the mean negative log-likelihood a token, over all tokens seen.

    Sums are kept over tokens, so neither the batch size nor the padding changes the
    result; the logged `loss` of Keras is a mean over batches and is no ground for a
    perplexity. The logarithm is natural.

    Call arguments:
        y_true: Token ids `[B, T]`.
        y_pred: Logits `[B, T, V]`.
        sample_weight: Weights `[B, T]`, 0 at padding.

    Example:

    >>> import numpy as np
    >>> from seqkit.metrics import Perplexity
    >>> metric = Perplexity()
    >>> metric.update_state([[1, 0]], np.zeros((1, 2, 4)), sample_weight=[[1, 0]])
    >>> round(float(metric.result()), 4)
    4.0
    """

    def __init__(self, name="perplexity", **kwargs):
        super().__init__(name=name, **kwargs)
        self.total = self.add_variable((), "zeros", name="total")
        self.count = self.add_variable((), "zeros", name="count")

    def update_state(self, y_true, y_pred, sample_weight=None):
        logits = ops.cast(y_pred, "float32")
        scores = token_scores(y_true, logits)
        loss = ops.log(scores["total"]) + scores["highest"] - scores["chosen"]
        add_tokens(self, ops.squeeze(loss, axis=-1), sample_weight)

    def result(self):
        return ops.exp(ops.divide_no_nan(self.total, self.count))


@keras.saving.register_keras_serializable(package="seqkit")
class TokenAccuracy(keras.metrics.Metric):
    """The fraction of tokens that have the highest logit, over all tokens seen.

    Call arguments are those of `Perplexity`. What
    `keras.metrics.SparseCategoricalAccuracy` says, at a fraction of its time.

    Example:

    >>> import numpy as np
    >>> from seqkit.metrics import TokenAccuracy
    >>> metric = TokenAccuracy()
    >>> metric.update_state([[1, 1]], [[[0.0, 2.0], [3.0, 1.0]]])
    >>> float(metric.result())
    0.5
    """

    def __init__(self, name="accuracy", **kwargs):
        super().__init__(name=name, **kwargs)
        self.total = self.add_variable((), "zeros", name="total")
        self.count = self.add_variable((), "zeros", name="count")

    def update_state(self, y_true, y_pred, sample_weight=None):
        scores = token_scores(y_true, ops.cast(y_pred, "float32"))
        right = ops.cast(scores["chosen"] >= scores["highest"], "float32")
        add_tokens(self, ops.squeeze(right, axis=-1), sample_weight)

    def result(self):
        return ops.divide_no_nan(self.total, self.count)


def add_tokens(metric, values, sample_weight):
    """Adds values `[B, T]` to the sum of a metric, and their weights to its count."""
    if sample_weight is None:
        sample_weight = ops.ones_like(values)
    sample_weight = ops.cast(sample_weight, values.dtype)
    metric.total.assign_add(ops.sum(values * sample_weight))
    metric.count.assign_add(ops.sum(sample_weight))
