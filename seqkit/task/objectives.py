"""Losses and metrics, as arguments of `model.compile`."""

from typing import Any


def token_objectives(label_smoothing: float) -> dict[str, Any]:
    """Of models that predict a token at each position."""
    from seqkit.metrics import Perplexity, TokenAccuracy
    from seqkit.training import TokenCrossentropy

    return {
        "loss": TokenCrossentropy(label_smoothing=label_smoothing),
        "weighted_metrics": [Perplexity(), TokenAccuracy()],
    }


def class_objectives(multi_label: bool, label_smoothing: float) -> dict[str, Any]:
    """Of models that predict one class per row, or several."""
    import keras

    from seqkit.training import BinaryCrossentropy, TokenCrossentropy

    if multi_label:
        loss: keras.losses.Loss = BinaryCrossentropy(label_smoothing)
        metric = keras.metrics.BinaryAccuracy(name="accuracy", threshold=0.0)
    else:
        loss = TokenCrossentropy(label_smoothing=label_smoothing, name="crossentropy")
        metric = keras.metrics.SparseCategoricalAccuracy(name="accuracy")
    # Rows that fill up a batch have no weight.
    return {"loss": loss, "weighted_metrics": [metric]}


def balanced_weights(class_ids: list[int], num_classes: int) -> Any:
    """The weight of each class `[K]`: the inverse of its frequency, with the mean 1."""
    import numpy as np

    counts = np.bincount(class_ids, minlength=num_classes)
    return len(class_ids) / (num_classes * np.maximum(counts, 1))
