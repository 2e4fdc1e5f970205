"""Layers that most models are made of."""

from typing import Any

import keras

from seqkit.layers.dropout import Dropout


def dropout(model: Any, rate: float, variational: bool = False) -> keras.layers.Layer:
    """Dropout in the model's dtype; `variational` drops the same units at all steps."""
    return Dropout(
        rate,
        noise_shape=(None, 1, None) if variational else None,
        dtype=model.dtype_policy,
    )


def norm(model: Any) -> keras.layers.Layer:
    """Layer normalisation in the model's dtype."""
    return keras.layers.LayerNormalization(epsilon=1e-6, dtype=model.dtype_policy)


def build_all(shape: tuple, *layers: Any) -> None:
    """Builds layers that read the same shape; `None` stands for no layer."""
    for layer in layers:
        if layer is not None:
            layer.build(shape)
